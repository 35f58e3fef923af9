package ical

import (
	"strings"

	ics "github.com/arran4/golang-ical"
)

// kind is how the value of a property is held in the model.
type kind int

const (
	kindText kind = iota // as people read it; escaped on the wire
	kindRaw              // as it stands on the wire
)

// rawProperties are those whose default value type is not TEXT (RFC 5545,
// section 3.8, and RFC 7986), and the TEXT lists and structures, in which a
// separator could not be told from a character once they were unescaped.
var rawProperties = map[string]bool{
	"CATEGORIES": true, "RESOURCES": true, "REQUEST-STATUS": true, "GEO": true,
	"ATTACH": true, "URL": true, "TZURL": true, "SOURCE": true, "CONFERENCE": true, "IMAGE": true,
	"DTSTART": true, "DTEND": true, "DUE": true, "COMPLETED": true, "RECURRENCE-ID": true,
	"DTSTAMP": true, "CREATED": true, "LAST-MODIFIED": true, "EXDATE": true, "RDATE": true,
	"RRULE": true, "EXRULE": true, "FREEBUSY": true, "DURATION": true, "TRIGGER": true,
	"TZOFFSETFROM": true, "TZOFFSETTO": true, "ATTENDEE": true, "ORGANIZER": true,
	"PERCENT-COMPLETE": true, "PRIORITY": true, "REPEAT": true, "SEQUENCE": true,
	"REFRESH-INTERVAL": true, "BEGIN": true, "END": true,
}

// valueKind tells TEXT from the rest: by name, else by the VALUE parameter.
func valueKind(p *ics.BaseProperty) kind {
	if rawProperties[p.IANAToken] {
		return kindRaw
	}
	if v := p.ICalParameters["VALUE"]; len(v) == 1 && !strings.EqualFold(v[0], "TEXT") {
		return kindRaw
	}
	return kindText
}
