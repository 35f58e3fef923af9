package webhook_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/webhook"
	"github.com/convene-go/convene/mime"
)

// newKey makes a key, and its public part in SendGrid's form.
func newKey() (*ecdsa.PrivateKey, string) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		panic(err)
	}
	return k, base64.StdEncoding.EncodeToString(der)
}

var sendgridKey, sendgridPublic = newKey()

const (
	sgSignature = "X-Twilio-Email-Event-Webhook-Signature"
	sgTimestamp = "X-Twilio-Email-Event-Webhook-Timestamp"
)

// sign signs a request as SendGrid does.
func sign(h *hook, at time.Time) *hook {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	sum := sha256.Sum256(append([]byte(timestamp), h.body...))
	s, err := ecdsa.SignASN1(rand.Reader, sendgridKey, sum[:])
	if err != nil {
		panic(err)
	}
	h.header.Set(sgTimestamp, timestamp)
	h.header.Set(sgSignature, base64.StdEncoding.EncodeToString(s))
	return h
}

// withPassword adds a password to a request.
func withPassword(h *hook) *hook {
	h.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("user:password")))
	return h
}

// sendgridFields are the fields of Inbound Parse.
func sendgridFields(dkim string, more ...field) []field {
	return append([]field{
		{"email", rawMail}, {"dkim", dkim}, {"to", "desk@example.com"}, {"from", "Ann <ann@example.test>"}, {"sender_ip", "192.0.2.7"},
		{"envelope", `{"to":["desk+token@example.com"],"from":"bounces@example.test"}`}, {"subject", "Accepted: Review"},
		{"charsets", `{"to":"UTF-8"}`}, {"SPF", "pass"},
	}, more...)
}

// sendgridHook is a request of Inbound Parse.
func sendgridHook(at time.Time) *hook {
	return sign(multipartHook(sendgridFields("{@example.test : pass}")...), at)
}

// sendgridEvents is a request of the Event Webhook.
const sendgridEvents = `[
 {"email":"a@example.test","timestamp":1513299569,"smtp-id":"<m1@example.com>","event":"processed","category":"cat","sg_event_id":"e1","sg_message_id":"g1"},
 {"email":"a@example.test","timestamp":1513299569,"smtp-id":"<m1@example.com>","event":"deferred","response":"400 try again later","attempt":"5"},
 {"email":"b@example.test","timestamp":1513299569,"smtp-id":"<m2@example.com>","event":"bounce","type":"bounce","reason":"500 unknown recipient","status":"5.0.0","sg_message_id":"g2"},
 {"email":"c@example.test","timestamp":1513299569,"event":"dropped","reason":"Bounced Address","status":"5.0.0","sg_message_id":"g3"},
 {"email":"d@example.test","timestamp":1513299569,"smtp-id":"<m4@example.com>","event":"spamreport"}
]`

// TestSendGrid takes in the shapes of SendGrid's documentation.
func TestSendGrid(t *testing.T) {
	spf := mime.AuthResult{Method: "spf", Value: "pass", Identity: "bounces@example.test", Domain: "example.test"}
	dkim := func(value string) mime.AuthResult {
		return mime.AuthResult{Method: "dkim", Value: value, Domain: "example.test"}
	}
	to := "desk+token@example.com"
	for _, tt := range []struct {
		name    string
		fields  []field
		mails   []*inbox.Mail
		reports []reportOf
	}{
		{"pass", sendgridFields("{@example.test : pass}"), []*inbox.Mail{verifiedMail(to, dkim("pass"), spf)}, nil},
		{"fail", sendgridFields("{@EXAMPLE.test : fail, @list.test : pass}"), []*inbox.Mail{verifiedMail(to, dkim("fail"), spf)}, nil},
		{"none", sendgridFields("none"), []*inbox.Mail{verifiedMail(to, spf)}, nil},
		{"a signer that did not sign", sendgridFields("{@bank.test : pass}"), []*inbox.Mail{verifiedMail(to, spf)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSink()
			if got := sign(multipartHook(tt.fields...), now).send(must(webhook.SendGrid([]string{sendgridPublic}, s.options()))); got != http.StatusOK {
				t.Errorf("status = %d, want 200", got)
			}
			s.check(t, tt.mails, tt.reports)
		})
	}
	// A name in a signature that looks like a result.
	for _, field := range []string{"d=bank.test : pass, @evil.test", "d=evil.test; i=@bank.test : pass, @evil.test", "d=evil.test; d=bank.test", "d=evil.test; i=@bank.test", "d=evil.test; i=, bank.test : pass@evil.test", "d=com"} {
		s, f := newSink(), sendgridFields("{@bank.test : pass, @evil.test : fail, @com : pass}")
		f[0].value = "DKIM-Signature: " + field + "\r\n" + strings.Replace(rawMail, "example.test;", "bank.test;", 1)
		if got := sign(multipartHook(f...), now).send(must(webhook.SendGrid([]string{sendgridPublic}, s.options()))); got != 200 {
			t.Errorf("%s: status = %d", field, got)
		}
		s.check(t, []*inbox.Mail{{Recipient: to, Data: []byte(f[0].value), Verified: []mime.AuthResult{spf}}}, nil)
	}
	// Two recipients are two mails.
	s, f := newSink(), sendgridFields("none")
	f[5].value, f[8].value = `{"to":["a@example.com","b@example.com"],"from":""}`, ""
	r := sign(multipartHook(f...), now)
	h := must(webhook.SendGrid([]string{sendgridPublic}, s.options()))
	r.send(h)
	r.send(h)
	s.check(t, []*inbox.Mail{verifiedMail("a@example.com"), verifiedMail("b@example.com")}, nil)
	if s.mails[0].ID == s.mails[1].ID {
		t.Error("two mails have one ID")
	}
}

