package mime

import (
	"bytes"
	"net/mail"
	"strings"
	"time"
)

// The types of a report on delivery (RFC 3464) and of a read receipt (RFC 8098).
const (
	deliveryStatus          = "delivery-status"
	dispositionNotification = "disposition-notification"
)

// reportParts maps the media types that make a report to the type of the
// report.
var reportParts = map[string]string{
	"message/delivery-status":                 deliveryStatus,          // RFC 3464
	"message/global-delivery-status":          deliveryStatus,          // RFC 6533
	"message/disposition-notification":        dispositionNotification, // RFC 8098
	"message/global-disposition-notification": dispositionNotification,
	"message/feedback-report":                 "feedback-report", // RFC 5965
}

// DeliveryReport is a server's report on a mail that it was to deliver (RFC
// 3464): a bounce, a delay, or a confirmation.
type DeliveryReport struct {
	// ReportingMTA is the name of that server, without its type. It is "" if
	// the report does not name it.
	ReportingMTA string
	// EnvelopeID is the identifier that the sender gave the envelope (RFC 3461,
	// section 4.4), and "" if there is none.
	EnvelopeID string
	// Arrived is the time at which the mail came to that server. It is zero if
	// the report does not state it.
	Arrived time.Time
	// Recipients has one entry for each recipient that the report mentions.
	Recipients []DeliveryStatus
	// Fields are all fields about the mail as a whole, in their order.
	Fields []Field
	// Prose says that the mail has no part for programs. The report was read from its
	// words and from X-Failed-Recipients. An Action is then "failed", "delayed" or
	// "delivered". A Status such as "5.0.0" may stand for a reply of SMTP alone.
	Prose bool
	// Doubt says in words why such a mail may be no report, or why its words may have
	// another meaning. It is "" if there is no doubt.
	Doubt string
}

// DeliveryStatus is the outcome for one recipient.
type DeliveryStatus struct {
	// FinalRecipient is the address that the server tried. OriginalRecipient is
	// the address that the sender gave, if it is known. Both are without type
	// and angle brackets.
	FinalRecipient, OriginalRecipient string
	// Action is "failed", "delayed", "delivered", "relayed" or "expanded" (RFC
	// 3464, section 2.3.3), or another word of the report, in lower case.
	Action string
	// Status is the code, as in "5.1.1" (RFC 3463), without comments.
	Status string
	// RemoteMTA is the name of the server that gave the answer, without its
	// type.
	RemoteMTA string
	// DiagnosticCode is that answer with its type, as in "smtp; 550 No such user".
	DiagnosticCode string
	// Fields are all fields about this recipient, in their order.
	Fields []Field
}

// Returned is the message that a report gives back, or its header.
type Returned struct {
	// Complete tells whether the body came back too. It may be cut short.
	Complete bool
	// MessageID is the identifier of the message, with its angle brackets.
	MessageID string
	// Subject is the decoded subject.
	Subject string
	// To are its recipients according to its header.
	To []mail.Address
	// Header has all fields in their order, like [Received.Header].
	Header []Field
	// Calendars are the calendar objects in the message. They were sent by its
	// author and are not answers.
	Calendars []Part
}

// reportType notes the type of a report. It ignores attached reports.
func (r *reader) reportType(kind string, at place) {
	if !at.embedded && r.out.ReportType == "" {
		r.out.ReportType = strings.ToLower(kind)
	}
}

// deliveryStatus reads groups of fields that empty lines divide: one group
// about the mail, and one about each recipient (RFC 3464, section 2.1).
func (r *reader) deliveryStatus(e *entity, at place) {
	if at.embedded {
		r.partProblem(e, "a report in an attached message is not read")
		return
	}
	r.reportType(deliveryStatus, at)
	data, problem := decode(e.body, e.encoding)
	r.partProblem(e, problem)
	if r.out.Report == nil {
		r.out.Report = new(DeliveryReport)
	}
	groups := 0
	for data = bytes.TrimLeft(data, "\r\n"); len(data) > 0; data = bytes.TrimLeft(data, "\r\n") {
		if groups++; groups > r.MaxParts+1 { // the first group is about the mail, not about a recipient
			r.limit("report of more than %d groups of fields: the rest is not read", r.MaxParts+1)
			return
		}
		end, next := headerEnd(data)
		fields := r.block(string(data[:end]), nil)
		data = data[next:]
		if len(r.out.Report.Recipients) >= r.MaxParts {
			r.limit("report on more than %d recipients: the rest is not read", r.MaxParts)
			return
		}
		r.out.Report.add(fields)
	}
}

