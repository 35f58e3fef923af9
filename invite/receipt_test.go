package invite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// provider is a sender that replaces the Message-ID, as Amazon SES does.
type provider struct {
	mails []*mime.Message // as they arrive
	of    bool            // gives each recipient a receipt
	err   error           // the error beside the receipt
}

func (p *provider) Send(context.Context, *mime.Message) error {
	return errors.New("Send is not to be called")
}

func (p *provider) SendReceipt(_ context.Context, m *mime.Message) (invite.Receipt, error) {
	n := len(p.mails)
	r := invite.Receipt{ID: receiptOf(n)}
	if p.of {
		r.Of = make(map[string]string)
		for i, to := range m.To[1:] {
			r.Of[to] = receiptOf(100 + i)
		}
	}
	arrived := *m
	arrived.Data = bytes.Replace(m.Data, []byte("\r\nMessage-ID: "+m.ID), []byte("\r\nMessage-ID: <"+r.ID+"@eu-west-1.amazonses.com>"), 1)
	if bytes.Equal(arrived.Data, m.Data) {
		return invite.Receipt{}, errors.New("no Message-ID")
	}
	p.mails = append(p.mails, &arrived)
	return r, p.err
}

// receiptOf returns the receipt of mail n.
func receiptOf(n int) string {
	return fmt.Sprintf("0102019375e2a1b0-%08x-1111-2222-3333-444455556666-000000", n)
}

// TestReceipt keeps the names that a sender gives to mails.
func TestReceipt(t *testing.T) {
	p := new(provider)
	m := mustSend(t, invite.New(p, fixed()), trio())
	for i, d := range m.Deliveries {
		check(t, "receipt", receiptOf(i), d.Receipt)
	}
	check(t, "JSON", true, strings.Contains(string(encode(t, m)), `"receipt":"`+receiptOf(0)+`"`))

	p = &provider{of: true}
	m = mustSend(t, invite.New(p, fixed()), trio(), invite.OneMail())
	for i, d := range m.Deliveries {
		want := receiptOf(0)
		if i > 0 {
			want = receiptOf(100 + i - 1)
		}
		check(t, "receipt of one recipient", want, d.Receipt)
	}
}

// named is an error about one recipient.
type named struct{ to string }

func (n *named) Error() string     { return "no such mailbox" }
func (n *named) Recipient() string { return n.to }
func (n *named) Refused() bool     { return true }

// TestReceiptInPart sends one mail that one recipient does not get.
func TestReceiptInPart(t *testing.T) {
	p := &provider{err: &named{trio().Attendees[1].Email}}
	m, err := invite.New(p, fixed()).Send(t.Context(), trio(), invite.OneMail())
	if err == nil {
		t.Fatal("Send = nil, want an error about one recipient")
	}
	for i, d := range m.Deliveries {
		want, state := receiptOf(0), invite.DeliveryDelivered
		if i == 1 {
			want, state = "", invite.DeliveryRefused
		}
		check(t, "receipt of "+d.To, want, d.Receipt)
		check(t, "state of "+d.To, state, d.State)
	}
}

