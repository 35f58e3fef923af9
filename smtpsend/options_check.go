package smtpsend

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/internal/serverurl"
)

// check returns an error for the first option that makes no sense.
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

// checkAuth returns an error if the options for authentication make no sense.
func (o *Options) checkAuth() error {
	if o.Mechanism != "" && !slices.Contains(mechanismNames(), o.Mechanism) {
		return fmt.Errorf("unsupported Mechanism %q: %s are supported", o.Mechanism, serverurl.Listed(mechanismNames()))
	}
	if strings.Contains(o.Username+o.Password, "\x00") {
		return errors.New("a NUL in Username or Password")
	}
	if err := o.checkSecret(); err != nil {
		return err
	}
	inClear := o.TLS == TLSInsecureNone || o.TLS == "" && o.LMTP
	if inClear && o.authenticates() && !o.safeInClear() {
		return fmt.Errorf("%w (leave user and password out of the URL, or set Options.InsecureAllowPlaintextAuth)", errPlaintextAuth)
	}
	return nil
}

// checkSecret returns an error if a part of the credentials is missing, or if
// two parts exclude each other.
func (o *Options) checkSecret() error {
	switch s := o.secret(); {
	case s == byCertificate:
		if !o.hasCertificate() {
			return errors.New("no client certificate in TLSConfig for EXTERNAL")
		}
	case o.Token != nil && o.Password != "":
		return errors.New("both Token and Password")
	case o.Token != nil && s == byPassword:
		return fmt.Errorf("a Token cannot be used with Mechanism %s", o.Mechanism)
	case o.Username == "" && (s == byToken || o.Password != "" || o.Mechanism != ""):
		return errors.New("no Username for Password or Mechanism")
	case o.Username != "" && o.Password == "" && o.Token == nil:
		return errors.New("no Password for Username")
	}
	return nil
}
