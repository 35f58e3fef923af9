// Package gmail sends mails by the Gmail API, users.messages.send. It has only been run
// against a server of our own, written from Google's documentation.
//
//	sender, err := gmail.New(config.Client(ctx, token), nil) // golang.org/x/oauth2
//	if err != nil {
//		return err
//	}
//	client := invite.New(sender, nil)
//
// # Rules
//
//   - The API has no envelope: Gmail mails everybody in the fields To, Cc and Bcc. A recipient
//     whom the header does not name is added in a field Bcc, which Gmail removes. A mail whose
//     header names others is refused with [httpsend.ErrRecipients].
//   - The field From must be the account, or an alias of it. Reports come to the account.
package gmail

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/convene-go/convene/httpsend/internal/call"
	"github.com/convene-go/convene/mime"
)

// The limits of Gmail for one call.
const (
	maxSize       = 36_700_160
	maxRecipients = 500
)

// Options are settings of a [Sender]. The zero value is right.
type Options struct {
	// URL is the address of the API. "" means "https://gmail.googleapis.com".
	URL string
	// Timeout limits a call. 0 means one minute. Finish is the time for which the answer is
	// still waited for if the context of Send ends after the mail was sent whole. 0 means
	// five seconds.
	Timeout, Finish time.Duration
	// Logger gets a record of each mail, without its content. Nil means none.
	Logger *slog.Logger
}

// Sender sends mails as one account. It is safe for concurrent use.
type Sender struct{ api *call.API }

// New returns a sender that makes its requests with c, which authorizes them for the scope
// https://www.googleapis.com/auth/gmail.send, as golang.org/x/oauth2 does. It does not
// connect.
func New(c *http.Client, o *Options) (*Sender, error) {
	if c == nil {
		return nil, errors.New("httpsend/gmail: the client, which adds the token, is missing")
	}
	if o == nil {
		o = new(Options)
	}
	a := &call.API{
		Name: "gmail", URL: call.Endpoint(o.URL, "https://gmail.googleapis.com", "/upload/gmail/v1/users/me/messages/send?uploadType=media"),
		Client: c, Timeout: o.Timeout, Finish: o.Finish, Logger: o.Logger,
		MaxSize: maxSize, MaxRecipients: maxRecipients,
		Accepted: accepted, Fault: fault, Fates: fates,
	}
	a.Request = func(_ context.Context, m *mime.Message, header http.Header) ([]byte, error) {
		header.Set("Content-Type", "message/rfc822")
		return a.WithEnvelope(m)
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

// SendReceipt is Send, and returns the identifier of the message in the account.
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

// accepted reads the answer to a mail that was taken.
func accepted(_ *mime.Message, a *call.Answer) (mime.Receipt, error, bool) {
	var v struct {
		ID string `json:"id"`
	}
	err := json.Unmarshal(a.Body, &v)
	return mime.Receipt{ID: call.Name(v.ID)}, nil, err == nil && v.ID != ""
}

// fault reads an error.
func fault(a *call.Answer) (code, text string, ok bool) {
	var v struct {
		Error struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
			Errors  []struct {
				Reason string `json:"reason"`
			} `json:"errors"`
		} `json:"error"`
	}
	if err := json.Unmarshal(a.Body, &v); err != nil || v.Error.Code == 0 {
		return "", "", false
	}
	code = strconv.Itoa(v.Error.Code)
	if len(v.Error.Errors) > 0 {
		code = v.Error.Errors[0].Reason
	}
	return code, v.Error.Message, true
}

// fates judges the reasons of Google of which the status does not say enough.
var fates = map[string]call.Fate{
	"failedPrecondition": call.Temporary, // 400: Gmail is not enabled for the account
	"uploadTooLarge":     call.Refused,
	"invalidArgument":    call.Refused,
	"backendError":       call.Temporary, // 500 and 503: to be tried again, says Google
}
