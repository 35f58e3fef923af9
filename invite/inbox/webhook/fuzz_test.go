package webhook_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/webhook"
)

// FuzzBody gives bodies to all handlers. No handler panics, no answer is 500, and a
// request that is acknowledged twice gives its mails once.
func FuzzBody(f *testing.F) {
	good := mailgunHook(now, "t")
	contentType := good.header.Get("Content-Type")
	for _, b := range [][]byte{
		good.body, sendgridHook(now).body, []byte(sendgridEvents), jsonOf(postmarkInbound()), jsonOf(postmarkBounce("HardBounce")), jsonOf(sesReceived()),
		jsonOf(sesBounce("eventType", "Permanent", "<a@b>")), mailgunEventHook(now, "t", "failed", "permanent").body, jsonOf(subscription("SubscriptionConfirmation")),
		[]byte("DKIM-Signature: d=a.test; i=@b.a.test\r\nFrom: a@a.test\r\n\r\n"),
	} {
		for _, c := range []string{contentType, "application/json"} {
			f.Add(c, b)
		}
	}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		seen := make(map[string]bool)
		o := &webhook.Options{
			Receive: func(_ context.Context, m *inbox.Mail) error {
				if seen[m.ID] || m.Verified == nil {
					t.Errorf("the mail %s came again, or its Verified is nil", m.ID)
				}
				seen[m.ID] = true
				return nil
			},
			Undelivered:   func(_ context.Context, id, email, text string) error { return nil },
			Now:           func() time.Time { return now },
			MailgunChecks: true, Client: newAWS().client(),
		}
		header := func() http.Header { return http.Header{"Content-Type": {contentType}} }
		form := sendgridFields(string(body))
		form[0].value = string(body)
		checks := mailgunFields(now, "u", field{"X-Mailgun-Dkim-Check-Result", "pass"})
		checks[7].value = string(body)
		for _, x := range []struct {
			to *webhook.Handler
			r  *hook
		}{
			{must(webhook.Mailgun(signingKey, o)), &hook{"POST", header(), body}},
			{must(webhook.Mailgun(signingKey, o)), multipartHook(checks...)},
			{must(webhook.SendGridPassword("user", "password", o)), withPassword(&hook{"POST", header(), body})},
			{must(webhook.SendGridPassword("user", "password", o)), withPassword(multipartHook(form...))},
			{must(webhook.Postmark("user", "password", o)), withPassword(&hook{"POST", header(), body})},
			{must(webhook.SES(topic, o)), &hook{"POST", header(), body}},
		} {
			for range 2 {
				if got := x.r.send(x.to); got == http.StatusInternalServerError {
					t.Errorf("status = %d", got)
				}
			}
			clear(seen)
		}
	})
}

// FuzzSES signs notifications of SES, so that their text is parsed.
func FuzzSES(f *testing.F) {
	for _, v := range []any{sesReceived(), sesBounce("eventType", "Permanent", "<a@b>"), sesBounce("notificationType", "Permanent", nil)} {
		f.Add(string(jsonOf(v)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newSink()
		o := s.options()
		o.Client = newAWS().client()
		h, r := must(webhook.SES(topic, o)), snsHook(signSNS(plain(strings.ToValidUTF8(text, "")), "2"))
		first := r.send(h)
		n := len(s.mails) + len(s.reports)
		if again := r.send(h); again != first || len(s.mails)+len(s.reports) != n || first != 200 && n != 0 {
			t.Errorf("status = %d and %d, %d mails and reports, then %d", first, again, n, len(s.mails)+len(s.reports))
		}
	})
}
