package invite

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// Outcome is what [Meeting.Apply] made of a mail.
type Outcome struct {
	// Verdict says it for programs.
	Verdict Verdict `json:"verdict"`
	// Reason says it for people and logs.
	Reason string `json:"reason"`
	// Invite are the attendees who should now get the current request: those
	// that somebody delegated to, and those who asked for it. Give them to
	// [Client.Reinvite].
	Invite []string `json:"invite,omitempty"`
}

// Verdict says what became of a mail. Only [VerdictApplied] and [VerdictUndeliverable] come
// with a changed Meeting.
type Verdict string

// The values of [Verdict].
const (
	// VerdictApplied: the meeting holds the answer or the proposal now.
	VerdictApplied Verdict = "applied"
	// VerdictDuplicate: the meeting holds it already.
	VerdictDuplicate Verdict = "duplicate"
	// VerdictStale: a later answer of the same attendee counts, or the meeting has
	// changed so that everybody was asked anew.
	VerdictStale Verdict = "stale"
	// VerdictUnknownEvent: it is about another meeting, or about an occurrence that
	// the series does not have.
	VerdictUnknownEvent Verdict = "unknown-event"
	// VerdictUnknownAttendee: who answers is not invited.
	VerdictUnknownAttendee Verdict = "unknown-attendee"
	// VerdictUnverified: the mail does not show that it comes from who answers.
	VerdictUnverified Verdict = "unverified"
	// VerdictNotAnAnswer: the mail answers nothing. Where Outcome.Invite is set, it asks.
	VerdictNotAnAnswer Verdict = "not-an-answer"
	// VerdictUndeliverable: a server reports that a mail of this meeting did not
	// arrive; its Delivery says so now.
	VerdictUndeliverable Verdict = "undeliverable"
	// VerdictHeld: a person has to decide.
	VerdictHeld Verdict = "held"
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

// intake is one mail on its way into a meeting.
type intake struct {
	m      *Meeting // a copy
	in     Inbound
	p      *Policy
	token  token
	invite []string
	days   int // how far the series was searched for occurrences
}

// refusal is why something is not applied.
type refusal Outcome

func (r *refusal) Error() string { return r.Reason }

func refuse(v Verdict, format string, args ...any) error {
	return &refusal{Verdict: v, Reason: fmt.Sprintf(format, args...)}
}

// outcome makes a verdict of what a step returned.
func outcome(done string, err error) Outcome {
	var r *refusal
	if errors.As(err, &r) {
		return Outcome(*r)
	}
	return Outcome{Verdict: VerdictApplied, Reason: done}
}

func (x *intake) run() Outcome {
	switch {
	case x.in.Kind == KindBounce:
		return x.bounce()
	case !x.in.isAnswer():
		return Outcome{Verdict: VerdictNotAnAnswer, Reason: x.in.Reason}
	case x.in.Event == nil:
		return Outcome{Verdict: VerdictNotAnAnswer, Reason: "has no calendar object"}
	}
	forged := x.findToken()
	if !sameUID(x.in.Event.UID, x.m.Event.UID) && x.token.email == "" {
		return outcome("", refuse(VerdictUnknownEvent, "is about another meeting: %.80s", x.in.Event.UID))
	}
	if forged != nil {
		return outcome("", forged)
	}
	var all []Outcome
	for _, s := range x.in.statements() {
		all = append(all, outcome(x.take(s)))
	}
	o := join(all)
	o.Invite = x.invite
	return o
}

// join makes one outcome of those of all components: what was applied counts,
// else the first.
func join(all []Outcome) Outcome {
	out := all[0]
	var reasons []string
	for _, o := range all {
		if o.Verdict == VerdictApplied {
			out.Verdict = VerdictApplied
		}
		if len(reasons) < 10 && !slices.Contains(reasons, o.Reason) {
			reasons = append(reasons, o.Reason)
		}
	}
	out.Reason = strings.Join(reasons, "; ")
	return out
}

// take applies one statement and says what it did.
func (x *intake) take(s statement) (string, error) {
	if !x.spend(s.event.RecurrenceID) {
		return "", refuse(VerdictHeld, "answers to more occurrences than are looked for")
	}
	at, err := x.m.target(s.event.RecurrenceID)
	if err != nil {
		return "", err
	}
	who, err := x.identify(s, at)
	if err != nil {
		return "", err
	}
	if x.in.Kind == KindRefresh {
		x.invite = []string{who.Email}
		return "", refuse(VerdictNotAnAnswer, "%s asks for the current version", who.Email)
	}
	if at.cancelled {
		return "", refuse(VerdictStale, "answers a meeting that is cancelled")
	}
	a := x.statementAnswer(s, who, at)
	if x.in.Kind == KindCounter && x.proposes(s.event, at) {
		return x.counter(s, who, a, at)
	}
	return x.accept(who, a, at)
}

// mostDays is how many days of a series are searched for one mail: about a quarter
// of a second where it is daily.
const mostDays = 150_000

// spend counts the search for an occurrence, which goes from the first one on.
func (x *intake) spend(id time.Time) bool {
	if days := id.Sub(x.m.Event.Start) / (24 * time.Hour); days > 0 {
		x.days += int(days)
	}
	return x.days <= mostDays
}

// accept keeps an answer, if it is one and the newest.
func (x *intake) accept(who ical.Attendee, a Answer, at target) (string, error) {
	if !counts(a.Status) && !x.leavesOpen(&a) {
		return "", refuse(VerdictNotAnAnswer, "says neither yes nor no: %.40s", a.Status)
	}
	if err := x.m.inOrder(&a); err != nil {
		return "", err
	}
	if a.Status == ical.StatusDelegated {
		if err := x.delegate(who, &a, at); err != nil {
			return "", err
		}
	}
	x.m.record(a, who, at)
	return a.describe(), nil
}

// leavesOpen reports whether an answer to a series says of one occurrence that it
// still waits for an answer: then the answer to the series is none to it.
//
// QUIRK: Thunderbird sends every occurrence of its calendar along that differs from
// the series: testdata/replies/thunderbird-open-date.eml.
func (x *intake) leavesOpen(a *Answer) bool {
	if a.Status != ical.StatusNeedsAction || a.RecurrenceID.IsZero() || x.in.Event == nil {
		return false
	}
	own := x.m.standing().latest[answerKey{address.Key(a.Email), a.RecurrenceID.Unix()}]
	return x.in.Event.RecurrenceID.IsZero() && counts(x.in.Attendee.Status) && (own == nil || !counts(own.Status))
}

// counts tells whether a status is an answer. A client that knows no answer
// yet, or one that RFC 5545 does not, says nothing.
func counts(s ical.Status) bool {
	switch s {
	case ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative, ical.StatusDelegated:
		return true
	}
	return false
}

// describe says what was applied.
func (a *Answer) describe() string {
	s := fmt.Sprintf("%s: %s", a.Email, a.Status)
	if a.DelegatedTo != "" {
		s += " to " + a.DelegatedTo
	}
	if !a.RecurrenceID.IsZero() {
		s += ", on " + a.RecurrenceID.Format(time.RFC3339)
	}
	return s
}

// statementAnswer is what will be kept. An answer to a version that was never
// sent counts as one to the current, so that no real one is older.
func (x *intake) statementAnswer(s statement, who ical.Attendee, at target) Answer {
	a := Answer{
		Email: who.Email, Status: s.attendee.Status, Comment: s.attendee.Comment, Guests: guests(s.attendee),
		RecurrenceID: at.id, Sequence: min(s.event.Sequence, max(x.m.Event.Sequence, at.sequence)),
		Stamp: x.stamp(), DelegatedTo: s.attendee.DelegatedTo, MessageID: x.in.Mail.MessageID,
	}
	if !address.Same(s.attendee.Email, who.Email) {
		a.AnsweredAs = s.attendee.Email
	}
	if from := sender(x.in.Mail); from != "" && !address.Same(from, who.Email) {
		a.SentBy = from
	}
	return a
}

// stamp is DTSTAMP; where a client leaves it out, the Date of the mail, which
// the same clock wrote.
func (x *intake) stamp() time.Time {
	if c := x.in.Calendar; c != nil && !c.Stamp.IsZero() {
		return c.Stamp.UTC()
	}
	return x.in.Mail.Date.UTC()
}
