package mime_test

import (
	"bytes"
	"errors"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

func TestBuildRefuses(t *testing.T) {
	long := strings.Repeat("x", 1000)
	file := func(name, mediaType, id string) []mime.File {
		return []mime.File{{Name: name, MediaType: mediaType, ContentID: id}}
	}
	field := func(name, value string) func(d *mime.Draft) {
		return func(d *mime.Draft) { d.Header = []mime.Field{{Name: name, Value: value}} }
	}
	calendar := func(old, new string) func(d *mime.Draft) {
		return func(d *mime.Draft) { d.Calendar = bytes.Replace(d.Calendar, []byte(old), []byte(new), 1) }
	}
	tests := []struct {
		name   string
		change func(d *mime.Draft)
		want   string // the error, which starts with the field
	}{
		{"no recipient", func(d *mime.Draft) { d.To = nil }, "To: no recipient"},
		{"no from", func(d *mime.Draft) { d.From.Address = "" }, "From.Address: is empty"},
		{"no date", func(d *mime.Draft) { d.Date = time.Time{} }, "Date: is not set"},
		{"far date", func(d *mime.Draft) { d.Date = d.Date.AddDate(9000, 0, 0) }, "Date: year 11027"},
		{"no text", func(d *mime.Draft) { d.Text = "" }, "Text: is empty"},
		{"blank text", func(d *mime.Draft) { d.Text = " \r\n" }, "Text: is empty"},
		{"BOM in text", func(d *mime.Draft) { d.Text = "\ufeffa" }, "Text: starts with a byte order mark"},
		{"form feed", func(d *mime.Draft) { d.HTML = "a\fb" }, "HTML: control character U+000C at octet 1"},
		{"half a rune", func(d *mime.Draft) { d.Text = "é"[:1] }, "Text: invalid UTF-8"},
		{"id without @", func(d *mime.Draft) { d.MessageID = "a" }, "MessageID: is not left@right"},
		{"id with two @", func(d *mime.Draft) { d.MessageID = "a@b@c" }, "MessageID: is not left@right with"},
		{"id half open", func(d *mime.Draft) { d.MessageID = "<a@b" }, "MessageID: has one angle bracket only"},
		{"long id", func(d *mime.Draft) { d.InReplyTo = long + "@b" }, "InReplyTo: is too long"},
		{"space in id", func(d *mime.Draft) { d.References = []string{"a@b c@d"} }, "References[0]: holds a character"},
		{"no method", func(d *mime.Draft) { d.Method = "" }, "Method: is required"},
		{"lower case method", func(d *mime.Draft) { d.Method = "request" }, `Method: "request" is none of PUBLISH, REQUEST,`},
		{"other method", func(d *mime.Draft) { d.Method = "CANCEL" }, "Method: is CANCEL, but the Calendar says METHOD:REQUEST"},
		{"method without calendar", func(d *mime.Draft) { d.Calendar = nil }, "Method: is set, but there is no Calendar"},
		{"no METHOD", calendar("METHOD:REQUEST\r\n", ""), "Method: the Calendar has 0 METHOD lines"},
		{"two METHODs", calendar("METHOD:", "METHOD:REQUEST\r\nmethod:"), "Method: the Calendar has 2 METHOD lines"},
		{"METHOD too late", calendar("METHOD:REQUEST\r\n", "BEGIN:VEVENT\r\nMETHOD:REQUEST\r\n"), "Method: the Calendar has 0"},
		{"calendar of LF", calendar("Room 4\r\n", "Room 4\n"), "Calendar: line 13 does not end with CRLF"},
		{"calendar of CRCRLF", calendar("Room 4\r\n", "Room 4\r\r\n"), "Calendar: line 13 does not end with CRLF"},
		{"calendar cut", func(d *mime.Draft) { d.Calendar = d.Calendar[:len(d.Calendar)-2] }, "Calendar: line 19 does not"},
		{"calendar with BOM", calendar("BEGIN", "\ufeffBEGIN"), "Calendar: starts with a byte order mark"},
		{"calendar with NUL", calendar("Room", "R\x00m"), "Calendar: control character U+0000 at octet"},
		{"calendar in Latin-1", calendar("Room", "R\xf6m"), "Calendar: invalid UTF-8"},
		{"no calendar", calendar("BEGIN:VCALENDAR", "X-A:B"), "Calendar: does not start with BEGIN:VCALENDAR"},
		{"path", func(d *mime.Draft) { d.Filename = "../a.ics" }, "Filename: holds a path separator"},
		{"name of dots", func(d *mime.Draft) { d.Filename = ".." }, "Filename: consists of dots and spaces"},
		{"dot at the end", func(d *mime.Draft) { d.Filename = "a.exe." }, "Filename: ends with a dot"},
		{"turned name", func(d *mime.Draft) { d.Filename = "a\u202efdp.exe" }, "Filename: holds an invisible character at octet 1"},
		{"name of two lines", func(d *mime.Draft) { d.Filename = "a\u2028b" }, "Filename: holds an invisible character at octet 1"},
		{"long name", func(d *mime.Draft) { d.Filename = long }, "Filename: is longer than 255 octets"},
		{"inline without html", func(d *mime.Draft) { d.HTML, d.Inline = "", file("a", "", "a@b") }, "Inline: there is no HTML"},
		{"inline without id", func(d *mime.Draft) { d.Inline = file("a", "", "") }, "Inline[0].ContentID: is not left@right"},
		{"inline twice", func(d *mime.Draft) { d.Inline = append(file("a", "", "a@b"), file("b", "", "<a@b>")...) }, "Inline[1].ContentID: occurs twice"},
		{"attachment without name", func(d *mime.Draft) { d.Attachments = file("", "", "") }, "Attachments[0].Name: is empty"},
		{"attachment with id", func(d *mime.Draft) { d.Attachments = file("a", "", "a@b") }, "Attachments[0].ContentID: is for Inline only"},
		{"parameter", func(d *mime.Draft) { d.Attachments = file("a", "text/plain; method=X", "") }, `Attachments[0].MediaType: is not "type/subtype"`},
		{"no subtype", func(d *mime.Draft) { d.Attachments = file("a", "text", "") }, `Attachments[0].MediaType: is not "type/subtype"`},
		{"multipart", func(d *mime.Draft) { d.Attachments = file("a", "Multipart/mixed", "") }, "Attachments[0].MediaType: is a composite type"},
		{"message", func(d *mime.Draft) { d.Attachments = file("a", "message/rfc822", "") }, "Attachments[0].MediaType: is a composite type"},
		{"long type", func(d *mime.Draft) { d.Attachments = file("a", "a/"+long, "") }, "Attachments[0].MediaType: is longer than 64 octets"},
		{"no field name", field("", "a"), "Header[0].Name: is empty"},
		{"long field name", field(long, "a"), "Header[0].Name: is empty, or longer"},
		{"space in field name", field("X A", "a"), "Header[0].Name: holds a character other than letters"},
		{"own field", field("from", "a"), "Header[0].Name: from cannot be set here"},
		{"bcc", field("Bcc", "a@example.com"), "Header[0].Name: Bcc cannot be set here"},
		{"content field", field("CONTENT-class", "a"), "Header[0].Name: CONTENT-class cannot be set here"},
		{"resent field", field("Resent-To", "a"), "Header[0].Name: Resent-To cannot be set here"},
		{"no field value", field("X-A", "  "), "Header[0].Value: is empty"},
		{"long field word", field("X-A", "a "+long), "Header[0].Value: holds a word of more than 900 octets"},
		{"tab in field value", field("X-A", "a\tb"), "Header[0].Value: control character U+0009 at octet 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mime.Build(vary(tt.change))
			if err == nil || !strings.HasPrefix(err.Error(), "mime: "+tt.want) {
				t.Fatalf("Build = %v, %v, want %q", m, err, tt.want)
			}
			if fields := errorFields(t, err); len(fields) != 1 {
				t.Errorf("Build: errors in %q, want one", fields)
			}
			var fe *mime.FieldError
			if !errors.As(err, &fe) || !strings.HasPrefix(tt.want, fe.Field+": ") || errors.Unwrap(fe) == nil {
				t.Errorf("Build: error names %q, want %q", fe.Field, tt.want)
			}
		})
	}
}

