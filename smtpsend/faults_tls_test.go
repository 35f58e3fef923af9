package smtpsend_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/smtpsend"
)

// expired makes a certificate that was valid until 2001.
func expired(leaf *x509.Certificate) { leaf.NotAfter = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }

// early makes a certificate that is valid from 2099 on.
func early(leaf *x509.Certificate) { leaf.NotBefore = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC) }

// elsewhere makes a certificate of another host.
func elsewhere(leaf *x509.Certificate) {
	leaf.DNSNames, leaf.IPAddresses = []string{"other.example"}, []net.IP{net.IPv4(192, 0, 2, 1)}
}

// unnamed makes a certificate that names its host in the subject alone.
func unnamed(leaf *x509.Certificate) { leaf.DNSNames, leaf.IPAddresses = nil, nil }

// forClients makes a certificate that is not for servers.
func forClients(leaf *x509.Certificate) {
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
}

// upTo returns c with v as the only version.
func upTo(v uint16, c *tls.Config) *tls.Config {
	c = c.Clone()
	c.MinVersion, c.MaxVersion = v, v
	return c
}

// serverHello returns the answer of a server that picks the given version, whatever
// the client offers (RFC 2246, section 7.4.1.3). The suite is
// TLS_RSA_WITH_AES_128_CBC_SHA.
func serverHello(minor string) []byte {
	b, err := hex.DecodeString("16" + "03" + minor + "002a" + "02" + "000026" + "03" + minor +
		strings.Repeat("5a", 32) + "00" + "002f" + "00")
	if err != nil {
		panic(err)
	}
	return b
}

// tlsFault is a fault of a server between the greeting and the login.
type tlsFault struct {
	name      string
	leaf      func(*x509.Certificate) // change of the certificate
	stranger  bool                    // the authority is not known to the client
	version   uint16                  // the only version; 0 stands for all
	replies   replies
	temporary bool
	want      string // part of the error
}

var tlsFaults = []tlsFault{
	{name: "expired certificate", leaf: expired, want: "x509: certificate has expired or is not yet valid: current time"},
	{name: "certificate of tomorrow", leaf: early, want: "is before 2099-01-01"},
	{name: "wrong host", leaf: elsewhere, want: "x509: certificate is valid for 192.0.2.1, not 127.0.0.1"},
	{name: "host in the common name only", leaf: unnamed, want: "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs"},
	{name: "certificate for clients", leaf: forClients, want: "x509: certificate specifies an incompatible key usage"},
	{name: "unknown authority", stranger: true, want: "x509: certificate signed by unknown authority"},
	{name: "TLS 1.0 only", version: tls.VersionTLS10, want: "tls: protocol version not supported"},
	{name: "TLS 1.1 only", version: tls.VersionTLS11, want: "tls: protocol version not supported"},
	{name: "TLS 1.0 forced", replies: replies{hello: serverHello("01")}, want: "tls: server selected unsupported protocol version 301"},
	{name: "SSL 3.0 forced", replies: replies{hello: serverHello("00")}, want: "tls: server selected unsupported protocol version 300"},
	{name: "not TLS", replies: replies{hello: []byte("HTTP/1.1 400 Bad Request\r\n\r\n")}, want: "tls: first record does not look like a TLS handshake"},
	{name: "EHLO injected", replies: replies{startTLS: "220 go\r\n250-test.example\r\n250 AUTH PLAIN\r\n"}, want: "plaintext after the reply to STARTTLS"},
	{name: "dialogue injected", replies: replies{startTLS: "220 go\r\n" + strings.Repeat("250 ok\r\n", 3) + "354 go on\r\n250 taken\r\n"}, want: "plaintext after the reply to STARTTLS"},
	{name: "one octet injected", replies: replies{startTLS: "220 go\r\n2"}, want: "plaintext after the reply to STARTTLS"},
	{name: "injected during the handshake", replies: replies{late: "250 ok\r\n250 ok\r\n"}, want: "tls: first record does not look like a TLS handshake"},
	{name: "STARTTLS refused for now", replies: replies{startTLS: "454 4.7.0 TLS not available\r\n"}, temporary: true, want: "tls: 454 4.7.0 TLS not available"},
	{name: "STARTTLS refused", replies: replies{startTLS: "502 5.5.1 what?\r\n"}, want: "tls: 502 5.5.1 what?"},
	{name: "STARTTLS answered like a command", replies: replies{startTLS: "334 \r\n"}, temporary: true, want: "tls: malformed reply: unexpected 334"},
	{name: "STARTTLS stripped", replies: replies{offered: "AUTH PLAIN,X-TARTTLS,8BITMIME"}, want: "server does not offer STARTTLS"},
}

