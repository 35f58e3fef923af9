package ical

import "strings"

// check reports an invalid name, and a value that its type cannot hold.
func (p *Property) check() (errs fieldErrors) {
	switch {
	case !isName(p.Name) || p.Name != strings.ToUpper(p.Name):
		errs.addf("Name", "%.40q is not a property name in upper case", p.Name)
	case eventProperties[p.Name]:
		errs.addf("Name", "%s is written from the event's own fields", p.Name)
	}
	checkParams(&errs, p.Params, nil)
	errs.add("Value", checkText(p.Value))
	if checkText(p.Value) == nil && valueKind(p.Name, p.Params["VALUE"]) == kindRaw {
		errs.add("Value", checkLine(p.Value))
	}
	errs.add("Value", checkLinkOf(p.Name, p.Params, p.Value))
	return errs
}

// checkParams checks parameters in the order of the wire. The names in own
// belong to fields and are refused.
func checkParams(errs *fieldErrors, params map[string][]string, own map[string]bool) {
	var all contentLine
	all.addParams(params)
	for _, p := range all.params {
		name, at := p.name, "Params."+p.name
		if len(p.values) == 0 {
			continue // is not written
		}
		if !isName(name) || name != strings.ToUpper(name) {
			errs.addf("Params", "%.40q is not a parameter name in upper case", name)
			continue
		}
		if own[name] {
			errs.addf(at, "is written from the attendee's own fields")
		}
		for _, v := range p.values {
			errs.add(at, checkLine(v))
		}
		errs.add(at, checkLinkParam(name, p.values))
	}
}

// eventProperties are the properties that fields of [Event] stand for, and the
// properties that [Encode] writes itself. Extra must not repeat them.
var eventProperties = setOf("BEGIN", "END", "UID", "SEQUENCE", "DTSTAMP", "RECURRENCE-ID", "DTSTART", "DTEND",
	"DURATION", "RRULE", "EXDATE", "RDATE", "ORGANIZER", "ATTENDEE", "SUMMARY", "LOCATION", "DESCRIPTION",
	"STATUS", "TRANSP", "CLASS", "PRIORITY", "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS",
	"X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-DISALLOW-COUNTER", "CATEGORIES", "URL", "CONFERENCE",
	"CREATED", "LAST-MODIFIED")

// attendeeParams are the parameters for which [Attendee] has fields.
var attendeeParams = setOf("CUTYPE", "ROLE", "PARTSTAT", "RSVP", "DELEGATED-TO", "DELEGATED-FROM",
	"SENT-BY", "CN")

// setOf returns the set of the names.
func setOf(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}
