package invite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

func planUpdate(m *Meeting, after ical.Event, o *settings) (*plan, error) {
	if m.Event.Cancelled {
		return nil, ErrCancelled
	}
	before := own(m.Event)
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
	return newUpdate(m, &before, after, o).run(), nil
}

// checkAfter refuses what Send refuses. A meeting that nobody attends any more is
// allowed.
func checkAfter(after ical.Event, o *settings) error {
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

// startsOf returns which of some original starts the rule of e has, excepted or
// not, as Unix times. It goes through the series once.
func startsOf(e *ical.Event, ids []time.Time) map[int64]bool {
	out := make(map[int64]bool, len(ids))
	if e.Recurrence == nil || len(ids) == 0 {
		return out
	}
	asked := make(map[int64]bool, len(ids))
	for _, id := range ids {
		asked[id.Unix()] = true
	}
	last := slices.MaxFunc(ids, time.Time.Compare)
	for o := range bareRule(e).Occurrences(time.Time{}, last.Add(time.Second)) {
		if id := o.RecurrenceID.Unix(); asked[id] {
			out[id] = true
		}
	}
	return out
}

// update plans the way from one version to the next.
type update struct {
	m        *Meeting
	given    ical.Event // the new version as it was given, without answers
	before   *ical.Event
	settings *settings
	levels   Levels
	plan     *plan
	history  *history
	said     *standing                   // the answers that counted before
	versions map[*ical.Event]*ical.Event // earlier versions with answers, by their place in Meeting.Before
	mixtures map[string]*ical.Event      // of versions
	diffs    map[versions][]change
	seen     map[occurrenceKey]*ical.Event
	starts   map[occurrenceKey]bool
	extra    bool // a notice is one sequence later than the others
}

func newUpdate(m *Meeting, before *ical.Event, after ical.Event, o *settings) *update {
	u := &update{
		m: m, given: own(after), settings: o, levels: o.levels(), plan: newPlan(after),
		history: m.history(), said: m.standing(), versions: make(map[*ical.Event]*ical.Event), mixtures: make(map[string]*ical.Event),
		diffs: make(map[versions][]change), seen: make(map[occurrenceKey]*ical.Event), starts: make(map[occurrenceKey]bool),
	}
	u.plan.said = m.spoken(&after, o.stamp())
	u.plan.previous = before
	clearStatuses(&u.given)
	clearStatuses(&u.plan.intent)
	filled := m.filled(*before)
	u.before = &filled
	return u
}

// versions are the two that diff compares.
type versions struct{ was, is *ical.Event }

type occurrenceKey struct {
	version *ical.Event
	id      int64
}

// at is the occurrence of a version, one value for all attendees who see the same.
func (u *update) at(version *ical.Event, id time.Time) *ical.Event {
	key := occurrenceKey{version, id.Unix()}
	e, ok := u.seen[key]
	if !ok {
		e = u.plan.answers.occurrence(version, id)
		u.seen[key] = e
	}
	return e
}

// inRule reports whether the rule of a version gives an occurrence.
func (u *update) inRule(version *ical.Event, id time.Time) bool {
	key := occurrenceKey{version, id.Unix()}
	has, ok := u.starts[key]
	if !ok {
		has = inRule(version, id)
		u.starts[key] = has
	}
	return has
}

// diff compares two versions once for all attendees who see these.
func (u *update) diff(was, is *ical.Event) []change {
	key := versions{was, is}
	changes, ok := u.diffs[key]
	if !ok {
		changes = diff(was, is, u.levels)
		u.diffs[key] = changes
	}
	return changes
}

func (u *update) run() *plan {
	p := u.plan
	p.intent.Sequence = u.before.Sequence + 1
	u.revise()
	p.show(u.m)
	people := people(&p.event, u.before)
	p.replaces = make(map[string]bool, len(people))
	for _, a := range people {
		p.replaces[address.Key(a.Email)] = true
		u.attendee(a)
	}
	if !u.settings.allowPast && isPast(u.before, u.settings.Now()) && isPast(&p.event, u.settings.Now()) {
		p.silence("the meeting lies in the past")
		p.replaces = nil
	}
	switch {
	case len(p.notices) == 0:
		u.withoutMail()
	case u.extra:
		p.intent.Sequence++
		p.event.Sequence++
	}
	return p
}

// withoutMail makes the event as it is if nobody is told of the change: with the
// sequence and all answers that it had.
func (u *update) withoutMail() {
	p := u.plan
	p.intent, p.revised, p.previous = u.given, nil, nil
	p.intent.Sequence = u.before.Sequence
	p.show(u.m)
}

// attendee adds what one attendee gets.
func (u *update) attendee(a *ical.Attendee) {
	base, was := u.base(a)
	is := u.plan.view(&u.plan.event, a.Email)
	if !u.history.invited(address.Key(a.Email)) {
		if is.empty() && !was.empty() {
			u.plan.skip(a, "is no longer invited: no invitation has gone out, so nothing to send")
		}
		was = view{}
	}
	switch {
	case was.whole == nil && is.whole == nil:
		u.singles(a, base, was, is)
	case was.empty():
		u.plan.invite(a, is, "is invited")
	case is.empty():
		u.plan.cancel(a, was, "is no longer invited")
	case was.whole != nil && is.whole != nil:
		u.whole(a, base, was.whole, is.whole)
	case is.whole != nil:
		u.plan.invite(a, is, "is now invited to the whole series")
	default:
		u.plan.cancel(a, was, "is no longer invited to the whole series")
		u.staysFor(a, is)
	}
}

// whole compares what an attendee of the whole meeting sees. They get single
// occurrences if only these changed, and everything otherwise.
func (u *update) whole(a *ical.Attendee, base, was, is *ical.Event) {
	changes := slices.Concat(u.diff(base, &u.plan.event), u.roleChange(was, is, a.Email))
	steps, restored := u.steps(a, base, was, is)
	if top(changes) > LevelSilent || restored {
		for _, s := range steps {
			changes = append(changes, s.within(changes)...)
		}
		u.request(a, was, is, changes)
		return
	}
	told := len(u.plan.notices) + len(u.plan.skipped)
	for _, s := range steps {
		u.occurrence(a, base, s.was, s.is)
	}
	if len(changes) > 0 && told == len(u.plan.notices)+len(u.plan.skipped) {
		u.plan.skip(a, reason(changes))
	}
}

// step is the way of one occurrence from one version to the next, for one
// attendee; a version that is nil does not have it.
type step struct {
	was, is *ical.Event
	changes []change
}

// steps are the occurrences that either version says something of. Where one is
// restored that the attendee saw as excepted, they need the whole series:
// Thunderbird keeps its EXDATE where only the occurrence comes, and goes on
// hiding it.
func (u *update) steps(a *ical.Attendee, base, was, is *ical.Event) (list []step, restored bool) {
	for _, id := range exceptions(was, is) {
		s := step{was: u.at(was, id), is: u.at(is, id)}
		switch {
		case s.was == nil && s.is == nil, !u.inRule(base, id), !u.inRule(&u.plan.event, id):
			continue // the rule says it
		case s.was == nil:
			restored = true
			s.changes = []change{{"cancelled", LevelMajor, u.begins(a, base, s.is)}}
		case s.is == nil:
			s.changes = []change{{"cancelled", LevelMinor, u.ends(s.was)}} // asks for no answer
		default:
			s.changes = slices.Concat(u.diff(s.was, s.is), u.roleChange(s.was, s.is, a.Email))
		}
		list = append(list, s)
	}
	return list, restored
}

// within are the changes of the occurrence for the reason of the whole meeting,
// without what only follows from that.
func (s *step) within(whole []change) []change {
	e := s.is
	if e == nil {
		e = s.was
	}
	var out []change
	for _, c := range s.changes {
		if c.level > LevelSilent && !slices.Contains(whole, c) {
			if c.field == "cancelled" {
				c.text += onOccurrence(e)
			} else {
				c.text = strings.TrimSpace(onOccurrence(e)) + ": " + c.text
			}
			out = append(out, c)
		}
	}
	return out
}

// singles compares what an attendee of single occurrences sees.
func (u *update) singles(a *ical.Attendee, base *ical.Event, was, is view) {
	ids := append(slices.Clone(was.alone), is.alone...)
	slices.SortStableFunc(ids, func(x, y *ical.Event) int { return x.RecurrenceID.Compare(y.RecurrenceID) })
	ids = slices.CompactFunc(ids, func(x, y *ical.Event) bool { return x.RecurrenceID.Equal(y.RecurrenceID) })
	for _, e := range ids {
		u.occurrence(a, base, find(was.alone, e.RecurrenceID), find(is.alone, e.RecurrenceID))
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
func (u *update) occurrence(a *ical.Attendee, base, was, is *ical.Event) {
	switch {
	case was == nil && is == nil:
	case was == nil:
		is.Sequence = u.plan.event.Sequence
		u.plan.add(a, content{method: ical.MethodRequest, event: is, reason: u.begins(a, base, is) + onOccurrence(is)})
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
func (u *update) begins(a *ical.Attendee, base, is *ical.Event) string {
	if u.plan.find(base.Attendees, address.Key(a.Email)) >= 0 && u.at(base, is.RecurrenceID) == nil {
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
func (u *update) request(a *ical.Attendee, was, is *ical.Event, changes []change) {
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

// mayIgnore reports whether an attendee declined, every date of a series too, and
// changes ask them nothing, nor take something out of their calendar.
func (u *update) mayIgnore(a *ical.Attendee, was *ical.Event, changes []change) bool {
	key := address.Key(a.Email)
	if u.settings.TellDeclined || top(changes) >= LevelMajor || u.said.status(key, was.RecurrenceID) != ical.StatusDeclined {
		return false
	}
	if was.RecurrenceID.IsZero() && slices.ContainsFunc(u.said.apart(key), func(id time.Time) bool {
		return u.said.status(key, id) != ical.StatusDeclined
	}) {
		return false
	}
	return !slices.ContainsFunc(changes, func(c change) bool { return c.field == "cancelled" })
}

// roleChange is the attendee's own entry, which they should know of.
func (u *update) roleChange(was, is *ical.Event, email string) []change {
	key := address.Key(email)
	i, j := u.plan.indexes.find(was.Attendees, key), u.plan.indexes.find(is.Attendees, key)
	if i < 0 || j < 0 {
		return nil
	}
	b, a := or(was.Attendees[i].Role, ical.RoleRequired), or(is.Attendees[j].Role, ical.RoleRequired)
	if b == a {
		return nil
	}
	return []change{{"attendees", LevelMinor, fmt.Sprintf("is now %s instead of %s", a, b)}}
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
