package golden_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/invitetest/golden"
)

// A program's own tests have a flag with this name.
var _ = flag.Bool("update", false, "")

// booking sends a meeting and returns the mail to its attendee.
func booking(t *testing.T, description string) *invite.Message {
	t.Helper()
	var r invitetest.Recorder
	o := invitetest.Options(nil)
	start := o.Now().AddDate(0, 0, 7)
	_, err := invite.New(&r, o).Send(t.Context(), ical.Event{
		Summary: "Booking", Description: description, Start: start, End: start.Add(45 * 60e9),
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Messages()[0]
}

// TestAssert shows how a program notices changes of its own invitations.
func TestAssert(t *testing.T) {
	mail := booking(t, "")
	golden.Assert(t, "testdata/booking.ics", invitetest.Calendar(mail))
	golden.AssertMail(t, "testdata/booking.eml", booking(t, "Bring größere cups.").Data)
}

// TestAssertMailIsMail checks that the golden file of a mail is a mail with the same
// meeting.
func TestAssertMailIsMail(t *testing.T) {
	f, err := os.Open("testdata/booking.eml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := invite.Read(f, nil)
	if err != nil || in.Kind != invite.KindRequest || in.Event.Description != "Bring größere cups." {
		t.Errorf("Read(booking.eml) = %+v, %v, want the request", in, err)
	}
}

// failures keeps the errors that a golden file reports.
type failures struct {
	testing.TB
	text string
}

func (f *failures) Helper()                      {}
func (f *failures) Errorf(_ string, args ...any) { f.text += args[len(args)-1].(string) }

// TestAssertMailChangedWord: if one word of a text changes, only lines with that word
// change.
func TestAssertMailChangedWord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail.eml")
	setUpdate(t, "true")
	golden.AssertMail(t, path, booking(t, "Bring größere cups.").Data)
	setUpdate(t, "false")
	golden.AssertMail(t, path, booking(t, "Bring größere cups.").Data)

	changed := &failures{TB: t}
	golden.AssertMail(changed, path, booking(t, "Bring größere mugs.").Data)
	n := 0
	for line := range strings.SplitSeq(changed.text, "\n") {
		if strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "+ ") {
			if n++; !strings.Contains(line, "Bring größere") {
				t.Errorf("another word changes a line without it: %s", line)
			}
		}
	}
	if n != 8 { // before and after, in text, page, calendar object and file
		t.Errorf("%d lines change, want 8:\n%s", n, changed.text)
	}
}

func setUpdate(t *testing.T, value string) {
	t.Helper()
	if err := flag.Set("convene.update", value); err != nil {
		t.Fatal(err)
	}
}

// TestFlagOfTests checks that a program that is not a test has no flag.
func TestFlagOfTests(t *testing.T) {
	out, err := exec.Command("go", "run", "./testdata/program").CombinedOutput()
	if err != nil || string(out) != "flags: update\n" {
		t.Errorf("a program has the %s (%v), want only its own flag", out, err)
	}
}
