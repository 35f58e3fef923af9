package mime

import (
	"net/mail"
	"strings"
	"time"
)

// Received is a mail as [Read] found it: its decoded header, its calendar
// objects wherever they were, and the details that distinguish an answer from a
// bounce. It repeats the claims of the mail, and trusts none of them.
type Received struct {
	// From, ReplyTo, To and Cc are the addresses of all fields of that name.
	// Names are decoded (RFC 2047). More than one From address is legal. If a limit
	// or damage hides an author, From is empty.
	From, ReplyTo, To, Cc []mail.Address
	// Sender is the mailbox that submitted the mail for From. It is nil if the
	// mail does not name one.
	Sender *mail.Address
	// DeliveredTo are the addresses to which this mail was delivered. Servers
	// note them in Delivered-To, X-Original-To, Envelope-To, X-Envelope-To,
	// X-Delivered-To and Original-Recipient. The topmost comes first, and none
	// is repeated.
	DeliveredTo []string
	// ReturnPath is the reverse path that the last server noted (RFC 5321,
	// section 4.4), without angle brackets. It is "<>" for the null path, which
	// reports carry, and "" if there is no such field.
	ReturnPath string
	// Subject is the decoded subject, on one line.
	Subject string
	// Date is the time of writing by the sender's clock. It is zero if it is
	// missing or cannot be read.
	Date time.Time
	// MessageID, InReplyTo and References are identifiers with their angle
	// brackets (RFC 5322, section 3.6.4).
	MessageID, InReplyTo string
	References           []string
	// AutoSubmitted is the keyword of the Auto-Submitted field in lower case
	// (RFC 3834, section 5), such as "auto-replied", and "" if there is none.
	AutoSubmitted string
	// Header has all fields in their order, as written: unfolded and in UTF-8,
	// but with encoded words not decoded.
	Header []Field

	// Calendars are the calendar objects in the order of the mail. The same
	// object often comes twice, as a part of the body and as an attachment. The
	// objects of a returned message are in Returned instead.
	Calendars []Part
	// Text is the text of the mail: the first text/plain body, or the first
	// HTML body without its tags if there is no text/plain, or the text of TNEF if
	// there is neither. Line ends are LF.
	Text string
	// Closed is the form in which the mail, or the first such part of it, is signed
	// or encrypted as a whole, and so was not read. It may hold a calendar. It is
	// "" if there is no such part.
	Closed Closed
	// TNEF is the winmail.dat (application/ms-tnef, MS-OXTNEF) of the mail, in which
	// Outlook sends rich text, and meetings with it. Of several, the first in the
	// mail itself counts. It is nil if there is none.
	TNEF *TNEF

	// ReportType is the kind of a multipart/report in lower case (RFC 6522,
	// section 3): "delivery-status" for a bounce, "disposition-notification"
	// for a read receipt, "feedback-report" for a complaint, and "" for other
	// mails.
	ReportType string
	// Report lists the recipients that a mail did not reach. It is nil in other
	// mails. If a server reports in words alone, DeliveryReport.Prose is set.
	Report *DeliveryReport
	// Disposition is the fate of a mail at its recipient, as a read receipt
	// says. It is nil in other mails.
	Disposition *Disposition
	// Returned is the message that a report gives back, as a part or in its text,
	// and nil if there is none.
	Returned *Returned
	// Auth are the results in Authentication-Results fields, topmost first.
	// Anyone can write such a field. The caller decides which of them count.
	Auth []AuthResult

	// Problems lists, in words for a log, everything that was odd, damaged or
	// cut off by a limit. It is nil if there was nothing.
	Problems []string
}

// Values returns the values of all header fields of that name, in their order,
// and nil if there are none. The case of name does not matter.
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
	// MediaType is the type that the part declares, in lower case. It is mostly
	// "text/calendar" or "application/ics", but a part of any type may hold a
	// calendar.
	MediaType string
	// Method is the method parameter of the Content-Type in upper case (RFC
	// 6047, section 2.4), and "" if there is none. The METHOD property inside
	// Data may differ.
	Method string
	// Charset is the declared character set in lower case, and "" if there is
	// none.
	Charset string
	// Filename is the name that the sender gave, decoded. It is not safe to use
	// as a path.
	Filename string
	// Disposition is the declared disposition in lower case, such as
	// "attachment" or "inline", and "" if the part declares none.
	Disposition string
	// Params are all parameters of the Content-Type, with their names in lower
	// case. It is nil if there are none.
	Params map[string]string
	// Data is the content in UTF-8, without transfer encoding and byte order
	// mark. Its line ends are unchanged.
	Data []byte
	// Embedded tells whether the part stands inside an attached or returned
	// message, and not in the mail itself.
	Embedded bool
}
