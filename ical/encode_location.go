package ical

import "strings"

// oneLine returns a location on one line. Outlook shows only the first line of
// LOCATION, and other clients join the lines without a space between them.
func oneLine(location string) string {
	if !strings.ContainsFunc(location, isLineEnd) {
		return location
	}
	var b strings.Builder
	for line := range strings.FieldsFuncSeq(location, isLineEnd) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(lineJoint(b.String()))
		}
		b.WriteString(line)
	}
	return b.String()
}

// isLineEnd reports whether r ends a line of text (Unicode, UAX #14, class BK,
// CR, LF and NL).
func isLineEnd(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) }

// lineJoint returns the text between a line and the next. A line that ends with
// a punctuation mark needs no comma.
func lineJoint(before string) string {
	for _, mark := range []string{",", ";", ":", ".", "!", "?", "-", "–", "—", "/", "、", "，", "。", "；", "："} {
		if strings.HasSuffix(before, mark) {
			return " "
		}
	}
	return ", "
}
