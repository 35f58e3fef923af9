package webhook_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/webhook"
	"github.com/convene-go/convene/mime"
)

const (
	topic   = "arn:aws:sns:eu-west-1:123456789012:inbound"
	snsHost = "https://sns.eu-west-1.amazonaws.com/"
	certURL = snsHost + "SimpleNotificationService-0123456789abcdef.pem"
	subURL  = snsHost + "?Action=ConfirmSubscription&TopicArn=" + topic + "&Token=secret-of-sns"
)

// snsKey is the key of SNS in the tests.
var snsKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// certificate makes a certificate for the key of SNS.
func certificate(from, to time.Time, k *rsa.PrivateKey) []byte {
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// snsCertificate is the certificate of SNS in the tests.
var snsCertificate = sync.OnceValue(func() string {
	return string(certificate(now.Add(-time.Hour), now.Add(time.Hour), snsKey()))
})

// aws is Amazon's server.
type aws struct {
	mu    sync.Mutex
	gets  []string
	pages map[string]string
	err   error
	code  int
	slow  time.Duration
}

func newAWS() *aws {
	return &aws{code: 200, pages: map[string]string{
		certURL: snsCertificate(),
		subURL:  "<ConfirmSubscriptionResponse/>",
	}}
}

func (a *aws) client() *http.Client { return &http.Client{Transport: a} }

// RoundTrip answers a request, as Amazon's server does.
func (a *aws) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(a.slow)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gets = append(a.gets, r.URL.String())
	if a.err != nil {
		return nil, a.err
	}
	page, ok := a.pages[r.URL.String()]
	code := a.code
	if !ok {
		code = 404
	}
	return &http.Response{StatusCode: code, Body: io.NopCloser(strings.NewReader(page)), Header: http.Header{"Location": {"https://evil.test/"}}, Request: r}, nil
}

