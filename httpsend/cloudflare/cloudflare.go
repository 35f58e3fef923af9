// Package cloudflare sends mails by Cloudflare Email Sending, send_raw. It has only been run
// against a server of our own, written from Cloudflare's documentation.
//
//	sender, err := cloudflare.New(account, token, nil)
//	if err != nil {
//		return err
//	}
//	client := invite.New(sender, nil)
//
// The API tells the fate of each recipient. Reports on later failures come to the address in
// Message.From only if Cloudflare keeps it as return path, which its documentation does not
// say. The rules of all senders by HTTP are in package httpsend.
package cloudflare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/httpsend/internal/call"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// The limits of Cloudflare for one call. Mails to other than verified addresses have at most
// 5 MiB, which only Cloudflare can tell.
const (
	maxSize       = 25 << 20
	maxRecipients = 50
)

// Options are settings of a [Sender]. The zero value is right.
type Options struct {
	// Client makes the requests. Nil means one like [http.DefaultClient]. Redirects are not
	// followed.
	Client *http.Client
	// URL is the address of the API. "" means "https://api.cloudflare.com/client/v4".
	URL string
	// Timeout limits a call. 0 means one minute. Finish is the time for which the answer is
	// still waited for if the context of Send ends after the mail was sent whole. 0 means
	// five seconds.
	Timeout, Finish time.Duration
	// Logger gets a record of each mail, without its content. Nil means none.
	Logger *slog.Logger
}

// Sender sends mails for one account at Cloudflare. It is safe for concurrent use.
type Sender struct{ api *call.API }

// New returns a sender for an account, given by its identifier, and an API token with the
// permission to send mails. It does not connect.
func New(account, token string, o *Options) (*Sender, error) {
	if o == nil {
		o = new(Options)
	}
	a := &call.API{
		Name: "cloudflare", URL: call.Endpoint(o.URL, "https://api.cloudflare.com/client/v4", "/accounts/"+url.PathEscape(account)+"/email/sending/send_raw"),
		Client: o.Client, Timeout: o.Timeout, Finish: o.Finish, Logger: o.Logger, Secrets: []string{token},
		MaxSize: maxSize, MaxRecipients: maxRecipients, Fault: fault,
		Sign: func(_ context.Context, r *http.Request, _ []byte) error {
			r.Header.Set("Authorization", "Bearer "+token)
			return nil
		},
	}
	s := &Sender{a}
	a.Request, a.Accepted = s.request, s.accepted
	if err := a.Init(account, token); err != nil {
		return nil, err
	}
	return s, nil
}

// Send hands m to the API. The error is an [*httpsend.Error], or has a [*mime.FieldError]
// for each field of a mail that must not be sent. If ctx ends, Send ends at once. Only the
// answer to a mail that was sent whole is waited for, at most for the time in
// [Options.Finish].
func (s *Sender) Send(ctx context.Context, m *mime.Message) error {
	_, err := s.SendReceipt(ctx, m)
	return err
}

// SendReceipt is Send, and returns the name that Cloudflare gives to the mail, if it
// gives one.
func (s *Sender) SendReceipt(ctx context.Context, m *mime.Message) (mime.Receipt, error) {
	return s.api.Send(ctx, m)
}

// Admit waits while the API has asked for a pause, see invite.Pacer.
func (s *Sender) Admit(ctx context.Context, wait bool) (admitted context.Context, leave func(), err error) {
	return s.api.Admit(ctx, wait)
}

// String returns the API, without secrets.
func (s *Sender) String() string { return s.api.String() }

// GoString returns String, so that no way to print a Sender shows a secret.
func (s *Sender) GoString() string { return s.String() }

// request returns the JSON with a mail.
func (s *Sender) request(_ context.Context, m *mime.Message, header http.Header) ([]byte, error) {
	if !utf8.Valid(m.Data) {
		return nil, s.api.Refuse("", errors.New("message is not UTF-8, and the API takes it as JSON"))
	}
	header.Set("Content-Type", "application/json")
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		From       string   `json:"from"`
		Recipients []string `json:"recipients"`
		Message    string   `json:"mime_message"`
	}{m.From, m.To, string(m.Data)})
	return b.Bytes(), err
}

// answer is an answer of Cloudflare.
type answer struct {
	Success bool `json:"success"`
	Errors  []struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"errors"`
	Result struct {
		Delivered []string `json:"delivered"`
		Queued    []string `json:"queued"`
		Bounced   []string `json:"permanent_bounces"`
		MessageID string   `json:"message_id"`
	} `json:"result"`
}

// accepted reads the fate of each recipient.
func (s *Sender) accepted(m *mime.Message, a *call.Answer) (r mime.Receipt, err error, ok bool) {
	var v answer
	if json.Unmarshal(a.Body, &v) != nil || !v.Success {
		return r, nil, false
	}
	bounced, taken := keys(v.Result.Bounced), keys(append(v.Result.Delivered, v.Result.Queued...))
	var failed []error
	for _, to := range m.To {
		key := address.Key(to)
		e := s.api.Error(a.Status, "", "the answer does not name this recipient", call.Unknown)
		switch {
		case taken[key]:
			continue
		case bounced[key]:
			e = s.api.Error(a.Status, "", "permanent bounce", call.Refused)
		}
		e.Address = to
		failed = append(failed, e)
	}
	return mime.Receipt{ID: call.Name(v.Result.MessageID)}, errors.Join(failed...), true
}

// keys returns the keys of addresses.
func keys(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, to := range list {
		out[address.Key(to)] = true
	}
	return out
}

// fault reads an error.
func fault(a *call.Answer) (code, text string, ok bool) {
	var v answer
	if json.Unmarshal(a.Body, &v) != nil || len(v.Errors) == 0 {
		return "", "", false
	}
	return strconv.Itoa(v.Errors[0].Code), v.Errors[0].Message, true
}
