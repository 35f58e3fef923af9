// Package mime puts a calendar object into a mail, and takes the answers out
// of the mails that come back (RFC 6047, the iCalendar Message-Based
// Interoperability Protocol; MS-OXCMAIL).
//
// Use it if a program has a calendar object and its own way to send. A program that
// invites people uses package invite, which calls it. The package does not send and
// does not sign. Package smtpsend does.
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
// # Rules
//
//   - [Build] turns a [Draft] into a [Message]: the envelope and the finished bytes, which
//     an SMTP client sends as they are. Equal drafts give equal bytes.
//   - Build is strict. If the RFCs do not allow a value, it refuses the draft and names each
//     such field. No value can add a header field, a parameter or a part.
//   - [Read] takes a mail apart. It is lenient, and has a limit on everything.
//   - The package reads no property of a calendar object except METHOD and the first UID.
//     It also checks its octets, its line ends and its first line. Package ical writes and
//     reads such objects.
//
// # Shape of a built mail
//
//	multipart/mixed                     only if something is attached
//	├── multipart/related               only if there are inline images
//	│   ├── multipart/alternative       only if there is more than the text
//	│   │   ├── text/plain              7bit or quoted-printable
//	│   │   ├── text/html               7bit or quoted-printable
//	│   │   └── text/calendar; method=… base64, no disposition
//	│   └── image/png …                 base64, with a Content-ID
//	├── application/ics                 the same object as an attachment
//	└── application/pdf …               other attachments
//
// The calendar comes last in multipart/alternative. This has to be the first child
// of multipart/mixed, or of multipart/related if there are images (MS-OXCMAIL,
// sections 2.1.3.3.8.2 and 2.1.3.3.8.3). The calendar has neither a Content-Disposition
// nor a Content-ID, because clients would treat a part with one of these as a file.
// The attached copy has no method parameter. Otherwise it would count as a second
// invitation.
//
// A text in ASCII goes as it is if its lines have at most 900 octets and nothing
// that a server on its way may change. Every other text goes in quoted-printable.
//
// # Stages of a built mail
//
//  1. A [Draft] holds the values that the caller wants in the mail.
//  2. The checked draft (checkedDraft, made by check in build_check.go) holds
//     the same values in the form in which they are sent.
//  3. The workspace (build_workspace.go) is the memory in which the mail is put
//     together. Workspaces come from a pool. In it, the texts and the calendar
//     object are encoded (build_text.go, build_calendar.go).
//  4. The frame (build_frame.go) is the encoded mail below its header, with gaps
//     for texts, calendar object and boundaries. enmime encodes it from a tree
//     of parts (build_parts.go). Mails of the same layout share a frame.
//  5. The [Message] is header, frame and the values of its gaps, joined. The
//     checked draft writes its header (build_message_header.go, with the syntax
//     of build_header_writer.go) and its envelope (build_envelope.go). The
//     boundaries are made from the Message-ID. A draft without one gets it from a
//     digest of the content (build_digest.go).
//
// A [Batch] keeps the frame, texts and calendar object of its last mail for the
// next one (build.go).
//
// # Stages of a read mail
//
// read_header.go splits a header into fields, and read_fields.go decodes those
// of the mail. read_multipart.go walks through the parts. Each part without
// parts inside goes to read_part.go, and reports and returned messages go to
// read_report.go. The result is a [Received].
package mime