// snsFields are the fields of a message that are signed, in the order of the signature.
var snsFields = []string{"Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}

// signSNS signs a message.
func signSNS(m map[string]any, version string) map[string]any {
	var text strings.Builder
	for _, name := range snsFields {
		if v, ok := m[name].(string); ok {
			text.WriteString(name + "\n" + v + "\n")
		}
	}
	kind, sum := crypto.SHA1, sha1.Sum([]byte(text.String()))
	digest := sum[:]
	if version == "2" {
		sum := sha256.Sum256([]byte(text.String()))
		kind, digest = crypto.SHA256, sum[:]
	}
	s, err := rsa.SignPKCS1v15(nil, snsKey(), kind, digest)
	if err != nil {
		panic(err)
	}
	m["SignatureVersion"], m["Signature"], m["SigningCertURL"] = version, base64.StdEncoding.EncodeToString(s), certURL
	return m
}

// plain is a notification without a signature.
func plain(text string) map[string]any {
	return map[string]any{
		"Type": "Notification", "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "TopicArn": topic, "Subject": "Amazon SES Email Receipt Notification",
		"Message": text, "Timestamp": now.Format("2006-01-02T15:04:05.000Z"), "UnsubscribeURL": snsHost + "?Action=Unsubscribe",
	}
}

// notification is a signed notification with a text.
func notification(v any) map[string]any { return signSNS(plain(string(jsonOf(v))), "2") }

// subscription is a signed confirmation of a subscription.
func subscription(kind string) map[string]any {
	m := plain("You have chosen to subscribe to the topic.\nTo confirm the subscription, visit the SubscribeURL.")
	delete(m, "Subject")
	m["Type"], m["Token"], m["SubscribeURL"] = kind, "secret-of-sns", subURL
	return signSNS(m, "2")
}

// snsHook is a request of SNS.
func snsHook(v any) *hook {
	h := newHook("text/plain; charset=UTF-8", jsonOf(v))
	h.header.Set("X-Amz-Sns-Topic-Arn", topic)
	return h
}

// sesReceived is a mail that came in.
func sesReceived() map[string]any {
	status := func(s string) map[string]any { return map[string]any{"status": s} }
	return map[string]any{
		"notificationType": "Received",
		"receipt": map[string]any{
			"timestamp": "2027-03-01T08:59:00.000Z", "processingTimeMillis": 222, "recipients": []string{"desk+token@example.com"},
			"spamVerdict": status("PASS"), "virusVerdict": status("PASS"), "spfVerdict": status("PASS"), "dkimVerdict": status("PASS"),
			"dmarcVerdict": status("GRAY"), "action": map[string]any{"type": "SNS", "topicArn": topic, "encoding": "BASE64"},
		},
		"mail": map[string]any{
			"source": "bounces@example.test", "messageId": "d6iitobk75ur44p8kdnnp7g2n800", "destination": []string{"other@example.com"},
			"headers": []map[string]any{{"name": "From", "value": "Ann <ann@example.test>"}}, "commonHeaders": map[string]any{"messageId": "<x@example.test>"},
		},
		"content": base64.StdEncoding.EncodeToString([]byte(rawMail)),
	}
}

// sesBounce is the report of a bounce.
func sesBounce(name, kind string, own any) map[string]any {
	return map[string]any{
		name: "Bounce",
		"bounce": map[string]any{
			"bounceType": kind, "bounceSubType": "General", "feedbackId": "f1", "reportingMTA": "dsn; a8-70.smtp-out.amazonses.com",
			"bouncedRecipients": []map[string]any{
				{"emailAddress": "ann@example.test", "status": "5.1.1", "action": "failed", "diagnosticCode": "smtp; 550 5.1.1 no such user"},
				{"emailAddress": "Bob <bob@example.test>"},
			},
		},
		"mail": map[string]any{"source": "desk@example.com", "messageId": "0102014-receipt-000000", "destination": []string{"ann@example.test"}, "commonHeaders": map[string]any{"messageId": own}},
	}
}

// set returns a function that sets a value deep in a message.
func set(value any, path ...string) func(m map[string]any) {
	return func(m map[string]any) {
		for _, p := range path[:len(path)-1] {
			m = m[p].(map[string]any)
		}
		m[path[len(path)-1]] = value
	}
}

// edited returns an edited copy.
func edited(m map[string]any, edit ...func(m map[string]any)) map[string]any {
	for _, f := range edit {
		f(m)
	}
	return m
}

// TestSES takes in the shapes of SES's documentation.
func TestSES(t *testing.T) {
	to := "desk+token@example.com"
	dmarc := func(v string) mime.AuthResult { return mime.AuthResult{Method: "dmarc", Value: v} }
	dkim := mime.AuthResult{Method: "dkim", Value: "pass", Domain: "example.test"}
	spf := mime.AuthResult{Method: "spf", Value: "pass", Identity: "bounces@example.test", Domain: "example.test"}
	usual := []*inbox.Mail{verifiedMail(to, dmarc("none"), dkim, spf)}
	utf8Mail := strings.ToValidUTF8(rawMail, "")
	ann, bob := reportOf{"<own@example.com>", "ann@example.test", "smtp; 550 5.1.1 no such user"}, reportOf{"<own@example.com>", "bob@example.test", ""}
	receipt := []reportOf{{"0102014-receipt-000000", ann.Email, ann.Text}, {"0102014-receipt-000000", bob.Email, bob.Text}}
	for _, tt := range []struct {
		name    string
		message any
		mails   []*inbox.Mail
		reports []reportOf
	}{
		{"mail", sesReceived(), usual, nil},
		{"mail with an encoding that is not named", edited(sesReceived(), set("", "receipt", "action", "encoding")), usual, nil},
		{"mail in UTF-8", edited(sesReceived(), set("UTF8", "receipt", "action", "encoding"), set(utf8Mail, "content")), usual, nil},
		{"DMARC pass", edited(sesReceived(), set("PASS", "receipt", "dmarcVerdict", "status")), []*inbox.Mail{verifiedMail(to, dmarc("pass"), dkim, spf)}, nil},
		{"DMARC fail", edited(sesReceived(), set("FAIL", "receipt", "dmarcVerdict", "status"), set(nil, "receipt", "spfVerdict")), []*inbox.Mail{verifiedMail(to, dmarc("fail"), dkim)}, nil},
		{"checks that failed", edited(sesReceived(), set("PROCESSING_FAILED", "receipt", "dmarcVerdict", "status"), set("?", "receipt", "dkimVerdict", "status")), []*inbox.Mail{verifiedMail(to, dmarc("temperror"), spf)}, nil},
		{"two recipients", edited(sesReceived(), set([]string{to, "a@example.com", to}, "receipt", "recipients")),
			[]*inbox.Mail{verifiedMail("a@example.com", dmarc("none"), dkim, spf), usual[0]}, nil},
		{"bounce", sesBounce("notificationType", "Permanent", " own@example.com"), nil, []reportOf{ann, bob}},
		{"event of a bounce", sesBounce("eventType", "Permanent", "<own@example.com>"), nil, []reportOf{ann, bob}},
		{"bounce without headers", sesBounce("eventType", "Permanent", ""), nil, receipt},
		{"bounce with all headers", edited(sesBounce("eventType", "Permanent", nil), set([]map[string]any{{"name": "message-id", "value": "<own@example.com>"}}, "mail", "headers")), nil, []reportOf{ann, bob}},
		{"transient bounce", sesBounce("eventType", "Transient", "<own@example.com>"), nil, nil},
		{"undetermined bounce", sesBounce("eventType", "Undetermined", "<own@example.com>"), nil, nil},
		{"refused by SES", edited(sesBounce("eventType", "", "<own@example.com>"), set("Reject", "eventType"), set(map[string]any{"reason": "Bad content"}, "reject")), nil, []reportOf{{"<own@example.com>", "ann@example.test", "Bad content"}}},
		{"complaint", map[string]any{"notificationType": "Complaint", "complaint": map[string]any{"complainedRecipients": []any{}}}, nil, nil},
		{"test of the topic", map[string]any{"notificationType": "AmazonSnsSubscriptionSucceeded"}, nil, nil},
		{"plain words", nil, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSink()
			o := s.options()
			o.Client = newAWS().client()
			text := "Successfully validated SNS topic for Amazon SES event publishing."
			if tt.message != nil {
				text = string(jsonOf(tt.message))
			}
			for _, version := range []string{"1", "2"} {
				if got := snsHook(signSNS(plain(text), version)).send(must(webhook.SES(topic, o))); got != 200 {
					t.Errorf("version %s: status = %d, want 200: %s", version, got, s.log.String())
				}
				s.check(t, tt.mails, tt.reports)
				s.mails, s.reports = nil, nil
			}
		})
	}
}

