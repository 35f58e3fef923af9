package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
)

// TestMain runs the program itself if a test asks for it: the program kills itself at
// the step with the number in OUTBOX_KILL.
func TestMain(m *testing.M) {
	if args := os.Getenv("OUTBOX_ARGS"); args != "" {
		os.Exit(runUntilKilled(strings.Split(args, "\n"), os.Getenv("OUTBOX_KILL")))
	}
	os.Exit(m.Run())
}

func runUntilKilled(args []string, at string) int {
	kill, _ := strconv.Atoi(at)
	steps := 0
	err := run(context.Background(), args, os.Stdout, func(name string) {
		if steps++; steps == kill {
			fmt.Fprintln(os.Stderr, "killed", name)
			self, _ := os.FindProcess(os.Getpid())
			_ = self.Kill()
			select {} // the signal comes in a moment
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// child runs the program and kills it at a step, or never if step is 0. It returns the
// output, and whether the program was killed.
func child(t *testing.T, at int, args ...string) (string, bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "OUTBOX_ARGS="+strings.Join(args, "\n"), "OUTBOX_KILL="+strconv.Itoa(at))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	killed := strings.HasPrefix(stderr.String(), "killed")
	if err != nil && !killed {
		t.Fatalf("%q: %v\n%s", args, err, stderr.String())
	}
	return stdout.String(), killed
}

// server is an SMTP server on loopback that counts what arrives.
type server struct {
	mu    sync.Mutex
	mails map[string][]*mime.Message // by recipient
	url   string
}

func serve(t *testing.T) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{mails: make(map[string][]*mime.Message), url: "smtp://" + l.Addr().String() + "?tls=insecure-none"}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }))
	srv.Domain = "localhost"
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return s
}

type session struct {
	server *server
	to     []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}
func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	in, err := mime.Read(bytes.NewReader(data), nil)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	for _, to := range s.to {
		s.server.mails[to] = append(s.server.mails[to], &mime.Message{To: []string{to}, ID: in.MessageID, Data: data})
	}
	return nil
}
func (s *session) Reset()        { s.to = nil }
func (s *session) Logout() error { return nil }

// identifiers returns the different Message-IDs that arrived at an address, and the
// number of Message-IDs that arrived twice.
func (s *server) identifiers(to string) (ids []string, again int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := make(map[string]bool)
	for _, m := range s.mails[to] {
		if seen[m.ID] {
			again++
			continue
		}
		seen[m.ID] = true
		ids = append(ids, m.ID)
	}
	return ids, again
}

var people = []string{"ann@example.com", "bob@example.com", "cat@example.com"}

func booking(start time.Time) ical.Event {
	e := ical.Event{
		Summary: "Review", Location: "Room 4", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
	}
	for _, p := range people {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: p})
	}
	return e
}

