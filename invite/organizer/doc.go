// Package organizer keeps a meeting as an entry of the organizer's own calendar, so
// that the organizer sees it like any other meeting, with everybody's answers. Outlook
// and calendar servers also track answers by themselves only for a meeting that lies
// in the organizer's calendar under the UID of the mails.
//
// Packages caldav, ews, googlecal and graphcal in the folders below speak to servers.
// [Sync] makes the entry equal to the meeting:
//
//	calendar, err := caldav.Open("https://ann:secret@cal.example.com/", nil)
//	…
//	entry, drift, err := organizer.Sync(ctx, calendar, meeting, entry)
//	if drift != nil {
//		// The organizer has moved, renamed or deleted the entry.
//	}
//
// A desk does all of this by itself (desk.Options.Calendar).
//
// # Rules
//
//   - Keep the [Object] that Sync returns beside the meeting, and give it to the next call.
//   - Nothing in this package makes a server mail anybody: the mails are those of package
//     invite.
//   - Things that the organizer has added to the entry, such as an alarm, stay.
//   - A change that the organizer makes in the calendar is reported as a [Drift]. The program
//     decides about it.
package organizer
