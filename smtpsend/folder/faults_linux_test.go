package folder_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/isolate"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend/folder"
)

// guests is the number of attendees.
const guests = 12

func party() ical.Event {
	start := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	e := ical.Event{Summary: "Party", Start: start, End: start.Add(time.Hour), Organizer: ical.Person{Email: "desk@example.com"}}
	for i := range guests {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("a%02d@example.com", i)})
	}
	return e
}

// counting is a sender that calls before with the number of each mail.
type counting struct {
	to     *folder.Sender
	n      int
	before func(n int)
}

func (c *counting) Send(ctx context.Context, m *mime.Message) error {
	c.before(c.n)
	c.n++
	return c.to.Send(ctx, m)
}

// TestFolderFaults sends to a folder that fails after some mails. The error names the
// cause, the mails that are not there are pending, and no half of a mail is there. After
// the repair each attendee has one mail.
func TestFolderFaults(t *testing.T) {
	if !isolate.Run(t, 0) {
		return
	}
	const late = 4 // the number of the mail at which a fault begins
	tests := []struct {
		name    string
		options string
		fault   func(d *disk, n int) (repair func()) // called before each mail; nil stands for no fault yet
		want    error
		some    bool // some mails arrive before the fault
	}{
		{"full", "size=1m", func(d *disk, n int) func() { return at(n, 0, func() func() { return d.fill(0) }) }, syscall.ENOSPC, false},
		{"nearly full", "size=1m", func(d *disk, n int) func() { return at(n, 0, func() func() { return d.fill(9) }) }, syscall.ENOSPC, true},
		{"half a mail fits", "size=1m", func(d *disk, n int) func() { return at(n, late, func() func() { return d.fill(1) }) }, syscall.ENOSPC, true},
		{"no inodes", "size=1m,nr_inodes=10", func(d *disk, n int) func() {
			return at(n, 0, func() func() {
				return func() { syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT, "nr_inodes=1000") }
			})
		}, syscall.ENOSPC, true},
		{"read-only", "size=1m", func(d *disk, n int) func() {
			return at(n, 0, func() func() { d.readOnly(true); return func() { d.readOnly(false) } })
		}, syscall.EROFS, false},
		{"read-only from the fifth mail on", "size=1m", func(d *disk, n int) func() {
			return at(n, late, func() func() { d.readOnly(true); return func() { d.readOnly(false) } })
		}, syscall.EROFS, true},
		{"file too large", "size=1m", func(d *disk, n int) func() { return at(n, late, func() func() { return limitFiles(t, 300) }) }, syscall.EFBIG, true},
	}
	for _, tt := range tests {
		for _, maildir := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, maildir %v", tt.name, maildir), func(t *testing.T) {
				d := newDisk(t, tt.options)
				to, err := folder.New(filepath.Join(d.dir, "out"), &folder.Options{Maildir: maildir})
				if err != nil {
					t.Fatal(err)
				}
				repair := func() {}
				c := &counting{to: to, before: func(n int) {
					if r := tt.fault(d, n); r != nil {
						repair = r
					}
				}}
				m, err := invite.New(c, invitetest.Options(nil)).Send(t.Context(), party())
				if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.want.Error()) {
					t.Fatalf("Send = %v, want %v", err, tt.want)
				}
				there := mailsIn(t, d.dir)
				if len(there) == guests || (len(there) > 0) != tt.some {
					t.Errorf("%d mails are there, want some %v", len(there), tt.some)
				}
				checkStates(t, m, there, tt.want.Error())
				repair()
				resume(t, m, to, d.dir)
			})
		}
	}
}

// at returns the result of f if n is the number of the mail at which the fault begins.
func at(n, begin int, f func() func()) func() {
	if n != begin {
		return nil
	}
	return f()
}

