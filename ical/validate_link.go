package ical

import (
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"
)

// scriptSchemes are the schemes whose link is itself the program or the page that a
// client opens.
var scriptSchemes = setOf("javascript", "vbscript", "vbs", "jscript", "livescript", "mocha", "data")

// localSchemes are the schemes that reach the computer of the person who opens the
// link. They open its files, start its programs, or log it in at a file server.
//
// A list of allowed schemes is not possible, because every program for calls brings
// a scheme of its own: msteams, zoommtg, sip, xmpp, skype, webex and others.
var localSchemes = setOf(
	// Files, also on a file server, to which Windows sends the user's password hash.
	"file", "filesystem", "smb", "cifs", "nfs", "afp", "shell", "res", "local",
	// Pages and parts of a browser, and schemes around another scheme.
	"about", "chrome", "chrome-extension", "chrome-untrusted", "edge", "microsoft-edge", "moz-extension", "resource",
	"view-source", "jar", "wyciwyg", "mhtml", "feed", "intent", "android-app",
	// Programs of Windows. isLocalScheme adds all schemes that begin with "ms-".
	"search", "search-ms", "its", "mk", "hcp", "msdt",
	// Programs of macOS and iOS, and remote shells.
	"applescript", "help", "x-man-page", "itms-services", "prefs", "app-prefs", "telnet", "tn3270", "rlogin", "ssh",
)

// isLocalScheme reports whether a scheme in lower case reaches the reader's computer.
func isLocalScheme(scheme string) bool {
	return localSchemes[scheme] || strings.HasPrefix(scheme, "ms-") || strings.HasPrefix(scheme, "x-apple.")
}

// isLocalPath reports whether a link in lower case is a path and not a URI. The path
// leads to a computer in the local network (\\host\share), or to a drive (c:\windows).
// One backslash in front is enough, because two in a TEXT on the wire stand for one.
func isLocalPath(s string) bool {
	if len(s) > 2 && s[0] >= 'a' && s[0] <= 'z' && s[1] == ':' {
		return s[2] == '/' || s[2] == '\\'
	}
	return strings.HasPrefix(s, `\`) || strings.HasPrefix(s, "//") || strings.HasPrefix(s, `/\`)
}

// linkForm says how strictly a value is checked as a link.
type linkForm int

const (
	linkStrict linkForm = iota
	linkData            // data: is allowed, because it is a document and not a page
	linkWords           // the value may be words, in which a space follows a colon
)

// checkLink refuses a link that runs a program or opens a file if a person opens it.
// It accepts every other text. Upper case, spaces, control characters,
// percent-encoding and HTML entities do not hide such a link.
func checkLink(s string, form linkForm) error {
	for _, common := range []string{"https://", "http://", "mailto:", "tel:"} {
		if strings.HasPrefix(s, common) {
			return nil
		}
	}
	rest := plainLink(s)
	if isLocalPath(rest) {
		return fmt.Errorf("%.60q is a path of the reader's computer or network, and not a link", s)
	}
	for {
		scheme, after, ok := cutAnyScheme(rest)
		switch {
		case !ok:
			return nil
		case scriptSchemes[scheme] && (scheme != "data" || form == linkStrict || form == linkWords && !isWords(s)):
			return fmt.Errorf("%.60q is a link that runs a script or brings its own page", s)
		case isLocalScheme(scheme) && (form != linkWords || !isWords(s)):
			return fmt.Errorf("%.60q is a link that opens a file or a program on the reader's computer", s)
		}
		rest = after
	}
}

// isWords reports whether a space follows the first colon, as in "Data: 12".
func isWords(s string) bool {
	_, after, _ := strings.Cut(s, ":")
	return strings.HasPrefix(after, " ")
}

// cutAnyScheme returns the scheme that a link in lower case begins with (RFC 3986,
// section 3.1), and the link without it.
func cutAnyScheme(s string) (scheme, after string, ok bool) {
	scheme, after, ok = strings.Cut(s, ":")
	if !ok || scheme == "" || scheme[0] < 'a' || scheme[0] > 'z' {
		return "", "", false
	}
	for i := range len(scheme) {
		if c := scheme[i]; octetKinds[c]&noToken != 0 && c != '+' && c != '.' {
			return "", "", false
		}
	}
	return scheme, after, true
}

// plainLink returns a link as the most lenient client reads it: in lower case,
// decoded, and without spaces, control characters, and quotes or "URL:" in front.
// A link that is encoded more than three times is not decoded to its end.
func plainLink(s string) string {
	for range 3 {
		next := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError:
				return -1
			case r >= 'A' && r <= 'Z':
				return r + 'a' - 'A'
			}
			return r
		}, html.UnescapeString(percentDecoded(s)))
		if next == s {
			break
		}
		s = next
	}
	s = strings.TrimLeft(s, "\"'<([`")
	return strings.TrimLeft(strings.TrimPrefix(s, "url:"), "\"'<([`")
}

// percentDecoded returns s with its percent-encoded octets decoded. A percent sign
// without two hexadecimal digits stays.
func percentDecoded(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := strings.IndexByte(hexDigits, s[i+1]|0x20), strings.IndexByte(hexDigits, s[i+2]|0x20)
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// hexDigits are the hexadecimal digits in lower case.
const hexDigits = "0123456789abcdef"

// plainProperties are the properties of Extra whose values no client opens as a link.
var plainProperties = setOf("COMMENT", "CONTACT", "RESOURCES", "REQUEST-STATUS", "RELATED-TO", "GEO", "COLOR", "NAME")

// checkLinkOf refuses the value of a property that a client may open, see checkLink.
// A property that this package does not know may be opened too, because clients have
// private properties for their links, such as X-MICROSOFT-SKYPETEAMSMEETINGURL.
func checkLinkOf(name string, params map[string][]string, value string) error {
	if plainProperties[name] || hasValue(params["VALUE"], "BINARY") && !strings.ContainsAny(value, `:\%&`) {
		return nil
	}
	if name == "X-ALT-DESC" || name == "STYLED-DESCRIPTION" || hasValue(params["FMTTYPE"], "text/html") && name != "ATTACH" {
		if err := checkHTML(value); err != nil {
			return err
		}
	}
	switch {
	case name == "ATTACH" || name == "IMAGE":
		return checkLink(value, linkData)
	case valueKind(name, params["VALUE"]) == kindText:
		return checkLink(value, linkWords)
	}
	return checkLink(value, linkStrict)
}

// hasValue reports whether a parameter has a value, regardless of upper and lower
// case.
func hasValue(values []string, want string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, want) })
}

