// Package invitetest helps to test what goes with package invite: senders of
// your own keep the rules of [invite.Sender] if [TestSender] says so.
//
//	func TestSender(t *testing.T) {
//		invitetest.TestSender(t, func(t *testing.T) invite.Sender {
//			return mysender.New(t.TempDir())
//		})
//	}
package invitetest
