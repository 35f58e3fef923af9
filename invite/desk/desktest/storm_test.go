package desktest

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

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
	s := &storm{w, t.TempDir()}
	if err := os.Mkdir(filepath.Join(s.dir, mailboxDir), 0o700); err != nil {
		t.Fatal(err)
	}
	return s
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

// finish lets a child book and send the rest.
func (s *storm) finish(meetings int) {
	s.Helper()
	if err := s.start(child{Meetings: meetings}).Wait(); err != nil {
		s.Fatalf("the last child: %v", err)
	}
}

// full chooses the full size of the storms.
var full = flag.Bool("storm", false, "run TestKilled in its full size: 60 kills and 500 meetings")

// TestKilled kills a service at random points while eight goroutines book, move, answer,
// take in mails and cancel, and its mails are sent. PostgreSQL crashes too. Afterwards
// every attendee has one mail of each notice that was neither overtaken nor refused, or
// the ledger names it as a leftover. Nothing that was acknowledged is lost, and every
// event came once.
func TestKilled(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		s := newStorm(t, x)
		kills, crashes, meetings := 20, 1, 200
		switch {
		case *full:
			kills, crashes, meetings = 60, 2, 500
		case testing.Short():
			kills, meetings = 6, 50
		}
		longest := time.Second // connections to PostgreSQL take their time
		if x.driver != "pgx" {
			longest = 400 * time.Millisecond
		}
		if x.driver != "pgx" || os.Getenv("DESK_POSTGRES") != "" {
			crashes = 0
		}
		for i := range kills {
			c := s.start(child{Book: true, Meetings: meetings})
			time.Sleep(rand.N(longest))
			if crashes > 0 && i%(kills/crashes) == kills/crashes-1 {
				if err := crashPostgres(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(longest)
			}
			s.kill(c)
		}
		t.Logf("%d kills and %d crashes; %d meetings were booked meanwhile", kills, crashes, s.count(`SELECT COUNT(*) FROM booking`))
		s.finish(meetings)
		s.check()
		check(t, "bookings at last", meetings, s.count(`SELECT COUNT(*) FROM booking`))
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
		s.finish(0)
		s.check()
	})
}
