// Package invite sends meeting requests that Outlook, Gmail, Apple Mail and
// Thunderbird show with answer buttons, and reads the mails that come back.
//
//	sender, err := smtpsend.Open("smtp://desk:secret@mail.example.com:587")
//	…
//	client := invite.New(sender, nil)
//	meeting, err := client.Send(ctx, ical.Event{
//		Summary:   "Review",
//		Start:     start,
//		End:       start.Add(time.Hour),
//		TimeZone:  "Europe/Berlin",
//		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
//		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}},
//	})
//
// Use it if the program keeps its meetings itself. If they may lie in SQLite or PostgreSQL,
// package desk keeps them, and sends and receives too.
//
// The [Meeting] that comes back holds everything that later calls need. [Client.Update],
// [Client.Cancel] and the other calls take it and return the next one. [Read] reads a mail
// that comes back, and [Meeting.Apply] takes it in. [Meeting.Answer] takes in an answer by
// link or telephone. [Meeting.Status], [Meeting.Attendees] and [Meeting.Tally] say who comes.
// [Client.Respond] is the attendee's side.
//
// # Rules
//
//   - Keep the Meeting. It is plain data, as JSON anywhere. It has three parts, none of which
//     rewrites another: the event as the organizer wants it, the answers of the attendees,
//     and the fate of every mail.
//   - A [Ledger] stores the fate of each mail by itself. With it, a program may be killed at
//     any point, and [Client.Resume] sends the rest.
//   - A call sends nothing if one of its mails cannot be built.
//   - No method returns nil for a Meeting that it was given, so
//     meeting, err = client.Update(ctx, meeting, after) loses nothing.
//   - A mail whose fate is unknown is not sent again, unless [ResendUnknown] says so.
//   - A [Policy] says whose answers count. The nil policy is as safe as the mail server. Use
//     [Strict] or a [ReplyAddress] if a wrong answer does harm.
//   - The organizer should be a mailbox of the sending service, because the answers go there
//     and because receivers compare it with the mail's From.
//
// # The way of a mail
//
// Every call that makes new mails goes one way, and sends nothing if one of its mails
// cannot be built. A mail has these stages, in this order:
//
//   - [Notice]: one calendar object for one attendee, with the reason. The [Plan] of a
//     call has many. [Client.PlanUpdate] and the other Plan methods stop here.
//   - Recipient: a notice with the address that the answer is to come to, and its
//     place in Meeting.Deliveries.
//   - Letter: the recipients of one mail. It is one recipient, unless the invitation
//     was sent with the option [OneMail].
//   - [Delivery]: the record of the mail in the Meeting, one for each recipient, with
//     its Message-ID. From here on it is pending.
//   - [mime.Draft]: the text and the calendar object of the letter.
//   - [Message]: the finished mail with its envelope. When the [Ledger] has the claim
//     of the mail, a [Sender] takes it.
//
// [Client.Resume] makes the letters of pending deliveries again, and goes on from
// there. A mail that comes back goes the other way: [mime.Received] is the mail taken
// apart, [Inbound] has its kind and the attendee who answers, and [Outcome] says what
// became of it.
package invite
