package imapinbox

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/serverurl"
)

// parseURL returns the host:port of a URL and the options that it asks for. Unlike the
// errors of [url.Parse], its errors do not repeat the URL, because everything before the
// last @ may be part of a password.
func parseURL(raw string) (addr string, o *Options, err error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "imap" && scheme != "imaps" {
		return "", nil, errors.New("begins with neither imap:// nor imaps://")
	}
	if err := serverurl.CheckAuthority(rest); err != nil {
		return "", nil, err
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "", nil, errors.New("malformed: user, password and folder must be percent-encoded")
	case u.Fragment != "":
		return "", nil, errors.New("a fragment after the host")
	}
	o = &Options{TLS: TLSRequired, Username: u.User.Username()}
	if scheme == "imaps" {
		o.TLS = TLSImplicit
	}
	o.Password, _ = u.User.Password()
	if folder := strings.TrimPrefix(u.Path, "/"); folder != "" {
		o.Folders = []string{folder}
	}
	var files serverurl.Files
	err = serverurl.EachParameter(u, func(key, value string) error { return o.setParameter(&files, key, value) })
	if err == nil {
		o.TLSConfig, err = files.Load(nil)
	}
	return u.Host, o, err
}

// setParameter sets the option for one parameter of a URL.
func (o *Options) setParameter(files *serverurl.Files, key, value string) error {
	switch key {
	case "tls":
		t := TLS(value)
		switch {
		case !slices.Contains([]TLS{TLSRequired, TLSImplicit, TLSInsecureNone}, t):
			return serverurl.UnknownValue(key, value, "required, implicit and insecure-none are known")
		case o.TLS == TLSImplicit && t != TLSImplicit:
			return fmt.Errorf("tls=%s contradicts imaps", value)
		}
		o.TLS = t
	case "auth":
		o.Mechanism = strings.ToUpper(value)
		if !slices.Contains(mechanisms, o.Mechanism) {
			return fmt.Errorf("auth=%q is not supported: %s are", value, strings.ToLower(serverurl.Listed(mechanisms)))
		}
	case "ca":
		files.CA = value
	case "cert":
		files.Cert = value
	case "key":
		files.Key = value
	default:
		return serverurl.UnknownParameter(key, "auth, ca, cert, key and tls are known")
	}
	return nil
}

// apply calls the functions given to [Open], whose choices override the URL. If they set
// a Token and leave the Password as it was, the Token replaces the Password.
func (o *Options) apply(opts []func(*Options)) {
	before := o.Password
	for _, set := range opts {
		if set != nil {
			set(o)
		}
	}
	if o.Token != nil && o.Password == before {
		o.Password = ""
	}
}

// defaultPort returns the port of IMAP (RFC 9051, section 2.1), or of IMAP over TLS (RFC
// 8314, section 3.2).
func (o *Options) defaultPort() string {
	if o.TLS == TLSImplicit {
		return "993"
	}
	return "143"
}
