package invite

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// ErrCancelled reports a change of a meeting that was cancelled as a whole. A
// new meeting has a new UID.
var ErrCancelled = errors.New("invite: the meeting was cancelled")

// PlanUpdate returns what [Client.Update] sends, and sends nothing.
func PlanUpdate(m *Meeting, after ical.Event, o *Options) (*Plan, error) {
	return planUpdate(m, after, o.withDefaults(nil))
}

func planUpdate(m *Meeting, after ical.Event, o *Options) (*Plan, error) {
	before := &m.Event
	if before.Cancelled {
		return nil, ErrCancelled
	}
	after.UID = or(after.UID, before.UID)
	switch {
	case after.UID != before.UID:
		return nil, fieldError("UID", "is not that of the meeting: a new UID is a new meeting")
	case !address.Same(after.Organizer.Email, before.Organizer.Email):
		return nil, fieldError("Organizer.Email", "is not that of the meeting: a new organizer needs a new meeting")
	}
	if after.Cancelled {
		return planCancelAll(m, o)
	}
	if err := checkAfter(&after, before, o); err != nil {
		return nil, err
	}
	u := &update{before: before, options: o, plan: &Plan{Event: own(after), previous: before},
		seen: make(map[occurrenceKey]*ical.Event)}
	return u.run(), nil
}

func fieldError(field, text string) error {
	return fmt.Errorf("invite: %w", &ical.FieldError{Field: field, Err: errors.New(text)})
}

// checkAfter refuses what Send refuses, and overrides of occurrences that the
// series does not have. A meeting that nobody attends any more is allowed.
func checkAfter(after, before *ical.Event, o *Options) error {
	probe := *after
	if len(probe.Attendees) == 0 {
		probe.Attendees = before.Attendees
	}
	if err := check(&probe, o); err != nil {
		return err
	}
	for i, v := range after.Overrides {
		if !inRule(after, v.RecurrenceID) {
			return fieldError(fmt.Sprintf("Overrides[%d].RecurrenceID", i), noOccurrence(after, v.RecurrenceID))
		}
	}
	return nil
}

func noOccurrence(e *ical.Event, id time.Time) string {
	zone, err := e.Zone()
	if err != nil {
		zone = time.UTC
	}
	return "the series has no occurrence on " + moment(id, e.AllDay, zone)
}

// inRule reports whether the rule of e gives an occurrence at id, excepted or not.
func inRule(e *ical.Event, id time.Time) bool {
	_, ok := bareRule(e).Occurrence(id)
	return ok
}

// update plans the way from one version to the next.
type update struct {
	before  *ical.Event
	options *Options
	plan    *Plan
	changes []Change // of the whole meeting
	extra   bool     // a notice is one sequence later than the others
	seen    map[occurrenceKey]*ical.Event
}

type occurrenceKey struct {
	version *ical.Event
	id      int64
}

// at is occurrence, with one value for all attendees who see the same version.
func (u *update) at(version *ical.Event, id time.Time) *ical.Event {
	key := occurrenceKey{version, id.Unix()}
	e, ok := u.seen[key]
	if !ok {
		e = occurrence(version, id)
		u.seen[key] = e
	}
	return e
}

func (u *update) run() *Plan {
	after := &u.plan.Event
	after.Sequence = u.before.Sequence + 1
	u.changes = diff(u.before, after, u.options.Levels)
	u.carryAnswers(after)
	if u.options.MailPast || !isPast(u.before, u.options.Now()) || !isPast(after, u.options.Now()) {
		for _, a := range people(after, u.before) {
			u.attendee(a)
		}
	}
	switch {
	case len(u.plan.Notices) == 0:
		after.Sequence = u.before.Sequence
	case u.extra:
		after.Sequence++
	}
	return u.plan.finish(u.options)
}

