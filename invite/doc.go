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
// Every outgoing call goes one way: plan (which mail each attendee gets, and why),
// render, deliver, record. Nothing is sent if one mail of the call cannot be built.
// The [Meeting] that comes back is the whole memory, in three parts of which none
// rewrites another: the event as the organizer wants it, the answers of the
// attendees, and the fate of every mail. A caller keeps it anywhere, as JSON, or
// gives the client a [Ledger] that stores each mail's fate by itself.
//
// Mails that come back are read with [Read] and taken in with [Meeting.Apply], by
// a [Policy] of who may answer; answers by link or telephone with [Meeting.Answer].
// [Meeting.Status], [Meeting.Attendees] and [Meeting.Tally] say who comes.
// [Client.Respond] is the attendee's side.
//
// The organizer should be a mailbox of the sending service, because the answers
// go there and because receivers compare it with the mail's From.
package invite
