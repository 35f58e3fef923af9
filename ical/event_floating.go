package ical

import (
	"errors"
	"fmt"

	"github.com/convene-go/convene/internal/wallclock"
)

// errFloating is the reason for which a floating event has no zone.
var errFloating = errors.New("the event is floating: its clock is known, and its zone is not")

// checkFloating refuses a clock without a zone: each client would take another
// instant for it.
func (e *Event) checkFloating(errs *fieldErrors) {
	if e.Floating {
		errs.addf("Floating", "%s: give Start and End in a zone, set TimeZone, and clear Floating", e.floatingText())
	}
	for i := range e.Overrides {
		if o := &e.Overrides[i]; o.Floating && !o.Cancelled && !e.Floating {
			errs.addf(indexed("Overrides", i, "Floating"), "%s", o.floatingText())
		}
	}
}

// errNoInstant is the error for a RecurrenceID that names no occurrence.
var errNoInstant = errors.New("is a date or a time without a zone: it must be the original start of an occurrence, as an instant")

// checkIDs refuses a RecurrenceID that Decode, or JSON, gives in a form of its own.
func (e *Event) checkIDs(errs *fieldErrors) {
	if e.AllDay {
		return
	}
	if wallclock.IsLabel(e.RecurrenceID.Location()) {
		errs.add("RecurrenceID", errNoInstant)
	}
	for i := range e.Overrides {
		if wallclock.IsLabel(e.Overrides[i].RecurrenceID.Location()) {
			errs.at("Overrides", i, "RecurrenceID", errNoInstant)
		}
	}
}

// floatingText says why the instants of the event are not known.
func (e *Event) floatingText() string {
	if e.TimeZone == "" {
		return "the times have no zone, so their instants are not known"
	}
	if _, err := LoadLocation(e.TimeZone); err == nil {
		return fmt.Sprintf("the times are not in the zone %.60q, because Floating is set", e.TimeZone)
	}
	return fmt.Sprintf("the zone %.60q is not known, so the instants of the times are not known", e.TimeZone)
}

// keepsZone reports whether an object of this method goes back to the program that
// wrote the times, or stays a file. Then times whose zone nobody else knows are
// written as they came.
func (m Method) keepsZone() bool {
	switch m {
	case "", MethodReply, MethodCounter, MethodRefresh:
		return true
	}
	return false
}

// zoneErrors reports the errors of the zone that count under a method. A
// COUNTER has a new time, which must be an instant.
func (c *Calendar) zoneErrors(e *Event, errs fieldErrors) fieldErrors {
	if c.Method == MethodCounter || !c.Method.keepsZone() {
		e.checkFloating(&errs)
	}
	if !c.Method.keepsZone() {
		return errs
	}
	var kept fieldErrors
	for _, f := range errs {
		if other := new(otherZoneError); !errors.As(f.Err, &other) {
			kept = append(kept, f)
		}
	}
	return kept
}
