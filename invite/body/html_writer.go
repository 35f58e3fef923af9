package body

import (
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:generate go test -run GeneratedPage -update

// htmlWriter is the output of the generated functions in page_html.go. Its methods
// escape values as html/template does in the same places, and write other characters
// than ASCII as references. So a mail can carry the page as it is. Tests compare the
// page with the page of html/template.
type htmlWriter struct {
	strings.Builder
	scripts bool // all characters are written in UTF-8
	longer  int  // the octets that the page has more than in UTF-8
}

// mostLonger is the number of octets that references may add to a page. A page in a
// script other than Latin stays in UTF-8, because it would grow by its half.
const mostLonger = 640

// raw writes markup, which is not escaped.
func (w *htmlWriter) raw(s string) { w.WriteString(s) }

// html writes a text between tags, or into a quoted attribute.
func (w *htmlWriter) html(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		switch e := entities[s[i]]; {
		case e != "":
			w.WriteString(s[from:i])
			w.WriteString(e)
			from = i + 1
		case s[i] >= utf8.RuneSelf && !w.scripts:
			w.WriteString(s[from:i])
			from = i + w.reference(s[i:])
			i = from - 1
		}
	}
	w.WriteString(s[from:])
}

// reference writes the first character of s as a reference, and returns its length.
func (w *htmlWriter) reference(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	before := w.Len()
	var digits [8]byte
	w.WriteString("&#")
	w.Write(strconv.AppendInt(digits[:0], int64(r), 10))
	w.WriteByte(';')
	w.longer += w.Len() - before - n
	return n
}

// entities are the replacements for characters that have a meaning in HTML. The plus
// sign is one of them, because old programs read it as the beginning of UTF-7.
var entities = [256]string{
	0: "\uFFFD", '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;",
}

// url writes a link into a quoted attribute. [safeLink] has checked its scheme.
// Octets that a URI cannot hold (RFC 3986, section 2) are written in hexadecimal.
func (w *htmlWriter) url(u template.URL) {
	const hex = "0123456789abcdef"
	for i := range len(u) {
		switch c := u[i]; {
		case c == '%' && (i+2 >= len(u) || !isHex(u[i+1]) || !isHex(u[i+2])), !inURL[c]:
			w.Write([]byte{'%', hex[c>>4], hex[c&15]})
		case entities[c] != "":
			w.WriteString(entities[c])
		default:
			w.WriteByte(c)
		}
	}
}

// inURL are the characters that a URI holds unescaped. As in html/template the single
// quote and the parentheses are not among them, because they end a string or a
// url() in CSS.
var inURL = func() (is [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!#$&*+,/:;=?@[]") {
		is[c] = true
	}
	return is
}()

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// css writes a colour, which [New] has checked.
func (w *htmlWriter) css(s string) { w.html(s) }

// any writes the mark for the answer links, or nothing.
func (w *htmlWriter) any(v any) {
	if s, ok := v.(template.HTML); ok {
		w.raw(string(s))
	}
}
