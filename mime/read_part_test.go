package mime_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// answer is a calendar as short as can be told apart.
const answer = "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n"

// TestReadContentType reads mails that are a calendar as a whole.
func TestReadContentType(t *testing.T) {
	tests := []struct {
		name, in string // header fields below From
		want     mime.Part
		problems []string
	}{
		{
			name: "Evolution",
			in:   `Content-Type: text/calendar; name="calendar.ics"; charset="utf-8"; METHOD="REPLY"`,
			want: mime.Part{MediaType: "text/calendar", Method: "REPLY", Charset: "utf-8", Filename: "calendar.ics",
				Params: map[string]string{"name": "calendar.ics", "charset": "utf-8", "method": "REPLY"}},
		},
		{
			name: "no parameter",
			in:   "Content-Type: TEXT/Calendar",
			want: mime.Part{MediaType: "text/calendar"},
		},
		{
			name: "no type, seen by its content",
			in:   "Subject: x",
			want: mime.Part{MediaType: "text/plain"},
		},
		{
			name:     "type without subtype, seen by its content",
			in:       "Content-Type: calendar; method=reply",
			want:     mime.Part{MediaType: "text/plain", Method: "REPLY", Params: map[string]string{"method": "reply"}},
			problems: []string{`part 0: content type "calendar" is not valid`},
		},
		{
			name: "semicolons and spaces at the ends",
			in:   "Content-Type: ; text/calendar ;; method=REPLY ; ",
			want: mime.Part{MediaType: "text/calendar", Method: "REPLY", Params: map[string]string{"method": "REPLY"}},
		},
		{
			name: "semicolons missing",
			in:   `Content-Type: text/calendar charset="utf-8" method=REPLY`,
			want: mime.Part{MediaType: "text/calendar", Method: "REPLY", Charset: "utf-8",
				Params: map[string]string{"charset": "utf-8", "method": "REPLY"}},
		},
		{
			name: "spaces around the equals sign",
			in:   `Content-Type: text/calendar; method = "REPLY" ; charset = utf-8`,
			want: mime.Part{MediaType: "text/calendar", Method: "REPLY", Charset: "utf-8",
				Params: map[string]string{"charset": "utf-8", "method": "REPLY"}},
		},
		{
			name: "comments",
			in:   `Content-Type: text/calendar (a \) ; method=x (nested)) ; method=REPLY (b; method=y)`,
			want: mime.Part{MediaType: "text/calendar", Method: "REPLY", Params: map[string]string{"method": "REPLY"}},
		},
		{
			name: "unclosed comment and quote",
			in:   "Content-Type: text/calendar; method=REPLY; name=\"a.ics (x",
			want: mime.Part{MediaType: "text/calendar", Method: "REPLY", Filename: "a.ics (x",
				Params: map[string]string{"method": "REPLY", "name": "a.ics (x"}},
		},
		{
			name: "escapes in quotes",
			in:   `Content-Type: text/calendar; method=REPLY; name="a \"b\" \\ c.ics"`,
			want: mime.Part{MediaType: "text/calendar", Method: "REPLY", Filename: `a "b" \ c.ics`,
				Params: map[string]string{"method": "REPLY", "name": `a "b" \ c.ics`}},
		},
		{
			name:     "duplicate parameters",
			in:       "Content-Type: text/calendar; method=REPLY; method=REPLY; Method=COUNTER",
			want:     mime.Part{MediaType: "text/calendar", Method: "REPLY", Params: map[string]string{"method": "REPLY"}},
			problems: []string{`header: Content-Type has parameter "method" twice: the first counts`},
		},
		{
			name: "text that is not a parameter",
			in:   "Content-Type: text/calendar; reply; =x; method=REPLY; end",
			want: mime.Part{MediaType: "text/calendar", Method: "REPLY", Params: map[string]string{"method": "REPLY"}},
			problems: []string{
				`header: Content-Type: "reply" is not a parameter: skipped`,
				`header: Content-Type: "=" is not a parameter: skipped`,
				`header: Content-Type: "x" is not a parameter: skipped`,
				`header: Content-Type: "end" is not a parameter: skipped`,
			},
		},
		{
			name: "two of the same field",
			in:   "Content-Type: text/calendar; method=REPLY\nContent-Type: text/plain",
			want: mime.Part{MediaType: "text/calendar", Method: "REPLY", Params: map[string]string{"method": "REPLY"}},
			problems: []string{
				"header: Content-Type is there twice: the first counts",
			},
		},
		{
			name: "RFC 2231 continuations out of order",
			in: "Content-Type: text/calendar; name*1*=%2D%E4; name*0*=iso-8859-1'de'Gespr;\n" +
				" name*2=\"ch%20.ics\"; name=plain.ics",
			want: mime.Part{MediaType: "text/calendar", Filename: "Gespr-äch%20.ics",
				Params: map[string]string{"name": "Gespr-äch%20.ics"}},
		},
		{
			name: "RFC 2231 on one piece",
			in:   "Content-Type: text/calendar\nContent-Disposition: ATTACHMENT; filename=x; filename*=UTF-8''%c3%a4%2G.ics%0D%0AX%",
			want: mime.Part{MediaType: "text/calendar", Filename: "ä%2G.ics  X%", Disposition: "attachment"},
		},
		{
			name: "RFC 2231 with gaps and repeats",
			in:   "Content-Type: text/calendar; name*1=a; name*2=.ics; name*4=b; x*0=1; x*0=2; y*z=3; name*99999=c",
			want: mime.Part{MediaType: "text/calendar", Filename: "a.ics",
				Params: map[string]string{"name": "a.ics", "x": "1", "y*z": "3", "name*99999": "c"}},
			problems: []string{
				`header: Content-Type: parameter "name" has a gap or a repeat: cut`,
				`header: Content-Type: parameter "x" has a gap or a repeat: cut`,
			},
		},
		{
			name: "RFC 2231 in an unknown charset",
			in:   "Content-Type: text/calendar; name*=x-none''a%E4.ics",
			want: mime.Part{MediaType: "text/calendar", Filename: "a\uFFFD.ics",
				Params: map[string]string{"name": "a\uFFFD.ics"}},
			problems: []string{`header: Content-Type: parameter "name": unknown charset "x-none": read as UTF-8`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := readString(t, "From: bob@example.test\n"+test.in+"\n\n"+answer)
			test.want.Data = []byte(answer)
			if diff := cmp.Diff([]mime.Part{test.want}, m.Calendars); diff != "" {
				t.Errorf("calendars (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.problems, m.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReadContent reads the content of a calendar through transfer encodings
// and character sets.
func TestReadContent(t *testing.T) {
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	tests := []struct {
		name, encoding, charset, in, want string
		problems                          []string
	}{
		{name: "identity", encoding: "8BIT", charset: "utf-8", in: "Grüße\r\n", want: "Grüße\r\n"},
		{name: "encoding with a comment", encoding: `(this is) "Base64" (really);`, in: encode("ab"), want: "ab"},
		{name: "unknown encoding", encoding: "x-uuencode", in: "ab=20", want: "ab=20",
			problems: []string{`part 0 (text/calendar): unknown transfer encoding "x-uuencode": taken as it is`}},

		{name: "base64 with white space", encoding: "base64", in: " QUJD \n\tREVG \n\n", want: "ABCDEF"},
		{name: "base64 without padding", encoding: "base64", in: "QUJDRA", want: "ABCD",
			problems: []string{"part 0 (text/calendar): damaged base64: it breaks off"}},
		{name: "base64 short by one", encoding: "base64", in: "QUJDREU", want: "ABCDE",
			problems: []string{"part 0 (text/calendar): damaged base64: it breaks off"}},
		{name: "base64 with one too many", encoding: "base64", in: "QUJDR=", want: "ABC",
			problems: []string{"part 0 (text/calendar): damaged base64: it breaks off"}},
		{name: "base64 with junk", encoding: "base64", in: "QU*JDREVG\nR0hJ", want: "ABCDEFGHI",
			problems: []string{"part 0 (text/calendar): damaged base64: foreign characters skipped"}},
		{name: "base64 with data after padding", encoding: "base64", in: "QUJDRA==\nQUJD", want: "ABCD",
			problems: []string{"part 0 (text/calendar): damaged base64: text after its end ignored"}},
		{name: "base64 with a footer", encoding: "base64", in: "QUJD\n____\nto leave this list\n", want: "ABC",
			problems: []string{"part 0 (text/calendar): damaged base64: text after its end ignored"}},
		{name: "no base64", encoding: "base64", in: "!!!", want: "",
			problems: []string{"part 0 (text/calendar): damaged base64: foreign characters skipped"}},

		{name: "quoted-printable", encoding: "Quoted-Printable", charset: "utf-8",
			in: "Gr=C3=bc=C3=9Fe=20 \t\r\nsoft=  \r\n line\nend=", want: "Grüße \r\nsoft line\nend"},
		{name: "damaged quoted-printable", encoding: "quoted-printable", in: "a=b=4\n=3D=ZZ", want: "a=b=4\n==ZZ",
			problems: []string{"part 0 (text/calendar): damaged quoted-printable: invalid escapes kept"}},

		{name: "byte order mark", charset: "utf-8", in: "\uFEFFab", want: "ab"},
		{name: "byte order mark, no charset", in: "\uFEFFab", want: "ab"},
		{name: "UTF-8 declared as ASCII", charset: "US-ASCII", in: "ü", want: "ü"},
		{name: "invalid UTF-8", charset: "UTF-8", in: "a\xFCb", want: "a\uFFFDb",
			problems: []string{"part 0 (text/calendar): bytes that are not UTF-8: replaced"}},
		{name: "Latin-1", charset: "iso-8859-1", in: "a\xFCb", want: "aüb"},
		{name: "Latin-1 not declared", in: "a\xFCb", want: "aüb",
			problems: []string{"part 0 (text/calendar): no charset and not UTF-8: read as windows-1252"}},
		{name: "Shift JIS", charset: "Shift_JIS", in: "\x93\xFA\x96\x7B", want: "日本"},
		{name: "ISO-2022-JP", charset: "iso-2022-jp", in: "\x1B$BF|K\\\x1B(B", want: "日本"},
		{name: "code page 850, which browsers do not know", charset: "IBM850", in: "\x81", want: "ü"},
		{name: "HZ, which browsers refuse", charset: "hz-gb-2312", in: "~{<:Ky2;S{~}", want: "己所不欲"},
		{name: "UTF-16 with a mark", encoding: "base64", charset: "utf-16", in: encode("\xFE\xFF\x00a\x00\xFC"), want: "aü"},
		{name: "UTF-16 without a mark", encoding: "base64", charset: "utf-16le", in: encode("a\x00\xFC\x00"), want: "aü"},
		{name: "unknown charset", charset: "x-klingon", in: "\uFEFFa\xFCb", want: "a\uFFFDb",
			problems: []string{`part 0 (text/calendar): unknown charset "x-klingon": read as UTF-8`}},
		{name: "known and unsupported charset", charset: "utf-7", in: "a+APw-b", want: "a+APw-b",
			problems: []string{`part 0 (text/calendar): unknown charset "utf-7": read as UTF-8`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			header := "From: bob@example.test\nContent-Type: text/calendar; charset=\"" + test.charset + "\"\n"
			if test.encoding != "" {
				header += "Content-Transfer-Encoding: " + test.encoding + "\n"
			}
			m := readString(t, header+"\n"+test.in)
			want := []mime.Part{{
				MediaType: "text/calendar", Charset: strings.ToLower(test.charset),
				Params: map[string]string{"charset": test.charset}, Data: []byte(test.want),
			}}
			if diff := cmp.Diff(want, m.Calendars); diff != "" {
				t.Errorf("calendars (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.problems, m.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
