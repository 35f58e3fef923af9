package smtpsend

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
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
	if !slices.Contains([]TLS{"", TLSRequired, TLSImplicit, TLSInsecureNone}, o.TLS) {
		return fmt.Errorf("TLS %q is unknown", o.TLS)
	}
	if o.LocalName != "" && !(address.IsPathDomain(o.LocalName) && address.IsASCII(o.LocalName)) {
		return fmt.Errorf("LocalName %q is neither a domain nor an address literal", o.LocalName)
	}
	if err := o.DSN.check(); err != nil {
		return fmt.Errorf("DSN: %w", err)
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
		{"Retry.Budget", int64(o.Retry.Budget)},
		{"Retry.First", int64(o.Retry.First)},
		{"Retry.Longest", int64(o.Retry.Longest)},
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
	if o.Mechanism != "" && !slices.Contains(mechanismNames(), o.Mechanism) {
		return fmt.Errorf("unsupported Mechanism %q: %s are supported", o.Mechanism, listed(mechanismNames()))
	}
	if strings.Contains(o.Username+o.Password, "\x00") {
		return errors.New("a NUL in Username or Password")
	}
	if err := o.checkSecret(); err != nil {
		return err
	}
	inClear := o.TLS == TLSInsecureNone || o.TLS == "" && o.LMTP
	if inClear && o.authenticates() && !o.safeInClear() {
		return fmt.Errorf("%w: InsecureAllowPlaintextAuth admits it", errPlaintextAuth)
	}
	return nil
}

// checkSecret reports a part of the credentials that is missing or too much.
func (o *Options) checkSecret() error {
	switch s := o.secret(); {
	case s == byCertificate:
		if !o.hasCertificate() {
			return errors.New("no client certificate in TLSConfig for EXTERNAL")
		}
	case o.Token != nil && o.Password != "":
		return errors.New("both Token and Password")
	case o.Token != nil && s == byPassword:
		return fmt.Errorf("a Token is of no use for %s", o.Mechanism)
	case o.Username == "" && (s == byToken || o.Password != "" || o.Mechanism != ""):
		return errors.New("no Username for Password or Mechanism")
	case o.Username != "" && o.Password == "" && o.Token == nil:
		return errors.New("no Password for Username")
	}
	return nil
}

// authenticates reports whether o asks for authentication. Without that, a
// certificate may still be offered to a server that looks at it.
func (o *Options) authenticates() bool { return o.Username != "" || o.Mechanism != "" }

// hasCertificate reports whether o has a client certificate.
func (o *Options) hasCertificate() bool {
	c := o.TLSConfig
	return c != nil && (len(c.Certificates) > 0 || c.GetClientCertificate != nil)
}

// safeInClear reports whether o may authenticate without TLS: also by guessing,
// unless it asks for that, nobody on the way shall learn the password.
func (o *Options) safeInClear() bool {
	return o.InsecureAllowPlaintextAuth || slices.ContainsFunc(mechanisms, func(m mechanism) bool {
		return m.name == o.Mechanism && !m.plaintext
	})
}

// listed joins names for a sentence.
func listed(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
