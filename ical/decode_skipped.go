package ical

import (
	"fmt"
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// skipList names in words everything that the decoder passed over, each text once.
// It becomes [Calendar.Skipped].
type skipList struct{ texts []string }

// mostSkipped limits the texts of one input. The last text says that there are
// more.
const mostSkipped = 100

// addf adds a text unless the list has it already. Values of the input stand in
// it with %.60q, because nothing else limits them.
func (s *skipList) addf(format string, args ...any) { s.add(fmt.Sprintf(format, args...)) }

func (s *skipList) add(texts ...string) {
	for _, text := range texts {
		switch {
		case len(s.texts) > mostSkipped:
			return
		case slices.Contains(s.texts, text):
		case len(s.texts) == mostSkipped:
			s.texts = append(s.texts, "more that is not listed")
		default:
			s.texts = append(s.texts, text)
		}
	}
}

// component adds a component that is neither an event nor a time zone. Its UID
// tells the reader which task or journal entry it is.
func (s *skipList) component(name ics.ComponentType, base *ics.ComponentBase) {
	if p := firstProperty(base.Properties, "UID"); p != nil {
		s.addf("%.40s with UID %.80s", name, p.Value)
		return
	}
	s.addf("%.40s", name)
}

// onceNames are the properties that an event has at most once (RFC 5545, section
// 3.6.1).
var onceNames = [...]string{"UID", "SEQUENCE", "DTSTAMP", "RECURRENCE-ID", "DTSTART", "DTEND", "DURATION",
	"ORGANIZER", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "TRANSP", "CLASS", "PRIORITY", "URL",
	"CREATED", "LAST-MODIFIED"}

// onceProperties maps each of onceNames to its index.
var onceProperties = func() map[string]int {
	m := make(map[string]int, len(onceNames))
	for i, n := range onceNames {
		m[n] = i
	}
	return m
}()

// again reports whether p repeats a property that an event has once. The first one
// that is not empty counts. If a later one differs, it is listed.
func (x *eventReader) again(p *ics.BaseProperty) bool {
	i, once := onceProperties[p.IANAToken]
	if !once {
		return false
	}
	first, empty := x.first[i], strings.TrimSpace(p.Value) == ""
	switch {
	case first == nil && !empty:
		x.first[i] = p
	case first != nil && !empty && (p.Value != first.Value || paramValue(p, "TZID") != paramValue(first, "TZID")):
		x.skipped.addf("%s stands twice: %.60q counts, and %.60q does not", p.IANAToken, first.Value, p.Value)
	}
	return first != nil
}

// value returns the value of a property that an event has once, or "".
func (x *eventReader) value(name string) string {
	if p := x.first[onceProperties[name]]; p != nil {
		return p.Value
	}
	return ""
}

// tellUnreadable lists the times of the event that could not be read.
func (x *eventReader) tellUnreadable() {
	e := &x.event
	for _, p := range []struct {
		name string
		none bool
	}{
		{"DTSTAMP", x.stamp.IsZero()}, {"DTSTART", e.Start.IsZero()}, {"DTEND", e.End.IsZero()},
		{"CREATED", e.Created.IsZero()}, {"LAST-MODIFIED", e.Modified.IsZero()},
	} {
		if v := x.value(p.name); v != "" && p.none {
			x.skipped.addf("%s %.60q cannot be read", p.name, v)
		}
	}
}

// tellDates lists a property of dates if fewer of them were read than it has.
func (x *eventReader) tellDates(p *ics.BaseProperty, read int) {
	if p.IANAToken != "EXDATE" && p.IANAToken != "RDATE" || x.zones.spent() {
		return
	}
	if read <= strings.Count(p.Value, ",") && strings.TrimSpace(p.Value) != "" {
		x.skipped.addf("%s %.60q has a date that cannot be read", p.IANAToken, p.Value)
	}
}
