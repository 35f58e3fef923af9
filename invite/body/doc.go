// Package body writes what people read of a meeting request: a subject, a plain
// text and an HTML text that say what, when, where and who, in the reader's
// language and on the reader's clock. Outlook shows the mail's body as the text
// of the meeting, and a client without a calendar shows nothing else, so
// everything that matters is in both.
//
// Nothing that a caller hands in can become markup, a script or a link of
// another scheme than http, https, mailto and tel. The package does no I/O and
// knows nothing of mail.
//
//	r, err := body.New(nil)
//	if err != nil {
//		return err // a template of your own that does not work
//	}
//	b, err := r.Render(&body.View{
//		Event: event, Method: ical.MethodRequest, Attendee: event.Attendees[0],
//	})
//	fmt.Println(b.Subject)
//	fmt.Println(b.Text)
package body
