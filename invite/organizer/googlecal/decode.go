package googlecal

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// decode returns a meeting as the calendar shows it, in the form of shadow.Merge.
func decode(s *state) (ical.Event, error) {
	e, err := decodeOne(s.series)
	if err != nil {
		return ical.Event{}, err
	}
	e.UID, e.Sequence = s.series.ICalUID, max(s.series.Sequence, 0)
	if o := s.series.Organizer; o != nil {
		e.Organizer = ical.Person{Name: shadow.OneLine(o.DisplayName), Email: o.Email}
	}
	if t, err := time.Parse(time.RFC3339, s.series.Updated); err == nil {
		e.Modified = t.UTC().Truncate(time.Second)
	}
	if len(s.series.Recurrence) == 0 {
		return e, nil
	}
	if e.Recurrence, err = ruleOf(e, s.series.Recurrence); err != nil {
		return ical.Event{}, err
	}
	for i := range s.exceptions {
		x := &s.exceptions[i]
		id, _, err := x.OriginalStart.read(e.TimeZone)
		if err != nil {
			return ical.Event{}, err
		}
		if x.Status == statusCancelled {
			e.Recurrence.Except = append(e.Recurrence.Except, id)
			continue
		}
		o, err := decodeOne(x)
		if err != nil {
			return ical.Event{}, err
		}
		o.RecurrenceID = id
		if !o.AllDay {
			o.TimeZone = e.TimeZone
		}
		e.Overrides = append(e.Overrides, o)
	}
	return shadow.Canonical(e), nil
}

// decodeOne reads a single event, a series without its rule, or an occurrence.
func decodeOne(x *event) (ical.Event, error) {
	start, allDay, err := x.Start.read("")
	if err != nil {
		return ical.Event{}, err
	}
	stop, _, err := x.End.read(x.Start.TimeZone)
	if err != nil {
		return ical.Event{}, err
	}
	e := ical.Event{
		Summary: shadow.OneLine(x.Summary), Description: strings.TrimRight(x.Description, "\r\n"), Location: shadow.OneLine(x.Location),
		Start: start, End: stop, AllDay: allDay, Cancelled: x.Status == statusCancelled,
	}
	if !allDay {
		e.TimeZone = start.Location().String()
	}
	if x.Transparency == "transparent" {
		e.ShowAs = ical.ShowFree
	}
	if x.Visibility == "private" || x.Visibility == "confidential" {
		e.Sensitivity = ical.Sensitivity(x.Visibility)
	}
	for _, a := range x.Attendees {
		// Google adds the organizer to the list by itself.
		if a.Email != "" && !a.Organizer {
			e.Attendees = append(e.Attendees, attendeeOf(a))
		}
	}
	return e, nil
}

func attendeeOf(a attendee) ical.Attendee {
	out := ical.Attendee{Name: shadow.OneLine(a.DisplayName), Email: a.Email, Status: ical.StatusNeedsAction, Comment: a.Comment}
	switch a.ResponseStatus {
	case "accepted", "declined", "tentative":
		out.Status = ical.Status(a.ResponseStatus)
	}
	if a.Optional {
		out.Role = ical.RoleOptional
	}
	if a.Resource {
		out.Kind = ical.KindResource
	}
	return out
}

// read returns the time of m, in the zone that it names, or in zone if it names none.
func (m *moment) read(zone string) (at time.Time, allDay bool, err error) {
	if m == nil {
		return time.Time{}, false, errors.New("the event has no time")
	}
	if m.Date != "" {
		at, err = time.Parse(time.DateOnly, m.Date)
		return at, true, err
	}
	if at, err = time.Parse(time.RFC3339, m.DateTime); err != nil {
		return time.Time{}, false, err
	}
	if m.TimeZone != "" {
		zone = m.TimeZone
	}
	loc := time.UTC
	if zone != "" {
		if loc, err = ical.LoadLocation(zone); err != nil {
			return time.Time{}, false, err
		}
	}
	return at.In(loc).Truncate(time.Second), false, nil
}

// ruleOf reads the lines of a recurrence, which begin at the start of e.
func ruleOf(e ical.Event, lines []string) (*ical.Recurrence, error) {
	const most = 1000
	if len(lines) > most {
		return nil, fmt.Errorf("recurrence: more than %d lines", most)
	}
	start := "DTSTART;VALUE=DATE:" + e.Start.Format("20060102")
	if !e.AllDay {
		start = "DTSTART;TZID=\"" + strings.ReplaceAll(e.TimeZone, "\"", "") + "\":" + e.Start.Format("20060102T150405")
	}
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:rule\r\n" + start + "\r\n")
	for _, l := range lines {
		if isRule(l) && !strings.ContainsFunc(l, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			b.WriteString(l + "\r\n")
		}
	}
	b.WriteString("END:VEVENT\r\nEND:VCALENDAR\r\n")
	out, err := shadow.Decode([]byte(b.String()))
	if err != nil {
		return nil, err
	}
	if out.Recurrence == nil {
		return nil, errors.New("recurrence: no rule can be read")
	}
	return out.Recurrence, nil
}
