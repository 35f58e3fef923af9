// Package call hands one mail to the API of a provider by HTTP, and judges its fate. The senders of httpsend differ only in their requests and answers.
package call

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/internal/serverurl"
	"github.com/convene-go/convene/mime"
)

// The values of zero options.
const (
	DefaultTimeout = time.Minute
	DefaultFinish  = 5 * time.Second
)

// API is one account at a provider.
type API struct {
	// Name is the name of the package, for errors and logs.
	Name string
	// URL is the address of the endpoint, without secrets.
	URL string
	// Client makes the requests. Nil means one like [http.DefaultClient]. Redirects are not
	// followed.
	Client *http.Client
	// Timeout limits a call, and Finish is the time for which an answer is still waited for
	// if the context ends after the mail was sent whole. 0 means the default.
	Timeout, Finish time.Duration
	// Logger gets one record for each mail. Nil means none.
	Logger *slog.Logger
	// Secrets are removed from texts.
	Secrets []string
	// MaxSize is the largest mail, in octets, and MaxRecipients the largest number of
	// recipients. 0 means that there is no limit.
	MaxSize, MaxRecipients int
	// Request returns the request for a mail: its method is POST, and its URL is URL.
	// It may add to header. The context is the one of Send.
	Request func(ctx context.Context, m *mime.Message, header http.Header) (body []byte, err error)
	// Sign signs a finished request. It may be nil.
	Sign func(ctx context.Context, r *http.Request, body []byte) error
	// Accepted reads an answer 2xx that arrived whole. ok is false if it is no answer of the
	// API.
	Accepted func(m *mime.Message, a *Answer) (receipt mime.Receipt, err error, ok bool)
	// Fault reads the error in an answer. ok is false if its body is not of the API, but of
	// something in between.
	Fault func(a *Answer) (code, text string, ok bool)
	// Fates judges the error codes of which the status alone does not say enough.
	Fates map[string]Fate

	client http.Client
	mu     sync.Mutex
	until  time.Time // the end of a pause that the API has asked for
}

// Answer is the answer of an API.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte // at most maxAnswer octets
}

// Init checks an API, and fills the zero options in. required are values that the caller
// must give.
func (a *API) Init(required ...string) error {
	for _, s := range append(required, a.URL) {
		if s == "" {
			return a.errorf("the key, the region or the name of the account is missing")
		}
		if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == unicode.ReplacementChar || r == 0x7f }) {
			return a.errorf("the key, the name of the account or the URL has a space or a control character")
		}
	}
	switch u, err := url.Parse(a.URL); {
	case err != nil || u.Host == "":
		return a.errorf("the URL is not valid, or does not begin with https://")
	case u.Scheme != "https" && !(u.Scheme == "http" && serverurl.IsLocal(u.Hostname())):
		return a.errorf("the URL does not begin with https:// (http:// is for a test server on this machine)")
	case u.User != nil: // String would show it
		return a.errorf("the URL has a password")
	}
	if a.Timeout < 0 || a.Finish < 0 {
		return a.errorf("a time is negative")
	}
	if a.Timeout == 0 {
		a.Timeout = DefaultTimeout
	}
	if a.Finish == 0 {
		a.Finish = DefaultFinish
	}
	if a.Client != nil {
		a.client = *a.Client
	}
	// Another server would get the mail and the key.
	a.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return nil
}

// errorf returns an error about the options.
func (a *API) errorf(format string, args ...any) error {
	return fmt.Errorf("httpsend/"+a.Name+": "+format, args...)
}

// String returns the API without secrets.
func (a *API) String() string { return a.Name + " " + a.URL }

// Send hands a mail to the API, and writes a record of it.
func (a *API) Send(ctx context.Context, m *mime.Message) (mime.Receipt, error) {
	start := time.Now()
	receipt, err := a.send(ctx, m)
	a.log(ctx, m, receipt, time.Since(start), err)
	return receipt, err
}

