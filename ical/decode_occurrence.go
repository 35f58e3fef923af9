package ical

import (
	"strings"

	ics "github.com/arran4/golang-ical"
)

// readRange reads the RANGE of a RECURRENCE-ID (RFC 5545, section 3.2.13), by which
// an override counts for all later occurrences too. No field can hold it, so the
// property is kept in Extra. [Event.Validate] refuses it there, so that it cannot be
// sent on as a change of one occurrence.
func (x *eventReader) readRange(p *ics.BaseProperty) {
	values := p.ICalParameters["RANGE"]
	if len(values) == 0 || values[0] == "" {
		return
	}
	x.ranged = strings.ToUpper(values[0])
	x.event.Extra = append(x.event.Extra, Property{
		Name: p.IANAToken, Params: map[string][]string{"RANGE": {x.ranged}}, Value: p.Value,
	})
}
