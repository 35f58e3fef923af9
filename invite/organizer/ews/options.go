package ews

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
)

// Version is a version of the protocol (MS-OXWSCDATA, section 2.2.5.14,
// ExchangeVersionType). A server accepts its own version and all earlier ones.
type Version string

// The versions. Exchange 2019 and Subscription Edition speak VersionExchange2016.
const (
	VersionExchange2007    Version = "Exchange2007"
	VersionExchange2007SP1 Version = "Exchange2007_SP1"
	VersionExchange2010    Version = "Exchange2010"
	VersionExchange2010SP1 Version = "Exchange2010_SP1"
	VersionExchange2010SP2 Version = "Exchange2010_SP2"
	VersionExchange2013    Version = "Exchange2013"
	VersionExchange2013SP1 Version = "Exchange2013_SP1"
	VersionExchange2016    Version = "Exchange2016"
)

// versions are the versions, the oldest first.
var versions = []Version{
	VersionExchange2007, VersionExchange2007SP1, VersionExchange2010, VersionExchange2010SP1,
	VersionExchange2010SP2, VersionExchange2013, VersionExchange2013SP1, VersionExchange2016,
}

// since reports whether v is a version or a later one.
func (v Version) since(other Version) bool {
	return slices.Index(versions, v) >= slices.Index(versions, other)
}

// Auth is a way to authenticate.
type Auth string

// The ways to authenticate.
const (
	AuthNTLM   Auth = "ntlm"   // MS-NTHT, NTLMv2 only
	AuthBasic  Auth = "basic"  // RFC 7617
	AuthBearer Auth = "bearer" // RFC 6750, with Options.Token
)

// Options are the settings of a [Calendar]. Nil and zero values are safe: TLS is
// required, and the server's name is verified.
type Options struct {
	// Username is the user: user, DOMAIN\user or user@domain. If it is set, it and
	// Password replace the user and password of the URL.
	Username string
	// Password is the password of the user.
	Password string
	// Token returns an access token. It is called for each request. If it is set, no
	// password is sent.
	Token func(ctx context.Context) (string, error)
	// Auth is the way to authenticate. If it is empty, it is AuthBearer with a Token.
	// With a password, it is the best that the server offers: NTLM before Basic.
	Auth Auth

	// Mailbox is the address of another user's mailbox that has the calendar. If it is
	// empty, it is the mailbox of the user who logs in.
	Mailbox string
	// Calendar is the display name of the calendar's folder. If it is empty, it is the
	// mailbox's default calendar. If no folder or several folders have the name, the
	// error is organizer.ErrNoCalendar.
	Calendar string
	// Version is the version that the requests have. If it is empty, it is
	// VersionExchange2010SP2, which all servers since 2010 SP2 accept.
	Version Version

	// TLSConfig has the roots and client certificates to use. TLS 1.2 is the minimum
	// unless it says otherwise.
	TLSConfig *tls.Config
	// InsecureHTTP allows a URL with http://. Everybody on the way can then read the
	// meetings, and the password if Auth is AuthBasic.
	InsecureHTTP bool
	// Proxy returns the proxy for a request, as in [http.Transport]. If it is nil, there
	// is none. The environment is not read.
	Proxy func(*http.Request) (*url.URL, error)
	// Timeout is the longest time for one request. If it is 0, it is a minute. A call of
	// Get, Put or Delete makes several requests.
	Timeout time.Duration
	// MaxResponse is the largest response in octets. If it is 0, it is 8 MiB.
	MaxResponse int64
}

// withDefaults returns a copy of o, which may be nil, with the defaults.
func (o *Options) withDefaults() *Options {
	c := Options{}
	if o != nil {
		c = *o
	}
	c.Version = cmp.Or(c.Version, VersionExchange2010SP2)
	c.Timeout = cmp.Or(c.Timeout, time.Minute)
	c.MaxResponse = cmp.Or(c.MaxResponse, 8<<20)
	if c.Token != nil && c.Auth == "" {
		c.Auth = AuthBearer
	}
	return &c
}

// check checks the options for a URL with a scheme.
func (o *Options) check(scheme string) error {
	switch {
	case scheme == "http" && !o.InsecureHTTP:
		return errors.New("http:// needs Options.InsecureHTTP")
	case !slices.Contains(versions, o.Version):
		return fmt.Errorf("the Version %q is not known", o.Version)
	case o.Timeout < 0, o.MaxResponse < 0:
		return errors.New("the Timeout and the MaxResponse cannot be negative")
	case hasControl(o.Calendar):
		return errors.New("the Calendar has a control character")
	}
	if o.Mailbox != "" {
		if _, err := address.ASCII(o.Mailbox); err != nil {
			return fmt.Errorf("the Mailbox %w", err)
		}
	}
	return o.checkAuth()
}

// checkAuth checks the credentials. The error does not repeat them.
func (o *Options) checkAuth() error {
	switch o.Auth {
	case AuthBearer:
		if o.Token == nil {
			return errors.New("the Auth is bearer, without a Token")
		}
		return nil
	case "", AuthNTLM, AuthBasic:
	default:
		return fmt.Errorf("the Auth %q is not known", o.Auth)
	}
	switch {
	case o.Token != nil:
		return fmt.Errorf("the Auth is %s, with a Token", o.Auth)
	case o.Username == "" || o.Password == "":
		return errors.New("user and password are missing")
	case hasControl(o.Username) || hasControl(o.Password):
		return errors.New("user or password has a control character")
	}
	return nil
}

// hasControl reports whether s has a control character.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7F })
}
