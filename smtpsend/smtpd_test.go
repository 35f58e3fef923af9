package smtpsend_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// smtpd is the server of go-smtp on a port of its own. It admits ann with the
// password secret, and does not know nobody@example.com.
type smtpd struct {
	*smtp.Server
	addr  string
	admit []string // mechanisms
	sink  bool     // forgets the messages that it takes

	mu      sync.Mutex
	accepts int
	users   []string // who authenticated
	hello   string
	taken   []*mime.Message
}

// counter counts the connections of an [smtpd].
type counter struct {
	net.Listener
	d *smtpd
}

func (c counter) Accept() (net.Conn, error) {
	nc, err := c.Listener.Accept()
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	if err == nil {
		c.d.accepts++
	}
	return nc, err
}

// newSMTPD starts a server with STARTTLS or, if implicit, TLS.
func newSMTPD(t testing.TB, config *tls.Config, implicit bool, admit ...string) *smtpd {
	t.Helper()
	d := newDaemon(config, admit...)
	d.start(t, implicit)
	return d
}

// newDaemon returns a server that is not started yet.
func newDaemon(config *tls.Config, admit ...string) *smtpd {
	d := &smtpd{admit: admit}
	d.Server = smtp.NewServer(smtp.BackendFunc(d.newSession))
	d.Domain, d.TLSConfig, d.MaxLineLength, d.AllowInsecureAuth = "test.example", config, 16384, true
	d.ErrorLog = log.New(io.Discard, "", 0)
	return d
}

// start lets d serve until the test is over.
func (d *smtpd) start(t testing.TB, implicit bool) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.addr = l.Addr().String()
	l = counter{l, d}
	if implicit {
		l = tls.NewListener(l, d.TLSConfig)
	}
	var wg sync.WaitGroup
	wg.Go(func() { d.Serve(l) })
	t.Cleanup(func() {
		d.Close()
		l.Close()
		wg.Wait()
	})
}

// newSession notes the client's name.
func (d *smtpd) newSession(c *smtp.Conn) (smtp.Session, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hello = c.Hostname()
	return &session{smtpd: d}, nil
}

// session is one connection to an [smtpd].
type session struct {
	*smtpd
	m mime.Message
}

var _ smtp.AuthSession = (*session)(nil)

func (s *session) AuthMechanisms() []string { return s.admit }

func (s *session) Auth(name string) (sasl.Server, error) {
	if name == sasl.Login {
		return &loginServer{check: s.check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return s.check(user, password) }), nil
}

