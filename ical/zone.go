package ical

import (
	"errors"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Form is the shape of a VTIMEZONE that [VTimezone] chose.
type Form string

// The values of [Form], in the order in which they are tried. All but the last
// are one STANDARD and at most one DAYLIGHT, which is what Outlook keeps of any
// zone (MS-OXCICAL, section 2.1.3.1.1.19).
const (
	// FormAnnual is a pair with yearly rules. If the zone itself has them, it
	// is right for the years to come too.
	FormAnnual Form = "annual"
	// FormNeighbours is the change before and the change after, without rules.
	FormNeighbours Form = "neighbours"
	// FormFixed is one offset.
	FormFixed Form = "fixed"
	// FormFull is everything that RFC 5545 allows: right for clients that read
	// it all, wrong at some of the instants in Outlook.
	FormFull Form = "full"
)

// Exact reports whether Outlook, too, gets every instant right.
func (f Form) Exact() bool { return f != FormFull }

// VTimezone returns the smallest VTIMEZONE with which RFC 5545 and Outlook both
// read the wall clock of loc as Go does, at the start and the end of every span,
// and the form that it has: [FormFull] if no form that Outlook keeps is right
// at all of them. Its TZID is the IANA name of loc, or "UTC+02:00" if loc has
// none and no changes.
//
// The error has a [*FieldError] of TimeZone: no span, or no name, as [time.Local]
// has none. Results are cached by zone and years, and safe for
// concurrent use: the component is shared by all callers and must not be
// changed; one in a tree of [Model] is the caller's own.
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
