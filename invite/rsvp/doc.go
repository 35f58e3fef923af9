// Package rsvp serves the pages by which attendees answer without a calendar
// client: answer, change the answer, propose another time. [Links] makes the signed
// links in the mails, and [Handler] serves the pages behind them. The answers go
// to a [Store], such as a desk, in the same order as answers by mail.
//
// Use it if guests read their mail in programs without a calendar, or if you want the
// answers on your own pages too. docs/answer-page.md says more.
//
//	links := &rsvp.Links{Base: "https://example.com/answer", Keys: [][]byte{key}}
//	client := invite.New(sender, &invite.Options{AnswerURL: links.URL})
//	desk, err := desk.Open(ctx, db, client, nil)
//	if err != nil {
//		return err
//	}
//	pages := rsvp.NewHandler(desk, links, nil)
//	if err := pages.Validate(); err != nil {
//		return err // a setting cannot work
//	}
//	http.Handle("/answer/", pages)
//
// # Rules
//
//   - Scanners open every link of a mail, so GET and HEAD only show. A page changes
//     something if its form is sent, once.
//   - There is no login: the link is the proof. Everybody who has the mail can answer.
//   - The pages need neither script nor cookies, load nothing from elsewhere, and speak the
//     languages of package body.
package rsvp
