package mime

import (
	"net/mail"
	"time"
)

// TNEF is the message in a winmail.dat (application/ms-tnef, MS-OXTNEF), the form in
// which Outlook and Exchange send rich text, and meetings with it. It repeats the claims
// of the file, and trusts none of them.
type TNEF struct {
	// Class is the kind of the message, such as "IPM.Note" for a letter or
	// "IPM.Schedule.Meeting.Resp.Pos" for an acceptance (MS-OXCMSG, section 2.2.1.3).
	// Its case does not matter. It is "" if the file cannot be read.
	Class string
	// Subject is the subject without a prefix such as "Accepted:".
	Subject string
	// From is the person that the message speaks for, and Sender the person who sent
	// it. The Address is "" if the file has none, or only one of Exchange.
	From, Sender mail.Address
	// Text is the text of the message, with LF as line end. It is taken from rich text
	// or HTML if the message has no plain text in Unicode.
	Text string
	// Files are the attachments. Those that are calendar objects are in
	// [Received.Calendars] too, unless Meeting is set: then the message itself counts.
	Files []TNEFFile
	// Meeting has the statements of the message about a meeting. It is nil if Class is none of a
	// meeting, or if the message does not name a meeting, or not clearly one.
	Meeting *TNEFMeeting
	// Embedded tells whether the file stands inside an attached message, and not in
	// the mail itself.
	Embedded bool
	// Problems lists, in words for a log, everything that was damaged or cut off in the
	// file. It is nil if there was nothing. [Received.Problems] repeats it. For an
	// attached message it is only about its text and its meeting, and is not repeated.
	Problems []string
}

// TNEFFile is an attachment in a [TNEF].
type TNEFFile struct {
	// Name is the name that the sender gave. It is not safe to use as a path.
	Name string
	// MediaType is the type that the file declares, in lower case, and "" if it
	// declares none.
	MediaType string
	// Data is the content. It is nil if the attachment is a message.
	Data []byte
	// Message is the content if the attachment is a message of Outlook. Its Embedded
	// is true.
	Message *TNEF
}

// TNEFMeeting has the statements of a [TNEF] about a meeting, in properties of MS-OXOCAL.
type TNEFMeeting struct {
	// UID is the identifier of the meeting (PidLidGlobalObjectId). If the meeting came
	// from a calendar object, it is the UID of that object, maybe in another case.
	UID string
	// Occurrence is the original start of the occurrence that the message is about. It
	// is zero for the whole meeting. If OccurrenceIsDate is true, it is only a date, at
	// midnight in UTC, and the zone of the meeting is meant.
	Occurrence       time.Time
	OccurrenceIsDate bool
	// Sequence is the revision of the meeting, from 0.
	Sequence int
	// Stamp is when the attendee answered, or when the organizer wrote. It is zero if
	// the file does not say it.
	Stamp time.Time
	// Start and End are the times of the meeting in UTC. They are zero if they are
	// missing.
	Start, End time.Time
	// AllDay says that the times are dates in the zone of the organizer.
	AllDay bool
	// TimeZone is the name of the zone as Windows or the organizer wrote it, and "" if
	// the file names none.
	TimeZone string
	// Location is the place.
	Location string
	// Series says that the meeting repeats. Its rule is not read.
	Series bool
	// ProposedStart and ProposedEnd are the other time that an answer proposes, in UTC.
	// They are zero if it proposes none.
	ProposedStart, ProposedEnd time.Time
}
