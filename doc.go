// Package convene is the root of a library that sends meeting requests which
// Outlook, Gmail, Apple Mail and Thunderbird recognise, over SMTP alone, and that
// takes the answers in. This package holds only documentation. The others are:
//
//   - [github.com/convene-go/convene/invite/desk]: meetings in SQLite or PostgreSQL, with
//     their mails and answers. A service starts here, with docs/first-service.md.
//   - [github.com/convene-go/convene/invite]: one call that invites, and the
//     Meeting that it returns. A program that keeps meetings itself starts here.
//   - [github.com/convene-go/convene/invite/body]: the texts of the mails.
//   - [github.com/convene-go/convene/invite/inbox]: mails from a Maildir to a program.
//     Its package webhook takes them from SES, Mailgun, SendGrid and Postmark, and its
//     module imapinbox reads a mailbox over IMAP.
//   - [github.com/convene-go/convene/invite/invitetest]: tests without a mail server.
//   - [github.com/convene-go/convene/ical]: a meeting as a value and as iCalendar.
//   - [github.com/convene-go/convene/mime]: a calendar object in a mail.
//   - [github.com/convene-go/convene/smtpsend]: submission to a mail server, with DKIM,
//     folders and the sendmail program in packages below it.
//   - [github.com/convene-go/convene/httpsend]: submission to a provider by HTTP, for
//     programs that may not speak SMTP.
//
// The way of the data:
//
//	ical.Event ── ical.Encode ──▶ .ics ── mime.Build ──▶ mime.Message ── Sender.Send ──▶ SMTP server
//
// The programs in examples/ show the library at work.
package convene
