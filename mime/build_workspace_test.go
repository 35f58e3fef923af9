package mime

import (
	"bytes"
	"net/mail"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

// secretDraft returns a draft in which every string and octet slice contains the
// word.
func secretDraft(word string) *Draft {
	at := func(name string) mail.Address {
		return mail.Address{Name: name + " " + word, Address: name + "." + word + "@" + word + ".example"}
	}
	sender := at("sender")
	return &Draft{
		From: at("from"), Sender: &sender, To: []mail.Address{at("to")}, Cc: []mail.Address{at("cc")}, ReplyTo: []mail.Address{at("reply")},
		Subject: word + " subject", Date: time.Date(2027, time.March, 1, 9, 30, 0, 0, time.UTC),
		MessageID: word + "@example.com", InReplyTo: "<" + word + "@a>", References: []string{"<" + word + "@b>"},
		Text: word + " text\n" + word, HTML: "<p>" + word + "</p>", Method: "REQUEST",
		Calendar: []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:" + word + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
		Header:   []Field{{Name: "X-" + word, Value: word}},
	}
}

// secretChanges make drafts of all layouts, and drafts that are refused.
var secretChanges = []struct {
	name    string
	change  func(d *Draft, word string)
	generic bool // a frame may stay
}{
	{"all", func(*Draft, string) {}, true},
	{"large", func(d *Draft, word string) {
		d.Text, d.HTML = strings.Repeat(word+"\n", 2000), strings.Repeat("<p>"+word+"</p>\n", 2000)
		d.Calendar = bytes.Replace(d.Calendar, []byte("UID:"), []byte(strings.Repeat("X-A:"+word+"\r\n", 500)+"UID:"), 1)
	}, true},
	{"text", func(d *Draft, _ string) { d.HTML, d.Calendar, d.Method = "", nil, "" }, true},
	{"no HTML", func(d *Draft, _ string) { d.HTML = "" }, true},
	{"no attachment", func(d *Draft, _ string) { d.NoAttachment = true }, true},
	{"file name", func(d *Draft, word string) { d.Filename = word + ".ics" }, false},
	{"placeholder as file name", func(d *Draft, word string) { d.Filename = string(placeholders[gapText]) + word }, false},
	{"inline", func(d *Draft, word string) {
		d.Inline = []File{{Name: word, ContentID: word + "@c", MediaType: "image/" + word, Data: []byte(word)}}
	}, false},
	{"attachments", func(d *Draft, word string) {
		d.Attachments = []File{{Name: word, Data: []byte(word)}, {Name: word + "2", MediaType: "text/plain", Data: []byte(word)}}
	}, false},
	{"invalid address", func(d *Draft, word string) { d.To[0].Address = word }, true},
	{"invalid file", func(d *Draft, word string) { d.Attachments = []File{{Name: word + "/"}} }, true},
}

// TestWorkspaceIsWiped builds mails that contain a secret word, and looks for
// traces in everything that can be reached from the workspace afterwards, up to
// the capacity of each slice. A mail without the word must leave the same traces.
func TestWorkspaceIsWiped(t *testing.T) {
	used := workspaces.New().(*workspace) // as the pool uses it: for all mails
	for _, first := range secretChanges {
		for _, second := range secretChanges {
			for _, tt := range []struct {
				name    string
				w       *workspace
				change  func(*Draft, string)
				generic bool
			}{{first.name, used, first.change, first.generic}, {second.name, used, second.change, second.generic}} {
				got := traces(t, tt.w, "Secretzebra", tt.change)
				want := traces(t, workspaces.New().(*workspace), "Other", tt.change)
				if !tt.generic && len(got) > 0 {
					t.Errorf("%s: the workspace keeps %q", tt.name, got)
				}
				for _, s := range got {
					if strings.Contains(strings.ToLower(s), "secretzebra") {
						t.Errorf("%s: the workspace keeps %q", tt.name, s)
					}
				}
				if len(want) > 0 && !cmp.Equal(want, got) {
					t.Errorf("%s: traces of the mail (-without the word +with it):\n%s", tt.name, cmp.Diff(want, got))
				}
			}
		}
	}
}

// TestWorkspaceMethod checks that the frame in a workspace does not keep alive
// the string from which the draft's method was cut.
func TestWorkspaceMethod(t *testing.T) {
	d := secretDraft("a")
	d.Method = ("REQUEST" + strings.Repeat("x", 1000))[:len("REQUEST")]
	w := workspaces.New().(*workspace)
	buildIn(w, d)
	w.wipe()
	if w.frame.method != "REQUEST" || unsafe.StringData(w.frame.method) == unsafe.StringData(d.Method) {
		t.Errorf("the frame holds the method %q of the draft", w.frame.method)
	}
}

func buildIn(w *workspace, d *Draft) (*Message, error) {
	return w.build(d, content{frame: &w.frame, text: &w.text, html: &w.html, calendar: &w.calendar})
}

// traces returns the strings and octets that w holds after a mail.
func traces(t *testing.T, w *workspace, word string, change func(*Draft, string)) []string {
	t.Helper()
	d := secretDraft(word)
	change(d, word)
	m, err := buildIn(w, d)
	if err == nil && !strings.Contains(string(m.Data), word) {
		t.Fatalf("the mail does not contain %s", word)
	}
	w.wipe()
	var found tracer
	found.walk(reflect.ValueOf(w))
	return found.traces
}

// tracer collects strings and octets that are not empty or zero.
type tracer struct {
	traces []string
	seen   map[uintptr]bool
}

func (f *tracer) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		f.add(v.String())
	case reflect.Interface:
		f.walk(v.Elem())
	case reflect.Pointer:
		f.pointer(v)
	case reflect.Struct:
		for i := range v.NumField() {
			f.walk(v.Field(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			f.walk(it.Key())
			f.walk(it.Value())
		}
	case reflect.Slice, reflect.Array:
		f.list(v)
	}
}

func (f *tracer) pointer(v reflect.Value) {
	if v.IsNil() || f.seen[v.Pointer()] {
		return
	}
	if f.seen == nil {
		f.seen = make(map[uintptr]bool)
	}
	f.seen[v.Pointer()] = true
	f.walk(v.Elem())
}

func (f *tracer) list(v reflect.Value) {
	if v.Kind() == reflect.Slice {
		v = v.Slice(0, v.Cap())
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		if v.Kind() == reflect.Array {
			v = v.Slice(0, v.Len())
		}
		f.add(string(bytes.Trim(v.Bytes(), "\x00")))
		return
	}
	for i := range v.Len() {
		f.walk(v.Index(i))
	}
}

func (f *tracer) add(s string) {
	if s != "" {
		f.traces = append(f.traces, s)
	}
}
