// Package inbox brings mails from the place of their arrival to a program that takes
// answers in. With a desk (package desk), the program is one call:
//
//	box := inbox.Maildir("/var/mail/desk")
//	err := inbox.Run(ctx, box, func(ctx context.Context, m *inbox.Mail) error {
//		got, err := d.Receive(ctx, m)
//		if err != nil {
//			return err // the mail comes again
//		}
//		log.Print(got.UID, " ", got.Outcome.Verdict, ": ", got.Outcome.Reason)
//		return nil
//	})
//
// Without a desk, the program reads the mail, finds its meeting, and stores the answer:
//
//	err := inbox.Run(ctx, box, func(ctx context.Context, m *inbox.Mail) error {
//		in, err := invite.Read(bytes.NewReader(m.Data), &invite.ReadOptions{Recipient: m.Recipient, Verified: m.Verified})
//		if err != nil {
//			return nil // not a mail that could be an answer
//		}
//		return take(ctx, in)
//	})
//
// A [Source] is the place, and [Run] is the loop. [Maildir] is a source on the disk of this
// machine. The module imapinbox, in the folder below, has the source for a mailbox over
// IMAP, and package webhook takes the requests of mail services. Package inboxtest tests a
// source of your own.
//
// # Rules
//
//   - No mail is lost. It is marked only after the function has returned nil.
//   - A mail may come twice. [github.com/convene-go/convene/invite.Meeting.Apply] and a desk
//     take it in once.
//   - A mail that cannot be taken in is set aside, and never stops the others.
//   - The package does not read the mails: a [Mail] is octets with an identifier.
package inbox
