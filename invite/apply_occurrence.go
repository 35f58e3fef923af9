package invite

import (
	"errors"
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/wallclock"
	"github.com/convene-go/convene/invite/internal/series"
)

// occurrence returns the occurrence that an answer is about, or the whole meeting.
// It refuses a RECURRENCE-ID that names none. If several may be meant, or if a day
// without any is named, a person has to decide.
func (x *intake) occurrence(said *ical.Event) (series.Target, error) {
	id := said.RecurrenceID
	if !x.spend(id) {
		return series.Target{}, refuse(VerdictHeld, "answers to more occurrences than are looked for")
	}
	at, err := series.FindNamed(&x.m.Event, said)
	var not *wallclock.NotOneError
	switch {
	case err == nil:
		return at, nil
	case !errors.As(err, &not), not.Day.IsZero() && not.Count == 0:
		return at, refuse(VerdictUnknownEvent, "%v", unknownOccurrence(&x.m.Event, id))
	case not.Count == 0 && (id.Location() == wallclock.Zulu || id.Location() == time.UTC) && !id.Equal(not.Day):
		return at, refuse(VerdictUnknownEvent, "%v", unknownOccurrence(&x.m.Event, id)) // a plain instant
	}
	return at, refuse(VerdictHeld, "is about an occurrence that is not named clearly: the series has %v", not)
}

// settle gives the zone of the meeting to the times of a statement that have none.
// If the meeting is all-day, midnights are dates, whatever their zone is.
func (x *intake) settle(s statement) statement {
	settled := *s.event
	switch e := &settled; {
	case !e.Floating:
		return s
	case x.m.Event.AllDay:
		if !wallclock.IsMidnight(e.Start) || !e.End.IsZero() && !wallclock.IsMidnight(e.End) {
			return s
		}
		e.AllDay, e.Floating, e.TimeZone = true, false, ""
	default:
		zone, err := x.m.Event.Zone()
		if err != nil || e.TimeZone != "" {
			return s
		}
		e.Floating, e.Start = false, wallclock.In(e.Start, zone)
		if !e.End.IsZero() {
			e.End = wallclock.In(e.End, zone)
		}
	}
	s.event = &settled
	return s
}

// unknownZone says that the instants of an event are not known, or returns "".
func unknownZone(e *ical.Event) string {
	switch {
	case e == nil || !e.Floating:
		return ""
	case e.TimeZone == "":
		return "its times have no zone"
	}
	return fmt.Sprintf("its times are in the zone %.80q, which is not known", e.TimeZone)
}
