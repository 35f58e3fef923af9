package smtpsend_test

import (
	"fmt"
	"net/mail"
	"reflect"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// ends are the sequences that some server takes for the end of a mail, or that
// become such a sequence when a server mends line ends (SMTP smuggling).
var ends = []string{
	"\n.\n", "\n.\r\n", "\r.\r\n", "\r.\r", "\r\n.\r", "\r\n.\n", "\r\n.\r\n", "\r\r\n.\r\r\n", "\n\n.\n\n", "\r\n..\r\n",
	"\r\n\x00.\r\n", "\r\n.\x00\r\n", "\x00", "\u0085.\u0085", "\u2028.\u2028", "\v.\f", "\r\n.", "\r\n.\r\n.\r\n.\r\n",
}

// smuggled is a second mail, for the server that has seen the end of the first.
const smuggled = "MAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nSubject: forged\r\n\r\nforged\r\n.\r\n"

// eachText calls f for each text and each octets in v.
func eachText(path string, v reflect.Value, f func(path string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.String:
		f(path, v)
	case reflect.Pointer:
		if !v.IsNil() {
			eachText(path, v.Elem(), f)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			f(path, v)
			return
		}
		for i := range v.Len() {
			eachText(fmt.Sprintf("%s[%d]", path, i), v.Index(i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				eachText(path+"."+field.Name, v.Field(i), f)
			}
		}
	}
}

// smuggle calls try once for each text in the value that make returns, and each of
// ends, which then stands in the text with a second mail below it.
func smuggle[T any](t *testing.T, make func() *T, try func(t *testing.T, v *T) error) {
	if err := try(t, make()); err != nil {
		t.Fatalf("the harmless value is not sent: %v", err)
	}
	var paths []string
	eachText("", reflect.ValueOf(make()), func(path string, _ reflect.Value) { paths = append(paths, path) })
	for _, path := range paths {
		sent := 0
		for _, end := range ends {
			for _, tail := range []string{"", "x", smuggled} {
				v := make()
				eachText("", reflect.ValueOf(v), func(p string, v reflect.Value) {
					if p == path {
						text := reflect.ValueOf(fmt.Sprintf("%s", v.Interface()) + end + tail)
						v.Set(text.Convert(v.Type()))
					}
				})
				if err := try(t, v); err == nil {
					sent++
				}
			}
		}
		t.Logf("%-24s %2d of %d are sent", path, sent, 3*len(ends))
	}
}

// clearWire starts a server without TLS, and a sender to it.
func clearWire(t *testing.T, o smtpsend.Options) (*wire, *smtpsend.Sender) {
	t.Helper()
	w := &wire{replies: replies{offered: "8BITMIME,SMTPUTF8,DSN,PIPELINING"}}
	w.start(t)
	o.TLS, o.ConnectionMessages = smtpsend.TLSInsecureNone, 1<<30
	sender, err := smtpsend.New(w.addr, &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sender.Close() })
	return w, sender
}

// checkStream checks what came in since the last call: as many mails as were sent, no
// line end but CRLF, no NUL, one end of data for each mail, and no command that
// mentions the smuggled mail.
func (w *wire) checkStream(t *testing.T, sent int) {
	t.Helper()
	w.locked(func() {
		all, commands := w.plain.String(), strings.Join(w.lines, "\n")
		if rest := strings.ReplaceAll(all, "\r\n", ""); strings.ContainsAny(rest, "\r\n\x00") {
			t.Errorf("a CR or LF alone, or a NUL, is on the wire: %.300q", all)
		}
		if n := strings.Count(all, "\r\n.\r\n"); n != sent || len(w.mails) != sent {
			t.Errorf("%d ends of data and %d mails, want %d", n, len(w.mails), sent)
		}
		if n := strings.Count(commands, "MAIL FROM"); n != sent || strings.Contains(commands, "evil") || strings.Contains(commands, "victim") {
			t.Errorf("the server was told %q, want MAIL %d times and nothing of the smuggled mail", commands, sent)
		}
		w.plain.Reset()
		w.lines, w.mails = nil, nil
	})
}

// texts is an event in which every text has a value.
func texts() *ical.Event {
	e := booking()
	e.UID, e.Description, e.Location, e.Language = "m-1@example.com", "line\nline", "Room 1", "en"
	e.URL, e.Conference = "https://example.com/a", "https://example.com/b"
	e.Categories = []string{"work"}
	e.Organizer.Name = "Room desk"
	e.Attendees = []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}}
	e.Attachments = []ical.Link{{URL: "https://example.com/c", MediaType: "text/plain", Name: "notes.txt"}}
	e.Reminders = []ical.Reminder{{Before: 10 * 60e9}}
	e.Extra = []ical.Property{{Name: "X-ROOM", Value: "blue", Params: map[string][]string{"X-P": {"1"}}}}
	return &e
}

