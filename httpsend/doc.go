// Package httpsend has the errors and rules of the senders by HTTP. These hand finished mails
// to the API of a provider, octet for octet as package invite built them, for programs that may not
// speak SMTP:
//
//   - package mailgun: Mailgun, POST /v3/{domain}/messages.mime
//   - package gmail: Gmail, users.messages.send
//   - package graphmail: Microsoft 365 by Graph, sendMail
//   - package cloudflare: Cloudflare Email Sending, send_raw
//   - module ses: Amazon SES, version 2, SendEmail. It is a module of its own, because of the
//     AWS signer.
//
// All of them have only been run against servers of our own, written from the vendors'
// documentation, and SES against the emulator aws-ses-v2-local.
//
// An API may change the mail. docs/http.md lists the known changes of each API, and the
// providers that have no such API.
//
//	sender, err := mailgun.New("mail.example.com", key, nil)
//	if err != nil {
//		return err
//	}
//	client := invite.New(sender, nil)
//	meeting, err := client.Send(ctx, event)
//
// # Errors
//
// Every error of Send is an [*Error], or several joined. It tells three cases apart, because
// [github.com/convene-go/convene/invite.Client] must know which mails may be sent again:
//
//   - Temporary: nobody has the mail, and a later attempt may succeed. The API has too much
//     to do, could not be reached, or did not accept the key.
//   - Refused: the API does not take this mail.
//   - Unknown: the mail was sent whole, and no answer of the API came. It may have arrived.
//
// A sender makes one attempt. Sending again is the business of the caller: a desk, or
// [github.com/convene-go/convene/invite.Client.Resume]. If the API asks for a pause
// (Retry-After), a sender waits before the next mail, for at most [MaxPause].
package httpsend
