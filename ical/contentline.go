package ical

import (
	"cmp"
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// contentLine is a property as it stands on the wire (RFC 5545, section 3.1).
type contentLine struct {
	name, value string
	params      []lineParam // as compareParams orders them
}

// lineParam is a parameter with its values. A parameter without values is not
// written.
type lineParam struct {
	name   string
	values []string
}

// addParams adds parameters and sorts all of them. A parameter replaces an
// existing one of the same name.
func (l *contentLine) addParams(params map[string][]string) {
	if len(params) == 0 {
		return
	}
	l.params = slices.DeleteFunc(l.params, func(p lineParam) bool { _, again := params[p.name]; return again })
	for name, values := range params {
		l.params = append(l.params, lineParam{name, values})
	}
	slices.SortFunc(l.params, compareParams)
}

// kind returns the form in which the value is held.
func (l *contentLine) kind() kind {
	for i := range l.params {
		if l.params[i].name == "VALUE" {
			return valueKind(l.name, l.params[i].values)
		}
	}
	return valueKind(l.name, nil)
}

// paramOrder is the order in which parameters are written. The value's type and
// zone come first, because people look for them first. The parameters of an
// attendee follow in Outlook's order. All others follow by name.
var paramOrder = []string{"VALUE", "TZID", "CUTYPE", "ROLE", "PARTSTAT", "RSVP",
	"DELEGATED-TO", "DELEGATED-FROM", "SENT-BY", "CN"}

// compareParams orders parameters as paramOrder says.
func compareParams(a, b lineParam) int {
	rank := func(name string) int {
		if i := slices.Index(paramOrder, name); i >= 0 {
			return i
		}
		return len(paramOrder)
	}
	return cmp.Or(cmp.Compare(rank(a.name), rank(b.name)), strings.Compare(a.name, b.name))
}

// kind is the form in which the model holds the value of a property.
type kind int

const (
	kindText kind = iota // as people read it; escaped on the wire
	kindRaw              // as it stands on the wire
)

// valueKind tells TEXT from the other value types. The name decides for the
// properties of isRaw, and the VALUE parameter for all others.
func valueKind(name string, types []string) kind {
	if isRaw(name) || len(types) == 1 && !strings.EqualFold(types[0], "TEXT") {
		return kindRaw
	}
	return kindText
}

// isRaw reports whether the model holds a property's value as it is on the
// wire. This is true for properties whose default value type is not TEXT (RFC
// 5545, section 3.8, and RFC 7986). It is also true for TEXT lists and
// structures: after unescaping, a separator could not be told from a character.
func isRaw(name string) bool {
	switch name {
	case "CATEGORIES", "RESOURCES", "REQUEST-STATUS", "GEO",
		"ATTACH", "URL", "TZURL", "SOURCE", "CONFERENCE", "IMAGE",
		"DTSTART", "DTEND", "DUE", "COMPLETED", "RECURRENCE-ID",
		"DTSTAMP", "CREATED", "LAST-MODIFIED", "EXDATE", "RDATE",
		"RRULE", "EXRULE", "FREEBUSY", "DURATION", "TRIGGER",
		"TZOFFSETFROM", "TZOFFSETTO", "ATTENDEE", "ORGANIZER",
		"PERCENT-COMPLETE", "PRIORITY", "REPEAT", "SEQUENCE",
		"REFRESH-INTERVAL", "BEGIN", "END":
		return true
	}
	return false
}

// sink receives the parts of a calendar object in the order of the wire. A line
// is only valid during the call and must not be kept.
type sink interface {
	begin(name ics.ComponentType)
	property(l *contentLine)
	timezone(tz *ics.VTimezone)
	end()
}
