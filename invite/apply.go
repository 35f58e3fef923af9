package invite

import (
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// run takes the mail into x.m, and returns the outcome. Its reason also says what
// was passed over in an answer.
func (x *intake) run() Outcome {
	switch {
	case x.in.Kind == KindBounce:
		return x.bounce()
	case x.in.isLetter():
		return x.letter()
	case !x.in.isAnswer():
		return Outcome{Verdict: VerdictNotAnAnswer, Reason: x.in.Reason}
	case x.in.Event == nil:
		return Outcome{Verdict: VerdictNotAnAnswer, Reason: "has no calendar object"}
	}
	x.findEvent()
	o := x.answer()
	o.Reason += x.in.notes()
	return o
}

// findEvent finds the meeting among several in the object of an answer. A mail
// about two meetings is an answer to either.
func (x *intake) findEvent() {
	in := &x.in
	if in.Calendar == nil || sameUID(in.Event.UID, x.m.Event.UID) {
		return
	}
	for i := range in.Calendar.Events {
		if e := &in.Calendar.Events[i]; sameUID(e.UID, x.m.Event.UID) {
			in.Event = e
			in.Attendee, _ = answeringAttendee(e, in.Mail)
			return
		}
	}
}

// answer takes an answer into x.m, and returns the outcome.
func (x *intake) answer() Outcome {
	forged := x.findToken()
	if !sameUID(x.in.Event.UID, x.m.Event.UID) && x.token.email == "" {
		return outcomeOf("", refuse(VerdictUnknownEvent, "is about another meeting: %.80s", x.in.Event.UID))
	}
	if forged != nil {
		return outcomeOf("", forged)
	}
	var all []Outcome
	most := x.m.mostComponents()
	for i, s := range x.in.statements() {
		if i >= most {
			all = append(all, outcomeOf("", refuse(VerdictHeld, "has more than %d components, too many for a meeting of this size", i)))
			break
		}
		all = append(all, outcomeOf(x.take(s)))
	}
	o := join(all)
	o.Invite = x.invite
	return o
}

// mostLookups limits the attendees, answers and other entries that are compared for one
// mail. These comparisons take about half a second.
const mostLookups = 5_000_000

// mostComponents returns the number of components of one answer that are taken in.
// Each is looked for among all attendees and answers.
func (m *Meeting) mostComponents() int {
	n := len(m.Event.Attendees) + len(m.Answers) + len(m.Proposals) + len(m.Joined) + len(m.Event.Overrides)
	return max(1, mostLookups/max(1, n))
}

// join makes one outcome of the outcomes of all components. If anything was applied, the
// verdict says so. Otherwise it is the verdict of the first component. If something is
// held, this takes the place of a verdict for which nobody looks at the mail. The reason
// has the first ten different reasons, and first those of components that are held.
func join(all []Outcome) Outcome {
	out := all[0]
	var held, others []string
	for _, o := range all {
		switch {
		case o.Verdict == VerdictApplied, o.Held && isFiled(out.Verdict):
			out.Verdict = o.Verdict
		}
		out.Held = out.Held || o.Held
		list := &others
		if o.Held {
			list = &held
		}
		if len(*list) < 10 && !slices.Contains(*list, o.Reason) {
			*list = append(*list, o.Reason)
		}
	}
	reasons := append(held, others...)
	out.Reason = strings.Join(reasons[:min(10, len(reasons))], "; ")
	return out
}

// take applies one statement and returns a description of the change. The error
// is a refusal.
func (x *intake) take(s statement) (string, error) {
	at, err := x.occurrence(s.event)
	if x.namesEarlier(s.event) && x.in.Kind != KindRefresh {
		return "", refuse(VerdictStale, "answers %s as version %d had it; version %d moved the occurrences of the series",
			s.event.RecurrenceID.Format(time.RFC3339), s.event.Sequence, x.m.renamed())
	}
	if err != nil {
		return "", err
	}
	s = x.settle(s)
	who, err := x.identify(s, at)
	if err != nil {
		return "", err
	}
	if isRanged(s.event) {
		return "", refuse(VerdictHeld, rangeReason)
	}
	if x.in.Kind == KindRefresh {
		return "", x.refresh(who)
	}
	if at.Cancelled {
		return "", refuse(VerdictStale, "answers a meeting that is cancelled")
	}
	if x.in.Kind == KindCounter && s.event.Floating {
		return "", refuse(VerdictHeld, "proposes a time that cannot be read: %s", unknownZone(s.event))
	}
	a := x.statementAnswer(s, who, at)
	a.trim()
	if x.in.Kind == KindCounter {
		if p := x.proposal(s.event, &a, at); p != nil {
			return x.counter(*p, who, a, at)
		}
	}
	return x.accept(who, a, at)
}

// namesEarlier reports whether a component names an occurrence as an earlier version
// of the series named it. The same name can now be another occurrence.
func (x *intake) namesEarlier(e *ical.Event) bool {
	return !e.RecurrenceID.IsZero() && e.Sequence < x.m.renamed()
}

// mostDays limits the days of a series that are searched for one mail. The search
// takes about a quarter of a second if the series is daily.
const mostDays = 150_000

// spend counts the search for an occurrence, which begins at the start of the
// series. It reports false if the mail has used up its days.
func (x *intake) spend(id time.Time) bool {
	if days := id.Sub(x.m.Event.Start) / (24 * time.Hour); days > 0 {
		x.days += int(days)
	}
	return x.days <= mostDays
}

// accept keeps an answer if its status is one and no later word of the attendee
// counts. If the answer delegates, it also adds the delegate.
func (x *intake) accept(who ical.Attendee, a Answer, at series.Target) (string, error) {
	if !roster.IsAnswer(a.Status) && !x.leavesOpen(&a) {
		return "", refuse(VerdictNotAnAnswer, "says neither yes nor no: %.40q is no answer", a.Status)
	}
	if err := x.checkOrder(&a); err != nil {
		return "", err
	}
	if err := x.checkRoom(&a); err != nil {
		return "", err
	}
	x.own()
	if a.Status == ical.StatusDelegated {
		if err := x.delegate(who, &a, at); err != nil {
			return "", err
		}
	}
	x.keep(a, who, at)
	x.arrived(&a)
	return a.describe(), nil
}

// leavesOpen reports whether a mail that answers the series says in a that one
// occurrence still waits for an answer. Then a is kept, so that the answer to the
// series does not count for the occurrence. If the attendee has answered the
// occurrence before, it waits no more.
//
// QUIRK: Thunderbird sends every occurrence of its calendar along that differs from
// the series: testdata/replies/thunderbird-open-date.eml.
func (x *intake) leavesOpen(a *Answer) bool {
	if a.Status != ical.StatusNeedsAction || a.RecurrenceID.IsZero() || x.in.Event == nil {
		return false
	}
	key := address.Key(a.Email)
	newest := x.m.answerRecord().CountingOf(key).Newest(key, a.RecurrenceID)
	return x.in.Event.RecurrenceID.IsZero() && roster.IsAnswer(x.in.Attendee.Status) && (newest == nil || !roster.IsAnswer(newest.Status))
}

// statementAnswer returns the answer that a statement gives. An answer to a
// version that was never sent counts as one to the current version, so that it
// cannot outlive later answers.
func (x *intake) statementAnswer(s statement, who ical.Attendee, at series.Target) Answer {
	current := max(x.m.Event.Sequence, at.Sequence)
	x.adjusted = x.adjusted || s.event.Sequence > current
	a := Answer{
		Email: who.Email, Status: s.attendee.Status, Comment: s.attendee.Comment, Guests: guests(s.attendee),
		RecurrenceID: at.Start, Sequence: min(s.event.Sequence, current),
		Stamp: x.stamp(), MessageID: x.in.Mail.MessageID,
	}
	if a.Status == ical.StatusDelegated {
		a.DelegatedTo = s.attendee.DelegatedTo
	}
	if !address.Same(s.attendee.Email, who.Email) {
		a.AnsweredAs = s.attendee.Email
	}
	if from := author(x.in.Mail); from != "" && !address.Same(from, who.Email) {
		a.SentBy = from
	}
	return a
}
