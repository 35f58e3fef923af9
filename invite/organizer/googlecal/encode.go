package googlecal

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// encode returns a meeting as the calendar should show it. The exceptions are the
// occurrences that take place otherwise than the series says.
func encode(e ical.Event) (*state, error) {
	zone, name, err := zoneOf(e)
	if err != nil {
		return nil, err
	}
	series := encodeOne(e, zone, name)
	series.ICalUID, series.Sequence = e.UID, e.Sequence
	if e.Organizer.Email != "" {
		series.Organizer = &person{Email: e.Organizer.Email, DisplayName: e.Organizer.Name}
	}
	s := &state{series: series}
	if e.Recurrence == nil {
		return s, nil
	}
	if series.Recurrence, err = lines(e); err != nil {
		return nil, err
	}
	for i, o := range e.Overrides {
		if o.Cancelled {
			continue
		}
		x := encodeOne(e.Override(i), zone, name)
		x.OriginalStart = momentOf(o.RecurrenceID, e.AllDay, zone, name)
		s.exceptions = append(s.exceptions, *x)
	}
	return s, nil
}

// zoneOf returns the zone of a meeting, and its name for Google, which knows the names of
// IANA.
func zoneOf(e ical.Event) (*time.Location, string, error) {
	if e.AllDay {
		return time.UTC, "", nil
	}
	zone, err := e.Zone()
	if err != nil {
		return nil, "", err
	}
	name := zone.String()
	if _, err := ical.LoadLocation(name); err == nil && (strings.Contains(name, "/") || name == "UTC") {
		return zone, name, nil
	}
	if e.Recurrence == nil {
		return time.UTC, "UTC", nil
	}
	_, offset := e.Start.In(zone).Zone()
	if offset%3600 != 0 || offset < -12*3600 || offset > 14*3600 {
		return nil, "", fmt.Errorf("TimeZone: Google has no name for %q", name)
	}
	return zone, fmt.Sprintf("Etc/GMT%+d", -offset/3600), nil
}

// encodeOne returns a single event, a series without its rule, or an occurrence.
func encodeOne(e ical.Event, zone *time.Location, name string) *event {
	x := &event{
		Status: statusConfirmed, Summary: shadow.OneLine(e.Summary), Description: e.Description, Location: shadow.OneLine(e.Location),
		Start: momentOf(e.Start, e.AllDay, zone, name), End: momentOf(shadow.End(e), e.AllDay, zone, name),
		Transparency: "opaque", Visibility: "default",
	}
	if x.Location == "" {
		x.Location = e.Conference
	}
	if e.ShowAs == ical.ShowFree {
		x.Transparency = "transparent"
	}
	if e.Sensitivity == ical.SensitivityPrivate || e.Sensitivity == ical.SensitivityConfidential {
		x.Visibility = string(e.Sensitivity)
	}
	for _, a := range e.Attendees {
		x.Attendees = append(x.Attendees, attendee{
			Email: a.Email, DisplayName: a.Name, ResponseStatus: response(a.Status), Comment: a.Comment,
			Optional: a.Role == ical.RoleOptional || a.Role == ical.RoleInformational,
			Resource: a.Kind == ical.KindRoom || a.Kind == ical.KindResource,
		})
	}
	return x
}

func momentOf(t time.Time, allDay bool, zone *time.Location, name string) *moment {
	if allDay {
		return &moment{Date: t.Format(time.DateOnly)}
	}
	return &moment{DateTime: t.In(zone).Format(time.RFC3339), TimeZone: name}
}

// response returns Google's word for an answer. Google has none for an attendee who has
// sent somebody else, and so does not come.
func response(s ical.Status) string {
	switch s {
	case ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative:
		return string(s)
	case ical.StatusDelegated:
		return string(ical.StatusDeclined)
	}
	return "needsAction"
}

// lines returns the rule of a series as lines of iCalendar: RRULE, RDATE and EXDATE (RFC
// 5545, section 3.8.5). Cancelled occurrences are exceptions.
func lines(e ical.Event) ([]string, error) {
	rule := *e.Recurrence
	rule.Except = shadow.Cancelled(&e)
	data, err := shadow.Data(ical.Event{
		UID: "rule", Start: e.Start, End: e.End, TimeZone: e.TimeZone, AllDay: e.AllDay, Recurrence: &rule,
	})
	if err != nil {
		return nil, err
	}
	_, body, ok := bytes.Cut(data, []byte("BEGIN:VEVENT"))
	if !ok {
		return nil, errors.New("the rule cannot be written")
	}
	var out []string
	unfolded := strings.ReplaceAll(string(body), "\r\n ", "")
	for _, l := range strings.Split(unfolded, "\r\n") {
		if isRule(l) {
			out = append(out, l)
		}
	}
	return out, nil
}

// isRule reports whether a line of a recurrence is one that this package reads.
func isRule(line string) bool {
	name, _, _ := strings.Cut(line, ":")
	name, _, _ = strings.Cut(name, ";")
	return slices.Contains([]string{"RRULE", "RDATE", "EXDATE"}, strings.ToUpper(name))
}
