// Package graphmail sends mails by Microsoft Graph, sendMail with MIME. It has only been run
// against a server of our own, written from Microsoft's documentation.
//
//	sender, err := graphmail.New(config.Client(ctx), "desk@example.com", nil) // golang.org/x/oauth2
//	if err != nil {
//		return err
//	}
//	client := invite.New(sender, nil)
//
// # Rules
//
//   - The API has no envelope: Exchange mails everybody in the fields To, Cc and Bcc. A
//     recipient whom the header does not name is added in a field Bcc, which Exchange removes.
//     A mail whose header names others is refused with [httpsend.ErrRecipients].
//   - Exchange reads the mail into a form of its own and writes it anew, so signatures by DKIM
//     of this side do not survive. Reports come to the mailbox.
package graphmail

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/convene-go/convene/httpsend/internal/call"
	"github.com/convene-go/convene/mime"
)

// The limits of Graph for one call. The request, which is the mail in base64, has at most
// 4 MB.
const (
	maxSize       = 4_000_000 / 4 * 3
	maxRecipients = 1000
)

// Options are settings of a [Sender]. The zero value is right.
type Options struct {
	// URL is the address of the API. "" means "https://graph.microsoft.com".
	URL string
	// Timeout limits a call. 0 means one minute. Finish is the time for which the answer is
	// still waited for if the context of Send ends after the mail was sent whole. 0 means
	// five seconds.
	Timeout, Finish time.Duration
	// Logger gets a record of each mail, without its content. Nil means none.
	Logger *slog.Logger
}

// Sender sends mails from one mailbox. It is safe for concurrent use.
type Sender struct{ api *call.API }

// New returns a sender for a mailbox, which is an address or an identifier. "" is the
// mailbox of the user who signed in. Requests are made with c, which authorizes them with
// the permission Mail.Send, as golang.org/x/oauth2 does. New does not connect.
func New(c *http.Client, mailbox string, o *Options) (*Sender, error) {
	if c == nil {
		return nil, errors.New("httpsend/graphmail: the client, which adds the token, is missing")
	}
	if o == nil {
		o = new(Options)
	}
	path := "/v1.0/me/sendMail"
	if mailbox != "" {
		path = "/v1.0/users/" + url.PathEscape(mailbox) + "/sendMail"
	}
	a := &call.API{
		Name: "graphmail", URL: call.Endpoint(o.URL, "https://graph.microsoft.com", path),
		Client: c, Timeout: o.Timeout, Finish: o.Finish, Logger: o.Logger,
		MaxSize: maxSize, MaxRecipients: maxRecipients,
		Accepted: accepted, Fault: fault, Fates: fates,
	}
	a.Request = func(_ context.Context, m *mime.Message, header http.Header) ([]byte, error) {
		header.Set("Content-Type", "text/plain")
		data, err := a.WithEnvelope(m)
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.AppendEncode(nil, data), nil
	}
	if err := a.Init(); err != nil {
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

// SendReceipt is Send, and returns the identifier of the request, by which the support of
// Microsoft finds it. Graph does not name the mail.
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

// accepted reads the answer to a mail that was taken: 202 without a body.
func accepted(_ *mime.Message, a *call.Answer) (mime.Receipt, error, bool) {
	return mime.Receipt{ID: call.Name(a.Header.Get("Request-Id"))}, nil, a.Status == http.StatusAccepted
}

// fault reads an error.
func fault(a *call.Answer) (code, text string, ok bool) {
	var v struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	err := json.Unmarshal(a.Body, &v)
	return v.Error.Code, v.Error.Message, err == nil && v.Error.Code != ""
}

// fates judges the codes of Exchange of which the status does not say enough.
var fates = map[string]call.Fate{
	"ErrorSendAsDenied":                   call.Refused, // 403
	"ErrorMimeContentInvalid":             call.Refused,
	"ErrorMimeContentInvalidBase64String": call.Refused,
	"ErrorInvalidRecipients":              call.Refused,
	"ErrorMessageSizeExceeded":            call.Refused,
	"ErrorExceededMessageLimit":           call.Temporary, // the limit of a day
	"ErrorMessageSubmissionBlocked":       call.Temporary, // the mailbox may not send now
	"ErrorQuotaExceeded":                  call.Temporary,
	"ErrorServerBusy":                     call.Temporary,
	"ErrorMailboxStoreUnavailable":        call.Temporary,
	"ErrorTimeoutExpired":                 call.Unknown,
}
