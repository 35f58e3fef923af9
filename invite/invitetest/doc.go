// Package invitetest helps to test programs that use package invite, without a
// mail server: [Recorder] takes the mails, and answers for those who are invited
// as Outlook, Gmail, Apple Mail, Thunderbird and Evolution do.
//
//	func TestBooking(t *testing.T) {
//		var r invitetest.Recorder
//		client := invite.New(&r, invitetest.Options(nil)) // clock and identifiers stand still
//		meeting, err := client.Send(t.Context(), booking())
//		…
//		mail := r.Reply("ann@example.com", ical.StatusDeclined, invitetest.ClientOutlook)
//		in, err := invite.Read(bytes.NewReader(mail), nil)
//		…
//		meeting, outcome := meeting.Apply(in, nil)
//	}
//
// Package invitetest/golden compares calendar objects and mails with files.
//
// Senders of your own keep the rules of [invite.Sender] if [TestSender] says so.
//
//	func TestSender(t *testing.T) {
//		invitetest.TestSender(t, func(t *testing.T) invite.Sender {
//			return mysender.New(t.TempDir())
//		})
//	}
//
// [TestLedger] does the same for an [invite.Ledger], and [NewLedger] is a ledger in
// memory for tests of programs, which can be made to fail or wait at any call.
package invitetest
