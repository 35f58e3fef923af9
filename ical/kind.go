package ical

import "strings"

// kind is how the value of a property is held in the model.
type kind int

const (
	kindText kind = iota // as people read it; escaped on the wire
	kindRaw              // as it stands on the wire
)

// isRaw names the properties whose default value type is not TEXT (RFC 5545,
// section 3.8, and RFC 7986), and the TEXT lists and structures, in which a
// separator could not be told from a character once they were unescaped.
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

// valueKind tells TEXT from the rest: by name, else by the VALUE parameter.
func valueKind(name string, types []string) kind {
	if isRaw(name) || len(types) == 1 && !strings.EqualFold(types[0], "TEXT") {
		return kindRaw
	}
	return kindText
}
