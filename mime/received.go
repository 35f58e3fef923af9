package mime

import (
	"net/mail"
	"strings"
	"time"
)

// Received is a mail as [Read] found it: the header decoded, the calendar
// objects wherever they were, and what else tells an answer from a bounce. It
// states what the mail says, and trusts none of it.
type Received struct {
	// From, ReplyTo, To and Cc are the addresses of every field of that name.
	// Names are decoded (RFC 2047); more than one From address is legal.
	From, ReplyTo, To, Cc []mail.Address
	// Sender is who submitted the mail for From; nil where it does not say.
	Sender *mail.Address
	// DeliveredTo are the addresses that this mail came to, as servers noted
	// them in Delivered-To, X-Original-To, Envelope-To, X-Envelope-To,
	// X-Delivered-To and Original-Recipient, topmost first, without repeats.
	DeliveredTo []string
	// ReturnPath is the reverse path that the last server noted (RFC 5321,
	// section 4.4), without angle brackets; "<>" for the null path that reports
	// carry, and "" where there is no such field.
	ReturnPath string
	// Subject is the decoded subject, on one line.
	Subject string
	// Date is the time of writing by the sender's clock; zero where it is
	// missing or cannot be read.
	Date time.Time
	// MessageID, InReplyTo and References are identifiers with their angle
	// brackets (RFC 5322, section 3.6.4).
	MessageID, InReplyTo string
	References           []string
	// AutoSubmitted is the keyword of the Auto-Submitted field in lower case
	// (RFC 3834, section 5), such as "auto-replied"; "" where there is none.
	AutoSubmitted string
	// Header has all fields in their order, as written: unfolded and in UTF-8,
	// encoded words not decoded.
	Header []Field

	// Calendars are the calendar objects in the order of the mail. The same
	// one often comes twice, as a part of the body and as an attachment. Those
	// of a returned message are in Returned instead.
	Calendars []Part
	// Text is what the mail says to a person: the first text/plain body, or
	// else the first HTML body without its tags. Line ends are LF.
	Text string
	// TNEF tells that the mail holds a winmail.dat (application/ms-tnef,
	// MS-OXTNEF), in which Outlook hides the calendar. It is not read.
	TNEF bool

	// ReportType is the kind of a multipart/report in lower case (RFC 6522,
	// section 3): "delivery-status" for a bounce, "disposition-notification"
	// for a read receipt, "feedback-report" for a complaint; "" for none.
	ReportType string
	// Report says which recipients a mail did not reach; nil in other mails.
	Report *DeliveryReport
	// Returned is the message that a report gives back; nil where it does not.
	Returned *Returned
	// Auth are the results in Authentication-Results fields, topmost first.
	// Anyone can write such a field: which of them counts is for the caller.
	Auth []AuthResult

	// Problems says what was odd, damaged or cut off by a limit, in words for a
	// log; nil where nothing was.
	Problems []string
}

// Values returns the values of all header fields of that name, in their order;
// nil where there is none. The case of name does not matter.
func (m *Received) Values(name string) []string {
	return values(m.Header, name)
}

// values returns the values of the fields of that name.
func values(fields []Field, name string) []string {
	var found []string
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			found = append(found, f.Value)
		}
	}
	return found
}

// first returns the value of the first field of that name, or "".
func first(fields []Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Part is a calendar object in a mail.
type Part struct {
	// MediaType is the type that the part declares, in lower case: mostly
	// "text/calendar" or "application/ics", but anything may hold a calendar.
	MediaType string
	// Method is the method parameter of the Content-Type in upper case (RFC
	// 6047, section 2.4); "" where there is none. The METHOD property inside
	// Data may differ.
	Method string
	// Charset is the declared character set in lower case; "" where there is
	// none.
	Charset string
	// Filename is the name that the sender gave, decoded. It is no safe path.
	Filename string
	// Disposition is "attachment", "inline" or what else the part says of
	// itself, in lower case; "" where it says nothing.
	Disposition string
	// Params are all parameters of the Content-Type, names in lower case; nil
	// where there are none.
	Params map[string]string
	// Data is the content: transfer encoding undone, in UTF-8 without a byte
	// order mark, line ends as they came.
	Data []byte
	// Embedded tells that the part stands inside an attached or returned
	// message, not in the mail itself.
	Embedded bool
}
