package smtpsend

import "github.com/emersion/go-sasl"

// credentials are the credentials of one session.
type credentials struct {
	username string
	password string
	token    string // the OAuth 2.0 access token
}

// secret is the kind of secret that an authentication rests on.
type secret int

const (
	byPassword secret = iota
	byToken
	byCertificate
)

// mechanism is a way to authenticate.
type mechanism struct {
	name      string
	secret    secret
	plaintext bool // shows the secret to everybody who reads the connection
	client    func(k credentials) (sasl.Client, error)
}

// mechanisms are the mechanisms that the package knows, the best first. CRAM-MD5
// and NTLM come after PLAIN for two reasons: under TLS they protect no more than
// PLAIN, and some servers offer them also for users whose passwords they hold
// only as a hash of another kind.
var mechanisms = []mechanism{
	{sasl.External, byCertificate, true, newExternal},
	{sasl.OAuthBearer, byToken, true, newOAuthBearer},
	{"XOAUTH2", byToken, true, newXOAuth2},
	{"SCRAM-SHA-256", byPassword, false, newScram},
	{sasl.Plain, byPassword, true, newPlain},
	{sasl.Login, byPassword, true, newLogin},
	{"CRAM-MD5", byPassword, false, newCramMD5},
	{"NTLM", byPassword, false, newNTLM},
}

// mechanismNames returns the names of mechanisms, in order.
func mechanismNames() []string {
	names := make([]string, len(mechanisms))
	for i, m := range mechanisms {
		names[i] = m.name
	}
	return names
}

// wanted reports whether o admits m.
func (m mechanism) wanted(o *Options) bool {
	return m.secret == o.secret() && (o.Mechanism == "" || o.Mechanism == m.name)
}

// safeInClear reports whether m may be used without TLS.
func (m mechanism) safeInClear(o *Options) bool {
	return !m.plaintext || o.InsecureAllowPlaintextAuth
}
