package ews

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/convene-go/convene/internal/serverurl"
)

// DefaultPath is the path of the service on a server.
const DefaultPath = "/EWS/Exchange.asmx"

// Open returns the calendar at a URL such as
//
//	https://mail.example.com
//	https://EXAMPLE%5Cann:secret@mail.example.com/EWS/Exchange.asmx
//
// If the URL has no path, it is [DefaultPath]. User and password may also be in the
// options, which may be nil otherwise. In a URL they must be percent-encoded.
//
// Open does not connect. Its error never contains a part of the user or password.
func Open(rawURL string, o *Options) (*Calendar, error) {
	options := o.withDefaults()
	u, err := parseURL(rawURL)
	if err == nil && u.User != nil && options.Username == "" && options.Token == nil {
		options.Username = u.User.Username()
		options.Password, _ = u.User.Password()
	}
	if err == nil {
		err = options.check(u.Scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("ews: open: %w", err)
	}
	u.User = nil
	return &Calendar{options: options, server: newServer(u, options)}, nil
}

// parseURL parses the URL. Its errors do not repeat the URL, because everything before
// the last @ may be part of a password.
func parseURL(raw string) (*url.URL, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if scheme = strings.ToLower(scheme); !ok || scheme != "https" && scheme != "http" {
		return nil, errors.New("url: a URL begins with https://")
	}
	if err := serverurl.CheckAuthority(rest); err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errors.New("url: it is not well formed")
	case u.Hostname() == "":
		return nil, errors.New("url: it has no host")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("url: it has a query or a fragment, and there are none")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = DefaultPath
	}
	return u, nil
}
