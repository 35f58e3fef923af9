package webhook_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/webhook"
	"github.com/convene-go/convene/mime"
)

// mailgunEventHook is the request of a webhook.
func mailgunEventHook(at time.Time, token, event, severity string) *hook {
	timestamp, signature := mailgunSign(at, token)
	return newHook("application/json", jsonOf(map[string]any{
		"signature": map[string]any{"timestamp": timestamp, "token": token, "signature": signature},
		"event-data": map[string]any{
			"id": "G9Bn5sl1TC6nu79C8C0bwg", "event": event, "severity": severity, "reason": "bounce", "timestamp": 1521233195.375624,
			"recipient":       "ann@example.test",
			"message":         map[string]any{"headers": map[string]any{"to": "Ann <ann@example.test>", "message-id": "20270301.1.abc@example.com", "from": "desk@example.com"}, "size": 111},
			"delivery-status": map[string]any{"code": 605, "message": "550 5.1.1 no such user", "description": "Not delivering to previously bounced address", "attempt-no": 1},
			"tags":            []string{"a", "b"},
		},
	}))
}

// TestMailgun takes in the shapes of Mailgun's documentation.
func TestMailgun(t *testing.T) {
	dkim := mime.AuthResult{Method: "dkim", Value: "pass", Domain: "example.test"}
	spf := mime.AuthResult{Method: "spf", Value: "softfail", Identity: "bounces@example.test", Domain: "example.test"}
	values := url.Values{}
	for _, f := range mailgunFields(now, "t") {
		values.Set(f.name, f.value)
	}
	checks := []field{{"X-Mailgun-Dkim-Check-Result", "Pass"}, {"X-Mailgun-Spf", "SoftFail"}}
	twoRecipients := mailgunFields(now, "t")
	twoRecipients[0].value = "a@example.com, b@example.com"
	twice := "X-Mailgun-Dkim-Check-Result: Fail\r\nX-Mailgun-Dkim-Check-Result: Pass\r\n"
	for _, tt := range []struct {
		name    string
		hook    *hook
		checks  bool
		mails   []*inbox.Mail
		reports []reportOf
	}{
		{"multipart", mailgunHook(now, "t"), false, []*inbox.Mail{verifiedMail("desk+token@example.com")}, nil},
		{"urlencoded", newHook("application/x-www-form-urlencoded", []byte(values.Encode())), false, []*inbox.Mail{verifiedMail("desk+token@example.com")}, nil},
		{"checks", mailgunHook(now, "t", checks...), true, []*inbox.Mail{verifiedMail("desk+token@example.com", dkim, spf)}, nil},
		{"checks without the filter", mailgunHook(now, "t", checks...), false, []*inbox.Mail{verifiedMail("desk+token@example.com")}, nil},
		{"a check twice", mailgunHook(now, "t", checks[0], checks[0], checks[1]), true, []*inbox.Mail{verifiedMail("desk+token@example.com", spf)}, nil},
		{"two recipients", multipartHook(twoRecipients...), false, []*inbox.Mail{verifiedMail("a@example.com"), verifiedMail("b@example.com")}, nil},
		{"hours later", mailgunHook(now.Add(-9*time.Hour), "t"), false, []*inbox.Mail{verifiedMail("desk+token@example.com")}, nil},
		{"permanent failure", mailgunEventHook(now, "t", "failed", "permanent"), false, nil, []reportOf{{"<20270301.1.abc@example.com>", "ann@example.test", "550 5.1.1 no such user"}}},
		{"temporary failure", mailgunEventHook(now, "t", "failed", "temporary"), false, nil, nil},
		{"delivered", mailgunEventHook(now, "t", "delivered", ""), false, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSink()
			o := s.options()
			o.MailgunChecks = tt.checks
			if got := tt.hook.send(must(webhook.Mailgun(signingKey, o))); got != http.StatusOK {
				t.Errorf("status = %d, want 200: %s", got, s.log.String())
			}
			s.check(t, tt.mails, tt.reports)
		})
	}
	// Fields that are in the header of the mail too.
	for header, want := range map[string][]mime.AuthResult{
		"X-Mailgun-Dkim-Check-Result: Pass\r\n":        {dkim},
		"X-Mailgun-Dkim-Check-Result: Fail\r\n":        {},
		twice:                                          {},
		"X: a\rDKIM-Signature: d=evil.test\r\n":        {{Method: "dkim", Value: "pass"}},
		"DKIM-Signature: d=bank.test\r\nX: a\n\nb\r\n": {{Method: "dkim", Value: "pass"}},
		"DKIM-Signature: d=bank.test\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n":   {{Method: "dkim", Value: "pass"}},
		"X: see DKIM-Signature: d=evil.test\r\nDKIM-Signatures: d=evil.test\r\n":     {dkim},
		"DKIM-Signature: d=other.test\r\n":                                           {{Method: "dkim", Value: "pass"}},
		"DKIM-Signature: d=example.test : pass, @bank.test\r\n":                      {{Method: "dkim", Value: "pass"}},
		"Subject: a\r\n X-Mailgun-Dkim-Check-Result: Fail\r\nX: DKIM-Signature:\r\n": {dkim},
	} {
		s := newSink()
		o := s.options()
		o.MailgunChecks = true
		f := mailgunFields(now, "t", checks[0])
		f[7].value = header + rawMail
		if got := multipartHook(f...).send(must(webhook.Mailgun(signingKey, o))); got != 200 {
			t.Errorf("%q: status = %d", header, got)
		}
		s.check(t, []*inbox.Mail{{Recipient: "desk+token@example.com", Data: []byte(header + rawMail), Verified: want}}, nil)
	}
}

