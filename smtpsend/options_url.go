package smtpsend

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
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
	files := new(keyFiles)
	if err := eachParameter(u, func(key, value string) error { return setParameter(o, files, key, value) }); err != nil {
		return nil, err
	}
	if err := files.load(o); err != nil {
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
		return nil, unknownValue("preset", name, listed(slices.Sorted(maps.Keys(presets)))+" are known")
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
func setParameter(o *Options, files *keyFiles, key, value string) (err error) {
	switch key {
	case "tls":
		o.TLS, err = parseTLS(value, o.TLS)
	case "auth":
		o.Mechanism, err = parseMechanism(value)
	case "retry":
		o.Retry.Budget, err = parseRetry(value)
	case "ca":
		files.ca = value
	case "cert":
		files.cert = value
	case "key":
		files.key = value
	case "preset": // see urlPreset
	default:
		err = unknownParameter(key, listed(parameters)+" are known")
	}
	return err
}

// parseTLS reads the tls parameter. scheme is the value that the scheme of the
// URL asks for: smtps allows no other than TLSImplicit.
func parseTLS(value string, scheme TLS) (TLS, error) {
	t := TLS(value)
	switch {
	case !slices.Contains([]TLS{TLSRequired, TLSImplicit, TLSInsecureNone}, t):
		return "", unknownValue("tls", value, "required, implicit and insecure-none are known")
	case scheme == TLSImplicit && t != TLSImplicit:
		return "", fmt.Errorf("tls=%s contradicts smtps", value)
	}
	return t, nil
}

// parseMechanism reads the auth parameter.
func parseMechanism(value string) (string, error) {
	name := strings.ToUpper(value)
	if !slices.Contains(mechanismNames(), name) {
		return "", fmt.Errorf("auth=%q is not supported: %s are", value, strings.ToLower(listed(mechanismNames())))
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

// keyFiles are the files with certificates and keys that a URL names.
type keyFiles struct {
	ca, cert, key string
}

// load reads the files into o.
func (f *keyFiles) load(o *Options) error {
	if *f == (keyFiles{}) {
		return nil
	}
	if o.TLSConfig == nil {
		o.TLSConfig = new(tls.Config)
	}
	if f.ca != "" {
		roots, err := readRoots(f.ca)
		if err != nil {
			return fmt.Errorf("ca: %w", err)
		}
		o.TLSConfig.RootCAs = roots
	}
	switch {
	case f.cert == "" && f.key == "":
		return nil
	case f.cert == "" || f.key == "":
		return errors.New("cert and key go together")
	}
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fmt.Errorf("cert: %w", err)
	}
	o.TLSConfig.Certificates = []tls.Certificate{pair}
	return nil
}

// readRoots reads a file of PEM certificates.
func readRoots(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no PEM certificate", file)
	}
	return roots, nil
}
