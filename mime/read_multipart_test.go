package mime_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// TestReadMultipart finds calendars in trees, whole and broken. The data of
// each calendar is a name here; one in brackets is embedded.
func TestReadMultipart(t *testing.T) {
	part := func(name string) string {
		return "Content-Type: text/calendar\n\n" + name + "\n"
	}
	tests := []struct {
		name, in string // below From
		want     []string
		problems []string
	}{
		{
			name: "preamble, transport padding and epilogue",
			in: "Content-Type: multipart/mixed; boundary=b\n\nfor old programs\n--bx\n--b \t\n" + part("1") +
				"--b\r\n" + part("2") + "x--b\n--b-\n--b--  \n--b\n" + part("3"),
			want: []string{"1", "2\nx--b\n--b-"},
		},
		{
			name: "specials in an unquoted boundary",
			in:   "Content-Type: multipart/mixed; boundary=(a)+b/c=_?:'\n\n--(a)+b/c=_?:'\n" + part("1") + "--(a)+b/c=_?:'--\n",
			want: []string{"1"},
		},
		{
			name: "specials in a quoted boundary",
			in:   "Content-Type: multipart/mixed; boundary=\"a b;c\"\n\n--a b;c\n" + part("1") + "--a b;c--\n",
			want: []string{"1"},
		},
		{
			name:     "boundary missing",
			in:       "Content-Type: multipart/mixed\n\ntext\n--guess\r\n" + part("1") + "--guess--\n",
			want:     []string{"1"},
			problems: []string{"part 0 (multipart/mixed): boundary parameter missing: taken from the body"},
		},
		{
			name: "boundary missing and not to be guessed",
			in:   "Content-Type: multipart/mixed; boundary=\"\"\n\ntext\n",
			problems: []string{
				"part 0 (multipart/mixed): boundary parameter missing: taken from the body",
				"part 0 (multipart/mixed): no parts found",
			},
		},
		{
			name: "nothing but the end",
			in:   "Content-Type: multipart/mixed; boundary=b\n\n--b--\n",
			problems: []string{
				"part 0 (multipart/mixed): no parts found",
			},
		},
		{
			name: "inner boundary starts like the outer one, and is not closed",
			in: "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b-1\n\n--b-1\n" +
				part("1") + "--b\n" + part("2") + "--b--\n",
			want:     []string{"1", "2"},
			problems: []string{"part 1 (multipart/alternative): closing boundary missing"},
		},
		{
			name:     "ends in a delimiter",
			in:       "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + part("1") + "--b",
			want:     []string{"1"},
			problems: []string{"part 0 (multipart/mixed): closing boundary missing"},
		},
		{
			name:     "transfer encoding of a multipart",
			in:       "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n" + part("1") + "--b--\n",
			want:     []string{"1"},
			problems: []string{"part 0 (multipart/mixed): transfer encoding of a multipart ignored"},
		},
		{
			name: "unknown multipart, empty and headless parts",
			in:   "Content-Type: multipart/x-new; boundary=b\n\n--b\n--b\n\n" + answer + "--b\n" + part("1") + "--b--\n",
			want: []string{strings.TrimSuffix(answer, "\n"), "1"},
		},
		{
			name: "digest",
			in: "Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: a@example.com\n" + part("1") +
				"--b\nContent-Type: text/calendar\n\n2\n--b--\n",
			want: []string{"(1)", "2"},
		},
		{
			name: "message in base64 in a message",
			in: "Content-Type: message/global\n\nFrom: a@example.com\nContent-Type: message/rfc822\n" +
				"Content-Transfer-Encoding: base64\n\nQ29udGVudC1UeXBlOiB0ZXh0L2NhbGVuZGFyCgox\n",
			want: []string{"(1)"},
		},
		{
			name: "calendar above its fields, not ended",
			in:   "Content-Type: multipart/mixed; boundary=b\n\n--b\nX-A: b\nBEGIN:VCALENDAR\nX: y\n--b--\n",
			want: []string{"BEGIN:VCALENDAR\nX: y"},
			problems: []string{
				"header: a calendar object stands in place of the fields: taken as the body",
			},
		},
		{
			name: "types that are not read",
			in: "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nx\n" +
				"--b\nContent-Type: message/external-body\n\nx\n--b--\n",
			problems: []string{
				"part 1 (application/pkcs7-mime): not read",
				"part 2 (message/external-body): not read",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := readString(t, "From: bob@example.test\n"+test.in)
			if diff := cmp.Diff(test.want, names(m.Calendars)); diff != "" {
				t.Errorf("calendars (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.problems, m.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// names returns the data of each part, in brackets for an embedded one.
func names(parts []mime.Part) []string {
	var list []string
	for _, p := range parts {
		name := strings.TrimRight(string(p.Data), "\r\n")
		if p.Embedded {
			name = "(" + name + ")"
		}
		list = append(list, name)
	}
	return list
}

func TestReadText(t *testing.T) {
	tests := []struct {
		name, in, want string
	}{
		{"plain", "\n \r\n\r\nHello\rdear\r\nworld \n\n", "Hello\ndear\nworld"},
		{"empty plain, then HTML",
			"Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: text/html\n\n<p>yes</p>\n--b--\n", "yes"},
		{"HTML, then plain",
			"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>no</p>\n--b\n\nyes\n--b\n\nno\n--b--\n", "yes"},
		{"attached text is no body",
			"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment\n\nno\n--b--\n", ""},
		{"text of a message inside is no body",
			"Content-Type: message/rfc822\n\nSubject: x\n\nno\n", ""},
		{"HTML elements",
			"Content-Type: text/html; charset=iso-8859-1\n\n<title>no</title><style>no</style>\n" +
				"<script>if (a<b) no()</script><!-- no --><h1>Gr\xFC\xDFe</h1> a<b>b</b>c &amp; \n<i> d </i>e<br/>f<p>g", "Grüße\nabc & d e\nf\ng"},
		{"HTML broken off", "Content-Type: text/html\n\na<b c=\"", "a"},
	}
	for _, test := range tests {
		m := readString(t, "From: bob@example.test\n"+test.in)
		if m.Text != test.want {
			t.Errorf("%s: text = %q, want %q", test.name, m.Text, test.want)
		}
	}
}

func TestReadTNEF(t *testing.T) {
	tests := []struct {
		name, in string
		want     bool
	}{
		{"type", "Content-Type: application/MS-TNEF\n\nx", true},
		{"registered type", "Content-Type: application/vnd.ms-tnef\n\nx", true},
		{"name", "Content-Type: application/octet-stream; name=WINMAIL.DAT\n\nx", true},
		{"other", "Content-Type: application/octet-stream; name=data.dat\n\nx", false},
	}
	for _, test := range tests {
		if m := readString(t, "From: bob@example.test\n"+test.in); (m.TNEF != nil) != test.want {
			t.Errorf("%s: TNEF = %v, want %t", test.name, m.TNEF, test.want)
		}
	}
}
