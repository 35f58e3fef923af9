// Package imapinbox reads the mails of a mailbox over IMAP, as a source for package
// inbox. Use it if the answers arrive in a mailbox of a provider.
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
// # Rules
//
//   - No mail is lost if the program is killed, if the connection breaks, or if the server
//     is away.
//   - A mail that is taken in is marked as read. The package neither moves nor deletes any,
//     and does not read their content.
//   - Several programs on several machines may read one mailbox, see [Open].
package imapinbox
