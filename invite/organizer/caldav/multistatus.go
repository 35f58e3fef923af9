package caldav

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// resource is one response of a multistatus (RFC 4918, section 14.24).
type resource struct {
	url    *url.URL
	status int // 0 if the response has properties
	props  *element
}

// parseMultistatus reads the answer to a PROPFIND or REPORT. Addresses are resolved
// against base. A response whose address cannot be read is passed over.
func parseMultistatus(body []byte, base *url.URL) ([]resource, error) {
	root, err := parseXML(body)
	if err != nil {
		return nil, err
	}
	if root.Name != davName("multistatus") {
		return nil, errors.New("not a multistatus")
	}
	var out []resource
	for _, r := range root.Children {
		if r.Name != davName("response") {
			continue
		}
		u, err := resolve(base, r.child(davName("href")).text())
		if err != nil {
			continue
		}
		out = append(out, resource{u, responseStatus(r), responseProps(r)})
	}
	return out, nil
}

// responseStatus returns the status of a response as a whole, 0 if it has none.
func responseStatus(r *element) int { return parseStatus(r.child(davName("status")).text()) }

// parseStatus reads a status such as "HTTP/1.1 404 Not Found", and returns 0 if it is
// something else.
func parseStatus(s string) int {
	fields := strings.Fields(s)
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "HTTP/") || len(fields[1]) != 3 {
		return 0
	}
	n, err := strconv.Atoi(fields[1])
	if err != nil || n < 100 {
		return 0
	}
	return n
}

// responseProps returns the properties that the server has, as one element.
func responseProps(r *element) *element {
	props := new(element)
	for _, p := range r.Children {
		if p.Name != davName("propstat") {
			continue
		}
		if n := parseStatus(p.child(davName("status")).text()); n == http.StatusOK || n == 0 {
			if prop := p.child(davName("prop")); prop != nil {
				props.Children = append(props.Children, prop.Children...)
			}
		}
	}
	return props
}

// resolve returns the address of an href, which is a path or a URL. A user and password in it
// are dropped.
func resolve(base *url.URL, href string) (*url.URL, error) {
	if href == "" {
		return nil, errors.New("no address")
	}
	u, err := url.Parse(href)
	if err != nil {
		// QUIRK: a path with a colon in its first part or a bad percent sign; some
		// servers do not encode names that people choose.
		u = &url.URL{Path: href}
	}
	u = base.ResolveReference(u)
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("address is not http")
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	return u, nil
}

// same reports whether two addresses name one resource. A slash at the end does not
// count, and neither does the way in which characters are encoded.
func same(a, b *url.URL) bool {
	return sameOrigin(a, b) && strings.TrimRight(a.Path, "/") == strings.TrimRight(b.Path, "/")
}

// sameOrigin reports whether scheme, host and port are equal (RFC 6454, section 4).
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

// port returns the port of u.
func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}
