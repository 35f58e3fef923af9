package smtpsend

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"
)

// TLS says how a connection is encrypted. The zero value means [RequireTLS]
// for SMTP, and [InsecureNoTLS] for LMTP, which is a protocol for links within
// one host or one trusted network (RFC 2033, section 5).
type TLS string

// The ways to encrypt a connection.
const (
	// RequireTLS begins in the clear and goes on with STARTTLS (RFC 3207). A
	// server that does not offer it gets neither password nor mail.
	RequireTLS TLS = "required"
	// ImplicitTLS begins with TLS (RFC 8314, section 3.3).
	ImplicitTLS TLS = "implicit"
	// InsecureNoTLS encrypts nothing: whoever sits on the way reads the mail
	// and may change it.
	InsecureNoTLS TLS = "insecure-none"
)

// Options are the choices of a [Sender]. The zero value of each field, and a
// nil *Options, are right and safe.
type Options struct {
	// LMTP speaks LMTP (RFC 2033) instead of SMTP: each recipient gets a reply
	// of its own to the message.
	LMTP bool
	// TLS says how the connection is encrypted.
	TLS TLS
	// TLSConfig holds roots, certificates and the like. Nil means the system's
	// roots. Where its ServerName is empty the host of the address is
	// verified, where its MinVersion is 0 it is TLS 1.2, and where it has no
	// session cache it gets one.
	TLSConfig *tls.Config
	// LocalName is what EHLO says: a domain name or an address literal. Empty
	// means the address literal of the connection's own end.
	LocalName string
	// Username and Password authenticate. Both empty means no authentication.
	Username, Password string
	// Mechanism admits one SASL mechanism only, PLAIN or LOGIN. Empty means
	// the first of the two that the server offers.
	Mechanism string
	// InsecureAllowPlaintextAuth sends the password also where there is no
	// TLS: whoever sits on the way reads it.
	InsecureAllowPlaintextAuth bool
	// AllOrNothing gives a message up when one recipient is refused before it
	// is sent. Otherwise those accepted get it and the others are reported.
	AllOrNothing bool
	// Connections is the greatest number of connections at a time, 0 for 2.
	// Further calls of Send wait.
	Connections int
	// ConnectionMessages is the greatest number of messages on a connection,
	// 0 for 100; 1 means that none is used again.
	ConnectionMessages int
	// ConnectionAge is the age from which on a connection gets no further
	// message, 0 for 5 minutes.
	ConnectionAge time.Duration
	// ConnectionIdle is how long a connection is kept open for the next
	// message, 0 for 30 seconds.
	ConnectionIdle time.Duration
	// Timeouts are the times to wait for the server.
	Timeouts Timeouts
	// Dial connects to the server. It must honour ctx. Nil means a [net.Dialer].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Logger gets one record for each message, without its content. Nil means
	// none.
	Logger *slog.Logger
}

// Timeouts are the times to wait for the server in one step of a
// conversation. Zero means the default, which is the one of RFC 5321,
// section 4.5.3.2 where it names one. A context may end the wait earlier.
type Timeouts struct {
	Connect time.Duration // for dialing, and for a TLS handshake; 30 seconds
	Command time.Duration // for the reply to a command; 5 minutes
	Body    time.Duration // for each 64 KiB of the message; 3 minutes
	Final   time.Duration // for the reply to the message; 10 minutes
}

// resolve returns a copy of o, which may be nil, with its defaults filled in
// for a server at host.
func (o *Options) resolve(host string) (*Options, error) {
	var r Options
	if o != nil {
		r = *o
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("smtpsend: options: %w", err)
	}
	if r.TLS == "" && !r.LMTP {
		r.TLS = RequireTLS
	}
	r.TLSConfig = resolveTLS(r.TLSConfig, host)
	setDefault(&r.Connections, 2)
	setDefault(&r.ConnectionMessages, 100)
	setDefault(&r.ConnectionAge, 5*time.Minute)
	setDefault(&r.ConnectionIdle, 30*time.Second)
	setDefault(&r.Timeouts.Connect, 30*time.Second)
	setDefault(&r.Timeouts.Command, 5*time.Minute)
	setDefault(&r.Timeouts.Body, 3*time.Minute)
	setDefault(&r.Timeouts.Final, 10*time.Minute)
	if r.Dial == nil {
		r.Dial = new(net.Dialer).DialContext
	}
	return &r, nil
}

// setDefault sets *v to def where it is zero.
func setDefault[T int | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

// resolveTLS returns a copy of c, which may be nil, that is fit for host.
func resolveTLS(c *tls.Config, host string) *tls.Config {
	if c == nil {
		c = new(tls.Config)
	}
	c = c.Clone()
	if c.ServerName == "" {
		c.ServerName = host
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	if c.ClientSessionCache == nil {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	return c
}

// check reports the first option that makes no sense.
func (o *Options) check() error {
	for _, n := range o.amounts() {
		if n.value < 0 {
			return fmt.Errorf("%s is negative", n.name)
		}
	}
	if !slices.Contains([]TLS{"", RequireTLS, ImplicitTLS, InsecureNoTLS}, o.TLS) {
		return fmt.Errorf("TLS %q is unknown", o.TLS)
	}
	if o.LocalName != "" && !validDomain(o.LocalName) {
		return fmt.Errorf("LocalName %q is neither a domain nor an address literal", o.LocalName)
	}
	return o.checkAuth()
}

// amount is a number among the options.
type amount struct {
	name  string
	value int64
}

// amounts returns the options that must not be negative.
func (o *Options) amounts() []amount {
	return []amount{
		{"Connections", int64(o.Connections)},
		{"ConnectionMessages", int64(o.ConnectionMessages)},
		{"ConnectionAge", int64(o.ConnectionAge)},
		{"ConnectionIdle", int64(o.ConnectionIdle)},
		{"Timeouts.Connect", int64(o.Timeouts.Connect)},
		{"Timeouts.Command", int64(o.Timeouts.Command)},
		{"Timeouts.Body", int64(o.Timeouts.Body)},
		{"Timeouts.Final", int64(o.Timeouts.Final)},
	}
}

// checkAuth reports what is wrong with the options for authentication.
func (o *Options) checkAuth() error {
	if o.Username == "" {
		if o.Password != "" || o.Mechanism != "" {
			return errors.New("no Username for Password or Mechanism")
		}
		return nil
	}
	if o.Password == "" {
		return errors.New("no Password for Username")
	}
	if strings.Contains(o.Username+o.Password, "\x00") {
		return errors.New("a NUL in Username or Password")
	}
	if o.Mechanism != "" && !slices.Contains(mechanismNames(), o.Mechanism) {
		return fmt.Errorf("unsupported Mechanism %q: %s are supported", o.Mechanism, strings.Join(mechanismNames(), " and "))
	}
	if (o.TLS == InsecureNoTLS || o.TLS == "" && o.LMTP) && !o.anySafeInClear() {
		return fmt.Errorf("%w: InsecureAllowPlaintextAuth admits it", errPlaintextAuth)
	}
	return nil
}

// anySafeInClear reports whether a mechanism that o admits needs no TLS.
func (o *Options) anySafeInClear() bool {
	return slices.ContainsFunc(mechanisms, func(m mechanism) bool {
		return m.wanted(o) && m.safeInClear(o)
	})
}
