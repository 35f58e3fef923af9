package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
	"github.com/convene-go/convene/mime"
)

// Apply takes a mail in and returns the meeting with it and what became of it.
// It changes neither m nor in, does no I/O, and returns m itself if the
// verdict changes nothing. A nil Policy is the zero value; see [Policy].
//
// Answers are ordered by attendee and occurrence, by SEQUENCE and then by
// DTSTAMP, never by the order of their arrival. One to an older SEQUENCE counts
// unless a change since asked everybody anew (Meeting.Revised). An answer to one
// occurrence stands against answers to the whole series, earlier and later.
func (m *Meeting) Apply(in *Inbound, p *Policy) (*Meeting, Outcome) {
	x := &intake{m: m.clone(), in: *in, p: p.withDefaults()}
	if x.in.Mail == nil {
		x.in.Mail = new(mime.Received)
	}
	o := x.run()
	if o.Verdict != VerdictApplied && o.Verdict != VerdictUndeliverable {
		return m, o
	}
	return x.m, o
}

// Answer takes an answer in that did not come by mail: by a link, by telephone.
// It obeys the same order as answers that [Meeting.Apply] takes in. a.Email,
// a.Status, a.Stamp (the time of the answer) and a.Via (its way) are required. An
// a.Sequence of 0 stands for the current version. If one is missing or means
// nothing, the verdict is [VerdictNotAnAnswer] or [VerdictUnknownAttendee], and
// the reason says why.
//
// It changes nothing of m, and returns m itself if the verdict changes nothing.
func (m *Meeting) Answer(a Answer) (*Meeting, Outcome) {
	return m.byHand(a.Email, a.RecurrenceID, requiredOf(a.Stamp, a.Via), func(x *intake, who ical.Attendee, at series.Target) (string, error) {
		a.Email, a.RecurrenceID, a.Stamp = who.Email, at.Start, a.Stamp.UTC().Truncate(time.Second)
		a.Sequence = x.m.sequenceByHand(a.Sequence, who.Email, at)
		return x.accept(who, a, at)
	})
}

// Propose takes another time in that an attendee asks for by a link or by
// telephone. p.Email, p.Start, p.Stamp and p.Via are required; a zero p.End keeps
// the length of the meeting. The meeting stays as it is: to take a proposal is an
// update, and the organizer's decision.
//
// It changes nothing of m, and returns m itself if the verdict changes nothing.
func (m *Meeting) Propose(p Proposal) (*Meeting, Outcome) {
	missing := requiredOf(p.Stamp, p.Via)
	switch {
	case p.Start.IsZero():
		missing = refuse(VerdictNotAnAnswer, "Start: is missing")
	case !p.End.IsZero() && p.End.Before(p.Start):
		missing = refuse(VerdictNotAnAnswer, "End: is before the start")
	}
	return m.byHand(p.Email, p.RecurrenceID, missing, func(x *intake, who ical.Attendee, at series.Target) (string, error) {
		now := at.Event(x.m.Event)
		if p.End.IsZero() {
			p.End = p.Start.Add(series.EndOf(&now).Sub(now.Start))
		}
		p.Email, p.RecurrenceID, p.Stamp = who.Email, at.Start, p.Stamp.UTC().Truncate(time.Second)
		p.Sequence = x.m.sequenceByHand(p.Sequence, who.Email, at)
		return x.propose(p)
	})
}

// Undelivered takes a report in that a mail did not arrive, as an HTTP API gives
// it. id is the Message-ID of the mail, email the recipient, who may be left out
// for a mail to one. text is the server's, for people.
//
// It changes nothing of m, and returns m itself if the verdict changes nothing.
func (m *Meeting) Undelivered(id, email, text string) (*Meeting, Outcome) {
	x := &intake{m: m.clone(), p: (*Policy)(nil).withDefaults()}
	o := outcome("", func() error {
		if id == "" {
			return refuse(VerdictUnknownEvent, "names no mail")
		}
		for i := range x.m.Deliveries {
			if l := &x.m.Deliveries[i]; l.MessageID == id && (address.Same(l.To, email) || email == "" && x.alone(id)) {
				return x.mark(l, text)
			}
		}
		return refuse(VerdictUnknownEvent, "is about a mail that is not of this meeting: %.80s to %.80s", id, email)
	}())
	if o.Verdict != VerdictUndeliverable {
		return m, o
	}
	return x.m, o
}

// requiredOf reports what says nothing of its origin.
func requiredOf(stamp time.Time, via string) error {
	switch {
	case stamp.IsZero():
		return refuse(VerdictNotAnAnswer, "Stamp: is missing")
	case via == "":
		return refuse(VerdictNotAnAnswer, "Via: is missing")
	}
	return nil
}

// byHand takes in what an attendee says without a mail.
func (m *Meeting) byHand(email string, id time.Time, missing error, take func(*intake, ical.Attendee, series.Target) (string, error)) (*Meeting, Outcome) {
	x := &intake{m: m.clone(), p: (*Policy)(nil).withDefaults()}
	o := outcome(func() (string, error) {
		if missing != nil {
			return "", missing
		}
		at, ok := x.m.find(id)
		if !ok {
			return "", refuse(VerdictUnknownEvent, "%v", noOccurrence(id))
		}
		who, ok := x.m.attendee(email, at)
		switch {
		case !ok:
			return "", refuse(VerdictUnknownAttendee, "%.80s is not invited", email)
		case at.Cancelled:
			return "", refuse(VerdictStale, "answers a meeting that is cancelled")
		}
		return take(x, who, at)
	}())
	o.Invite = x.invite
	if o.Verdict != VerdictApplied {
		return m, o
	}
	return x.m, o
}

// sequenceByHand is the sequence of an answer that may name none. Without a name
// it is about the current version, but counts as one to the oldest that can still
// be answered, so that the order in time decides between it and a mail.
func (m *Meeting) sequenceByHand(named int, email string, at series.Target) int {
	if named > 0 {
		return min(named, max(m.Event.Sequence, at.Sequence))
	}
	return m.counting().UnversionedSequence(address.Key(email), at.Start)
}
