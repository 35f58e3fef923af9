package ical

import "cmp"

// Override returns the override at index i of a series, with every field filled
// in: an event of its own, as [Event] describes it. A zero field gets the value
// of the series, unless Absent names it. A zero Start becomes the RecurrenceID,
// and the length is the length of the series. Times have the form of
// [Event.Normalized].
//
// The occurrence is in the zone of the series. If the override has a TimeZone of
// its own, that zone is the Location of Start and End.
func (e Event) Override(i int) Event {
	o := e.Overrides[i]
	rule := e.Recurrence
	e.Recurrence, e.Overrides = nil, nil // their times are not needed here, and must not change
	z := e.dateZone()
	e.normalizeOwn(timeReader{allDay: e.AllDay, zone: z, id: z})
	o.Recurrence = nil
	o.normalizeOwn(timeReader{allDay: e.AllDay, zone: z.override(&o), id: z})
	e.Recurrence = rule // keeps the clock
	o.UID, o.Recurrence, o.Overrides = e.UID, nil, nil
	o.Sequence = max(o.Sequence, e.Sequence)
	o.Floating = o.Floating || e.Floating && o.TimeZone == ""
	o.AllDay = e.AllDay
	o.inheritTime(&e)
	o.inheritZone(&e)
	o.inheritText(&e)
	o.inheritPeople(&e)
	o.Absent = nil
	return o
}

// inheritTime takes the length of the series if the override has no end.
func (e *Event) inheritTime(series *Event) {
	if e.Start.IsZero() {
		e.Start = e.RecurrenceID
	}
	if !e.End.IsZero() || series.End.IsZero() || e.lacks("end") {
		return
	}
	e.End = e.Start.Add(series.End.Sub(series.Start))
}

func (e *Event) inheritText(series *Event) {
	inherit(e, "summary", &e.Summary, series.Summary)
	inherit(e, "description", &e.Description, series.Description)
	inherit(e, "location", &e.Location, series.Location)
	inherit(e, "url", &e.URL, series.URL)
	inherit(e, "conference", &e.Conference, series.Conference)
	inherit(e, "language", &e.Language, series.Language)
	inheritList(e, "categories", &e.Categories, series.Categories)
	inheritList(e, "attachments", &e.Attachments, series.Attachments)
	inheritList(e, "extra", &e.Extra, series.Extra)
}

func (e *Event) inheritPeople(series *Event) {
	inherit(e, "organizer", &e.Organizer, series.Organizer)
	inheritList(e, "attendees", &e.Attendees, series.Attendees)
	inheritList(e, "reminders", &e.Reminders, series.Reminders)
	inherit(e, "showAs", &e.ShowAs, series.ShowAs)
	inherit(e, "sensitivity", &e.Sensitivity, series.Sensitivity)
	inherit(e, "priority", &e.Priority, series.Priority)
	inherit(e, "noCounter", &e.NoCounter, series.NoCounter)
	inherit(e, "noForward", &e.NoForward, series.NoForward)
}

// inherit takes the value of the series for a field that is zero and not absent.
func inherit[T comparable](e *Event, field string, own *T, series T) {
	if !e.lacks(field) {
		*own = cmp.Or(*own, series)
	}
}

// inheritList is inherit for a list.
func inheritList[T any](e *Event, field string, own *[]T, series []T) {
	if len(*own) == 0 && !e.lacks(field) {
		*own = series
	}
}
