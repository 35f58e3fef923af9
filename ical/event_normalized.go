package ical

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/internal/wallclock"
)

// Normalized returns a copy of the event that shares no memory with it, with its
// times in the form that the library works on:
//
//   - Every time is in whole seconds. Anything finer is cut, because iCalendar
//     has no room for it (RFC 5545, section 3.3.5).
//   - The times of an all-day event are dates, as midnight in UTC. A time counts
//     as the date of its own Location if it is midnight there, and otherwise as
//     the date in TimeZone if it is midnight there. Without TimeZone, the
//     Location of Start is used. The first instant of a day counts as midnight
//     if a clock change skips midnight.
//
// If a time of an all-day event is midnight in neither zone, it stays as it is,
// and the error has a [*FieldError] for it. [Event.Validate] reports it too. The
// other functions of the library normalize every event that they are given, so
// this one is needed only to compare events.
func (e Event) Normalized() (Event, error) {
	e = e.Clone()
	errs := e.normalize()
	return e, refuse(errs...)
}

// inForm returns e itself if its times are normalized, and otherwise a normalized
// copy. The copy shares all other lists with e. The errors name the times of an
// all-day event that are no dates.
func (e *Event) inForm() (*Event, fieldErrors) {
	if e.isNormalized() {
		return e, nil
	}
	out := *e
	out.Recurrence = e.Recurrence.clone()
	out.Overrides = slices.Clone(e.Overrides)
	for i := range out.Overrides {
		out.Overrides[i].Recurrence = out.Overrides[i].Recurrence.clone()
	}
	errs := out.normalize()
	return &out, errs
}

// isNormalized reports whether all times of e and of its overrides have the form
// of [Event.Normalized].
func (e *Event) isNormalized() bool {
	ok := e.isOwnNormalized(e.AllDay)
	for i := 0; ok && i < len(e.Overrides); i++ {
		ok = e.Overrides[i].isOwnNormalized(e.AllDay)
	}
	return ok
}

// isOwnNormalized is isNormalized without the overrides.
func (e *Event) isOwnNormalized(allDay bool) bool {
	for _, t := range [...]time.Time{e.RecurrenceID, e.Start, e.End} {
		if !isNormal(t, allDay) {
			return false
		}
	}
	odd := func(t time.Time) bool { return !isNormal(t, allDay) }
	if r := e.Recurrence; r != nil && (odd(r.Until) || slices.ContainsFunc(r.Except, odd) || slices.ContainsFunc(r.Include, odd)) {
		return false
	}
	return isNormal(e.Created, false) && isNormal(e.Modified, false)
}

// isNormal reports whether t is in whole seconds, and a date if it must be one.
func isNormal(t time.Time, date bool) bool {
	if t.Nanosecond() != 0 {
		return false
	}
	return !date || t.IsZero() || t.Location() == time.UTC && t.Unix()%int64(day/time.Second) == 0
}

// normalize gives the times of e and of its overrides the form of
// [Event.Normalized]. It changes the lists of times.
func (e *Event) normalize() (errs fieldErrors) {
	z := e.dateZone()
	errs = e.normalizeOwn(timeReader{allDay: e.AllDay, zone: z, id: z})
	for i := range e.Overrides {
		o := &e.Overrides[i]
		errs.inside("Overrides", i, o.normalizeOwn(timeReader{allDay: e.AllDay, zone: z.override(o), id: z}))
	}
	return errs
}

// normalizeOwn normalizes the times of e without its overrides.
func (e *Event) normalizeOwn(r timeReader) fieldErrors {
	id := r
	id.zone = r.id
	id.normalize(&e.RecurrenceID, "RecurrenceID", -1)
	r.errs = id.errs
	r.normalize(&e.Start, "Start", -1)
	r.normalize(&e.End, "End", -1)
	if rule := e.Recurrence; rule != nil {
		r.normalize(&rule.Until, "Recurrence.Until", -1)
		for i := range rule.Except {
			r.normalize(&rule.Except[i], "Recurrence.Except", i)
		}
		for i := range rule.Include {
			r.normalize(&rule.Include[i], "Recurrence.Include", i)
		}
	}
	e.Created, e.Modified = e.Created.Truncate(time.Second), e.Modified.Truncate(time.Second)
	return r.errs
}

