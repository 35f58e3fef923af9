package ical

import "strings"

// Validate reports why e cannot be sent as a meeting request (RFC 5545, section
// 3.6.1; RFC 5546, section 3.2.2). The error has a [*FieldError] for each
// fault, which [FieldErrors] lists. A missing UID is no error, because the
// sender of the event adds it. [Event.Lint] finds values that are legal but
// misread by some client.
//
// Words such as an attendee's Status must be known, or begin with "x-". An
// unknown word in an event that a program makes is a misspelling, which clients
// would read as the default. [Decode] and [Encode] keep such words.
func (e Event) Validate() error {
	n, errs := e.inForm()
	errs.addOthers(n.checkUID(MethodRequest))
	errs.addOthers(n.check())
	errs.addOthers(n.checkWords())
	errs.addOthers(n.checkMethod(MethodRequest))
	n.checkFloating(&errs)
	n.checkIDs(&errs)
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

// validateEvent reports the errors of the event at index i.
func (c *Calendar) validateEvent(i int) fieldErrors {
	e, errs := c.Events[i].inForm()
	errs.addOthers(e.checkUID(c.Method))
	errs.addOthers(c.zoneErrors(e, e.check()))
	errs.addOthers(e.checkMethod(c.Method))
	if e.UID == "" {
		errs.add("UID", errMissing)
	}
	if c.Method != "" && c.Method != MethodPublish && e.UID != c.Events[0].UID {
		errs.addf("UID", "differs from the UID of the first event: a mail is about one meeting (RFC 6047, section 2.2)")
	}
	return errs
}

// checkMethod reports properties that the method requires and e lacks (RFC
// 5546, section 3.2).
func (e *Event) checkMethod(m Method) (errs fieldErrors) {
	if m == "" || m == MethodPublish {
		return nil
	}
	if e.Organizer == (Person{}) { // otherwise check has looked at it
		errs.add("Organizer.Email", errMissing)
	}
	e.checkPeopleOfOverrides(&errs)
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
