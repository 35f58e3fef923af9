package desktest

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// numbering is a sender that gives each mail a receipt.
type numbering struct {
	invite.Sender
	n atomic.Int32
}

func (s *numbering) SendReceipt(ctx context.Context, m *invite.Message) (invite.Receipt, error) {
	return invite.Receipt{ID: receipt(s.n.Add(1))}, s.Sender.Send(ctx, m)
}

// receipt returns the receipt of mail n.
func receipt(n int32) string { return fmt.Sprintf("0102019375e2a1b0-1111-2222-%08d", n) }

// TestReceipts stores the receipts of mails, and finds a mail by the receipt alone: in a
// report whose Message-ID a provider has replaced, and in a report of its API.
func TestReceipts(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(3))
		d := open(w.T, w.db, &desk.Options{Now: w.clock.Now}, invite.New(&numbering{Sender: w.mails}, w.o))
		if err := d.Deliver(w.Context(), uid); err != nil {
			w.Fatal(err)
		}
		var ids []string
		for _, x := range w.meeting(uid).Deliveries {
			ids = append(ids, x.Receipt)
		}
		check(w, "receipts", fmt.Sprint([]string{receipt(1), receipt(2), receipt(3)}), fmt.Sprint(ids))

		report := "From: MAILER-DAEMON@example.com\r\nTo: desk@example.com\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
			"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n" +
			"Final-Recipient: rfc822; " + address(1) + "\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" +
			"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + receipt(2) + "@eu-west-1.amazonses.com>\r\n\r\n--b--\r\n"
		r := w.receive([]byte(report))
		if r.UID != uid || r.Outcome.Verdict != invite.VerdictUndeliverable {
			w.Errorf("Receive = %+v", r)
		}
		o := must(w.Undelivered(w.Context(), receipt(3), "", "mailbox full"))(w)
		check(w, "Undelivered by receipt", invite.VerdictUndeliverable, o.Verdict)
		o = must(w.Undelivered(w.Context(), strings.Trim(w.meeting(uid).Deliveries[2].MessageID, "<>"), "", ""))(w)
		check(w, "Undelivered without angle brackets", invite.VerdictDuplicate, o.Verdict)
		w.checkStates("after the reports", uid, invite.DeliveryDelivered, invite.DeliveryUndelivered, invite.DeliveryUndelivered)
		check(w, "receipt after the report", receipt(2), w.meeting(uid).Deliveries[1].Receipt)
	})
}

// TestReceiptOfSeveral has mails of two meetings with one receipt, because servers use the
// numbers of their queues again. A report names the recipient, or means neither.
func TestReceiptOfSeveral(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uids := []string{w.send(lunch(2)), w.send(lunch(2))}
		for i, uid := range uids {
			w.deliver(uid)
			must(w.db.Exec(fmt.Sprintf(`UPDATE convene_mails SET receipt = '4bQw2J0z' WHERE uid = '%s' AND n = %d`, strings.ToLower(uid), i)))(w)
		}
		o := must(w.Undelivered(w.Context(), "4bQw2J0z", "", "mailbox full"))(w)
		check(w, "Undelivered of one of two", invite.VerdictUnknownEvent, o.Verdict)
		for i, uid := range uids {
			o = must(w.Undelivered(w.Context(), "4bQw2J0z", address(i), "mailbox full"))(w)
			check(w, "Undelivered of "+address(i), invite.VerdictUndeliverable, o.Verdict)
			check(w, "state", invite.DeliveryUndelivered, w.meeting(uid).Deliveries[i].State)
			check(w, "state of the other mail", invite.DeliveryDelivered, w.meeting(uid).Deliveries[1-i].State)
		}
	})
}
