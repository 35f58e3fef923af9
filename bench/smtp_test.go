package bench

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	netsmtp "net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/wneessen/go-mail"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// text is the body of the message that all clients send: with its header 8 KB.
var text = strings.Repeat(strings.Repeat("x", 62)+"\r\n", 125)

// message is the message that all clients send.
func message(to ...string) *mime.Message {
	header := "From: <ann@example.com>\r\nTo: <bob@example.com>\r\nSubject: Review\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/plain; charset=UTF-8\r\n\r\n"
	return &mime.Message{From: "ann@example.com", To: to, ID: "<1@example.com>", Data: []byte(header + text)}
}

// session takes messages and forgets them.
type session struct{}

func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (session) Reset()                               {}
func (session) Logout() error                        { return nil }
func (session) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// sink starts a server: the server of go-smtp, or a server that does nearly nothing,
// so that the benchmark measures the clients.
func sink(b *testing.B, isLight bool, config *tls.Config) (addr string) {
	b.Helper()
	l := listen(b)
	if isLight {
		go (&light{config: config}).serve(l)
		return l.Addr().String()
	}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return session{}, nil }))
	s.Domain, s.TLSConfig, s.ErrorLog = "localhost", config, log.New(io.Discard, "", 0)
	b.Cleanup(func() { s.Close() })
	go s.Serve(l)
	return l.Addr().String()
}

// BenchmarkSMTP lets all clients send the same message in turn, each over its own
// kept connection. It reports how many times longer than smtpsend the others take,
// by the median.
func BenchmarkSMTP(b *testing.B) {
	for _, server := range []string{"light", "go-smtp"} {
		for _, way := range []string{"plain", "TLS"} {
			b.Run(server+"/"+way, func(b *testing.B) { benchmarkSMTP(b, server == "light", way == "TLS") })
		}
	}
}

func benchmarkSMTP(b *testing.B, light, encrypted bool) {
	var server, config *tls.Config
	if encrypted {
		server, config = identity(b)
	}
	addr := sink(b, light, server)
	clients := []client{ours(b, addr, config), standard(b, addr, config), goMail(b, addr, config)}
	takeTurns(b, clients, 1)
}

// ours is smtpsend.
func ours(b *testing.B, addr string, config *tls.Config) client {
	o := &smtpsend.Options{TLS: smtpsend.TLSInsecureNone, ConnectionMessages: 1 << 30, ConnectionAge: time.Hour}
	if config != nil {
		o.TLS, o.TLSConfig = smtpsend.TLSRequired, config
	}
	s, err := smtpsend.New(addr, o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	m := message("bob@example.com")
	return client{"smtpsend", func() error { return s.Send(context.Background(), m) }}
}

// standard is net/smtp.
func standard(b *testing.B, addr string, config *tls.Config) client {
	c, err := netsmtp.Dial(addr)
	if err == nil && config != nil {
		config = config.Clone()
		config.ServerName = "localhost"
		err = c.StartTLS(config)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Quit() })
	m := message("bob@example.com")
	return client{"net/smtp", func() error {
		if err := c.Mail(m.From); err != nil {
			return err
		}
		if err := c.Rcpt(m.To[0]); err != nil {
			return err
		}
		w, err := c.Data()
		if err != nil {
			return err
		}
		if _, err := w.Write(m.Data); err != nil {
			return err
		}
		return w.Close()
	}}
}

// goMail is go-mail's Send. It writes the message anew for each sending, because its
// interface demands that.
func goMail(b *testing.B, addr string, config *tls.Config) client {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		b.Fatal(err)
	}
	n, err := net.LookupPort("tcp", port)
	if err != nil {
		b.Fatal(err)
	}
	policy := mail.WithTLSPolicy(mail.NoTLS)
	if config != nil {
		config = config.Clone()
		config.ServerName = "localhost"
		policy = mail.WithTLSPolicy(mail.TLSMandatory)
	}
	options := []mail.Option{mail.WithPort(n), policy, mail.WithHELO("localhost")}
	if config != nil {
		options = append(options, mail.WithTLSConfig(config))
	}
	c, err := mail.NewClient("127.0.0.1", options...)
	if err == nil {
		err = c.DialWithContext(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	m := mail.NewMsg(mail.WithEncoding(mail.NoEncoding))
	if err := m.From("ann@example.com"); err != nil {
		b.Fatal(err)
	}
	if err := m.To("bob@example.com"); err != nil {
		b.Fatal(err)
	}
	m.Subject("Review")
	m.SetBodyString(mail.TypeTextPlain, text)
	return client{"go-mail", func() error { return c.Send(m) }}
}

// BenchmarkAllocations measures the client alone: its server is a connection in
// memory that answers from a script.
func BenchmarkAllocations(b *testing.B) {
	s, err := smtpsend.New("localhost", &smtpsend.Options{TLS: smtpsend.TLSInsecureNone, ConnectionMessages: 1 << 30, ConnectionAge: time.Hour,
		Dial: func(context.Context, string, string) (net.Conn, error) { return newCanned(), nil }})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	m := message("bob@example.com")
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Send(b.Context(), m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRoundTrips sends a message to 20 recipients over a kept connection with a
// round trip of 20 milliseconds, and reports the number of round trips.
func BenchmarkRoundTrips(b *testing.B) {
	const roundTrip = 20 * time.Millisecond
	addr := sink(b, true, nil)
	s, err := smtpsend.New(addr, &smtpsend.Options{TLS: smtpsend.TLSInsecureNone, ConnectionMessages: 1 << 30, ConnectionAge: time.Hour,
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			nc, err := new(net.Dialer).DialContext(ctx, network, addr)
			return newFar(nc, roundTrip), err
		}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	to := make([]string, 20)
	for i := range to {
		to[i] = string(rune('a'+i)) + "@example.com"
	}
	m := message(to...)
	if err := s.Send(b.Context(), m); err != nil { // connects
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.Send(b.Context(), m); err != nil {
			b.Fatal(err)
		}
	}
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(each)/float64(time.Millisecond), "ms/message")
	b.ReportMetric(float64(each)/float64(roundTrip), "roundtrips/message")
}
