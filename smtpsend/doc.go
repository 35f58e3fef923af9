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
// Nil options are safe. TLS is required, and the server's name is verified. The
// end of a context ends every phase of the conversation at once, except the last:
// the reply to a message that was sent whole is waited for, see [Options.Finish].
// A message that was cut off is never completed. If the server does not tell the
// fate of a message, it is reported as unknown, not as refused.
//
// The package is not a mail builder, a queue or a transfer agent: it looks up
// no MX record, keeps nothing on disk, and tries a message again only within a
// call of Send and if [Options.Retry] asks for that. The packages folder and
// sendmail have senders that need no server. Package dkim signs.
package smtpsend
