package address

import (
	"strings"
	"testing"
)

func TestCheckPath(t *testing.T) {
	for in, want := range map[string]string{
		"ann@example.com":                       "",
		"a.b..c@example.com":                    "",
		`"a.b@c"@example.com`:                   "",
		`"a\"b"@example.com`:                    "",
		"zoë@bücher.example":                    "",
		"ann@[192.0.2.1]":                       "",
		"ann@[IPv6:2001:db8::1]":                "",
		"ann@mail_1.example":                    "",
		"":                                      "no @",
		"ann":                                   "no @",
		"@example.com":                          "malformed local part",
		`a"b@example.com`:                       "malformed local part",
		`"a"b"@example.com`:                     "malformed local part",
		`"ab\"@example.com`:                     "malformed local part",
		"a(b)@example.com":                      "malformed local part",
		"ann@":                                  "malformed domain",
		"ann@.example.com":                      "malformed domain",
		"ann@-example.com":                      "malformed domain",
		"ann@example..com":                      "malformed domain",
		"ann@example.com:25":                    "malformed domain",
		"ann@[]":                                "malformed domain",
		"a b@example.com":                       "character U+0020 at octet 1 is not allowed",
		"ann@example.com\r\nRCPT TO:<b@c.d>":    "character U+000D at octet 15 is not allowed",
		"ann\u200b@example.com":                 "character U+200B at octet 3 is not allowed",
		"<ann@example.com>":                     "character U+003C at octet 0 is not allowed",
		"ann@example\u3002com":                  "character U+3002 at octet 11 is not allowed",
		strings.Repeat("a", Max) + "@a.example": "longer than",
	} {
		err := CheckPath(in)
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("CheckPath(%q) = %v, want %q", in, err, want)
		}
	}
}
