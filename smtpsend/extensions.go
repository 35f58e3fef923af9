package smtpsend

import (
	"strconv"
	"strings"
)

// extensions are the service extensions that a server offers: keywords in
// upper case, each with its parameters (RFC 5321, section 4.1.1.1).
type extensions map[string]string

// parseExtensions reads the lines of a reply to EHLO or LHLO. The first line has
// the server's name.
func parseExtensions(lines []string) extensions {
	x := make(extensions, len(lines))
	for _, line := range lines[min(1, len(lines)):] {
		keyword, params, _ := strings.Cut(strings.TrimSpace(line), " ")
		// QUIRK: Exchange 5.5 to 2003 and Postfix with
		// broken_sasl_auth_clients also send "AUTH=LOGIN" (testdata/exchange2003.txt).
		if first, rest, ok := strings.Cut(keyword, "="); ok && strings.EqualFold(first, "AUTH") {
			keyword, params = first, rest+" "+params
		}
		x.add(strings.ToUpper(keyword), strings.TrimSpace(params))
	}
	return x
}

// add notes a keyword. If a keyword comes twice, its parameters are joined.
func (x extensions) add(keyword, params string) {
	if keyword == "" {
		return
	}
	x[keyword] = strings.TrimSpace(x[keyword] + " " + params)
}

// has reports whether keyword, in upper case, is offered.
func (x extensions) has(keyword string) bool {
	_, ok := x[keyword]
	return ok
}

// size returns the size of the largest message that the server takes, in octets.
// It is 0 if the server names no limit (RFC 1870, section 4).
func (x extensions) size() int64 {
	n, err := strconv.ParseInt(x["SIZE"], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// mechanisms returns the names of the SASL mechanisms that are offered, in upper
// case.
func (x extensions) mechanisms() []string {
	return strings.Fields(strings.ToUpper(x["AUTH"]))
}
