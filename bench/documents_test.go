package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/emersion/go-smtp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// The pages for people who come from other libraries. Their programs are run here,
// because this module has the libraries that they import.
const fromGoMail, fromNodemailer = "../docs/from-go-mail.md", "../docs/from-nodemailer.md"

// uid is the UID of the meeting in the pages.
const uid = "6f0a1c52-8a42-4b5c-9d43-6a1c0f2f3b11"

// start is the start of the meeting in the pages.
var start = time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)

// blocks returns the programs of a page in a language.
func blocks(t *testing.T, page, language string) (out []string) {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range strings.Split(string(data), "\n```"+language+"\n")[1:] {
		b, _, _ = strings.Cut(b, "\n```")
		out = append(out, b+"\n")
	}
	return out
}

// mailbox is an SMTP server that keeps the mails.
type mailbox struct {
	port  string
	mu    sync.Mutex
	mails []delivered
}

// delivered is a mail with its envelope.
type delivered struct {
	to   []string
	data []byte
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	b := new(mailbox)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{box: b}, nil }))
	server.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, b.port, _ = net.SplitHostPort(l.Addr().String())
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return b
}

// visit is one connection.
type visit struct {
	box *mailbox
	to  []string
}

func (v *visit) Mail(string, *smtp.MailOptions) error { return nil }
func (v *visit) Reset()                               { v.to = nil }
func (v *visit) Logout() error                        { return nil }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = append(v.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	v.box.mu.Lock()
	defer v.box.mu.Unlock()
	v.box.mails = append(v.box.mails, delivered{v.to, data})
	return err
}

// local returns a program that speaks to the mailbox. Each old text must stand in it once.
func (b *mailbox) local(t *testing.T, program string, replacements ...string) string {
	t.Helper()
	for i := 0; i < len(replacements); i += 2 {
		if n := strings.Count(program, replacements[i]); n != 1 {
			t.Fatalf("%q stands %d times in the program, want once", replacements[i], n)
		}
		program = strings.Replace(program, replacements[i], replacements[i+1], 1)
	}
	return program
}

// ours returns a program of this library that speaks to the mailbox.
func (b *mailbox) ours(t *testing.T, program string) string {
	t.Helper()
	return b.local(t, program, "smtp://desk%40example.com:password@mail.example.com:587", "smtp://127.0.0.1:"+b.port+"?tls=insecure-none")
}

// run builds a program in this module, without writing into it, and runs it in dir.
func run(t *testing.T, program, dir string) string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	file := filepath.Join(tmp, "main.go")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "document", "main.go"): file}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{file: []byte(program), filepath.Join(tmp, "overlay.json"): overlay} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("gofmt", "-l", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("gofmt -l: %v %s", err, out)
	}
	binary := filepath.Join(tmp, "program.exe")
	if out, err := exec.Command("go", "build", "-overlay", filepath.Join(tmp, "overlay.json"), "-o", binary, "./document").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return execute(t, dir, binary)
}

// execute runs a command in dir for at most a minute, and returns its output.
func execute(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// want is a request that a mailbox must have.
type want struct {
	to       []string
	sequence int
	start    time.Time
	invited  []string // all attendees, in the order of the object
	uid      bool     // the UID is that of the page
}

// check compares the mails with requests, in the order of the first recipient.
func (b *mailbox) check(t *testing.T, wants ...want) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	slices.SortFunc(b.mails, func(x, y delivered) int { return strings.Compare(x.to[0], y.to[0]) })
	if len(b.mails) != len(wants) {
		t.Fatalf("%d mails, want %d", len(b.mails), len(wants))
	}
	for i, w := range wants {
		got := b.mails[i]
		if !slices.Equal(got.to, w.to) {
			t.Errorf("mail %d to %q, want %q", i, got.to, w.to)
		}
		in, err := invite.Read(bytes.NewReader(got.data), nil)
		if err != nil {
			t.Fatalf("mail %d: %v", i, err)
		}
		if in.Kind != invite.KindRequest {
			t.Fatalf("mail %d is a %s (%s), want a request", i, in.Kind, in.Reason)
		}
		e := in.Event
		var invited []string
		for _, a := range e.Attendees {
			invited = append(invited, a.Email)
		}
		if e.Sequence != w.sequence || !e.Start.Equal(w.start) || w.uid && e.UID != uid || !slices.Equal(invited, w.invited) {
			t.Errorf("mail %d: UID %q, SEQUENCE %d, start %v, invited %q; want SEQUENCE %d, start %v, invited %q", i, e.UID, e.Sequence, e.Start, invited, w.sequence, w.start, w.invited)
		}
		if e.Summary != "Review" || e.Location != "Room 4" {
			t.Errorf("mail %d: %q in %q", i, e.Summary, e.Location)
		}
		received, err := mime.Read(bytes.NewReader(got.data), nil)
		if err != nil {
			t.Fatalf("mail %d: %v", i, err)
		}
		if len(received.Calendars) == 0 || received.Text == "" {
			t.Errorf("mail %d has %d calendar objects and the text %q", i, len(received.Calendars), received.Text)
		}
	}
}

