package invite

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// PlanUpdate returns what [Client.Update] sends, and sends nothing.
func PlanUpdate(m *Meeting, after ical.Event, o *Options) (*Plan, error) {
	o = o.forMeeting(m, nil)
	p, err := planUpdate(m, after, o)
	if err != nil {
		return nil, err
	}
	return p.public(o), nil
}

func planUpdate(m *Meeting, after ical.Event, o *Options) (*plan, error) {
	before := own(m.Event)
	if before.Cancelled {
		return nil, ErrCancelled
	}
	after = own(after)
	after.UID, after.Sequence = or(after.UID, before.UID), before.Sequence
	switch {
	case after.UID != before.UID:
		return nil, fieldError("UID", "is not that of the meeting: a new UID is a new meeting")
	case !address.Same(after.Organizer.Email, before.Organizer.Email):
		return nil, fieldError("Organizer.Email", "is not that of the meeting: a new organizer needs a new meeting")
	}
	after.Organizer.Email = before.Organizer.Email // as CANCEL and REQUEST always had it
	if after.Cancelled {
		return planCancelAll(m, o)
	}
	if err := checkAfter(after, o); err != nil {
		return nil, err
	}
	follow(&after, &before)
	u := &update{before: &before, after: after, options: o, levels: o.levels(),
		seen: make(map[occurrenceKey]*ical.Event), diffs: make(map[versions][]Change)}
	return u.run(), nil
}

func fieldError(field, text string) error {
	return fmt.Errorf("invite: %w", &ical.FieldError{Field: field, Err: errors.New(text)})
}

// checkAfter refuses what Send refuses. A meeting that nobody attends any more is
// allowed.
func checkAfter(after ical.Event, o *Options) error {
	if len(after.Attendees) == 0 {
		after.Attendees = []ical.Attendee{{Email: after.Organizer.Email}}
	}
	return check(&after, o)
}

func noOccurrence(e *ical.Event, id time.Time) string {
	return "the series has no occurrence" + onDate(e, id)
}

// inRule reports whether the rule of e gives an occurrence at id, excepted or not.
func inRule(e *ical.Event, id time.Time) bool {
	if e.Recurrence == nil {
		return false
	}
	_, ok := bareRule(e).Occurrence(id)
	return ok
}

// update plans the way from one version to the next.
type update struct {
	before  *ical.Event
	after   ical.Event // as it was given
	options *Options
	levels  Levels
	plan    *plan
	changes []Change // of the whole meeting
	diffs   map[versions][]Change
	extra   bool // a notice is one sequence later than the others
	seen    map[occurrenceKey]*ical.Event
}

// versions are those that diff compares.
type versions struct{ was, is *ical.Event }

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

// diff compares two versions of an occurrence once for all who see these.
func (u *update) diff(was, is *ical.Event) []Change {
	key := versions{was, is}
	changes, ok := u.diffs[key]
	if !ok {
		changes = diff(was, is, u.levels)
		u.diffs[key] = changes
	}
	return changes
}

func (u *update) run() *plan {
	u.plan = newPlan(own(u.after))
	u.plan.previous = u.before
	after := &u.plan.event
	after.Sequence = u.before.Sequence + 1
	u.changes = diff(u.before, after, u.levels)
	u.carryAnswers()
	for _, a := range people(after, u.before) {
		u.attendee(a)
	}
	if !u.options.MailPast && isPast(u.before, u.options.Now()) && isPast(after, u.options.Now()) {
		u.plan.silence("the meeting lies in the past")
	}
	switch {
	case len(u.plan.notices) == 0:
		u.withoutMail()
	case u.extra:
		after.Sequence++
	}
	return u.plan
}

// withoutMail makes the event as it is where nobody is told of the change: with
// the sequence and all answers that it had.
func (u *update) withoutMail() {
	p := u.plan
	p.event, p.revised, p.previous = own(u.after), nil, nil
	p.event.Sequence = u.before.Sequence
	keep(p.event.Attendees, u.before.Attendees, p.event.Organizer.Email)
	for i := range p.event.Overrides {
		o := &p.event.Overrides[i]
		if was := occurrence(u.before, o.RecurrenceID); was != nil {
			keep(o.Attendees, was.Attendees, p.event.Organizer.Email)
		}
	}
}

