// Package serverurl reads the parts of a mail server's URL, such as
// smtp://user:password@host:587?tls=required. No error repeats a part of the URL that
// may belong to a user or password.
package serverurl

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// CheckAuthority checks the part of a URL after "://". An @ after the host means that
// a character of the password is not encoded, and that a part of the password would be
// taken for a port, a path or a query.
func CheckAuthority(rest string) error {
	authority, after := CutAny(rest, "/?#")
	if strings.Contains(after, "@") {
		return errors.New("an @ after the host: user and password must be percent-encoded")
	}
	return checkHost(authority[strings.LastIndex(authority, "@")+1:])
}

// CutAny cuts s before the first of chars.
func CutAny(s, chars string) (before, after string) {
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
	if _, _, err := SplitAddr(hostport, "1"); err != nil {
		return errors.New("malformed host, or port that is not a number from 1 to 65535")
	}
	return nil
}

// SplitAddr splits host:port. If addr has no port, the port is defaultPort. The error
// does not repeat addr, because addr may be a URL with a password.
func SplitAddr(addr, defaultPort string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(addr)
	if err != nil {
		host, port = unbracket(addr), defaultPort
	}
	if !validHost(host) {
		return "", "", errors.New("no host or a malformed one")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", "", errors.New("port is not a number from 1 to 65535")
	}
	return host, port, nil
}

// unbracket removes the brackets around an IPv6 address.
func unbracket(host string) string {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			return inner
		}
	}
	return host
}

// validHost reports whether host is an IP address or a domain name.
func validHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return address.IsPathDomain(host) && address.IsASCII(host) && host[0] != '['
}

// EachParameter calls set for each parameter of u, in a stable order.
func EachParameter(u *url.URL, set func(key, value string) error) error {
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

// UnknownParameter returns the error for a parameter that does not exist. known
// says which do.
func UnknownParameter(key, known string) error {
	return fmt.Errorf("parameter %q is unknown: %s", key, known)
}

// UnknownValue returns the error for a parameter whose value does not exist.
// known says which do.
func UnknownValue(key, value, known string) error {
	return fmt.Errorf("%s=%q is unknown: %s", key, value, known)
}

// Listed joins two names or more, as in "a, b and c".
func Listed(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// IsLocal reports whether a host of a URL is this machine, so that a password or key that goes
// there without TLS meets nobody on the way.
func IsLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
