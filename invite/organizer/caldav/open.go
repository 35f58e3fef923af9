package caldav

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/serverurl"
)

// Open returns a calendar for a URL:
//
//	https://user:password@host/                  discovery (RFC 6764, RFC 6638)
//	https://user:password@host/?calendar=Work    the calendar of that name
//	https://user:password@host/dav/ann/work/     a calendar, a user's calendars, or a principal
//
// User, password and port may be left out. User, password and an @ in the path must be
// percent-encoded. The query may have these parameters:
//
//	calendar=NAME        [Options.Name]
//	tls=required|insecure-none
//	auth=basic|digest    [Options.Auth]
//	hosts=HOST,…         [Options.Hosts], as in hosts=.icloud.com
//	ca=FILE              PEM certificates; no others are trusted
//	cert=FILE&key=FILE   a client certificate, PEM
//
// Open does not connect: the calendar is found with the first call. Its error never
// contains a part of the user or password.
func Open(rawURL string, o *Options) (*Calendar, error) {
	u, err := parseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("caldav: url: %w", err)
	}
	merged, err := mergeURL(u, o)
	if err != nil {
		return nil, fmt.Errorf("caldav: url: %w", err)
	}
	merged.InsecureAllowPlaintextAuth = merged.InsecureAllowPlaintextAuth || serverurl.IsLocal(u.Hostname())
	if err := merged.check(u.Scheme == "http"); err != nil {
		return nil, fmt.Errorf("caldav: %w", err)
	}
	u.User, u.RawQuery = nil, ""
	return newCalendar(u, merged.withDefaults()), nil
}

// newCalendar returns the calendar. o has its defaults.
func newCalendar(base *url.URL, o *Options) *Calendar {
	return &Calendar{
		base: base,
		o:    o,
		auth: &authenticator{o: o, base: base},
		transport: &http.Transport{
			DialContext:            o.Dial,
			TLSClientConfig:        o.TLSConfig,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // servers weaken the ETag of a compressed answer
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        15 * time.Second,
			TLSHandshakeTimeout:    o.Timeout,
			MaxResponseHeaderBytes: 64 << 10,
		},
		finding: make(chan struct{}, 1),
		silent:  make(map[string]string),
	}
}

// parseURL parses the URL. Unlike those of [url.Parse], its errors do not repeat the
// URL, because everything before the last @ may be part of a password.
func parseURL(raw string) (*url.URL, error) {
	if raw == "" {
		return nil, errors.New("is empty")
	}
	scheme, rest, ok := strings.Cut(raw, "://")
	if scheme = strings.ToLower(scheme); !ok || scheme != "https" && scheme != "http" {
		return nil, errors.New("scheme is not supported: a URL begins with https://")
	}
	if err := serverurl.CheckAuthority(rest); err != nil {
		return nil, fmt.Errorf("%w, and so must an @ in the path", err)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errors.New("malformed: user and password must be percent-encoded")
	case u.Fragment != "":
		return nil, errors.New("a fragment")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// parameters are the query parameters that a URL may have.
var parameters = []string{"auth", "ca", "calendar", "cert", "hosts", "key", "tls"}

// mergeURL returns a copy of o in which the URL gives the fields that are not set. o may be nil.
func mergeURL(u *url.URL, o *Options) (*Options, error) {
	out := new(Options)
	if o != nil {
		*out = *o
	}
	if out.TLSConfig != nil {
		out.TLSConfig = out.TLSConfig.Clone()
	}
	out.Username = cmp.Or(out.Username, u.User.Username())
	if password, _ := u.User.Password(); out.Token == nil {
		out.Password = cmp.Or(out.Password, password)
	}
	files := new(serverurl.Files)
	if err := serverurl.EachParameter(u, func(key, value string) error { return out.set(files, key, value) }); err != nil {
		return nil, err
	}
	var err error
	out.TLSConfig, err = files.Load(out.TLSConfig)
	return out, err
}

// set sets the option for one parameter of the URL.
func (o *Options) set(files *serverurl.Files, key, value string) error {
	switch key {
	case "calendar":
		o.Name = cmp.Or(o.Name, value)
	case "tls":
		if t := TLS(value); t != TLSRequired && t != TLSInsecureNone {
			return serverurl.UnknownValue(key, value, "required and insecure-none are known")
		}
		o.TLS = cmp.Or(o.TLS, TLS(value))
	case "auth":
		if a := Auth(value); a != AuthBasic && a != AuthDigest && a != AuthBearer {
			return serverurl.UnknownValue(key, value, "basic, digest and bearer are known")
		}
		o.Auth = cmp.Or(o.Auth, Auth(value))
	case "hosts":
		if len(o.Hosts) == 0 {
			o.Hosts = strings.Split(value, ",")
		}
	case "ca":
		files.CA = value
	case "cert":
		files.Cert = value
	case "key":
		files.Key = value
	default:
		return serverurl.UnknownParameter(key, serverurl.Listed(parameters)+" are known")
	}
	return nil
}
