package graphcal

import (
	"fmt"
	"sync"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/windowszones"
)

// zoneOf returns the zone of a meeting, and its Windows name, which Graph always knows. It
// knows only some names of IANA (dateTimeTimeZone resource).
func zoneOf(e ical.Event) (*time.Location, string, error) {
	if e.AllDay {
		return time.UTC, "UTC", nil
	}
	zone, err := e.Zone()
	if err != nil {
		return nil, "", err
	}
	if name, ok := windowsName(zone, e.Start); ok {
		return zone, name, nil
	}
	if e.Recurrence == nil {
		return time.UTC, "UTC", nil
	}
	return nil, "", fmt.Errorf("TimeZone: Graph has no zone with the clock of %q", zone)
}

// windowsName returns the Windows name of a zone, or of another zone that has the same
// clock from a year before start to ten years after it.
func windowsName(zone *time.Location, start time.Time) (string, bool) {
	if zone == time.UTC || zone.String() == "Etc/UTC" {
		return "UTC", true
	}
	if name, ok := windowszones.Windows(zone.String()); ok {
		return name, true
	}
	from, to := start.AddDate(-1, 0, 0), start.AddDate(10, 0, 0)
	for _, z := range windowsZones() {
		if sameClock(zone, z.zone, from, to) {
			return z.name, true
		}
	}
	return "", false
}

type windowsZone struct {
	name string
	zone *time.Location
}

// windowsZones returns the zones that have a Windows name, in the order of the names.
var windowsZones = sync.OnceValue(func() []windowsZone {
	var out []windowsZone
	for _, iana := range windowszones.IANA() {
		name, ok := windowszones.Windows(iana)
		zone, err := time.LoadLocation(iana)
		if ok && err == nil {
			out = append(out, windowsZone{name, zone})
		}
	}
	return out
})

// sameClock reports whether two zones have the same offset at every hour.
func sameClock(a, b *time.Location, from, to time.Time) bool {
	for t := from.UTC().Truncate(time.Hour); t.Before(to); t = t.Add(time.Hour) {
		_, x := t.In(a).Zone()
		_, y := t.In(b).Zone()
		if x != y {
			return false
		}
	}
	return true
}

// locationOf returns the zone for a name of Graph, and UTC if it is not known.
func locationOf(name string) *time.Location {
	if iana, ok := windowszones.Lookup(name); ok {
		name = iana
	}
	if zone, err := ical.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}
