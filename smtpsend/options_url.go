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

// parameters are those that the URL of a server may have.
var parameters = []string{"auth", "ca", "cert", "key", "preset", "retry", "tls"}

// urlOptions returns what the parts of u ask for.
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

// apply calls the functions that have the last word. A Token of theirs takes the
// place of a Password that they leave as it was.
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

// checkUser checks the credentials of a URL with its user, once the functions
// have set theirs. User and password are both there or both missing; a
// certificate or a token takes the place of a password.
func checkUser(o *Options, user *url.Userinfo) error {
	switch {
	case o.secret() == byCertificate:
		return nil
	case user == nil && o.Username == "" && o.Mechanism != "":
		return errors.New("auth without user and password")
	case user == nil: // New checks what the functions set
		return nil
	case o.Username == "":
		return errors.New("a password without user, or an empty user")
	case o.Password == "" && o.Token == nil:
		return errors.New("a user without password")
	}
	return nil
}

// setParameter sets what one parameter of a server's URL asks for.
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
	case "preset": // read before
	default:
		err = unknownParameter(key, listed(parameters)+" are known")
	}
	return err
}

// parseTLS reads the tls parameter. The scheme smtps has only one meaning.
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
		return 0, fmt.Errorf("retry=%q is not a duration, as 30s is", value)
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
