package ical

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// readRecurrenceID reads the original start of an occurrence. An unreadable one
// is an error, because the event would otherwise be taken for the whole series.
func (x *eventReader) readRecurrenceID(p *ics.BaseProperty) error {
	t, _, err := x.readTimeValue(p, p.Value)
	if err == nil && t.IsZero() {
		err = errValue(p.Value)
	}
	if err != nil {
		return err
	}
	if strings.HasSuffix(strings.ToUpper(strings.TrimSpace(p.Value)), utcForm) {
		t = t.In(time.FixedZone(utcForm, 0))
	}
	x.event.RecurrenceID = t
	x.readRange(p)
	return nil
}

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
