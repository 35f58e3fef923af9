package smtpsend

import (
	"fmt"

	"github.com/convene-go/convene/internal/serverurl"
)

// splitAddr splits host:port. If addr has no port, the port is the default of o.
// The error does not repeat addr, because addr may be a URL with a password.
func splitAddr(addr string, o *Options) (host, port string, err error) {
	if host, port, err = serverurl.SplitAddr(addr, o.defaultPort()); err != nil {
		return "", "", fmt.Errorf("smtpsend: address: %w", err)
	}
	return host, port, nil
}
