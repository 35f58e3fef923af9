// Package mime puts a calendar object into a mail, and takes the answers out
// of the mails that come back (RFC 6047, the iCalendar Message-Based
// Interoperability Protocol; MS-OXCMAIL).
//
// [Build] turns a [Draft] into a [Message]: the envelope and the finished
// bytes, which an SMTP client sends as they are. It is strict: what it cannot
// write according to the RFCs it refuses, naming each field, and nothing that
// a field holds can add a header field, a parameter or a part. Equal drafts
// give equal bytes. [Read] takes a mail apart; it is lenient, and has a limit
// on everything.
//
// The package knows nothing of what the calendar object says, but for its
// METHOD: package ical writes and reads those. It does not send, and it does
// not sign; see package smtpsend.
//
//	d := &mime.Draft{
//		From:     mail.Address{Name: "Ada Example", Address: "ada@example.com"},
//		To:       []mail.Address{{Name: "Bob Example", Address: "bob@example.com"}},
//		Subject:  "Design review",
//		Date:     now,
//		Text:     "Design review, Wednesday 10:00, Room 4.\n",
//		Calendar: ics, // from ical.Encode
//		Method:   "REQUEST",
//	}
//	m, err := mime.Build(d)
//
// # Shape of a built mail
//
//	multipart/mixed                     only where something is attached
//	├── multipart/alternative           only where there is more than the text
//	│   ├── text/plain                  quoted-printable
//	│   ├── multipart/related           only where there are inline images
//	│   │   ├── text/html               quoted-printable
//	│   │   └── image/png …             base64, with a Content-ID
//	│   └── text/calendar; method=…     base64, no disposition
//	├── application/ics                 the same object as an attachment
//	└── application/pdf …               other attachments
//
// The calendar comes last in multipart/alternative, which has to be the first
// child of multipart/mixed (MS-OXCMAIL, section 2.1.3.3.8). It carries neither
// Content-Disposition nor Content-ID: clients that find one there treat the
// part as a file. The attached copy has no method parameter, or it would count
// as a second invitation.
package mime
