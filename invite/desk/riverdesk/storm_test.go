package riverdesk_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// full chooses the full size of the storm.
var full = flag.Bool("storm", false, "run TestStorm in its full size: 2,000 meetings, 60 kills, and the times of a real queue")

// storm kills worker processes that work at one database, and looks at the rest.
type storm struct {
	*world
	child
	children []*process
}

// process is a worker process.
type process struct {
	*exec.Cmd
	in io.WriteCloser
}

// start starts a worker process, and returns when it works.
func (s *storm) startChild() *process {
	s.Helper()
	cmd := exec.CommandContext(s.Context(), must(os.Executable())(s))
	cmd.Env = append(os.Environ(), childEnv+"="+text(s, s.child))
	cmd.Stderr = os.Stderr
	in, out := must(cmd.StdinPipe())(s), must(cmd.StdoutPipe())(s)
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		s.Fatalf("a worker process has not begun: %q, %v", line, err)
	}
	return &process{cmd, in}
}

// TestStorm has four worker processes. They are killed at random points, and the database
// crashes, while meetings are booked and moved. Afterwards every attendee has one mail of
// each notice that was neither overtaken nor refused, or the ledger names it as a leftover.
// Every event came once. No mail is left without a worker.
func TestStorm(t *testing.T) {
	meetings, kills, crashes, runTime := 100, 8, 1, 2*time.Second
	switch {
	case *full:
		meetings, kills, crashes, runTime = 2000, 60, 2, 70*time.Second
	case testing.Short():
		meetings, kills = 40, 4
	}
	s := &storm{world: open(t, newDSN(t), desk.Options{}, nil)}
	s.child = child{DSN: dsnOf(s.world), Dir: t.TempDir(), RunTime: runTime}
	must(s.db.Exec(`CREATE TABLE told (id TEXT PRIMARY KEY, kind TEXT NOT NULL, what TEXT NOT NULL)`))(t)
	for range 4 {
		s.children = append(s.children, s.startChild())
	}
	begin := time.Now()
	booked := make(chan int64, 1)
	go func() { booked <- s.bookAll(meetings, 8*time.Second*time.Duration(kills)/time.Duration(meetings)) }()
	for i := range kills {
		time.Sleep(rand.N(time.Second))
		x := rand.IntN(len(s.children))
		if err := s.children[x].Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = s.children[x].Wait()
		if i%(kills/crashes) == kills/crashes-1 {
			if err := must(server())(t).crash(); err != nil {
				t.Fatal(err)
			}
		}
		s.children[x] = s.startChild()
	}
	calm := time.Now()
	t.Logf("%d kills and %d crashes of the database in %v", kills, crashes, calm.Sub(begin))
	t.Logf("%d meetings were booked, and %d moves acknowledged", meetings, <-booked)
	s.untilCalm(3 * (2*runTime + 30*time.Second))
	t.Logf("nothing is pending %v after the last kill", time.Since(calm).Round(time.Second))
	s.end()
	s.check()
}

// dsnOf returns the address of the schema of a world.
func dsnOf(w *world) string {
	w.Helper()
	var schema string
	if err := w.db.QueryRow(`SELECT current_schema()`).Scan(&schema); err != nil {
		w.Fatal(err)
	}
	return "postgres://postgres@127.0.0.1:" + must(server())(w).port + "/postgres?sslmode=disable&search_path=" + schema
}

// bookAll books meetings of ten from eight goroutines, and moves some of them. Each call is
// made until it succeeds, because the database may be away. The pauses between the calls
// take as long as the kills. It returns the number of moves.
func (s *storm) bookAll(meetings int, pause time.Duration) int64 {
	var all sync.WaitGroup
	var next, moves atomic.Int64
	for range 8 {
		all.Go(func() {
			for i := next.Add(1); i <= int64(meetings); i = next.Add(1) {
				time.Sleep(rand.N(pause))
				e := soon(10)
				e.UID = fmt.Sprintf("m%d@example.com", i)
				err := again(func() error {
					_, err := s.Send(context.Background(), e)
					if len(ical.FieldErrors(err)) > 0 { // stored, but the commit was not answered
						return nil
					}
					return err
				})
				if err == nil && rand.IntN(3) == 0 {
					other := fmt.Sprintf("m%d@example.com", 1+rand.Int64N(i))
					moves.Add(1)
					err = again(func() error {
						if err := s.move(other); !errors.Is(err, desk.ErrNotFound) {
							return err
						}
						return nil
					})
				}
				if err != nil {
					s.Error(err)
				}
			}
		})
	}
	all.Wait()
	return moves.Load()
}

