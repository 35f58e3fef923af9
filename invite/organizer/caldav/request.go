package caldav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// request is one request to the server.
type request struct {
	method string
	url    *url.URL
	header map[string]string
	body   []byte
}

// reply is the answer to a request.
type reply struct {
	status int
	header http.Header
	body   []byte
	url    *url.URL // the address that answered, after redirects
}

// ok reports whether the request was carried out. A multistatus is a success only for
// methods that ask for one, and for others only if no response in it is a failure.
func (r *reply) ok() bool {
	if r.status != http.StatusMultiStatus {
		return r.status/100 == 2
	}
	root, err := parseXML(r.body)
	return err == nil && root.Name == davName("multistatus") && failed(root) == root
}

// maxRedirects is the number of redirects that a request may take.
const maxRedirects = 5

// do sends a request and follows redirects. The error is an *Error, and there is none if
// the server has answered, whatever the status is.
func (c *Calendar) do(ctx context.Context, q request) (*reply, error) {
	for hop := 0; ; hop++ {
		r, err := c.authenticated(ctx, q)
		if err != nil {
			return nil, &Error{Op: q.method, URL: bare(q.url), Err: err}
		}
		if !isRedirect(r.status) {
			return r, nil
		}
		if hop == maxRedirects {
			return nil, &Error{Op: q.method, URL: bare(q.url), Status: r.status, Err: errors.New("too many redirects")}
		}
		to, err := resolve(q.url, r.header.Get("Location"))
		if err == nil {
			to = withTLS(q.url, to)
			err = mayFollow(q, to)
		}
		if err != nil {
			return nil, &Error{Op: q.method, URL: bare(q.url), Status: r.status, Err: fmt.Errorf("redirect: %w", err)}
		}
		to.RawQuery = ""
		q.url = to
	}
}

// isRedirect reports whether a status moves a request to another address. All keep the
// method, because the requests of CalDAV mean nothing with another one.
func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// withTLS returns the address of a redirect. QUIRK: a server behind a proxy that ends TLS
// (Nextcloud) redirects to http on its own host, and means https.
func withTLS(from, to *url.URL) *url.URL {
	if from.Scheme == "https" && to.Scheme == "http" && strings.EqualFold(from.Hostname(), to.Hostname()) && (to.Port() == "" || to.Port() == from.Port()) {
		u := *to
		u.Scheme, u.Host = from.Scheme, from.Host
		return &u
	}
	return to
}

// mayFollow returns an error if a request must not go on to another address. TLS is never
// given up, and an entry with its attendees never goes to another host.
func mayFollow(q request, to *url.URL) error {
	switch {
	case to.Scheme == "http" && (q.url.Scheme == "https" || !strings.EqualFold(q.url.Host, to.Host)):
		return errors.New("to an address without TLS")
	case len(q.body) > 0 && q.method == http.MethodPut && !strings.EqualFold(q.url.Hostname(), to.Hostname()):
		return errors.New("of an entry to another host")
	case q.method == http.MethodDelete && !strings.EqualFold(q.url.Hostname(), to.Hostname()):
		return errors.New("of a deletion to another host")
	}
	return nil
}

// authenticated sends a request with the credentials. If the server asks for other ones, it
// is sent again.
func (c *Calendar) authenticated(ctx context.Context, q request) (*reply, error) {
	for try := 0; ; try++ {
		proof, err := c.auth.prove(ctx, q.method, q.url)
		if err != nil {
			return nil, err
		}
		sent := q
		if proof.probe {
			// Some servers refuse a stranger and break the connection off without reading
			// the body, so that their answer is lost.
			sent.body = nil
		}
		r, err := c.once(ctx, sent, proof.header)
		if err != nil {
			return nil, err
		}
		if try == 3 || isRedirect(r.status) {
			return r, nil
		}
		again, err := c.auth.answered(proof, q.url, r)
		if err != nil {
			return nil, err
		}
		if !again && !proof.probe {
			return r, nil
		}
	}
}

// once sends a request and reads the whole answer.
func (c *Calendar) once(ctx context.Context, q request, authorization string) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	h, err := http.NewRequestWithContext(ctx, q.method, q.url.String(), bytes.NewReader(q.body))
	if err != nil {
		return nil, errors.New("malformed address")
	}
	h.Header.Set("User-Agent", "convene")
	for name, value := range q.header {
		h.Header.Set(name, value)
	}
	if authorization != "" {
		h.Header.Set("Authorization", authorization)
	}
	began := time.Now()
	answer, err := c.transport.RoundTrip(h)
	if err != nil {
		c.o.Logger.DebugContext(ctx, "caldav: no answer", "method", q.method, "url", bare(q.url), "error", err)
		return nil, explained(err)
	}
	defer answer.Body.Close()
	r := &reply{status: answer.StatusCode, header: answer.Header, url: q.url}
	r.body, err = io.ReadAll(io.LimitReader(answer.Body, int64(c.o.MaxBytes)+1))
	c.o.Logger.DebugContext(ctx, "caldav: request", "method", q.method, "url", bare(q.url), "status", r.status, "took", time.Since(began))
	if r.status == http.StatusUnauthorized || isRedirect(r.status) {
		return r, nil // the header says everything
	}
	if err != nil {
		return nil, fmt.Errorf("answer with status %d: %w", r.status, err)
	}
	if len(r.body) > c.o.MaxBytes {
		return nil, fmt.Errorf("answer with status %d is larger than %d octets", r.status, c.o.MaxBytes)
	}
	return r, nil
}

// xmlType is the Content-Type of the bodies of PROPFIND and REPORT.
const xmlType = `application/xml; charset="utf-8"`

// list sends a PROPFIND or REPORT and returns the resources of the answer, and the
// address that answered. absent is the error for an address that does not exist.
func (c *Calendar) list(ctx context.Context, method string, u *url.URL, depth, body string, absent error) ([]resource, *url.URL, error) {
	r, err := c.do(ctx, request{method, u, map[string]string{"Depth": depth, "Content-Type": xmlType}, []byte(body)})
	if err != nil {
		return nil, nil, err
	}
	if r.status != http.StatusMultiStatus {
		return nil, nil, c.failure(method, r, absent)
	}
	out, err := parseMultistatus(r.body, r.url)
	if err != nil {
		return nil, nil, &Error{Op: method, URL: bare(r.url), Status: r.status, Err: err}
	}
	return out, r.url, nil
}
