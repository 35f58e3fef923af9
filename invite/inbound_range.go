package invite

import (
	"errors"
	"slices"

	"github.com/convene-go/convene/ical"
)

// isRanged reports whether an event is about one occurrence and all later ones:
// its RECURRENCE-ID has a RANGE (RFC 5545, section 3.2.13), which Decode keeps in
// Extra.
func isRanged(e *ical.Event) bool {
	return slices.ContainsFunc(e.Extra, func(p ical.Property) bool { return p.Name == "RECURRENCE-ID" })
}

// anyRanged reports whether an event or one of its overrides is ranged.
func anyRanged(e *ical.Event) bool {
	return isRanged(e) || slices.ContainsFunc(e.Overrides, func(o ical.Event) bool { return isRanged(&o) })
}

// rangeReason describes the content of a mail that is ranged.
const rangeReason = "is about an occurrence and all later ones (RANGE=THISANDFUTURE), which is not read as one date"

// errRanged refuses to answer a part of an invitation that is ranged.
var errRanged = errors.New("the invitation is about an occurrence and all later ones (RANGE=THISANDFUTURE); " +
	"an answer to the one occurrence would leave the others open")
