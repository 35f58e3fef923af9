package graphcal

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// decode returns a meeting as the calendar shows it, in the form of shadow.Merge. except
// are the occurrences that do not take place.
func decode(s *state, except []time.Time) (ical.Event, error) {
	e, err := decodeSeries(s.series)
	if err != nil || e.Recurrence == nil {
		return e, err
	}
	e.Recurrence.Except = slices.Clone(except)
	for i := range s.exceptions {
		o, err := decodeOne(&s.exceptions[i])
		if err != nil {
			return ical.Event{}, err
		}
		if o.RecurrenceID, err = originalStart(&s.exceptions[i], e); err != nil {
			return ical.Event{}, err
		}
		if !o.AllDay {
			o.TimeZone = e.TimeZone
		}
		e.Overrides = append(e.Overrides, o)
	}
	return shadow.Canonical(e), nil
}

// decodeSeries reads a single event, or a series without its occurrences.
func decodeSeries(x *event) (ical.Event, error) {
	e, err := decodeOne(x)
	if err != nil {
		return ical.Event{}, err
	}
	e.UID = x.ICalUID
	if x.Organizer != nil {
		e.Organizer = ical.Person{Name: shadow.OneLine(x.Organizer.EmailAddress.Name), Email: x.Organizer.EmailAddress.Address}
	}
	if t, err := time.Parse(time.RFC3339, x.LastModified); err == nil {
		e.Modified = t.UTC().Truncate(time.Second)
	}
	if x.Recurrence != nil {
		e.Recurrence, err = decodeRule(e, x.Recurrence)
	}
	return e, err
}

// decodeOne reads a single event, a series without its rule, or an occurrence.
func decodeOne(x *event) (ical.Event, error) {
	zone := time.UTC
	switch {
	case x.Recurrence != nil && x.Recurrence.Range.RecurrenceTimeZone != "":
		zone = locationOf(x.Recurrence.Range.RecurrenceTimeZone)
	case x.OriginalStartTimeZone != "":
		zone = locationOf(x.OriginalStartTimeZone)
	}
	start, err := x.Start.read(zone, x.IsAllDay)
	if err != nil {
		return ical.Event{}, err
	}
	stop, err := x.End.read(zone, x.IsAllDay)
	if err != nil {
		return ical.Event{}, err
	}
	e := ical.Event{Summary: shadow.OneLine(x.Subject), Start: start, End: stop, AllDay: x.IsAllDay, Cancelled: x.IsCancelled}
	if !e.AllDay {
		e.TimeZone = start.Location().String()
	}
	if x.Body != nil {
		e.Description = description(x.Body.Content)
	}
	if x.Location != nil {
		e.Location = shadow.OneLine(x.Location.DisplayName)
	}
	switch x.ShowAs {
	case "free", "tentative":
		e.ShowAs = ical.ShowAs(x.ShowAs)
	case "oof":
		e.ShowAs = ical.ShowOutOfOffice
	case "workingElsewhere":
		e.ShowAs = ical.ShowWorkingElsewhere
	}
	switch x.Sensitivity {
	case "private", "confidential":
		e.Sensitivity = ical.Sensitivity(x.Sensitivity)
	case "personal":
		e.Sensitivity = ical.SensitivityPrivate
	}
	for _, a := range x.Attendees {
		if a.EmailAddress.Address != "" {
			e.Attendees = append(e.Attendees, attendeeOf(a))
		}
	}
	return e, nil
}

// attendeeOf reads an attendee whom somebody has added to the entry.
func attendeeOf(a attendee) ical.Attendee {
	out := ical.Attendee{Name: shadow.OneLine(a.EmailAddress.Name), Email: a.EmailAddress.Address, Status: ical.StatusNeedsAction}
	switch a.Status.Response {
	case "accepted", "declined":
		out.Status = ical.Status(a.Status.Response)
	case "tentativelyAccepted":
		out.Status = ical.StatusTentative
	}
	switch a.Type {
	case "optional":
		out.Role = ical.RoleOptional
	case "resource":
		out.Kind = ical.KindResource
	}
	return out
}

// read returns the time of m in zone. An all-day time is a date: Graph gives it as
// midnight in UTC, or as the instant of midnight in the zone.
func (m *moment) read(zone *time.Location, allDay bool) (time.Time, error) {
	if m == nil {
		return time.Time{}, errors.New("the event has no time")
	}
	from := time.UTC
	if m.TimeZone != "" {
		from = locationOf(m.TimeZone)
	}
	// Graph writes seven digits of a second.
	clock, _, _ := strings.Cut(strings.TrimSuffix(m.DateTime, "Z"), ".")
	t, err := time.ParseInLocation(layout, clock, from)
	if err != nil {
		return time.Time{}, err
	}
	if !allDay {
		return t.In(zone), nil
	}
	if t.Hour() != 0 || t.Minute() != 0 {
		t = t.In(zone)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), nil
}

// originalStart returns the original start of an occurrence of a series.
func originalStart(x *event, series ical.Event) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, x.OriginalStart)
	if err != nil {
		return time.Time{}, err
	}
	if !series.AllDay {
		return t.In(series.Start.Location()), nil
	}
	if t = t.UTC(); t.Hour() != 0 {
		t = t.In(locationOf(x.OriginalStartTimeZone))
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), nil
}

// dayOf returns the day of an occurrence. Outlook has one occurrence a day.
func dayOf(id time.Time, series ical.Event) string {
	if series.AllDay {
		return id.Format(time.DateOnly)
	}
	return id.In(series.Start.Location()).Format(time.DateOnly)
}
