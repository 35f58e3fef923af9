package smtpsend

import (
	"context"
	"fmt"
	"slices"
)

// credentials returns the credentials for the next session.
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

// isTokenRefused reports whether err is the server's refusal of a token, and
// o can provide another one.
func (o *Options) isTokenRefused(err *Error) bool {
	return err != nil && err.Phase == PhaseAuth && err.Code == 535 && o.Token != nil
}

// secret returns the kind of secret that o authenticates with.
func (o *Options) secret() secret {
	i := slices.IndexFunc(mechanisms, func(m mechanism) bool { return m.name == o.Mechanism })
	switch {
	case i >= 0:
		return mechanisms[i].secret
	case o.Token != nil:
		return byToken
	case o.Password == "" && o.hasCertificate():
		return byCertificate
	}
	return byPassword
}

// authenticates reports whether o asks for authentication. If it does not, a
// certificate may still be offered to a server that looks at certificates.
func (o *Options) authenticates() bool { return o.Username != "" || o.Mechanism != "" }

// hasCertificate reports whether o has a client certificate.
func (o *Options) hasCertificate() bool {
	c := o.TLSConfig
	return c != nil && (len(c.Certificates) > 0 || c.GetClientCertificate != nil)
}

// safeInClear reports whether o may authenticate without TLS. Unless o allows
// it, nobody on the way may learn the password, not even by trying passwords
// against an exchange that they recorded.
func (o *Options) safeInClear() bool {
	return o.InsecureAllowPlaintextAuth || slices.ContainsFunc(mechanisms, func(m mechanism) bool {
		return m.name == o.Mechanism && !m.plaintext
	})
}
