package imapinbox

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"

	"github.com/convene-go/convene/mime"
)

func message(text string) *mime.Message {
	return &mime.Message{From: "sender@example.test", To: []string{user}, Data: []byte(text)}
}

// logger calls f for each line.
func logger(f func(line string)) *slog.Logger { return slog.New(slog.NewTextHandler(lines(f), nil)) }

type lines func(line string)

func (f lines) Write(p []byte) (int, error) {
	f(string(p))
	return len(p), nil
}

// server is an IMAP server in this process, with mails in memory.
type server struct {
	addr, ca string // the address, and a file with its certificate
	mails    int    // their number, 1 by default
	tokens   map[string]bool
	offers   []string
	implicit bool
}

// session is a session that knows OAuth.
type session struct {
	*imapmemserver.UserSession
	s *server
}

func (s session) AuthenticateMechanisms() []string { return s.s.offers }

func (s session) Authenticate(mech string) (sasl.Server, error) {
	switch mech {
	case mechanismPlain:
		return sasl.NewPlainServer(func(_, username, password string) error { return s.Login(username, password) }), nil
	case mechanismBearer:
		return refusing{sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if o.Username == user && s.s.tokens[o.Token] {
				return nil
			}
			return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
		})}, nil
	case mechanismXOAuth2:
		return refusing{&xoauth2{s: s.s}}, nil
	}
	return nil, errors.New("unknown mechanism")
}

// refusing refuses the login for any error.
type refusing struct{ sasl.Server }

func (r refusing) Next(response []byte) (challenge []byte, done bool, err error) {
	challenge, done, err = r.Server.Next(response)
	if err != nil {
		err = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeAuthenticationFailed, Text: "refused"}
	}
	return challenge, done, err
}

// xoauth2 is the server's side of XOAUTH2.
type xoauth2 struct {
	s       *server
	refused bool
}

func (x *xoauth2) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case x.refused:
		return nil, true, errors.New("refused")
	case response == nil:
		return []byte{}, false, nil
	}
	for token := range x.s.tokens {
		if string(response) == "user="+user+"\x01auth=Bearer "+token+"\x01\x01" {
			return nil, true, nil
		}
	}
	x.refused = true
	return []byte(`{"status":"401"}`), false, nil
}

