package call

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/convene-go/convene/httpsend"
)

// maxAnswer limits the octets of an answer. The answers of APIs have some hundred octets,
// and about 100 for each recipient if they tell the fate of each.
const maxAnswer = 256 << 10

// exchange is one request with its answer.
type exchange struct {
	*API
	body   *upload
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	secrets []string // in the fields that the transport wrote, maybe of its own
}

// newExchange returns an exchange that has not begun.
func newExchange(a *API, data []byte) *exchange {
	return &exchange{API: a, body: &upload{data: data}}
}

// errTimeout is the cause of an exchange that took too long.
var errTimeout = errors.New("no answer in time")

// run makes the exchange. whole reports whether the body of the answer came to its end. If
// ctx ends before the request was sent whole, run ends at once. Otherwise the answer is
// still waited for, at most for the time in Finish.
func (x *exchange) run(ctx context.Context, header http.Header) (a *Answer, whole bool, fail *httpsend.Error) {
	if ctx.Err() != nil {
		return nil, false, x.lost(ctx, ctx.Err())
	}
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	x.cancel = cancel
	defer cancel(nil)
	defer x.body.seal() // the transport may go on reading after an early answer
	timeout := time.AfterFunc(x.Timeout, func() { cancel(fmt.Errorf("%w: %v", errTimeout, x.Timeout)) })
	defer timeout.Stop()
	stop := context.AfterFunc(ctx, func() { x.end(ctx) })
	defer stop()

	r, err := x.request(inner, header)
	if err != nil {
		return nil, false, x.lost(ctx, err)
	}
	resp, err := x.client.Do(r)
	if err != nil {
		if cause := context.Cause(inner); cause != nil {
			err = cause
		}
		return nil, false, x.lost(ctx, err)
	}
	defer resp.Body.Close()
	a = &Answer{Status: resp.StatusCode, Header: resp.Header}
	a.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	whole = err == nil && len(a.Body) <= maxAnswer
	if resp.Request != nil { // as the transport of the caller has made it
		for name, values := range resp.Request.Header {
			x.wrote(name, values)
		}
	}
	a.Body = []byte(x.hide(string(a.Body)))
	return a, whole, nil
}

// wrote notes the secrets in a field of the request.
func (x *exchange) wrote(name string, values []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.secrets = append(x.secrets, secretsIn(name, values)...)
}

// known returns the secrets that were noted.
func (x *exchange) known() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.secrets)
}

// hide removes the secrets of the API and of the request from a text.
func (x *exchange) hide(text string) string { return x.API.hide(text, x.known()...) }

// end ends the exchange because ctx has ended. If the server can have the whole request, it
// has some time left to answer.
func (x *exchange) end(ctx context.Context) {
	if x.body.sealUnlessWhole() {
		x.cancel(ctx.Err())
		return
	}
	time.AfterFunc(x.Finish, func() { x.cancel(ctx.Err()) })
}

// request returns the request.
func (x *exchange) request(ctx context.Context, header http.Header) (*http.Request, error) {
	trace := x.body.trace()
	trace.WroteHeaderField = x.wrote
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodPost, x.URL, nil)
	if err != nil {
		return nil, errors.New("the URL is not valid")
	}
	r.Header = header
	r.Header.Set("User-Agent", "convene")
	r.Body, _ = x.body.open()
	r.GetBody, r.ContentLength = x.body.open, int64(len(x.body.data))
	if x.Sign != nil {
		if err := x.Sign(ctx, r, x.body.data); err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
	}
	return r, nil
}

// arrived reports whether the server can have the whole request.
func (x *exchange) arrived() bool { return x.body.seal() }

// lost returns the error for an exchange without an answer.
func (x *exchange) lost(ctx context.Context, err error) *httpsend.Error {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		err = withURL.Err
	}
	unknown := x.arrived()
	if end := ctx.Err(); end != nil && !errors.Is(err, end) {
		err = fmt.Errorf("%w: %w", end, err)
	}
	return &httpsend.Error{API: x.Name, Temporary: !unknown, Unknown: unknown, Err: x.scrub(err, x.known()...)}
}
