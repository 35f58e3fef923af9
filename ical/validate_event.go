package ical

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// check reports values that are wrong under every method, in the order of the
// fields. The UID depends on the method, see checkUID.
func (e *Event) check() (errs fieldErrors) {
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
	if len(e.Absent) > 0 {
		errs.addf("Absent", "belongs to an override of a series")
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
	errs.add("URL", firstError(checkURI(e.URL), checkLink(e.URL, linkStrict)))
	errs.add("Conference", firstError(checkURI(e.Conference), checkLink(e.Conference, linkStrict)))
	for i, c := range e.Categories {
		errs.at("Categories", i, "", firstError(checkText(c), checkFilled(c)))
	}
	errs.add("Language", checkLanguage(e.Language))
}

// checkTime checks the start, the end and the zone.
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
	if _, err := e.zone(); err != nil && !e.AllDay && !e.Floating {
		switch {
		case e.TimeZone == "":
		case e.TimeZone == e.Start.Location().String():
			err = errOwnZone(e.TimeZone)
		default:
			err = errZoneName(e.TimeZone)
		}
		errs.add("TimeZone", err)
	}
}

// checkUID checks the identifier as an organizer may choose it. An attendee repeats
// the organizer's, however odd it is.
func (e *Event) checkUID(m Method) (errs fieldErrors) {
	if m.isAnswer() || m == MethodRefresh {
		errs.add("UID", checkText(e.UID))
		return errs
	}
	errs.add("UID", checkLine(e.UID))
	if e.UID != strings.TrimSpace(e.UID) {
		errs.addf("UID", "begins or ends with a space")
	}
	if len(e.UID) > 255 {
		errs.addf("UID", "has %d octets, 255 are allowed", len(e.UID))
	}
	return errs
}

// checkOverrides checks the overrides alone and with the values of the series.
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
			errs.addf(indexed("Overrides", i, "UID"), "differs from the UID of the series")
		} else if len(o.Overrides) > 0 || o.Recurrence != nil {
			errs.addf(indexed("Overrides", i, "Recurrence"), "an override is one occurrence and cannot be a series")
		} else if !o.Cancelled {
			full := e.Override(i)
			errs.inside("Overrides", i, slices.DeleteFunc(full.check(), o.inherits))
		}
		errs.inside("Overrides", i, e.Overrides[i].checkOwn())
	}
}

// checkOwn checks the fields of an override that do not become fields of the
// occurrence.
func (e *Event) checkOwn() (errs fieldErrors) {
	if e.TimeZone != "" && !e.Cancelled && !e.Floating {
		if _, err := LoadLocation(e.TimeZone); err != nil {
			errs.add("TimeZone", errZoneName(e.TimeZone))
		}
	}
	e.checkAbsent(&errs)
	if e.Cancelled {
		e.checkLinks(&errs)
	}
	return errs
}

// checkLinks checks the links of a cancelled override, because a program may show
// them, or bring the occurrence back. The other fields of the override may be wrong.
func (e *Event) checkLinks(errs *fieldErrors) {
	errs.add("URL", checkLink(e.URL, linkStrict))
	errs.add("Conference", checkLink(e.Conference, linkStrict))
	for i, l := range e.Attachments {
		errs.at("Attachments", i, "URL", checkLink(l.URL, linkData))
	}
	for i, p := range e.Extra {
		errs.at("Extra", i, "Value", checkLinkOf(p.Name, p.Params, p.Value))
	}
}

// errZoneName is the error for a name that [LoadLocation] does not know.
func errZoneName(name string) error {
	return fmt.Errorf("%.60q is not the IANA or Windows name of a time zone", name)
}

// errOwnZone is the error for a name that only the Location of Start has. Decode makes
// such a Location if nothing but the file describes the zone.
func errOwnZone(name string) error {
	return fmt.Errorf("%.60q is the name of Start's Location alone, as the file of an event may describe it; "+
		"no other program knows its clock, and JSON does not keep it: set TimeZone to an IANA or Windows name", name)
}

// inherits reports whether an override takes the field of an error from its
// series. The error is then reported for the series already.
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
	if e.NoForward && e.hasExtra(noForwardName) {
		errs.addf("NoForward", "Extra has %s too", noForwardName)
	}
	errs.add("Created", checkYear(e.Created))
	errs.add("Modified", checkYear(e.Modified))
}

func (e *Event) checkLists(errs *fieldErrors) {
	for i, l := range e.Attachments {
		errs.at("Attachments", i, "URL", firstError(checkURI(l.URL), checkFilled(l.URL), checkLink(l.URL, linkData)))
		errs.at("Attachments", i, "MediaType", checkMediaType(l.MediaType))
		errs.at("Attachments", i, "Name", checkLine(l.Name))
	}
	for i := range e.Extra {
		errs.inside("Extra", i, e.Extra[i].check())
	}
}

// checkAligned refuses a series whose start is not an instance of its rule.
// Outlook leaves such a start out, and other clients show it beside the rule.
func (e *Event) checkAligned(errs *fieldErrors) {
	c, err := e.wallClock()
	if err != nil || e.Start.IsZero() || e.Recurrence == nil || len(e.Recurrence.check()) > 0 {
		return
	}
	if e.Recurrence.startsOn(c.wall(e.Start)) {
		return
	}
	s, ok := e.expansion(c)
	if !ok {
		errs.addf("Recurrence.ByDay", "has an ordinal that no month has, or days both with and without one")
		return
	}
	until := e.Recurrence.Until
	if !until.IsZero() && c.wall(until).Before(s.start) {
		return // a matter of Until, see the lint rule recurrence-until
	}
	first, ok := s.aligned()
	switch {
	case ok:
	case first.IsZero():
		errs.addf("Recurrence", "has no occurrence at or after Start")
	case c.allDay:
		errs.addf("Start", "%s is not an occurrence of the rule; the first is %s",
			s.start.Format(time.DateOnly), first.Format(time.DateOnly))
	default:
		errs.addf("Start", "%s is not an occurrence of the rule; the first is %s",
			e.Start.In(c.loc).Format(time.RFC3339), instant(first.Unix(), c.loc).Format(time.RFC3339))
	}
}
