// Package body writes what people read of a meeting request: a subject, a plain
// text and an HTML text that say what, when, where and who. Outlook shows the
// mail's body as the text of the meeting, and a client without a calendar shows
// nothing else, so everything that matters is in both.
//
// It does no I/O and knows nothing of mail.
//
//	r := body.New(nil)
//	b, err := r.Render(&body.View{
//		Event: event, Method: ical.MethodRequest, Attendee: event.Attendees[0],
//	})
//	fmt.Println(b.Subject)
//	fmt.Println(b.Text)
package body
