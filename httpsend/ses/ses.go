// Package ses sends mails by the API of Amazon SES, version 2: SendEmail with Content.Raw. It
// has been run against the emulator aws-ses-v2-local, and never against Amazon. It is a
// module of its own, because of the AWS signer, the only part of the AWS SDK that it needs.
//
//	cfg, err := config.LoadDefaultConfig(ctx) // github.com/aws/aws-sdk-go-v2/config
//	…
//	sender, err := ses.New(cfg, nil)
//	if err != nil {
//		return err
//	}
//	client := invite.New(sender, nil)
//
// Amazon SES replaces Message-ID, Date and return path. Reports come to the address in
// Message.From, unless the identity says otherwise, and name the mail by the receipt and by
// the field invite.HeaderMessageID, which Amazon SES leaves alone.
package ses

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/convene-go/convene/httpsend/internal/call"
	"github.com/convene-go/convene/mime"
)

// The limits of Amazon SES for one call.
const (
	maxSize       = 40 << 20
	maxRecipients = 50
)

// Options are settings of a [Sender]. The zero value is right.
type Options struct {
	// ConfigurationSet is the name of the configuration set that tells Amazon SES where to
	// publish reports. "" means the default of the identity.
	ConfigurationSet string
	// Timeout limits a call. 0 means one minute. Finish is the time for which the answer is
	// still waited for if the context of Send ends after the mail was sent whole. 0 means
	// five seconds.
	Timeout, Finish time.Duration
	// Logger gets a record of each mail, without its content. Nil means none.
	Logger *slog.Logger
}

// Sender sends mails in one region. It is safe for concurrent use.
type Sender struct{ api *call.API }

// New returns a sender with the Region, Credentials, HTTPClient and BaseEndpoint of c. It
// does not connect, and its mails are not sent again by the Retryer of c.
func New(c aws.Config, o *Options) (*Sender, error) {
	if o == nil {
		o = new(Options)
	}
	if c.Credentials == nil {
		return nil, errors.New("httpsend/ses: the configuration has no credentials")
	}
	a := &call.API{
		Name: "ses", URL: call.Endpoint(aws.ToString(c.BaseEndpoint), "https://email."+c.Region+".amazonaws.com", "/v2/email/outbound-emails"),
		Client: client(c.HTTPClient), Timeout: o.Timeout, Finish: o.Finish, Logger: o.Logger,
		MaxSize: maxSize, MaxRecipients: maxRecipients, Accepted: accepted, Fault: fault, Fates: fates,
	}
	a.Request = func(_ context.Context, m *mime.Message, header http.Header) ([]byte, error) {
		header.Set("Content-Type", "application/json")
		return request(m, o.ConfigurationSet)
	}
	signer := v4.NewSigner()
	a.Sign = func(ctx context.Context, r *http.Request, body []byte) error {
		creds, err := c.Credentials.Retrieve(ctx)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		return signer.SignHTTP(ctx, creds, r, hex.EncodeToString(sum[:]), "ses", c.Region, time.Now())
	}
	if err := a.Init(c.Region); err != nil {
		return nil, err
	}
	return &Sender{a}, nil
}

// client returns the client of a configuration.
func client(c aws.HTTPClient) *http.Client {
	switch c := c.(type) {
	case nil:
		return nil
	case *http.Client:
		return c
	case interface {
		GetTransport() *http.Transport
		GetTimeout() time.Duration
	}: // the BuildableClient of the AWS SDK, which would follow redirects
		return &http.Client{Transport: c.GetTransport(), Timeout: c.GetTimeout()}
	}
	return &http.Client{Transport: doer{c}}
}

// doer makes a transport of a client. A client that follows redirects does not send the mail
// to another server, because it cannot get the body again, and the redirect is its answer.
type doer struct{ aws.HTTPClient }

func (d doer) RoundTrip(r *http.Request) (*http.Response, error) {
	once := r.WithContext(r.Context())
	once.GetBody = nil
	resp, err := d.Do(once)
	if err != nil || resp.Request == nil || resp.Request.Response == nil {
		return resp, err
	}
	_ = resp.Body.Close()
	for resp.Request != nil && resp.Request.Response != nil {
		resp = resp.Request.Response
	}
	resp.Body = http.NoBody
	return resp, nil
}

// Send hands m to the API. The error is an [*httpsend.Error], or has a [*mime.FieldError]
// for each field of a mail that must not be sent. If ctx ends, Send ends at once. Only the
// answer to a mail that was sent whole is waited for, at most for the time in
// [Options.Finish].
func (s *Sender) Send(ctx context.Context, m *mime.Message) error {
	_, err := s.SendReceipt(ctx, m)
	return err
}

// SendReceipt is Send, and returns the name that Amazon SES gives to the mail, which
// it writes into the Message-ID.
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

// request returns the JSON with a mail. Destination is the envelope.
func request(m *mime.Message, configurationSet string) ([]byte, error) {
	var v struct {
		FromEmailAddress     string `json:",omitempty"`
		Destination          struct{ ToAddresses []string }
		Content              struct{ Raw struct{ Data []byte } }
		ConfigurationSetName string `json:",omitempty"`
	}
	v.FromEmailAddress, v.ConfigurationSetName = m.From, configurationSet
	v.Destination.ToAddresses, v.Content.Raw.Data = m.To, m.Data
	return json.Marshal(v)
}

// accepted reads the answer to a mail that was taken.
func accepted(_ *mime.Message, a *call.Answer) (mime.Receipt, error, bool) {
	var v struct{ MessageID string }
	err := json.Unmarshal(a.Body, &v)
	return mime.Receipt{ID: call.Name(v.MessageID)}, nil, err == nil && v.MessageID != ""
}

// fault reads an error. Its name is in the header, or in the body.
func fault(a *call.Answer) (code, text string, ok bool) {
	var v struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	err := json.Unmarshal(a.Body, &v)
	for _, name := range []string{a.Header.Get("X-Amzn-ErrorType"), v.Type} {
		name, _, _ = strings.Cut(name, ":") // the rest is an address
		if _, after, ok := strings.Cut(name, "#"); ok {
			name = after
		}
		if name != "" {
			return name, v.Message, true
		}
	}
	return "", v.Message, err == nil && v.Message != ""
}

// fates judges the errors of Amazon SES of which the status does not say enough. Most of
// them come with 400.
var fates = map[string]call.Fate{
	"MessageRejected":                    call.Refused,
	"MailFromDomainNotVerifiedException": call.Refused,
	"AccountSuspendedException":          call.Refused,
	"BadRequestException":                call.Refused,
	"TooManyRequestsException":           call.Temporary,
	"ThrottlingException":                call.Temporary,
	"Throttling":                         call.Temporary,
	"LimitExceededException":             call.Temporary,
	"SendingPausedException":             call.Temporary,
	"RequestExpired":                     call.Temporary, // a clock is wrong
	"IncompleteSignature":                call.Temporary,
	"ExpiredTokenException":              call.Temporary,
}
