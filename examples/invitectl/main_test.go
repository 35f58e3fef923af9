package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

const (
	event = "../../testdata/events/zone.json"
	clock = "2027-02-01T08:00:00Z"
)

// result is the outcome of one command line.
type result struct {
	Code           int
	Stdout, Stderr string
}

func invitectl(args ...string) result {
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// write puts content into a file of its own and returns its path.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// vary returns the JSON of an event in which old is replaced.
func vary(t *testing.T, old, replacement string) string {
	t.Helper()
	data, err := os.ReadFile(event)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s does not hold %q", event, old)
	}
	return write(t, "event.json", strings.Replace(string(data), old, replacement, 1))
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range list {
		out = append(out, f.Name())
	}
	return out
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"--help"}, {"help"}, {"send", "-h"}} {
		got := invitectl(args...)
		if got.Code != 0 || got.Stdout != "" || strings.Count(got.Stderr, "  invitectl ") != len(commands) {
			t.Errorf("invitectl %q = %+v, want 0 and the list of the commands", args, got)
		}
	}
}

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	meeting := filepath.Join(dir, "m.json")
	stored := storedMeeting(t)
	tests := []struct {
		name string
		args []string
		want string // in the first line of standard error
	}{
		{"nothing", nil, "no command"},
		{"unknown command", []string{"sned"}, `unknown command "sned"`},
		{"no file", []string{"lint"}, "lint takes EVENT.json"},
		{"two files", []string{"lint", event, event}, "lint takes EVENT.json"},
		{"no mail", []string{"read"}, "read takes MAIL.eml..."},
		{"unknown flag", []string{"lint", "-x", event}, "lint: flag provided but not defined: -x"},
		{"flag of another command", []string{"read", "-out", dir, event}, "read: flag provided but not defined: -out"},
		{"flag without value", []string{"render", "-out"}, "render: flag needs an argument: -out"},
		{"bad clock", []string{"render", "-now", "noon", "-out", dir, event}, `-now: "noon" is not an RFC 3339 time`},
		{"render without folder", []string{"render", event}, "render needs -out DIR"},
		{"send without meeting", []string{"send", "-smtp", "smtp://127.0.0.1", event}, "send needs -meeting M.json"},
		{"send without server", []string{"send", "-meeting", meeting, event}, "-smtp URL is missing"},
		{"send without server and event", []string{"send", "-meeting", meeting, "missing.json"}, "-smtp URL is missing"},
		{"plan with one file", []string{"plan", meeting}, "plan takes M.json AFTER.json"},
		{"update without event", []string{"update", "-meeting", meeting}, "update takes (-smtp URL | -out DIR) -meeting M.json AFTER.json"},
		{"update without meeting", []string{"update", "-out", dir, event}, "-meeting M.json is missing"},
		{"update without server", []string{"update", "-meeting", stored, event}, "-smtp URL is missing"},
		{"cancel without meeting", []string{"cancel", "-out", dir}, "-meeting M.json is missing"},
		{"cancel with a file", []string{"cancel", "-out", dir, "-meeting", stored, event}, "cancel takes (-smtp URL | -out DIR) -meeting M.json [-occurrence RFC3339 | -from RFC3339] [-comment TEXT]"},
		{"cancel with a bad time", []string{"cancel", "-occurrence", "noon"}, `cancel: invalid value "noon" for flag -occurrence: not an RFC 3339 time`},
		{"cancel one and later", []string{"cancel", "-out", dir, "-meeting", stored, "-occurrence", clock, "-from", clock}, "-occurrence and -from exclude each other"},
		{"answer without meeting", []string{"answer", "-as", "bob@example.test", "-status", "accepted"}, "-meeting M.json is missing"},
		{"answer as nobody", []string{"answer", "-meeting", stored, "-status", "accepted"}, "answer needs -as EMAIL and -status accepted, declined or tentative"},
		{"answer without status", []string{"answer", "-meeting", stored, "-as", "bob@example.test"}, "answer needs -as EMAIL and -status accepted, declined or tentative"},
		{"answer with another status", []string{"answer", "-meeting", stored, "-as", "bob@example.test", "-status", "delegated"}, "answer needs -as EMAIL and -status accepted, declined or tentative"},
		{"resume without meeting", []string{"resume", "-out", dir}, "-meeting M.json is missing"},
		{"send to two places", []string{"send", "-meeting", meeting, "-smtp", "smtp://127.0.0.1", "-out", dir, event}, "-smtp and -out exclude each other"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := invitectl(tt.args...)
			first, list, _ := strings.Cut(got.Stderr, "\n")
			if got.Code != 2 || first != "invitectl: usage: "+tt.want || got.Stdout != "" {
				t.Errorf("invitectl %q = %+v, want 2 and %q", tt.args, got, tt.want)
			}
			if strings.Count(list, "  invitectl ") != len(commands) {
				t.Errorf("usage = %q, want %d commands", list, len(commands))
			}
		})
	}
	if got := files(t, dir); len(got) > 0 {
		t.Errorf("wrote %q", got)
	}
}

