// Package caldav is an organizer's own calendar on a CalDAV server (RFC 4791): Cyrus,
// Nextcloud and other servers on sabre/dav, SOGo, Radicale, Xandikos, iCloud, Fastmail.
//
//	calendar, err := caldav.Open("https://ann:secret@cal.example.com/", nil)
//	if err != nil {
//		return err
//	}
//	defer calendar.Close()
//	entry, drift, err := organizer.Sync(ctx, calendar, meeting, entry)
//	var failed *caldav.Error
//	if errors.As(err, &failed) {
//		log.Print(failed.Op, failed.Status, failed.Condition)
//	}
//
// A server that schedules (RFC 6638) mails the attendees of an entry by itself. It does
// not do so for an attendee with SCHEDULE-AGENT=CLIENT. So [Calendar.Put] and
// [Calendar.Delete] refuse everything else with organizer.ErrWouldMail, before
// anything is sent.
//
// The package is not a calendar client: it reads and writes single entries.
package caldav
