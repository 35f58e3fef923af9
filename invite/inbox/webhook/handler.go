package webhook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/convene-go/convene/invite/inbox"
)

// Options say how a [Handler] works. One of Receive and Undelivered is necessary.
type Options struct {
	// Receive takes a mail in. A mail to several recipients is given once for each. If
	// the error is not nil, the service sends the request again later. If Receive is nil,
	// mails are refused.
	Receive func(ctx context.Context, m *inbox.Mail) error
	// Undelivered takes in the report that a mail did not arrive, and never will. id is
	// the Message-ID of the mail with angle brackets, or the receipt of the service if
	// the report does not name the Message-ID. email is the recipient, and text is the
	// reason, for people. If the error is not nil, the service sends the request again
	// later. If Undelivered is nil, reports are acknowledged and dropped.
	Undelivered func(ctx context.Context, id, email, text string) error

	// MaxBytes limits the body of a request, in octets, and a mail from a bucket. If it
	// is 0, it is 40 MiB. A request of SNS has never more than 1 MiB.
	MaxBytes int64
	// ReadTimeout limits the time in which the body has to come. If it is 0, it is a
	// minute. It has no effect if the server cannot set a deadline.
	ReadTimeout time.Duration
	// MaxAge is the age at which a signed request is refused. It has to be longer than
	// the time for which the service sends a request again. If it is 0, it is 2 hours for
	// SES (SNS tries for at most one), 12 hours for Mailgun (8), and 4 days for SendGrid
	// (3). Postmark signs no time, so that MaxAge has no effect.
	MaxAge time.Duration
	// Now is the clock. If it is nil, time.Now is used.
	Now func() time.Time
	// Logger gets the requests that are refused or fail, with the reason. It never gets
	// a key, a token, an address or a mail, except in the errors of Receive, Undelivered
	// and Fetch. If it is nil, nothing is logged.
	Logger *slog.Logger

	// MailgunChecks says that the spam filter of Mailgun is on for the domain. Then the
	// fields X-Mailgun-Spf and X-Mailgun-Dkim-Check-Result are Mailgun's, and become
	// [inbox.Mail.Verified]. If the filter is off, the author of a mail can write them.
	MailgunChecks bool
	// Client fetches the certificates of SNS, and confirms the subscription. It has to
	// check the certificates of servers, because they are what SES's signatures rest on.
	// It does not follow redirects. If it is nil, http.DefaultTransport is used.
	Client *http.Client
	// Fetch returns the mail that SES has put into a bucket of S3. If it is nil, SES has
	// to send mails in the notification, which it does up to 150 KB.
	Fetch func(ctx context.Context, bucket, key string) ([]byte, error)
}

const (
	defaultMaxBytes    = 40 << 20
	defaultReadTimeout = time.Minute
)

