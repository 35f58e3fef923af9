package shadow

import (
	"cmp"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
)

// sameAttendees reports whether two lists have the same people with the same answers.
func sameAttendees(a, b []ical.Attendee) bool {
	x, y := byAddress(a), byAddress(b)
	if len(x) != len(y) {
		return false
	}
	for key, one := range x {
		other, ok := y[key]
		if !ok || status(one) != status(other) {
			return false
		}
	}
	return true
}

// status returns the answer of an attendee, also if there is none yet.
func status(a ical.Attendee) ical.Status { return cmp.Or(a.Status, ical.StatusNeedsAction) }

func byAddress(list []ical.Attendee) map[string]ical.Attendee {
	m := make(map[string]ical.Attendee, len(list))
	for _, a := range list {
		m[address(a)] = a
	}
	return m
}

func address(a ical.Attendee) string { return strings.ToLower(a.Email) }

// attendees returns the list of kept with the changes from made to now.
func attendees(kept, made, now []ical.Attendee) []ical.Attendee {
	if sameAttendees(made, now) {
		return kept
	}
	before, after := byAddress(made), byAddress(now)
	out := make([]ical.Attendee, 0, len(kept))
	for _, a := range kept {
		p, was := before[address(a)]
		s, is := after[address(a)]
		if was && !is {
			continue
		}
		if is && (was && status(p) != status(s) || !was && status(s) != ical.StatusNeedsAction) {
			a.Status = s.Status
		}
		out = append(out, a)
	}
	known := byAddress(kept)
	for _, a := range now {
		if _, ok := known[address(a)]; !ok {
			out = append(out, a)
		}
	}
	return slices.Clip(out)
}
