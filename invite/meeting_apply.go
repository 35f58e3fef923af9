package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
	"github.com/convene-go/convene/mime"
)

// Apply takes a mail in, and returns the meeting with it and the outcome. It
// changes neither m nor in and does no I/O. If the verdict changes nothing, it
// returns m itself. If p is nil, it stands for the zero [Policy]. The result shares the
// lists that the mail does not change with m, because meetings can be large.
//
// Answers are ordered by attendee and occurrence, by SEQUENCE and then by
// DTSTAMP, never by the order of their arrival. A DTSTAMP that is later than the
// receipt of the mail counts as the time of receipt. So if a clock is ahead, no later
// answer becomes stale. The time of receipt is the time in the topmost Received field,
// but not later than Policy.Now. An answer to an older SEQUENCE counts unless a later
// change asked everybody anew (Meeting.Revised). An answer to one occurrence stands
// against answers to the whole series, earlier and later. Between an answer that did
// not come by mail and another one the time alone decides, because it answers no
// version.
//
// The number and the length of an attendee's answers are limited, so that the meeting
// stays small whatever an attendee sends (docs/answers.md). Answers that do not count
// any more are dropped first, beginning with the oldest.
//
// If m or in is nil, the verdict is [VerdictUnknownEvent] or [VerdictNotAnAnswer].
func (m *Meeting) Apply(in *Inbound, p *Policy) (*Meeting, Outcome) {
	switch {
	case m == nil:
		return nil, outcomeOf("", errNil)
	case in == nil:
		return m, Outcome{Verdict: VerdictNotAnAnswer, Reason: "there is no mail: the Inbound is nil"}
	}
	x := &intake{m: m.shared(), in: *in, p: p.withDefaults()}
	if x.in.Mail == nil {
		x.in.Mail = new(mime.Received)
	}
	o := x.run().trimmed()
	x.limit()
	if o.Verdict != VerdictApplied && o.Verdict != VerdictUndeliverable {
		return m, o
	}
	return x.m, o
}

// Answer takes an answer in that did not come by mail, but by a link or by
// telephone. It obeys the same order as answers that [Meeting.Apply] takes in: a
// mail that was written before a.Stamp does not undo it, whatever its SEQUENCE.
// a.Email, a.Status, a.Stamp (the time of the answer) and a.Via (its way) are
// required. The texts may be a stranger's, so they are cut as in [Meeting.Apply]. If
// a.Sequence is 0, it stands for the current version. If a value is
// missing or invalid, the verdict is [VerdictNotAnAnswer], [VerdictUnknownAttendee]
// or [VerdictUnknownEvent], and the reason says why.
//
// If a.MessageID is set, it is the caller's name for the form or the call with the
// answer. The meeting takes the same name of the same attendee and way in once: the
// verdict of a repetition is [VerdictDuplicate], or [VerdictStale] if it says something
// else. So a form that is sent twice counts once, also if two machines take it in.
//
// It does not change m. If the verdict changes nothing, it returns m itself.
func (m *Meeting) Answer(a Answer) (*Meeting, Outcome) {
	return m.byHand(a.Email, a.RecurrenceID, requiredOf(a.Stamp, a.Via), func(x *intake, who ical.Attendee, at series.Target) (string, error) {
		a.Email, a.RecurrenceID, a.Stamp = who.Email, at.Start, a.Stamp.UTC().Truncate(time.Second)
		a.trim()
		if err := x.checkRepeated(&a); err != nil {
			return "", err
		}
		a.Sequence = x.m.sequenceByHand(a.Sequence, who.Email, at)
		return x.accept(who, a, at)
	})
}

// Propose takes another time in that an attendee asks for by a link or by
// telephone. p.Email, p.Start, p.Stamp and p.Via are required. If p.End is zero,
// the length of the meeting stays. The event stays as it is, because to accept a
// proposal is an update, and the organizer's decision. p.MessageID is as in
// [Meeting.Answer].
//
// It does not change m. If the verdict changes nothing, it returns m itself.
func (m *Meeting) Propose(p Proposal) (*Meeting, Outcome) {
	missing := requiredOf(p.Stamp, p.Via)
	switch {
	case p.Start.IsZero():
		missing = refuse(VerdictNotAnAnswer, "Start: is missing")
	case !p.End.IsZero() && p.End.Before(p.Start):
		missing = refuse(VerdictNotAnAnswer, "End: is before the start")
	}
	return m.byHand(p.Email, p.RecurrenceID, missing, func(x *intake, who ical.Attendee, at series.Target) (string, error) {
		if err := p.normalize(at.Event(x.m.Event)); err != nil {
			return "", err
		}
		p.Email, p.RecurrenceID, p.Stamp = who.Email, at.Start, p.Stamp.UTC().Truncate(time.Second)
		p.trim()
		if err := x.checkProposedAgain(&p); err != nil {
			return "", err
		}
		p.Sequence = x.m.sequenceByHand(p.Sequence, who.Email, at)
		return x.propose(p)
	})
}