func startServer(t *testing.T, s *server) {
	t.Helper()
	var conf *tls.Config
	conf, s.ca = certificate(t)
	mailboxes := imapmemserver.NewUser(user, "secret")
	if err := mailboxes.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	for i := range max(s.mails, 1) {
		text := literal{strings.NewReader(letter(fmt.Sprint("m", i)))}
		if _, err := mailboxes.Append("INBOX", text, &imap.AppendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	srv := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return session{imapmemserver.NewUserSession(mailboxes), s}, nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, TLSConfig: conf, Logger: log.New(io.Discard, "", 0),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	if s.implicit {
		l = tls.NewListener(l, conf)
	}
	go srv.Serve(l) // until it is closed
	t.Cleanup(func() { srv.Close() })
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// certificate returns a configuration of a server on loopback, and a file with its
// certificate.
func certificate(t *testing.T) (*tls.Config, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, file
}

// TestLogin logs in with each mechanism, over TLS and STARTTLS.
func TestLogin(t *testing.T) {
	all := []string{mechanismPlain, mechanismXOAuth2, mechanismBearer}
	tests := []struct {
		name     string
		offers   []string
		user     string
		query    string
		set      func(o *Options)
		implicit bool
		want     string // a part of the error
	}{
		{name: "PLAIN", offers: all, user: "desk%40example.com:secret"},
		{name: "implicit TLS", offers: all, user: "desk%40example.com:secret", implicit: true},
		{name: "LOGIN", user: "desk%40example.com:secret", query: "&auth=login"},
		{name: "wrong password", offers: all, user: "desk%40example.com:wrong", want: "login with PLAIN: imap: NO"},
		{name: "no mechanism", offers: all[:1], user: "desk%40example.com:secret", query: "&auth=xoauth2", want: "offers no mechanism"},
		{name: "XOAUTH2", offers: all[:2], user: "desk%40example.com", set: tokens("good")},
		{name: "OAUTHBEARER", offers: all, user: "desk%40example.com", set: tokens("good")},
		{name: "token as password", offers: all, user: "desk%40example.com:good", query: "&auth=xoauth2"},
		{name: "second token", offers: all, user: "desk%40example.com", set: tokens("old", "good")},
		{name: "second token of XOAUTH2", offers: all[:2], user: "desk%40example.com", set: tokens("old", "good")},
		{name: "refused tokens", offers: all, user: "desk%40example.com", set: tokens("old", "older"), want: "login with OAUTHBEARER: imap: NO"},
		{name: "no such folder", offers: all, user: "desk%40example.com:secret", set: func(o *Options) { o.Folders = []string{"Answers"} }, want: `folder "Answers"`},
		{name: "strange certificate", offers: all, user: "desk%40example.com:secret", set: func(o *Options) { o.TLSConfig = nil }, want: "certificate"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &server{tokens: map[string]bool{"good": true}, offers: test.offers, implicit: test.implicit}
			startServer(t, s)
			scheme := "imap"
			if test.implicit {
				scheme = "imaps"
			}
			m := openBox(t, fmt.Sprintf("%s://%s@%s?ca=%s%s", scheme, test.user, s.addr, s.ca, test.query), test.set)
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			mail, err := m.Next(ctx)
			switch {
			case test.want != "":
				if err == nil || !strings.Contains(err.Error(), test.want) || ctx.Err() != nil {
					t.Errorf("Next = %v, want an error with %q", err, test.want)
				}
			case err != nil:
				t.Errorf("Next = %v", err)
			case nameOf(mail) != "m0":
				t.Errorf("Next = %q", mail.Data)
			}
		})
	}
}

// tokens returns an option that gives one token after another.
func tokens(list ...string) func(*Options) {
	return func(o *Options) {
		refused := ""
		o.Token = func(context.Context) (string, error) {
			token := list[0]
			if token == refused {
				return "", errors.New("asked for too many tokens")
			}
			return token, nil
		}
		o.TokenRefused = func(token string) {
			refused = token
			list = list[1:]
		}
	}
}

// TestNoTLS has a server without STARTTLS. It gets no password.
func TestNoTLS(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	heard := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")
		buf := make([]byte, 1024)
		n, _ := conn.Read(buf)
		tag, _, _ := strings.Cut(string(buf[:n]), " ")
		fmt.Fprintf(conn, "%s BAD unknown command\r\n", tag)
		rest, _ := io.ReadAll(conn)
		heard <- string(buf[:n]) + string(rest)
	}()
	m := openBox(t, "imap://desk%40example.com:secret@"+l.Addr().String())
	if _, err := m.Next(t.Context()); err == nil || !strings.Contains(err.Error(), "the server refuses STARTTLS") {
		t.Errorf("Next = %v", err)
	}
	if said := <-heard; strings.Contains(strings.ToUpper(said), "LOGIN") || strings.Contains(said, "AUTH") {
		t.Errorf("the server heard %q", said)
	}
}

// TestWork counts the commands for a mailbox with many mails.
func TestWork(t *testing.T) {
	s := &server{offers: []string{mechanismPlain}, mails: 2500}
	startServer(t, s)
	m := openBox(t, fmt.Sprintf("imap://desk%%40example.com:secret@%s?ca=%s", s.addr, s.ca))
	for i := range s.mails {
		if got := nameOf(mustNext(t, m)); got != fmt.Sprint("m", i) {
			t.Fatalf("mail %d is %s", i, got)
		}
	}
	// Logging in, SELECT, SEARCH and three FETCH of flags; and for each mail its content
	// and the flag.
	if most := 2*s.mails + 6; m.conn.waits > most {
		t.Errorf("%d commands for %d mails, want at most %d", m.conn.waits, s.mails, most)
	}
	if n := len(m.folders[0].known) + len(m.given) + m.plan.Len(); n > 0 {
		t.Errorf("%d mails are remembered", n)
	}
}

// TestLies has a server that sends more than it said, and then works. The mail is set
// aside, and nothing of it is kept.
func TestLies(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	marked := make(chan string, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go liar(conn, marked)
		}
	}()
	m := openBox(t, "imap://a:b@"+l.Addr().String()+"?tls=insecure-none", allowPlain, quick, func(o *Options) { o.MaxSize = 1000 })
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		if got := <-marked; !strings.Contains(got, `\Flagged`) {
			t.Errorf("the server heard %q", got)
		}
		stop()
	}()
	if mail, err := m.Next(ctx); err == nil {
		t.Errorf("Next = %d octets", len(mail.Data))
	}
}

// liar is a server with one mail, which is larger than it says.
func liar(conn net.Conn, marked chan<- string) {
	defer conn.Close()
	fmt.Fprint(conn, "* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n")
	in := bufio.NewScanner(conn)
	for in.Scan() {
		tag, command, _ := strings.Cut(in.Text(), " ")
		switch {
		case strings.HasPrefix(command, "SELECT"):
			fmt.Fprint(conn, "* 1 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n* FLAGS (\\Seen)\r\n")
		case strings.HasPrefix(command, "UID SEARCH"):
			fmt.Fprint(conn, "* SEARCH 7\r\n")
		case strings.Contains(command, "BODY.PEEK"):
			fmt.Fprint(conn, "* 1 FETCH (UID 7 FLAGS () BODY[] {4000000000}\r\n")
			_, _ = io.Copy(conn, endless{})
			return
		case strings.HasPrefix(command, "UID FETCH"):
			fmt.Fprint(conn, "* 1 FETCH (UID 7 FLAGS () RFC822.SIZE 10)\r\n")
		case strings.HasPrefix(command, "UID STORE"):
			marked <- command
		}
		fmt.Fprintf(conn, "%s OK done\r\n", tag)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