// carryAnswers keeps the answers that still hold, and takes back the others.
func (u *update) carryAnswers(after *ical.Event) {
	major := top(u.changes) == Major
	keep(after.Attendees, u.before.Attendees, major, after.Organizer.Email)
	if major {
		u.plan.revised = append(u.plan.revised, Revision{Sequence: after.Sequence})
	}
	for i := range after.Overrides {
		o := &after.Overrides[i]
		changes := u.occurrenceChanges(o.RecurrenceID)
		if len(changes) > 0 {
			o.Sequence = after.Sequence
		}
		again := major || top(changes) == Major
		if again && o.Attendees == nil {
			o.Attendees = slices.Clone(after.Attendees) // their answers are of the occurrence from now on
		}
		keep(o.Attendees, u.answersTo(o.RecurrenceID), again, after.Organizer.Email)
		if again && !major {
			u.plan.revised = append(u.plan.revised, Revision{RecurrenceID: o.RecurrenceID, Sequence: after.Sequence})
		}
	}
}

// answersTo are the attendees of an occurrence before the change, with their answers.
func (u *update) answersTo(id time.Time) []ical.Attendee {
	if e := occurrence(u.before, id); e != nil {
		return e.Attendees
	}
	return u.before.Attendees
}

// keep copies the answers of before into list, or asks for new ones. The
// organizer's own never needs asking.
func keep(list, before []ical.Attendee, again bool, organizer string) {
	for i := range list {
		a := &list[i]
		at := indexOf(before, a.Email)
		switch {
		case address.Same(a.Email, organizer):
		case again:
			a.Status, a.Comment = ical.NeedsAction, ""
		case at >= 0 && a.Status == ical.NeedsAction:
			a.Status, a.Comment = or(before[at].Status, ical.NeedsAction), before[at].Comment
		}
	}
}

// occurrenceChanges compares one occurrence; nil where a version has none.
func (u *update) occurrenceChanges(id time.Time) []Change {
	b, a := occurrence(u.before, id), occurrence(&u.plan.Event, id)
	if b == nil || a == nil {
		return nil
	}
	return diff(b, a, u.options.Levels)
}

// attendee adds what one attendee gets.
func (u *update) attendee(a ical.Attendee) {
	was, is := viewOf(u.before, a.Email), viewOf(&u.plan.Event, a.Email)
	switch {
	case was.empty():
		u.plan.invite(a, is, "is invited")
	case is.empty():
		u.plan.cancel(a, was, "is no longer invited")
	case was.whole != nil && is.whole != nil:
		u.whole(a, was.whole, is.whole)
	case is.whole != nil:
		u.plan.invite(a, is, "is now invited to the whole series")
	case was.whole != nil:
		u.plan.cancel(a, was, "is no longer invited to the whole series")
		u.staysFor(a, is)
	default:
		u.alone(a, was, is)
	}
}

// whole compares what an attendee of the whole meeting sees.
func (u *update) whole(a ical.Attendee, was, is *ical.Event) {
	changes := slices.Concat(u.changes, roleChange(was, is, a.Email))
	if top(changes) > Silent {
		u.request(a, was, is, changes)
		return
	}
	sent := len(u.plan.Notices)
	for _, id := range special(was, is) {
		u.occurrence(a, u.at(was, id), u.at(is, id))
	}
	switch {
	case len(u.plan.Notices) > sent:
	case u.options.TellAll && !sameAttendees(was, is):
		u.request(a, was, is, []Change{{"attendees", Minor, "the list of attendees changed"}})
	case len(changes) > 0:
		u.plan.skip(a, reason(changes))
	}
}

// alone compares what an attendee of single occurrences sees.
func (u *update) alone(a ical.Attendee, was, is view) {
	ids := append(slices.Clone(was.alone), is.alone...)
	slices.SortStableFunc(ids, func(x, y *ical.Event) int { return x.RecurrenceID.Compare(y.RecurrenceID) })
	ids = slices.CompactFunc(ids, func(x, y *ical.Event) bool { return x.RecurrenceID.Equal(y.RecurrenceID) })
	for _, e := range ids {
		u.occurrence(a, find(was.alone, e.RecurrenceID), find(is.alone, e.RecurrenceID))
	}
}

