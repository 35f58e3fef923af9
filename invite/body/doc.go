// Package body writes the part of a meeting request that people read: a subject,
// a plain text and an HTML text. They name the meeting, its time, its place and
// its people, in the reader's language and time zone.
//
// Package invite uses it by itself. Use it directly to show the same text on a page,
// or to set a brand, texts or templates of your own ([Options]). The package does no
// I/O and knows nothing about mail.
//
//	r, err := body.New(nil)
//	if err != nil {
//		return err // one of your own templates does not work
//	}
//	b, err := r.Render(&body.View{
//		Event: event, Method: ical.MethodRequest, Attendee: event.Attendees[0],
//	})
//	fmt.Println(b.Subject)
//	fmt.Println(b.Text)
//
// # Rules
//
//   - Outlook shows the mail's body as the text of the meeting, and a client without a
//     calendar shows nothing else. So everything that matters is in both texts.
//   - The values of an event cannot become markup, a script, or a link of a scheme other
//     than http, https, mailto and tel.
//   - The reader's own time stands first. If the meeting keeps the clock of another zone,
//     that time stands below it.
package body
