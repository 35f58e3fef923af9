package mime

import (
	"bytes"
	"testing"
)

// TestGoodLines checks that the fast pass over the lines of a mail decides as the slow one,
// for all short mails of a few octets, and for lines around the limit.
func TestGoodLines(t *testing.T) {
	slow := func(data []byte) bool {
		for len(data) > 0 {
			line, rest, found := bytes.Cut(data, []byte("\n"))
			if text, ok := bytes.CutSuffix(line, []byte("\r")); ok && found {
				line = text
			} else if found {
				return false
			}
			if bytes.ContainsAny(line, "\r\x00") || len(line) > maxLine {
				return false
			}
			data = rest
		}
		return true
	}
	compare := func(data []byte) {
		if got, want := hasGoodLines(data), slow(data); got != want {
			t.Fatalf("hasGoodLines(%q) = %v, want %v", data, got, want)
		}
		mail := append([]byte("A:"), data...)
		if got, want := checkData(mail) == nil, slow(mail); got != want {
			t.Fatalf("checkData(%q) accepts %v, want %v", mail, got, want)
		}
	}
	const octets = "a\r\n\x00\x80"
	var all func(prefix []byte)
	all = func(prefix []byte) {
		compare(prefix)
		if len(prefix) < 6 {
			for i := range len(octets) {
				all(append(prefix[:len(prefix):len(prefix)], octets[i]))
			}
		}
	}
	all(nil)
	for n := maxLine - 3; n < maxLine+3; n++ {
		for _, end := range []string{"", "\r", "\n", "\r\n", "\n\r", "\r\n\r\n", "\r\nb"} {
			for _, begin := range []string{"", "a\r\n"} {
				compare([]byte(begin + string(bytes.Repeat([]byte("x"), n)) + end))
			}
		}
	}
}
