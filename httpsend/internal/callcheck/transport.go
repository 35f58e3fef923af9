package callcheck

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

// Bearer returns a client that authorizes its requests, as golang.org/x/oauth2 does.
func Bearer(c *http.Client) *http.Client {
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+Secret)
		return next.RoundTrip(r)
	})}
}

// roundTrip is a function as a transport.
type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Transport is a transport that gives each body to take, and answers at once.
func Transport(take func(body []byte), status int, answer string) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		take(body)
		return &http.Response{StatusCode: status, Header: make(http.Header), Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
	})
}

// Broken is a transport that fails before it reads the body.
func Broken(text string) http.RoundTripper {
	return roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New(text) })
}
