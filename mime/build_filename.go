package mime

import (
	"errors"
	"fmt"
	"strings"
)

// maxName is the longest name that common file systems allow, in octets.
const maxName = 255

// A file name goes into two parameters: filename of Content-Disposition (RFC
// 2183, section 2.3), and name of Content-Type, which older clients read
// instead. If the name is not simple, filename is written in the extended form
// of RFC 2231, and name holds a simple fallback. No parameter is written twice,
// because strict readers refuse that. No parameter holds an encoded-word,
// because RFC 2047, section 5, forbids it.

// filenameParam returns "; filename=…", to be appended to the disposition.
func filenameParam(name string) string {
	if isSimple(name) {
		return `; filename="` + name + `"`
	}
	return extendedParam("filename", name)
}

// nameParam returns the value of the parameter name: the file name itself if it
// is simple, and its fallback otherwise.
func nameParam(name string) string {
	if isSimple(name) {
		return name
	}
	return fallbackName(name)
}

// isSimple reports whether a quoted-string without escapes can hold name, and
// can be folded at its spaces.
func isSimple(name string) bool { return isPlain(name) && !strings.Contains(name, `"`) }

// fallbackName returns an ASCII name for clients that cannot read the real one.
// It keeps the extension, by which many clients decide how to open a file.
func fallbackName(name string) string {
	s := strings.Map(func(r rune) rune {
		if r < 0x80 && (isAlnum(byte(r)) || strings.ContainsRune("-_.+", r)) {
			return r
		}
		return '_'
	}, name)
	if len(s) <= plainWord {
		return s
	}
	ext := ""
	if dot := strings.LastIndexByte(s, '.'); len(s)-dot <= 10 {
		ext = s[dot:]
	}
	return s[:plainWord-len(ext)] + ext
}

// extendedParam returns "; key*=" and the encoded value, in several sections if
// it is long (RFC 2231, sections 3 and 4).
func extendedParam(key, value string) string {
	const room = 56 // the rest of a line beside "filename*10*=" and ";"
	var sections []string
	section := "utf-8''"
	for _, r := range value {
		p := percent(string(r))
		if len(section)+len(p) > room {
			sections = append(sections, section)
			section = ""
		}
		section += p
	}
	if len(sections) == 0 {
		return "; " + key + "*=" + section
	}
	var b strings.Builder
	for i, s := range append(sections, section) {
		fmt.Fprintf(&b, "; %s*%d*=%s", key, i, s)
	}
	return b.String()
}

// percent returns s with each octet escaped that is not an attribute-char (RFC
// 2231, section 7).
func percent(s string) string {
	var b []byte
	for i := range len(s) {
		if c := s[i]; isAlnum(c) || c == '-' || c == '.' || c == '_' {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(b)
}

// checkFilename returns an error if s cannot be a file name.
func checkFilename(s string) error {
	switch {
	case len(s) > maxName:
		return fmt.Errorf("is longer than %d octets", maxName)
	case strings.ContainsAny(s, `/\`):
		return errors.New("holds a path separator")
	case s != "" && strings.Trim(s, ". ") == "":
		return errors.New("consists of dots and spaces")
	case s != strings.TrimRight(s, ". "):
		return errors.New("ends with a dot or a space, which Windows drops")
	}
	if i := strings.IndexFunc(s, isInvisible); i >= 0 {
		return fmt.Errorf("holds an invisible character at octet %d, which can make one type of file look like another", i)
	}
	return checkLine(s)
}

// isInvisible reports whether a character of a file name changes the order or the lines
// in which readers see it (Unicode, UAX 9 and UAX 14): "invoice\u202efdp.exe" looks like a PDF.
func isInvisible(r rune) bool {
	return r == '\u061c' || r == '\ufeff' || '\u200b' <= r && r <= '\u200f' && r != '\u200c' && r != '\u200d' ||
		'\u2028' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// checkMediaType returns an error if s is not the type of a file:
// "type/subtype" (RFC 2045, section 5.1). Composite types are refused, because
// they must not be sent in base64 (RFC 2046, section 5.2.1) and would add parts
// of their own.
func checkMediaType(s string) error {
	kind, sub, ok := strings.Cut(s, "/")
	switch {
	case !ok || !isToken(kind) || !isToken(sub):
		return errors.New(`is not "type/subtype" without parameters`)
	case len(s) > plainWord:
		return fmt.Errorf("is longer than %d octets", plainWord)
	case strings.EqualFold(kind, "multipart"), strings.EqualFold(kind, "message"):
		return errors.New("is a composite type, which cannot be attached")
	}
	return nil
}

// isToken reports whether s is a token (RFC 2045, section 5.1).
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && strings.IndexByte("!#$%&'*+-.^_`{|}~", c) < 0 {
			return false
		}
	}
	return s != ""
}
