package series

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// Starts returns the original starts that occurrences have after the change, by their
// original starts before it, as Unix times. The zero time stands for an occurrence
// that does not exist any more. Times that are no original starts of the series
// before are left out.
func (v *Move) Starts(ids []time.Time) map[int64]time.Time {
	out := make(map[int64]time.Time, len(ids))
	if v == nil || len(ids) == 0 {
		return out
	}
	rule := ruleAlone(&v.before)
	normal := make([]time.Time, len(ids))
	for i, id := range ids {
		normal[i] = startIn(&v.before, id)
	}
	inRule := StartsInRule(rule, normal)
	added := make(map[int64]bool)
	for _, t := range v.before.Recurrence.Include {
		added[t.Unix()] = true
	}
	targets := make(map[int64]time.Time)
	v.expand(normal, inRule)
	for _, id := range normal {
		if !inRule[id.Unix()] {
			if added[id.Unix()] {
				out[id.Unix()] = v.added(id)
			}
			continue
		}
		out[id.Unix()] = time.Time{}
		if date, ok := v.date(dateOn(&v.before, v.zoneBefore, id)); ok {
			targets[id.Unix()] = date
		}
	}
	found := v.startsOn(targets)
	for id, date := range targets {
		out[id] = found[date.Unix()]
	}
	return out
}

// ruleAlone returns the series with its rule, and without exceptions, overrides and
// added dates.
func ruleAlone(e *ical.Event) *ical.Event {
	out := Rule(e)
	if out.Recurrence != nil {
		out.Recurrence.Include = nil
	}
	return out
}

// expand prepares the search for the dates of original starts, so that the rules are
// expanded once.
func (v *Move) expand(ids []time.Time, inRule map[int64]bool) {
	if v.form != moveShifted {
		return
	}
	from := v.daysBefore.unit(v.daysBefore.first)
	to := from
	for _, id := range ids {
		if inRule[id.Unix()] {
			to = max(to, v.daysBefore.unit(dateOn(&v.before, v.zoneBefore, id)))
		}
	}
	v.daysBefore.expand(from, to)
	slack := 2 * v.daysAfter.rule.Interval
	v.daysAfter.expand(from+v.way.units-slack, to+v.way.units+slack)
}

// date returns the date that an occurrence of a date moves to. ok is false if the new
// rule has no date in its place.
func (v *Move) date(date time.Time) (target time.Time, ok bool) {
	if v.form == moveShifted {
		return v.way.date(v.daysBefore, v.daysAfter, date)
	}
	return date, true
}

// startsOn returns the original starts after the change, by their dates as Unix times.
func (v *Move) startsOn(dates map[int64]time.Time) map[int64]time.Time {
	out := make(map[int64]time.Time, len(dates))
	var last time.Time
	for _, date := range dates {
		out[date.Unix()] = time.Time{}
		last = Later(last, date)
	}
	if len(dates) == 0 {
		return out
	}
	for o := range v.after.Occurrences(time.Time{}, last.AddDate(0, 0, 3)) {
		date := dateOn(&v.after, v.zoneAfter, o.Start).Unix()
		if known, asked := out[date]; asked && known.IsZero() {
			out[date] = o.Start
		}
	}
	return out
}

// hourOn returns the time of day of the new Start on a date. It is the date if the
// meeting is all-day.
func (v *Move) hourOn(date time.Time) time.Time {
	if v.after.AllDay {
		return date
	}
	return onDate(date, v.after.Start.In(v.zoneAfter))
}

// onDate returns the clock time of t on a date.
func onDate(date, t time.Time) time.Time {
	y, m, d := date.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, t.Location())
}

// added returns an added date after the change. It goes as far as Start does, and has
// the hour of the series if it had it before.
func (v *Move) added(t time.Time) time.Time {
	if v.before.AllDay || v.hasHour(t) {
		return v.hourOn(dateOn(&v.before, v.zoneBefore, t).AddDate(0, 0, v.shift))
	}
	return v.ownTime(t, v.shift)
}

// hasHour reports whether a time has the time of day that the series had.
func (v *Move) hasHour(t time.Time) bool {
	return v.before.AllDay || t.In(v.zoneBefore).Format(time.TimeOnly) == v.before.Start.In(v.zoneBefore).Format(time.TimeOnly)
}

// ownTime returns a time that is not the time of the series, some days later. The
// time of day stays. If the series has the same time of day in another zone, this
// time has its own in that zone, too. Between hours and days only the date stays.
func (v *Move) ownTime(t time.Time, days int) time.Time {
	if v.after.AllDay || v.before.AllDay {
		return v.hourOn(dateOn(&v.before, v.zoneBefore, t).AddDate(0, 0, days))
	}
	moved := t.In(v.zoneBefore).AddDate(0, 0, days)
	switch {
	case v.before.Start.In(v.zoneBefore).Format(time.TimeOnly) == v.after.Start.In(v.zoneAfter).Format(time.TimeOnly):
		return time.Date(moved.Year(), moved.Month(), moved.Day(), moved.Hour(), moved.Minute(), moved.Second(), 0, v.zoneAfter)
	case days == 0:
		return t
	}
	return moved
}

// moveUntil gives the rule after the change the end of the rule before, if the caller
// left it alone. It gives as many dates as before: an end at the start of the last
// occurrence is at its new start, and every other end moves by as many days as the
// last occurrence.
func (v *Move) moveUntil() {
	if !v.keepsUntil() {
		return
	}
	until := v.before.Recurrence.Until
	if !v.Renames() {
		v.after.Recurrence.Until = until
		return
	}
	last := LastStart(ruleAlone(&v.before))
	shift := 0
	date := dateOn(&v.before, v.zoneBefore, last)
	if target, ok := v.date(date); ok {
		shift = int(target.Sub(date).Hours()) / 24
	}
	date = dateOn(&v.before, v.zoneBefore, until)
	hour := v.hourOn(date.AddDate(0, 0, shift))
	moved := v.ownTime(until, shift)
	switch room := v.before.AllDay || !until.Before(onDate(date, v.before.Start.In(v.zoneBefore))); {
	case until.Equal(last), room && moved.Before(hour):
		moved = hour
	case !room && !moved.Before(hour):
		moved = hour.Add(-time.Second)
		if v.after.AllDay {
			moved = hour.AddDate(0, 0, -1)
		}
	}
	v.after.Recurrence.Until = moved
}