// TestSESBucket takes in a mail that is in a bucket.
func TestSESBucket(t *testing.T) {
	stored := edited(sesReceived(), set(nil, "content"), set(map[string]any{"type": "S3", "bucketName": "b", "objectKey": "k"}, "receipt", "action"))
	s := newSink()
	o := s.options()
	o.Client = newAWS().client()
	r := snsHook(notification(stored))
	if got := r.send(must(webhook.SES(topic, o))); got != 503 {
		t.Errorf("without Fetch: status = %d, want 503", got)
	}
	data, failure := rawMail, errors.New("away")
	o.MaxBytes = 1 << 19
	o.Fetch = func(_ context.Context, bucket, key string) ([]byte, error) {
		if bucket != "b" || key != "k" {
			t.Errorf("Fetch(%q, %q)", bucket, key)
		}
		return []byte(data), failure
	}
	h := must(webhook.SES(topic, o))
	if got := r.send(h); got != 503 || !strings.Contains(s.log.String(), "away") {
		t.Errorf("Fetch fails: status = %d, want 503", got)
	}
	data, failure = strings.Repeat("x", 1<<19+1), nil
	if got := r.send(h); got != 413 {
		t.Errorf("a large mail: status = %d, want 413", got)
	}
	data = ""
	if got := r.send(h); got != 503 {
		t.Errorf("an empty mail: status = %d, want 503", got)
	}
	s.check(t, nil, nil)
	data = rawMail
	if got := r.send(h); got != 200 || len(s.mails) != 1 || string(s.mails[0].Data) != rawMail {
		t.Errorf("status = %d, %d mails", got, len(s.mails))
	}
}

