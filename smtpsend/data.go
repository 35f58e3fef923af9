package smtpsend

import (
	"bytes"
	"encoding/binary"
)

// appendStuffed appends a message to dst as it goes over the wire after DATA:
// each line that starts with a dot gets another, and a line with one dot ends
// it (RFC 5321, section 4.5.2). Line ends in m are CRLF; one is added if
// the last is missing.
func appendStuffed(dst, m []byte) []byte {
	for len(m) > 0 {
		if m[0] == '.' {
			dst = append(dst, '.')
		}
		end := nextDotLine(m)
		dst = append(dst, m[:end]...)
		m = m[end:]
	}
	if !bytes.HasSuffix(dst, []byte("\r\n")) {
		dst = append(dst, "\r\n"...)
	}
	return append(dst, ".\r\n"...)
}

// nextDotLine returns where the next line that starts with a dot begins after
// the first octet of m, or the length of m.
func nextDotLine(m []byte) int {
	if i := bytes.Index(m, []byte("\n.")); i >= 0 {
		return i + 1
	}
	return len(m)
}

// isEightBit reports whether data has octets beyond ASCII.
func isEightBit(data []byte) bool {
	for ; len(data) >= 8; data = data[8:] {
		if binary.NativeEndian.Uint64(data)&0x8080808080808080 != 0 {
			return true
		}
	}
	for _, c := range data {
		if c >= 0x80 {
			return true
		}
	}
	return false
}
