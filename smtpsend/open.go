package smtpsend

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Open returns a sender for an SMTP URL:
//
//	smtp://user:password@host:587    STARTTLS required
//	smtps://user:password@host:465   implicit TLS
//	lmtp://host:24                   LMTP, no TLS
//
// User, password and port may be left out; user and password are
// percent-encoded. The query may hold tls=required|implicit|insecure-none,
// ca=FILE (PEM certificates, the only ones trusted then) and auth=plain|login.
// It does not connect. No part of the user or password is ever in its error.
func Open(rawURL string) (*Sender, error) {
	u, err := parseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("smtpsend: url: %w", err)
	}
	o, err := urlOptions(u)
	if err != nil {
		return nil, fmt.Errorf("smtpsend: url: %w", err)
	}
	return New(u.Host, o)
}

// parseURL parses the URL without repeating it in an error, as [url.Parse]
// does: whatever precedes the last @ may be part of a password. An @ after the host means that a password holds a character that must
// be encoded, and that parts of it would pass for a port or a query.
func parseURL(raw string) (*url.URL, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return nil, errors.New("no scheme: smtp://, smtps:// or lmtp:// begins one")
	}
	if err := checkScheme(strings.ToLower(scheme)); err != nil {
		return nil, err
	}
	authority, after := cutAny(rest, "/?#")
	if strings.Contains(after, "@") {
		return nil, errors.New("an @ after the host: user and password must be percent-encoded")
	}
	if err := checkHost(authority[strings.LastIndex(authority, "@")+1:]); err != nil {
		return nil, err
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("malformed: user and password must be percent-encoded")
	}
	if u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return nil, errors.New("a path or fragment after the host")
	}
	return u, nil
}

// checkScheme turns down a scheme that is not supported.
func checkScheme(scheme string) error {
	if slices.Contains([]string{"smtp", "smtps", "lmtp"}, scheme) {
		return nil
	}
	return errors.New("scheme is not supported: smtp, smtps and lmtp are")
}

// cutAny cuts s before the first of chars.
func cutAny(s, chars string) (before, after string) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// checkHost checks host or host:port as they stand in a URL.
func checkHost(hostport string) error {
	if hostport == "" || hostport[0] == ':' {
		return errors.New("no host")
	}
	if _, _, err := splitAddr(hostport, nil); err != nil {
		return errors.New("malformed host, or port that is not a number from 1 to 65535")
	}
	return nil
}

// urlOptions returns what the parts of u ask for.
func urlOptions(u *url.URL) (*Options, error) {
	o := &Options{LMTP: u.Scheme == "lmtp"}
	if u.Scheme == "smtps" {
		o.TLS = ImplicitTLS
	}
	if err := setUser(o, u.User); err != nil {
		return nil, err
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("malformed query")
	}
	for _, key := range sortedKeys(query) {
		if len(query[key]) > 1 {
			return nil, fmt.Errorf("%s is given twice", key)
		}
		if err := setParameter(o, key, query.Get(key)); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// setUser sets the credentials, which are both there or both missing.
func setUser(o *Options, user *url.Userinfo) error {
	o.Username = user.Username()
	o.Password, _ = user.Password()
	switch {
	case user == nil:
		return nil
	case o.Username == "":
		return errors.New("a password without user, or an empty user")
	case o.Password == "":
		return errors.New("a user without password")
	}
	return nil
}

// sortedKeys returns the keys of a query in a stable order.
func sortedKeys(query url.Values) []string {
	keys := make([]string, 0, len(query))
	for key := range query {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// setParameter sets what one parameter of the query asks for.
func setParameter(o *Options, key, value string) (err error) {
	switch key {
	case "tls":
		o.TLS, err = parseTLS(value, o.TLS)
	case "ca":
		o.TLSConfig, err = readRoots(value)
	case "auth":
		o.Mechanism, err = parseMechanism(value, o.Username)
	default:
		err = fmt.Errorf("parameter %q is unknown: tls, ca and auth are known", key)
	}
	return err
}

// parseTLS reads the tls parameter. The scheme smtps has only one meaning.
func parseTLS(value string, scheme TLS) (TLS, error) {
	t := TLS(value)
	switch {
	case !slices.Contains([]TLS{RequireTLS, ImplicitTLS, InsecureNoTLS}, t):
		return "", fmt.Errorf("tls=%q is unknown: required, implicit and insecure-none are known", value)
	case scheme == ImplicitTLS && t != ImplicitTLS:
		return "", fmt.Errorf("tls=%s contradicts smtps", value)
	}
	return t, nil
}

// readRoots reads the file of the ca parameter.
func readRoots(file string) (*tls.Config, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca: %s holds no PEM certificate", file)
	}
	return &tls.Config{RootCAs: roots}, nil
}

// parseMechanism reads the auth parameter.
func parseMechanism(value, user string) (string, error) {
	name := strings.ToUpper(value)
	switch {
	case !slices.Contains(mechanismNames(), name):
		return "", fmt.Errorf("auth=%q is not supported: %s are", value, strings.ToLower(strings.Join(mechanismNames(), " and ")))
	case user == "":
		return "", errors.New("auth without user and password")
	}
	return name, nil
}