// serve starts the faulty server, and returns the TLS of its client.
func (tt tlsFault) serve(t *testing.T, implicit bool) (w *wire, client *tls.Config) {
	t.Helper()
	var changes []func(*x509.Certificate)
	if tt.leaf != nil {
		changes = append(changes, tt.leaf)
	}
	id := newIdentity(t, changes...)
	client = id.client
	if tt.stranger {
		client = newIdentity(t).client
	}
	w = &wire{replies: tt.replies, tls: id.server, implicit: implicit}
	w.secured = "AUTH PLAIN"
	if w.offered == "" {
		w.offered = "STARTTLS,AUTH PLAIN"
	}
	if tt.version != 0 {
		w.tls = upTo(tt.version, w.tls)
	}
	w.start(t)
	return w, client
}

// inClear reports whether the fault is one of STARTTLS, which implicit TLS does not have.
func (tt tlsFault) inClear() bool {
	return tt.leaf == nil && !tt.stranger && tt.version == 0
}

// TestTLSFaults sends an invitation to servers whose TLS is wrong. Nothing is handed
// over, and no password is sent. The error names the cause, and the mail stays pending.
// When the server is mended, each attendee gets one mail.
func TestTLSFaults(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		for _, tt := range tlsFaults {
			if implicit && tt.inClear() {
				continue
			}
			policy, name := smtpsend.TLSRequired, tt.name
			if implicit {
				policy, name = smtpsend.TLSImplicit, tt.name+", implicit"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w, client := tt.serve(t, implicit)
				m, err := book(t, w, smtpsend.Options{TLS: policy, TLSConfig: client})
				checkFault(t, err, tt)
				w.checkUntouched(t)
				resumeElsewhere(t, m, tt.want)
			})
		}
	}
}

// booking is an event with two attendees.
func booking() ical.Event {
	start := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	return ical.Event{Summary: "Review", Start: start, End: start.Add(time.Hour), Organizer: ical.Person{Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Email: "ann@example.com"}, {Email: "bob@example.com"}}}
}

// book sends an invitation through w, with a password.
func book(t *testing.T, w *wire, o smtpsend.Options) (*invite.Meeting, error) {
	t.Helper()
	o.Username, o.Password = "desk", "hunter22"
	sender, err := smtpsend.New(w.addr, &o)
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	return invite.New(sender, invitetest.Options(nil)).Send(t.Context(), booking())
}

// checkFault checks the error for a fault.
func checkFault(t *testing.T, err error, tt tlsFault) {
	t.Helper()
	var e *smtpsend.Error
	if !errors.As(err, &e) || e.Phase != smtpsend.PhaseTLS || e.Temporary != tt.temporary || e.Refused() || e.Uncertain() {
		t.Fatalf("Send = %v, want an error of phase tls, temporary %v, that neither refuses nor leaves doubt", err, tt.temporary)
	}
	if !strings.Contains(err.Error(), tt.want) {
		t.Errorf("Send = %v, want it to say %q", err, tt.want)
	}
}

// checkUntouched checks that w got neither a part of a mail nor a password.
func (w *wire) checkUntouched(t *testing.T) {
	t.Helper()
	told := w.told()
	for _, bad := range []string{"MAIL", "RCPT", "DATA", "AUTH", "tls "} {
		if strings.Contains(told, bad) {
			t.Errorf("the server was told %q, want no %s", told, bad)
		}
	}
	w.locked(func() {
		all := w.clear.String() + w.plain.String()
		for _, bad := range []string{"hunter22", b64("\x00desk\x00hunter22"), "ann@example.com", "BEGIN:VCALENDAR"} {
			if strings.Contains(all, bad) {
				t.Errorf("%q came in", bad)
			}
		}
	})
}

