// Package smtpsend hands finished mails to a server: by SMTP submission
// (RFC 5321, RFC 6409) or by LMTP (RFC 2033).
//
//	sender, err := smtpsend.Open("smtp://ann:secret@mail.example.com")
//	if err != nil {
//		return err
//	}
//	defer sender.Close()
//	err = sender.Send(ctx, message)
//	var delivery *smtpsend.DeliveryError
//	if errors.As(err, &delivery) {
//		for _, r := range delivery.Recipients {
//			log.Print(r.Address, r.Err.Code, r.Err.Temporary, r.Err.Unknown)
//		}
//	}
//
// What nil options give is safe: TLS is required, the server's name is
// verified, and the end of a context ends every phase of the conversation at
// once. A message that was cut off is never completed, and one whose fate the
// server did not tell is reported as unknown, not as refused.
//
// The package is not a mail builder, a queue or a transfer agent: it looks up
// no MX record, keeps nothing on disk, and tries a message again only within a
// call of Send and where [Options.Retry] asks for that. Senders that are not to
// a server are in packages folder and sendmail; package dkim signs.
package smtpsend
