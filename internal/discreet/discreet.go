// Package discreet makes texts of errors fit for a log that many people read: without
// addresses, and without the words of strangers. A log at level debug may have the whole
// text.
package discreet

import (
	"regexp"
	"strings"
)

var (
	quoted = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"")
	word   = regexp.MustCompile(`\S+`)
	code   = regexp.MustCompile(`(?:^|[\s"(])([245]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3}))?(?:[^\d.]|$)`)
)

// mark stands for a quoted value.
const mark = `"…"`

// Error returns the text of an error without its private parts, see [Text].
func Error(err error) string {
	if err == nil {
		return ""
	}
	return Text(err.Error())
}

// Text returns a text in which three things are left out: what stands in double quotes, a
// word with an address, and everything of a URL except its scheme and host. Errors quote
// values, and names of attendees and titles are such values. If a quote has no end, all after
// the first quote is left out.
func Text(s string) string {
	out := quoted.ReplaceAllLiteralString(s, mark)
	if strings.Contains(strings.ReplaceAll(out, mark, ""), `"`) { // nobody knows which quotes belong together
		out, _, _ = strings.Cut(s, `"`)
		out += mark
	}
	s = out
	return word.ReplaceAllStringFunc(s, func(w string) string {
		if scheme, rest, ok := strings.Cut(w, "://"); ok && !strings.Contains(scheme, "@") {
			return scheme + "://" + host(rest)
		}
		if hasAddress(w) {
			return "…"
		}
		return w
	})
}

// host returns the host of the part of a URL after its scheme.
func host(s string) string {
	s = s[strings.LastIndexByte(s, '@')+1:]
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		return s[:i] + "/…"
	}
	return s
}

// hasAddress reports whether a word has an at sign, or one as URLs, quoted-printable and
// delivery reports encode it.
func hasAddress(w string) bool {
	return strings.Contains(w, "@") || strings.Contains(w, "%40") || strings.Contains(w, "=40") || strings.Contains(w, "+40")
}

// Code returns the status in the words of a server, such as "550 5.1.1" or "507", and ""
// if there is none.
func Code(s string) string {
	m := code.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(m[1] + " " + m[2])
}
