// Package inboxtest checks that a source of mails keeps the rules of [inbox.Source], and
// explains each rule that it breaks. It is for sources of your own, such as a webhook, a
// table in a database or a POP mailbox.
//
//	func TestSource(t *testing.T) {
//		inboxtest.TestSource(t, func(t *testing.T) *inboxtest.Place {
//			queue := mysource.NewQueue(t.TempDir())
//			return &inboxtest.Place{
//				Open: func(p inboxtest.Pauses) inbox.Source {
//					return mysource.Open(queue, mysource.Retry(p.Retry), mysource.Tries(3))
//				},
//				Deliver: func(m *inbox.Mail) { queue.Add(m.Data, m.Recipient) },
//				Tries:   3, Envelope: true,
//			}
//		})
//	}
package inboxtest
