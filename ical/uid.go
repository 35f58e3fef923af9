package ical

import (
	"strconv"
	"strings"
)

// unwrapUID returns the identifier that a calendar export of Exchange wraps: 16
// octets of signature, 20 of date and length, then "vCal-Uid", 01 00 00 00, the
// identifier and a zero, all in hexadecimal (MS-OXOCAL, section 2.2.1.27).
func unwrapUID(uid string) string {
	const signature, marker = "040000008200E00074C5B7101A82E008", "7643616C2D55696401000000"
	upper := strings.ToUpper(strings.TrimSpace(uid))
	if !strings.HasPrefix(upper, signature) {
		return strings.TrimSpace(uid)
	}
	_, tail, ok := strings.Cut(upper, marker)
	if !ok || len(tail)%2 != 0 {
		return strings.TrimSpace(uid)
	}
	var b strings.Builder
	for ; len(tail) >= 2 && tail[:2] != "00"; tail = tail[2:] {
		n, err := strconv.ParseUint(tail[:2], 16, 8)
		if err != nil {
			return strings.TrimSpace(uid)
		}
		b.WriteByte(byte(n))
	}
	if plain := b.String(); plain != "" && checkLine(plain) == nil {
		return unwrapUID(plain)
	}
	return strings.TrimSpace(uid)
}