// send is Send without the record.
func (a *API) send(ctx context.Context, m *mime.Message) (none mime.Receipt, _ error) {
	if err := a.check(m); err != nil {
		return none, err
	}
	if err := a.pause(ctx); err != nil { // also if ctx has ended
		return none, &httpsend.Error{API: a.Name, Temporary: true, Err: err, RetryAfter: max(a.left().Round(time.Second), 0)}
	}
	header := make(http.Header)
	body, err := a.Request(ctx, m, header)
	if err != nil {
		var ours *httpsend.Error
		if errors.As(err, &ours) {
			return none, err
		}
		return none, &httpsend.Error{API: a.Name, Temporary: true, Err: a.scrub(err)}
	}
	x := newExchange(a, body)
	answer, whole, fail := x.run(ctx, header)
	if fail != nil {
		return none, fail
	}
	if answer.Status/100 != 2 {
		e := a.refusal(answer, x.arrived())
		e.Code, e.Text = x.hide(e.Code), x.hide(e.Text) // they may have had escapes, or stood in the header
		return none, e
	}
	if whole && x.arrived() { // what follows an early answer is not sent
		if receipt, err, ok := a.Accepted(m, answer); ok {
			receipt.ID = x.hide(receipt.ID)
			return receipt, err
		}
	}
	cause := errNoAnswer
	if whole && !x.arrived() {
		cause = errEarly
	}
	if end := ctx.Err(); end != nil && !whole {
		cause = fmt.Errorf("%w: %w", end, cause)
	}
	return none, &httpsend.Error{API: a.Name, Status: answer.Status, Unknown: true, Err: cause}
}

// errNoAnswer is the cause if an answer is not understood.
var errNoAnswer = errors.New("the answer is cut off, or is not one of the API")

// errEarly is the cause if an answer came before the mail was sent whole.
var errEarly = errors.New("the answer came before the mail was sent")

// check refuses a mail that no server may get, or that is beyond the limits of the API.
func (a *API) check(m *mime.Message) error {
	if err := m.Validate(); err != nil {
		return fault.Join("httpsend/"+a.Name, fault.Fields(err)...)
	}
	switch n := len(m.Data); {
	case a.MaxSize > 0 && n > a.MaxSize:
		return a.Refuse("", fmt.Errorf("%w: %d octets, limit %d", httpsend.ErrTooLarge, n, a.MaxSize))
	case a.MaxRecipients > 0 && len(m.To) > a.MaxRecipients:
		return a.Refuse("", fmt.Errorf("%w: %d recipients, limit %d", httpsend.ErrTooMany, len(m.To), a.MaxRecipients))
	}
	return nil
}

// Refuse returns the error for a mail, or for one recipient, that is refused because of
// err before anything is sent.
func (a *API) Refuse(address string, err error) *httpsend.Error {
	return &httpsend.Error{API: a.Name, Address: address, Err: err}
}

// log writes the record of one mail.
func (a *API) log(ctx context.Context, m *mime.Message, r mime.Receipt, took time.Duration, err error) {
	if a.Logger == nil || m == nil {
		return
	}
	level, text := slog.LevelInfo, "message sent"
	attrs := []slog.Attr{
		slog.String("api", a.String()), slog.String("id", m.ID), slog.Int("recipients", len(m.To)),
		slog.String("to", m.Recipients()), slog.Int("size", len(m.Data)), slog.Duration("took", took),
	}
	if m.UID != "" {
		attrs = append(attrs, slog.String("method", m.Method), slog.String("uid", m.UID))
	}
	if r.ID != "" {
		attrs = append(attrs, slog.String("receipt", r.ID))
	}
	if err != nil {
		level, text = slog.LevelError, "message not sent"
		attrs = append(attrs, slog.Any("error", err))
	}
	a.Logger.LogAttrs(ctx, level, text, attrs...)
}

// Endpoint returns the address of an endpoint: base, or the address of the vendor if base
// is "", and path.
func Endpoint(base, vendor, path string) string {
	return strings.TrimRight(cmp.Or(base, vendor), "/") + path
}

// Name returns a name that an API gave to a mail, if it is one, and "" otherwise.
func Name(id string) string {
	odd := func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }
	if id = strings.TrimSpace(id); len(id) > maxName || strings.ContainsFunc(id, odd) {
		return ""
	}
	return id
}

// maxName limits the octets of a receipt.
const maxName = 300
