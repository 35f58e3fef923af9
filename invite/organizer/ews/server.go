package ews

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// server sends requests to the service.
type server struct {
	url     string
	options *Options
	client  *http.Client

	// turn is held during a request if the login belongs to the connection. There is
	// only one connection then.
	turn     chan struct{}
	scheme   string // of the login, empty if it is not known yet; guarded by turn
	loggedIn bool   // the connection has a login; guarded by turn
}

// newServer returns the server at u, which has no user.
func newServer(u *url.URL, o *Options) *server {
	t := &http.Transport{
		Proxy:               o.Proxy,
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second}).DialContext,
		TLSClientConfig:     tlsConfig(o.TLSConfig),
		TLSHandshakeTimeout: 30 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		MaxConnsPerHost:     4,
		// HTTP/2 has no NTLM.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	if o.Auth == AuthNTLM || o.Auth == "" {
		t.MaxConnsPerHost = 1
	}
	s := &server{url: u.String(), options: o, turn: make(chan struct{}, 1), client: &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if o.Auth == AuthNTLM {
		s.scheme = schemeNTLM
	}
	return s
}

// tlsConfig returns a copy of c, which may be nil, with TLS 1.2 as the minimum.
func tlsConfig(c *tls.Config) *tls.Config {
	if c == nil {
		return &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c = c.Clone()
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	return c
}

// reply is a response of HTTP.
type reply struct {
	status int
	header http.Header
	body   []byte
	conn   net.Conn // the connection that brought it
	tls    *tls.ConnectionState
}

// call sends a request with the login that the options ask for.
func (s *server) call(ctx context.Context, op string, body []byte) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	r, err := s.callAs(ctx, op, body)
	if err == nil {
		return r, nil
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return nil, e
	}
	return nil, connectionError(ctx, op, err)
}

// callAs sends a request with a login.
func (s *server) callAs(ctx context.Context, op string, body []byte) (*reply, error) {
	switch s.options.Auth {
	case AuthBearer:
		token, err := s.options.Token(ctx)
		if err != nil {
			return nil, fmt.Errorf("token: %w", err)
		}
		if token == "" || hasControl(token) {
			return nil, errors.New("token: it is empty or has a control character")
		}
		return s.post(ctx, op, body, "Bearer "+token)
	case AuthBasic:
		return s.post(ctx, op, body, s.basic())
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s.scheme == "" {
		r, err := s.choose(ctx, op)
		if r != nil || err != nil {
			return r, err
		}
	}
	switch s.scheme {
	case schemeNTLM, schemeNegotiate:
		return s.ntlm(ctx, op, body)
	case schemeBasic:
		return s.post(ctx, op, body, s.basic())
	}
	return s.post(ctx, op, body, "")
}

// The schemes of HTTP. schemeNone is for a server that asks for no login.
const (
	schemeNTLM      = "NTLM"
	schemeNegotiate = "Negotiate"
	schemeBasic     = "Basic"
	schemeNone      = "none"
)

// choose asks the server for the schemes that it offers, and chooses the best. If it
// offers none that is known, choose returns the reply.
func (s *server) choose(ctx context.Context, op string) (*reply, error) {
	r, err := s.post(ctx, op, nil, "")
	if err != nil {
		return nil, err
	}
	if r.status != http.StatusUnauthorized {
		s.scheme = schemeNone
		return nil, nil
	}
	for _, scheme := range []string{schemeNTLM, schemeNegotiate, schemeBasic} {
		if _, offered := r.challenge(scheme); offered {
			s.scheme = scheme
			return nil, nil
		}
	}
	return r, nil
}

// basic returns the value of Authorization for Basic.
func (s *server) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(s.options.Username+":"+s.options.Password))
}

// challenge returns the text after a scheme that the server offers, and whether it
// offers the scheme.
func (r *reply) challenge(scheme string) (text string, offered bool) {
	for _, v := range r.header.Values("WWW-Authenticate") {
		name, rest, _ := strings.Cut(strings.TrimSpace(v), " ")
		if strings.EqualFold(name, scheme) {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// post sends one request of HTTP, and reads the whole response.
func (s *server) post(ctx context.Context, op string, body []byte, authorization string) (*reply, error) {
	r := new(reply)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { r.conn = i.Conn }})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("Accept", "text/xml")
	req.Header.Set("SOAPAction", `"`+messagesSpace+"/"+op+`"`)
	req.Header.Set("User-Agent", "convene")
	if s.options.Mailbox != "" {
		req.Header.Set("X-AnchorMailbox", s.options.Mailbox)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	r.status, r.header, r.tls = resp.StatusCode, resp.Header, resp.TLS
	if r.body, err = io.ReadAll(io.LimitReader(resp.Body, s.options.MaxResponse+1)); err != nil {
		return nil, err
	}
	if int64(len(r.body)) > s.options.MaxResponse {
		return nil, refusal(op, "the response is larger than %d octets", s.options.MaxResponse)
	}
	return r, nil
}

// retryAfter returns the pause of a Retry-After header (RFC 9110, section 10.2.3). A date
// is compared with the server's own.
func (r *reply) retryAfter() time.Duration {
	v := r.header.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	at, err := http.ParseTime(v)
	now, err2 := http.ParseTime(r.header.Get("Date"))
	if err != nil || err2 != nil {
		return 0
	}
	return max(at.Sub(now), 0)
}

// close closes idle connections.
func (s *server) close() { s.client.CloseIdleConnections() }
