// Package rsvp serves the pages by which attendees answer without a calendar
// client: answer, change the answer, propose another time. Links makes the signed
// links in the mails, and Handler serves the pages behind them. The answers go
// to a Store, such as a desk, in the same order as answers by mail.
//
// Scanners open every link of a mail, so GET and HEAD only show. A page changes
// something if its form is sent, once. The pages need neither script nor cookies,
// load nothing from elsewhere, and speak the languages of package body. The package
// has no login: the link is the proof. See docs/answer-page.md.
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
package rsvp