func TestLint(t *testing.T) {
	if got := invitectl("lint", "-now", clock, event); got != (result{}) {
		t.Errorf("lint = %+v, want nothing", got)
	}
	got := invitectl("lint", vary(t, `"timeZone": "Europe/Berlin"`, `"uid":"040000008200E0AA","end":"2027-03-02T09:00:00+01:00","timeZone":"Mars","noCounter":true,"attachments":[{"url":"x"}]`))
	var fields []string
	for line := range strings.Lines(got.Stdout) {
		var f map[string]any
		if err := json.Unmarshal([]byte(line), &f); err != nil || len(f) != 6 || f["clients"] == nil || f["text"] == "" || f["source"] == "" {
			t.Errorf("%s: %v, want the six keys of a finding", line, err)
		}
		fields = append(fields, f["severity"].(string)+" "+f["rule"].(string)+" "+f["field"].(string))
	}
	want := []string{"error invalid End", "error invalid TimeZone", "error invalid Attachments[0].URL", "error uid-exchange UID"}
	if diff := cmp.Diff(want, fields); diff != "" || got.Code != 1 || got.Stderr != "" {
		t.Errorf("lint = %d, %q (-want +got):\n%s", got.Code, got.Stderr, diff)
	}
	alone := write(t, "event.json", `{"uid":"u","summary":"Focus","start":"2027-03-02T09:00:00Z","end":"2027-03-02T10:00:00Z",
		"organizer":{"email":"desk@example.test"},"attendees":[{"email":"Desk@example.test","status":"yes"}]}`)
	got = invitectl("lint", "-now", clock, alone)
	first, second, _ := strings.Cut(got.Stdout, "\n")
	if got.Code != 1 || !strings.Contains(first, `"rule":"invalid","severity":"error","field":"Attendees[0].Status"`) || !strings.HasPrefix(second, `{"rule":"organizer-alone","severity":"error","field":"Attendees",`) {
		t.Errorf("lint = %+v, want an error of the status and organizer-alone", got)
	}
	long := invitectl("lint", "-now", clock, vary(t, "Quarterly review", strings.Repeat("<x>", 100)))
	wantLine := `{"rule":"summary-length","severity":"warning","field":"Summary","text":"Outlook cuts a title after 255 characters",`
	if long.Code != 0 || !strings.HasPrefix(long.Stdout, wantLine) {
		t.Errorf("lint = %+v, want a warning alone and 0", long)
	}
}

// TestLintNow: the time of the call decides from which date on the zone of an old
// series must be right.
func TestLintNow(t *testing.T) {
	old := vary(t, `"timeZone": "Europe/Berlin"`, `"start":"2022-03-03T23:30:00+02:00","end":"2022-03-04T00:30:00+02:00",`+
		`"timeZone":"Asia/Jerusalem","recurrence":{"freq":"weekly"}`)
	got := invitectl("lint", "-now", "2027-02-01T09:00:00Z", old)
	const first = "one pair is written; the first occurrence that it puts at another hour is 2030-03-28 23:30"
	if got.Code != 0 || !strings.Contains(got.Stdout, `"field":"TimeZone"`) || !strings.Contains(got.Stdout, first) {
		t.Errorf("lint = %+v, want 0 and %q about TimeZone", got, first)
	}
}

// TestPast is run when the meeting is over.
func TestPast(t *testing.T) {
	const later = "2027-04-01T09:00:00Z"
	dir := filepath.Join(t.TempDir(), "out")
	got := invitectl("lint", "-now", later, event)
	if want := `{"rule":"start-past","severity":"warning","field":"Start",`; got.Code != 0 || !strings.HasPrefix(got.Stdout, want) {
		t.Errorf("lint = %+v, want 0 and %s", got, want)
	}
	got = invitectl("render", "-now", later, "-out", dir, event)
	if want := "lies wholly in the past, so nobody is mailed"; got.Code != 1 || got.Stdout != "" || !strings.Contains(got.Stderr, want) {
		t.Errorf("render = %+v, want 1 and %q", got, want)
	}
	got = invitectl("lint", vary(t, `"timeZone": "Europe/Berlin"`,
		`"start":"0025-05-12T08:35:00Z","end":"0025-05-12T09:35:00Z","timeZone":"UTC"`))
	if want := `{"rule":"start-past","severity":"error","field":"Start",`; got.Code != 1 || !strings.HasPrefix(got.Stdout, want) {
		t.Errorf("lint of the year 25 = %+v, want 1 and %s", got, want)
	}
}

