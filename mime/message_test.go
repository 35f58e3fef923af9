package mime_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

func TestValidate(t *testing.T) {
	tests := []struct {
		name   string
		change func(m *mime.Message)
		want   string
	}{
		{"good", func(*mime.Message) {}, ""},
		{"null reverse path", func(m *mime.Message) { m.From = "" }, ""},
		{"UTF-8", func(m *mime.Message) { m.To[0] = "jörg@bücher.example" }, ""},
		{"quoted", func(m *mime.Message) { m.To[0] = `"a\"b"@[127.0.0.1]` }, ""},
		{"8-bit", func(m *mime.Message) { m.Data = []byte("Subject: é\r\n") }, ""},
		{"no last line end", func(m *mime.Message) { m.Data = []byte("A: b\r\n\r\nno end") }, ""},
		{"longest line", func(m *mime.Message) { m.Data = []byte("A:" + strings.Repeat("x", 996) + "\r\n") }, ""},
		{"zero", func(m *mime.Message) { *m = mime.Message{} }, "mime: To: no recipients; Data: empty"},
		{"no recipients", func(m *mime.Message) { m.To = nil }, "mime: To: no recipients"},
		{"empty recipient", func(m *mime.Message) { m.To = []string{""} }, "mime: To[0]: no @"},
		{"bad UTF-8", func(m *mime.Message) { m.From = "x\xff@example.com" }, "mime: From: character U+FFFD at octet 1 is not allowed"},
		{"all fields", func(m *mime.Message) { m.From, m.To, m.Data = "x", append(m.To, "x\r\n@example.com", "<"), nil },
			"mime: From: no @; To[1]: character U+000D at octet 1 is not allowed; To[2]: character U+003C at octet 0 is not allowed; Data: empty"},
		{"NUL in address", func(m *mime.Message) { m.To[0] = "x\x00@example.com" }, "mime: To[0]: character U+0000 at octet 1 is not allowed"},
		{"local part", func(m *mime.Message) { m.From = `"a\"@example.com` }, "mime: From: malformed local part"},
		{"quote", func(m *mime.Message) { m.From = `"a"b"@example.com` }, "mime: From: malformed local part"},
		{"domain", func(m *mime.Message) { m.From = "a@b..c" }, "mime: From: malformed domain"},
		{"long", func(m *mime.Message) { m.From = strings.Repeat("x", 250) + "@example.com" }, "mime: From: longer than 254 octets"},
		{"no header", func(m *mime.Message) { m.Data = []byte("\r\nhello\r\n") }, "mime: Data: line 1: not a header field"},
		{"text", func(m *mime.Message) { m.Data = []byte("hello you: but later\r\n") }, "mime: Data: line 1: not a header field"},
		{"mbox", func(m *mime.Message) { m.Data = []byte("From ann@example.com\r\nSubject: x\r\n") }, "mime: Data: line 1: not a header field"},
		{"no name", func(m *mime.Message) { m.Data = []byte(": x\r\n") }, "mime: Data: line 1: not a header field"},
		{"LF", func(m *mime.Message) { m.Data = []byte("A: b\n") }, "mime: Data: line 1: LF without CR"},
		{"LF in a line", func(m *mime.Message) { m.Data = []byte("A: b\nB: c\r\n") }, "mime: Data: line 1: LF without CR"},
		{"long last line", func(m *mime.Message) { m.Data = []byte("A: b\r\n" + strings.Repeat("x", 999)) }, "mime: Data: line 2: longer than 998 octets"},
		{"CR", func(m *mime.Message) { m.Data = []byte("A: b\r\nb\rc\r\n") }, "mime: Data: line 2: CR without LF"},
		{"last CR", func(m *mime.Message) { m.Data = []byte("A: b\r\nb\r") }, "mime: Data: line 2: CR without LF"},
		{"NUL", func(m *mime.Message) { m.Data = []byte("A: \x00\r\n") }, "mime: Data: line 1: NUL"},
		{"long line", func(m *mime.Message) { m.Data = []byte("A:" + strings.Repeat("x", 997)) }, "mime: Data: line 1: longer than 998 octets"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &mime.Message{From: "ann@example.com", To: []string{"bob@example.com"}, Data: []byte("Subject: x\r\n\r\nx\r\n")}
			tt.change(m)
			err, got := m.Validate(), ""
			if err != nil {
				got = err.Error()
				var fe *mime.FieldError
				if !errors.As(err, &fe) || !fe.Refused() {
					t.Errorf("Validate = %v, want a *FieldError that is Refused", err)
				}
			}
			if got != tt.want {
				t.Errorf("Validate = %q, want %q", got, tt.want)
			}
		})
	}
	if err := (*mime.Message)(nil).Validate(); err == nil || err.Error() != "mime: Message: is nil" {
		t.Errorf("Validate of nil = %v, want mime: Message: is nil", err)
	}
}