func TestBuildReportsAll(t *testing.T) {
	bad := mail.Address{Name: "\r", Address: "a b@example.com"}
	d := &mime.Draft{
		From: bad, Sender: &bad, To: []mail.Address{{Address: "a@example.com"}, bad}, Cc: []mail.Address{bad}, ReplyTo: []mail.Address{bad},
		Subject: "\n", MessageID: "<", InReplyTo: "<", References: []string{"a@b", "<"},
		Text: "\x00", HTML: "\x00", Calendar: []byte{0}, Method: "\x00", Filename: "\x00",
		Inline:      []mime.File{{Name: "\x00", MediaType: "\x00", ContentID: "\x00"}},
		Attachments: []mime.File{{Name: "a"}, {Name: "\x00", MediaType: "\x00", ContentID: "\x00"}},
		Header:      []mime.Field{{Name: "A", Value: "a"}, {Name: "\x00", Value: "\x00"}},
	}
	want := []string{
		"From.Name", "From.Address", "Sender.Name", "Sender.Address", "To[1].Name", "To[1].Address", "Cc[0].Name", "Cc[0].Address",
		"ReplyTo[0].Name", "ReplyTo[0].Address", "Subject", "Date", "MessageID", "InReplyTo", "References[1]",
		"Text", "HTML", "Calendar", "Method", "Filename", "Inline[0].Name", "Inline[0].MediaType", "Inline[0].ContentID",
		"Attachments[1].Name", "Attachments[1].MediaType", "Attachments[1].ContentID", "Header[1].Name", "Header[1].Value",
	}
	_, err := mime.Build(d)
	if diff := cmp.Diff(want, errorFields(t, err)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	_, err = mime.Build(nil)
	if diff := cmp.Diff([]string{"From.Address", "To", "Date", "Text"}, errorFields(t, err)); diff != "" {
		t.Errorf("fields of a nil draft (-want +got):\n%s", diff)
	}
}

func TestBuildMethods(t *testing.T) {
	for _, method := range []string{"PUBLISH", "REQUEST", "REPLY", "ADD", "CANCEL", "REFRESH", "COUNTER", "DECLINECOUNTER"} {
		m, err := mime.Build(vary(func(d *mime.Draft) { d.Method, d.Calendar = method, ics(method) }))
		if err != nil {
			t.Errorf("Build(%s): %v", method, err)
		} else if !strings.Contains(string(m.Data), "\r\nContent-Type: text/calendar; charset=utf-8; method="+method+"\r\n") {
			t.Errorf("Build(%s): no such parameter in\n%s", method, m.Data)
		}
	}
	for _, line := range []string{"METH\r\n OD:REQ\r\n\tUEST\r\n", "METHOD;X-A=B:REQUEST\r\n", "Method:REQUEST\r\n"} {
		_, err := mime.Build(vary(func(d *mime.Draft) {
			d.Calendar = bytes.Replace(d.Calendar, []byte("METHOD:REQUEST\r\n"), []byte(line), 1)
		}))
		if err != nil {
			t.Errorf("Build with %q: %v", line, err)
		}
	}
}

func TestBuildAddresses(t *testing.T) {
	label := strings.Repeat("d", 63)
	tests := []struct{ name, in, want string }{
		{"plain", "ada@example.com", "ada@example.com"},
		{"atext", "a!#$%&'*+-/=?^_`{|}~z@example.com", "a!#$%&'*+-/=?^_`{|}~z@example.com"},
		{"dots", "a.b.c@example.com", "a.b.c@example.com"},
		{"upper case", "Ada@Example.COM", "Ada@Example.COM"},
		{"quoted-string", `"a,b@c;\"d\\"@example.com`, `"a,b@c;\"d\\"@example.com`},
		{"one label", "ada@localhost", "ada@localhost"},
		{"umlaut", "ada@Bücher.example", "ada@xn--bcher-kva.example"},
		{"ideographic stop", "ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"},
		{"right to left", "ada@דוגמה.example", "ada@xn--6dbbec0c.example"},
		{"A-label", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"},
		{"longest local part", strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com"},
		{"longest", strings.Repeat("a", 62) + "@" + label + "." + label + "." + label, strings.Repeat("a", 62) + "@" + label + "." + label + "." + label},
		{"too long", strings.Repeat("a", 63) + "@" + label + "." + label + "." + label, ""},
		{"local part too long", strings.Repeat("a", 65) + "@example.com", ""},
		{"label too long", "a@" + label + "d.com", ""},
		{"no @", "ada", ""},
		{"no local part", "@example.com", ""},
		{"no domain", "ada@", ""},
		{"first dot", ".a@example.com", ""},
		{"last dot", "a.@example.com", ""},
		{"two dots", "a..b@example.com", ""},
		{"two @", "a@b@example.com", ""},
		{"domain dot", "a@example.com.", ""},
		{"domain hyphen", "a@-example.com", ""},
		{"underscore", "a@ex_ample.com", "a@ex_ample.com"},
		{"literal", "a@[192.0.2.1]", ""},
		{"SMTPUTF8", "ädä@example.com", ""},
		{"space", "a b@example.com", ""},
		{"quoted space", `"a b"@example.com`, ""},
		{"quoted bracket", `"a>b"@example.com`, ""},
		{"empty quoted-string", `""@example.com`, ""},
		{"open quote", `"a"b"@example.com`, ""},
		{"escaped end", `"a\"@example.com`, ""},
		{"two addresses", "a@example.com,b@example.com", ""},
		{"angle brackets", "<a@example.com>", ""},
		{"bad script", "a@exa\u2028mple.com", ""},
		{"parameter", "a@example.com> SIZE=1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mime.Build(vary(func(d *mime.Draft) {
				d.From = mail.Address{Address: tt.in}
				d.To = []mail.Address{{Address: tt.in}}
			}))
			if tt.want == "" {
				if err == nil {
					t.Fatalf("Build from %q: no error", tt.in)
				}
				if diff := cmp.Diff([]string{"From.Address", "To[0].Address"}, errorFields(t, err)); diff != "" {
					t.Errorf("fields (-want +got):\n%s", diff)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkWire(t, m)
			h, _, err := parse(m.Data)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.Get("To"); m.From != tt.want || !cmp.Equal(m.To, []string{tt.want}) || got != "<"+tt.want+">" {
				t.Errorf("Build from %q: from %q, to %q, To: %s, want %q", tt.in, m.From, m.To, got, tt.want)
			}
		})
	}
	_, err := mime.Build(vary(func(d *mime.Draft) { d.To[0].Address = "jürgen@example.com" }))
	if err == nil || !strings.Contains(err.Error(), "needs SMTPUTF8 (RFC 6531), which invitations do not use") {
		t.Errorf("Build to jürgen@example.com: %v", err)
	}
}

// TestValidateAlone checks a file and a field by themselves. The errors have the paths of
// their own fields.
func TestValidateAlone(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"file", (&mime.File{Name: "a.txt", MediaType: "text/plain"}).Validate(), ""},
		{"bad file", (&mime.File{Name: "a/b", MediaType: "text"}).Validate(), `mime: Name: holds a path separator; MediaType: is not "type/subtype" without parameters`},
		{"field", (&mime.Field{Name: "X-A", Value: "b"}).Validate(), ""},
		{"bad field", (&mime.Field{Name: "To", Value: "a\r\nb"}).Validate(), "mime: Name: To cannot be set here; Value: control character U+000D at octet 1"},
	}
	for _, tt := range tests {
		got := ""
		if tt.err != nil {
			got = tt.err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
