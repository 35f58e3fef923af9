package ical

import (
	"fmt"
	"strings"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

// maxLine is the length of a line in octets, without its end (RFC 5545, section 3.1).
const maxLine = 75

// lineWriter is a sink that appends content lines to a buffer. It stops at the
// first error.
type lineWriter struct {
	buf     []byte
	err     error
	open    []openComponent // the calendar and the components in it
	line    contentLine
	scratch []byte
}

var _ sink = (*lineWriter)(nil)

// openComponent is a component that has begun and not ended.
type openComponent struct {
	name  ics.ComponentType
	index int // among the components of its parent
	parts int // how many it has
}

// newLineWriter begins an object of about size octets.
func newLineWriter(size int) *lineWriter {
	w := &lineWriter{buf: make([]byte, 0, size), scratch: make([]byte, 0, 256), open: make([]openComponent, 0, 4)}
	w.begin(ics.ComponentVCalendar)
	return w
}

// finish ends the object and returns it, or the first error.
func (w *lineWriter) finish() ([]byte, error) {
	w.end()
	if w.err != nil {
		return nil, w.err
	}
	return w.buf, nil
}

func (w *lineWriter) begin(name ics.ComponentType) {
	p := openComponent{name: name}
	if n := len(w.open); n > 0 {
		p.index = w.open[n-1].parts
		w.open[n-1].parts++
	}
	w.open = append(w.open, p)
	w.buf = append(append(append(w.buf, "BEGIN:"...), name...), "\r\n"...)
}

func (w *lineWriter) end() {
	last := len(w.open) - 1
	w.buf = append(append(append(w.buf, "END:"...), w.open[last].name...), "\r\n"...)
	w.open = w.open[:last]
}

// path returns the path of the component that is being written, such as
// "VEVENT[1].VALARM[0]".
func (w *lineWriter) path() string {
	var names []string
	for _, p := range w.open[1:] {
		names = append(names, indexed(fieldName(string(p.name)), p.index, ""))
	}
	return strings.Join(names, ".")
}

// fail keeps the first error.
func (w *lineWriter) fail(path string, err error) {
	if w.err == nil {
		w.err = refuse(&FieldError{Field: path, Err: err})
	}
}

func (w *lineWriter) property(l *contentLine) {
	line, err := appendLine(w.scratch[:0], l)
	if err != nil {
		at := fieldName(l.name)
		if in := w.path(); in != "" {
			at = in + "." + at
		}
		w.fail(at, err)
		return
	}
	w.fold(line)
	w.scratch = line
}

// appendLine appends a content line, not folded and without its end.
func appendLine(line []byte, l *contentLine) ([]byte, error) {
	if !isName(l.name) {
		return nil, fmt.Errorf("%.40q is not a property name", l.name)
	}
	line = append(line, l.name...)
	for i := range l.params {
		var err error
		if line, err = appendParam(line, &l.params[i]); err != nil {
			return nil, err
		}
	}
	has, bad, marks := octetsOf(l.value), controls, textMarks|lineEnds
	if l.kind() == kindRaw {
		bad, marks = controls|lineEnds, 0
	}
	if err := has.check(l.value, bad); err != nil {
		return nil, err
	}
	line = append(line, ':')
	if has&marks == 0 {
		return append(line, l.value...), nil
	}
	return appendText(line, l.value), nil
}

// appendParam appends a parameter. Values are in quotes if they have a
// separator, or if the parameter requires quotes.
func appendParam(line []byte, p *lineParam) ([]byte, error) {
	if len(p.values) == 0 {
		return line, nil
	}
	if !isName(p.name) {
		return nil, fmt.Errorf("%.40q is not a parameter name", p.name)
	}
	line = append(append(line, ';'), p.name...)
	for i, v := range p.values {
		has := octetsOf(v)
		if err := has.check(v, controls|lineEnds); err != nil {
			return nil, fmt.Errorf("parameter %s %w", p.name, err)
		}
		line = append(line, "=,"[min(i, 1)])
		if has&paramMarks != 0 {
			v = paramMasks.Replace(v)
		}
		if has&separators != 0 || isQuoted(p.name) {
			line = append(append(append(line, '"'), v...), '"')
		} else {
			line = append(line, v...)
		}
	}
	return line, nil
}

// isQuoted reports whether the values of a parameter are always in quotes (RFC
// 5545, section 3.2).
func isQuoted(name string) bool {
	switch name {
	case "SENT-BY", "DELEGATED-TO", "DELEGATED-FROM", "MEMBER", "DIR", "ALTREP":
		return true
	}
	return false
}

// paramMasks replaces a caret by two, so that it cannot be taken for an escape
// (RFC 6868). It replaces a double quote by an apostrophe, because no value may
// hold one and Outlook does not know RFC 6868.
var paramMasks = strings.NewReplacer("^", "^^", `"`, "'")

// appendText appends a TEXT value (RFC 5545, section 3.3.11). A line end of any
// kind becomes one "\n".
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n' && i > 0 && s[i-1] == '\r':
		case octetKinds[c]&lineEnds != 0:
			b = append(b, `\n`...)
		case octetKinds[c]&textMarks != 0:
			b = append(b, '\\', c)
		default:
			b = append(b, c)
		}
	}
	return b
}

// fieldName returns name in a form that is safe in an error's path, which may
// be logged.
func fieldName(name string) string {
	if name == "" || isToken(name) {
		return name
	}
	return fmt.Sprintf("%.40q", name)
}

// fold writes a content line in pieces of at most 75 octets. No piece ends
// inside a rune.
func (w *lineWriter) fold(line []byte) {
	for limit := maxLine; len(line) > limit; limit = maxLine - 1 {
		cut := limit
		for cut > 0 && !utf8.RuneStart(line[cut]) {
			cut--
		}
		w.buf = append(append(w.buf, line[:cut]...), "\r\n "...)
		line = line[cut:]
	}
	w.buf = append(append(w.buf, line...), '\r', '\n')
}
