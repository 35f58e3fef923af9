package invitetest

import (
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"time"
)

// trace returns the header fields that the organizer's server adds on top, or ""
// if the answer names no server.
func (r *response) trace() string {
	if r.AuthServID == "" {
		return ""
	}
	d := domain(r.From)
	return fmt.Sprintf("Authentication-Results: %s;\r\n dkim=pass header.d=%s;\r\n dmarc=pass header.from=%s\r\n",
		oneLine(r.AuthServID), d, d)
}

// from returns the author of the answer for a header field.
func (r *response) from() string { return box(r.attendee.Name, r.From) }

// to returns the recipient for a header field: Reply-To of the request, or the
// organizer.
func (r *response) to() string {
	for _, a := range r.in.Mail.ReplyTo {
		return box(a.Name, a.Address)
	}
	return box(r.event.Organizer.Name, r.event.Organizer.Email)
}

// box returns a mailbox, with its name encoded and folded.
func box(name, email string) string {
	return fold((&mail.Address{Name: oneLine(name), Address: oneLine(email)}).String())
}

// subject returns the Subject: a word of the client, and the title of the meeting.
func (r *response) subject(word string) string {
	return fold(mime.QEncoding.Encode("utf-8", oneLine(word+": "+r.event.Summary)))
}

// fold breaks a header field between encoded words.
func fold(s string) string { return strings.ReplaceAll(s, "?= =?", "?=\r\n =?") }

// id returns a Message-ID. The form is the client's, and has a verb for the number
// of the answer.
func (r *response) id(form string) string {
	return fmt.Sprintf("<"+form+"@%s>", r.number, domain(r.From))
}

func (r *response) date(zone *time.Location) string { return r.Time.In(zone).Format(time.RFC1123Z) }
