package mime

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// parameter is one name=value of a Content-Type or Content-Disposition. The
// name is in lower case.
type parameter struct{ name, value string }

// parameters are in the order of the field. No name occurs twice.
type parameters []parameter

// get returns the value of that name, or "".
func (p parameters) get(name string) string {
	for _, q := range p {
		if q.name == name {
			return q.value
		}
	}
	return ""
}

// asMap returns the parameters by name, and nil if there are none.
func (p parameters) asMap() map[string]string {
	if len(p) == 0 {
		return nil
	}
	m := make(map[string]string, len(p))
	for _, q := range p {
		m[q.name] = q.value
	}
	return m
}

// piece is a parameter whose name has asterisks. Its value is percent-encoded,
// or one of several that are joined to one value (RFC 2231, sections 3 and 4).
type piece struct {
	base    string
	index   int
	encoded bool
	value   string
}

// structured parses a field such as Content-Type (RFC 2045, section 5.1) into
// its main value, in lower case, and its parameters. If there are several such
// fields, the first counts. The standard library's ParseMediaType is not used,
// because it gives up on damage that has to be tolerated here.
func (r *reader) structured(main *string, params *parameters, field, s string) {
	s = skipSeparators(s)
	end := strings.IndexAny(s, "; \t(")
	if end < 0 {
		end = len(s)
	}
	if *main != "" {
		r.problem("header: %s is there twice: the first counts", field)
		return
	}
	*main, *params = strings.ToLower(s[:end]), r.parameters(field, s[end:])
}

// parameters parses the part of a field after its main value.
func (r *reader) parameters(field, s string) (params parameters) {
	var pieces []piece
	for n := 0; ; n++ {
		s = skipSeparators(s)
		if s == "" {
			break
		}
		if n == r.MaxParams {
			r.limit("header: %s has more than %d parameters: the rest is not read", field, r.MaxParams)
			break
		}
		var p parameter
		var ok bool
		p, s, ok = cutParameter(s)
		if !ok {
			r.problem("header: %s: %q is not a parameter: skipped", field, excerpt(p.name))
		} else if strings.Contains(p.name, "*") {
			pieces = append(pieces, newPiece(p))
		} else {
			params = r.addParameter(field, params, p)
		}
	}
	return r.joinPieces(field, params, pieces)
}

// skipSeparators skips semicolons, white space and comments.
func skipSeparators(s string) string {
	for {
		// QUIRK: Cyrus IMAP ends the field with a space, others with a
		// semicolon: testdata/read/cyrus-reply-accepted.eml.
		s = strings.TrimLeft(s, "; \t")
		if s == "" || s[0] != '(' {
			return s
		}
		s = skipComment(s)
	}
}

// skipComment returns the text after the comment with which s starts (RFC 5322,
// section 3.2.2). An unclosed comment extends to the end of s.
func skipComment(s string) string {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[i+1:]
			}
		}
	}
	return ""
}

// cutParameter splits off the first parameter. ok is false if it has no equals
// sign; p.name then holds the text that was skipped.
func cutParameter(s string) (p parameter, rest string, ok bool) {
	end := strings.IndexAny(s, "=; \t")
	if end < 0 {
		return parameter{name: s}, "", false
	}
	name, rest := s[:end], strings.TrimLeft(s[end:], " \t")
	if name == "" {
		return parameter{name: "="}, rest[1:], false
	}
	if rest == "" || rest[0] != '=' {
		return parameter{name: name}, rest, false
	}
	p.name = strings.ToLower(name)
	rest = strings.TrimLeft(rest[1:], " \t")
	if strings.HasPrefix(rest, `"`) {
		p.value, rest = cutQuoted(rest)
	} else {
		p.value, rest = cutToken(p.name, rest)
	}
	return p, rest, true
}