// mailsIn returns the number of mails of each attendee in the folder below dir. Each
// mail must be whole, and nothing else may be there.
func mailsIn(t *testing.T, dir string) map[string]int {
	t.Helper()
	out := make(map[string]int)
	err := filepath.WalkDir(filepath.Join(dir, "out"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if m, err := mime.Read(bytes.NewReader(data), nil); err != nil || len(m.To) != 1 || !bytes.HasSuffix(data, []byte("--\r\n")) {
			t.Errorf("%s is not a whole mail: %v", path, err)
			return nil
		} else {
			out[m.To[0].Address]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// checkStates checks that the mails which are there are delivered, and the others
// pending for the given reason.
func checkStates(t *testing.T, m *invite.Meeting, there map[string]int, reason string) {
	t.Helper()
	for _, d := range m.Deliveries {
		want := invite.DeliveryPending
		if there[d.To] > 0 {
			want = invite.DeliveryDelivered
		}
		if d.State != want || want == invite.DeliveryPending && !strings.Contains(d.Reply, reason) {
			t.Errorf("the mail to %s is %s, %q, want %s, %s", d.To, d.State, d.Reply, want, reason)
		}
	}
}

// resume sends the rest of m, and checks that each attendee has one mail.
func resume(t *testing.T, m *invite.Meeting, to invite.Sender, dir string) {
	t.Helper()
	client := invite.New(to, invitetest.Options(nil))
	var err error
	for range 2 { // the second call has nothing to do
		if m, err = client.Resume(t.Context(), m); err != nil {
			t.Fatalf("Resume = %v", err)
		}
	}
	there := mailsIn(t, dir)
	for _, d := range m.Deliveries {
		if d.State != invite.DeliveryDelivered || there[d.To] != 1 {
			t.Errorf("the mail to %s is %s, and there %d times, want delivered and once", d.To, d.State, there[d.To])
		}
	}
}

// TestForbiddenFolder sends to folders whose modes forbid a step. The error names the
// cause before anything is written.
func TestForbiddenFolder(t *testing.T) {
	if !isolate.Run(t, 1000) {
		return
	}
	for name, mode := range map[string]os.FileMode{"no writing": 0o500, "no access": 0, "no reading": 0o300} {
		for _, maildir := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, maildir %v", name, maildir), func(t *testing.T) {
				dir := t.TempDir()
				out := filepath.Join(dir, "out")
				to, err := folder.New(out, &folder.Options{Maildir: maildir})
				if err != nil {
					t.Fatal(err)
				}
				forbidden := out
				if maildir {
					forbidden = filepath.Join(out, "new")
				}
				if err := os.Chmod(forbidden, mode); err != nil {
					t.Fatal(err)
				}
				m, err := invite.New(to, invitetest.Options(nil)).Send(t.Context(), party())
				os.Chmod(forbidden, 0o700)
				if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "permission denied") {
					t.Fatalf("Send = %v, want permission denied", err)
				}
				if there := mailsIn(t, dir); len(there) > 0 {
					t.Errorf("mails are there: %v", there)
				}
				checkStates(t, m, nil, "permission denied")
				resume(t, m, to, dir)
			})
		}
	}
}

// TestFullLedger stores the meeting on a disk that is full from one store on, for each
// store. Nothing is handed over after the fault. With the file that is left, Resume
// sends the rest: nobody gets two mails, and a mail that nobody got is not lost.
func TestFullLedger(t *testing.T) {
	if !isolate.Run(t, 0) {
		return
	}
	for k := range guests + 3 {
		t.Run(fmt.Sprint("store ", k), func(t *testing.T) {
			d := newDisk(t, "size=1m")
			file, out := filepath.Join(d.dir, "meeting.json"), t.TempDir()
			to, err := folder.New(filepath.Join(out, "out"), nil)
			if err != nil {
				t.Fatal(err)
			}
			stores, free := 0, func() {}
			ledger := invite.WholeMeeting(func(_ context.Context, m *invite.Meeting) error {
				if stores == k {
					free = d.fill(0)
				}
				stores++
				return store(file, m)
			})
			client := invite.New(to, invitetest.Options(nil)).WithLedger(ledger)
			_, err = client.Send(t.Context(), party())
			if faulty := stores > k; faulty != errors.Is(err, syscall.ENOSPC) || faulty && !strings.Contains(err.Error(), "ledger: ") {
				t.Fatalf("Send = %v after %d stores, want ENOSPC of the ledger", err, stores)
			}
			free()
			before := mailsIn(t, out)
			if _, err := os.Stat(file); k == 0 && (!errors.Is(err, fs.ErrNotExist) || len(before) > 0) {
				t.Errorf("Stat = %v with %d mails, want nothing stored and nothing sent", err, len(before))
			} else if k == 0 {
				return
			}
			m, err := client.Resume(t.Context(), load(t, file))
			if err != nil {
				t.Logf("Resume = %v", err)
			}
			checkOnce(t, m, mailsIn(t, out), before)
		})
	}
}

// checkOnce checks that each attendee has one mail and the meeting says so. If the mail was
// being sent when the ledger failed, the meeting says that instead.
func checkOnce(t *testing.T, m *invite.Meeting, there, before map[string]int) {
	t.Helper()
	doubt := 0
	for _, d := range m.Deliveries {
		switch n := there[d.To]; {
		case n == 1 && d.State == invite.DeliveryDelivered:
		case n <= 1 && n == before[d.To] && (d.State == invite.DeliverySending || d.State == invite.DeliveryUnknown):
			doubt++
		default:
			t.Errorf("%s has %d mails, and the meeting says %s", d.To, n, d.State)
		}
	}
	if doubt > 1 {
		t.Errorf("%d mails are in doubt, want one at most", doubt)
	}
}

// store writes m in one step.
func store(file string, m *invite.Meeting) error {
	data, err := json.Marshal(m)
	if err == nil {
		err = os.WriteFile(file+".new", data, 0o600)
	}
	if err == nil {
		err = os.Rename(file+".new", file)
	}
	return err
}

// load reads what store wrote.
func load(t *testing.T, file string) *invite.Meeting {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := new(invite.Meeting)
	if err := json.Unmarshal(data, m); err != nil {
		t.Fatal(err)
	}
	return m
}