// TestBounceOfReplacedID reports mails whose Message-ID a provider replaced, to an organizer
// who believes nothing that is not proven.
func TestBounceOfReplacedID(t *testing.T) {
	p := new(provider)
	m := mustSend(t, invite.New(p, fixed()), trio())
	strict := &invite.Policy{RequireAuth: true, AuthServID: "mx.example.test", Now: func() time.Time { return pinned().AddDate(0, 0, 1) }}
	header := func(n int) string {
		h, _, _ := strings.Cut(strings.ReplaceAll(string(p.mails[n].Data), "\r\n", "\n"), "\n\n")
		return h
	}
	without := func(h string) string {
		var out []string
		for line := range strings.SplitSeq(h, "\n") {
			if !strings.HasPrefix(line, invite.HeaderMessageID) {
				out = append(out, line)
			}
		}
		return strings.Join(out, "\n")
	}
	report := func(to, header string) string {
		return bounce("delivery-status", "Final-Recipient: rfc822; "+to+"\nAction: failed\nStatus: 5.1.1\n", "Content-Type: text/rfc822-headers\n\n"+header+"\n")
	}
	forged := strings.ReplaceAll(without(header(1)), receiptOf(1), receiptOf(9))
	ann, bob := m.Deliveries[0], m.Deliveries[1]
	tests := []struct {
		name, mail string
		want       invite.Verdict
		lost       int // the delivery that is undelivered then, or -1
	}{
		{"the field", report(bob.To, strings.ReplaceAll(header(1), receiptOf(1), "other")), invite.VerdictUndeliverable, 1},
		{"the receipt", report(bob.To, without(header(1))), invite.VerdictUndeliverable, 1},
		{"both", report(bob.To, header(1)), invite.VerdictUndeliverable, 1},
		{"a guessed receipt", report(bob.To, forged), invite.VerdictUnknownEvent, -1},
		{"a guessed field", report(bob.To, forged+"\n"+invite.HeaderMessageID+": <abc@example.test>"), invite.VerdictUnknownEvent, -1},
		{"the forger's own field", report(ann.To, header(1)), invite.VerdictUndeliverable, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := readMail(t, []byte(tt.mail))
			got, o := m.Apply(in, strict)
			check(t, "verdict", tt.want, o.Verdict)
			for i, d := range got.Deliveries {
				if (d.State == invite.DeliveryUndelivered) != (i == tt.lost) {
					t.Errorf("the mail to %s is %s", d.To, d.State)
				}
			}
			if tt.want == invite.VerdictUndeliverable {
				check(t, "receipt after the report", m.Deliveries[tt.lost].Receipt, got.Deliveries[tt.lost].Receipt)
			}
		})
	}
	keys := readMail(t, []byte(tests[2].mail)).Keys()
	check(t, "keys", fmt.Sprint([]string{"<" + receiptOf(1) + "@eu-west-1.amazonses.com>", bob.MessageID}), fmt.Sprint(keys.MessageIDs))
	check(t, "receipts in keys", true, strings.Contains(fmt.Sprint(keys.Receipts), " "+receiptOf(1)+"]"))
}

// TestShortReceipts reports mails by receipts that anybody can guess.
func TestShortReceipts(t *testing.T) {
	m := mustSend(t, invite.New(nowhere, fixed()), trio())
	for _, id := range []string{"4bQw2J0zC1z9sT2", "250 2.0.0 OK", ""} {
		m.Deliveries[0].Receipt = id
		mail := bounce("delivery-status", "Final-Recipient: rfc822; "+m.Deliveries[0].To+"\nAction: failed\nStatus: 5.1.1\n",
			"Content-Type: text/rfc822-headers\n\nMessage-ID: <"+id+"@mx.example.test>\n")
		_, o := m.Apply(readMail(t, []byte(mail)), nil)
		check(t, "verdict with the receipt "+id, invite.VerdictUnknownEvent, o.Verdict)
	}
}

// TestUndeliveredByReceipt reports mails by their receipts, as a webhook does.
func TestUndeliveredByReceipt(t *testing.T) {
	m := mustSend(t, invite.New(&provider{of: true}, fixed()), trio(), invite.OneMail())
	got, o := m.Undelivered(receiptOf(101), "", "mailbox full")
	check(t, "verdict", invite.VerdictUndeliverable, o.Verdict)
	check(t, "state", invite.DeliveryUndelivered, got.Deliveries[2].State)
	check(t, "state of another", invite.DeliveryDelivered, got.Deliveries[0].State)
	bare, o := m.Undelivered(strings.Trim(m.Deliveries[0].MessageID, "<>"), m.Deliveries[0].To, "mailbox full")
	check(t, "verdict without brackets", invite.VerdictUndeliverable, o.Verdict)
	check(t, "state without brackets", invite.DeliveryUndelivered, bare.Deliveries[0].State)
	_, o = m.Undelivered(receiptOf(7), "", "mailbox full")
	check(t, "verdict of a stranger", invite.VerdictUnknownEvent, o.Verdict)
	m.Deliveries[0].Receipt = "250 2.0.0 OK"
	_, o = m.Undelivered("250 2.0.0 OK", "", "mailbox full")
	check(t, "verdict of a text", invite.VerdictUnknownEvent, o.Verdict)
}
