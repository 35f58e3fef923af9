package jsonapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The defaults of a Client.
const (
	DefaultTimeout = time.Minute
	// MaxReply is the size of a reply in octets.
	MaxReply = 8 << 20
	// maxErrorReply is the size of the reply to a request that failed.
	maxErrorReply = 64 << 10
)

// Client makes requests to one API.
type Client struct {
	// Service is the name of the package that makes the requests. Every error begins
	// with it.
	Service string
	// Base is the address of the API without a slash at its end.
	Base string
	// Timeout is the time for one request and its reply.
	Timeout time.Duration
	// Header has the fields that every request gets.
	Header http.Header
	// Explain reads the code and the message of an error from the body of a reply, and
	// returns the error of package organizer that it stands for, if there is one.
	Explain func(e *Error, body []byte)
	// Now is the clock for a Retry-After that is a date.
	Now func() time.Time

	http http.Client
}

// Use sets the HTTP client. Redirects are not followed, because a client that adds
// credentials to every request would give them to another host. A redirect is an error.
func (c *Client) Use(client *http.Client) {
	if client == nil {
		client = http.DefaultClient
	}
	c.http = *client
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}

// Request is a request.
type Request struct {
	// Op is the name of the request in errors.
	Op     string
	Method string
	// Path is the escaped path below the base, with a slash in front.
	Path  string
	Query url.Values
	// IfMatch is the tag that the resource must have now. It is left out if it is empty.
	IfMatch string
	// Body is sent as JSON. Nil sends none.
	Body any
}

// Do makes the request and reads the JSON of the reply into into, which may be nil. The
// error is an *Error.
func (c *Client) Do(ctx context.Context, r Request, into any) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	req, err := c.request(ctx, r)
	if err != nil {
		return c.fail(r.Op, err)
	}
	reply, err := c.http.Do(req)
	if err != nil {
		return c.fail(r.Op, withoutURL(err))
	}
	defer func() { _ = reply.Body.Close() }()
	if reply.StatusCode < 200 || reply.StatusCode > 299 {
		return c.refused(r.Op, reply)
	}
	if into == nil {
		return nil
	}
	if err := decode(reply.Body, into); err != nil {
		return c.fail(r.Op, err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	var body io.Reader
	if r.Body != nil {
		data, err := json.Marshal(r.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	address := c.Base + r.Path
	if len(r.Query) > 0 {
		// OData reads a plus sign in a filter as itself, so spaces are written as %20.
		address += "?" + strings.ReplaceAll(r.Query.Encode(), "+", "%20")
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, address, body)
	if err != nil {
		return nil, withoutURL(err)
	}
	for name, values := range c.Header {
		req.Header[name] = append([]string(nil), values...)
	}
	req.Header.Set("Accept", "application/json")
	if r.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.IfMatch != "" {
		req.Header.Set("If-Match", r.IfMatch)
	}
	return req, nil
}

// decode reads one JSON value of at most MaxReply octets.
func decode(r io.Reader, into any) error {
	data, err := io.ReadAll(io.LimitReader(r, MaxReply+1))
	if err != nil {
		return fmt.Errorf("reply: %w", err)
	}
	if len(data) > MaxReply {
		return fmt.Errorf("reply: more than %d octets", MaxReply)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("reply: %w", err)
	}
	return nil
}

// refused returns the error for a reply that is no success.
func (c *Client) refused(op string, reply *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(reply.Body, maxErrorReply))
	e := &Error{Service: c.Service, Op: op, Status: reply.StatusCode, Wait: c.wait(reply.Header.Get("Retry-After"))}
	if c.Explain != nil {
		c.Explain(e, body)
	}
	e.Message = Clean(e.Message)
	e.Code = Clean(e.Code)
	return e
}

func (c *Client) fail(op string, err error) error {
	return &Error{Service: c.Service, Op: op, Err: err}
}

// withoutURL takes the address of the request out of an error, because it may hold a
// user's name.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) && u.Err != nil {
		return u.Err
	}
	return err
}
