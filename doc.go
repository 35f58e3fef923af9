// Package convene is the root of a library that sends meeting requests by mail, in the
// form that Outlook, Gmail, Apple Mail and Thunderbird recognise, and takes the answers
// in. This package holds only documentation.
//
// Use it if a program invites people to meetings: a booking service, a room desk, a
// course. It is not a calendar, a mail server or a library for other mails.
//
//	sender, err := smtpsend.Open("smtp://desk%40example.com:password@mail.example.com:587")
//	if err != nil {
//		return err
//	}
//	defer sender.Close()
//	client := invite.New(sender, nil)
//	meeting, err := client.Send(ctx, ical.Event{
//		Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
//		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
//		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}},
//	})
//
// # Packages
//
//   - [github.com/convene-go/convene/invite/desk]: meetings in SQLite or PostgreSQL, with
//     their mails and answers. A service starts here, with docs/first-service.md.
//   - [github.com/convene-go/convene/invite]: one call that invites, and the
//     Meeting that it returns. A program that keeps meetings itself starts here.
//   - [github.com/convene-go/convene/invite/body]: the texts of the mails.
//   - [github.com/convene-go/convene/invite/rsvp]: pages by which people answer without a
//     calendar client.
//   - [github.com/convene-go/convene/invite/inbox]: mails from a Maildir to a program.
//     Its package webhook takes them from SES, Mailgun, SendGrid and Postmark, and its
//     module imapinbox reads a mailbox over IMAP.
//   - [github.com/convene-go/convene/invite/organizer]: the meeting in the organizer's own
//     calendar, on CalDAV servers, Exchange, Google and Microsoft 365.
//   - [github.com/convene-go/convene/invite/invitetest]: tests without a mail server.
//   - [github.com/convene-go/convene/ical]: a meeting as a value and as iCalendar.
//   - [github.com/convene-go/convene/mime]: a calendar object in a mail.
//   - [github.com/convene-go/convene/smtpsend]: submission to a mail server, with DKIM,
//     folders and the sendmail program in packages below it.
//   - [github.com/convene-go/convene/httpsend]: submission to a provider by HTTP, for
//     programs that may not speak SMTP.
//
// # The way of the data
//
//	ical.Event ── ical.Encode ──▶ .ics ── mime.Build ──▶ mime.Message ── Sender.Send ──▶ SMTP server
//
// The answer comes back through mime.Read, invite.Read and Meeting.Apply. The programs in
// examples/ show the library at work, and docs/ gives the reasons.
//
// # Rules
//
// These hold in all packages:
//
//   - Nil options are right and safe. An option that gives up safety has Insecure in its name.
//   - If a field is wrong, the error names it, and nothing is sent.
//     [github.com/convene-go/convene/ical.FieldErrors] lists the fields of any error.
//   - Reading is lenient and has limits. Writing is strict, and equal input gives equal bytes.
//   - Values of the caller are never changed, and no package keeps settings in variables,
//     except for the default client of package invite.
package convene
