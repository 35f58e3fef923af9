package caldav

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"
)

// TLS says how connections are encrypted. The zero value means [TLSRequired].
type TLS string

// The values of [TLS].
const (
	// TLSRequired admits https only.
	TLSRequired TLS = "required"
	// TLSInsecureNone admits http, so that everybody on the way can read and change
	// the calendar. It is meant for a test server on the same host.
	TLSInsecureNone TLS = "insecure-none"
)

// Auth is the way to authenticate. The zero value means the strongest that the server
// offers: Digest, then Basic. With a [Options.Token] it is always [AuthBearer].
type Auth string

// The values of [Auth].
const (
	// AuthBasic sends the password (RFC 7617).
	AuthBasic Auth = "basic"
	// AuthDigest proves the password without sending it (RFC 7616).
	AuthDigest Auth = "digest"
	// AuthBearer sends an OAuth 2.0 access token (RFC 6750).
	AuthBearer Auth = "bearer"
)

// Options configure a [Calendar]. The zero value of each field, and a nil *Options, are
// right and safe. If a field is set, it overrides the URL.
type Options struct {
	// Name is the name of the calendar as people see it, or the last part of its path.
	// Empty means the calendar that the server names as default (RFC 6638, section
	// 9.2), and otherwise the first that holds events and may be written.
	Name string
	// TLS says how connections are encrypted.
	TLS TLS
	// TLSConfig holds roots, certificates and other settings of TLS. Nil means the
	// system's roots. A MinVersion of 0 means TLS 1.2.
	TLSConfig *tls.Config
	// Username and Password authenticate. If both are empty, there is no
	// authentication, except by a Token or a client certificate in TLSConfig.
	Username, Password string
	// Token returns an OAuth 2.0 access token, in place of a Password. It is called
	// before each request, also from several goroutines. So it should keep a token
	// until the token expires, and it must honour ctx. If the server refuses a token
	// (401), Token is called once more for another one.
	Token func(ctx context.Context) (string, error)
	// TokenRefused gets the token that the server refused before Token is called
	// again, so that Token does not return the same. It may be nil.
	TokenRefused func(token string)
	// Auth admits one way to authenticate only. Without TLS, Digest is used only if it
	// is named here, because anybody who reads the exchange can try passwords
	// against it.
	Auth Auth
	// InsecureAllowPlaintextAuth sends the password or token also without TLS.
	// Everybody on the way can read it. A server on this machine (localhost, 127.0.0.1,
	// ::1) does not need it, because there is nobody on the way.
	InsecureAllowPlaintextAuth bool
	// Hosts are further hosts that get the password or token, always over TLS. A name
	// that begins with a dot means all hosts below it: ".icloud.com" for iCloud, whose
	// calendars lie on other hosts than caldav.icloud.com. Without Hosts, only the host
	// of the URL gets them.
	Hosts []string
	// Timeout is the time for one request and its whole answer. 0 means 30 seconds.
	Timeout time.Duration
	// MaxBytes is the size of an answer in octets. A larger one is an error. 0 means
	// 8 MiB.
	MaxBytes int
	// Dial connects to the server. It must honour ctx. Nil means a [net.Dialer].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Random is the source of the client's nonces in Digest. Nil means [rand.Reader].
	Random io.Reader
	// Logger gets one record for each request, without its content, at level debug, and
	// one with the chosen calendar at level info. Nil means none.
	Logger *slog.Logger
}

// withDefaults returns a copy of o whose zero fields have their defaults.
func (o *Options) withDefaults() *Options {
	out := *o
	out.TLS = cmp.Or(out.TLS, TLSRequired)
	out.Timeout = cmp.Or(out.Timeout, 30*time.Second)
	out.MaxBytes = cmp.Or(out.MaxBytes, 8<<20)
	out.Hosts = slices.Clone(out.Hosts)
	for i, h := range out.Hosts {
		out.Hosts[i] = strings.ToLower(h)
	}
	if out.Random == nil {
		out.Random = rand.Reader
	}
	if out.Logger == nil {
		out.Logger = slog.New(slog.DiscardHandler)
	}
	if out.Dial == nil {
		out.Dial = new(net.Dialer).DialContext
	}
	if out.TLSConfig == nil {
		out.TLSConfig = new(tls.Config)
	}
	out.TLSConfig = out.TLSConfig.Clone()
	if out.TLSConfig.MinVersion == 0 {
		out.TLSConfig.MinVersion = tls.VersionTLS12
	}
	return &out
}

// check returns an error for the first option that makes no sense. clear says that the
// URL begins with http.
func (o *Options) check(clear bool) error {
	switch {
	case o.Timeout < 0:
		return errors.New("negative Timeout")
	case o.MaxBytes < 0:
		return errors.New("negative MaxBytes")
	case !slices.Contains([]TLS{"", TLSRequired, TLSInsecureNone}, o.TLS):
		return fmt.Errorf("unknown TLS %q", o.TLS)
	case !slices.Contains([]Auth{"", AuthBasic, AuthDigest, AuthBearer}, o.Auth):
		return fmt.Errorf("unknown Auth %q", o.Auth)
	case clear && o.TLS != TLSInsecureNone:
		return errors.New("http without encryption: use https, or tls=insecure-none for a test server")
	}
	for _, h := range o.Hosts {
		if strings.Trim(h, ".") == "" || strings.ContainsAny(h, "/:@*? ") {
			return fmt.Errorf("%q in Hosts is not a host name", h)
		}
	}
	return o.checkAuth(clear)
}

// errPlaintextAuth reports credentials that would be sent without TLS.
var errPlaintextAuth = errors.New("a password or token without TLS to another machine (use https, with ca=FILE for a certificate of your own, or set Options.InsecureAllowPlaintextAuth)")

// checkAuth returns an error if the options for authentication make no sense.
func (o *Options) checkAuth(clear bool) error {
	switch {
	case strings.ContainsAny(o.Username+o.Password, "\x00\r\n"):
		return errors.New("a control character in Username or Password")
	case o.Token != nil && o.Password != "":
		return errors.New("both Token and Password")
	case o.Token != nil && o.Auth != "" && o.Auth != AuthBearer:
		return fmt.Errorf("a Token cannot be used with %s", o.Auth)
	case o.Token == nil && o.Auth == AuthBearer:
		return errors.New("bearer without Token")
	case o.Username == "" && o.Password != "":
		return errors.New("a password without user")
	case o.Username == "" && (o.Auth == AuthBasic || o.Auth == AuthDigest):
		return errors.New("auth without user and password")
	case o.Username != "" && o.Password == "" && o.Token == nil:
		return errors.New("a user without password")
	case strings.Contains(o.Username, ":") && o.Auth == AuthBasic:
		return errors.New("a colon in the user, which Basic cannot express")
	case clear && (o.Username != "" || o.Token != nil) && o.Auth != AuthDigest && !o.InsecureAllowPlaintextAuth:
		return errPlaintextAuth
	}
	return nil
}
