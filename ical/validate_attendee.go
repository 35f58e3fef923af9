package ical

import (
	"github.com/convene-go/convene/internal/address"
)

// check reports invalid fields. If empty is true, the person has no field that
// could be invalid.
func (p Person) check(empty bool) (errs fieldErrors) {
	if empty {
		return nil
	}
	errs.add("Name", checkName(p.Name))
	errs.add("Email", checkEmail(p.Email))
	errs.add("SentBy", checkIfFilled(p.SentBy, checkEmail))
	return errs
}

// checkAttendees checks each attendee, and refuses an address that comes twice.
// Addresses are compared without case, because mail servers and clients do so.
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
