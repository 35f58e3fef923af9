// Package invitetest helps to test programs that use package invite. It needs no
// mail server: [Recorder] takes the mails, and answers for the attendees as Outlook,
// Gmail, Apple Mail, Thunderbird and Evolution do.
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
// [TestSender] checks that a sender of your own keeps the rules of [invite.Sender],
// and explains each rule that it breaks.
//
//	func TestSender(t *testing.T) {
//		invitetest.TestSender(t, func(t *testing.T) invite.Sender {
//			return mysender.New(t.TempDir())
//		})
//	}
//
// [TestLedger] does the same for an [invite.Ledger]. [NewLedger] returns a ledger in
// memory, which a test can make fail or wait at any call.
package invitetest
