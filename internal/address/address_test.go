package address_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/convene-go/convene/internal/address"
)

func TestASCII(t *testing.T) {
	label := strings.Repeat("d", 63)
	for _, tt := range []struct {
		name, in, want string
		err            error
	}{
		{"plain", "bob@example.test", "bob@example.test", nil},
		{"case is kept", "Bob.O'Neil@Example.Test", "Bob.O'Neil@Example.Test", nil},
		{"every atext", "!#$%&'*+-/=?^_`{|}~09azAZ@example.test", "!#$%&'*+-/=?^_`{|}~09azAZ@example.test", nil},
		{"one label", "root@localhost", "root@localhost", nil},
		{"underscore", "a@my_host.example", "a@my_host.example", nil},
		{"umlaut domain", "a@Bücher.example", "a@xn--bcher-kva.example", nil},
		{"ideographic dots", "a@日本。example", "a@xn--wgv71a.example", nil},
		{"longest local part", strings.Repeat("a", 64) + "@example.test", strings.Repeat("a", 64) + "@example.test", nil},
		{"empty", "", "", address.ErrEmpty},
		{"no at", "bob", "", address.ErrForm},
		{"no local part", "@example.test", "", address.ErrForm},
		{"no domain", "bob@", "", address.ErrForm},
		{"two ats", "a@b@example.test", "", address.ErrLocal},
		{"quoted", `"a b"@example.test`, "", address.ErrLocal},
		{"space", "a b@example.test", "", address.ErrLocal},
		{"dot in front", ".a@example.test", "", address.ErrLocal},
		{"dot at the end", "a.@example.test", "", address.ErrLocal},
		{"two dots", "a..b@example.test", "", address.ErrLocal},
		{"angle brackets", "<bob@example.test>", "", address.ErrLocal},
		{"line end", "a\r\nb@example.test", "", address.ErrLocal},
		{"line end in the domain", "a@example.test\r\nRCPT TO:<x@example.test>", "", address.ErrLocal},
		{"line end at the end", "a@example.test\r\n", "", address.ErrDomain},
		{"NUL", "a\x00@example.test", "", address.ErrLocal},
		{"DEL", "a\x7f@example.test", "", address.ErrLocal},
		{"umlaut in front", "bäb@example.test", "", address.ErrUTF8},
		{"not UTF-8", "a@\xff.example", "", address.ErrDomain},
		{"hyphen", "a@-x.example", "", address.ErrDomain},
		{"hyphen at the end", "a@x-.example", "", address.ErrDomain},
		{"dot at the end of the domain", "a@example.test.", "", address.ErrDomain},
		{"literal", "a@[192.0.2.1]", "", address.ErrDomain},
		{"long label", "a@" + label + "d.example", "", address.ErrDomain},
		{"long local part", strings.Repeat("a", 65) + "@example.test", "", address.ErrTooLong},
		{"long", "a@" + strings.Repeat(label+".", 4) + "example", "", address.ErrTooLong},
		{"very long", "a@" + strings.Repeat("ü", 1<<20), "", address.ErrTooLong},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := address.ASCII(tt.in); got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("ASCII(%.80q) = %q, %v, want %q, %v", tt.in, got, err, tt.want, tt.err)
			}
		})
	}
}

func TestSame(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"bob@example.test", "BOB@Example.TEST", true},
		{"a@bücher.example", "A@XN--BCHER-KVA.example", true},
		{"a@BÜCHER.example", "a@bücher.example", true},
		{"bob@example.test", "bob@example.test.evil.test", false},
		{"bob@example.test", "notbob@example.test", false},
		{"bob+x@example.test", "bob@example.test", false},
		{"Not An Address", "not an address", true},
		{"", "", true},
	} {
		if got := address.Same(tt.a, tt.b); got != tt.want {
			t.Errorf("Same(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// FuzzASCII checks that an accepted address can stand in a header, an SMTP
// command and a calendar object, and is its own ASCII form.
func FuzzASCII(f *testing.F) {
	for _, s := range []string{"bob@example.test", "a@Bücher.example", "a@日本。example", "a\r\nb@x", "a@ⅷ.example", "a@xn--a.b", "@", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := address.ASCII(s)
		if err != nil {
			if got != "" {
				t.Errorf("ASCII(%q) = %q beside %v", s, got, err)
			}
			return
		}
		for i := range len(got) {
			if c := got[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`<>()[]",:;\`, c) >= 0 {
				t.Errorf("ASCII(%q) = %q has %q", s, got, c)
			}
		}
		if again, err := address.ASCII(got); again != got || err != nil || len(got) > 254 || strings.Count(got, "@") != 1 {
			t.Errorf("ASCII(%q) = %q, and of that %q, %v", s, got, again, err)
		}
		if !address.Same(s, got) || !address.Same(s, strings.ToUpper(got)) {
			t.Errorf("Same(%q, %q) = false", s, got)
		}
	})
}

// TestErrorText checks that the text of an error names the character that is refused.
func TestErrorText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"space", "bob b@example.test", "' '"},
		{"NUL", "a\x00b@example.test", `'\x00'`},
		{"second at", "a@b@example.test", "'@'"},
		{"dots", "a..b@example.test", `"." at the start`},
		{"space without width", "bob\u200b@example.test", `'\u200b'`},
		{"umlaut", "bäb@example.test", "'ä'"},
		{"line end in the domain", "a@example.test\r\n", `'\r'`},
		{"literal", "a@[192.0.2.1]", "'['"},
		{"no character is wrong", "a@-x.example", "not a host name"},
	} {
		if _, err := address.ASCII(tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: ASCII(%q) = %v, want an error with %s", tt.name, tt.in, err, tt.want)
		}
	}
}

func TestHasLookalike(t *testing.T) {
	for in, want := range map[string]bool{
		"bob@bank.test": false, "bob@b\u00fccher.test": false, "bob@bu\u0308cher.test": false, "bob@stra\u00dfe.test": false,
		"bob@\u65e5\u672c.test": false, "bob@\u05d0.test": false, "bob@b\u0131kes.test": false, "\xff": false, "": false,
		"bob@ban\u212a.test": true, "bob@te\u017ft": true, "bob@\uff42ank.test": true, "bob@my\uff0dbank.test": true,
		"bob@bank\u3002test": true, "bob@ban\u00adk.test": true, "bob@\ufb01sh.test": true, "bob@\U0001d41bank.test": true,
		"bob@b\u00fcc\u212a.test": true, strings.Repeat("a", 64) + "@" + strings.Repeat("b", 1000) + "\u212a": true,
	} {
		if got := address.HasLookalike(in); got != want {
			t.Errorf("HasLookalike(%+q) = %v, want %v", in, got, want)
		}
	}
	// A longer domain is not converted, so it equals no other.
	long := "bob@" + strings.Repeat("a.", 600) + "ban\u212a"
	if same := strings.Replace(long, "\u212a", "k", 1); address.HasLookalike(long) || address.Same(long, same) {
		t.Errorf("HasLookalike = %v, Same = %v of a long name, want false", address.HasLookalike(long), address.Same(long, same))
	}
}

func TestLower(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "AbZ@[`{09": "abz@[`{09", "\u212aIM": "\u212aim", "TE\u017fT": "te\u017ft", "\u00dcB": "\u00dcb", "\u0130\u0131I": "\u0130\u0131i", "\xffA": "\xffa",
	} {
		if got := address.Lower(in); got != want {
			t.Errorf("Lower(%+q) = %+q, want %+q", in, got, want)
		}
	}
}
