//go:build unix

package imapinbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/mime"
)

var (
	kills   = flag.Int("kills", 12, "the number of kills of TestKilledAtRandom")
	mails   = flag.Int("mails", 150, "the number of mails of TestKilledAtRandom")
	readers = flag.Int("readers", 3, "the number of readers of TestKilledAtRandom")
	seed    = flag.Uint64("seed", 1, "the seed of TestKilledAtRandom")
)

// child is the task of a process that a test starts: it takes the mails of a mailbox
// into a desk, and kills itself at a step.
type child struct {
	URL, DB string
	Lease   time.Duration
	Kill    int64 // the number of the step, or 0
	Once    bool  // ends when there is nothing to do
}

func TestMain(m *testing.M) {
	if task := os.Getenv("IMAPINBOX_CHILD"); task != "" {
		var c child
		err := json.Unmarshal([]byte(task), &c)
		if err == nil {
			err = c.run(context.Background())
		}
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// run prints a line for each mail that the desk has taken in.
func (c *child) run(ctx context.Context) error {
	d, db, err := openDesk(ctx, c.DB)
	if err != nil {
		return err
	}
	defer db.Close()
	m, err := Open(c.URL, allowPlain, quick, func(o *Options) { o.Lease = c.Lease })
	if err != nil {
		return err
	}
	var steps atomic.Int64
	m.step = func(name string) {
		if c.Once && name == "waits" && m.expiry().IsZero() && m.plan.Len() == 0 {
			os.Exit(0)
		}
		if steps.Add(1) == c.Kill {
			fmt.Println("killed at: " + name)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal comes in a moment
		}
	}
	return inbox.Run(ctx, m, func(ctx context.Context, mail *inbox.Mail) error {
		m.step("given")
		r, err := d.Receive(ctx, mail)
		if err != nil {
			return err
		}
		fmt.Printf("took %s %s\n", nameOf(mail), r.Outcome.Verdict)
		m.step("received")
		return nil
	})
}

// openDesk opens a desk on a SQLite file.
func openDesk(ctx context.Context, path string) (*desk.Desk, *sql.DB, error) {
	db, err := sql.Open("sqlite", desk.SQLiteDSN(path))
	if err != nil {
		return nil, nil, err
	}
	nowhere := invite.SenderFunc(func(context.Context, *mime.Message) error { return nil })
	d, err := desk.Open(ctx, db, invite.New(nowhere, nil), nil)
	return d, db, err
}

// group is the number of attendees of a meeting.
const group = 50

// newDatabase stores meetings whose attendees send n mails.
func newDatabase(t *testing.T, n int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "desk.db")
	d, db, err := openDesk(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	for first := 0; first < n; first += group {
		e := ical.Event{
			UID: fmt.Sprintf("meeting%d@example.com", first/group), Summary: "Review",
			Start: start, End: start.Add(time.Hour), Organizer: ical.Person{Email: user},
		}
		for i := first; i < min(first+group, n); i++ {
			e.Attendees = append(e.Attendees, ical.Attendee{Email: guest(i)})
		}
		if _, err := d.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func guest(i int) string { return fmt.Sprintf("guest%d@example.test", i) }

// answer is the answer of guest i. Its Message-ID is <answerI@example.test>.
func answer(i int) string {
	return strings.ReplaceAll(fmt.Sprintf(`From: %[1]s
To: desk@example.com
Subject: Answer
Message-ID: <answer%[2]d@example.test>
MIME-Version: 1.0
Content-Type: text/calendar; method=REPLY

BEGIN:VCALENDAR
METHOD:REPLY
PRODID:-//Example//EN
VERSION:2.0
BEGIN:VEVENT
UID:meeting%[3]d@example.com
SEQUENCE:0
DTSTAMP:20261122T070000Z
DTSTART:20270302T090000Z
ATTENDEE;PARTSTAT=ACCEPTED:mailto:%[1]s
END:VEVENT
END:VCALENDAR
`, guest(i), i, i/group), "\n", "\r\n")
}

// checkVerdicts checks that each of n answers is in its meeting once, and that each mail
// is read. A kill in between leaves the claim on a mail that is read, which does no harm.
func checkVerdicts(t *testing.T, d *dovecot, path string, n int) {
	t.Helper()
	dsk, db, err := openDesk(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got := make(map[string]int)
	for m, err := range dsk.Meetings(t.Context(), desk.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range m.Answers {
			got[a.MessageID]++
		}
	}
	flags := d.flags(t, "INBOX")
	for i := range n {
		id := fmt.Sprintf("answer%d@example.test", i)
		if times := got["<"+id+">"]; times != 1 {
			t.Errorf("%s is there %d times, want 1", id, times)
		}
		if f := flags[id]; f != `(\Seen)` && f != `(ConveneClaimed \Seen)` {
			t.Errorf("%s has the flags %q", id, flags[id])
		}
	}
	if len(got) != n {
		t.Errorf("%d answers, want %d", len(got), n)
	}
	var said string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&said); err != nil || said != "ok" {
		t.Errorf("integrity_check: %v %s", err, said)
	}
}

// start starts a process.
func (c child) start(t *testing.T) (cmd *exec.Cmd, said *strings.Builder) {
	t.Helper()
	task, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd, said = exec.Command(os.Args[0]), new(strings.Builder)
	cmd.Env = append(os.Environ(), "IMAPINBOX_CHILD="+string(task))
	cmd.Stdout = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, said
}

// end waits for a process, and reports whether it was killed.
func end(t *testing.T, cmd *exec.Cmd, said *strings.Builder) (killed bool) {
	t.Helper()
	err := cmd.Wait()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	killed = ok && status.Signaled() && status.Signal() == syscall.SIGKILL
	if err != nil && !killed {
		t.Errorf("the process ended by itself: %v: %s", err, said)
	}
	return killed
}

// TestKilledAtEveryStep kills the reader once at each step of its work, and lets it run
// again.
func TestKilledAtEveryStep(t *testing.T) {
	d := startDovecot(t, "")
	const n = 2
	points := make(map[string]int)
	for at := int64(1); ; at++ {
		path := newDatabase(t, n)
		d.empty(t)
		for i := range n {
			d.deliver(t, answer(i))
		}
		c := child{URL: d.url(), DB: path, Lease: 300 * time.Millisecond, Once: true, Kill: at}
		cmd, said := c.start(t)
		killed := end(t, cmd, said)
		if killed {
			_, point, _ := strings.Cut(said.String(), "killed at: ")
			points[strings.TrimSpace(point)]++
			c.Kill = 0
			cmd, said = c.start(t)
			end(t, cmd, said)
		}
		checkVerdicts(t, d, path, n)
		if !killed || t.Failed() {
			break
		}
	}
	for _, step := range []string{
		"connected", "selected", "claimed", "fetched", "given", "received", "to be marked", "marked", "released",
	} {
		if points[step] == 0 {
			t.Errorf("was never killed at %q: %v", step, points)
		}
	}
	t.Logf("%v", points)
}

// TestKilledAtRandom has several readers of one mailbox, who are killed at random while
// answers come in. Afterwards each answer has one verdict.
func TestKilledAtRandom(t *testing.T) {
	d := startDovecot(t, "")
	path := newDatabase(t, *mails)
	var left atomic.Int64
	left.Store(int64(*kills))
	ended := make(chan struct{})
	var all []string // the outputs
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range *readers {
		r := rand.New(rand.NewPCG(*seed, uint64(i)))
		group.Go(func() {
			for left.Add(-1) >= 0 {
				c := child{URL: d.url(), DB: path, Lease: 2 * time.Second}
				after := time.Duration(100+r.IntN(1500)) * time.Millisecond
				if r.IntN(2) > 0 {
					c.Kill, after = 1+r.Int64N(60), 3*time.Second
				}
				cmd, said := c.start(t)
				timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
				if !end(t, cmd, said) {
					return
				}
				timer.Stop()
				mu.Lock()
				all = append(all, said.String())
				mu.Unlock()
			}
			c := child{URL: d.url(), DB: path, Lease: 2 * time.Second, Once: true}
			<-ended // all mails are there
			cmd, said := c.start(t)
			if end(t, cmd, said) {
				t.Error("was killed")
			}
			mu.Lock()
			all = append(all, said.String())
			mu.Unlock()
		})
	}
	for i := range *mails {
		d.deliver(t, answer(i))
	}
	close(ended)
	group.Wait()
	checkVerdicts(t, d, path, *mails)
	t.Log(summary(all))
}

// summary says at which points the readers were killed, and how many mails came twice.
func summary(outputs []string) string {
	points, verdicts, times := make(map[string]int), make(map[string]int), make(map[string]int)
	for _, out := range outputs {
		point := "a random time"
		for line := range strings.Lines(out) {
			f := strings.Fields(line)
			switch {
			case len(f) == 3 && f[0] == "took":
				times[f[1]]++
				verdicts[f[2]]++
			case strings.HasPrefix(line, "killed at: "):
				point = strings.TrimSpace(strings.TrimPrefix(line, "killed at: "))
			}
		}
		points[point]++
	}
	twice := 0
	for _, n := range times {
		twice += n - 1
	}
	return fmt.Sprintf("ends of %d processes: %v; verdicts: %v; %d mails were taken twice", len(outputs), points, verdicts, twice)
}
