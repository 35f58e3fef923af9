package ical

import (
	"errors"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Form is the shape of a VTIMEZONE, as [VTimezone] chose it.
type Form string

// The values of [Form], in the order in which they are tried. All except the
// last have one STANDARD and at most one DAYLIGHT, because Outlook keeps no
// more of any zone (MS-OXCICAL, section 2.1.3.1.1.19).
const (
	// FormAnnual is a pair with yearly rules, which begin in 1970, or before an
	// earlier event. If the zone itself has these rules, the pair is right for the
	// years to come too. If Outlook cannot hold a rule of the zone, the pair has a
	// rule that is hours away, as long as no span lies between.
	FormAnnual Form = "annual"
	// FormNeighbours is two successive changes near the spans, without rules.
	FormNeighbours Form = "neighbours"
	// FormFixed is one offset.
	FormFixed Form = "fixed"
	// FormFull uses everything that RFC 5545 allows. It is right for clients
	// that read it all. In Outlook it is wrong at some instants of the spans.
	FormFull Form = "full"
)

// Exact reports whether the form is right in Outlook too, at every instant for
// which it was chosen.
func (f Form) Exact() bool { return f != FormFull }

// VTimezone returns the smallest VTIMEZONE with which RFC 5545 and Outlook both
// read the wall clock of loc as Go does, at the start and the end of every
// span, and its form. The form is [FormFull] if no form that Outlook keeps is
// right at all of them. The TZID is the IANA name of loc, or "UTC+02:00" if loc
// has no name and no changes.
//
// The error has a [*FieldError] of TimeZone: no span was given, or the zone has
// no IANA name, for example [time.Local]. Results for zones that [LoadLocation]
// knows are cached by zone and years. All callers share the component, which
// must not be changed. A component in a tree of [Model] is the caller's own.
// VTimezone is safe for concurrent use.
func VTimezone(loc *time.Location, at []Span) (*ics.VTimezone, Form, error) {
	if loc == nil || len(at) == 0 {
		return nil, "", refuse(&FieldError{Field: "TimeZone", Err: errors.New("no zone, or no time to describe it at")})
	}
	all := at[0].withEnd()
	for _, s := range at[1:] {
		all = all.join(s.withEnd())
	}
	z, err := formsOf(loc, all)
	if err != nil {
		return nil, "", refuse(&FieldError{Field: "TimeZone", Err: err})
	}
	w := z.choose(func(w *zoneForm) bool {
		for _, s := range at {
			if !w.exact(s) {
				return false
			}
		}
		return true
	})
	return w.tree, w.form, nil
}