// add adds a group of fields. The first group need not be about the mail,
// because some servers omit that group.
func (d *DeliveryReport) add(fields []Field) {
	final, action := first(fields, "Final-Recipient"), first(fields, "Action")
	if final == "" && action == "" {
		d.Fields = append(d.Fields, fields...)
		if _, name := cutType(first(fields, "Reporting-MTA")); name != "" {
			d.ReportingMTA = name
		}
		if id := first(fields, "Original-Envelope-Id"); id != "" {
			d.EnvelopeID = id
		}
		if date, err := parseDate(first(fields, "Arrival-Date")); err == nil {
			d.Arrived = date
		}
		return
	}
	_, remote := cutType(first(fields, "Remote-MTA"))
	d.Recipients = append(d.Recipients, DeliveryStatus{
		FinalRecipient:    recipient(final),
		OriginalRecipient: recipient(first(fields, "Original-Recipient")),
		Action:            strings.ToLower(firstWord(action)),
		Status:            firstWord(first(fields, "Status")),
		RemoteMTA:         remote,
		DiagnosticCode:    first(fields, "Diagnostic-Code"),
		Fields:            fields,
	})
}

// cutType splits "rfc822; bob@example.com" (RFC 3464, section 2.1.2). kind is
// "" if s has no type.
func cutType(s string) (kind, value string) {
	kind, value, ok := strings.Cut(s, ";")
	if !ok {
		return "", strings.TrimSpace(s)
	}
	return strings.ToLower(strings.TrimSpace(kind)), strings.TrimSpace(value)
}

// recipient returns the address in a recipient field. If it is not a mail
// address, recipient returns the whole value.
func recipient(s string) string {
	_, value := cutType(s)
	if a := firstOf(bareAddresses(value)); a != "" {
		return a
	}
	return value
}

// firstWord returns the part of s before the first space or comment.
func firstWord(s string) string {
	if end := strings.IndexAny(s, " \t(;"); end >= 0 {
		return s[:end]
	}
	return s
}

// message reads a message inside the mail.
func (r *reader) message(e *entity, at place) {
	inside, ok := r.descend(e, at)
	if !ok || r.full() {
		return
	}
	data, problem := decode(e.body, e.encoding)
	r.partProblem(e, problem)
	child := r.entity(mailStart(data))
	inside.embedded, inside.report, inside.digest = true, false, false
	if !at.report {
		r.attach(child.fields, at, true)
	}
	if at.report && at.returned == nil {
		inside.returned = r.returned(child.fields, at)
		inside.returned.Complete = true
	}
	r.walk(child, inside)
}

// returnedHeader reads the header of a message that a report gives back
// without the body (RFC 6522, section 4).
func (r *reader) returnedHeader(e *entity, at place) {
	if at.embedded || at.returned != nil || !at.report && r.attached != nil {
		return
	}
	data, problem := decode(e.body, e.encoding)
	r.partProblem(e, problem)
	data = mailStart(data)
	end, _ := headerEnd(data)
	header := r.block(string(data[:end]), nil)
	if !at.report {
		r.attach(header, at, false)
		return
	}
	r.returned(header, at)
}

// attach notes the first message, or header of one, that is attached to a mail without a
// status part. The mail may be a bounce all the same, see [reader.finishReport].
func (r *reader) attach(header []Field, at place, complete bool) {
	if r.attached == nil && !at.embedded && len(header) > 0 {
		r.attached, r.wholeAttached = header, complete
	}
}

// returned notes the message that a report gives back. A message from an
// attached report has no place in the result. Its calendar objects do not count
// as answers, and are lost.
func (r *reader) returned(header []Field, at place) *Returned {
	m := &Returned{
		MessageID: firstOf(messageIDs(first(header, "Message-ID"))),
		Subject:   decodeWords(first(header, "Subject")),
		Header:    header,
	}
	for _, to := range values(header, "To") {
		m.To = append(m.To, r.addresses(Field{Name: "To", Value: to})...)
	}
	switch {
	case at.embedded:
		r.problem("a message returned in an attached report is not read")
	case r.out.Returned != nil:
		r.problem("report gives back several messages: the first counts")
	default:
		r.out.Returned = m
	}
	return m
}
