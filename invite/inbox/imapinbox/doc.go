// Package imapinbox reads the mails of a mailbox over IMAP, as a source for package
// inbox:
//
//	box, err := imapinbox.Open("imaps://desk%40example.com:password@mail.example.com")
//	if err != nil {
//		return err
//	}
//	defer box.Close()
//	err = inbox.Run(ctx, box, func(ctx context.Context, m *inbox.Mail) error {
//		_, err := d.Receive(ctx, m)
//		return err
//	})
//
// It does not read what is in the mails, and it neither moves nor deletes any: a mail
// that is taken in is marked as read. No mail is lost if the program is killed, if the
// connection breaks, or if the server is away. Several programs on several machines may
// read one mailbox, see [Open].
package imapinbox