func TestBadEvent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	tests := []struct{ name, path, want string }{
		{"missing", "missing.json", "missing.json: no such file"},
		{"unknown key", vary(t, `"summary"`, `"sumary"`), `unknown field "sumary"`},
		{"unknown key of an attendee", vary(t, `"email": "zoe`, `"mail": "zoe`), `unknown field "mail"`},
		{"not JSON", write(t, "event.json", "BEGIN:VCALENDAR"), "invalid character"},
		{"two events", write(t, "event.json", "{} {}"), "after top-level value"},
		{"bad time", vary(t, "2027-03-02T10:00:00+01:00", "2 March"), "start"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, args := range [][]string{{"lint"}, {"render", "-out", dir}} {
				got := invitectl(append(args, tt.path)...)
				if got.Code != 1 || !strings.Contains(got.Stderr, tt.want) || got.Stdout != "" {
					t.Errorf("%s = %+v, want 1 and %q", args[0], got, tt.want)
				}
			}
		})
	}
	got := invitectl("render", "-out", dir, vary(t, "bob@example.test", "zoe@example.test"))
	if want := "Attendees[1].Email: is the same address"; got.Code != 1 || !strings.Contains(got.Stderr, want) {
		t.Errorf("render = %+v, want 1 and %q", got, want)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused event left %s", dir)
	}
}

func TestRender(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	got := invitectl("render", "-now", clock, "-out", dir, event)
	want := result{0, `{"n":0,"to":"bob@example.test","method":"REQUEST","sequence":0,"action":"invitation","stamp":"2027-02-01T08:00:00Z","messageId":"<ID-1@example.test>","state":"delivered","time":"2027-02-01T08:00:00Z"}
{"n":1,"to":"zoe@example.test","method":"REQUEST","sequence":0,"action":"invitation","stamp":"2027-02-01T08:00:00Z","messageId":"<ID-2@example.test>","state":"delivered","time":"2027-02-01T08:00:00Z"}
`, ""}
	for i, line := range strings.Split(strings.TrimSpace(got.Stdout), "\n") {
		var d invite.Delivery
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		want.Stdout = strings.Replace(want.Stdout, "<ID-"+string(rune('1'+i))+"@example.test>", d.MessageID, 1)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("render (-want +got):\n%s", diff)
	}
	names := []string{"001-bob@example.test.eml", "002-zoe@example.test.eml", "invite.ics"}
	if diff := cmp.Diff(names, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	for i, golden := range []string{"zone-1.eml", "zone-2.eml"} {
		if diff := cmp.Diff(received(t, filepath.Join("../../testdata/mail", golden)), received(t, filepath.Join(dir, names[i]))); diff != "" {
			t.Errorf("%s is not %s (-want +got):\n%s", names[i], golden, diff)
		}
	}
	in, err := invite.Read(bytes.NewReader(readFile(t, filepath.Join(dir, names[0]))), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, filepath.Join(dir, "invite.ics")); !bytes.Equal(got, in.Mail.Calendars[0].Data) {
		t.Errorf("invite.ics = %s, want the object of the mails", got)
	}
}

// received reads a mail and removes its Message-ID, which is different each time.
func received(t *testing.T, path string) *mime.Received {
	t.Helper()
	m, err := mime.Read(bytes.NewReader(readFile(t, path)), nil)
	if err != nil {
		t.Fatal(err)
	}
	m.MessageID = ""
	m.Header = slices.DeleteFunc(m.Header, func(f mime.Field) bool {
		return f.Name == "Message-ID" || f.Name == invite.HeaderMessageID || f.Name == "Content-Type" // has a boundary, made from the ID
	})
	return m
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRenderHideGuests(t *testing.T) {
	dir := t.TempDir()
	if got := invitectl("render", "-now", clock, "-hide-guests", "-out", dir, event); got.Code != 0 {
		t.Fatalf("render = %+v", got)
	}
	in, err := invite.Read(bytes.NewReader(readFile(t, filepath.Join(dir, "001-bob@example.test.eml"))), nil)
	if err != nil || len(in.Event.Attendees) != 1 {
		t.Errorf("Read = %+v, %v, want one attendee", in, err)
	}
}

func TestRenderMeeting(t *testing.T) {
	dir := t.TempDir()
	meeting := filepath.Join(dir, "m.json")
	args := []string{"render", "-now", clock, "-uid", "pinned", "-out", dir, "-meeting", meeting, vary(t, `"uid"`, `"url": "https://example.test/", "uid"`)}
	noUID := vary(t, `"uid": "5d1c1f3e-0000-4000-8000-000010764574",`, "")
	args[len(args)-1] = noUID
	if got := invitectl(args...); got.Code != 0 {
		t.Fatalf("render = %+v", got)
	}
	want := readFile(t, meeting)
	var m invite.Meeting
	if err := json.Unmarshal(want, &m); err != nil || m.Event.UID != "pinned" || len(m.Deliveries) != 2 || !bytes.HasPrefix(want, []byte("{\n  \"format\": 2,\n")) {
		t.Errorf("meeting = %s, %v, want the UID pinned and two deliveries", want, err)
	}
	if diff := cmp.Diff([]string{"001-bob@example.test.eml", "002-zoe@example.test.eml", "invite.ics", "m.json"}, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	got := invitectl(args...)
	if got.Code != 1 || !strings.Contains(got.Stderr, "m.json: exists already") || !bytes.Equal(readFile(t, meeting), want) {
		t.Errorf("render over a meeting = %+v, want 1 and the file untouched", got)
	}
}

// server is an SMTP server that refuses zoe@example.test.
type server struct {
	mu    sync.Mutex
	mails [][]byte
	seen  func(n int) // called with every mail, before the reply to it
}

func startServer(t *testing.T) (*server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := new(server)
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return session{s}, nil }))
	srv.Domain, srv.ErrorLog = "test.example", log.New(io.Discard, "", 0)
	var wg sync.WaitGroup
	wg.Go(func() { srv.Serve(l) })
	t.Cleanup(func() {
		srv.Close()
		l.Close() // Serve may begin after Close, and does not know of it then
		wg.Wait()
	})
	return s, "smtp://" + l.Addr().String() + "?tls=insecure-none"
}