func find(list []*ical.Event, id time.Time) *ical.Event {
	for _, e := range list {
		if e.RecurrenceID.Equal(id) {
			return e
		}
	}
	return nil
}

// occurrence adds what an attendee gets for one occurrence, which a version
// that is nil does not have.
func (u *update) occurrence(a ical.Attendee, was, is *ical.Event) {
	switch {
	case was == nil && is == nil:
	case was == nil:
		is.Sequence = u.plan.Event.Sequence
		u.plan.add(Notice{Attendee: a, Method: ical.MethodRequest, Event: is, Reason: "takes place" + onOccurrence(is)})
	case is == nil:
		u.plan.add(Notice{Attendee: a, Method: ical.MethodCancel, Event: u.plan.cancelled(was, a), Before: was,
			Reason: "does not take place" + onOccurrence(was)})
	default:
		changes := append(diff(was, is, u.options.Levels), roleChange(was, is, a.Email)...)
		if top(changes) > Silent {
			is.Sequence = u.plan.Event.Sequence
			u.request(a, was, is, changes)
		}
	}
}

// request adds a changed request, unless the attendee declined and need not care.
func (u *update) request(a ical.Attendee, was, is *ical.Event, changes []Change) {
	text := reason(changes)
	if !is.RecurrenceID.IsZero() {
		text = "only" + onOccurrence(is) + ": " + text
	}
	if at := indexOf(was.Attendees, a.Email); top(changes) < Major && !u.options.TellDeclined &&
		at >= 0 && was.Attendees[at].Status == ical.Declined {
		u.plan.skip(a, text+": declined, so nothing to send")
		return
	}
	u.plan.add(Notice{Attendee: a, Method: ical.MethodRequest, Event: is, Before: was, Reason: text})
}

// roleChange is the attendee's own entry, which they should know of.
func roleChange(was, is *ical.Event, email string) []Change {
	i, j := indexOf(was.Attendees, email), indexOf(is.Attendees, email)
	if i < 0 || j < 0 {
		return nil
	}
	b, a := or(was.Attendees[i].Role, ical.RoleRequired), or(is.Attendees[j].Role, ical.RoleRequired)
	if b == a {
		return nil
	}
	return []Change{{"attendees", Minor, fmt.Sprintf("is now %s instead of %s", a, b)}}
}

func sameAttendees(was, is *ical.Event) bool {
	return len(was.Attendees) == len(is.Attendees) && !slices.ContainsFunc(is.Attendees, func(a ical.Attendee) bool {
		return !has(was.Attendees, a.Email)
	})
}

// skip notes why an attendee gets nothing.
func (p *Plan) skip(a ical.Attendee, why string) {
	if !address.Same(a.Email, p.Event.Organizer.Email) {
		p.Skipped = append(p.Skipped, Notice{Attendee: a, Sequence: p.Event.Sequence, Reason: why})
	}
}

// staysFor adds the occurrences that remain for an attendee whose series was
// cancelled. They are one sequence later, or a client could take them for older
// than the cancellation.
func (u *update) staysFor(a ical.Attendee, is view) {
	for _, e := range is.alone {
		u.plan.add(Notice{Attendee: a, Method: ical.MethodRequest, Sequence: u.plan.Event.Sequence + 1,
			Event: e, Reason: "stays invited" + onOccurrence(e)})
	}
	u.extra = true
}

// isPast reports whether nothing of a meeting lies after now.
func isPast(e *ical.Event, now time.Time) bool {
	if e.Recurrence == nil {
		return maxTime(e.Start, e.End).Before(now)
	}
	for range e.Occurrences(now, time.Time{}) {
		return false
	}
	return true
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
