// Package ical holds a meeting as a value and writes and reads it as iCalendar
// (RFC 5545, 5546 and 7986), with every property that Outlook, Gmail, Apple Mail
// and Thunderbird need before they show a meeting request (MS-OXCICAL).
//
// Use it alone to check, write or read calendar objects. A program that invites
// people uses package invite, which calls it. It is not a calendar store and does
// not know about mail.
//
//	c := &ical.Calendar{
//		Method: ical.MethodRequest,
//		Stamp:  time.Now(),
//		Events: []ical.Event{{
//			UID: "7c9e6679-7425-40de-944b-e07fc1f90ae7", Summary: "Review",
//			Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
//			Organizer: ical.Person{Email: "desk@example.com"},
//			Attendees: []ical.Attendee{{Email: "ann@example.com"}},
//		}},
//	}
//	data, err := ical.Encode(c)
//
// # Rules
//
//   - An [Event] is plain data that can be stored as JSON.
//   - [Encode] is strict. Equal input gives equal bytes, and nothing in a field can add a
//     line or a property.
//   - [Decode] is lenient and limited. It reads objects as calendar programs really send
//     them, and [Calendar].Skipped lists the parts that it passed over.
//   - [Event.Validate] finds errors, and [Event.Lint] finds values that some client will
//     misread.
//   - Times are whole seconds. The times of an all-day event are dates.
//   - A series keeps its wall clock across clock changes. [VTimezone] describes a zone in a
//     form that Outlook reads right, if there is one, and [Event.Occurrences] expands a
//     series in it.
//   - A zero field of an override means "as in the series", unless Absent names it.
//
// # The model of golang-ical
//
// [Model] and [FromModel] convert to and from the component tree of
// github.com/arran4/golang-ical. The serializer of that module is not used, because
// it cannot quote a comma in a name and lets line ends through. Its parser is not used
// either, because it has no limits.
package ical
