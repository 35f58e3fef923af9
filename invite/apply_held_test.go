package invite_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestPartlyHeld applies mails of which a part waits for a person. The part can come after
// others that are applied, or that the meeting has already.
func TestPartlyHeld(t *testing.T) {
	m := endlessSeries(t, annEmail, "bob@example.test")
	p := &invite.Policy{Now: func() time.Time { return pinned().AddDate(0, 1, 0) }}
	var parts []part
	for i := range 20 {
		parts = append(parts, part{i, ""})
	}
	mixed := append(parts[:20:20], part{20, stranger(0)}, part{21, stranger(1)})
	first, o := m.Apply(partsMail(t, annEmail, 1, mixed...), p)
	if o.Verdict != invite.VerdictApplied || !o.Held || !strings.HasPrefix(o.Reason, annEmail+" delegates to "+stranger(1)) {
		t.Errorf("the first time: %+v, want applied, and held because of %s", o, stranger(1))
	}
	if again, o := first.Apply(partsMail(t, annEmail, 1, mixed...), p); o.Verdict != invite.VerdictHeld || !o.Held || again != first {
		t.Errorf("the second time: %+v, want held", o)
	}
	if _, o = m.Apply(partsMail(t, annEmail, 1, parts...), p); o.Verdict != invite.VerdictApplied || o.Held {
		t.Errorf("without delegates: %+v, want applied, and not held", o)
	}
}

// TestTooManyDatesAreHeld answers 540 dates in 18 mails. The meeting keeps 500, and the
// last two mails say so.
func TestTooManyDatesAreHeld(t *testing.T) {
	m := endlessSeries(t, annEmail)
	p := &invite.Policy{Now: func() time.Time { return pinned().AddDate(0, 0, 1) }}
	for n := range 18 {
		var parts []part
		for i := range 30 {
			parts = append(parts, part{10 + 30*n + i, ""})
		}
		var o invite.Outcome
		m, o = m.Apply(partsMail(t, annEmail, n, parts...), p)
		if want := n < 17; (o.Verdict == invite.VerdictApplied) != want || o.Held != (n >= 16) {
			t.Errorf("mail %d: %.300v, held %v", n, o.Reason, o.Held)
		}
	}
	if len(m.Answers) != 500 {
		t.Errorf("%d answers are kept, want 500", len(m.Answers))
	}
}

// TestReplayedSequence applies an answer to a version that was never sent, and again after
// the meeting has moved and everybody was asked anew.
func TestReplayedSequence(t *testing.T) {
	m := mustSend(t, invite.New(new(recorder), fixed()), trio())
	as := m.Event.Attendees[0].Email
	p := &invite.Policy{Now: func() time.Time { return pinned().Add(time.Hour) }}
	in := answerOf(t, m, as, ical.StatusAccepted, nil)
	in.Event.Sequence, in.Mail.MessageID = 99, "<replayed@client.example.test>"
	m, o := m.Apply(in, p)
	if o.Verdict != invite.VerdictApplied {
		t.Fatalf("Apply = %+v, want applied", o)
	}
	e := m.Event.Clone()
	e.Start, e.End = e.Start.Add(24*time.Hour), e.End.Add(24*time.Hour)
	m = must(t)(invite.New(new(recorder), fixed()).Update(t.Context(), m, e))
	if _, o = m.Apply(in, p); o.Verdict != invite.VerdictDuplicate {
		t.Errorf("the same mail again = %+v, want a duplicate", o)
	}
	in.Mail.MessageID = "<another@client.example.test>"
	if _, o = m.Apply(in, p); o.Verdict != invite.VerdictApplied {
		t.Errorf("another mail = %+v, want applied", o)
	}
}

// TestReplyAddressHidesKeys prints a ReplyAddress in each way that a log uses.
func TestReplyAddressHidesKeys(t *testing.T) {
	r := &invite.ReplyAddress{Mailbox: "desk@example.test", Keys: [][]byte{[]byte("sixteen octets!!")}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{r, *r} {
			if got := fmt.Sprintf(format, v); got != "ReplyAddress of desk@example.test with 1 keys" {
				t.Errorf("Sprintf(%q) = %q", format, got)
			}
		}
	}
}
