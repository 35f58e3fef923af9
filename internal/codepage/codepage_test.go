package codepage_test

import (
	"testing"

	"github.com/convene-go/convene/internal/codepage"
)

// TestDecode compares each octet beyond ASCII with what the encoding says.
func TestDecode(t *testing.T) {
	n := 0
	for page := range 66000 {
		enc := codepage.Find(page)
		if enc == nil || page == codepage.UTF16 || page == codepage.UTF8 {
			continue
		}
		n++
		for c := range 256 {
			in := []byte{'a', byte(c), 'b', byte(c)}
			want, err := enc.NewDecoder().Bytes(in)
			if got := codepage.Decode(page, in); err == nil && got != string(want) {
				t.Errorf("page %d: octet 0x%02X: %q, want %q", page, c, got, want)
			}
		}
	}
	if n < 45 {
		t.Errorf("%d pages are known", n)
	}
}
