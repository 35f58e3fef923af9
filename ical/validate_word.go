package ical

import (
	"fmt"
	"slices"
	"strings"
)

// The words of the enumerations that an event for sending may have. A reader
// keeps every word, because the sender may know more than this package.
var (
	knownRoles    = []Role{RoleRequired, RoleOptional, RoleInformational, RoleChair}
	knownKinds    = []Kind{KindIndividual, KindGroup, KindRoom, KindResource, "unknown"}
	knownStatuses = []Status{StatusNeedsAction, StatusAccepted, StatusDeclined, StatusTentative, StatusDelegated}
	knownShows    = []ShowAs{ShowBusy, ShowFree, ShowTentative, ShowOutOfOffice, ShowWorkingElsewhere}
	knownClasses  = []Sensitivity{SensitivityPublic, SensitivityPrivate, SensitivityConfidential}
)

// checkWords refuses unknown words in an event and in its overrides. If a program
// writes such a word itself, it is a misspelling, which clients would read as the
// default. Only [Event.Validate] calls it. [Encode] accepts every word, so that a
// decoded event can be answered.
func (e *Event) checkWords() (errs fieldErrors) {
	e.addWords(&errs)
	for i := range e.Overrides {
		if e.Overrides[i].Cancelled {
			continue
		}
		var part fieldErrors
		e.Overrides[i].addWords(&part)
		errs.inside("Overrides", i, part)
	}
	return errs
}

// addWords adds the errors of one event without its overrides.
func (e *Event) addWords(errs *fieldErrors) {
	errs.add("ShowAs", checkKnown(e.ShowAs, knownShows))
	errs.add("Sensitivity", checkKnown(e.Sensitivity, knownClasses))
	for i := range e.Attendees {
		a := &e.Attendees[i]
		errs.at("Attendees", i, "Role", checkKnown(a.Role, knownRoles))
		errs.at("Attendees", i, "Kind", checkKnown(a.Kind, knownKinds))
		errs.at("Attendees", i, "Status", checkKnown(a.Status, knownStatuses))
	}
}

// checkKnown accepts "", the known words, and private words, which begin with
// "x-" (RFC 5545, section 3.1: x-name). A value that is not a word is left to
// checkWord.
func checkKnown[T ~string](v T, known []T) error {
	if v == "" || slices.Contains(known, v) || strings.HasPrefix(string(v), "x-") || checkWord(string(v)) != nil {
		return nil
	}
	var list []string
	for _, k := range known {
		list = append(list, string(k))
	}
	return fmt.Errorf("%.40q is none of %s, and does not begin with \"x-\"", v, strings.Join(list, ", "))
}
