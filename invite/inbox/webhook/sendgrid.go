package webhook

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/mime"
)

// The header fields of a signed request of SendGrid.
const (
	sendgridSignature = "X-Twilio-Email-Event-Webhook-Signature"
	sendgridTimestamp = "X-Twilio-Email-Event-Webhook-Timestamp"
)

// SendGrid returns a handler for SendGrid's Inbound Parse with a security policy that
// signs, and for its signed Event Webhook. publicKeys are their public keys, as SendGrid
// shows them. A request must be signed with one of them. Inbound Parse needs the setting
// "POST the raw, full MIME message".
func SendGrid(publicKeys []string, o *Options) (*Handler, error) {
	options, err := o.withDefaults(4 * 24 * time.Hour)
	if err != nil {
		return nil, err
	}
	s := &sendgrid{options: options}
	for i, k := range publicKeys {
		der, err := base64.StdEncoding.DecodeString(strings.TrimSpace(k))
		if err != nil {
			return nil, fmt.Errorf("webhook: SendGrid: publicKeys[%d]: is not in base64", i)
		}
		public, err := x509.ParsePKIXPublicKey(der)
		key, ok := public.(*ecdsa.PublicKey)
		if err != nil || !ok || key.Curve != elliptic.P256() {
			return nil, fmt.Errorf("webhook: SendGrid: publicKeys[%d]: is no key of P-256", i)
		}
		s.keys = append(s.keys, key)
	}
	if len(s.keys) == 0 {
		return nil, errors.New("webhook: SendGrid: publicKeys: are missing")
	}
	return &Handler{name: "sendgrid", service: s, options: options, limit: options.MaxBytes}, nil
}

// SendGridPassword returns a handler like [SendGrid] for requests that are not signed, and
// have a password in their URL instead: https://user:password@…. It is weaker than a
// signature: everybody who sees one request can make others.
func SendGridPassword(user, password string, o *Options) (*Handler, error) {
	options, err := o.withDefaults(0)
	if err != nil {
		return nil, err
	}
	b, err := newBasic("SendGridPassword", user, password)
	if err != nil {
		return nil, err
	}
	return &Handler{name: "sendgrid", service: &sendgrid{options: options, basic: b}, options: options, limit: options.MaxBytes}, nil
}

// sendgrid is the service of SendGrid.
type sendgrid struct {
	keys    []*ecdsa.PublicKey
	basic   *basic // if it is not nil, there are no keys
	options Options
}

// admit refuses requests without a signature, or with a wrong password.
func (s *sendgrid) admit(r *http.Request) error {
	if s.basic != nil {
		return s.basic.admit(r)
	}
	if r.Header.Get(sendgridSignature) == "" || r.Header.Get(sendgridTimestamp) == "" {
		return forged("the signature is missing")
	}
	return nil
}

// open opens a request of Inbound Parse, which is a form, or of the Event Webhook, which
// is JSON.
func (s *sendgrid) open(_ context.Context, r *request) (*content, error) {
	if err := s.check(r); err != nil {
		return nil, err
	}
	if r.mediaType == "application/json" {
		return sendgridEvents(r.body)
	}
	return sendgridMail(r)
}

// check checks the signature of a request, and its age.
func (s *sendgrid) check(r *request) error {
	if s.basic != nil {
		return nil
	}
	timestamp := r.header.Get(sendgridTimestamp)
	signed, err := base64.StdEncoding.DecodeString(r.header.Get(sendgridSignature))
	h := sha256.New()
	h.Write([]byte(timestamp))
	h.Write(r.body)
	digest, valid := h.Sum(nil), false
	for _, k := range s.keys {
		valid = valid || err == nil && ecdsa.VerifyASN1(k, digest, signed)
	}
	if !valid {
		return forged("the signature is wrong")
	}
	// The time ends at the beginning of the body, and only digits keep it apart.
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return malformed("the timestamp is no number")
	}
	return checkAge(s.options.Now(), time.Unix(seconds, 0), s.options.MaxAge)
}

// mostRecipients limits the recipients of a mail.
const mostRecipients = 100

// sendgridMail opens a request of Inbound Parse.
func sendgridMail(r *request) (*content, error) {
	f, err := readForm(r, "email", "envelope", "dkim", "SPF")
	if err != nil {
		return nil, err
	}
	v := make(map[string]string)
	for _, name := range []string{"email", "envelope", "dkim", "SPF"} {
		if v[name], err = f.one(name); err != nil {
			return nil, err
		}
	}
	if v["email"] == "" {
		return nil, notRaw("the mail is not raw: switch on the setting for the raw, full MIME message")
	}
	var envelope struct {
		To   []string
		From string
	}
	if err := decode([]byte(v["envelope"]), &envelope); err != nil {
		return nil, err
	}
	data := []byte(v["email"])
	verified := dkimList(v["dkim"], data)
	if spf := strings.ToLower(strings.TrimSpace(v["SPF"])); spf != "" {
		verified = append(verified, spfOf(spf, envelope.From))
	}
	return mailsOf("sendgrid", envelope.To, data, verified)
}

// mailsOf returns a mail for each recipient.
func mailsOf(service string, recipients []string, data []byte, verified []mime.AuthResult) (*content, error) {
	if len(recipients) > mostRecipients {
		return nil, malformed("the mail has too many recipients")
	}
	if len(recipients) == 0 {
		recipients = []string{""}
	}
	var c content
	for _, to := range recipients {
		c.mails = append(c.mails, newMail(service, bare(to), data, verified))
	}
	return &c, nil
}

// mostEvents limits the events of a request.
const mostEvents = 100_000

// sendgridEvents opens a request of the Event Webhook. The other events, such as a
// deferral, are no news.
func sendgridEvents(body []byte) (*content, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, malformed("the JSON is no list of events")
	}
	var c content
	for n := 0; d.More(); n++ {
		var e struct {
			Event, Email, Reason, Response string
			SMTPID                         string `json:"smtp-id"`
			MessageID                      string `json:"sg_message_id"`
		}
		if d.Decode(&e) != nil {
			return nil, malformed("the JSON cannot be read")
		}
		if n == mostEvents {
			return nil, malformed("there are too many events")
		}
		if e.Event == "bounce" || e.Event == "dropped" {
			text := e.Reason
			if text == "" {
				text = e.Response
			}
			c.reports = append(c.reports, newReport(e.SMTPID, e.MessageID, e.Email, text))
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, malformed("the JSON cannot be read")
	}
	return &c, nil
}