// untilCalm waits until no mail is pending, except those that wait for a leftover.
func (s *storm) untilCalm(longest time.Duration) {
	s.Helper()
	for begin := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		var n int
		err := s.db.QueryRow(`SELECT COUNT(*) FROM convene_mails p WHERE state = 'pending' AND NOT EXISTS (SELECT 1 FROM convene_mails s
			WHERE s.uid = p.uid AND s.n < p.n AND s.state = 'sending' AND s.data::json->>'to' = p.data::json->>'to')`).Scan(&n)
		if err == nil && n == 0 {
			return
		}
		if time.Since(begin) > longest {
			s.Fatalf("after %v, %d mails are pending, %v", longest, n, err)
		}
	}
}

// end stops the worker processes, names the leftovers, and sends the mails that waited for
// them.
func (s *storm) end() {
	s.Helper()
	for _, p := range s.children {
		_ = p.in.Close()
	}
	for _, p := range s.children {
		if err := p.Wait(); err != nil {
			s.Errorf("a worker process failed: %v", err)
		}
	}
	d := must(desk.Open(s.Context(), s.db, invite.New(nil, nil), &desk.Options{Enqueue: s.Enqueue, OnEvent: told, Logger: quiet()}))(s)
	n := must(d.Leftovers(s.Context(), time.Now()))(s)
	s.Logf("%d leftovers", n)
	p := s.startChild()
	s.until("no mail is pending", func() bool { return s.pending() == 0 })
	_ = p.in.Close()
	if err := p.Wait(); err != nil {
		s.Errorf("the last worker process failed: %v", err)
	}
}

// lines counts the lines of a file that the worker processes wrote.
func (s *storm) lines(name string) map[string]int {
	out := make(map[string]int)
	data, err := os.ReadFile(filepath.Join(s.Dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		out[strings.TrimSpace(line)]++
	}
	return out
}

// events counts the events that the program stored, by kind and Message-ID.
func (s *storm) events() map[string]int {
	rows := must(s.db.Query(`SELECT kind || ' ' || what FROM told`))(s)
	defer rows.Close()
	out := make(map[string]int)
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			s.Fatal(err)
		}
		out[what]++
	}
	return out
}

// check compares the database with the mails that went out and the events.
func (s *storm) check() {
	s.Helper()
	sent, refusals, told := s.lines("sent"), s.lines("refused"), s.events()
	for what, n := range told {
		if n > 1 {
			s.Errorf("the event %q came %d times", what, n)
		}
	}
	states := make(map[invite.DeliveryState]int)
	for m, err := range s.Meetings(s.Context(), desk.Filter{}) {
		notices := make(map[string]int)
		for _, d := range must(m, err)(s).Deliveries {
			states[d.State]++
			notices[fmt.Sprint(d.To, " ", d.Sequence)]++
			if id := d.MessageID; !isTrue(d.State, sent[id], refusals[id], told, id) {
				s.Errorf("%s: the mail %s is %s, went out %d times and was refused %d times", m.Event.UID, id, d.State, sent[id], refusals[id])
			}
		}
		for _, a := range m.Event.Attendees {
			for sequence := range m.Event.Sequence + 1 {
				if n := notices[fmt.Sprint(a.Email, " ", sequence)]; n != 1 {
					s.Errorf("%s: %s has %d mails of version %d", m.Event.UID, a.Email, n, sequence)
				}
			}
		}
	}
	for id, n := range sent {
		if n > 1 {
			s.Errorf("the mail %s went out %d times", id, n)
		}
	}
	check(s, "kept events", 0, s.count(`SELECT COUNT(*) FROM convene_events`))
	s.Logf("mails: %v; jobs: %d, of which %d were rescued", states, s.count(`SELECT COUNT(*) FROM river_job`),
		s.count(`SELECT COUNT(*) FROM river_job WHERE metadata ? 'river:rescue_count'`))
}

// isTrue reports whether the state of a mail is true.
func isTrue(state invite.DeliveryState, sent, refused int, told map[string]int, id string) bool {
	switch state {
	case invite.DeliveryDelivered:
		return sent == 1 && refused == 0 && told["sent "+id] == 1
	case invite.DeliveryOvertaken:
		return sent == 0 && refused == 0
	case invite.DeliveryUnknown:
		return sent+refused <= 1 && told["leftover "+id] == 1
	case invite.DeliveryRefused:
		return sent == 0 && refused == 1 && told["failed "+id] == 1
	}
	return false
}
