package ical

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
)

// Validate reports why e cannot be sent as a meeting request (RFC 5545, section
// 3.6.1; RFC 5546, section 3.2.2), as one error with a [*FieldError] for each
// fault, which [FieldErrors] lists. A missing UID is no error, because the
// sender of the event gives it one. [Event.Lint] finds what is legal but misread
// by some client.
func (e Event) Validate() error {
	errs := e.check()
	errs = append(errs, e.checkMethod(MethodRequest)...)
	return refuse(errs...)
}

// validate reports why c cannot be encoded.
func (c *Calendar) validate() error {
	if c == nil {
		return refuse(&FieldError{Field: "Calendar", Err: errMissing})
	}
	var errs fieldErrors
	if m := c.Method; m != "" && (!isToken(string(m)) || strings.ToUpper(string(m)) != string(m)) {
		errs.addf("Method", "%.40q is not a method in upper case", m)
	}
	errs.add("ProductID", checkLine(c.ProductID))
	if c.Stamp.IsZero() {
		errs.add("Stamp", errMissing)
	}
	errs.add("Stamp", checkYear(c.Stamp))
	if len(c.Events) == 0 {
		errs.add("Events", errMissing)
	}
	for i := range c.Events {
		errs.inside("Events", i, c.validateEvent(i))
	}
	return refuse(errs...)
}

func (c *Calendar) validateEvent(i int) fieldErrors {
	e := &c.Events[i]
	errs := e.check()
	errs = append(errs, e.checkMethod(c.Method)...)
	if e.UID == "" {
		errs.add("UID", errMissing)
	}
	if c.Method != "" && c.Method != MethodPublish && e.UID != c.Events[0].UID {
		errs.addf("UID", "is not that of the first event: a mail is about one meeting (RFC 6047, section 2.2)")
	}
	return errs
}

// checkMethod reports what the method asks for and e lacks (RFC 5546, section 3.2).
func (e *Event) checkMethod(m Method) (errs fieldErrors) {
	if m == "" || m == MethodPublish {
		return nil
	}
	if e.Organizer == (Person{}) { // otherwise check has looked at it
		errs.add("Organizer.Email", errMissing)
	}
	switch m {
	case MethodRequest, MethodAdd:
		if len(e.Attendees) == 0 {
			errs.add("Attendees", errMissing)
		}
		e.checkAligned(&errs)
	case MethodReply:
		if len(e.Attendees) != 1 {
			errs.addf("Attendees", "%d in an answer, which comes from one", len(e.Attendees))
		}
	}
	return errs
}

// check reports values that are wrong under every method, in the order of the fields.
func (e *Event) check() (errs fieldErrors) {
	errs.add("UID", checkLine(e.UID))
	if e.UID != strings.TrimSpace(e.UID) {
		errs.addf("UID", "begins or ends with a space")
	}
	if len(e.UID) > 255 {
		errs.addf("UID", "has %d octets, 255 are allowed", len(e.UID))
	}
	if e.Sequence < 0 || e.Sequence > 1<<31-1 {
		errs.addf("Sequence", "%d is not between 0 and 2147483647", e.Sequence)
	}
	errs.add("RecurrenceID", checkYear(e.RecurrenceID))
	e.checkText(&errs)
	e.checkTime(&errs)
	errs.under("Organizer.", e.Organizer.check(e.Organizer == Person{}))
	checkAttendees(&errs, e.Attendees)
	if e.Recurrence != nil {
		errs.under("Recurrence.", e.Recurrence.check())
	}
	e.checkOverrides(&errs)
	e.checkFlags(&errs)
	e.checkLists(&errs)
	return errs
}

func (e *Event) checkText(errs *fieldErrors) {
	errs.add("Summary", checkText(e.Summary))
	errs.add("Description", checkText(e.Description))
	errs.add("Location", checkText(e.Location))
	errs.add("URL", checkURI(e.URL))
	errs.add("Conference", checkURI(e.Conference))
	for i, c := range e.Categories {
		errs.at("Categories", i, "", firstError(checkText(c), checkFilled(c)))
	}
	errs.add("Language", checkLanguage(e.Language))
}