// withDefaults returns a copy of o without zero values. age is the service's MaxAge.
func (o *Options) withDefaults(age time.Duration) (Options, error) {
	if o == nil || o.Receive == nil && o.Undelivered == nil {
		return Options{}, errors.New("webhook: Options: Receive and Undelivered are missing")
	}
	c := *o
	if c.MaxBytes <= 0 {
		c.MaxBytes = defaultMaxBytes
	}
	if c.ReadTimeout <= 0 {
		c.ReadTimeout = defaultReadTimeout
	}
	if c.MaxAge <= 0 {
		c.MaxAge = age
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// Handler takes in the requests of one mail service. It is safe for concurrent use. It
// remembers the last 16,384 mails and bounces that were taken in. A program that is
// started anew has to recognize older ones, as a desk does.
//
// The status says the fate of the request:
//
//   - 200: everything in it is taken in, or was before, or is nothing to take in.
//   - 503: Receive, Undelivered or Fetch failed, the body did not come whole, or the
//     service is not set to send the raw mail. The service should try again.
//   - 401 and 403: the password or the signature is wrong.
//   - 405: the method is not POST.
//   - 400, 413 and 415: the request can never be taken in. Mailgun gets 406 and Postmark
//     403 instead, which are their words for "do not try again".
type Handler struct {
	name    string // of the service, for the log
	service service
	options Options
	limit   int64 // of the body
	final   int   // the status with which the service stops trying, or 0
	seen    once
}

var _ http.Handler = (*Handler)(nil)

// service knows the requests of one mail service.
type service interface {
	// admit checks a request before its body is read.
	admit(r *http.Request) error
	// open checks a request, and returns its content.
	open(ctx context.Context, r *request) (*content, error)
}

// request is a request whose body was read.
type request struct {
	header    http.Header
	mediaType string // in lower case
	boundary  string // of a multipart body
	body      []byte
}

// ServeHTTP answers a request. See [Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	err := h.serve(w, r)
	if err == nil {
		_, _ = io.WriteString(w, "ok\n")
		return
	}
	status, text := http.StatusServiceUnavailable, "try again later"
	level := slog.LevelError
	if no := (*refusal)(nil); errors.As(err, &no) {
		status, text = no.status, no.text
		if no.never && h.final != 0 {
			status = h.final
		}
		if status != http.StatusServiceUnavailable {
			level = slog.LevelWarn
		}
	}
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="webhook", charset="UTF-8"`)
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	h.options.Logger.Log(r.Context(), level, "webhook: the request was not taken in", "service", h.name, "status", status, "error", err)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}

// serve reads a request and takes it in.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, "the method has to be POST")
	}
	if err := h.service.admit(r); err != nil {
		return err
	}
	in, err := h.read(w, r)
	if err != nil {
		return err
	}
	c, err := h.service.open(r.Context(), in)
	if err != nil {
		return err
	}
	return h.take(r.Context(), c)
}

// read reads the body of a request, within the limits of size and time.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (*request, error) {
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return nil, never(http.StatusUnsupportedMediaType, "the body is encoded")
	}
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, never(http.StatusUnsupportedMediaType, "the Content-Type cannot be read")
	}
	if r.ContentLength > h.limit {
		return nil, never(http.StatusRequestEntityTooLarge, "the body is too large")
	}
	control := http.NewResponseController(w)
	// The deadline is one of the connection, which the clock of the options does not rule.
	_ = control.SetReadDeadline(time.Now().Add(h.options.ReadTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, never(http.StatusRequestEntityTooLarge, "the body is too large")
	}
	if err != nil {
		return nil, refuse(http.StatusServiceUnavailable, "the body did not come whole")
	}
	// The deadline is for the body alone, and the program may need more time.
	_ = control.SetReadDeadline(time.Time{})
	return &request{header: r.Header, mediaType: mediaType, boundary: params["boundary"], body: body}, nil
}

// take gives the content of a request to the program, everything once.
func (h *Handler) take(ctx context.Context, c *content) error {
	if len(c.mails) > 0 && h.options.Receive == nil {
		return never(http.StatusBadRequest, "mails are not taken in here")
	}
	for _, m := range c.mails {
		err := h.seen.do(ctx, keyOf("mail", m.ID), func() error { return h.options.Receive(ctx, m) })
		if err != nil {
			return err
		}
	}
	if h.options.Undelivered == nil {
		return nil
	}
	for _, r := range c.reports {
		err := h.seen.do(ctx, r.key(), func() error { return h.options.Undelivered(ctx, r.id, r.email, r.text) })
		if err != nil {
			return err
		}
	}
	return nil
}

// refusal is the reason why a request is not taken in. Its text has nothing from the
// request.
type refusal struct {
	status int
	text   string
	never  bool // says that the same request is refused whenever it comes
}

// Error returns the reason.
func (r *refusal) Error() string { return "webhook: " + r.text }

// refuse refuses a request for now.
func refuse(status int, text string) error { return &refusal{status: status, text: text} }

// never refuses a request for ever.
func never(status int, text string) error { return &refusal{status: status, text: text, never: true} }

// forged refuses a request that is not the service's.
func forged(text string) error { return refuse(http.StatusForbidden, text) }

// malformed refuses a request that the service does not send.
func malformed(text string) error { return never(http.StatusBadRequest, text) }

// notRaw refuses a mail that the service has taken apart. The program loses no mail if
// the service is set right before it gives up.
func notRaw(text string) error { return refuse(http.StatusServiceUnavailable, text) }

// ahead is the time by which the clock of a service may be ahead.
const ahead = 15 * time.Minute

// checkAge refuses a request that was signed too long ago.
func checkAge(now, signed time.Time, most time.Duration) error {
	switch age := now.Sub(signed); {
	case age > most:
		return never(http.StatusForbidden, "the signature is too old")
	case age < -ahead:
		return never(http.StatusForbidden, "the signature is from the future")
	}
	return nil
}
