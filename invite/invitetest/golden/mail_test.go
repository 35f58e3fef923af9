package golden

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadable checks the form in which mails are compared.
func TestReadable(t *testing.T) {
	crlf := strings.NewReplacer("\n", "\r\n")
	for name, tt := range map[string]struct{ in, want string }{
		"multiparts in each other": {
			"Subject: a\nContent-Type: multipart/mixed;\n boundary=\"=_x\"\n\nfor old clients\n--=_x\nContent-Type: multipart/alternative; boundary=\"=_xy\"\n\n" +
				"--=_xy\n\nplain\n--=_xy--\n\n--=_x\nContent-Type: text/plain\n\n--=_xz is text\n\n--=_x-- \nbehind\n",
			"Subject: a\nContent-Type: multipart/mixed;\n boundary=\"boundary-1\"\n\nfor old clients\n--boundary-1\nContent-Type: multipart/alternative; boundary=\"boundary-2\"\n\n" +
				"--boundary-2\n\nplain\n--boundary-2--\n\n--boundary-1\nContent-Type: text/plain\n\n--=_xz is text\n\n--boundary-1-- \nbehind\n",
		},
		"quoted-printable": {
			"Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain\n\nZo=C3=AB and =\nBob\n",
			"Content-Transfer-Encoding: 8bit\nContent-Type: text/plain\n\nZoë and Bob\n",
		},
		"base64":     {"content-transfer-encoding: BASE64\n\nWm/D\nqw==\n", "content-transfer-encoding: 8bit\n\nZoë"},
		"data":       {"Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n", "Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"},
		"damaged":    {"Content-Transfer-Encoding: base64\n\n?\n", "Content-Transfer-Encoding: base64\n\n?\n"},
		"not a mail": {"no header\n\n=41\n", "no header\n\n=41\n"},
		"no body":    {"Subject: a", "Subject: a"},
		"no end":     {"Content-Type: multipart/mixed; boundary=x\n\n--x\n\na", "Content-Type: multipart/mixed; boundary=boundary-1\n\n--boundary-1\n\na"},
		"references": {
			"Content-Type: text/html\n\n&#228; &#38; &#60;&#8206;&#160;&#128;&#128512; &#9999999;\n",
			"Content-Type: text/html\n\nä &#38; &#60;&#8206;&#160;&#128;\U0001F600 &#9999999;\n",
		},
		"references in plain text": {"Content-Type: text/plain\n\n&#228;\n", "Content-Type: text/plain\n\n&#228;\n"},
		"no UTF-8":                 {"Content-Type: multipart/mixed; boundary=\"\xff\"\n\n--\xff--\n", "Content-Type: multipart/mixed; boundary=\"boundary-1\"\n\n--boundary-1--\n"},
		"nothing":                  {"", ""},
	} {
		if diff := cmp.Diff(crlf.Replace(tt.want), string(readable([]byte(crlf.Replace(tt.in))))); diff != "" {
			t.Errorf("%s: readable (-want +got):\n%s", name, diff)
		}
	}
}