func (e *Event) checkTime(errs *fieldErrors) {
	if e.Start.IsZero() {
		errs.add("Start", errMissing)
		return
	}
	errs.add("Start", firstError(checkYear(e.Start), checkAbbreviation(e.Start)))
	if !e.End.IsZero() {
		errs.add("End", firstError(checkYear(e.End), checkAbbreviation(e.End)))
		switch {
		case e.AllDay && !dateOf(e.End).After(dateOf(e.Start)):
			errs.addf("End", "is not a day after Start: the end of an all-day event is the day after its last")
		case !e.AllDay && e.End.Before(e.Start):
			errs.addf("End", "%s is before Start %s", e.End.Format(time.RFC3339), e.Start.Format(time.RFC3339))
		case e.End.After(e.Start.AddDate(horizon, 0, 0)): // its zone is not described for longer
			errs.addf("End", "is more than %d years after Start", horizon)
		}
	}
	if _, err := e.zone(); err != nil && !e.AllDay {
		if e.TimeZone != "" {
			err = fmt.Errorf("%.60q is not the IANA or Windows name of a time zone", e.TimeZone)
		}
		errs.add("TimeZone", err)
	}
}

func (p Person) check(empty bool) (errs fieldErrors) {
	if empty {
		return nil
	}
	errs.add("Name", checkName(p.Name))
	errs.add("Email", checkEmail(p.Email))
	errs.add("SentBy", checkIfFilled(p.SentBy, checkEmail))
	return errs
}

// checkAttendees compares addresses without case: to a mail server and to every
// client, two spellings are one attendee.
func checkAttendees(errs *fieldErrors, list []Attendee) {
	seen := make(map[string]int, len(list))
	for i := range list {
		errs.inside("Attendees", i, list[i].check())
		key := address.Key(list[i].Email)
		if first, again := seen[key]; again && key != "" {
			errs.addf(indexed("Attendees", i, "Email"), "is the same address as Attendees[%d]", first)
			continue
		}
		seen[key] = i
	}
}

func (a *Attendee) check() (errs fieldErrors) {
	errs.add("Name", checkName(a.Name))
	errs.add("Email", checkEmail(a.Email))
	errs.add("Role", checkWord(string(a.Role)))
	errs.add("Kind", checkWord(string(a.Kind)))
	errs.add("Status", checkWord(string(a.Status)))
	errs.add("DelegatedTo", checkIfFilled(a.DelegatedTo, checkEmail))
	errs.add("DelegatedFrom", checkIfFilled(a.DelegatedFrom, checkEmail))
	errs.add("SentBy", checkIfFilled(a.SentBy, checkEmail))
	errs.add("Language", checkLanguage(a.Language))
	if a.TimeZone != "" {
		if _, err := LoadLocation(a.TimeZone); err != nil {
			errs.addf("TimeZone", "%.60q is not the IANA or Windows name of a time zone", a.TimeZone)
		}
	}
	errs.add("Comment", checkText(a.Comment))
	checkParams(&errs, a.Params, attendeeParams)
	return errs
}

func (e *Event) checkOverrides(errs *fieldErrors) {
	if len(e.Overrides) > 0 && e.Recurrence == nil {
		errs.addf("Overrides", "belong to a series, and Recurrence is missing")
	}
	if e.Recurrence != nil && !e.RecurrenceID.IsZero() {
		errs.addf("RecurrenceID", "names one occurrence, and Recurrence makes a series")
	}
	for i := range e.Overrides {
		if o := &e.Overrides[i]; o.RecurrenceID.IsZero() {
			errs.at("Overrides", i, "RecurrenceID", errMissing)
		} else if o.UID != "" && o.UID != e.UID {
			errs.addf(indexed("Overrides", i, "UID"), "is not that of the series")
		} else if len(o.Overrides) > 0 || o.Recurrence != nil {
			errs.addf(indexed("Overrides", i, "Recurrence"), "an override is one occurrence and cannot be a series")
		} else if !o.Cancelled {
			full := e.Override(i)
			errs.inside("Overrides", i, slices.DeleteFunc(full.check(), o.inherits))
		}
	}
}