// TestBuiltIsValid checks that mails made by Build pass Validate.
func TestBuiltIsValid(t *testing.T) {
	m, err := mime.Build(invitation())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Errorf("Validate = %v, want nil", err)
	}
}

func TestRecipients(t *testing.T) {
	many := make([]string, 102)
	for i := range many {
		many[i] = fmt.Sprintf("p%d@x.example", i)
	}
	for _, tt := range []struct {
		name string
		in   *mime.Message
		want string
	}{
		{"nil", nil, ""},
		{"none", new(mime.Message), ""},
		{"one", &mime.Message{To: many[:1]}, "p0@x.example"},
		{"five", &mime.Message{To: many[:5]}, "p0@x.example, p1@x.example, p2@x.example, p3@x.example, p4@x.example"},
		{"many", &mime.Message{To: many}, "p0@x.example, p1@x.example, p2@x.example, p3@x.example, p4@x.example and 97 more"},
		{"hostile", &mime.Message{To: []string{"a\r\nb\x1b[31m\u202e\xff@é.example"}}, "a??b?[31m??@é.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.in.Recipients(); got != tt.want {
				t.Errorf("Recipients = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMessageUID(t *testing.T) {
	const begin, end = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n", "END:VCALENDAR\r\n"
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "BEGIN:VEVENT\r\nUID:a@example.com\r\nEND:VEVENT\r\n", "a@example.com"},
		{"first", "BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:b\r\nEND:VEVENT\r\n", "a"},
		{"first has none", "BEGIN:VEVENT\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:b\r\nEND:VEVENT\r\n", ""},
		{"folded", "BEGIN:VEVENT\r\nSUMMARY:x\r\n UID:no\r\nU\r\n ID:ab\r\n\tcd\r\n ef\r\nEND:VEVENT\r\n", "abcdef"},
		{"lower case", "begin:vevent\r\nuid:a\r\nend:vevent\r\n", "a"},
		{"parameter", "BEGIN:VEVENT\r\nUID;X-A=\"b:c\";X-B=d:a:b\r\nEND:VEVENT\r\n", "a:b"},
		{"escapes", "BEGIN:VEVENT\r\nUID: a\\,b\\;c\\\\nd \r\nEND:VEVENT\r\n", `a,b;c\nd`},
		{"of another component", "BEGIN:VTIMEZONE\r\nUID:z\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nBEGIN:VALARM\r\nUID:alarm\r\nEND:VALARM\r\nUID:a\r\nEND:VEVENT\r\n", "a"},
		{"no VEVENT", "BEGIN:VFREEBUSY\r\nUID:a\r\nEND:VFREEBUSY\r\n", ""},
		{"no colon", "BEGIN:VEVENT\r\nUID\r\nEND:VEVENT\r\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := vary(func(d *mime.Draft) { d.Calendar, d.Method = []byte(begin+tt.in+end), "REQUEST" })
			m, err := mime.Build(d)
			if err != nil {
				t.Fatal(err)
			}
			if m.UID != tt.want || m.Method != "REQUEST" {
				t.Errorf("Build: UID %q, Method %q, want %q and REQUEST", m.UID, m.Method, tt.want)
			}
		})
	}
}

// TestBatchUID has each mail of a Batch carry the UID of its own object, and a
// mail without one carry none.
func TestBatchUID(t *testing.T) {
	object := func(uid string) []byte {
		if uid == "" {
			return nil
		}
		return []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	}
	b := new(mime.Batch)
	var mails []*mime.Message
	uids := []string{"a", "a", "", "b", "", "b", "a"}
	for _, uid := range uids {
		calendar := object(uid)
		m, err := b.Build(vary(func(d *mime.Draft) {
			d.Calendar, d.Method = calendar, ""
			if uid != "" {
				d.Method = "REQUEST"
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, m)
		clear(calendar) // a message keeps nothing of the draft
	}
	var got []string
	for _, m := range mails {
		got = append(got, m.UID)
		if (m.Method == "REQUEST") != (m.UID != "") {
			t.Errorf("Batch: UID %q has Method %q", m.UID, m.Method)
		}
	}
	if diff := cmp.Diff(uids, got); diff != "" {
		t.Errorf("Batch: UIDs (-want +got):\n%s", diff)
	}
}