// TestSESSubscription confirms a subscription, and only by a URL of SNS.
func TestSESSubscription(t *testing.T) {
	send := func(a *aws, m map[string]any) (int, *sink) {
		s := newSink()
		o := s.options()
		o.Client = a.client()
		return snsHook(m).send(must(webhook.SES(topic, o))), s
	}
	for _, version := range []string{"1", "2"} {
		a := newAWS()
		if got, s := send(a, signSNS(subscription("SubscriptionConfirmation"), version)); got != 200 || !slices.Equal(a.gets, []string{certURL, subURL}) {
			t.Errorf("status = %d, requests %q: %s", got, a.gets, s.log.String())
		}
	}
	a := newAWS()
	if got, s := send(a, subscription("UnsubscribeConfirmation")); got != 200 || len(a.gets) != 1 || !strings.Contains(s.log.String(), "has ended") {
		t.Errorf("end: status = %d, requests %q: %s", got, a.gets, s.log.String())
	}
	for _, u := range []string{
		"", "http" + subURL[5:], "https://evil.test/?Action=ConfirmSubscription&TopicArn=" + topic, snsHost, snsHost + "?Action=Publish&TopicArn=" + topic,
		strings.Replace(subURL, "inbound", "other", 1), strings.Replace(subURL, "https://", "https://evil.test@", 1), strings.Replace(subURL, ".com/", ".com:8443/", 1),
		strings.Replace(subURL, ".com/", ".com.evil.test/", 1), "https://169.254.169.254/?Action=ConfirmSubscription&TopicArn=" + topic,
	} {
		m := subscription("SubscriptionConfirmation")
		m["SubscribeURL"] = u
		a := newAWS()
		if got, _ := send(a, signSNS(m, "2")); got != 403 || len(a.gets) != 1 {
			t.Errorf("%q: status = %d, requests %q", u, got, a.gets)
		}
	}
	a = newAWS()
	delete(a.pages, subURL)
	if got, _ := send(a, subscription("SubscriptionConfirmation")); got != 503 {
		t.Errorf("refused confirmation: status = %d, want 503", got)
	}
}

