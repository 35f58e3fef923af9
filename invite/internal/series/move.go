package series

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// Move has the places of the occurrences of a series after a change of the series.
// Overrides, exceptions, answers and whatever else names an occurrence by its
// original start go there with it:
//
//   - If the rule gives the same days as before, every occurrence stays on its date
//     and has the new hour. A series that only begins or ends elsewhere is such a
//     case, and so is a change of the zone, and a change between hours and days.
//   - If the rule has the same form but gives other days, an occurrence goes to the
//     day with the same rank in its day, week, month or year. It goes as many of
//     these units away as Start does, except whole intervals: a series that begins a
//     month later and one weekday further moves by one weekday.
//   - If the rule has another form, an occurrence stays on its date and has the new
//     hour, if the new rule gives that date.
type Move struct {
	was                   *ical.Event // the version before
	before, after         ical.Event  // without overrides and exceptions, after also without added dates
	zoneBefore, zoneAfter *time.Location
	untilGiven            time.Time // Until of after, as the caller gave it
	daysBefore, daysAfter *days
	form                  moveForm

	way   way // for moveShifted
	shift int // the days that Start moves by, without whole intervals
}

// moveForm is one of the three cases of [Move].
type moveForm int

const (
	moveKept    moveForm = iota // the same days
	moveShifted                 // other days of the same form
	moveOther                   // another form
)

// NewMove compares two versions of a meeting. before is in the form of [Normalized],
// and after is as the caller gave it. It returns nil if one of them is no series or
// has no clock.
func NewMove(before *ical.Event, after ical.Event) *Move {
	if before.Recurrence == nil || after.Recurrence == nil || after.Start.IsZero() || before.Start.IsZero() {
		return nil
	}
	v := &Move{was: before, before: *before, after: after, untilGiven: after.Recurrence.Until}
	v.before.Overrides = nil
	was, is := *before.Recurrence, *after.Recurrence
	v.before.Recurrence, v.after.Recurrence = &was, &is
	was.Except = nil
	v.after.Overrides = nil
	is.Except, is.Include = nil, nil
	if v.keepsUntil() {
		is.Until = time.Time{} // see moveUntil
	}
	v.after = Normalized(v.after)
	if !v.findZones() {
		return nil
	}
	v.daysBefore, v.daysAfter = daysOf(&v.before, v.zoneBefore), daysOf(&v.after, v.zoneAfter)
	switch {
	case v.daysBefore.equal(v.daysAfter):
		v.form = moveKept
	case v.daysBefore.sameShape(v.daysAfter) && v.isNear():
		v.form = moveShifted
		v.way = findWay(v.daysBefore, v.daysAfter)
		v.shift = v.startShift()
	default:
		v.form = moveOther
	}
	v.moveUntil()
	return v
}

// isNear reports whether Start moves by less than a century, so that a search of the
// days between stays short.
func (v *Move) isNear() bool {
	const century = 100 * 365 * 24 * time.Hour
	return v.daysAfter.first.Sub(v.daysBefore.first).Abs() < century
}

// startShift returns the days that Start moves by on its way.
func (v *Move) startShift() int {
	first := v.daysBefore.first
	if to, ok := v.way.date(v.daysBefore, v.daysAfter, first); ok {
		return int(to.Sub(first).Hours()) / 24
	}
	return 0
}

func (v *Move) findZones() bool {
	var err, err2 error
	v.zoneBefore, err = v.before.Zone()
	v.zoneAfter, err2 = v.after.Zone()
	return (err == nil || v.before.AllDay) && (err2 == nil || v.after.AllDay)
}

// keepsUntil reports whether the caller left Until as it was.
func (v *Move) keepsUntil() bool {
	until := v.before.Recurrence.Until
	return !until.IsZero() && v.key(v.untilGiven) == until.Unix()
}

// key names an original start of the series before, as a Unix time.
func (v *Move) key(t time.Time) int64 { return startIn(&v.before, t).Unix() }

// Renames reports whether occurrences can have other original starts than before.
func (v *Move) Renames() bool {
	switch {
	case v == nil:
		return false
	case v.form != moveKept, v.before.AllDay != v.after.AllDay:
		return true
	case v.before.AllDay:
		return false
	}
	b, a := v.before.Start.In(v.zoneBefore), v.after.Start.In(v.zoneAfter)
	return b.Format(time.TimeOnly) != a.Format(time.TimeOnly) || v.zoneBefore.String() != v.zoneAfter.String()
}
