package webhook_test

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/webhook"
)

// postmarkInbound is the body of the inbound webhook.
func postmarkInbound() map[string]any {
	return map[string]any{
		"FromName": "Ann", "From": "ann@example.test", "MessageStream": "inbound",
		"FromFull":          map[string]any{"Email": "ann@example.test", "Name": "Ann", "MailboxHash": ""},
		"To":                "desk@example.com",
		"OriginalRecipient": "desk+token@example.com", "Subject": "Accepted: Review", "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
		"Headers": []map[string]any{{"Name": "X-Spam-Status", "Value": "No"}}, "Attachments": []any{},
		"RawEmail": rawMail,
	}
}

// postmarkBounce is the body of the bounce webhook.
func postmarkBounce(kind string) map[string]any {
	return map[string]any{
		"RecordType": "Bounce", "MessageStream": "outbound", "ID": int64(4323372036854775807), "Type": kind, "TypeCode": 1, "Name": "Hard bounce",
		"MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Description": "The server was unable to deliver your message.",
		"Details": "550 5.1.1 no such user", "Email": "ann@example.test", "From": "desk@example.com", "BouncedAt": "2027-03-01T08:00:00Z",
		"Metadata": map[string]any{"a": "b"}, "ServerID": 23, "Inactive": true,
	}
}

// postmarkHook is a request of Postmark.
func postmarkHook(v any) *hook {
	return withPassword(newHook("application/json", jsonOf(v)))
}

// TestPostmark takes in the shapes of Postmark's documentation.
func TestPostmark(t *testing.T) {
	text := "The server was unable to deliver your message.: 550 5.1.1 no such user"
	noRaw := postmarkInbound()
	delete(noRaw, "RawEmail")
	for _, tt := range []struct {
		name    string
		body    any
		status  int
		mails   []*inbox.Mail
		reports []reportOf
	}{
		{"inbound", postmarkInbound(), 200, []*inbox.Mail{verifiedMail("desk+token@example.com")}, nil},
		{"hard bounce", postmarkBounce("HardBounce"), 200, nil, []reportOf{{"883953f4-6105-42a2-a16a-77a8eac79483", "ann@example.test", text}}},
		{"soft bounce", postmarkBounce("SoftBounce"), 200, nil, nil},
		{"automatic answer", postmarkBounce("AutoResponder"), 200, nil, nil},
		{"delivery", map[string]any{"RecordType": "Delivery", "MessageID": "883953f4"}, 200, nil, nil},
		{"not raw", noRaw, 503, nil, nil},
		{"a list", []int{1}, 403, nil, nil},
		{"wrong type", map[string]any{"RawEmail": 1}, 403, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSink()
			if got := postmarkHook(tt.body).send(must(webhook.Postmark("user", "password", s.options()))); got != tt.status {
				t.Errorf("status = %d, want %d", got, tt.status)
			}
			s.check(t, tt.mails, tt.reports)
		})
	}
}

// TestPassword sends wrong passwords. The body of such a request is not read.
func TestPassword(t *testing.T) {
	s := newSink()
	for _, h := range []*webhook.Handler{must(webhook.Postmark("user", "password", s.options())), must(webhook.SendGridPassword("user", "password", s.options()))} {
		for _, a := range []string{"", ":", "user:", ":password", "user:passwore", "user:password ", "User:password", "user:passwor", "password:user", "user:password\x00"} {
			r := postmarkHook(postmarkInbound())
			r.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(a)))
			if a == "" {
				r.header.Del("Authorization")
			}
			r.body = nil
			w := r.answer(h)
			if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%q: status = %d, want 401", a, w.Code)
			}
		}
	}
	s.check(t, nil, nil)
}
