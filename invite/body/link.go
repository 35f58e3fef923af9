package body

import (
	"html/template"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// schemes are the beginnings of links that a mail may hold.
var schemes = []string{"https://", "http://", "mailto:", "tel:"}

// safeLink returns a link in the form in which it may stand in a mail. It returns ""
// for a link that may not:
//   - with another scheme, or without a host,
//   - with a user name or characters that hide the host from the reader,
//   - longer than maxLink.
func safeLink(link string) template.URL {
	link = strings.TrimSpace(link)
	scheme := schemeOf(link)
	if scheme == "" || len(link)+4*strings.Count(link, "&") > maxLink || cleanLines(link) != link ||
		strings.ContainsFunc(link, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\\\"<>`", r) }) {
		return ""
	}
	u, err := url.Parse(link)
	if err != nil || strings.HasPrefix(scheme, "http") && (u.Host == "" || u.User != nil) {
		return ""
	}
	return template.URL(scheme + link[len(scheme):])
}

// maxLink is the longest link that every browser opens, in octets of HTML.
const maxLink = 2048

// schemeOf returns the allowed scheme that s begins with, in lower case.
func schemeOf(s string) string {
	for _, scheme := range schemes {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return scheme
		}
	}
	return ""
}

// findLink returns the beginning and the end of the first link in s. If s has no
// link, both are its length.
func findLink(s string) (start, end int) {
	if strings.IndexByte(s, ':') < 0 {
		return len(s), len(s)
	}
	for i := 0; i < len(s); {
		j := strings.IndexAny(s[i:], "hHmMtT")
		if j < 0 {
			break
		}
		i += j
		if schemeOf(s[i:]) != "" && startsWord(s[:i]) {
			if n := linkLength(s[i:]); safeLink(s[i:i+n]) != "" {
				return i, i + n
			}
		}
		i++
	}
	return len(s), len(s)
}

// startsWord reports whether a new word can begin after s.
func startsWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s == "" || !(unicode.IsLetter(r) && r < '\u2E80' || unicode.IsDigit(r) || r == '_' || r == '-' || r == '.' || r == '+')
}

// linkLength returns the length of the link that s begins with. The link ends before
// a space or a bracket, and does not include the punctuation of the sentence
// around it.
func linkLength(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || isBidiControl(r) || strings.ContainsRune("<>\"`\\«»“”„、。，）」』】；：！？", r)
	})
	if n < 0 {
		n = len(s)
	}
	if n > maxLink {
		return n
	}
	for n > 0 {
		last := s[n-1]
		if last == ')' && strings.Count(s[:n], "(") >= strings.Count(s[:n], ")") {
			break // as in links to encyclopedias
		}
		if !strings.ContainsRune(".,;:!?'*)]}", rune(last)) {
			break
		}
		n--
	}
	return n
}
