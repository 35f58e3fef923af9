package ledgertests_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// The environment of a child process.
const (
	childDir      = "CONVENE_LEDGER_DIR"
	childPoint    = "CONVENE_LEDGER_POINT" // the point at which it dies, as "before send 3"
	childParallel = "CONVENE_LEDGER_PARALLEL"
)

// crowd is the number of attendees that the child process invites.
const crowd = 12

// TestKilled kills a process before and after calls of Begin, Record and Send, and
// resumes in another process. Each attendee then has each mail once, or twice if it was
// being sent when the process died.
func TestKilled(t *testing.T) {
	type point struct {
		where    string
		parallel int
	}
	var points []point
	add := func(step string, n, parallel int) {
		points = append(points, point{fmt.Sprint("before ", step, " ", n), parallel}, point{fmt.Sprint("after ", step, " ", n), parallel})
	}
	add("begin", 1, 4)
	for n := range crowd {
		add("send", n+1, 4)
	}
	for n := range 4 { // a call has at least four, whichever mails share one
		add("record", n+1, 4)
	}
	for n := range 7 {
		add("record", 2*n+1, 1)
	}
	for i, p := range points {
		if testing.Short() && i%8 != 3 {
			continue
		}
		t.Run(fmt.Sprintf("%s, Parallel %d", p.where, p.parallel), func(t *testing.T) {
			t.Parallel()
			killed(t, p.where, p.parallel)
		})
	}
}

func killed(t *testing.T, point string, parallel int) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childPoint+"="+point, fmt.Sprint(childParallel, "=", parallel))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Exited() || len(out) > 0 {
		t.Fatalf("the child was not killed: %v\n%s", err, out)
	}
	l := open(t, dir)
	defer l.file.Close()
	m := l.Stored(review(0).UID)
	before := received(t, dir)
	if m == nil {
		if len(before) > 0 {
			t.Fatalf("%d mails of a meeting that is not stored", len(before))
		}
		return
	}
	leftover := make(map[string]bool)
	for _, d := range m.Deliveries {
		if d.State == invite.DeliverySending {
			leftover[d.MessageID] = true
		}
	}
	if len(leftover) > parallel {
		t.Errorf("%d mails are left over, want %d at most", len(leftover), parallel)
	}
	o := options(l)
	o.Parallel, o.Random = parallel, nil
	c := invite.New(logger(dir), o)
	m = must(t)(c.Resume(t.Context(), m))
	if n := count(m, invite.DeliverySending); n != len(leftover) || count(m, invite.DeliveryDelivered) != crowd-n {
		t.Errorf("after Resume: %q, want %d left over", states(m), len(leftover))
	}
	must(t)(c.Resume(t.Context(), l.Stored(m.Event.UID), invite.ResendUnknown()))
	if m = open(t, dir).Stored(m.Event.UID); count(m, invite.DeliveryDelivered) != crowd {
		t.Errorf("states after ResendUnknown = %q, want all delivered", states(m))
	}
	got := received(t, dir)
	for _, d := range m.Deliveries {
		switch n := got[d.MessageID]; {
		case n == 1, n == 2 && leftover[d.MessageID] && before[d.MessageID] == 1:
		default:
			t.Errorf("%s got mail %d %d times, want once, or twice if it was left over", d.To, d.N, n)
		}
	}
}

// TestFileLedger runs the suite of invitetest with fileLedger.
func TestFileLedger(t *testing.T) {
	invitetest.TestLedger(t, func(t *testing.T) invite.Ledger {
		l := open(t, t.TempDir())
		t.Cleanup(func() { l.file.Close() })
		return l
	})
}

// fileLedger is a ledger that appends a line of JSON to a file for each change.
type fileLedger struct {
	*invitetest.Ledger
	mu    sync.Mutex
	file  *os.File
	point func(step string)
}

// entry is a line of the file.
type entry struct {
	Meetings []*invite.Meeting `json:"meetings,omitempty"`
	UID      string            `json:"uid,omitempty"`
	Changed  []invite.Delivery `json:"changed,omitempty"`
}

// open opens the ledger of a folder. A last line that is not complete is cut off, so that the
// next line does not follow it.
func open(t testing.TB, dir string) *fileLedger {
	t.Helper()
	l, err := openLedger(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func openLedger(dir string) (*fileLedger, error) {
	path := filepath.Join(dir, "ledger")
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l := &fileLedger{Ledger: invitetest.NewLedger(), point: func(string) {}}
	ctx := context.Background()
	whole := bytes.LastIndexByte(data, '\n') + 1
	if whole < len(data) {
		if err := os.Truncate(path, int64(whole)); err != nil {
			return nil, err
		}
	}
	for line := range bytes.Lines(data[:whole]) {
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, err
		}
		if e.UID == "" {
			err = l.Ledger.Begin(ctx, e.Meetings...)
		} else {
			_, err = l.Ledger.Record(ctx, e.UID, e.Changed)
		}
		if err != nil {
			return nil, err
		}
	}
	l.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return l, err
}

func (l *fileLedger) Begin(ctx context.Context, ms ...*invite.Meeting) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.point("before begin")
	defer l.point("after begin")
	if err := l.Ledger.Begin(ctx, ms...); err != nil {
		return err
	}
	return l.append(entry{Meetings: ms})
}

func (l *fileLedger) Record(ctx context.Context, uid string, changed []invite.Delivery) ([]int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.point("before record")
	defer l.point("after record")
	lost, err := l.Ledger.Record(ctx, uid, changed)
	if err != nil {
		return nil, err
	}
	return lost, l.append(entry{UID: uid, Changed: changed})
}

func (l *fileLedger) append(e entry) error {
	data, err := json.Marshal(e)
	if err == nil {
		_, err = l.file.Write(append(data, '\n'))
	}
	return errors.Join(err, l.file.Sync())
}

// logger is a Sender that writes the Message-IDs to a file.
func logger(dir string) invite.SenderFunc {
	return func(_ context.Context, m *invite.Message) error {
		f, err := os.OpenFile(filepath.Join(dir, "mails"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(f, m.ID)
		return errors.Join(err, f.Sync(), f.Close())
	}
}

// received returns how often each Message-ID arrived.
func received(t *testing.T, dir string) map[string]int {
	t.Helper()
	out := make(map[string]int)
	data, err := os.ReadFile(filepath.Join(dir, "mails"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		out[strings.TrimSpace(lines.Text())]++
	}
	return out
}

// child runs in the process that is killed.
func child(dir string) {
	var mu sync.Mutex
	calls := make(map[string]int)
	point := func(step string) {
		mu.Lock()
		defer mu.Unlock()
		if calls[step]++; fmt.Sprint(step, " ", calls[step]) == os.Getenv(childPoint) {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			if err == nil {
				select {}
			}
			panic(err)
		}
	}
	l, err := openLedger(dir)
	if err == nil {
		l.point = point
		o := options(l)
		o.Random = nil
		_, err = fmt.Sscan(os.Getenv(childParallel), &o.Parallel)
		log := logger(dir)
		c := invite.New(invite.SenderFunc(func(ctx context.Context, m *invite.Message) error {
			point("before send")
			defer point("after send")
			return log(ctx, m)
		}), o)
		if err == nil {
			_, err = c.Send(context.Background(), review(crowd))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
