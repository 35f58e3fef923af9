package invite

import (
	"cmp"
	"fmt"
	"time"

	"github.com/convene-go/convene/internal/address"
)

// version orders what one attendee says of one occurrence: by SEQUENCE, then by
// DTSTAMP (RFC 5546, section 2.1.5).
type version struct {
	sequence int
	stamp    time.Time
}

func (v version) compare(w version) int {
	return cmp.Or(cmp.Compare(v.sequence, w.sequence), v.stamp.Compare(w.stamp))
}

func (a *Answer) version() version   { return version{a.Sequence, a.Stamp} }
func (p *Proposal) version() version { return version{p.Sequence, p.Stamp} }

// inOrder refuses an answer that is older than what the meeting holds of the
// same attendee and occurrence, or is the same.
func (m *Meeting) inOrder(a *Answer) error {
	if err := m.notOlder(a); err != nil {
		return err
	}
	if last, ok := m.latest(a.Email, a.RecurrenceID); ok && a.version().compare(last.version) == 0 && m.holds(a) {
		return refuse(VerdictDuplicate, "is held already: %s", last)
	}
	return nil // equal versions that differ: a client that keeps DTSTAMP; the later arrival counts
}

// notOlder refuses what was said before the last that counts. Nothing is compared
// with the invitation's DTSTAMP, because clocks differ.
func (m *Meeting) notOlder(a *Answer) error {
	if floor := m.floor(a.Email, a.RecurrenceID); a.Sequence < floor {
		return refuse(VerdictStale, "answers version %d; version %d asked everybody anew", a.Sequence, floor)
	}
	if last, ok := m.latest(a.Email, a.RecurrenceID); ok && a.version().compare(last.version) < 0 {
		return refuse(VerdictStale, "a later answer of %s counts: %s", a.Email, last)
	}
	return nil
}

// entry is the latest that is held of an attendee.
type entry struct {
	version
	answer   *Answer
	proposal *Proposal
}

func (e entry) String() string {
	if e.proposal != nil {
		return fmt.Sprintf("a proposal of %s", e.stamp.Format(time.RFC3339))
	}
	return fmt.Sprintf("%s of %s", e.answer.Status, e.stamp.Format(time.RFC3339))
}

// latest finds the newest answer or proposal of an attendee to an occurrence; of
// equal ones that which came last.
func (m *Meeting) latest(email string, occurrence time.Time) (last entry, ok bool) {
	key := address.Key(email)
	take := func(e entry, of string, id time.Time) {
		if id.Equal(occurrence) && address.Key(of) == key && (!ok || e.compare(last.version) >= 0) {
			last, ok = e, true
		}
	}
	for i := range m.Proposals {
		p := &m.Proposals[i]
		take(entry{version: p.version(), proposal: p}, p.Email, p.RecurrenceID)
	}
	for i := range m.Answers {
		a := &m.Answers[i]
		take(entry{version: a.version(), answer: a}, a.Email, a.RecurrenceID)
	}
	return last, ok
}

// holds tells whether an answer of this version is the one that counts, or came
// in this very mail before.
func (m *Meeting) holds(a *Answer) bool {
	newest := true
	for i := len(m.Answers) - 1; i >= 0; i-- {
		b := &m.Answers[i]
		if !address.Same(b.Email, a.Email) || !b.RecurrenceID.Equal(a.RecurrenceID) {
			continue
		}
		same := b.version().compare(a.version()) == 0 && b.Status == a.Status && b.Comment == a.Comment &&
			b.Guests == a.Guests && address.Same(b.DelegatedTo, a.DelegatedTo)
		if same && (newest || a.MessageID != "" && a.MessageID == b.MessageID) {
			return true
		}
		newest = false
	}
	return false
}
