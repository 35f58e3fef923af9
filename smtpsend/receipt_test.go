package smtpsend_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// TestReceipt sends mails to servers that name them in their last reply.
func TestReceipt(t *testing.T) {
	for _, tt := range []struct{ name, reply, want string }{
		{"Postfix", "250 2.0.0 Ok: queued as 4bQw2J0zC1z9sT2", "4bQw2J0zC1z9sT2"},
		{"Postfix, short", "250 Ok: queued as 9F1A2B3C4D.", "9F1A2B3C4D"},
		{"Exim", "250 OK id=1tGkZb-0000000A2vK-3cXy", "1tGkZb-0000000A2vK-3cXy"},
		{"Sendmail", "250 2.0.0 4AT9x1Zk012345 Message accepted for delivery", "4AT9x1Zk012345"},
		{"Exchange", "250 2.6.0 <1@example.com> [InternalId=1234567, Hostname=mx.example.com] 9876 bytes in 0.123, 78.1 KB/sec Queued mail for delivery", "<1@example.com>"},
		{"Gmail", "250 2.0.0 OK  1733000000 d9443c01a7336-2151ddd1a2bsi12345.67 - gsmtp", "d9443c01a7336-2151ddd1a2bsi12345.67"},
		{"Amazon SES", "250 Ok 0100019375e2a1b0-11111111-2222-3333-4444-555566667777-000000", "0100019375e2a1b0-11111111-2222-3333-4444-555566667777-000000"},
		{"nothing", "250 2.0.0 OK", "250 2.0.0 OK"},
		{"two lines", "250-2.0.0 Thank\r\n250 2.0.0 you", "250 2.0.0 Thank you"},
		{"queued as nothing", "250 queued as ", "250 queued as"},
		{"hostile", "250 \x1b[31m\u202ered\xff", "250 ?[31m?red?"},
		{"long", "250 2.0.0 " + strings.Repeat("é", 300), "250 2.0.0 " + strings.Repeat("é", 95)},
		{"long name", "250 OK id=" + strings.Repeat("x", 300), "250 OK id=" + strings.Repeat("x", 190)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &scripted{answers: map[string]string{".": tt.reply}}
			sender := s.sender(t, smtpsend.Options{})
			defer sender.Close()
			got, err := sender.SendReceipt(t.Context(), letter("bob@example.com", "carl@example.com"))
			if diff := cmp.Diff(mime.Receipt{ID: tt.want}, got); err != nil || diff != "" {
				t.Errorf("SendReceipt = %v, receipt (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestReceiptOfEach has a server that names the mail of each recipient, and takes it for
// some of them.
func TestReceiptOfEach(t *testing.T) {
	s := &scripted{lmtp: true, answers: map[string]string{
		". a@x.test": "250 2.0.0 <a@x.test> aaa111 Saved", ". b@x.test": "552 5.2.2 full", ". c@x.test": "250 2.0.0 <c@x.test> ccc333 Saved",
	}}
	sender := s.sender(t, smtpsend.Options{})
	defer sender.Close()
	got, err := sender.SendReceipt(t.Context(), letter("a@x.test", "b@x.test", "c@x.test"))
	want := mime.Receipt{ID: "aaa111", Of: map[string]string{"c@x.test": "ccc333"}}
	if diff := cmp.Diff(want, got); err == nil || diff != "" {
		t.Errorf("SendReceipt = %v, receipt (-want +got):\n%s", err, diff)
	}
	for to, id := range map[string]string{"a@x.test": "aaa111", "c@x.test": "ccc333"} {
		if got.For(to) != id {
			t.Errorf("For(%s) = %s, want %s", to, got.For(to), id)
		}
	}
}

// TestNoReceipt has a server that refuses the mail, or does not answer.
func TestNoReceipt(t *testing.T) {
	for _, reply := range []string{"554 5.6.0 queued as 1234", faultDrop} {
		s := &scripted{answers: map[string]string{".": reply}}
		sender := s.sender(t, smtpsend.Options{})
		got, err := sender.SendReceipt(t.Context(), letter("bob@example.com"))
		if err == nil || got.ID != "" || got.Of != nil {
			t.Errorf("SendReceipt = %+v, %v, want no receipt and an error", got, err)
		}
		sender.Close()
	}
}
