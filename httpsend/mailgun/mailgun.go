// Package mailgun sends mails by the HTTP API of Mailgun. It has only been run against a
// server of our own, written from Mailgun's documentation.
//
//	sender, err := mailgun.New("mail.example.com", key, nil)
//	if err != nil {
//		return err
//	}
//	client := invite.New(sender, nil)
//
// Mailgun sends the mail from a return path of its own. So reports do not come to the
// address in Message.From, but to the webhooks of the domain (package inbox/webhook). The
// receipt is the Message-ID under which Mailgun sends the mail.
package mailgun

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/convene-go/convene/httpsend/internal/call"
	"github.com/convene-go/convene/mime"
)

// The limits of Mailgun for one call.
const (
	maxSize       = 25 << 20
	maxRecipients = 1000
)

// Options are settings of a [Sender]. The zero value is right for the United States.
type Options struct {
	// Client makes the requests. Nil means one like [http.DefaultClient]. Redirects are not
	// followed.
	Client *http.Client
	// URL is the address of the API. "" means "https://api.mailgun.net". The region Europe is at
	// "https://api.eu.mailgun.net".
	URL string
	// Timeout limits a call. 0 means one minute. Finish is the time for which the answer is
	// still waited for if the context of Send ends after the mail was sent whole. 0 means
	// five seconds.
	Timeout, Finish time.Duration
	// Logger gets a record of each mail, without its content. Nil means none.
	Logger *slog.Logger
}

// Sender sends mails from one domain at Mailgun. It is safe for concurrent use.
type Sender struct{ api *call.API }

// New returns a sender for a domain at Mailgun and an API key. It does not connect.
func New(domain, key string, o *Options) (*Sender, error) {
	if o == nil {
		o = new(Options)
	}
	a := &call.API{
		Name: "mailgun", URL: call.Endpoint(o.URL, "https://api.mailgun.net", "/v3/"+url.PathEscape(domain)+"/messages.mime"),
		Client: o.Client, Timeout: o.Timeout, Finish: o.Finish, Logger: o.Logger, Secrets: []string{key},
		MaxSize: maxSize, MaxRecipients: maxRecipients,
		Request: request, Accepted: accepted, Fault: fault,
		Sign: func(_ context.Context, r *http.Request, _ []byte) error {
			r.SetBasicAuth("api", key)
			return nil
		},
	}
	if err := a.Init(domain, key); err != nil {
		return nil, err
	}
	return &Sender{a}, nil
}

// Send hands m to the API. The error is an [*httpsend.Error], or has a [*mime.FieldError]
// for each field of a mail that must not be sent. If ctx ends, Send ends at once. Only the
// answer to a mail that was sent whole is waited for, at most for the time in
// [Options.Finish].
func (s *Sender) Send(ctx context.Context, m *mime.Message) error {
	_, err := s.SendReceipt(ctx, m)
	return err
}

// SendReceipt is Send, and returns the Message-ID under which Mailgun sends the
// mail.
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

// request returns the form with a mail. A part "to" for each recipient is the envelope.
func request(_ context.Context, m *mime.Message, header http.Header) ([]byte, error) {
	var b bytes.Buffer // which takes every write, so the writer has no errors
	w := multipart.NewWriter(&b)
	sum := sha256.Sum256(m.Data) // equal mails have equal requests
	_ = w.SetBoundary("=_" + hex.EncodeToString(sum[:]))
	for _, to := range m.To {
		_ = w.WriteField("to", to)
	}
	_ = w.WriteField("o:tracking", "no") // tracking would rewrite the links in the HTML part
	part, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="message"; filename="message.eml"`},
		"Content-Type":        {"message/rfc822"},
	})
	_, _ = part.Write(m.Data)
	_ = w.Close()
	header.Set("Content-Type", w.FormDataContentType())
	return b.Bytes(), nil
}

// accepted reads the answer to a mail that was taken.
func accepted(_ *mime.Message, a *call.Answer) (mime.Receipt, error, bool) {
	var v struct {
		ID string `json:"id"`
	}
	err := json.Unmarshal(a.Body, &v)
	return mime.Receipt{ID: call.Name(v.ID)}, nil, err == nil && v.ID != ""
}

// fault reads an error. Mailgun has no codes, and says Forbidden in plain text to a key that
// is wrong.
func fault(a *call.Answer) (code, text string, ok bool) {
	var v struct {
		Message string `json:"message"`
	}
	if err := json.Unmarshal(a.Body, &v); err != nil || v.Message == "" {
		plain := strings.TrimSpace(string(a.Body))
		return "", plain, plain == "Forbidden"
	}
	return "", v.Message, true
}
