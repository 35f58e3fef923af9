package ews

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/windowszones"
)

// zoneYears is the number of years from the start of a meeting in which the Windows zone
// that stands for its zone must read the same clock.
const zoneYears = 3

// windowsZone returns the Windows name of a meeting's zone. If no Windows zone has the
// name, it is a Windows zone that reads the same clock for three years.
func windowsZone(e ical.Event) (string, bool) {
	loc, err := e.Zone()
	if err != nil {
		return "", false
	}
	return windowsName(loc, e.Start)
}

// windowsName returns the Windows name for a zone from an instant on.
func windowsName(loc *time.Location, from time.Time) (string, bool) {
	if name, ok := windowszones.Windows(loc.String()); ok {
		return name, true
	}
	if loc == time.UTC {
		return "UTC", true
	}
	for _, iana := range windowszones.IANA() {
		other, err := ical.LoadLocation(iana)
		if err == nil && sameClock(loc, other, from) {
			return windowszones.Windows(iana)
		}
	}
	return "", false
}

// sameClock reports whether two zones read the same clock at every instant of zoneYears. One
// instant of each day is not enough: Cuba changes its clock on the days of Toronto, but two
// hours before.
func sameClock(a, b *time.Location, from time.Time) bool {
	end := from.AddDate(zoneYears, 0, 0)
	for t := from; t.Before(end); t = earlier(nextChange(t.In(a)), nextChange(t.In(b))) {
		_, x := t.In(a).Zone()
		_, y := t.In(b).Zone()
		if x != y {
			return false
		}
	}
	return true
}

// nextChange returns the next instant at which the clock of t's zone may change. It is at
// least an hour after t, and at most zoneYears.
func nextChange(t time.Time) time.Time {
	_, end := t.ZoneBounds()
	switch next := t.Add(time.Hour); {
	case end.IsZero():
		return t.AddDate(zoneYears, 0, 0)
	case end.Before(next):
		return next
	}
	return end
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
