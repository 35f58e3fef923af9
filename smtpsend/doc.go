// Package smtpsend hands finished mails to a server: by SMTP submission
// (RFC 5321, RFC 6409) or by LMTP (RFC 2033).
//
//	sender, err := smtpsend.Open("smtp://ann:secret@mail.example.com")
//	if err != nil {
//		return err
//	}
//	defer sender.Close()
//	err = sender.Send(ctx, message)
//	var failed *smtpsend.SendError
//	if errors.As(err, &failed) {
//		for _, e := range failed.Errors {
//			log.Print(e.Address, e.Code, e.Temporary, e.Unknown)
//		}
//	}
//
// Use it if there is a mail server that takes your mails. The packages folder and sendmail
// below have senders that need no server, and package dkim signs mails. Package httpsend is
// for providers that take mails by HTTP. The package is not a mail builder, a queue or a
// transfer agent: it looks up no MX record and keeps nothing on disk.
//
// # Rules
//
//   - Nil options are safe: TLS is required, and the server's name is verified.
//   - Each recipient has a result of their own. If the server does not tell the fate of a
//     message, it is reported as unknown, not as refused.
//   - A message that was cut off is never completed.
//   - If a context ends, every phase of the conversation ends at once, except the last: Send
//     still waits for the reply to a message that was sent whole, see [Options.Finish].
//   - A message is tried again only if [Options.Retry] asks for that, and only within one
//     call of Send.
package smtpsend

// The way of a message through the package, type by type:
//
//   - Sender checks the message and hands it to its backend: server or local.
//   - submission (RFC 6409) is one call of Send. It keeps the result of each
//     recipient and decides which of them the next attempt is for.
//   - pool bounds the number of sessions and keeps idle ones for reuse.
//   - session (RFC 5321, section 3.1) is the conversation on one connection:
//     greeting, EHLO, STARTTLS and AUTH, then any number of transactions, then QUIT.
//   - transaction (RFC 5321, section 3.3) sends one message: the envelope (MAIL,
//     RCPT), DATA and the body. It returns one result for each recipient.
//   - conn writes octets and reads replies, each within a deadline.
