// Package graphcal keeps the entries of meetings in a calendar of Exchange Online, through
// Microsoft Graph. It has been run against a fake server only, which was written from the
// documentation of Microsoft, and has never met the real service.
//
// Graph mails every attendee of an entry, and no parameter stops it. The entry
// therefore has no attendees. Their names and answers stand as text below the
// description. Graph also makes the UID itself, so an entry is reserved before the meeting
// is sent:
//
//	client := config.Client(ctx) // golang.org/x/oauth2, permission Calendars.ReadWrite
//	calendar := graphcal.New(client, "olga@example.com", nil)
//	event.UID, err = calendar.Reserve(ctx, orderID, event) // The same key gives the same UID.
//	…
//	meeting, err := invites.Send(ctx, event, invite.AllowLint("uid-exchange"))
//	…
//	entry, drift, err := organizer.Sync(ctx, calendar, meeting, entry)
//	if errors.Is(err, organizer.ErrWouldMail) {
//		// The organizer has invited somebody in Outlook.
//	}
//
// The lint rule uid-exchange is about UIDs in the form of Exchange that Exchange has not
// made. Here it has made it. If the meeting is not sent after all, call [Calendar.Delete] with the UID.
//
// # The content of an entry
//
// The data that was written last lies in an extended property of the entry, which people
// do not see. [Calendar.Get] returns it, with what the organizer has changed in the fields
// that Outlook shows: title, description, place, time, rule, free or busy, sensitivity,
// and attendees. If the packed data is longer than 32,000 octets, Get returns only these
// fields.
//
//   - Reminders and categories are the organizer's own. They are neither read nor written.
//   - If the entry has attendees, Put and Delete return ErrWouldMail and change nothing.
//   - If the entry is a Teams meeting, its body is not written, because the join link is
//     part of it.
//   - Graph holds one rule, as Outlook shows it. Put refuses added dates, and rules on day
//     29 to 31, which Outlook moves to the last day of a shorter month.
//   - The occurrences from 90 days ago to two years from now are compared and written.
//
// A series with changed occurrences is several resources, so it takes several requests.
// If one of them fails, the next Put finishes the work.
package graphcal
