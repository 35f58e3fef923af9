// Package ews keeps meetings in the organizer's calendar on Exchange on premises (2007 to
// Subscription Edition), by Exchange Web Services. It has been run against a fake only: it
// is written from Microsoft's documentation, and has never spoken to an Exchange server.
//
//	calendar, err := ews.Open("https://mail.example.com/EWS/Exchange.asmx", &ews.Options{
//		Username: `EXAMPLE\ann`,
//		Password: password,
//	})
//	if err != nil {
//		return err
//	}
//	defer calendar.Close()
//	entry, drift, err := organizer.Sync(ctx, calendar, meeting, entry)
//
// Each request says SendToNone, so that Exchange mails nobody. If the organizer later
// changes or deletes the entry in Outlook, Outlook offers to mail the attendees itself.
//
// # How an entry is stored
//
//   - A new entry is one CreateItem with the iCalendar object as MimeContent. Its
//     GlobalObjectId is made from the UID (MS-OXOCAL, section 2.2.1.27), so Outlook and
//     Exchange relate the answers in the organizer's mailbox to it.
//   - A change is one UpdateItem that sets only the fields that differ. The entry is
//     never deleted and made again: Exchange has no request that does both at once,
//     so a failure in between would lose the entry or leave two. The documentation
//     says that MimeContent can be set for a calendar item in general, but not
//     that an update keeps its attendees, exceptions and answers, so it is not used.
//   - An occurrence that differs is changed by a request of its own, after the series. The
//     request for the series leaves the whole change in a property of the entry
//     (convene-unfinished), and a last request removes it. If a request in between fails, the
//     next Get, Put or Delete finds the property and does the rest first, so no
//     program sees a half of a change. If the rule or the times of a series
//     change, or an occurrence comes back that was deleted, the rule is set again, which
//     removes all exceptions. They are made again then.
//   - The Tag is the ChangeKey. UpdateItem compares it (NeverOverwrite). DeleteItem does
//     not, so a change in the moment between the comparison and the deletion is lost. The
//     deleted entry lies in Deleted Items.
//
// # Limits of Exchange
//
// The attendees' answers: Exchange counts those that reach the organizer's mailbox, and
// Get returns them. EWS has no field to write them (PidTagRecipientTrackStatus belongs to
// the recipient, and a ResponseType that is written is ignored). The documentation says that
// PARTSTAT of a new entry is imported (MS-OXCICAL, section 2.1.3.1.1.20.2.3), so answers
// that were known when the entry was made may appear. Answers that come later to an
// address of the library are not seen in Outlook.
//
// It does not keep parameters such as SCHEDULE-AGENT, properties that it does not know,
// and answers to single occurrences either. A series must have one of the patterns of
// Outlook (daily, weekly, the day or the n-th weekday of a month or year).
//
// # Authentication
//
// NTLM, Basic over TLS, or a bearer token. NTLM is sent with the channel binding of the
// TLS connection (RFC 5929), which Extended Protection asks for, so a proxy that
// ends the TLS connection makes NTLM fail on such a server. Kerberos is not supported.
package ews
