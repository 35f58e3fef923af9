package body

import (
	"html/template"
	"strings"
)

//go:generate go test -run GeneratedPage -update

// htmlWriter is what the generated functions of page_html.go write to. Its
// methods escape as html/template does in the same places; tests compare the two.
type htmlWriter struct{ strings.Builder }

func (w *htmlWriter) raw(s string) { w.WriteString(s) }

// html writes a text between tags, or the value of a quoted attribute.
func (w *htmlWriter) html(s string) {
	from := 0
	for i := range len(s) {
		if e := entities[s[i]]; e != "" {
			w.WriteString(s[from:i])
			w.WriteString(e)
			from = i + 1
		}
	}
	w.WriteString(s[from:])
}

// entities are what stands for a character that means something in HTML. The
// plus sign is among them for old readers of UTF-7.
var entities = [256]string{
	0: "\uFFFD", '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;",
}

// url writes a link into a quoted attribute. It is one of the allowed schemes
// already, see [safeLink]; what a URI cannot hold (RFC 3986, section 2) is
// written in hexadecimal.
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

// inURL are the characters that a URI holds as they are; html/template takes
// the quote and the parentheses out, which end a string or url() in CSS.
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

// any writes the place of the answer links, or nothing.
func (w *htmlWriter) any(v any) {
	if s, ok := v.(template.HTML); ok {
		w.raw(string(s))
	}
}
