package smtpsend

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Open returns a sender for a URL:
//
//	smtp://user:password@host:587    STARTTLS required
//	smtps://user:password@host:465   implicit TLS
//	lmtp://host:24                   LMTP, no TLS
//	file:///folder?format=maildir    files, by default .eml; see package folder
//	sendmail:///usr/sbin/sendmail    the local program; see package sendmail
//
// User, password and port may be left out. User and password must be
// percent-encoded. The query of the first three may have these parameters:
//
//	tls=required|implicit|insecure-none
//	auth=plain|login|…   one mechanism of [Options.Mechanism]; for oauthbearer
//	                     and xoauth2 the password is the access token
//	ca=FILE              PEM certificates; no others are trusted
//	cert=FILE&key=FILE   a client certificate, PEM
//	preset=microsoft365|gmail|exchange-legacy
//	retry=DURATION       the budget of [Retry], as in retry=30s
//
// The functions set options that a URL cannot express. They are called in order,
// with the options that the URL asks for, and may change them. A folder and a
// program use only the Logger.
//
// Open does not connect. Its error never contains a part of the user or password.
func Open(rawURL string, opts ...func(*Options)) (*Sender, error) {
	u, err := parseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("smtpsend: url: %w", err)
	}
	var s *Sender
	o := new(Options)
	switch u.Scheme {
	case "file":
		s, err = openFolder(u)
	case "sendmail":
		s, err = openSendmail(u)
	default:
		o, err = urlOptions(u)
	}
	if err != nil {
		return nil, fmt.Errorf("smtpsend: url: %w", err)
	}
	o.apply(opts)
	if s != nil {
		s.logger = o.Logger
		return s, nil
	}
	if err := checkUser(o, u.User); err != nil {
		return nil, fmt.Errorf("smtpsend: url: %w", err)
	}
	return New(u.Host, o)
}

// schemes are the schemes that a URL may have.
var schemes = []string{"smtp", "smtps", "lmtp", "file", "sendmail"}

// parseURL parses the URL. Unlike those of [url.Parse], its errors do not repeat
// the URL, because everything before the last @ may be part of a password. An @
// after the host means that a character of the password is not encoded, and that
// a part of the password would be taken for a port or a query.
func parseURL(raw string) (*url.URL, error) {
	if raw == "" {
		return nil, errors.New("is empty")
	}
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return nil, errors.New("no scheme: a URL begins with smtp://, smtps://, lmtp://, file:// or sendmail://")
	}
	scheme = strings.ToLower(scheme)
	if !slices.Contains(schemes, scheme) {
		return nil, fmt.Errorf("scheme is not supported: %s are", listed(schemes))
	}
	local := scheme == "file" || scheme == "sendmail"
	if err := checkRest(rest, local); err != nil {
		return nil, err
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil && local:
		return nil, errors.New("malformed path")
	case err != nil:
		return nil, errors.New("malformed: user and password must be percent-encoded")
	case !local && u.Path != "" && u.Path != "/" || u.Fragment != "":
		return nil, errors.New("a path or fragment after the host")
	}
	return u, nil
}

// checkRest checks the part of the URL after "://".
func checkRest(rest string, local bool) error {
	authority, after := cutAny(rest, "/?#")
	switch {
	case local && authority != "":
		return errors.New("a host or user before the path: a path begins with three slashes")
	case local:
		return nil
	case strings.Contains(after, "@"):
		return errors.New("an @ after the host: user and password must be percent-encoded")
	}
	return checkHost(authority[strings.LastIndex(authority, "@")+1:])
}

// cutAny cuts s before the first of chars.
func cutAny(s, chars string) (before, after string) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// checkHost checks the host or host:port of a URL.
func checkHost(hostport string) error {
	if hostport == "" || hostport[0] == ':' {
		return errors.New("no host")
	}
	if _, _, err := splitAddr(hostport, nil); err != nil {
		return errors.New("malformed host, or port that is not a number from 1 to 65535")
	}
	return nil
}

// eachParameter calls set for each parameter of u, in a stable order.
func eachParameter(u *url.URL, set func(key, value string) error) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("malformed query")
	}
	for _, key := range slices.Sorted(maps.Keys(query)) {
		if len(query[key]) > 1 {
			return fmt.Errorf("%s is given twice", key)
		}
		if err := set(key, query.Get(key)); err != nil {
			return err
		}
	}
	return nil
}

// unknownParameter returns the error for a parameter that does not exist. known
// says which do.
func unknownParameter(key, known string) error {
	return fmt.Errorf("parameter %q is unknown: %s", key, known)
}

// unknownValue returns the error for a parameter whose value does not exist.
// known says which do.
func unknownValue(key, value, known string) error {
	return fmt.Errorf("%s=%q is unknown: %s", key, value, known)
}