// TestSmugglingOut puts ends of mails into each text of an event, and sends it. Either
// nothing is handed over, or the server gets one mail.
func TestSmugglingOut(t *testing.T) {
	w, sender := clearWire(t, smtpsend.Options{})
	client := invite.New(sender, invitetest.Options(nil))
	smuggle(t, texts, func(t *testing.T, e *ical.Event) error {
		_, err := client.Send(t.Context(), *e)
		return w.checkOne(t, err)
	})
}

// checkOne checks that one mail came in if err is nil, and no octet of one otherwise. It
// returns err.
func (w *wire) checkOne(t *testing.T, err error) error {
	t.Helper()
	sent := 0
	if err == nil {
		sent = 1
	}
	w.checkStream(t, sent)
	return err
}

// TestSmugglingComment does the same with the texts of an update, and of an answer.
func TestSmugglingComment(t *testing.T) {
	w, sender := clearWire(t, smtpsend.Options{})
	client := invite.New(sender, invitetest.Options(nil))
	m, err := client.Send(t.Context(), *texts())
	if err != nil {
		t.Fatal(err)
	}
	request := strings.ReplaceAll(w.got()[0], "\r\n..", "\r\n.")
	in, err := invite.Read(strings.NewReader(request), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.checkStream(t, 1)
	after := m.Event
	after.Summary = "Other"
	type words struct{ Text string }
	fresh := func() *words { return &words{"so"} }
	smuggle(t, fresh, func(t *testing.T, x *words) error {
		_, err := client.Update(t.Context(), m, after, invite.Comment(x.Text))
		return w.checkOne(t, err)
	})
	smuggle(t, fresh, func(t *testing.T, x *words) error {
		return w.checkOne(t, client.Respond(t.Context(), in, invite.Response{As: "ann@example.com", Status: ical.StatusAccepted, Comment: x.Text}))
	})
}

// TestSmugglingDraft does the same with the texts and octets of a draft that a program
// makes by itself.
func TestSmugglingDraft(t *testing.T) {
	w, sender := clearWire(t, smtpsend.Options{DSN: smtpsend.DSN{EnvelopeID: true}})
	smuggle(t, func() *mime.Draft {
		ann := mail.Address{Name: "Ann", Address: "ann@example.com"}
		return &mime.Draft{From: ann, Sender: &ann, To: []mail.Address{ann}, Cc: []mail.Address{{Address: "bob@example.com"}}, Subject: "Hi", Date: booking().Start,
			MessageID: "<1@example.com>", InReplyTo: "<2@example.com>", References: []string{"<3@example.com>"},
			Calendar: []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//b\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:m-1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
			Method:   "REQUEST", Text: "a\nb", HTML: "<p>a</p>", Header: []mime.Field{{Name: "X-A", Value: "b"}},
			Attachments: []mime.File{{Name: "a.txt", MediaType: "text/plain", Data: []byte("a")}},
			Inline:      []mime.File{{Name: "b.png", MediaType: "image/png", ContentID: "c@example.com", Data: []byte("a")}}}
	}, func(t *testing.T, d *mime.Draft) error {
		m, err := mime.Build(d)
		if err == nil {
			err = sender.Send(t.Context(), m)
		}
		return w.checkOne(t, err)
	})
}

// TestSmugglingMessage does the same with messages that a program makes octet by octet.
func TestSmugglingMessage(t *testing.T) {
	for name, o := range map[string]smtpsend.Options{"plain": {}, "DSN": {DSN: smtpsend.DSN{EnvelopeID: true}}} {
		t.Run(name, func(t *testing.T) {
			w, sender := clearWire(t, o)
			smuggle(t, func() *mime.Message { return letter("bob@example.com") }, func(t *testing.T, m *mime.Message) error {
				return w.checkOne(t, sender.Send(t.Context(), m))
			})
		})
	}
}
