package smtpsend

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// errPlaintextAuth is the cause when a secret would be readable on the way.
var errPlaintextAuth = errors.New("the password is not sent without TLS")

// credentials are what one connection authenticates with.
type credentials struct {
	username string
	password string
	token    string // the OAuth 2.0 access token
}

// credentials returns what the next connection authenticates with.
func (o *Options) credentials(ctx context.Context) (credentials, *Error) {
	k := credentials{username: o.Username, password: o.Password}
	switch {
	case o.secret() != byToken:
		return k, nil
	case o.Token == nil:
		k.token = o.Password
		return k, nil
	}
	var err error
	if k.token, err = o.Token(ctx); err != nil {
		e := unmet(PhaseAuth, fmt.Errorf("token: %w", err))
		e.Temporary = isNetwork(err)
		return k, e
	}
	return k, nil
}

// isTokenRefused reports whether err is a server's no to a token that another
// may take the place of.
func (o *Options) isTokenRefused(err *Error) bool {
	return err != nil && err.Phase == PhaseAuth && err.Code == 535 && o.Token != nil
}

// login authenticates if the options name a user. A certificate alone does so
// only if the server offers to look at it.
func (c *conn) login(ctx context.Context) *Error {
	if !c.o.authenticates() && !(c.o.hasCertificate() && c.offersExternal()) {
		return nil
	}
	m, err := c.choose()
	if err != nil {
		return unmet(PhaseAuth, err)
	}
	client, err := m.client(c.key)
	if err != nil {
		return unmet(PhaseAuth, fmt.Errorf("%s: %w", m.name, err))
	}
	return c.authenticate(ctx, client)
}

// choose returns the best mechanism that is offered, asked for and safe.
func (c *conn) choose() (mechanism, error) {
	offered := c.ext.mechanisms()
	withheld := false
	for _, m := range c.ranked() {
		if !slices.Contains(offered, m.name) || !m.wanted(c.o) {
			continue
		}
		if c.encrypted || m.safeInClear(c.o) {
			return m, nil
		}
		withheld = true
	}
	if withheld {
		return mechanism{}, errPlaintextAuth
	}
	return mechanism{}, fmt.Errorf("%w: server offers %q", ErrNoMechanism, offered)
}

// ranked returns the mechanisms, the best first. Without TLS those that show
// the secret come last.
func (c *conn) ranked() []mechanism {
	if c.encrypted {
		return mechanisms
	}
	ranked := slices.Clone(mechanisms)
	slices.SortStableFunc(ranked, func(a, b mechanism) int {
		switch {
		case a.plaintext == b.plaintext:
			return 0
		case a.plaintext:
			return 1
		}
		return -1
	})
	return ranked
}

// offersExternal reports whether the server looks at client certificates.
func (c *conn) offersExternal() bool {
	return slices.Contains(c.ext.mechanisms(), "EXTERNAL")
}
