package plan

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Update plans the change of a meeting to the event after. If after is cancelled, it
// plans the cancellation of everything.
func Update(m *Meeting, after ical.Event, o *Options) (*Plan, error) {
	before := series.Normalized(*m.Event)
	after = inOneForm(&before, after)
	move := series.NewMove(&before, after)
	after, lost := move.Event(after)
	after = series.Normalized(after)
	if after.UID == "" {
		after.UID = before.UID
	}
	after.Sequence = before.Sequence
	switch {
	case after.UID != before.UID:
		return nil, fieldError("UID", "is not that of the meeting: a new UID is a new meeting")
	case !address.Same(after.Organizer.Email, before.Organizer.Email):
		return nil, fieldError("Organizer.Email", "is not that of the meeting: a new organizer needs a new meeting")
	}
	after.Organizer.Email = before.Organizer.Email // so that every mail of the meeting spells it alike
	if after.Cancelled {
		return CancelAll(m, o)
	}
	if err := cmp.Or(checkLost(lost, &before, after, o), checkAfter(after, o)); err != nil {
		return nil, err
	}
	return newUpdate(m, &before, after, move, o).run(), nil
}

// inOneForm returns after with its times in normalized form, so that they can be
// compared with the times of the meeting. If hours become days or days become hours,
// after stays as it is, because times that the caller left unchanged have the form
// that they had before.
func inOneForm(before *ical.Event, after ical.Event) ical.Event {
	if after.AllDay == before.AllDay {
		after, _ = after.Normalized() // the errors are found again when the event is checked
	}
	return after
}

// checkAfter checks an event as Send does, except that nobody needs to attend it any
// more.
func checkAfter(after ical.Event, o *Options) error {
	if len(after.Attendees) == 0 {
		after.Attendees = []ical.Attendee{{Email: after.Organizer.Email}}
	}
	return o.Check(&after)
}

// update makes the plan of a change.
type update struct {
	meeting       *Meeting
	options       *Options
	intent        ical.Event  // the new version as it was given, without answers
	before        *ical.Event // the version before, with everybody's answers
	plan          *Plan
	history       *history
	answersBefore *roster.Answers // the answers that counted before
	moving        *moving
	renamedAt     int  // the sequence of the last change that gave occurrences other names
	extra         bool // a notice is one sequence later than the others

	// Results that are the same for all attendees who see the same:
	versions    *filledVersions
	mixtures    map[string]*ical.Event // see mixed
	diffs       map[pair][]change
	occurrences map[occurrenceKey]*ical.Event
	finder      *series.Finder
	dates       map[dateVersions][]changedDate // see changingDates
}

// pair are two versions that are compared.
type pair struct{ was, is *ical.Event }

// occurrenceKey is an occurrence of a version, as a Unix time.
type occurrenceKey struct {
	version *ical.Event
	start   int64
}

func newUpdate(m *Meeting, before *ical.Event, after ical.Event, move *series.Move, o *Options) *update {
	filled := m.Filled(*before)
	u := &update{
		meeting: m, options: o, before: &filled, intent: after, plan: newPlan(after),
		history: m.history(), answersBefore: m.Counting(), versions: newFilledVersions(m), mixtures: make(map[string]*ical.Event),
		diffs: make(map[pair][]change), occurrences: make(map[occurrenceKey]*ical.Event), dates: make(map[dateVersions][]changedDate),
	}
	u.moving, u.renamedAt = newMoving(m, move, u.before), m.Renamed
	u.finder = series.NewFinder(series.Exceptions(u.before, u.moving.before, &after))
	if move.Renames() {
		u.renamedAt = before.Sequence + 1
		u.plan.Move, u.plan.Renamed = move, u.renamedAt
	}
	u.plan.OrganizerAnswers = u.organizerAnswers(&after)
	u.plan.Previous, u.plan.wholeSeries = before, m.WholeSeries
	roster.ClearAnswers(&u.plan.Intent)
	u.intent.Overrides = slices.Clone(after.Overrides) // revise changes those of the plan
	return u
}

// occurrence returns an occurrence of a version, one value for all attendees who see
// the same. It is nil if the occurrence does not take place.
func (u *update) occurrence(version *ical.Event, start time.Time) *ical.Event {
	key := occurrenceKey{version, start.Unix()}
	e, ok := u.occurrences[key]
	if !ok {
		if e = u.finder.Occurrence(version, start); e != nil {
			e.Attendees = u.plan.Answers.Written(e.Attendees, start, version.Organizer.Email)
		}
		u.occurrences[key] = e
	}
	return e
}

// diff is the function diff, done once for each pair of versions.
func (u *update) diff(was, is *ical.Event) []change {
	key := pair{was, is}
	changes, ok := u.diffs[key]
	if !ok {
		changes = diff(was, is, u.options.Levels)
		u.diffs[key] = changes
	}
	return changes
}

// run completes the plan: the new sequence and the notices of all attendees.
func (u *update) run() *Plan {
	p := u.plan
	p.Intent.Sequence = u.before.Sequence + 1
	u.revise()
	p.show(u.moving.record)
	people := roster.All(&p.Event, u.before)
	p.Overtakes = make(map[string]bool, len(people))
	for _, a := range people {
		p.Overtakes[address.Key(a.Email)] = true
		u.attendee(a)
	}
	if !u.options.AllowPast && series.IsPast(u.before, u.options.Now()) && series.IsPast(&p.Event, u.options.Now()) {
		p.silence(liesInPast)
		p.Overtakes = nil
	}
	switch {
	case len(p.Notices) == 0:
		u.withoutMail()
	case u.extra:
		p.Intent.Sequence++
		p.Event.Sequence++
	}
	return p
}

