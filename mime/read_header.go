package mime

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

var (
	beginCalendar = []byte("BEGIN:VCALENDAR")
	endCalendar   = []byte("END:VCALENDAR")
)

// header parses the fields at the start of data (RFC 5322, section 2.2) and
// returns the body below them.
func (r *reader) header(data []byte) (fields []Field, body []byte) {
	end, start := headerEnd(data)
	head, body := data[:end], data[start:]
	if at := lineIndex(head, beginCalendar); at >= 0 {
		return r.headerAroundCalendar(data, at)
	}
	return r.block(string(head), nil), body
}

// headerAroundCalendar parses a header in which a calendar starts at the offset
// at. The calendar becomes the body.
func (r *reader) headerAroundCalendar(data []byte, at int) (fields []Field, body []byte) {
	// QUIRK: an answer of Thunderbird in the test data of Apache James has the
	// calendar first and its header fields below it:
	// testdata/read/calendar-in-header.eml.
	r.problem("header: a calendar object stands in place of the fields: taken as the body")
	fields = r.block(string(data[:at]), nil)
	data = data[at:]
	last := lineIndex(data, endCalendar)
	if last < 0 {
		return fields, data
	}
	last += len(endCalendar)
	if eol := bytes.IndexByte(data[last:], '\n'); eol >= 0 {
		last += eol + 1
	}
	end, _ := headerEnd(data[last:])
	return r.block(string(data[last:last+end]), fields), data[:last]
}

// headerEnd returns the offsets at which the header ends and the body starts.
// These are the two ends of the first empty line. If no line is empty, both are
// the end of data.
func headerEnd(data []byte) (end, body int) {
	for end < len(data) {
		eol := bytes.IndexByte(data[end:], '\n')
		if eol < 0 {
			break
		}
		if len(bytes.TrimRight(data[end:end+eol], "\r")) == 0 {
			return end, end + eol + 1
		}
		end += eol + 1
	}
	return len(data), len(data)
}

// lineIndex returns the offset of the first line that starts with prefix, or
// -1.
func lineIndex(data, prefix []byte) int {
	for from := 0; ; {
		at := bytes.Index(data[from:], prefix)
		if at < 0 {
			return -1
		}
		at += from
		if at == 0 || data[at-1] == '\n' {
			return at
		}
		from = at + 1
	}
}

// block appends the fields of a header block, which has no empty line.
func (r *reader) block(block string, fields []Field) []Field {
	if fields == nil && block != "" {
		fields = make([]Field, 0, 8)
	}
	for block != "" {
		var raw string
		raw, block = cutField(block)
		if len(fields) >= r.MaxFields {
			r.limit("header: more than %d fields: the rest is not read", r.MaxFields)
			r.hidden = r.hidden || isFrom(raw) || hasFrom(block)
			break
		}
		if f, ok := r.field(raw); ok {
			fields = append(fields, f)
		}
	}
	return fields
}

// cutField splits off the first line with the folded lines that continue it.
func cutField(block string) (raw, rest string) {
	for at := 0; ; {
		eol := strings.IndexByte(block[at:], '\n')
		if eol < 0 {
			return block, ""
		}
		at += eol + 1
		if at == len(block) || block[at] != ' ' && block[at] != '\t' {
			return block[:at], block[at:]
		}
	}
}

// field parses one field. It notes a problem if it cuts or skips something.
func (r *reader) field(raw string) (f Field, ok bool) {
	if len(raw) > r.MaxFieldSize {
		r.limit("header: field %q is longer than %d bytes: cut", excerpt(raw), r.MaxFieldSize)
		r.hidden = r.hidden || isFrom(raw)
		raw = cutText(raw, r.MaxFieldSize)
	}
	name, value, ok := strings.Cut(raw, ":")
	name = strings.TrimRight(name, " \t")
	if !ok || !isFieldName(name) {
		r.problem("header: line %q is not a field: skipped", excerpt(strings.TrimSpace(raw)))
		return Field{}, false
	}
	return Field{Name: name, Value: r.value(name, unfold(value))}, true
}

// isFrom tells whether a raw field is a From field.
func isFrom(raw string) bool {
	name, _, _ := strings.Cut(raw, ":")
	return strings.EqualFold(strings.TrimRight(name, " \t"), "From")
}

// hasFrom tells whether a header block has a From field.
func hasFrom(block string) bool {
	for block != "" {
		var raw string
		if raw, block = cutField(block); isFrom(raw) {
			return true
		}
	}
	return false
}

// isFieldName tells whether s is made of printable ASCII without a colon (RFC
// 5322, section 3.6.8).
func isFieldName(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7F || s[i] == ':' {
			return false
		}
	}
	return s != ""
}

// unfold removes the line ends, and keeps the white space that follows them
// (RFC 5322, section 2.2.3).
func unfold(s string) string {
	s = strings.Trim(s, " \t\r\n")
	if strings.IndexByte(s, '\n') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for line := range strings.SplitSeq(s, "\n") {
		b.WriteString(strings.TrimRight(line, "\r"))
	}
	return b.String()
}

// value returns s in UTF-8 and without control characters.
func (r *reader) value(name, s string) string {
	if !utf8.ValidString(s) {
		// QUIRK: PHP's mail function sends a header in any bytes that its
		// script holds, often Latin-1. Windows-1252 is a superset of that:
		// testdata/read/latin1-header.eml.
		r.problem("header: %s is not in UTF-8: read as windows-1252", excerpt(name))
		s, _ = charmap.Windows1252.NewDecoder().String(s)
	}
	return oneLine(s)
}

// oneLine returns s in valid UTF-8, with a space for each control character. No
// value can end a line, wherever it is written later.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.Map(func(c rune) rune {
		if isControl(c) {
			return ' '
		}
		return c
	}, s)
}

// isControl tells whether c is an ASCII control character other than tab.
func isControl(c rune) bool { return c < ' ' && c != '\t' || c == 0x7F }