// check is the password check.
func (s *session) check(user, password string) error {
	if user != "ann" || password != "secret" {
		return smtp.ErrAuthFailed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users = append(s.users, user)
	return nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.m.From = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == "nobody@example.com" {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	s.m.To = append(s.m.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	if s.sink {
		_, err := io.Copy(io.Discard, r)
		return err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.m.Data = data
	m := s.m
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, &m)
	return nil
}

func (s *session) Reset()        { s.m = mime.Message{} }
func (s *session) Logout() error { return nil }

// loginServer is the server's side of LOGIN.
type loginServer struct {
	user  string
	step  int
	check func(user, password string) error
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case l.step == 0 && response == nil:
		return []byte("Username:"), false, nil
	case l.step == 0:
		l.user, l.step = string(response), 1
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

// TestServer sends through the server of go-smtp in each way to encrypt and
// authenticate.
func TestServer(t *testing.T) {
	id := newIdentity(t)
	both := []string{sasl.Plain, sasl.Login}
	tests := []struct {
		name     string
		server   *tls.Config
		implicit bool
		lmtp     bool
		admit    []string
		o        smtpsend.Options
		users    int
		phase    smtpsend.Phase // of the failure, "" for none
		code     int
	}{
		{name: "plain", o: smtpsend.Options{TLS: smtpsend.TLSInsecureNone}},
		{name: "plain, STARTTLS required", phase: smtpsend.PhaseTLS},
		{name: "STARTTLS", server: id.server, o: smtpsend.Options{TLSConfig: id.client}},
		{name: "implicit", server: id.server, implicit: true, o: smtpsend.Options{TLS: smtpsend.TLSImplicit, TLSConfig: id.client}},
		{name: "implicit, to a plain server", o: smtpsend.Options{TLS: smtpsend.TLSImplicit, TLSConfig: id.client}, phase: smtpsend.PhaseTLS},
		{name: "unknown authority", server: id.server, phase: smtpsend.PhaseTLS},
		{name: "unknown authority, implicit", server: id.server, implicit: true, o: smtpsend.Options{TLS: smtpsend.TLSImplicit}, phase: smtpsend.PhaseTLS},
		{name: "other name", server: id.server, o: smtpsend.Options{TLSConfig: &tls.Config{RootCAs: id.client.RootCAs, ServerName: "other.example"}}, phase: smtpsend.PhaseTLS},
		{name: "old TLS", server: old(id.server), o: smtpsend.Options{TLSConfig: id.client}, phase: smtpsend.PhaseTLS},
		{name: "PLAIN", server: id.server, admit: both, o: smtpsend.Options{TLSConfig: id.client, Username: "ann", Password: "secret"}, users: 1},
		{name: "LOGIN", server: id.server, admit: both, o: smtpsend.Options{TLSConfig: id.client, Username: "ann", Password: "secret", Mechanism: "LOGIN"}, users: 1},
		{name: "LOGIN only", server: id.server, admit: both[1:], o: smtpsend.Options{TLSConfig: id.client, Username: "ann", Password: "secret"}, users: 1},
		{name: "wrong password", server: id.server, admit: both, o: smtpsend.Options{TLSConfig: id.client, Username: "ann", Password: "hunter22"}, phase: smtpsend.PhaseAuth, code: 535},
		{name: "no mechanism", server: id.server, admit: []string{"GSSAPI"}, o: smtpsend.Options{TLSConfig: id.client, Username: "ann", Password: "hunter22"}, phase: smtpsend.PhaseAuth},
		{name: "in the clear", admit: both, o: smtpsend.Options{TLS: smtpsend.TLSInsecureNone, InsecureAllowPlaintextAuth: true, Username: "ann", Password: "secret"}, users: 1},
		{name: "LMTP", lmtp: true, o: smtpsend.Options{LMTP: true}},
		{name: "LMTP, STARTTLS", lmtp: true, server: id.server, o: smtpsend.Options{LMTP: true, TLS: smtpsend.TLSRequired, TLSConfig: id.client}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDaemon(tt.server, tt.admit...)
			d.LMTP = tt.lmtp
			d.start(t, tt.implicit)
			sender, err := smtpsend.New(d.addr, &tt.o)
			if err != nil {
				t.Fatal(err)
			}
			defer sender.Close()
			m := letter("bob@example.com", "carl@example.com")
			for i := range 3 {
				err := sender.Send(t.Context(), m)
				if tt.phase != "" {
					checkFailure(t, err, tt.phase, tt.code)
					continue
				}
				if err != nil {
					t.Fatalf("message %d: %v", i, err)
				}
			}
			if tt.phase == "" {
				d.checkTaken(t, m, tt.users)
			}
		})
	}
}

// checkFailure checks the phase and code of a lasting failure.
func checkFailure(t *testing.T, err error, p smtpsend.Phase, code int) {
	t.Helper()
	var e *smtpsend.Error
	if !errors.As(err, &e) || e.Phase != p || e.Code != code || e.Temporary || e.Refused() {
		t.Errorf("Send = %v, want a lasting failure %d in phase %s", err, code, p)
	}
	if err != nil && strings.Contains(err.Error(), "hunter22") {
		t.Errorf("error %q holds the password", err)
	}
}

// checkTaken checks that the server took m three times over one connection.
func (d *smtpd) checkTaken(t *testing.T, m *mime.Message, users int) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.accepts != 1 || len(d.users) != users || d.hello != "[127.0.0.1]" {
		t.Errorf("%d connections, %d logins, hello %q, want 1, %d, [127.0.0.1]", d.accepts, len(d.users), d.hello, users)
	}
	if len(d.taken) != 3 {
		t.Fatalf("%d messages, want 3", len(d.taken))
	}
	want := &mime.Message{From: m.From, To: m.To, Data: m.Data}
	for _, got := range d.taken {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("message: -want +got\n%.2000s", diff)
		}
	}
}

// old returns c with TLS 1.1 as the newest version.
func old(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	return c
}

// TestSessionCache checks that the second TLS connection resumes the session of the
// first.
func TestSessionCache(t *testing.T) {
	id := newIdentity(t)
	d := newSMTPD(t, id.server, false)
	resumed := 0
	config := id.client.Clone()
	config.VerifyConnection = func(s tls.ConnectionState) error {
		if s.DidResume {
			resumed++
		}
		return nil
	}
	sender, err := smtpsend.New(d.addr, &smtpsend.Options{TLSConfig: config, ConnectionMessages: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	for range 3 {
		if err := sender.Send(t.Context(), letter("bob@example.com")); err != nil {
			t.Fatal(err)
		}
	}
	if resumed != 2 {
		t.Errorf("%d sessions resumed, want 2", resumed)
	}
	if config.ClientSessionCache != nil {
		t.Error("New changed the caller's tls.Config")
	}
}

// TestServerGone restarts the server between two messages.
func TestServerGone(t *testing.T) {
	d := newSMTPD(t, nil, false)
	sender, err := smtpsend.New("test.example", &smtpsend.Options{TLS: smtpsend.TLSInsecureNone,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, d.addr)
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	for range 3 {
		if err := sender.Send(t.Context(), letter("bob@example.com")); err != nil {
			t.Error(err)
		}
		d.Close()
		d = newSMTPD(t, nil, false)
	}
}

// TestTransparency sends messages with dots in all places that matter.
func TestTransparency(t *testing.T) {
	d := newSMTPD(t, nil, false)
	sender, err := smtpsend.New(d.addr, &smtpsend.Options{TLS: smtpsend.TLSInsecureNone})
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	for _, data := range []string{".\r\n", "..\r\n", ".\r\n.\r\n", "\r\n", "a\r\n.", "a", "\r\n.\r\nMAIL FROM:<x>\r\n", "a.\r\n.b\r\n"} {
		m := letter("bob@example.com")
		m.Data = []byte("A: b\r\n" + data)
		if err := sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		got := d.taken[len(d.taken)-1].Data
		if want := append(bytes.TrimSuffix(m.Data, []byte("\r\n")), "\r\n"...); !bytes.Equal(got, want) {
			t.Errorf("server took %q, want %q", got, want)
		}
	}
}