// attendee adds what one attendee gets.
func (u *update) attendee(a *ical.Attendee) {
	was, is := u.plan.indexes.view(u.before, a.Email), u.plan.indexes.view(&u.plan.event, a.Email)
	switch {
	case was.whole == nil && is.whole == nil:
		u.alone(a, was, is)
	case was.empty():
		u.plan.invite(a, is, "is invited")
	case is.empty():
		u.plan.cancel(a, was, "is no longer invited")
	case was.whole != nil && is.whole != nil:
		u.whole(a, was.whole, is.whole)
	case is.whole != nil:
		u.plan.invite(a, is, "is now invited to the whole series")
	default:
		u.plan.cancel(a, was, "is no longer invited to the whole series")
		u.staysFor(a, is)
	}
}

// whole compares what an attendee of the whole meeting sees. They get single
// occurrences where only these changed, else everything.
func (u *update) whole(a *ical.Attendee, was, is *ical.Event) {
	changes := slices.Concat(u.changes, u.roleChange(was, is, a.Email))
	steps, restored := u.steps(a, was, is)
	if top(changes) > LevelSilent || restored {
		for _, s := range steps {
			changes = append(changes, s.within(changes)...)
		}
		u.request(a, was, is, changes)
		return
	}
	told := len(u.plan.notices) + len(u.plan.skipped)
	for _, s := range steps {
		u.occurrence(a, s.was, s.is)
	}
	if len(changes) > 0 && told == len(u.plan.notices)+len(u.plan.skipped) {
		u.plan.skip(a, reason(changes))
	}
}

// step is what becomes of one occurrence, for one attendee; a version that is
// nil does not have it.
type step struct {
	was, is *ical.Event
	changes []Change
}

// steps are the occurrences that either version says something of. Where one is
// restored that the attendee saw as excepted, they need the whole series:
// Thunderbird keeps its EXDATE where only the occurrence comes, and goes on
// hiding it.
func (u *update) steps(a *ical.Attendee, was, is *ical.Event) (list []step, restored bool) {
	for _, id := range special(was, is) {
		s := step{was: u.at(was, id), is: u.at(is, id)}
		switch {
		case s.was == nil && s.is == nil, !inRule(was, id), !inRule(is, id):
			continue // the rule says it
		case s.was == nil:
			restored = true
			s.changes = []Change{{"cancelled", LevelMajor, u.begins(a, s.is)}}
		case s.is == nil:
			s.changes = []Change{{"cancelled", LevelMinor, u.ends(s.was)}} // asks for no answer
		default:
			s.changes = slices.Concat(u.diff(s.was, s.is), u.roleChange(s.was, s.is, a.Email))
		}
		list = append(list, s)
	}
	return list, restored
}

// within are the changes of the occurrence for the reason of the whole meeting,
// without what only follows from that.
func (s *step) within(whole []Change) []Change {
	e := s.is
	if e == nil {
		e = s.was
	}
	var out []Change
	for _, c := range s.changes {
		if c.Level > LevelSilent && !slices.Contains(whole, c) {
			if c.Field == "cancelled" {
				c.Text += onOccurrence(e)
			} else {
				c.Text = strings.TrimSpace(onOccurrence(e)) + ": " + c.Text
			}
			out = append(out, c)
		}
	}
	return out
}

