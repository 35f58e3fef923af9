package desktest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/caldav"
)

// radicale is a Radicale server (Debian: radicale) that is killed and started again.
type radicale struct {
	program, dir, port string
	cmd                *exec.Cmd
}

// newRadicale starts a server with one empty calendar.
func newRadicale(t *testing.T) *radicale {
	t.Helper()
	program, err := exec.LookPath("radicale")
	if err != nil {
		t.Skip("SKIPPED: NO RADICALE HERE: a desk is not tested with a calendar that is killed (Debian: radicale)")
	}
	r := &radicale{program: program, dir: t.TempDir(), port: must(freePort())(t)}
	config := fmt.Sprintf(`[server]
hosts = 127.0.0.1:%s
[auth]
type = htpasswd
htpasswd_filename = %[2]s/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = %[2]s/data
[logging]
level = critical
`, r.port, r.dir)
	for name, text := range map[string]string{"users": "ann:secret\n", "config": config} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.start(t)
	t.Cleanup(r.kill)
	q := must(http.NewRequest("MKCALENDAR", r.url()+"ann/work/", strings.NewReader(`<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">`+
		`<D:set><D:prop><C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>`)))(t)
	q.SetBasicAuth("ann", "secret")
	got := must(http.DefaultClient.Do(q))(t)
	_ = got.Body.Close()
	if got.StatusCode != http.StatusCreated {
		t.Fatalf("MKCALENDAR: %s", got.Status)
	}
	return r
}

// url returns the address of the server.
func (r *radicale) url() string { return "http://127.0.0.1:" + r.port + "/" }

// start starts the server, and waits until it answers.
func (r *radicale) start(t *testing.T) {
	t.Helper()
	r.cmd = exec.Command(r.program, "--config", filepath.Join(r.dir, "config"))
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "Radicale answers", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+r.port)
		if err != nil {
			return false
		}
		_ = c.Close()
		return true
	})
}

// kill kills the server.
func (r *radicale) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

// entries counts the entries in the calendar.
func (r *radicale) entries(t *testing.T) int {
	t.Helper()
	return len(must(filepath.Glob(filepath.Join(r.dir, "data/collection-root/ann/work/*.ics")))(t))
}

// openCalendar opens the calendar.
func openCalendar(url string) (*caldav.Calendar, error) {
	return caldav.Open(url, &caldav.Options{Username: "ann", Password: "secret", TLS: caldav.TLSInsecureNone, InsecureAllowPlaintextAuth: true, Timeout: 10 * time.Second})
}

// TestCalendarKilled kills a service at random points, and the server of the calendar, while
// eight goroutines book, move, answer and cancel, and the entries follow. Afterwards each
// entry is equal to its meeting, there is no other one, no mail went out twice, and no
// change of a killed process was taken for the organizer's.
func TestCalendarKilled(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		kills, meetings := 40, 40
		if testing.Short() {
			kills, meetings = 8, 15
		}
		r := newRadicale(t)
		s := newStorm(t, x)
		c := child{Book: true, Meetings: meetings, Calendar: r.url(), Epoch: time.Now()}
		for i := range kills {
			p := s.start(c)
			time.Sleep(rand.N(1200 * time.Millisecond))
			if i%2 == 1 {
				r.kill()
				time.Sleep(rand.N(100 * time.Millisecond))
			}
			s.kill(p)
			if i%2 == 1 {
				r.start(t)
			}
		}
		t.Logf("%d kills of the desk and %d of the calendar; %d meetings, and %d entries", kills, kills/2, s.count(`SELECT COUNT(*) FROM booking`), r.entries(t))
		c.Book = false
		if err := s.start(c).Wait(); err != nil {
			t.Fatalf("the last child: %v", err)
		}
		s.check()
		s.checkEntries(r)
	})
}

// checkEntries compares the entries with the meetings.
func (s *storm) checkEntries(r *radicale) {
	s.Helper()
	c := must(openCalendar(r.url()))(s)
	defer c.Close()
	live, answers := 0, 0
	for m, err := range s.Meetings(s.Context(), desk.Filter{}) {
		uid := must(m, err)(s).Event.UID
		o, err := c.Get(context.Background(), organizer.Object{UID: uid})
		if m.Event.Cancelled {
			if !errors.Is(err, organizer.ErrGone) {
				s.Errorf("%s is cancelled, and its entry is %v, %v", uid, o.Href, err)
			}
			continue
		}
		if err != nil {
			s.Errorf("%s: the entry: %v", uid, err)
			continue
		}
		live++
		answers += len(m.Answers)
		check(s, uid, shownEvent(&m.Event, m.Attendees(time.Time{})), shownEvent(&o.Event, o.Event.Attendees))
		kept := must(s.Entry(s.Context(), uid))(s)
		check(s, uid+": data of unknown fate", 0, len(kept.Tried))
	}
	check(s, "entries in the calendar", live, r.entries(s.T))
	drifts := must(texts(s.db, `SELECT attendee FROM told WHERE kind = 'drifted'`))(s)
	check(s, "changes by the organizer", []string(nil), drifts)
	check(s, "entries without a result", 0, s.count(`SELECT COUNT(*) FROM convene_entries WHERE owner <> '' OR tries > 0`))
	s.Logf("%d entries with %d answers", live, answers)
	if live == 0 || answers == 0 {
		s.Error("the storm did nothing")
	}
}
