package invite

import (
	"fmt"
	"time"
)

// Bounds of the times in a stored meeting. The years of JSON and iCalendar have four
// digits (RFC 3339, section 5.6; RFC 5545, section 3.3.4). The bounds leave room for an
// offset from UTC.
var (
	earliestTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	latestTime   = time.Date(9998, 12, 31, 23, 59, 59, 0, time.UTC)
)

// withinYears returns t in UTC, or the nearest time that a meeting can store. A sender
// can write a time that is in the year 10000 in UTC: in the year 9999 with a negative
// offset.
func withinYears(t time.Time) time.Time {
	switch {
	case t.Before(earliestTime):
		return earliestTime
	case t.After(latestTime):
		return latestTime
	}
	return t.UTC()
}

// checkYears returns an error that names the field if a meeting cannot store t.
func checkYears(field string, t time.Time) error {
	if t.Before(earliestTime) || t.After(latestTime) {
		return fmt.Errorf("%s: the year %d is not between 1 and 9998", field, t.UTC().Year())
	}
	return nil
}

// checkYears returns an error if a meeting cannot store the times of a proposal.
func (p *Proposal) checkYears() error {
	if err := checkYears("Start", p.Start); err != nil {
		return err
	}
	return checkYears("End", p.End)
}
