package ical

import "time"

// Event is one meeting: a single event, a whole series with its overrides, or
// (if RecurrenceID is set) one occurrence on its own. It is plain data that may
// be stored as JSON. [Event.Validate] says whether it can be sent.
type Event struct {
	// UID names the meeting for ever. Senders that create meetings fill it with a
	// lower-case UUID. Organizers can use at most 255 octets (RFC 5545, section
	// 3.8.4.7). An answer repeats the organizer's UID, whatever its length is.
	UID string `json:"uid,omitempty"`
	// Sequence counts the revisions of the meeting, from 0 (RFC 5546, section 2.1.4).
	Sequence int `json:"sequence,omitempty"`
	// RecurrenceID is the original start of the occurrence that this event
	// replaces; zero for a single event and for a whole series. On the wire it is
	// in the form and the zone of the series, both beside the series and in a
	// mail of its own. See TimeZone for how an occurrence alone knows that zone.
	//
	// If Decode reads an occurrence alone, RecurrenceID keeps the form that an
	// answer must repeat. A RECURRENCE-ID in UTC has a Location named "Z". A date
	// in an event of hours, and a clock in an unknown zone, have the offset 0. JSON
	// keeps all three, and [Event.Validate] refuses the last two.
	RecurrenceID time.Time `json:"recurrenceId,omitzero"`

	// Summary is the title. Outlook keeps 255 characters. Several lines are
	// joined with spaces on the wire.
	Summary string `json:"summary,omitempty"`
	// Description is plain text of any length. Every kind of line end is
	// accepted.
	Description string `json:"description,omitempty"`
	// Location is a place in words. If it is empty, the Conference link takes
	// its place on the wire, because Outlook shows no other field. Outlook keeps
	// 255 characters. Several lines are joined with commas on the wire.
	Location string `json:"location,omitempty"`
	// URL is a page about the meeting, an absolute URI. In each link of
	// an event, a scheme that runs a script or opens a file of the reader, such as
	// javascript: and file:, is an error. Decode leaves such links out and names them
	// in [Calendar.Skipped].
	URL string `json:"url,omitempty"`
	// Conference is the link that joins the meeting, an absolute URI (RFC 7986, section
	// 5.11). A link to Google Meet or Microsoft Teams is also written as the property for
	// which Google Calendar or Outlook show a join button. That follows specifications
	// and reports, and has not been tried with them. Decode reads these properties if
	// there is no other link.
	Conference string `json:"conference,omitempty"`
	// Categories are labels. Clients match them by their text.
	Categories []string `json:"categories,omitempty"`
	// Language is the BCP 47 tag of the texts, such as "de-CH"; empty means
	// unknown.
	Language string `json:"language,omitempty"`

	// Start is the first instant of the (first) meeting, in whole seconds:
	// anything finer is cut. For an all-day event it is a date, as midnight in
	// its own Location or in TimeZone. So are End, RecurrenceID and all times of
	// Recurrence; see [Event.Normalized].
	Start time.Time `json:"start,omitzero"`
	// End is the instant after the last one: for one whole day the next day's
	// date, and for a timed event at most 28 years after Start. If it is zero, a
	// timed event takes no time and an all-day event takes a day.
	End time.Time `json:"end,omitzero"`
	// TimeZone is the IANA name of the zone in which the meeting keeps its wall
	// clock. If it is empty, Start's Location is the zone if it has an IANA
	// name. Otherwise a single event is in UTC, and a series keeps the UTC offset
	// of Start; see [Event.Zone]. For an all-day event it only says where
	// instants such as 23:00 UTC are midnight.
	//
	// For an occurrence on its own, it is the zone of the series, in which all
	// times are written. If it is empty, RecurrenceID's Location is the zone of
	// the series if it has an IANA name. The Location of Start may be another
	// zone: it is the clock in texts for people, and JSON does not keep its name.
	//
	// In an override beside its series, it names the clock in texts for people. If
	// it is empty, that is the clock of the series.
	TimeZone string `json:"timeZone,omitempty"`
	// AllDay makes Start and End dates without a time or zone. A time that is not
	// midnight is an error.
	AllDay bool `json:"allDay,omitempty"`
	// Floating says that the zone of the times is not known: the clock of Start
	// is meant, and its instant is not. The clock is labelled UTC, and so are
	// all other times. TimeZone has the name of the zone as the file gives it,
	// if it gives one. Decode sets Floating, and [Event.Validate] refuses to send
	// such an event. An override that names a TimeZone of its own is floating
	// only if it says so itself.
	Floating bool `json:"floating,omitempty"`

	// Organizer owns the meeting and gets the answers.
	Organizer Person `json:"organizer,omitzero"`
	// Attendees are all invited people and rooms, each address once.
	Attendees []Attendee `json:"attendees,omitempty"`

	// Recurrence makes the event a series; nil is a single event.
	Recurrence *Recurrence `json:"recurrence,omitempty"`
	// Overrides are the occurrences that differ from the series, each with a
	// RecurrenceID. A zero field of an override means "as in the series", unless
	// Absent names it; see [Event.Override].
	Overrides []Event `json:"overrides,omitempty"`
	// Absent names fields of an override, by their JSON names, that are empty for
	// this occurrence although the series has a value: "location" for an
	// occurrence without a place. It belongs in Overrides only. An "end" that is
	// absent makes a timed occurrence take no time. Decode lists the fields that
	// an override of the object lacks, because nothing is inherited on the wire
	// (RFC 5545, section 3.8.4.4). A request cannot lack "organizer" and
	// "attendees", so Validate refuses the two.
	Absent []string `json:"absent,omitempty"`

	// ShowAs says how the time appears in the attendees' calendars; "" means
	// [ShowBusy].
	ShowAs ShowAs `json:"showAs,omitempty"`
	// Sensitivity is the access class (RFC 5545, section 3.8.1.3); "" means
	// [SensitivityPublic].
	Sensitivity Sensitivity `json:"sensitivity,omitempty"`
	// Priority is 1 (high) to 9 (low); 0 is written as 5, which is normal (RFC 5545, section 3.8.1.9).
	Priority int `json:"priority,omitempty"`
	// Reminders sound before the start. Outlook keeps the first. Answers and
	// cancellations are written without them.
	Reminders []Reminder `json:"reminders,omitempty"`
	// NoCounter asks Outlook to hide "propose new time" (MS-OXCICAL, section 2.1.3.1.1.20.26).
	NoCounter bool `json:"noCounter,omitempty"`
	// NoForward asks Outlook and Exchange not to let attendees forward the meeting
	// (DoNotForward, MS-OXOCAL, section 2.2.1.51). Nothing enforces it elsewhere.
	NoForward bool `json:"noForward,omitempty"`
	// Cancelled says that the meeting, or this occurrence, does not take place.
	Cancelled bool `json:"cancelled,omitempty"`

	// Created is when the meeting was first made; zero is left out.
	Created time.Time `json:"created,omitzero"`
	// Modified is when it last changed; zero is left out.
	Modified time.Time `json:"modified,omitzero"`

	// Attachments are links to documents.
	Attachments []Link `json:"attachments,omitempty"`
	// Extra are properties that no field stands for, in their order. They
	// cannot repeat a property that a field stands for.
	Extra []Property `json:"extra,omitempty"`
}

