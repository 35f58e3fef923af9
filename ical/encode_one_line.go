package ical

import "strings"

// The lines of a title and of a location are joined, because Outlook only removes
// the line ends, so that words stick together (MS-OXCICAL, sections
// 2.1.3.1.1.20.15 and 2.1.3.1.1.20.24).

// titleLine returns a title on one line.
func titleLine(title string) string {
	return joinLines(title, func(string) string { return " " })
}

// locationLine returns a location on one line, with commas between its parts.
func locationLine(location string) string { return joinLines(location, lineJoint) }

// joinLines returns text on one line. Joint returns the text between a line and
// the next. Text of one line is returned unchanged, and so is text of empty lines
// alone.
func joinLines(text string, joint func(before string) string) string {
	if !strings.ContainsFunc(text, isLineEnd) {
		return text
	}
	var b strings.Builder
	last := ""
	for line := range strings.FieldsFuncSeq(text, isLineEnd) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if last != "" {
			b.WriteString(joint(last))
		}
		b.WriteString(line)
		last = line
	}
	if last == "" {
		return text // only line ends, which an override may have instead of the text of the series
	}
	return b.String()
}

// isLineEnd reports whether r ends a line of text (Unicode, UAX #14, class BK,
// CR, LF and NL).
func isLineEnd(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) }

// lineJoint returns the text between a line of a location and the next. A line
// that ends with a punctuation mark needs no comma.
func lineJoint(before string) string {
	for _, mark := range []string{",", ";", ":", ".", "!", "?", "-", "–", "—", "/", "、", "，", "。", "；", "："} {
		if strings.HasSuffix(before, mark) {
			return " "
		}
	}
	return ", "
}