type session struct{ *server }

func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Reset()                               {}
func (session) Logout() error                        { return nil }

func (session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "zoe@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no <such> user"}
	}
	return nil
}

func (s session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen != nil {
		s.seen(len(s.mails))
	}
	s.mails = append(s.mails, data)
	return err
}

func TestSend(t *testing.T) {
	s, url := startServer(t)
	meeting := write(t, "m.json", "\n") // empty, as mktemp leaves it
	got := invitectl("send", "-now", clock, "-smtp", url, "-meeting", meeting, event)
	lines := strings.Split(got.Stdout, "\n")
	if got.Code != 1 || len(lines) != 3 || !strings.Contains(lines[0], `"state":"delivered"`) ||
		!strings.Contains(lines[1], `"state":"refused","reply":"smtpsend: `) || !strings.Contains(lines[1], "550 5.1.1 no <such> user") ||
		!strings.HasPrefix(got.Stderr, "invitectl: invite: zoe@example.test: refused: ") {
		t.Errorf("send = %+v, want one delivered, one refused and 1", got)
	}
	if len(s.mails) != 1 {
		t.Fatalf("the server has %d mails, want 1", len(s.mails))
	}
	if diff := cmp.Diff(received(t, "../../testdata/mail/zone-1.eml"), received(t, write(t, "sent.eml", string(s.mails[0])))); diff != "" {
		t.Errorf("the mail is not zone-1.eml (-want +got):\n%s", diff)
	}
	var m invite.Meeting
	if err := json.Unmarshal(readFile(t, meeting), &m); err != nil || len(m.Deliveries) != 2 || m.Deliveries[1].State != invite.DeliveryRefused {
		t.Errorf("meeting = %+v, %v, want both deliveries", m, err)
	}
	if diff := cmp.Diff([]string{"m.json"}, files(t, filepath.Dir(meeting))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if got := invitectl("send", "-smtp", url, "-meeting", meeting, event); got.Code != 1 || len(s.mails) != 1 {
		t.Errorf("send over a meeting = %+v with %d mails, want 1 and nothing sent", got, len(s.mails)-1)
	}
}

// TestSendKeepsMeeting sends with an output that nobody reads, and with a meeting that
// cannot be stored.
func TestSendKeepsMeeting(t *testing.T) {
	s, url := startServer(t)
	meeting := filepath.Join(t.TempDir(), "m.json")
	code := run(context.Background(), []string{"send", "-now", clock, "-smtp", url, "-meeting", meeting, event}, brokenPipe{}, io.Discard)
	if code != 1 || len(readFile(t, meeting)) == 0 {
		t.Errorf("send into a closed pipe = %d, want 1 and the meeting", code)
	}
	got := invitectl("send", "-now", clock, "-smtp", url, "-meeting", filepath.Join(filepath.Dir(meeting), "missing", "m.json"), event)
	if got.Code != 1 || len(s.mails) != 1 {
		t.Errorf("send with a meeting in no folder = %+v with %d mails, want 1 and nothing sent", got, len(s.mails)-1)
	}
	if got := invitectl("send", "-now", clock, "-smtp", url, "-meeting", filepath.Dir(meeting), event); got.Code != 1 || len(s.mails) != 1 {
		t.Errorf("send with a folder as meeting = %+v, want 1 and nothing sent", got)
	}
	if got := invitectl("send", "-smtp", "ftp://127.0.0.1", "-meeting", meeting+"2", event); got.Code == 0 || got.Stdout != "" {
		t.Errorf("send through ftp = %+v, want a refusal", got)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestRead(t *testing.T) {
	reply := write(t, "reply.eml", `From: Bob <bob@example.test>
MIME-Version: 1.0
Content-Type: text/calendar; method=REPLY

BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:uid-1
DTSTAMP:20270201T090000Z
RECURRENCE-ID:20270302T090000Z
DTSTART:20270302T090000Z
DTEND:20270302T100000Z
SEQUENCE:2
ORGANIZER:mailto:desk@example.test
ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT="no <time>":mailto:bob@example.test
END:VEVENT
END:VCALENDAR
`)
	garbage := write(t, "garbage.eml", "\x00\xff\x01 no mail")
	empty := write(t, "empty.eml", "")
	folder := t.TempDir()
	got := invitectl("read", reply, garbage, "missing.eml", empty, folder)
	lines := strings.Split(strings.TrimSuffix(got.Stdout, "\n"), "\n")
	if got.Code != 0 || got.Stderr != "" || len(lines) != 5 {
		t.Fatalf("read = %+v, want five lines and 0", got)
	}
	want := `{"file":"` + reply + `","kind":"reply","method":"REPLY","uid":"uid-1","sequence":2,"recurrenceId":"2027-03-02T09:00:00Z",` +
		`"dtstamp":"2027-02-01T09:00:00Z","organizer":"desk@example.test","attendee":"bob@example.test","status":"declined","comment":"no <time>",` +
		`"start":"2027-03-02T09:00:00Z","end":"2027-03-02T10:00:00Z","from":"bob@example.test","reason":"bob@example.test answers: declined"}`
	if lines[0] != want {
		t.Errorf("read =\n%s\nwant\n%s", lines[0], want)
	}
	for i, path := range []string{garbage, "missing.eml", empty, folder} {
		var l line
		if err := json.Unmarshal([]byte(lines[i+1]), &l); err != nil || l.Reason == "" {
			t.Errorf("read %s = %s, %v, want a reason", path, lines[i+1], err)
		}
		l.Reason = ""
		if diff := cmp.Diff(line{File: path, Kind: "other"}, l); diff != "" {
			t.Errorf("read %s (-want +got):\n%s", path, diff)
		}
	}
}

// TestReadFloating: a clock without a zone is not printed as an instant.
func TestReadFloating(t *testing.T) {
	mail := write(t, "request.eml", "From: Desk <desk@example.test>\nMIME-Version: 1.0\nContent-Type: text/calendar; method=REQUEST\n\n"+
		"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:uid-1\nDTSTART;TZID=Lummerland:20270302T090000\nEND:VEVENT\nEND:VCALENDAR\n")
	got := invitectl("read", mail).Stdout
	for _, want := range []string{`"start":"2027-03-02T09:00:00"`, `its times are in the zone \"Lummerland\", which is not known`} {
		if !strings.Contains(got, want) {
			t.Errorf("read = %s, want %s in it", got, want)
		}
	}
}

func TestReadGolden(t *testing.T) {
	mails, err := filepath.Glob("../../testdata/mail/*.eml")
	if err != nil || len(mails) == 0 {
		t.Fatalf("no mails: %v", err)
	}
	got := invitectl(append([]string{"read"}, mails...)...)
	if got.Code != 0 || strings.Count(got.Stdout, `"kind":"request","method":"REQUEST"`) != len(mails) {
		t.Errorf("read = %d\n%s\nwant %d requests", got.Code, got.Stdout, len(mails))
	}
}
