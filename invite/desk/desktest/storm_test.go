package desktest

import (
	"bufio"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// isAway reports whether the database is away.
func isAway(err error) bool {
	var n net.Error
	return errors.As(err, &n) || errors.Is(err, syscall.ECONNRESET) || strings.Contains(err.Error(), "conn") || strings.Contains(err.Error(), "EOF")
}

// storm kills processes that work at one database, and looks at the rest.
type storm struct {
	*world
	dir string
}

// newStorm makes the tables of the program.
func newStorm(t *testing.T, x database) *storm {
	w := newWorld(t, x, desk.Options{})
	must(w.db.Exec(`CREATE TABLE told (id TEXT PRIMARY KEY, kind TEXT NOT NULL, attendee TEXT NOT NULL)`))(w)
	must(w.db.Exec(`CREATE TABLE booking (uid TEXT PRIMARY KEY)`))(w)
	w.Desk = open(t, w.db, nil) // with the real clock, as the children
	return &storm{w, t.TempDir()}
}

// start starts a child, and returns when it has opened the database.
func (s *storm) start(c child) *exec.Cmd {
	s.Helper()
	c.Driver, c.DSN, c.Dir = s.driver, s.dsn, s.dir
	settings := must(json.Marshal(c))(s)
	cmd := exec.CommandContext(s.Context(), must(os.Executable())(s))
	cmd.Env = append(os.Environ(), childEnv+"="+string(settings))
	cmd.Stderr = os.Stderr
	out := must(cmd.StdoutPipe())(s)
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		s.Fatalf("a child has not begun: %q, %v", line, err)
	}
	return cmd
}

// kill kills a child.
func (s *storm) kill(cmd *exec.Cmd) {
	s.Helper()
	if err := cmd.Process.Kill(); err != nil {
		s.Fatal(err)
	}
	_ = cmd.Wait()
}

// finish lets a child send the rest.
func (s *storm) finish() {
	s.Helper()
	if err := s.start(child{}).Wait(); err != nil {
		s.Fatalf("the last child: %v", err)
	}
}

// lines counts the lines of a file that the children wrote.
func (s *storm) lines(name string) map[string]int {
	out := make(map[string]int)
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		out[strings.TrimSpace(line)]++
	}
	return out
}

// events counts the events that the program stored, by kind and content.
func (s *storm) events() map[string]int {
	rows := must(s.db.Query(`SELECT kind, attendee FROM told`))(s)
	defer rows.Close()
	out := make(map[string]int)
	for rows.Next() {
		var kind, what string
		if err := rows.Scan(&kind, &what); err != nil {
			s.Fatal(err)
		}
		out[kind+" "+what]++
	}
	return out
}

// check compares the database with the mails that went out, the answers that were taken
// in, and the events that were told.
func (s *storm) check() {
	s.Helper()
	for line := range s.lines("errors") {
		s.Errorf("a child: %s", line)
	}
	sent, told := s.lines("sent"), s.events()
	for id, n := range sent {
		if n > 1 {
			s.Errorf("the mail %s went out %d times", id, n)
		}
	}
	for what, n := range told {
		if n > 1 {
			s.Errorf("the event %q came %d times", what, n)
		}
	}
	states := make(map[invite.DeliveryState]int)
	meetings := 0
	for m, err := range s.Meetings(s.Context(), desk.Filter{}) {
		meetings++
		for _, d := range must(m, err)(s).Deliveries {
			states[d.State]++
			n, ok := sent[d.MessageID], false
			switch d.State {
			case delivered:
				ok = n == 1 && told["sent "+d.MessageID] == 1
			case overtaken:
				ok = n == 0
			case unknown:
				ok = told["leftover "+d.MessageID] == 1
			}
			if !ok {
				s.Errorf("%s: the mail %s is %s, and went out %d times", m.Event.UID, d.MessageID, d.State, n)
			}
		}
	}
	answers := s.lines("answers")
	for comment := range answers {
		if told["answered "+comment] != 1 {
			s.Errorf("the answer %q was told %d times", comment, told["answered "+comment])
		}
	}
	check(s, "bookings", s.count(`SELECT COUNT(*) FROM booking`), meetings)
	check(s, "kept events", 0, s.count(`SELECT COUNT(*) FROM convene_events`))
	s.Logf("%d meetings, %d answers, mails: %v", meetings, len(answers), states)
	if states[delivered] == 0 {
		s.Error("the storm did nothing")
	}
}

// TestKilled kills a service at random points while eight goroutines book, move, answer
// and cancel, and its mails are sent. Afterwards every mail went out once, or the ledger
// names it as a leftover. No answer is lost, and every event came once.
func TestKilled(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		s := newStorm(t, x)
		kills, crashes, meetings := 60, 0, 500
		if x.driver == "pgx" && os.Getenv("DESK_POSTGRES") == "" {
			crashes = 2
		}
		if testing.Short() {
			kills, meetings = 6, 50
		}
		for i := range kills {
			c := s.start(child{Book: true, Meetings: meetings})
			time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
			if crashes > 0 && i%(kills/crashes) == kills/crashes-1 {
				if err := crashPostgres(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(200 * time.Millisecond)
			}
			s.kill(c)
		}
		s.finish()
		s.check()
	})
}

// TestKilledWhileDelivering has three processes deliver the same meetings at once, and
// kills one of them again and again. No mail goes out twice.
func TestKilledWhileDelivering(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		s := newStorm(t, x)
		meetings, kills := 200, 20
		if testing.Short() {
			meetings, kills = 30, 4
		}
		for range meetings {
			s.send(soon(10))
		}
		must(s.db.Exec(`INSERT INTO booking SELECT uid FROM convene_meetings`))(t)
		var children []*exec.Cmd
		for range 3 {
			children = append(children, s.start(child{Deliver: true}))
		}
		for i := range kills {
			time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
			s.kill(children[i%3])
			children[i%3] = s.start(child{Deliver: true})
		}
		for _, c := range children {
			if err := c.Wait(); err != nil {
				t.Error(err)
			}
		}
		s.finish()
		s.check()
	})
}
