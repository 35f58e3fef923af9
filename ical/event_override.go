package ical

import "cmp"

// Override returns the override at index i of a series, with every field filled
// in. A zero field gets the value of the series. A zero Start becomes the
// RecurrenceID, and the length is the length of the series.
func (e Event) Override(i int) Event {
	o := e.Overrides[i]
	o.UID, o.Recurrence, o.Overrides = e.UID, nil, nil
	o.Sequence = max(o.Sequence, e.Sequence)
	o.Floating = o.Floating || e.Floating && o.TimeZone == ""
	o.AllDay, o.TimeZone = e.AllDay, cmp.Or(o.TimeZone, e.TimeZone)
	o.inheritTime(&e)
	o.inheritText(&e)
	o.inheritPeople(&e)
	return o
}

// inheritTime takes the length of the series if the override has no end.
func (e *Event) inheritTime(series *Event) {
	if e.Start.IsZero() {
		e.Start = e.RecurrenceID
	}
	if !e.End.IsZero() || series.End.IsZero() {
		return
	}
	if e.AllDay { // in days, because a day need not have 24 hours in the Location of Start
		days := dateOf(series.End).Sub(dateOf(series.Start)) / day
		e.End = e.Start.AddDate(0, 0, int(days))
		return
	}
	e.End = e.Start.Add(series.End.Sub(series.Start))
}

func (e *Event) inheritText(series *Event) {
	e.Summary = cmp.Or(e.Summary, series.Summary)
	e.Description = cmp.Or(e.Description, series.Description)
	e.Location = cmp.Or(e.Location, series.Location)
	e.URL = cmp.Or(e.URL, series.URL)
	e.Conference = cmp.Or(e.Conference, series.Conference)
	e.Language = cmp.Or(e.Language, series.Language)
	if len(e.Categories) == 0 {
		e.Categories = series.Categories
	}
	if len(e.Attachments) == 0 {
		e.Attachments = series.Attachments
	}
	if len(e.Extra) == 0 {
		e.Extra = series.Extra
	}
}

func (e *Event) inheritPeople(series *Event) {
	if e.Organizer == (Person{}) {
		e.Organizer = series.Organizer
	}
	if len(e.Attendees) == 0 {
		e.Attendees = series.Attendees
	}
	if len(e.Reminders) == 0 {
		e.Reminders = series.Reminders
	}
	e.ShowAs = cmp.Or(e.ShowAs, series.ShowAs)
	e.Sensitivity = cmp.Or(e.Sensitivity, series.Sensitivity)
	e.Priority = cmp.Or(e.Priority, series.Priority)
	e.NoCounter = e.NoCounter || series.NoCounter
}
