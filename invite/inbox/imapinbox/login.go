package imapinbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"github.com/convene-go/convene/internal/oauth"
)

// errNoMechanism reports that the server offers no way to log in that the options admit.
var errNoMechanism = errors.New("the server offers no mechanism to log in that the options admit")

// login logs in. If the server refuses a token, it tries another one.
func (c *conn) login(ctx context.Context, o *Options) error {
	mechanism, err := c.mechanism(o)
	if err != nil {
		return err
	}
	secret := o.Password
	if o.Token != nil {
		if secret, err = o.Token(ctx); err != nil {
			return fmt.Errorf("token: %w", err)
		}
	}
	err = c.authenticate(mechanism, o.Username, secret)
	if o.Token != nil && isRefusal(err) {
		if o.TokenRefused != nil {
			o.TokenRefused(secret)
		}
		if secret, err = o.Token(ctx); err != nil {
			return fmt.Errorf("token: %w", err)
		}
		err = c.authenticate(mechanism, o.Username, secret)
	}
	if err != nil {
		return fmt.Errorf("login with %s: %w", mechanism, err)
	}
	return nil
}

// mechanism returns the best mechanism that the server offers and o admits.
func (c *conn) mechanism(o *Options) (string, error) {
	caps := c.Caps()
	for _, m := range mechanisms {
		token := m == mechanismBearer || m == mechanismXOAuth2
		if o.Mechanism != "" && o.Mechanism != m || token != o.byToken() {
			continue
		}
		if m == mechanismLogin && !caps.Has(imap.CapLoginDisabled) || caps.Has(imap.AuthCap(m)) && m != mechanismLogin {
			return m, nil
		}
	}
	offers := caps.AuthMechanisms()
	slices.Sort(offers)
	return "", fmt.Errorf("%w: it offers %q", errNoMechanism, offers)
}

// authenticate logs in with a mechanism.
func (c *conn) authenticate(mechanism, username, secret string) error {
	var client sasl.Client
	var err error
	switch mechanism {
	case mechanismBearer:
		client, err = oauth.Bearer(username, secret)
	case mechanismXOAuth2:
		client, err = oauth.XOAuth2(username, secret)
	case mechanismPlain:
		client = sasl.NewPlainClient("", username, secret)
	default:
		return c.Login(username, secret).Wait()
	}
	if err != nil {
		return err
	}
	return c.Authenticate(client)
}
