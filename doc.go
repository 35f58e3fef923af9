// Package convene is the root of a library that sends meeting requests which
// Outlook, Gmail, Apple Mail and Thunderbird recognise, over SMTP alone, and that
// takes the answers in. This package holds only documentation. The others are:
//
//   - [github.com/convene-go/convene/invite]: one call that invites, and the
//     Meeting that it returns. Start here.
//   - [github.com/convene-go/convene/invite/inbox]: mails from a Maildir to a program.
//   - [github.com/convene-go/convene/invite/invitetest]: tests without a mail server.
//   - [github.com/convene-go/convene/ical]: a meeting as a value and as iCalendar.
//   - [github.com/convene-go/convene/mime]: a calendar object in a mail.
//   - [github.com/convene-go/convene/smtpsend]: submission to a mail server.
//
// The way of the data:
//
//	ical.Event ── ical.Encode ──▶ .ics ── mime.Build ──▶ mime.Message ── Sender.Send ──▶ SMTP server
//
// The programs in examples/ show the library at work.
package convene
