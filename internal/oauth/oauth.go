// Package oauth has the SASL mechanisms that log in with an OAuth 2.0 access token.
package oauth

import (
	"errors"
	"strings"

	"github.com/emersion/go-sasl"
)

// client sends a bearer token.
type client struct {
	name    string
	initial string
	dummy   string // the response to the server's error report
}

var _ sasl.Client = (*client)(nil)

// Bearer returns a client for OAUTHBEARER (RFC 7628).
func Bearer(user, token string) (sasl.Client, error) {
	if err := check(user, token); err != nil {
		return nil, err
	}
	o := &sasl.OAuthBearerOptions{Username: gs2Name(user), Token: token}
	name, initial, err := sasl.NewOAuthBearerClient(o).Start()
	return &client{name, string(initial), "\x01"}, err
}

// XOAuth2 returns a client for XOAUTH2, which Google and Microsoft describe
// and go-sasl lacks. The response is one line, whose parts end in ^A.
func XOAuth2(user, token string) (sasl.Client, error) {
	if err := check(user, token); err != nil {
		return nil, err
	}
	return &client{"XOAUTH2", "user=" + user + "\x01auth=Bearer " + token + "\x01\x01", ""}, nil
}

// check refuses a user or token with a character that ends a part of the response.
func check(user, token string) error {
	switch {
	case token == "":
		return errors.New("empty token")
	case strings.ContainsAny(user+token, "\x00\x01\r\n"):
		return errors.New("a control character in the user or token")
	}
	return nil
}

// gs2Name escapes a user for a GS2 header (RFC 5801, section 4).
func gs2Name(user string) string {
	return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(user)
}

// Start returns the token.
func (c *client) Start() (name string, initial []byte, err error) {
	return c.name, []byte(c.initial), nil
}

// Next answers the server's error report about the token. The refusal comes after
// that (RFC 7628, section 3.2.3).
func (c *client) Next([]byte) ([]byte, error) { return []byte(c.dummy), nil }
