package smtpsend_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	netsmtp "net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// benchMessage returns a message of 8 KB.
func benchMessage() *mime.Message {
	m := letter("bob@example.com")
	m.Data = append([]byte("Subject: Benchmark\r\n\r\n"), bytes.Repeat([]byte(strings.Repeat("x", 62)+"\r\n"), 128)...)
	return m
}

// BenchmarkSend sends one message over a kept connection, and reports how many
// times longer the clients of net/smtp and go-smtp take.
func BenchmarkSend(b *testing.B) {
	id := newIdentity(b)
	for _, way := range []struct {
		name   string
		server *tls.Config
		policy smtpsend.TLS
	}{{"plain", nil, smtpsend.TLSInsecureNone}, {"TLS", id.server, smtpsend.TLSRequired}} {
		b.Run(way.name, func(b *testing.B) { benchmarkSend(b, way.server, id.client, way.policy) })
	}
}

func benchmarkSend(b *testing.B, server, client *tls.Config, policy smtpsend.TLS) {
	d := newDaemon(server)
	d.sink = true
	d.start(b, false)
	m := benchMessage()
	sender, err := smtpsend.New(d.addr, &smtpsend.Options{TLS: policy, TLSConfig: client, ConnectionMessages: 1 << 30, ConnectionAge: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	defer sender.Close()
	others := map[string]func() error{
		"x-net/smtp": netSMTP(b, d.addr, server != nil, client, m),
		"x-go-smtp":  goSMTP(b, d.addr, server != nil, client, m),
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := sender.Send(b.Context(), m); err != nil {
			b.Fatal(err)
		}
	}
	own := b.Elapsed() / time.Duration(b.N)
	for unit, send := range others {
		start := time.Now()
		for range b.N {
			if err := send(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(time.Since(start)/time.Duration(b.N))/float64(own), unit)
	}
}

// serverName returns c with the name of the test server.
func serverName(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.ServerName = "test.example"
	return c
}

// netSMTP returns a function that sends m with net/smtp over one connection.
func netSMTP(b *testing.B, addr string, startTLS bool, config *tls.Config, m *mime.Message) func() error {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	c, err := netsmtp.NewClient(nc, "test.example")
	if err == nil && startTLS {
		err = c.StartTLS(serverName(config))
	}
	if err != nil {
		b.Fatal(err)
	}
	return func() error {
		return oneByOne(c.Mail(m.From), func() error { return c.Rcpt(m.To[0]) }, c.Data, m.Data)
	}
}

// goSMTP returns a function that sends m with go-smtp over one connection.
func goSMTP(b *testing.B, addr string, startTLS bool, config *tls.Config, m *mime.Message) func() error {
	var c *smtp.Client
	var err error
	if startTLS {
		c, err = smtp.DialStartTLS(addr, serverName(config))
	} else {
		c, err = smtp.Dial(addr)
	}
	if err != nil {
		b.Fatal(err)
	}
	data := func() (io.WriteCloser, error) { return c.Data() }
	return func() error {
		return oneByOne(c.Mail(m.From, nil), func() error { return c.Rcpt(m.To[0], nil) }, data, m.Data)
	}
}

// oneByOne sends RCPT, DATA and the message, each after the reply to the last.
func oneByOne(mail error, rcpt func() error, data func() (io.WriteCloser, error), body []byte) error {
	if mail != nil {
		return mail
	}
	if err := rcpt(); err != nil {
		return err
	}
	w, err := data()
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Close()
}