// TestMailgunForged sends requests that Mailgun did not sign, or not now.
func TestMailgunForged(t *testing.T) {
	set := func(name, value string) func(f []field) []field {
		return func(f []field) []field {
			for i := range f {
				if f[i].name == name {
					f[i].value = value
				}
			}
			return f
		}
	}
	other, _ := mailgunSign(now.Add(time.Second), "t")
	_, short := mailgunSign(now, "t")
	for _, tt := range []struct {
		name   string
		edit   func(f []field) []field
		status int
	}{
		{"signature", set("signature", strings.Repeat("0", 64)), 403},
		{"no signature", set("signature", ""), 403},
		{"half a signature", set("signature", short[:32]), 403},
		{"no hexadecimal", set("signature", "?"), 403},
		{"time", set("timestamp", other), 403},
		{"token", set("token", "u"), 403},
		{"no token", set("token", ""), 403},
		{"token twice", func(f []field) []field { return append(f, field{"token", "t"}) }, 406},
		{"mail twice", func(f []field) []field { return append(f, field{"body-mime", "From: a@bank.test"}) }, 406},
		{"old", func([]field) []field { return mailgunFields(now.Add(-13*time.Hour), "t") }, 406},
		{"from the future", func([]field) []field { return mailgunFields(now.Add(time.Hour), "t") }, 406},
		{"moved digits", func([]field) []field {
			f := mailgunFields(now, "1t")
			f[4].value, f[5].value = f[4].value+"1", "t" // the signed text is the same
			return f
		}, 406},
		{"no raw mail", set("body-mime", ""), 503},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSink()
			r := multipartHook(tt.edit(mailgunFields(now, "t"))...)
			if got := r.send(must(webhook.Mailgun(signingKey, s.options()))); got != tt.status {
				t.Errorf("status = %d, want %d", got, tt.status)
			}
			s.check(t, nil, nil)
		})
	}
}

// TestMailgunOtherContent sends other content with the signature of a request. Mailgun
// does not sign the content, so the token is what the handler knows it by.
func TestMailgunOtherContent(t *testing.T) {
	s := newSink()
	h := must(webhook.Mailgun(signingKey, s.options()))
	if got := mailgunHook(now, "t").send(h); got != 200 {
		t.Fatalf("status = %d", got)
	}
	for i, edit := range []func(f []field){
		func(f []field) { f[0].value = "other@example.com" },
		func(f []field) { f[7].value = "From: bob@bank.test\r\n\r\n" },
	} {
		f := mailgunFields(now, "t")
		edit(f)
		if got := multipartHook(f...).send(h); got != 403 {
			t.Errorf("content %d: status = %d, want 403", i, got)
		}
	}
	if got := mailgunEventHook(now, "t", "failed", "permanent").send(h); got != 403 {
		t.Errorf("event: status = %d, want 403", got)
	}
	if got := mailgunHook(now, "t").send(h); got != 200 || len(s.mails) != 1 || len(s.reports) != 0 {
		t.Errorf("the first again: status = %d, %d mails", got, len(s.mails))
	}
}

// TestMailgunHostile sends bodies that are large, deep or broken.
func TestMailgunHostile(t *testing.T) {
	many := make([]field, 5000)
	for i := range many {
		many[i] = field{"f" + strconv.Itoa(i), "x"}
	}
	good, values := mailgunHook(now, "t"), url.Values{}
	for _, f := range mailgunFields(now, "t") {
		values.Set(f.name, f.value)
	}
	for _, tt := range []struct {
		name string
		hook *hook
		want int
	}{
		{"many parts", multipartHook(append(many, mailgunFields(now, "t")...)...), 406},
		{"many fields", newHook("application/x-www-form-urlencoded", []byte(strings.Repeat("a=b&", 1<<20))), 406},
		{"many fields beside the good ones", newHook("application/x-www-form-urlencoded", []byte(strings.Repeat("a=b&", 5000)+values.Encode())), 406},
		{"one name", newHook("application/x-www-form-urlencoded", []byte("token="+strings.Repeat("&token=", 900))), 406},
		{"no boundary", newHook("multipart/form-data", good.body), 406},
		{"another boundary", newHook("multipart/form-data; boundary=other", good.body), 406},
		{"cut off", &hook{good.method, good.header, good.body[:len(good.body)-40]}, 406},
		{"a large header", newHook("multipart/form-data; boundary=x", []byte("--x\r\nA: "+strings.Repeat("x", 20<<20)+"\r\n\r\n\r\n--x--")), 406},
		{"deep JSON", newHook("application/json", []byte(strings.Repeat("[", 900_000))), 406},
		{"deep JSON within", newHook("application/json", []byte(`{"event-data":`+strings.Repeat(`{"message":`, 90_000))), 406},
		{"large JSON", newHook("application/json", []byte(`"`+strings.Repeat("x", 1<<20)+`"`)), 406},
		{"large JSON that is signed", newHook("application/json", []byte(`{"pad":"`+strings.Repeat("x", 1<<20)+`",`+string(mailgunEventHook(now, "t", "failed", "permanent").body[1:]))), 406},
		{"empty", newHook("application/json", nil), 406},
		{"null", newHook("application/json", []byte("null")), 403},
		{"wrong types", newHook("application/json", []byte(`{"signature":[1]}`)), 406},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSink()
			begun := time.Now()
			if got := tt.hook.send(must(webhook.Mailgun(signingKey, s.options()))); got != tt.want {
				t.Errorf("status = %d, want %d: %s", got, tt.want, s.log.String())
			}
			if d := time.Since(begun); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
			s.check(t, nil, nil)
		})
	}
}