// plainParams are the parameters whose values are words for people.
var plainParams = setOf("CN", "LABEL", "FILENAME", "X-FILENAME", "X-RESPONSE-COMMENT")

// checkLinkParam refuses a parameter that a client may open as a link, such as
// ALTREP and DIR (RFC 5545, sections 3.2.1 and 3.2.6).
func checkLinkParam(name string, values []string) error {
	form := linkWords
	switch {
	case plainParams[name]:
		return nil
	case name == "ALTREP" || name == "DIR":
		form = linkStrict
	}
	for _, v := range values {
		if err := checkLink(v, form); err != nil {
			return err
		}
	}
	return nil
}

// activeElements are the elements of HTML that run or load a program.
var activeElements = setOf("script", "iframe", "frame", "object", "embed", "applet", "base", "form")

// checkHTML refuses HTML with a script or with a link that checkLink refuses.
// Images may stand in data: links.
func checkHTML(s string) error {
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return nil
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			name, more := z.TagName()
			element := string(name)
			if activeElements[element] {
				return fmt.Errorf("has the HTML element %s", element)
			}
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				if err := checkAttribute(element, string(key), string(value)); err != nil {
					return err
				}
			}
		}
	}
}

// checkAttribute refuses an attribute of HTML that runs a script or opens a file.
func checkAttribute(element, key, value string) error {
	form := linkStrict
	switch key {
	case "href", "action", "formaction", "xlink:href":
	case "src", "background", "poster":
		form = linkData
	case "http-equiv":
		if strings.EqualFold(strings.TrimSpace(value), "refresh") {
			return errors.New("has HTML that loads another page")
		}
		return nil
	default:
		if strings.HasPrefix(key, "on") {
			return fmt.Errorf("has HTML with a script in the attribute %.40q", key)
		}
		return nil
	}
	if err := checkLink(value, form); err != nil {
		return fmt.Errorf("has the HTML element %s: %w", element, err)
	}
	return nil
}
