package caldav

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// authenticator proves to the server who asks. The first request goes without
// credentials, so that a server that offers Digest never sees the password.
type authenticator struct {
	o    *Options
	base *url.URL

	mu     sync.Mutex
	scheme Auth        // chosen by the first answer, "" before it
	digest digestState // for AuthDigest
}

// proof is the Authorization of one request.
type proof struct {
	header string
	scheme Auth
	token  string // for AuthBearer
	nonce  string // for AuthDigest
}

// prove returns the credentials for a request. They are empty for a host that must not
// get any, and before the server has said which it wants.
func (a *authenticator) prove(ctx context.Context, method string, u *url.URL) (proof, error) {
	if !a.mayKnow(u) {
		return proof{}, nil
	}
	if a.o.Token != nil {
		token, err := a.o.Token(ctx)
		if err != nil {
			return proof{}, fmt.Errorf("token: %w", err)
		}
		if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return proof{}, errors.New("token: empty, or with a character that a token cannot have")
		}
		return proof{header: "Bearer " + token, scheme: AuthBearer, token: token}, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch a.scheme {
	case AuthBasic:
		return proof{header: "Basic " + a.basic(), scheme: AuthBasic}, nil
	case AuthDigest:
		header, err := a.digest.authorize(a.o, method, u)
		return proof{header: header, scheme: AuthDigest, nonce: a.digest.challenge.nonce}, err
	}
	return proof{}, nil
}

// basic returns the credentials of Basic (RFC 7617), "" if there is no user.
func (a *authenticator) basic() string {
	if a.o.Username == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(a.o.Username + ":" + a.o.Password))
}

// mayKnow reports whether the host of u may get the credentials: the host of the
// calendar's URL, and the hosts of [Options.Hosts] over TLS.
func (a *authenticator) mayKnow(u *url.URL) bool {
	if sameOrigin(u, a.base) {
		return true
	}
	if u.Scheme != "https" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if a.base.Scheme == "http" && host == strings.ToLower(a.base.Hostname()) && u.Port() == "" {
		return true // the server itself moves us to TLS
	}
	for _, h := range a.o.Hosts {
		if host == h || h[0] == '.' && strings.HasSuffix(host, h) {
			return true
		}
	}
	return false
}

// hasCredentials reports whether there is a password or a token.
func (a *authenticator) hasCredentials() bool { return a.o.Username != "" || a.o.Token != nil }

// answered looks at the answer to a request. It reports whether the request should be
// sent again with other credentials.
func (a *authenticator) answered(p proof, u *url.URL, r *reply) (again bool, err error) {
	if !a.hasCredentials() {
		return false, nil
	}
	if !a.mayKnow(u) {
		if r.status == http.StatusUnauthorized {
			return false, fmt.Errorf("the host is another than %s, so it gets no password; see Options.Hosts", a.base.Host)
		}
		return false, nil
	}
	if p.scheme == AuthBearer {
		return a.tokenRefused(p, r), nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.status == http.StatusUnauthorized {
		return a.choose(p, u, r)
	}
	if p.scheme != "" || a.scheme != "" {
		return p.scheme == "" && a.scheme != "", nil // another call has learnt meanwhile how to
	}
	// The server lets strangers in and asks for nothing, so it must be told.
	if a.o.Auth != AuthDigest && a.basicIsSafe(u) {
		a.scheme = AuthBasic
		return true, nil
	}
	return false, nil
}

// tokenRefused reports whether another token should be tried.
func (a *authenticator) tokenRefused(p proof, r *reply) bool {
	if r.status != http.StatusUnauthorized {
		return false
	}
	if a.o.TokenRefused != nil {
		a.o.TokenRefused(p.token)
	}
	return true
}

// basicIsSafe reports whether the password may be sent to u.
func (a *authenticator) basicIsSafe(u *url.URL) bool {
	return u.Scheme == "https" || a.o.InsecureAllowPlaintextAuth
}

// choose takes the strongest challenge of a refusal (RFC 9110, section 11.6.1). It reports
// whether there is something that was not tried yet. The caller holds the lock.
func (a *authenticator) choose(p proof, u *url.URL, r *reply) (again bool, err error) {
	challenges := parseChallenges(r.header.Values("WWW-Authenticate"))
	if c, ok := strongestDigest(challenges); ok && a.mayDigest(u) {
		if p.scheme == AuthDigest && c.nonce == p.nonce {
			return false, nil // refused for another reason than its age
		}
		if p.scheme == AuthDigest && !c.stale && p.nonce == a.digest.challenge.nonce && a.digest.used <= 1 {
			return false, nil // the first use of a nonce was refused, so the password is wrong
		}
		if a.scheme != AuthDigest || c.nonce != a.digest.challenge.nonce {
			a.scheme, a.digest = AuthDigest, digestState{challenge: c}
		}
		return true, nil
	}
	offersBasic := false
	for _, c := range challenges {
		offersBasic = offersBasic || c.scheme == "basic"
	}
	switch {
	case !offersBasic || a.o.Auth == AuthDigest:
		if p.scheme == "" {
			return false, errors.New("the server offers no way to authenticate that the options allow")
		}
		return false, nil
	case !a.basicIsSafe(u):
		return false, errPlaintextAuth
	}
	a.scheme = AuthBasic
	return p.scheme != AuthBasic, nil
}

// mayDigest reports whether Digest may be used.
func (a *authenticator) mayDigest(u *url.URL) bool {
	return a.o.Auth == AuthDigest || a.o.Auth == "" && (u.Scheme == "https" || a.o.InsecureAllowPlaintextAuth)
}
