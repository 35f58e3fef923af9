// Package webhook takes in the HTTP requests with which mail services hand over mails
// and report bounces: Amazon SES through SNS, Mailgun, SendGrid and Postmark. A handler
// checks that a request is the service's, takes it apart, and gives its mails and its
// bounces to a program, for example to a desk (package desk):
//
//	h, err := webhook.Mailgun(os.Getenv("MAILGUN_SIGNING_KEY"), &webhook.Options{
//		Receive:     func(ctx context.Context, m *inbox.Mail) error { _, err := d.Receive(ctx, m); return err },
//		Undelivered: func(ctx context.Context, id, email, text string) error { _, err := d.Undelivered(ctx, id, email, text); return err },
//	})
//	http.Handle("POST /hooks/mailgun/mime", h)
//
// Use it if the answers arrive at such a service. It needs the raw mail, which each service
// has to be told to send. The handlers are written from the services' documentation, and
// have not met the services.
//
// # Rules
//
//   - One handler takes both kinds of requests of its service, mails and bounces, at one
//     address or at several.
//   - A request is acknowledged when the program has taken it in, and not before. Otherwise
//     the service sends it again later.
//   - A request that comes twice, or that somebody replays, is taken in once.
package webhook
