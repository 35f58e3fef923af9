package imapinbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/serverurl"
)

// TLS says how the connection is encrypted. The zero value means [TLSRequired].
type TLS string

// The values of [TLS].
const (
	// TLSRequired begins in the clear and goes on with STARTTLS (RFC 9051, section
	// 6.2.1). A server that does not offer STARTTLS gets no password.
	TLSRequired TLS = "required"
	// TLSImplicit begins with TLS (RFC 8314, section 3.2).
	TLSImplicit TLS = "implicit"
	// TLSInsecureNone encrypts nothing, so that everybody on the way can read the
	// mail. It is meant for a test server on the same host.
	TLSInsecureNone TLS = "insecure-none"
)

// Options are the choices of a [Mailbox]. Zero values are the defaults.
type Options struct {
	// Folders are the names of the folders that are read. Empty means INBOX. If the
	// server has IDLE, it tells of new mail in the first folder at once. New mail in
	// the others is found after Poll. So put the folder first in which mail arrives.
	Folders []string
	// Poll is the pause before the next look at all folders, a minute by default. If
	// there is one folder, and the server has IDLE, the pause is 5 minutes or longer.
	Poll time.Duration
	// MaxSize is the size in octets of the largest mail that is read, 32 MiB by
	// default. A larger mail is set aside.
	MaxSize int64
	// Retry is the pause after the first failure, 10 seconds by default. It doubles
	// with each further failure, up to an hour.
	Retry time.Duration
	// Tries is the number of failures after which a mail is set aside, 30 by
	// default, which takes most of a day. Each process counts anew.
	Tries int
	// Lease is the time after which a mail is taken over that another reader has
	// claimed and not finished, 5 minutes by default. It must be longer than receive
	// ever takes, and the same for all readers of the mailbox.
	Lease time.Duration
	// TLS says how the connection is encrypted.
	TLS TLS
	// TLSConfig holds roots, certificates and other settings of TLS. Nil means the
	// system's roots. An empty ServerName means the host of the URL, and a
	// MinVersion of 0 means TLS 1.2.
	TLSConfig *tls.Config
	// Username and Password log in. If Mechanism is OAUTHBEARER or XOAUTH2 and Token
	// is nil, Password is the access token.
	Username, Password string
	// Token returns an OAuth 2.0 access token for Username, in place of a Password.
	// It is called for each connection. So it should keep a token until the token
	// expires, and it must honour ctx. If the server refuses a token, Token is
	// called once more for another one.
	Token func(ctx context.Context) (string, error)
	// TokenRefused gets the token that the server refused before Token is called
	// again, so that Token does not return the same. It may be nil.
	TokenRefused func(token string)
	// Mechanism admits one mechanism only: OAUTHBEARER, XOAUTH2, PLAIN or LOGIN,
	// which is the command LOGIN. Empty means the first in this list that the server
	// offers and for which the other options suffice.
	Mechanism string
	// InsecureAllowPlaintextAuth sends the password or token also without TLS.
	// Everybody on the way can read it.
	InsecureAllowPlaintextAuth bool
	// Timeouts are the times to wait for the server.
	Timeouts Timeouts
	// Dial connects to the server. It must honour ctx. Nil means a [net.Dialer].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Logger gets a line for each failure, and for each mail that is set aside. Nil
	// means [slog.Default]. Above level debug, quoted values and words with an address are
	// left out of errors.
	Logger *slog.Logger
}

// Timeouts are the times to wait for the server. Zero means the default.
type Timeouts struct {
	Connect time.Duration // for dialing, TLS and logging in; 30 seconds
	Command time.Duration // for the answer to a command, and for each MiB of a mail; 1 minute
}

// resolve checks o and fills in its defaults for a server at host.
func (o *Options) resolve(host string) error {
	if err := o.check(); err != nil {
		return err
	}
	if len(o.Folders) == 0 {
		o.Folders = []string{"INBOX"}
	}
	o.Folders = slices.Clone(o.Folders)
	setDefault(&o.Poll, time.Minute)
	setDefault(&o.MaxSize, 32<<20)
	setDefault(&o.Retry, 10*time.Second)
	setDefault(&o.Tries, 30)
	setDefault(&o.Lease, 5*time.Minute)
	setDefault(&o.Timeouts.Connect, 30*time.Second)
	setDefault(&o.Timeouts.Command, time.Minute)
	if o.TLS == "" {
		o.TLS = TLSRequired
	}
	o.TLSConfig = resolveTLS(o.TLSConfig, host)
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return nil
}

// setDefault sets a value that is not positive.
func setDefault[T int | int64 | time.Duration](v *T, to T) {
	if *v <= 0 {
		*v = to
	}
}

// resolveTLS returns a copy of c, which may be nil, with its defaults filled in for a
// server at host.
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
	return c
}

// mechanisms are the values of [Options.Mechanism], the best first.
var mechanisms = []string{mechanismBearer, mechanismXOAuth2, mechanismPlain, mechanismLogin}

const (
	mechanismBearer  = "OAUTHBEARER"
	mechanismXOAuth2 = "XOAUTH2"
	mechanismPlain   = "PLAIN"
	mechanismLogin   = "LOGIN"
)

// check returns an error for the first option that makes no sense.
func (o *Options) check() error {
	if !slices.Contains([]TLS{"", TLSRequired, TLSImplicit, TLSInsecureNone}, o.TLS) {
		return fmt.Errorf("TLS %q is unknown", o.TLS)
	}
	for i, name := range o.Folders {
		switch {
		case name == "" || strings.ContainsAny(name, "\x00\r\n"):
			return fmt.Errorf("%q in Folders is not a name of a folder", name)
		case slices.ContainsFunc(o.Folders[:i], func(other string) bool { return sameFolder(name, other) }):
			return fmt.Errorf("%q is given twice in Folders", name)
		}
	}
	if o.Mechanism != "" && !slices.Contains(mechanisms, o.Mechanism) {
		return fmt.Errorf("unsupported Mechanism %q: %s are supported", o.Mechanism, serverurl.Listed(mechanisms))
	}
	return o.checkSecret()
}

// sameFolder reports whether two names are the same: INBOX has no case (RFC 9051,
// section 5.1).
func sameFolder(a, b string) bool {
	return a == b || strings.EqualFold(a, "INBOX") && strings.EqualFold(b, "INBOX")
}

// checkSecret returns an error if a part of the credentials is missing, if two parts
// exclude each other, or if everybody could read them.
func (o *Options) checkSecret() error {
	switch {
	case strings.ContainsAny(o.Username+o.Password, "\x00\r\n"):
		return errors.New("a NUL, CR or LF in Username or Password")
	case o.Username == "":
		return errors.New("no Username")
	case o.Password == "" && o.Token == nil:
		return errors.New("no Password for Username")
	case o.Token != nil && o.Password != "":
		return errors.New("both Token and Password")
	case o.Token != nil && !o.byToken():
		return fmt.Errorf("a Token cannot be used with Mechanism %s", o.Mechanism)
	case o.TLS == TLSInsecureNone && !o.InsecureAllowPlaintextAuth:
		return errors.New("logging in without TLS shows everybody the password: set Options.InsecureAllowPlaintextAuth if that does no harm")
	}
	return nil
}

// byToken reports whether o logs in with an access token.
func (o *Options) byToken() bool {
	return o.Mechanism == mechanismBearer || o.Mechanism == mechanismXOAuth2 || o.Mechanism == "" && o.Token != nil
}
