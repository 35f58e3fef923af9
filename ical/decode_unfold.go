package ical

import (
	"bytes"
	"strings"
)

// unfolder yields unfolded lines (RFC 5545, section 3.1) with their numbers.
type unfolder struct {
	rest   []byte
	number int
	// QUIRK: some old Macintosh software ends lines with CR alone; a lone CR
	// among other line ends is noise.
	crOnly bool
}

func newUnfolder(data []byte) *unfolder {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // QUIRK: Outlook's exports have a byte order mark
	return &unfolder{rest: data, crOnly: bytes.IndexByte(data, '\n') < 0}
}

// next returns the next line that is not empty, joined with its continuation
// lines.
func (l *unfolder) next() (string, int, bool) {
	var line []byte
	number := 0
	for len(l.rest) > 0 {
		c := l.rest[0]
		continues := c == ' ' || c == '\t'
		if number > 0 && !continues && !l.blank() {
			break
		}
		piece := l.physicalLine()
		if number == 0 {
			if len(bytes.TrimSpace(piece)) == 0 {
				continue
			}
			number = l.number
		} else if continues {
			piece = piece[1:]
		}
		line = append(line, piece...)
	}
	return cleanLine(line), number, number > 0
}

// blank reports whether the rest starts with an empty line.
//
// QUIRK: a doubled CR, which some gateways make, looks like an empty line.
func (l *unfolder) blank() bool {
	return l.rest[0] == '\n' || l.rest[0] == '\r' && (l.crOnly || len(l.rest) > 1 && l.rest[1] == '\n')
}

// physicalLine cuts one line off the rest and counts it.
func (l *unfolder) physicalLine() []byte {
	end := byte('\n')
	if l.crOnly {
		end = '\r'
	}
	line, rest, _ := bytes.Cut(l.rest, []byte{end})
	l.rest = rest
	l.number++
	return bytes.TrimRight(line, "\r")
}

// cleanLine drops control characters, which no line may hold, and replaces
// invalid UTF-8.
func cleanLine(line []byte) string {
	clean := bytes.IndexFunc(line, isControl) < 0
	if !clean {
		line = bytes.Map(func(r rune) rune {
			if isControl(r) {
				return -1
			}
			return r
		}, line)
	}
	return strings.ToValidUTF8(string(line), "\uFFFD")
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