// Undelivered takes a report in that a mail did not arrive, as an HTTP API gives
// it. id is the Message-ID of the mail, or its receipt: see Delivery.Receipt. Its angle brackets may be missing. email is the recipient, and may be empty
// if the mail went to one recipient. text is the text of the server, for people,
// which is cut and quoted in Delivery.Reply.
//
// It does not change m. If the verdict changes nothing, it returns m itself.
func (m *Meeting) Undelivered(id, email, text string) (*Meeting, Outcome) {
	if m == nil {
		return nil, outcomeOf("", errNil)
	}
	x := &intake{m: m.shared(), p: (*Policy)(nil).withDefaults()}
	o := outcomeOf("", func() error {
		if id == "" {
			return refuse(VerdictUnknownEvent, "id: is missing")
		}
		sole := email == "" && x.alone(id)
		for i := range x.m.Deliveries {
			if l := &x.m.Deliveries[i]; l.isNamed(id) && (sole || address.Same(l.To, email)) {
				x.ownDeliveries()
				return x.mark(&x.m.Deliveries[i], text, x.m.answersBy(l.To))
			}
		}
		return refuse(VerdictUnknownEvent, "is about a mail that is not of this meeting: %.80s to %.80s", id, email)
	}()).trimmed()
	if o.Verdict != VerdictUndeliverable {
		return m, o
	}
	return x.m, o
}

// errNil refuses everything that is given to a nil Meeting.
var errNil = refuse(VerdictUnknownEvent, "there is no meeting: the Meeting is nil")

// requiredOf refuses an answer or proposal that does not say when and by which
// way it came.
func requiredOf(stamp time.Time, via string) error {
	switch {
	case stamp.IsZero():
		return refuse(VerdictNotAnAnswer, "Stamp: is missing")
	case via == "":
		return refuse(VerdictNotAnAnswer, "Via: is missing")
	}
	if err := checkYears("Stamp", stamp); err != nil {
		return refuse(VerdictNotAnAnswer, "%v", err)
	}
	return nil
}

// byHand takes in the word of an attendee that came without a mail, about the
// occurrence with the original start id, or the whole meeting if id is zero. missing
// is the refusal if a required value is missing. take does the rest. It may change
// the meeting of the intake, and returns a description of the change or a refusal.
func (m *Meeting) byHand(email string, id time.Time, missing error, take func(*intake, ical.Attendee, series.Target) (string, error)) (*Meeting, Outcome) {
	if m == nil {
		return nil, outcomeOf("", errNil)
	}
	x := &intake{m: m.shared(), p: (*Policy)(nil).withDefaults()}
	o := outcomeOf(func() (string, error) {
		if missing != nil {
			return "", missing
		}
		at, err := x.m.namedTarget(id)
		if err != nil {
			return "", err
		}
		who, ok := x.m.attendee(email, at)
		switch {
		case !ok:
			return "", refuse(VerdictUnknownAttendee, "%s", notInvited(email, groupsOf(x.m.attendees(at)), false))
		case at.Cancelled:
			return "", refuse(VerdictStale, "answers a meeting that is cancelled")
		}
		return take(x, who, at)
	}())
	o = o.trimmed()
	o.Invite = x.invite
	if o.Verdict != VerdictApplied {
		return m, o
	}
	x.limit()
	return x.m, o
}

// namedTarget returns the subject that a program names by an original start. The error
// is a refusal.
func (m *Meeting) namedTarget(id time.Time) (series.Target, error) {
	at, ok := m.target(id)
	if ok {
		return at, nil
	}
	if _, err := series.NormalizedStart(&m.Event, id); err != nil {
		return at, refuse(VerdictUnknownEvent, "%v", ical.FieldErrors(err)[0])
	}
	return at, refuse(VerdictUnknownEvent, "%v", unknownOccurrence(&m.Event, id))
}

// sequenceByHand returns the sequence of an answer or proposal whose sequence may
// be 0. See [roster.Answers.UnversionedSequence].
func (m *Meeting) sequenceByHand(named int, email string, at series.Target) int {
	if named > 0 {
		return min(named, max(m.Event.Sequence, at.Sequence))
	}
	return m.counting().UnversionedSequence(address.Key(email), at.Start)
}
