// Package googlecal keeps the entries of meetings in a Google calendar, through the Google
// Calendar API v3. It has been run against a fake server only, which was written from the
// documentation of Google, and has never met the real service.
//
// An entry is made with events.import, which takes the UID, the organizer and
// everybody's answer and mails nobody. Later changes are made with events.patch and
// events.delete with sendUpdates=none, and with the tag that was read (If-Match).
//
//	client := config.Client(ctx, token) // golang.org/x/oauth2, scope calendar.events
//	calendar := googlecal.New(client, "primary", nil)
//	entry, drift, err := organizer.Sync(ctx, calendar, meeting, entry)
//	switch {
//	case errors.Is(err, googlecal.ErrNotParticipant):
//		// The calendar is somebody else's.
//	case err != nil:
//		time.Sleep(organizer.RetryAfter(err)) // Then call Sync again.
//	case drift != nil:
//		err = desk.Update(ctx, drift.UID, drift.Update)
//	}
//
// The owner of the calendar must be the organizer or an attendee of the meeting, otherwise
// Google refuses the import.
//
// # The content of an entry
//
// Google has no field for some parts of a meeting, such as the role of an attendee. The
// data that was written last therefore lies in private extended properties of the entry,
// named convene0, convene1 and so on. [Calendar.Get] returns it, with what the organizer
// has changed in the fields that Google shows. If the packed data is longer than 28,000
// octets, Get returns only the values that Google has fields for.
//
//   - Reminders and the colour are the organizer's own. They are neither read nor written.
//   - An attendee who has sent somebody else is shown as declined.
//   - An occurrence that does not take place is an EXDATE of the series.
//
// A series with changed occurrences is several resources, so it takes several requests.
// If one of them fails, the next Put finishes the work.
package googlecal