// TestSESForged changes messages, and lets others sign them.
func TestSESForged(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := func() map[string]any { return notification(sesReceived()) }
	with := func(k string, v any) map[string]any { return edited(good(), set(v, k)) }
	signed := func(k string, v any) map[string]any { return signSNS(edited(plain("{}"), set(v, k)), "2") }
	shifted := signSNS(edited(plain("{}"), func(m map[string]any) { delete(m, "Subject") }, set("{}\nMessageId\nx", "Message")), "2")
	for _, tt := range []struct {
		name    string
		message map[string]any
		status  int
		gets    int
	}{
		{"message", with("Message", `{"notificationType":"Received","content":"RnJvbTo="}`), 403, 1},
		{"message ID", with("MessageId", "x"), 403, 1},
		{"subject", with("Subject", "x"), 403, 1},
		{"no subject", with("Subject", nil), 403, 1},
		{"time", with("Timestamp", "2027-03-01T09:00:01.000Z"), 403, 1},
		{"type", with("Type", "SubscriptionConfirmation"), 403, 1},
		{"unknown type", with("Type", "Other"), 403, 0},
		{"no signature", with("Signature", ""), 403, 0},
		{"signature", with("Signature", "AAAA"), 403, 1},
		{"version", with("SignatureVersion", "1"), 403, 1},
		{"unknown version", with("SignatureVersion", "3"), 403, 0},
		{"another topic", with("TopicArn", topic+"2"), 403, 0},
		{"another topic, signed", signed("TopicArn", topic+"2"), 403, 0},
		{"two lines", signed("Subject", "a\nTimestamp"), 403, 0},
		{"shifted lines", edited(shifted, set("{}", "Message"), set("x\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "MessageId")), 403, 0},
		{"old", signed("Timestamp", "2027-03-01T06:59:00.000Z"), 403, 1},
		{"from the future", signed("Timestamp", "2027-03-01T10:00:00.000Z"), 403, 1},
		{"no time", signed("Timestamp", "yesterday"), 400, 1},
		{"no JSON", signSNS(plain("{"), "2"), 400, 1},
		{"no base64", notification(edited(sesReceived(), set("?", "content"))), 400, 1},
		{"an hour ago", signed("Timestamp", "2027-03-01T08:00:00.000Z"), 200, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, a := newSink(), newAWS()
			o := s.options()
			o.Client = a.client()
			if got := snsHook(tt.message).send(must(webhook.SES(topic, o))); got != tt.status || len(a.gets) != tt.gets {
				t.Errorf("status = %d, requests %q, want %d and %d: %s", got, a.gets, tt.status, tt.gets, s.log.String())
			}
			s.check(t, nil, nil)
		})
	}
	t.Run("raw delivery", func(t *testing.T) {
		r := snsHook(sesReceived())
		r.header.Set("X-Amz-Sns-Rawdelivery", "true")
		s := newSink()
		if got := r.send(must(webhook.SES(topic, s.options()))); got != 403 {
			t.Errorf("status = %d, want 403", got)
		}
		r.header.Del("X-Amz-Sns-Rawdelivery")
		if got := r.send(must(webhook.SES(topic, s.options()))); got != 403 {
			t.Errorf("without the field: status = %d, want 403", got)
		}
		r.header.Set("X-Amz-Sns-Topic-Arn", topic+"2")
		if got := r.send(must(webhook.SES(topic, s.options()))); got != 403 {
			t.Errorf("another topic: status = %d, want 403", got)
		}
	})
	for name, pem := range map[string]string{
		"another key": string(certificate(now.Add(-time.Hour), now.Add(time.Hour), other)), "expired": string(certificate(now.Add(-2*time.Hour), now.Add(-time.Hour), snsKey())),
		"not yet valid": string(certificate(now.Add(time.Hour), now.Add(2*time.Hour), snsKey())), "no PEM": "x", "no certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	} {
		s, a := newSink(), newAWS()
		a.pages[certURL] = pem
		o := s.options()
		o.Client = a.client()
		if got := snsHook(good()).send(must(webhook.SES(topic, o))); got != 403 {
			t.Errorf("%s: status = %d, want 403", name, got)
		}
		s.check(t, nil, nil)
	}
}

// TestSESEachOctet changes each octet of a signed request. Only what is not signed, such
// as the names of fields that nobody reads, may change.
func TestSESEachOctet(t *testing.T) {
	s := newSink()
	o := s.options()
	o.Client = newAWS().client()
	h := must(webhook.SES(topic, o))
	r := snsHook(notification(sesReceived()))
	for i := range r.body {
		bad := *r
		bad.body = append([]byte{}, r.body...)
		bad.body[i] ^= 1
		if got := bad.send(h); got == 503 {
			t.Errorf("octet %d: status = 503", i)
		}
	}
	if got := r.send(h); got != 200 {
		t.Errorf("status = %d", got)
	}
	if len(s.mails) != 1 || len(s.reports) != 0 || string(s.mails[0].Data) != rawMail {
		t.Errorf("%d mails: a changed one was taken in", len(s.mails))
	}
}

// TestSESCertificates asks for certificates at places that are not SNS's, and counts
// requests.
func TestSESCertificates(t *testing.T) {
	for _, u := range []string{
		"", "x", "http" + certURL[5:], strings.Replace(certURL, "eu-west-1", "us-east-1", 1), strings.Replace(certURL, "amazonaws.com", "amazonaws.com.evil.test", 1),
		strings.Replace(certURL, "sns.", "evil.test/sns.", 1), strings.Replace(certURL, "https://", "https://evil.test@", 1), strings.Replace(certURL, "https://", "https://u:p@", 1),
		strings.Replace(certURL, ".com/", ".com:444/", 1), strings.Replace(certURL, "sns.", "sns-evil.", 1), certURL + "?a", certURL + "#a", certURL + "x", snsHost + "a/b.pem", snsHost + "..%2fb.pem",
		snsHost + "?x=.pem", "https://SNS.eu-west-1.amazonaws.com.evil.test/a.pem", "https://sns.eu-west-1.amazonaws.com\\@evil.test/a.pem", "https://s3.amazonaws.com/sns.eu-west-1.amazonaws.com/a.pem",
	} {
		s, a := newSink(), newAWS()
		a.pages[u] = a.pages[certURL]
		o := s.options()
		o.Client = a.client()
		if got := snsHook(edited(notification(sesReceived()), set(u, "SigningCertURL"))).send(must(webhook.SES(topic, o))); got != 403 || len(a.gets) != 0 {
			t.Errorf("%q: status = %d, requests %q, want 403 and none", u, got, a.gets)
		}
		s.check(t, nil, nil)
	}
	s, a := newSink(), newAWS()
	o := s.options()
	o.Client = a.client()
	h := must(webhook.SES(topic, o))
	r := snsHook(notification(sesReceived()))
	for _, x := range []struct {
		err  error
		code int
		want int
	}{{io.ErrUnexpectedEOF, 200, 503}, {nil, 500, 503}, {nil, 429, 503}, {nil, 302, 403}, {nil, 404, 403}, {nil, 200, 200}, {io.EOF, 500, 200}} {
		a.err, a.code = x.err, x.code
		if got := r.send(h); got != x.want {
			t.Errorf("%v %d: status = %d, want %d", x.err, x.code, got, x.want)
		}
	}
	if len(a.gets) != 6 {
		t.Errorf("%d requests, want 6: the certificate is kept", len(a.gets))
	}
	// Many certificates, one after another, and one at several requests at once.
	for i := range 20 {
		u := snsHost + string(rune('a'+i)) + ".pem"
		a.err, a.code, a.pages[u] = nil, 200, a.pages[certURL]
		if got := snsHook(edited(notification(sesReceived()), set(u, "SigningCertURL"))).send(h); got != 200 {
			t.Errorf("%s: status = %d", u, got)
		}
	}
	a.gets, a.slow = nil, 100*time.Millisecond
	h = must(webhook.SES(topic, o))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() { r.send(h) })
	}
	wait.Wait()
	if len(a.gets) != 1 {
		t.Errorf("%d requests at once, want 1", len(a.gets))
	}
}