// TestSendGridEvents takes in events, each once, also if a later one fails.
func TestSendGridEvents(t *testing.T) {
	want := []reportOf{{"<m2@example.com>", "b@example.test", "500 unknown recipient"}, {"g3", "c@example.test", "Bounced Address"}}
	s := newSink()
	h := must(webhook.SendGrid([]string{otherPublic, sendgridPublic}, s.options()))
	r := sign(newHook("application/json", []byte(sendgridEvents)), now)
	s.err = http.ErrServerClosed
	if got := r.send(h); got != 503 {
		t.Errorf("status = %d, want 503", got)
	}
	s.err = nil
	for range 2 {
		if got := r.send(h); got != 200 {
			t.Errorf("status = %d, want 200", got)
		}
	}
	s.check(t, nil, want)
}

var _, otherPublic = newKey()

// TestSendGridForged changes each octet of a signed request, and its header fields.
func TestSendGridForged(t *testing.T) {
	s := newSink()
	h := must(webhook.SendGrid([]string{sendgridPublic}, s.options()))
	events := sign(newHook("application/json", []byte(sendgridEvents)), now)
	for _, r := range []*hook{sendgridHook(now), events} {
		for i := range r.body {
			bad := &hook{r.method, r.header, append([]byte{}, r.body...)}
			bad.body[i] ^= 1
			if got := bad.send(h); got != 403 {
				t.Errorf("octet %d: status = %d, want 403", i, got)
			}
		}
		for name, edit := range map[string]func(h http.Header){
			"no signature":  func(h http.Header) { h.Del(sgSignature) },
			"no time":       func(h http.Header) { h.Del(sgTimestamp) },
			"another time":  func(h http.Header) { h.Set(sgTimestamp, strconv.FormatInt(now.Unix()+1, 10)) },
			"no base64":     func(h http.Header) { h.Set(sgSignature, "?") },
			"no signature2": func(h http.Header) { h.Set(sgSignature, "AAAA") },
		} {
			bad := &hook{r.method, r.header.Clone(), r.body}
			edit(bad.header)
			if got := bad.send(h); got != 403 {
				t.Errorf("%s: status = %d, want 403", name, got)
			}
		}
		// The first octet of the body as the last digit of the time: the signed text is
		// the same.
		moved := &hook{r.method, r.header.Clone(), r.body[1:]}
		moved.header.Set(sgTimestamp, r.header.Get(sgTimestamp)+string(r.body[0]))
		if got := moved.send(h); got != 400 {
			t.Errorf("moved octet: status = %d, want 400", got)
		}
	}
	if got := sendgridHook(now.Add(-71 * time.Hour)).send(must(webhook.SendGrid([]string{sendgridPublic}, newSink().options()))); got != 200 {
		t.Errorf("after 71 hours: status = %d, want 200", got)
	}
	if got := sendgridHook(now.Add(-97 * time.Hour)).send(h); got != 403 {
		t.Errorf("after 97 hours: status = %d, want 403", got)
	}
	if got := sign(sendgridHook(now), now).send(must(webhook.SendGrid([]string{otherPublic}, s.options()))); got != 403 {
		t.Errorf("another key: status = %d, want 403", got)
	}
	s.check(t, nil, nil)
}

// TestSendGridOdd sends requests that are signed, and odd.
func TestSendGridOdd(t *testing.T) {
	many := `{"to":["a@b.test"` + strings.Repeat(`,"a@b.test"`, 200) + `]}`
	form := func(i int, value string) *hook {
		f := sendgridFields("none")
		f[i].value = value
		return multipartHook(f...)
	}
	for _, tt := range []struct {
		name string
		hook *hook
		want int
	}{
		{"no raw mail", form(0, ""), 503},
		{"envelope", form(5, "{"), 400},
		{"many recipients", form(5, many), 400},
		{"field twice", multipartHook(sendgridFields("none", field{"dkim", "{@bank.test : pass}"})...), 400},
		{"an object", newHook("application/json", []byte(`{"event":"bounce"}`)), 400},
		{"cut off", newHook("application/json", []byte(`[{"event":"bounce"}`)), 400},
		{"no object", newHook("application/json", []byte(`[1]`)), 400},
		{"deep", newHook("application/json", []byte("["+strings.Repeat(`{"a":`, 1<<18))), 400},
		{"many events", newHook("application/json", []byte("["+strings.Repeat(`{},`, 200_000)+"{}]")), 400},
		{"no events", newHook("application/json", []byte("[]")), 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSink()
			if got := sign(tt.hook, now).send(must(webhook.SendGrid([]string{sendgridPublic}, s.options()))); got != tt.want {
				t.Errorf("status = %d, want %d", got, tt.want)
			}
			s.check(t, nil, nil)
		})
	}
}