// timeReader normalizes the times of one event, and collects its errors.
type timeReader struct {
	allDay bool
	zone   dateZone
	id     dateZone // the zone of RECURRENCE-ID, which is a date of the series
	errs   fieldErrors
}

// normalize normalizes a time of the field. index is -1 if the field is no list.
func (r *timeReader) normalize(t *time.Time, field string, index int) {
	if isNormal(*t, r.allDay) {
		return
	}
	*t = t.Truncate(time.Second)
	if !r.allDay {
		return
	}
	date, err := r.zone.date(*t)
	switch {
	case err == nil:
		*t = date
	case index < 0:
		r.errs.add(field, err)
	default:
		r.errs.at(field, index, "", err)
	}
}

// dateZone is the zone in which the times of an all-day event are read that are
// not midnight in their own Location.
type dateZone struct {
	name  string         // TimeZone; empty for none
	start *time.Location // the Location of Start, which counts if name is empty
}

// dateZone returns the zone of an event that is no override.
func (e *Event) dateZone() dateZone { return dateZone{e.TimeZone, e.Start.Location()} }

// override returns the zone of an override of the event with the zone z.
func (z dateZone) override(o *Event) dateZone {
	if o.TimeZone != "" {
		z.name = o.TimeZone
	}
	return z
}

// date returns the date that a time of an all-day event stands for, as midnight
// in UTC.
func (z dateZone) date(t time.Time) (time.Time, error) {
	if date, ok := dateAtMidnight(t); ok {
		return date, nil
	}
	zone, err := z.start, error(nil)
	if z.name != "" {
		zone, err = LoadLocation(z.name)
	}
	if err == nil {
		if date, ok := dateAtMidnight(t.In(zone)); ok {
			return date, nil
		}
	}
	return t, z.notMidnight(t, zone)
}

// notMidnight returns the error about a time that is no date. zone is nil if the
// name of the zone is not known.
func (z dateZone) notMidnight(t time.Time, zone *time.Location) error {
	layout := "2006-01-02T15:04Z07:00"
	if t.Second() != 0 {
		layout = time.RFC3339
	}
	own := placeName(t)
	switch {
	case zone == nil:
		own += fmt.Sprintf(", and the zone %.60q is not known", z.name)
	case placeName(t.In(zone)) != own:
		own += " or " + placeName(t.In(zone))
	case z.name == "":
		own += "; if it comes from another zone, set TimeZone"
	}
	return errors.New("all-day times must be midnight; " + t.Format(layout) + " is not midnight in " + own)
}

// placeName returns the name of the zone of t. If the name says nothing to people
// elsewhere, it is the offset.
func placeName(t time.Time) string {
	name := t.Location().String()
	if name == "" || name == "Local" || checkLine(name) != nil {
		_, offset := t.Zone()
		return offsetName(offset)
	}
	return name
}

// dateAtMidnight returns the date of which t is midnight in its own Location, as
// midnight in UTC. It reports false if t is not midnight there. Some clocks skip
// midnight when they are set forward. Then the first instant of the day counts,
// and so does the time that [time.Date] returns for midnight, which may be an
// hour earlier.
func dateAtMidnight(t time.Time) (time.Time, bool) {
	date := dateOf(t)
	if wallclock.IsMidnight(t) {
		return date, true
	}
	if dateOf(t.Add(-time.Second)).Before(date) {
		return date, true
	}
	for _, d := range []time.Time{date, date.AddDate(0, 0, 1)} {
		y, m, day := d.Date()
		if time.Date(y, m, day, 0, 0, 0, 0, t.Location()).Equal(t) {
			return d, true
		}
	}
	return t, false
}
