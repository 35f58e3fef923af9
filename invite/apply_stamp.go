package invite

import (
	"cmp"
	"net/mail"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
)

// mostSkew is the largest difference between two clocks that are both right.
const mostSkew = 5 * time.Minute

// stamp returns the time by which an answer is ordered: the DTSTAMP, or the time of
// receipt if that is earlier. So nobody can give an answer that later ones cannot
// correct. If the client left DTSTAMP out, the Date of the mail is used, which the same
// clock wrote. If DTSTAMP is far beyond the receipt, its clock is wrong, and the Date of
// the mail counts if it is before the receipt. None of these times is later than the
// receipt, so a forged one can only make the sender's own answer older.
func (x *intake) stamp() time.Time {
	date := withinYears(x.in.Mail.Date)
	said := date
	if c := x.in.Calendar; c != nil && !c.Stamp.IsZero() {
		said = withinYears(c.Stamp)
	}
	now := x.p.Now().UTC().Truncate(time.Second)
	received := earlier(now, cmp.Or(received(x.in.Mail.Values("Received")), now))
	if !said.After(received) {
		return said
	}
	if !date.IsZero() && date.Before(received) && said.Sub(received) > mostSkew {
		return date
	}
	x.adjusted = x.adjusted || received.Equal(now)
	return received
}

// mostReceived limits the date in a Received field, in octets.
const mostReceived = 200

// received returns the time in the topmost Received field, which the organizer's own
// server writes (RFC 5321, section 4.4). It is zero if there is none.
func received(fields []string) time.Time {
	if len(fields) == 0 {
		return time.Time{}
	}
	date := strings.TrimSpace(fields[0][strings.LastIndexByte(fields[0], ';')+1:])
	if len(date) > mostReceived { // mail.ParseDate would try each of its layouts, for each component of an answer
		return time.Time{}
	}
	t, err := mail.ParseDate(date)
	if err != nil {
		return time.Time{}
	}
	return withinYears(t)
}

// earlier returns the earlier of two times.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// latest returns the newest answer or proposal of the attendee of a to its occurrence.
// Its order is compared with the order of a.
func (x *intake) latest(a *Answer) (answerOrProposal, bool) {
	return x.m.latestBy(a.Email, a.RecurrenceID, x.plausible(a))
}

// plausible returns a function that lowers the order of answers and proposals that came
// before a and were stored without a limit, because earlier versions of this library
// stored every DTSTAMP. A stored time in the future counts as earlier than a. A SEQUENCE
// beyond the highest of the meeting counts as the highest. Times that the caller of
// [Meeting.Answer] or [Meeting.Propose] gave are trusted.
func (x *intake) plausible(a *Answer) func(roster.Order, string) roster.Order {
	now, highest := x.p.Now().UTC().Truncate(time.Second), max(x.m.highest(), a.Sequence)
	before := earlier(a.Stamp, now)
	if !before.IsZero() {
		before = before.Add(-time.Second) // so that a proposal is not open beside a
	}
	return func(o roster.Order, via string) roster.Order {
		o.Sequence = min(o.Sequence, highest)
		derived := via == "" || via == roster.ViaOrganizer || via == roster.ViaImport
		if derived && o.Stamp.Sub(now) > mostSkew {
			o.Stamp = before
		}
		return o
	}
}

// highest returns the highest sequence of the meeting and its occurrences.
func (m *Meeting) highest() int {
	n := max(m.Event.Sequence, m.Revised)
	for i := range m.Event.Overrides {
		n = max(n, m.Event.Overrides[i].Sequence)
	}
	for i := range m.Revisions {
		n = max(n, m.Revisions[i].Sequence)
	}
	return n
}

// settleOrder stores the orders of [intake.plausible] for all answers and proposals of
// the attendee of a to the same occurrence. It changes x.m.
func (x *intake) settleOrder(a *Answer) {
	key, order := address.Key(a.Email), x.plausible(a)
	for i := range x.m.Answers {
		if b := &x.m.Answers[i]; b.RecurrenceID.Equal(a.RecurrenceID) && address.HasKey(b.Email, key) {
			o := order(b.order(), b.Via)
			b.Sequence, b.Stamp = o.Sequence, o.Stamp
		}
	}
	for i := range x.m.Proposals {
		if p := &x.m.Proposals[i]; p.RecurrenceID.Equal(a.RecurrenceID) && address.HasKey(p.Email, key) {
			o := order(p.order(), p.Via)
			p.Sequence, p.Stamp = o.Sequence, o.Stamp
		}
	}
}

// holdsMail reports whether the meeting has a already, from the same mail. If the time
// of a mail was taken from Policy.Now, a copy that arrives later has another time, and
// only the Message-ID shows that it is the same mail.
func (x *intake) holdsMail(a *Answer) bool {
	for i := range x.m.Answers {
		b := &x.m.Answers[i]
		if a.MessageID != "" && a.MessageID == b.MessageID && address.Same(b.Email, a.Email) && b.RecurrenceID.Equal(a.RecurrenceID) &&
			b.Status == a.Status && b.Guests == a.Guests && address.Same(b.DelegatedTo, a.DelegatedTo) {
			return true
		}
	}
	return false
}
