package invite_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// pinned is the clock of all tests.
func pinned() time.Time { return time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC) }

// fixed are the options that leave nothing to chance.
func fixed(change ...func(*invite.Options)) *invite.Options {
	o := &invite.Options{Now: pinned, NewID: func() string { return "id-1" }, Random: invitetest.Random(0)}
	for _, f := range change {
		f(o)
	}
	return o
}

// review is a meeting with an organizer and two attendees.
func review() ical.Event {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	return ical.Event{
		UID: "uid-1", Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.test"},
		Attendees: []ical.Attendee{
			{Name: "Bob Example", Email: "bob@example.test"},
			{Name: "Zoë Ångström", Email: "zoe@example.test"},
		},
	}
}

// vary returns a review that change was applied to.
func vary(change func(e *ical.Event)) ical.Event {
	e := review()
	change(&e)
	return e
}

// recorder is a Sender that keeps every mail, also a mail that fails. It is safe
// for concurrent use.
type recorder struct {
	mu    sync.Mutex
	mails []*invite.Message
	// fail returns the error of the n-th mail since take, counted from 1. No mail
	// fails if it is nil.
	fail   func(n int, m *invite.Message) error
	minute int // of the clock of client
}

var _ invite.Sender = (*recorder)(nil)

func (r *recorder) Send(_ context.Context, m *invite.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mails = append(r.mails, m)
	if r.fail != nil {
		return r.fail(len(r.mails), m)
	}
	return nil
}

// nowhere is a Sender that takes every mail and keeps none.
var nowhere = invite.SenderFunc(func(context.Context, *invite.Message) error { return nil })

// failures fails the first mails with errs, in their order. A nil error lets a
// mail through.
func failures(errs ...error) func(n int, m *invite.Message) error {
	return func(n int, _ *invite.Message) error {
		if n > len(errs) {
			return nil
		}
		return errs[n-1]
	}
}

// take returns the recipients of each mail so far, and forgets the mails and the
// failures.
func (r *recorder) take() []string {
	var out []string
	for _, m := range r.mails {
		out = append(out, strings.Join(m.To, " "))
	}
	r.mails, r.fail = nil, nil
	return out
}

// outbox returns each mail so far as "ann Updated", and forgets the mails and the
// failures.
func (r *recorder) outbox(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, m := range r.mails {
		kind, _, _ := strings.Cut(parseMail(t, m.Data).header.Get("Subject"), ":")
		for _, to := range m.To {
			name, _, _ := strings.Cut(to, "@")
			out = append(out, name+" "+kind)
		}
	}
	r.take()
	return out
}

// client returns a client that sends through r. Its clock goes on by a minute
// whenever it is read.
func (r *recorder) client(opts ...func(*invite.Options)) *invite.Client {
	o := fixed(opts...)
	o.Now = func() time.Time {
		r.minute++
		return pinned().Add(time.Duration(r.minute) * time.Minute)
	}
	return invite.New(r, o)
}

// send sends e with pinned options and returns the mails.
func send(t testing.TB, e ical.Event, opts ...invite.SendOption) []*invite.Message {
	t.Helper()
	r := new(recorder)
	if _, err := invite.New(r, fixed()).Send(context.Background(), e, opts...); err != nil {
		t.Fatalf("Send: %v", err)
	}
	return r.mails
}

// readEvent reads a file of testdata/events.
func readEvent(t testing.TB, name string) ical.Event {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "events", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var e ical.Event
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// leaf is a part that is no multipart.
type leaf struct {
	mediaType, disposition string
	params                 map[string]string
	data                   []byte
}

// parsed is a mail as the standard library reads it.
type parsed struct {
	header mail.Header
	fields []string // the names, in their order
	tree   string   // as "mixed(alternative(text/plain text/html) application/ics)"
	leaves []leaf
}

func parseMail(t testing.TB, data []byte) *parsed {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("net/mail: %v", err)
	}
	p := &parsed{header: m.Header}
	head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if line[0] != ' ' && line[0] != '\t' {
			name, _, _ := strings.Cut(line, ":")
			p.fields = append(p.fields, name)
		}
	}
	p.tree = p.walk(t, m.Header.Get, m.Body)
	return p
}

func (p *parsed) walk(t testing.TB, get func(string) string, body io.Reader) string {
	t.Helper()
	mediaType, params, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		t.Fatalf("Content-Type: %v", err)
	}
	sub, ok := strings.CutPrefix(mediaType, "multipart/")
	if !ok {
		p.leaves = append(p.leaves, leaf{mediaType, get("Content-Disposition"), params, decodeBody(t, get, body)})
		return mediaType
	}
	var parts []string
	for r := multipart.NewReader(body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return sub + "(" + strings.Join(parts, " ") + ")"
		}
		if err != nil {
			t.Fatalf("multipart: %v", err)
		}
		parts = append(parts, p.walk(t, part.Header.Get, part))
	}
}

func decodeBody(t testing.TB, get func(string) string, body io.Reader) []byte {
	t.Helper()
	switch encoding := strings.ToLower(get("Content-Transfer-Encoding")); encoding {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "7bit", "":
	default:
		t.Fatalf("Content-Transfer-Encoding: %s", encoding)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("body: %v", err)
	}
	return data
}

// of returns the leaves of a media type.
func (p *parsed) of(mediaType string) []leaf {
	var out []leaf
	for _, l := range p.leaves {
		if l.mediaType == mediaType {
			out = append(out, l)
		}
	}
	return out
}

// calendar returns the bytes of the only text/calendar part.
func (p *parsed) calendar(t testing.TB) []byte {
	t.Helper()
	list := p.of("text/calendar")
	if len(list) != 1 {
		t.Fatalf("%d text/calendar parts, want 1", len(list))
	}
	return list[0].data
}

// to returns the decoded To field.
func (p *parsed) to(t testing.TB) []*mail.Address {
	t.Helper()
	list, err := p.header.AddressList("To")
	if err != nil {
		t.Fatalf("To: %v", err)
	}
	return list
}

// unfold returns the content lines of a calendar object.
func unfold(data []byte) []string {
	text := strings.ReplaceAll(string(data), "\r\n ", "")
	return strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
}

// shape is a content line without its values: "ATTENDEE;CN;ROLE".
func shape(line string) string {
	var out []byte
	quoted, value := false, false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ':':
			return string(out)
		case c == ';':
			out, value = append(out, c), false
		case c == '=':
			value = true
		case !value:
			out = append(out, c)
		}
	}
	return string(out)
}

func shapes(data []byte) []string {
	var out []string
	for _, line := range unfold(data) {
		out = append(out, shape(line))
	}
	return out
}
