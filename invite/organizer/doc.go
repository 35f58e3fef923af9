// Package organizer keeps a meeting as an entry of the organizer's own calendar, so
// that the organizer sees it like any other meeting, with everybody's answers. Outlook
// and calendar servers also track answers by themselves only for a meeting that lies
// in the organizer's calendar under the UID of the mails.
//
// Packages caldav, ews, googlecal and graphcal in the folders below speak to servers.
// [Sync] makes the entry equal to the meeting, and keeps what the organizer has added
// there, such as an alarm:
//
//	calendar, err := caldav.Open("https://ann:secret@cal.example.com/", nil)
//	…
//	entry, drift, err := organizer.Sync(ctx, calendar, meeting, entry)
//	if drift != nil {
//		// The organizer has moved, renamed or deleted the entry.
//	}
//
// Keep the [Object] that Sync returns beside the meeting, and give it to the next call.
// A desk does all of this by itself (desk.Options.Calendar). Nothing in this package
// makes a server mail anybody: the mails are those of package invite.
package organizer
