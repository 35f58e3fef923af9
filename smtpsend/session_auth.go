package smtpsend

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-sasl"
)

// errPlaintextAuth is the cause when a secret would be readable on the way.
var errPlaintextAuth = errors.New("the password is not sent without TLS")

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

// authenticate runs one exchange (RFC 4954, section 4).
func (c *conn) authenticate(ctx context.Context, client sasl.Client) *Error {
	name, first, err := client.Start()
	if err != nil {
		return unmet(PhaseAuth, err)
	}
	x := &exchange{conn: c, client: client, secrets: []string{c.key.password, c.key.token}}
	line, initial := "AUTH "+name, encodeInitial(first)
	if first == nil || len(line)+len(" ")+len(initial)+len("\r\n") > maxAuthLine {
		x.held = first
		return x.run(ctx, line)
	}
	x.secrets = append(x.secrets, initial)
	return x.run(ctx, line+" "+initial)
}
