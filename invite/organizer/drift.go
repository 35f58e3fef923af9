package organizer

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// Drift is the difference between the entry and the meeting that comes from the organizer:
// everything that was moved, renamed, cancelled or deleted in the calendar.
type Drift struct {
	// UID is the UID of the meeting.
	UID string `json:"uid"`
	// Deleted says that the entry was deleted. There are no Changes then.
	Deleted bool `json:"deleted,omitempty"`
	// Changes are the changed fields, the series before its occurrences.
	Changes []Change `json:"changes,omitempty"`
	// Event is the meeting as the calendar has it. Its Modified is the latest time that
	// the entry has of itself.
	Event ical.Event `json:"event,omitzero"`
}

// Change is one field that the organizer has changed in the calendar.
type Change struct {
	// Field is the field.
	Field Field `json:"field"`
	// RecurrenceID is the original start of the occurrence, and zero for a single event
	// and for a whole series.
	RecurrenceID time.Time `json:"recurrenceId,omitzero"`
	// Attendee is the address for FieldAttendee and FieldStatus.
	Attendee string `json:"attendee,omitempty"`
	// Before and After are the values as text, for people.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	// Overwritten says that the entry has the value of the meeting now, because the meeting
	// has changed in the same field too, or because no meeting can have the value, such
	// as an end before the start. Update does not apply such a change.
	Overwritten bool `json:"overwritten,omitempty"`
}

// Field is a field of a meeting that an organizer can change in the calendar.
type Field string

// The fields.
const (
	FieldSummary     Field = "summary"
	FieldDescription Field = "description"
	FieldLocation    Field = "location"
	FieldTime        Field = "time"
	FieldRecurrence  Field = "recurrence"
	FieldCancelled   Field = "cancelled"
	FieldAttendee    Field = "attendee"
	// FieldStatus: the calendar has an answer that the meeting does not know, because the
	// attendee's answer went to the organizer's mailbox.
	FieldStatus Field = "status"
	// FieldOther: the links of the meeting, which are URL, Conference and Attachments.
	FieldOther Field = "other"
)
