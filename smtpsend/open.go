package smtpsend

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/serverurl"
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
		return nil, fmt.Errorf("scheme is not supported: %s are", serverurl.Listed(schemes))
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
	if !local {
		return serverurl.CheckAuthority(rest)
	}
	if authority, _ := serverurl.CutAny(rest, "/?#"); authority != "" {
		return errors.New("a host or user before the path: a path begins with three slashes")
	}
	return nil
}
