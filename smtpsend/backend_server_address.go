package smtpsend

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// splitAddr splits host:port. If addr has no port, the port is the default of o.
// The error does not repeat addr, because addr may be a URL with a password.
func splitAddr(addr string, o *Options) (host, port string, err error) {
	host, port, err = net.SplitHostPort(addr)
	if err != nil {
		host, port = unbracket(addr), o.defaultPort()
	}
	if !validHost(host) {
		return "", "", errors.New("smtpsend: address: no host or a malformed one")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", "", errors.New("smtpsend: address: port is not a number from 1 to 65535")
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
