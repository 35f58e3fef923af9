package smtpsend

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"time"
)

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
		r.TLS = TLSRequired
	}
	r.TLSConfig = resolveTLS(r.TLSConfig, host)
	r.DSN.Notify = slices.Clone(r.DSN.Notify)
	setDefault(&r.Retry.First, time.Second)
	setDefault(&r.Retry.Longest, time.Minute)
	setDefault(&r.Connections, 2)
	setDefault(&r.ConnectionMessages, 100)
	setDefault(&r.ConnectionAge, 5*time.Minute)
	setDefault(&r.ConnectionIdle, 30*time.Second)
	setDefault(&r.Finish, 5*time.Second)
	setDefault(&r.Timeouts.Connect, 30*time.Second)
	setDefault(&r.Timeouts.Command, 5*time.Minute)
	setDefault(&r.Timeouts.Body, 3*time.Minute)
	setDefault(&r.Timeouts.Final, 10*time.Minute)
	if r.Dial == nil {
		r.Dial = new(net.Dialer).DialContext
	}
	return &r, nil
}

// setDefault sets *v to def if it is zero.
func setDefault[T int | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

// resolveTLS returns a copy of c, which may be nil, with its defaults filled in
// for a server at host.
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

// defaultPort returns the port for the protocol in o, which may be nil: submission
// (RFC 6409, section 3.1), submission over TLS (RFC 8314, section 3.3) or LMTP.
func (o *Options) defaultPort() string {
	switch {
	case o != nil && o.LMTP:
		return "24"
	case o != nil && o.TLS == TLSImplicit:
		return "465"
	}
	return "587"
}
