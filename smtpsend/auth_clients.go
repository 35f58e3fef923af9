package smtpsend

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"

	"github.com/emersion/go-sasl"

	"github.com/convene-go/convene/internal/oauth"
	"github.com/convene-go/convene/smtpsend/ntlm"
)

func newExternal(k credentials) (sasl.Client, error) {
	return sasl.NewExternalClient(k.username), nil
}

func newPlain(k credentials) (sasl.Client, error) {
	return sasl.NewPlainClient("", k.username, k.password), nil
}

func newNTLM(k credentials) (sasl.Client, error) {
	return ntlm.NewClient(k.username, k.password), nil
}

func newLogin(k credentials) (sasl.Client, error) {
	return &loginClient{Client: sasl.NewLoginClient(k.username, k.password), username: k.username}, nil
}

// loginClient makes go-sasl's LOGIN ignore the text of the challenges, as
// draft-sasl-login, section 1 demands: servers ask for "Password:", "Password"
// or use words of their own.
type loginClient struct {
	sasl.Client
	username string
	asked    bool // the server has asked for the user
}

var _ sasl.Client = (*loginClient)(nil)

// Next answers with the password. If the server overlooked the initial response
// and asks for the user first, it answers with the user.
func (l *loginClient) Next(challenge []byte) ([]byte, error) {
	if !l.asked && bytes.HasPrefix(bytes.ToLower(challenge), []byte("user")) {
		l.asked = true
		return []byte(l.username), nil
	}
	return l.Client.Next([]byte("Password:"))
}

func newOAuthBearer(k credentials) (sasl.Client, error) { return oauth.Bearer(k.username, k.token) }

func newXOAuth2(k credentials) (sasl.Client, error) { return oauth.XOAuth2(k.username, k.token) }

// cramMD5 is CRAM-MD5 (RFC 2195). It is written here because go-sasl has dropped
// it, and because it is one line of hashing.
type cramMD5 credentials

var _ sasl.Client = cramMD5{}

func newCramMD5(k credentials) (sasl.Client, error) { return cramMD5(k), nil }

// Start returns no initial response: the server speaks first.
func (c cramMD5) Start() (name string, initial []byte, err error) { return "CRAM-MD5", nil, nil }

// Next answers the challenge with the user and a keyed digest of it.
func (c cramMD5) Next(challenge []byte) ([]byte, error) {
	h := hmac.New(md5.New, []byte(c.password))
	h.Write(challenge)
	return []byte(c.username + " " + hex.EncodeToString(h.Sum(nil))), nil
}