// TestSESRegions takes in messages of China, and refuses its host elsewhere.
func TestSESRegions(t *testing.T) {
	const china, u = "arn:aws-cn:sns:cn-north-1:123456789012:inbound", "https://sns.cn-north-1.amazonaws.com.cn/a.pem"
	s, a := newSink(), newAWS()
	a.pages[u] = a.pages[certURL]
	o := s.options()
	o.Client = a.client()
	r := snsHook(edited(signSNS(edited(plain("{}"), set(china, "TopicArn")), "2"), set(u, "SigningCertURL")))
	r.header.Del("X-Amz-Sns-Topic-Arn")
	if got := r.send(must(webhook.SES(china, o))); got != 200 {
		t.Errorf("status = %d, want 200: %s", got, s.log.String())
	}
	if got := snsHook(edited(notification(sesReceived()), set(u, "SigningCertURL"))).send(must(webhook.SES(topic, o))); got != 403 {
		t.Errorf("status = %d, want 403", got)
	}
}

// TestSESHostile sends bodies that are large or deep.
func TestSESHostile(t *testing.T) {
	s := newSink()
	o := s.options()
	o.Client = newAWS().client()
	h := must(webhook.SES(topic, o))
	deep := signSNS(plain(`{"a":`+strings.Repeat(`{"a":`, 50_000)), "2")
	for name, x := range map[string]struct {
		body []byte
		want int
	}{
		"large": {jsonOf(strings.Repeat("x", 1<<20)), 413}, "deep": {[]byte(strings.Repeat("[", 1<<19)), 400},
		"deep within": {jsonOf(deep), 400}, "empty": {nil, 400}, "null": {[]byte("null"), 403},
		"many recipients": {jsonOf(notification(edited(sesReceived(), set(slices.Collect(maps.Keys(addresses(200))), "receipt", "recipients")))), 400},
	} {
		if got := newHook("text/plain", x.body).send(h); got != x.want {
			t.Errorf("%s: status = %d, want %d", name, got, x.want)
		}
	}
	s.check(t, nil, nil)
}

// addresses returns n addresses.
func addresses(n int) map[string]bool {
	out := make(map[string]bool)
	for i := range n {
		out[strings.Repeat("a", i+1)+"@example.com"] = true
	}
	return out
}