var both = []string{"ann@example.com", "bob@example.com"}

// TestFromGoMail runs the programs of the page: theirs, ours, and the one that takes over
// a meeting.
func TestFromGoMail(t *testing.T) {
	programs := blocks(t, fromGoMail, "go")
	if len(programs) != 3 {
		t.Fatalf("%d programs, want 3: add a test for each", len(programs))
	}
	t.Run("theirs", func(t *testing.T) {
		b := newMailbox(t)
		run(t, b.local(t, programs[0],
			`"mail.example.com", mail.WithPort(587), mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername("desk@example.com"), mail.WithPassword("password")`,
			`"127.0.0.1", mail.WithPort(`+b.port+`), mail.WithTLSPolicy(mail.NoTLS)`), t.TempDir())
		b.check(t, want{both, 0, start, both, true})
	})
	t.Run("ours", func(t *testing.T) { testOurs(t, programs[1]) })
	t.Run("take over", func(t *testing.T) {
		b := newMailbox(t)
		out := run(t, b.ours(t, programs[2]), t.TempDir())
		three := append(slices.Clone(both), "cleo@example.com")
		b.check(t, want{both[:1], 1, start, three, true}, want{both[1:], 1, start, three, true}, want{three[2:], 1, start, three, true})
		shown(t, programs[2], out)
	})
}