// alone compares what an attendee of single occurrences sees.
func (u *update) alone(a *ical.Attendee, was, is view) {
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
func (u *update) occurrence(a *ical.Attendee, was, is *ical.Event) {
	switch {
	case was == nil && is == nil:
	case was == nil:
		is.Sequence = u.plan.event.Sequence
		u.plan.add(a, content{method: ical.MethodRequest, event: is, reason: u.begins(a, is) + onOccurrence(is)})
	case is == nil:
		u.plan.add(a, content{method: ical.MethodCancel, event: u.cancelled(was, a), before: was,
			reason: u.ends(was) + onOccurrence(was)})
	default:
		changes := slices.Concat(u.diff(was, is), u.roleChange(was, is, a.Email))
		if top(changes) > LevelSilent {
			is.Sequence = u.plan.event.Sequence
			u.request(a, was, is, changes)
		}
	}
}

// cancelled is was as its cancellation has it.
func (u *update) cancelled(was *ical.Event, a *ical.Attendee) *ical.Event {
	return u.plan.indexes.cancelled(was, a, u.plan.event.Sequence)
}

// begins says why somebody gets an occurrence that they did not see.
func (u *update) begins(a *ical.Attendee, is *ical.Event) string {
	if u.plan.indexes.find(u.before.Attendees, address.Key(a.Email)) >= 0 && u.at(u.before, is.RecurrenceID) == nil {
		return "takes place after all"
	}
	return "is invited"
}

// ends says why somebody does not see an occurrence any more.
func (u *update) ends(was *ical.Event) string {
	if u.at(&u.plan.event, was.RecurrenceID) == nil {
		return "does not take place"
	}
	return "is no longer invited"
}

// request adds a changed request, unless the attendee declined and need not care.
func (u *update) request(a *ical.Attendee, was, is *ical.Event, changes []Change) {
	text := reason(changes)
	if !is.RecurrenceID.IsZero() {
		text = "only" + onOccurrence(is) + ": " + text
	}
	if u.mayIgnore(a, was, changes) {
		u.plan.skip(a, text+": declined, so nothing to send")
		return
	}
	u.plan.add(a, content{method: ical.MethodRequest, event: is, before: was, reason: text})
}

// mayIgnore reports whether an attendee declined and changes ask them nothing,
// nor take something out of their calendar.
func (u *update) mayIgnore(a *ical.Attendee, was *ical.Event, changes []Change) bool {
	at := u.plan.indexes.find(was.Attendees, address.Key(a.Email))
	return at >= 0 && was.Attendees[at].Status == ical.StatusDeclined && top(changes) < LevelMajor && !u.options.TellDeclined &&
		!slices.ContainsFunc(changes, func(c Change) bool { return c.Field == "cancelled" })
}

// roleChange is the attendee's own entry, which they should know of.
func (u *update) roleChange(was, is *ical.Event, email string) []Change {
	key := address.Key(email)
	i, j := u.plan.indexes.find(was.Attendees, key), u.plan.indexes.find(is.Attendees, key)
	if i < 0 || j < 0 {
		return nil
	}
	b, a := or(was.Attendees[i].Role, ical.RoleRequired), or(is.Attendees[j].Role, ical.RoleRequired)
	if b == a {
		return nil
	}
	return []Change{{"attendees", LevelMinor, fmt.Sprintf("is now %s instead of %s", a, b)}}
}

// skip notes why an attendee gets nothing.
func (p *plan) skip(a *ical.Attendee, why string) {
	if !address.Same(a.Email, p.event.Organizer.Email) {
		p.skipped = append(p.skipped, notice{attendee: a, content: &content{sequence: p.event.Sequence, reason: why}})
	}
}

// silence makes notices that are not sent of all that are.
func (p *plan) silence(why string) {
	for _, n := range p.notices {
		p.skip(n.attendee, strings.TrimSuffix(n.reason, needsAnswer)+": "+why+", so nothing to send")
	}
	p.notices = nil
}

// staysFor adds the occurrences that remain for an attendee whose series was
// cancelled. They are one sequence later, or a client could take them for older
// than the cancellation.
func (u *update) staysFor(a *ical.Attendee, is view) {
	for _, e := range is.alone {
		u.plan.add(a, content{method: ical.MethodRequest, sequence: u.plan.event.Sequence + 1,
			event: e, reason: "stays invited" + onOccurrence(e)})
	}
	u.extra = true
}

// isPast reports whether nothing of a meeting lies after now. The dates of an
// all-day meeting end last twelve hours west of Greenwich.
func isPast(e *ical.Event, now time.Time) bool {
	if e.AllDay {
		now = now.Add(-12 * time.Hour)
	}
	if e.Recurrence == nil {
		return later(e.Start, e.End).Before(now)
	}
	longest := e.End.Sub(e.Start)
	for i := range e.Overrides {
		o := e.Override(i)
		longest = max(longest, o.End.Sub(o.Start))
	}
	for o := range e.Occurrences(now.Add(-max(longest, 0)), time.Time{}) {
		if !later(o.Start, o.End).Before(now) {
			return false
		}
	}
	return true
}
