package mime

import (
	"net/mail"
	"time"
)

// Draft is a mail to be built, as plain data. [Build] checks it and never
// changes it, so several goroutines may build one Draft at once.
//
// Control characters and invalid UTF-8 are refused in every string, except that
// Text and HTML may hold HT, CR and LF. An address is ASCII before the "@",
// written as on the wire (a quoted-string with its quotes). Its domain may be
// in any script and is sent in its ASCII form (RFC 5891). A name may be in any
// script.
type Draft struct {
	// From is the author. It should be the organizer of the calendar object.
	From mail.Address
	// Sender is the mailbox that submits the mail for From, if that is another
	// one (RFC 5322, section 3.6.2). Delivery reports go there. It may be nil.
	Sender *mail.Address
	// To and Cc are the recipients. Together they have at least one. Bcc does
	// not exist, because an attendee who is in neither field cannot answer.
	To, Cc []mail.Address
	// ReplyTo are the mailboxes to which answers are sent. If it is empty,
	// answers go to From.
	ReplyTo []mail.Address
	// Subject may be empty.
	Subject string
	// Date is required. It is written in its own time zone.
	Date time.Time

	// MessageID is left@right, with or without angle brackets. If it is empty,
	// Build derives one from the content and from the domain of From.
	MessageID string
	// InReplyTo and References are the identifiers of earlier mails of the
	// conversation (RFC 5322, section 3.6.4), oldest first.
	InReplyTo  string
	References []string

	// Text is the mail for clients that show plain text only. It is required.
	Text string
	// HTML is the same text for clients that show HTML. It may be empty.
	HTML string
	// Calendar is the calendar object, sent byte for byte: UTF-8 without a byte
	// order mark, CRLF line ends, METHOD before the first component. If it is
	// empty, the mail is a plain one.
	Calendar []byte
	// Method is the METHOD of Calendar, in upper case. It is one of the methods
	// that RFC 5546, section 1.4, defines. It is required if there is a
	// Calendar, and must be empty otherwise. Exchange refuses a mail if the two
	// differ.
	Method string
	// Filename names the attached copy of Calendar; "" means "invite.ics".
	Filename string
	// NoAttachment omits that copy.
	NoAttachment bool

	// Inline are the images to which HTML refers by "cid:" and ContentID.
	Inline []File
	// Attachments follow the calendar object, in this order.
	Attachments []File
	// Header are further header fields, in this order. "Auto-Submitted:
	// auto-generated" on the mails of a service keeps out-of-office answers
	// away. Never use "auto-replied" there, which is the value for such answers
	// (RFC 3834, section 5).
	Header []Field
}

// File is a part of a [Draft] besides its text and its calendar object.
type File struct {
	// Name is the file name, without a path. Attachments need one.
	Name string
	// MediaType is "type/subtype" without parameters, as in "image/png". ""
	// means "application/octet-stream". The types multipart/* and message/* are
	// refused. Text should be UTF-8.
	MediaType string
	// ContentID is left@right, with or without angle brackets. HTML refers to
	// it as "cid:left@right" (RFC 2392). It is required and unique in Inline,
	// and must be empty in Attachments.
	ContentID string
	// Data is the content, sent byte for byte.
	Data []byte
}

// Field is a header field of a [Draft] for which Draft has no field of its own.
type Field struct {
	// Name consists of ASCII letters, digits, "-" and "_". It must not be the
	// name of a field that Build writes itself, nor Bcc, Return-Path, Received,
	// Resent-* or Content-*.
	Name string
	// Value is sent unchanged if it is ASCII, and folded at its spaces. Other
	// values become encoded-words (RFC 2047), which is right for free text.
	Value string
}
