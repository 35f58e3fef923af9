package smtpsend

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/serverurl"
)

// parameters are the query parameters that the URL of a server may have.
var parameters = []string{"auth", "ca", "cert", "key", "preset", "retry", "tls"}

// urlOptions returns the options that the URL of a server asks for.
func urlOptions(u *url.URL) (*Options, error) {
	o, err := urlPreset(u)
	if err != nil {
		return nil, err
	}
	o.LMTP, o.TLS = u.Scheme == "lmtp", ""
	if u.Scheme == "smtps" {
		o.TLS = TLSImplicit
	}
	o.Username = u.User.Username()
	o.Password, _ = u.User.Password()
	files := new(serverurl.Files)
	if err := serverurl.EachParameter(u, func(key, value string) error { return setParameter(o, files, key, value) }); err != nil {
		return nil, err
	}
	if o.TLSConfig, err = files.Load(o.TLSConfig); err != nil {
		return nil, err
	}
	return o, nil
}

// urlPreset returns the options of the preset that u names, or empty ones.
func urlPreset(u *url.URL) (*Options, error) {
	if !u.Query().Has("preset") {
		return new(Options), nil
	}
	name := u.Query().Get("preset")
	preset, ok := presets[name]
	if !ok {
		return nil, serverurl.UnknownValue("preset", name, serverurl.Listed(slices.Sorted(maps.Keys(presets)))+" are known")
	}
	return preset(), nil
}

// apply calls the functions given to [Open], whose choices override the URL. If
// they set a Token and leave the Password as it was, the Token replaces the Password.
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

// checkUser checks the credentials, after the functions given to [Open] have set
// theirs. user is the user of the URL, nil if it has none. User and password must
// both be present or both be missing. A certificate or a token takes the place
// of a password.
func checkUser(o *Options, user *url.Userinfo) error {
	switch {
	case o.secret() == byCertificate:
		return nil
	case user == nil && o.Username == "" && o.Mechanism != "":
		return errors.New("auth without user and password")
	case user == nil: // New checks the options that the functions set
		return nil
	case o.Username == "":
		return errors.New("a password without user, or an empty user")
	case o.Password == "" && o.Token == nil:
		return errors.New("a user without password")
	}
	return nil
}

// setParameter sets the option for one parameter of a server's URL.
func setParameter(o *Options, files *serverurl.Files, key, value string) (err error) {
	switch key {
	case "tls":
		o.TLS, err = parseTLS(value, o.TLS)
	case "auth":
		o.Mechanism, err = parseMechanism(value)
	case "retry":
		o.Retry.Budget, err = parseRetry(value)
	case "ca":
		files.CA = value
	case "cert":
		files.Cert = value
	case "key":
		files.Key = value
	case "preset": // see urlPreset
	default:
		err = serverurl.UnknownParameter(key, serverurl.Listed(parameters)+" are known")
	}
	return err
}

// parseTLS reads the tls parameter. scheme is the value that the scheme of the
// URL asks for: smtps allows no other than TLSImplicit.
func parseTLS(value string, scheme TLS) (TLS, error) {
	t := TLS(value)
	switch {
	case !slices.Contains([]TLS{TLSRequired, TLSImplicit, TLSInsecureNone}, t):
		return "", serverurl.UnknownValue("tls", value, "required, implicit and insecure-none are known")
	case scheme == TLSImplicit && t != TLSImplicit:
		return "", fmt.Errorf("tls=%s contradicts smtps", value)
	}
	return t, nil
}

// parseMechanism reads the auth parameter.
func parseMechanism(value string) (string, error) {
	name := strings.ToUpper(value)
	if !slices.Contains(mechanismNames(), name) {
		return "", fmt.Errorf("auth=%q is not supported: %s are", value, strings.ToLower(serverurl.Listed(mechanismNames())))
	}
	return name, nil
}

// parseRetry reads the retry parameter.
func parseRetry(value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("retry=%q is not a duration such as 30s", value)
	}
	return d, nil
}
