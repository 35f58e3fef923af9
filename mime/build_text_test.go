package mime

import (
	"bytes"
	"fmt"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
)

func TestFits7bit(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want bool
	}{
		{"", true}, {"a", true}, {"a\n", true}, {"a\r\n\r\nb", true}, {"\n\n", true}, {".\n", true}, {"-\n =3D a - -- b", true},
		{strings.Repeat("a", 900) + "\r\n" + strings.Repeat("b", 900), true},
		{strings.Repeat("a", 901), false}, {"a\n" + strings.Repeat("a", 901) + "\n", false}, // Sendmail splits lines of more than 990
		{"a ", false}, {"a \nb", false}, {"a \r\nb", false}, {" ", false},
		{"--", false}, {"a\n--b\n", false}, {"a\r\n--=_b-mixed", false},
		{"a\tb", false}, {"a\rb", false}, {"\r", false}, {"a\r", false}, {"a\r\r\nb", false}, {"\ufeffa", false},
	} {
		if got := fits7bit(tt.in); got != tt.want {
			t.Errorf("fits7bit(%q) = %t, want %t", tt.in, got, tt.want)
		}
	}
}

// TestIsPrintable puts every octet at every place of a word of eight octets and of
// the rest behind it.
func TestIsPrintable(t *testing.T) {
	for c := range 256 {
		for at := range 13 {
			s := []byte("a~ b!c}d{e#fg")
			s[at] = byte(c)
			if got, want := isPrintable(string(s)), ' ' <= c && c <= '~'; got != want {
				t.Fatalf("isPrintable(%q) = %t, want %t", s, got, want)
			}
		}
	}
}

// FuzzText encodes a text behind another one and decodes it. It compares what goes in
// quoted-printable with the output of the encoder for the whole text.
func FuzzText(f *testing.F) {
	f.Add("a\r\nb=c\n", "a\nb")
	f.Add("a\r", "\r")
	f.Add("a \r\n--b\n.\n", "\ré\n")
	f.Add(strings.Repeat("long ", 250), strings.Repeat("lang ", 250)+"\n"+strings.Repeat("é", 80))
	f.Fuzz(func(t *testing.T, first, second string) {
		w, last := workspaces.New().(*workspace), new(encodedText)
		for _, s := range []string{first, second, first} {
			is7bit, err := checkText(s)
			if err != nil {
				continue
			}
			got := new(encodedText)
			w.encodeText(got, s, is7bit, last)
			if err := checkEncoded(got); err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			last = got
		}
	})
}

func checkEncoded(e *encodedText) error {
	text, decoded := string(appendLF(nil, e.raw)), e.encoded
	if e.quoted {
		var want bytes.Buffer
		q := quotedprintable.NewWriter(&want)
		io.WriteString(q, text)
		q.Close()
		if !bytes.Equal(want.Bytes(), e.encoded) {
			return fmt.Errorf("encoded as %q, want %q", e.encoded, want.Bytes())
		}
		decoded, _ = io.ReadAll(quotedprintable.NewReader(&want))
	}
	if got := strings.ReplaceAll(string(decoded), "\r\n", "\n"); got != text {
		return fmt.Errorf("decoded as %q", got)
	}
	for line := range bytes.SplitSeq(e.encoded, crlf) {
		if len(line) > max7bit || bytes.ContainsAny(line, "\r\n\x00") || bytes.HasPrefix(line, []byte("--=_")) {
			return fmt.Errorf("line %q", line)
		}
	}
	return nil
}