// cutQuoted splits off a quoted string, and removes its quotes and escapes (RFC
// 5322, section 3.2.4). An unclosed string extends to the end of s.
func cutQuoted(s string) (value, rest string) {
	s = s[1:]
	if end := strings.IndexAny(s, `"\`); end >= 0 && s[end] == '"' {
		return s[:end], s[end+1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// cutToken splits off a value without quotes. It may hold any characters except
// its delimiters.
func cutToken(name, s string) (value, rest string) {
	stop := "; \t"
	// QUIRK: Apple Mail and Google Docs wrote filename=our meeting (1).ics
	// without the quotes that it needs: testdata/read/unquoted-filename.eml.
	if name == "filename" || name == "name" {
		stop = ";"
	}
	end := strings.IndexAny(s, stop)
	if end < 0 {
		end = len(s)
	}
	return strings.TrimRight(s[:end], " \t"), s[end:]
}

// addParameter appends p unless the name is there already.
func (r *reader) addParameter(field string, params parameters, p parameter) parameters {
	if i := slices.IndexFunc(params, func(q parameter) bool { return q.name == p.name }); i >= 0 {
		if params[i].value != p.value {
			r.problem("header: %s has parameter %q twice: the first counts", field, excerpt(p.name))
		}
		return params
	}
	if params == nil {
		params = make(parameters, 0, 4)
	}
	return append(params, p)
}

// newPiece splits a name such as "title*1*" into its base and its index. A last
// asterisk means that the value is percent-encoded.
func newPiece(p parameter) piece {
	base, number, _ := strings.Cut(p.name, "*")
	number, starred := strings.CutSuffix(number, "*")
	c := piece{base: base, encoded: starred || number == "", value: p.value}
	if number != "" {
		index, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return piece{base: p.name, value: p.value}
		}
		c.index = int(index)
	}
	return c
}

// joinPieces adds the values that RFC 2231 encodes or splits into pieces. They
// replace a plain parameter of the same name (RFC 6266, section 4.3).
func (r *reader) joinPieces(field string, params parameters, pieces []piece) parameters {
	slices.SortStableFunc(pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.base, b.base), cmp.Compare(a.index, b.index))
	})
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[n].base == pieces[0].base && pieces[n].index == pieces[0].index+n {
			n++
		}
		p := parameter{name: pieces[0].base, value: r.pieceValue(field, pieces[:n])}
		params = slices.DeleteFunc(params, func(q parameter) bool { return q.name == p.name })
		params = append(params, p)
		for n < len(pieces) && pieces[n].base == p.name {
			r.problem("header: %s: parameter %q has a gap or a repeat: cut", field, excerpt(p.name))
			n++
		}
		pieces = pieces[n:]
	}
	return params
}

// pieceValue joins pieces, undoes the percent-encoding and converts the result
// from the character set that the first piece names.
func (r *reader) pieceValue(field string, pieces []piece) string {
	var charset string
	var value []byte
	for i, p := range pieces {
		if p.encoded && i == 0 {
			if parts := strings.SplitN(p.value, "'", 3); len(parts) == 3 {
				charset, p.value = parts[0], parts[2]
			}
		}
		if p.encoded {
			value = appendUnescaped(value, p.value)
		} else {
			value = append(value, p.value...)
		}
	}
	value, problem := toUTF8(value, charset)
	if problem != "" {
		r.problem("header: %s: parameter %q: %s", field, excerpt(pieces[0].base), problem)
	}
	return oneLine(string(value))
}

// appendUnescaped appends s with each %XX replaced by its octet. A percent sign
// without two hexadecimal digits stays.
func appendUnescaped(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, ok := unhex(s[i+1], s[i+2]); ok {
				b = append(b, c)
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return b
}

// unhex returns the octet that two hexadecimal digits encode.
func unhex(high, low byte) (c byte, ok bool) {
	h, l := hexDigit(high), hexDigit(low)
	return h<<4 | l, h < 16 && l < 16
}

// hexDigit returns the value of a hexadecimal digit, or 255.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