func writeEvent(t *testing.T, e ical.Event) string {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stored reads the only meeting. It returns nil if there is none.
func stored(t *testing.T, db string) *invite.Meeting {
	t.Helper()
	s, err := openStore(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.db.Close()
	rows, err := s.list(t.Context(), `TRUE`)
	if err != nil || len(rows) > 1 {
		t.Fatalf("%d meetings, %v", len(rows), err)
	}
	if len(rows) == 0 {
		return nil
	}
	return rows[0].meeting
}

var start = time.Date(2035, 3, 6, 9, 0, 0, 0, time.UTC)

// TestKilledWhileBooking checks that the room and the invitation are both stored, or
// neither.
func TestKilledWhileBooking(t *testing.T) {
	event := writeEvent(t, booking(start))
	for at := 1; ; at++ {
		db := filepath.Join(t.TempDir(), "rooms.db")
		_, killed := child(t, at, "-db", db, "book", event)
		if !killed {
			if at < 3 {
				t.Errorf("%d steps, want 2 at least", at-1)
			}
			return
		}
		m := stored(t, db)
		if m == nil { // killed before the commit: the room is free
			child(t, 0, "-db", db, "book", event)
			m = stored(t, db)
		}
		if n := m.Tally().Pending; n != len(people) {
			t.Errorf("killed at step %d: %d mails are pending, want %d", at, n, len(people))
		}
	}
}

func TestTaken(t *testing.T) {
	db, event := filepath.Join(t.TempDir(), "rooms.db"), writeEvent(t, booking(start))
	child(t, 0, "-db", db, "book", event)
	err := run(t.Context(), []string{"-db", db, "book", event}, io.Discard, func(string) {})
	if err == nil || !strings.Contains(err.Error(), errTaken.Error()) {
		t.Errorf("the second booking: %v, want %v", err, errTaken)
	}
	if stored(t, db) == nil { // fails if there are two
		t.Error("the first booking is gone")
	}
}

// TestKilledWhileDelivering kills the program once at each step of sending.
// An attendee who has the mail gets no other one. If that cannot be known, they get
// the same one again.
func TestKilledWhileDelivering(t *testing.T) {
	event := writeEvent(t, booking(start))
	kills := 0
	for at := 1; ; at++ {
		s, db := serve(t), filepath.Join(t.TempDir(), "rooms.db")
		child(t, 0, "-db", db, "book", event)
		_, killed := child(t, at, "-db", db, "-smtp", s.url, "deliver")
		child(t, 0, "-db", db, "-smtp", s.url, "deliver")
		open := 0
		for _, d := range stored(t, db).Deliveries {
			ids, again := s.identifiers(d.To)
			switch {
			case again > 0, len(ids) > 1, d.State == invite.DeliveryDelivered && len(ids) != 1:
				t.Errorf("killed at step %d: %s is %s, and has %d mails and %d copies", at, d.To, d.State, len(ids), again)
			case d.State == invite.DeliveryUnknown:
				open++
			case d.State != invite.DeliveryDelivered:
				t.Errorf("killed at step %d: %s is %s", at, d.To, d.State)
			}
		}
		if open > 1 {
			t.Errorf("killed at step %d: %d mails are unknown, want the one that was on its way", at, open)
		}
		child(t, 0, "-db", db, "-smtp", s.url, "-resend", "deliver")
		for _, p := range people {
			if ids, again := s.identifiers(p); len(ids) != 1 || again > open {
				t.Errorf("killed at step %d: %s has %d mails and %d copies, want 1 and %d at most", at, p, len(ids), again, open)
			}
		}
		if !killed {
			break
		}
		kills++
	}
	t.Logf("killed at %d points", kills)
	if kills < 2*(len(people)+1) {
		t.Errorf("%d steps, want a commit before and after each mail", kills)
	}
}

// TestKilledWhileAnswering kills the program at each step of taking answers in.
func TestKilledWhileAnswering(t *testing.T) {
	event := writeEvent(t, booking(start))
	for at := 1; ; at++ {
		s, db, inbox := serve(t), filepath.Join(t.TempDir(), "rooms.db"), t.TempDir()
		child(t, 0, "-db", db, "book", event)
		child(t, 0, "-db", db, "-smtp", s.url, "deliver")
		s.answer(t, inbox)
		_, killed := child(t, at, "-db", db, "answers", inbox)
		child(t, 0, "-db", db, "answers", inbox)
		m := stored(t, db)
		if got, want := m.Tally().String(), "1 accepted, 1 tentative, 1 declined"; got != want {
			t.Errorf("killed at step %d: %s, want %s", at, got, want)
		}
		if len(m.Answers) != len(people) {
			t.Errorf("killed at step %d: %d answers, want %d", at, len(m.Answers), len(people))
		}
		if left, _ := filepath.Glob(filepath.Join(inbox, "*.eml")); len(left) > 0 {
			t.Errorf("killed at step %d: %q are left", at, left)
		}
		if !killed {
			return
		}
	}
}

// answer lets each attendee answer, with a program of their own.
func (s *server) answer(t *testing.T, inbox string) {
	t.Helper()
	var r invitetest.Recorder
	statuses := []ical.Status{ical.StatusAccepted, ical.StatusTentative, ical.StatusDeclined}
	for i, p := range people {
		for _, m := range s.mails[p] {
			if err := r.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		mail := r.Reply(p, statuses[i], invitetest.Clients()[i])
		if err := os.WriteFile(filepath.Join(inbox, fmt.Sprintf("%d.eml", i)), mail, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestChange moves a meeting and cancels it. Mails that were overtaken are not sent.
func TestChange(t *testing.T) {
	s, db := serve(t), filepath.Join(t.TempDir(), "rooms.db")
	uid, _ := child(t, 0, "-db", db, "book", writeEvent(t, booking(start)))
	uid = strings.TrimSpace(uid)
	child(t, 0, "-db", db, "-smtp", s.url, "deliver")
	child(t, 0, "-db", db, "change", uid, writeEvent(t, booking(start.Add(time.Hour))))
	child(t, 0, "-db", db, "book", writeEvent(t, booking(start))) // the room is free again
	child(t, 0, "-db", db, "cancel", uid)
	child(t, 0, "-db", db, "-smtp", s.url, "deliver")
	if out, _ := child(t, 0, "-db", db, "show"); !strings.Contains(out, uid+" Review: ") {
		t.Errorf("show says %q", out)
	}
	methods := []string{"REQUEST", "CANCEL", "REQUEST"}
	for _, p := range people {
		if len(s.mails[p]) != len(methods) {
			t.Errorf("%s has %d mails, want %q: two meetings and one cancellation", p, len(s.mails[p]), methods)
		}
	}
}