// testOurs runs a program that sends the meeting and stores it.
func testOurs(t *testing.T, program string) {
	b, dir := newMailbox(t), t.TempDir()
	run(t, b.ours(t, program), dir)
	b.check(t, want{both[:1], 0, start, both, false}, want{both[1:], 0, start, both, false})
	data, err := os.ReadFile(filepath.Join(dir, "review.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m invite.Meeting
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	if got := m.Tally().String(); got != "2 without an answer" {
		t.Errorf("stored: %s", got)
	}
}

// shown checks that a program has printed what its comment at log.Print says.
func shown(t *testing.T, program, out string) {
	t.Helper()
	_, comment, _ := strings.Cut(program, "log.Print(meeting.Tally()) // ")
	comment, _, _ = strings.Cut(comment, "\n")
	if comment == "" || !strings.HasSuffix(strings.TrimSpace(out), comment) {
		t.Errorf("it printed %q, and the page says %q", out, comment)
	}
}

// TestFromNodemailer runs the programs of the page. Theirs needs Node.js and npm.
func TestFromNodemailer(t *testing.T) {
	programs := blocks(t, fromNodemailer, "go")
	if len(programs) != 2 {
		t.Fatalf("%d programs, want 2: add a test for each", len(programs))
	}
	t.Run("theirs", func(t *testing.T) {
		theirs := blocks(t, fromNodemailer, "js")
		if len(theirs) != 1 {
			t.Fatalf("%d programs for Node.js, want 1", len(theirs))
		}
		dir := nodeModules(t)
		b := newMailbox(t)
		program := b.local(t, theirs[0], "host: 'mail.example.com', port: 587, requireTLS: true,", "host: '127.0.0.1', port: "+b.port+",",
			"  auth: { user: 'desk@example.com', pass: 'password' },\n", "")
		if err := os.WriteFile(filepath.Join(dir, "send.mjs"), []byte(program), 0o600); err != nil {
			t.Fatal(err)
		}
		execute(t, dir, "node", "send.mjs")
		b.check(t, want{both, 0, start, both, true})
		// The statement of the page about a Date with a time zone.
		const zoned = `process.env.TZ = 'UTC';
const { default: ical } = await import('ical-generator');
const calendar = ical();
calendar.createEvent({ start: new Date('2027-03-02T09:00:00Z'), timezone: 'Europe/Berlin' });
console.log(calendar.toString());
`
		if err := os.WriteFile(filepath.Join(dir, "zoned.mjs"), []byte(zoned), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := execute(t, dir, "node", "zoned.mjs"); !strings.Contains(out, "DTSTART;TZID=Europe/Berlin:20270302T090000") || strings.Contains(out, "VTIMEZONE") {
			t.Errorf("ical-generator has changed; change the page: %s", out)
		}
	})
	t.Run("ours", func(t *testing.T) { testOurs(t, programs[0]) })
	t.Run("take over", func(t *testing.T) {
		b, dir := newMailbox(t), t.TempDir()
		object := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sebbo.net//ical-generator//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:" + uid +
			"\r\nSEQUENCE:0\r\nDTSTAMP:20261130T005358Z\r\nDTSTART:20270302T090000Z\r\nDTEND:20270302T100000Z\r\nSUMMARY:Review\r\nLOCATION:Room 4\r\n" +
			"ORGANIZER;CN=\"Room desk\":mailto:desk@example.com\r\nATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:MAILTO:ann@example.com\r\n" +
			"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:MAILTO:bob@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		if err := os.WriteFile(filepath.Join(dir, "invite.ics"), []byte(object), 0o600); err != nil {
			t.Fatal(err)
		}
		out := run(t, b.ours(t, programs[1]), dir)
		later := start.Add(time.Hour)
		b.check(t, want{both[:1], 1, later, both, true}, want{both[1:], 1, later, both, true})
		shown(t, programs[1], out)
	})
}

// nodeModules returns a folder with the packages of the page, in the versions that it
// names. The test is skipped if they cannot be installed.
func nodeModules(t *testing.T) string {
	t.Helper()
	if os.Getenv("CI_INSTALL") == "0" {
		t.Skip("SKIPPED: CI_INSTALL=0; not run with nodemailer")
	}
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("SKIPPED: %s is missing; not run with nodemailer", name)
		}
	}
	dir := t.TempDir()
	args := []string{"install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts", "--fetch-retries=0", "--prefix", dir}
	page, err := os.ReadFile(fromNodemailer)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nodemailer", "ical-generator"} {
		args = append(args, name+"@"+versionOf(t, string(page), name))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: %v: npm cannot install; not run with nodemailer: %s", err, out)
	}
	return dir
}

// versionOf returns the version that a page names behind a package: "nodemailer 1.2.3".
func versionOf(t *testing.T, page, name string) string {
	t.Helper()
	for rest := page; ; {
		_, tail, ok := strings.Cut(rest, name+" ")
		if !ok {
			t.Fatalf("the page names no version of %s", name)
		}
		word := strings.TrimRight(strings.Fields(tail)[0], ",.")
		if _, err := strconv.Atoi(strings.ReplaceAll(word, ".", "")); err == nil {
			return word
		}
		rest = tail
	}
}

// TestPeersObject checks the statements of the page about golang-ical and about the same
// values here.
func TestPeersObject(t *testing.T) {
	const url = "https://example.com/\r\nX-NEXT:1"
	calendar := ics.NewCalendar()
	event := calendar.AddEvent(uid)
	event.SetOrganizer("desk@example.com", ics.WithCN("Doe, John"))
	event.SetURL(url)
	for _, line := range []string{`ORGANIZER;CN=Doe\, John:mailto:desk@example.com`, "X-NEXT:1"} {
		if theirs := calendar.Serialize(ics.WithNewLineWindows); !strings.Contains(theirs, "\r\n"+line+"\r\n") {
			t.Errorf("golang-ical has changed; change the page: %s", theirs)
		}
	}
	ours := ical.Event{
		UID: uid, Start: start, End: start.Add(time.Hour), Organizer: ical.Person{Name: "Doe, John", Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Email: "ann@example.com"}},
	}
	object, err := ical.Encode(&ical.Calendar{Method: ical.MethodRequest, Stamp: stamp, Events: []ical.Event{ours}})
	if err != nil || !bytes.Contains(object, []byte(`ORGANIZER;CN="Doe, John":mailto:desk@example.com`)) {
		t.Errorf("%v, %s", err, object)
	}
	ours.URL = url
	if err := ours.Validate(); err == nil {
		t.Error("a URL of two lines is valid")
	}
}