// inherits reports whether the field of an error is the series', which has the
// error already.
func (e *Event) inherits(f *FieldError) bool {
	name, _, _ := strings.Cut(f.Field, ".")
	name, _, _ = strings.Cut(name, "[")
	v := reflect.ValueOf(e).Elem().FieldByName(name)
	return name != "Start" && v.IsValid() && v.IsZero()
}

func (e *Event) checkFlags(errs *fieldErrors) {
	errs.add("ShowAs", checkWord(string(e.ShowAs)))
	errs.add("Sensitivity", checkWord(string(e.Sensitivity)))
	if e.Priority < 0 || e.Priority > 9 {
		errs.addf("Priority", "%d is not between 0 and 9", e.Priority)
	}
	for i, r := range e.Reminders {
		if r.Before < 0 || r.Before > 3650*day || r.Before%time.Second != 0 {
			errs.addf(indexed("Reminders", i, ""), "%v is not a whole number of seconds between 0 and ten years", r.Before)
		}
	}
	errs.add("Created", checkYear(e.Created))
	errs.add("Modified", checkYear(e.Modified))
}

func (e *Event) checkLists(errs *fieldErrors) {
	for i, l := range e.Attachments {
		errs.at("Attachments", i, "URL", firstError(checkURI(l.URL), checkFilled(l.URL)))
		errs.at("Attachments", i, "MediaType", checkMediaType(l.MediaType))
		errs.at("Attachments", i, "Name", checkLine(l.Name))
	}
	for i := range e.Extra {
		errs.inside("Extra", i, e.Extra[i].check())
	}
}

func (p *Property) check() (errs fieldErrors) {
	switch {
	case !isToken(p.Name) || p.Name != strings.ToUpper(p.Name):
		errs.addf("Name", "%.40q is not a property name in upper case", p.Name)
	case ownProperties[p.Name]:
		errs.addf("Name", "%s is written from the event's own fields", p.Name)
	}
	checkParams(&errs, p.Params, nil)
	errs.add("Value", checkText(p.Value))
	if checkText(p.Value) == nil && valueKind(p.Name, p.Params["VALUE"]) == kindRaw {
		errs.add("Value", checkLine(p.Value))
	}
	return errs
}

// ownProperties are those that the fields of [Event] stand for.
var ownProperties = setOf("BEGIN", "END", "UID", "SEQUENCE", "DTSTAMP", "RECURRENCE-ID", "DTSTART", "DTEND",
	"DURATION", "RRULE", "EXDATE", "RDATE", "ORGANIZER", "ATTENDEE", "SUMMARY", "LOCATION", "DESCRIPTION",
	"STATUS", "TRANSP", "CLASS", "PRIORITY", "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS",
	"X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-DISALLOW-COUNTER", "CATEGORIES", "URL", "CONFERENCE",
	"CREATED", "LAST-MODIFIED")

// attendeeParams are those that the fields of [Attendee] stand for.
var attendeeParams = setOf("CUTYPE", "ROLE", "PARTSTAT", "RSVP", "DELEGATED-TO", "DELEGATED-FROM",
	"SENT-BY", "CN")

func setOf(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

func checkParams(errs *fieldErrors, params map[string][]string, own map[string]bool) {
	var all contentLine
	all.addParams(params)
	for _, p := range all.params {
		name, at := p.name, "Params."+p.name
		if len(p.values) == 0 {
			continue // is not written
		}
		if !isToken(name) || name != strings.ToUpper(name) {
			errs.addf("Params", "%.40q is not a parameter name in upper case", name)
			continue
		}
		if own[name] {
			errs.addf(at, "is written from the attendee's own fields")
		}
		for _, v := range p.values {
			errs.add(at, checkLine(v))
		}
	}
}