// Person is an individual or an office with a mailbox.
type Person struct {
	// Name is the text that people read, in any script. If it is empty, clients
	// show the address.
	Name string `json:"name,omitempty"`
	// Email is the bare address, without "mailto:". The domain may be non-ASCII.
	Email string `json:"email,omitempty"`
	// SentBy is the address of the person who acts for this one (RFC 5545,
	// section 3.2.18); empty means nobody.
	SentBy string `json:"sentBy,omitempty"`
}

// Link is a document that goes with a meeting (RFC 5545, section 3.8.1.1).
type Link struct {
	// URL is the address of the document, an absolute URI. It may begin
	// with data:, but see the lint rule attachment-link.
	URL string `json:"url,omitempty"`
	// MediaType is its type, such as "application/pdf"; empty means unknown.
	MediaType string `json:"mediaType,omitempty"`
	// Name is the file name that clients show (RFC 8607, section 4.2).
	Name string `json:"name,omitempty"`
}

// Property is an iCalendar property that [Event] has no field for.
type Property struct {
	// Name is the property's name: upper-case letters, digits and hyphens. An
	// underscore is allowed too, because other programs send it.
	Name string `json:"name"`
	// Params are the parameters by upper-case name, each with its values.
	Params map[string][]string `json:"params,omitempty"`
	// Value is the text as a person reads it if the value type is TEXT, the
	// default of unknown names (RFC 5545, section 3.8.8). A value of another
	// type is in the form of the wire.
	Value string `json:"value"`
}

// ShowAs says how a meeting's time appears to people who look for a free hour.
// Values that are not listed here are kept, but see [Event.Validate].
type ShowAs string

// The values of [ShowAs] (MS-OXCICAL, section 2.1.3.1.1.20.31).
const (
	ShowBusy             ShowAs = "busy"
	ShowFree             ShowAs = "free"
	ShowTentative        ShowAs = "tentative"
	ShowOutOfOffice      ShowAs = "out-of-office"
	ShowWorkingElsewhere ShowAs = "working-elsewhere"
)

// Sensitivity is the access class of an event. Values that are not listed here
// are kept, but see [Event.Validate].
type Sensitivity string

// The values of [Sensitivity] (RFC 5545, section 3.8.1.3).
const (
	SensitivityPublic       Sensitivity = "public"
	SensitivityPrivate      Sensitivity = "private"
	SensitivityConfidential Sensitivity = "confidential"
)