// withoutMail makes the event as it is if nobody is told of the change: with the
// sequence and all answers that it had.
func (u *update) withoutMail() {
	p := u.plan
	p.Intent, p.Revised, p.Previous = u.intent, nil, nil
	p.Intent.Sequence = u.before.Sequence
	p.Renamed = min(p.Renamed, p.Intent.Sequence)
	p.show(u.moving.record)
}

// attendee adds the notices of one attendee.
func (u *update) attendee(a *ical.Attendee) {
	base, was := u.base(a)
	is := u.plan.View(&u.plan.Event, a.Email)
	if !u.history.invited(address.Key(a.Email)) {
		if is.IsEmpty() && (!was.IsEmpty() || !u.history.reached(address.Key(a.Email)) && !u.view(u.before, a).IsEmpty()) {
			u.plan.skip(a, "is no longer invited: no invitation has gone out, so nothing to send")
		}
		was = roster.View{}
	}
	switch {
	case was.Whole == nil && is.Whole == nil:
		u.singles(a, base, was, is)
	case was.IsEmpty():
		u.plan.invite(a, is, "is invited")
	case is.IsEmpty():
		u.plan.cancel(a, was, ActionRemoval, "is no longer invited")
	case was.Whole != nil && is.Whole != nil:
		u.whole(a, base, was.Whole, is.Whole)
	case is.Whole != nil:
		u.plan.invite(a, is, "is now invited to the whole series")
	default:
		u.plan.cancel(a, was, ActionPartialRemoval, "is no longer invited to the whole series")
		u.staysFor(a, is)
	}
}

// whole adds the notices of an attendee who was and is invited to the whole meeting.
// They get single occurrences if only these changed, and otherwise everything.
func (u *update) whole(a *ical.Attendee, base, was, is *ical.Event) {
	changes := slices.Concat(u.diff(base, &u.plan.Event), u.roleChange(was, is, a.Email))
	dates, restored := u.changedDates(a, base, was, is)
	if u.renamed(base) && (len(dates) > 0 || base != u.before) && highest(changes) <= LevelSilent {
		changes = append(changes, change{"recurrence", LevelMinor, "the occurrences of the series moved"})
	}
	if highest(changes) > LevelSilent || restored || u.together(a, dates) {
		for _, d := range dates {
			changes = append(changes, d.beside(changes)...)
		}
		u.request(a, was, is, changes)
		return
	}
	told := len(u.plan.Notices) + len(u.plan.Skipped)
	for _, d := range dates {
		u.single(a, base, d.was, d.is)
	}
	if len(changes) > 0 && told == len(u.plan.Notices)+len(u.plan.Skipped) {
		u.plan.skip(a, reasonFor(changes))
	}
}

// request adds a request that tells the changes, unless the attendee declined and
// need not care.
func (u *update) request(a *ical.Attendee, was, is *ical.Event, changes []change) {
	text := reasonForDates(changes)
	if !is.RecurrenceID.IsZero() {
		text = "only" + onOccurrence(is) + ": " + text
	}
	if u.mayIgnore(a, was, changes) {
		u.plan.skip(a, text+": declined, so nothing to send")
		return
	}
	u.plan.add(a, Content{Method: ical.MethodRequest, Event: is, Before: was, Reason: text})
}

// mayIgnore reports whether an attendee declined the meeting, with every occurrence
// of it, and the changes neither ask them anything nor remove anything from their
// calendar.
func (u *update) mayIgnore(a *ical.Attendee, was *ical.Event, changes []change) bool {
	key := address.Key(a.Email)
	if u.options.TellDeclined || highest(changes) >= LevelMajor || u.answersBefore.Status(key, was.RecurrenceID) != ical.StatusDeclined {
		return false
	}
	if was.RecurrenceID.IsZero() && slices.ContainsFunc(u.answersBefore.Apart(key), func(start time.Time) bool {
		return u.answersBefore.Status(key, start) != ical.StatusDeclined
	}) {
		return false
	}
	return !slices.ContainsFunc(changes, func(c change) bool { return c.field == "cancelled" })
}

// roleChange returns the change of the attendee's own role, if it changes.
func (u *update) roleChange(was, is *ical.Event, email string) []change {
	key := address.Key(email)
	i, j := u.plan.Index.Find(was.Attendees, key), u.plan.Index.Find(is.Attendees, key)
	if i < 0 || j < 0 {
		return nil
	}
	b, a := roleOf(&was.Attendees[i]), roleOf(&is.Attendees[j])
	if b == a {
		return nil
	}
	return []change{{"attendees", LevelMinor, fmt.Sprintf("is now %s instead of %s", a, b)}}
}

func roleOf(a *ical.Attendee) ical.Role {
	if a.Role == "" {
		return ical.RoleRequired
	}
	return a.Role
}

// staysFor adds the occurrences that an attendee keeps whose series was cancelled.
// They are one sequence later, because a client could otherwise take them for older
// than the cancellation.
func (u *update) staysFor(a *ical.Attendee, is roster.View) {
	for _, e := range is.Singles {
		u.plan.add(a, Content{Method: ical.MethodRequest, Sequence: u.plan.Event.Sequence + 1,
			Event: e, Reason: "stays invited" + onOccurrence(e)})
	}
	u.extra = true
}
