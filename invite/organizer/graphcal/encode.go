package graphcal

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// state is a meeting as it lies in the calendar.
type state struct {
	series     *event           // the single event or the series
	exceptions []event          // the changed occurrences, with all fields
	instances  map[string]event // the occurrences in the window, by day
	window     window
}

// window is the time in which single occurrences are read and written.
type window struct{ from, to time.Time }

// has reports whether the window has an occurrence.
func (w window) has(id time.Time) bool { return !id.Before(w.from) && id.Before(w.to) }

// encode returns a meeting as the calendar should show it, without the list of attendees.
func encode(e ical.Event) (*state, error) {
	zone, name, err := zoneOf(e)
	if err != nil {
		return nil, err
	}
	s := &state{series: encodeOne(e, zone, name)}
	if e.Recurrence == nil {
		return s, nil
	}
	if s.series.Recurrence, err = encodeRule(e, zone, name); err != nil {
		return nil, err
	}
	s.series.Type = typeSeries
	for i, o := range e.Overrides {
		if !o.Cancelled {
			x := encodeOne(e.Override(i), zone, name)
			x.OriginalStart, x.Type = o.RecurrenceID.UTC().Format(time.RFC3339), typeException
			s.exceptions = append(s.exceptions, *x)
		}
	}
	return s, nil
}

// encodeOne returns a single event, a series without its rule, or an occurrence.
func encodeOne(e ical.Event, zone *time.Location, name string) *event {
	x := &event{
		Subject: shadow.OneLine(e.Summary), Body: &body{"text", plain(e.Description)}, Location: &location{shadow.OneLine(e.Location)},
		Start: momentOf(e.Start, zone, name), End: momentOf(shadow.End(e), zone, name), IsAllDay: e.AllDay,
		ShowAs: "busy", Sensitivity: "normal", OriginalStartTimeZone: name,
	}
	if x.Location.DisplayName == "" {
		x.Location.DisplayName = e.Conference
	}
	switch e.ShowAs {
	case ical.ShowFree, ical.ShowTentative:
		x.ShowAs = string(e.ShowAs)
	case ical.ShowOutOfOffice:
		x.ShowAs = "oof"
	case ical.ShowWorkingElsewhere:
		x.ShowAs = "workingElsewhere"
	}
	if e.Sensitivity == ical.SensitivityPrivate || e.Sensitivity == ical.SensitivityConfidential {
		x.Sensitivity = string(e.Sensitivity)
	}
	return x
}

const layout = "2006-01-02T15:04:05"

func momentOf(t time.Time, zone *time.Location, name string) *moment {
	return &moment{DateTime: t.In(zone).Format(layout), TimeZone: name}
}

// cancelled returns the days of the occurrences that do not take place.
func cancelled(e ical.Event) []time.Time { return shadow.Cancelled(&e) }