// resumeElsewhere checks that both mails of m are pending with the reason, and sends
// them through a server without faults.
func resumeElsewhere(t *testing.T, m *invite.Meeting, reason string) {
	t.Helper()
	for _, d := range m.Deliveries {
		if d.State != invite.DeliveryPending || !strings.Contains(d.Reply, reason) {
			t.Errorf("delivery to %s is %s, %q, want pending, %q", d.To, d.State, d.Reply, reason)
		}
	}
	id := newIdentity(t)
	w := &wire{replies: replies{offered: "STARTTLS"}, tls: id.server}
	w.start(t)
	sender, err := smtpsend.New(w.addr, &smtpsend.Options{TLSConfig: id.client})
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	client := invite.New(sender, invitetest.Options(nil))
	for range 2 { // the second call has nothing to do
		if m, err = client.Resume(t.Context(), m); err != nil {
			t.Fatalf("Resume = %v", err)
		}
	}
	told := w.told()
	for _, a := range booking().Attendees {
		if n := strings.Count(told, "tls RCPT TO:<"+a.Email+">"); n != 1 {
			t.Errorf("%s got %d mails, want one", a.Email, n)
		}
	}
	if n := len(w.got()); n != 2 {
		t.Errorf("%d mails, want 2", n)
	}
}

// TestCapabilitiesBeforeTLS checks that nothing that the server sent in the clear counts under
// TLS (RFC 3207, section 4.2).
func TestCapabilitiesBeforeTLS(t *testing.T) {
	id := newIdentity(t)
	const limits = "STARTTLS,SIZE 10,PIPELINING,DSN,8BITMIME,SMTPUTF8,REQUIRETLS"
	dsn := smtpsend.DSN{Return: smtpsend.ReturnHeader, Notify: []smtpsend.Notify{smtpsend.NotifyFailure}}
	tests := []struct {
		name, offered, secured string
		o                      smtpsend.Options
		want                   string // the error; "" stands for none
	}{
		{name: "a size limit and parameters", offered: limits, o: smtpsend.Options{DSN: dsn}},
		{name: "AUTH", offered: "STARTTLS,AUTH PLAIN", o: smtpsend.Options{Username: "ann", Password: "hunter22"},
			want: "smtpsend: auth: no usable authentication mechanism: server offers []"},
		{name: "a weaker AUTH", offered: "STARTTLS,AUTH LOGIN", secured: "AUTH GSSAPI", o: smtpsend.Options{Username: "ann", Password: "hunter22"},
			want: `smtpsend: auth: no usable authentication mechanism: server offers ["GSSAPI"]`},
		{name: "REQUIRETLS", offered: limits, o: smtpsend.Options{OnwardTLS: true}, want: "smtpsend: mail: " + smtpsend.ErrNoOnwardTLS.Error()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &wire{replies: replies{offered: tt.offered, secured: tt.secured}, tls: id.server}
			w.start(t)
			tt.o.TLSConfig = id.client
			sender, err := smtpsend.New(w.addr, &tt.o)
			if err != nil {
				t.Fatal(err)
			}
			defer sender.Close()
			if err := sender.Send(t.Context(), letter("bob@example.com")); message(err) != tt.want {
				t.Fatalf("Send = %v, want %q", err, tt.want)
			}
			told := w.told()
			if tt.want != "" && strings.Contains(told, "AUTH") || strings.Contains(told, "MAIL FROM") != (tt.want == "") {
				t.Errorf("the server was told %q", told)
			}
			if tt.want == "" && !strings.Contains(told, "tls MAIL FROM:<ann@example.com>\ntls RCPT TO:<bob@example.com>\n") {
				t.Errorf("the server was told %q, want MAIL and RCPT without parameters", told)
			}
		})
	}
}
