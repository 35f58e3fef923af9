package desktest_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/invitetest"
)

// salon is the service of the example, with a sender that can stop in the middle of a mail.
type salon struct {
	*testing.T
	desk  *desk.Desk
	url   string
	mails invitetest.Recorder
	held  chan struct{} // a mail is in the hands of the sender
	goOn  chan struct{} // closed when the sender may go on
}

// newSalon starts the service.
func newSalon(t *testing.T) *salon {
	s := &salon{T: t, held: make(chan struct{}, 1), goOn: make(chan struct{})}
	db, err := sql.Open("sqlite", desk.SQLiteDSN(filepath.Join(t.TempDir(), "desk.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s.desk, err = desk.Open(t.Context(), db, invite.New(invite.SenderFunc(s.send), nil), &desk.Options{Policy: invite.InsecureAcceptAny()})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(routes(s.desk))
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// send takes a mail to Ann at once, and a mail to Bob when the test says so.
func (s *salon) send(ctx context.Context, m *invite.Message) error {
	if strings.HasPrefix(m.To[0], "bob@") {
		select {
		case s.held <- struct{}{}:
		default:
		}
		select {
		case <-s.goOn:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.mails.Send(ctx, m)
}

// call makes a request, checks the status of the response, and returns its JSON.
func (s *salon) call(method, path, body string, want int) map[string]any {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	if resp.StatusCode != want {
		s.Fatalf("%s %s: status %d, want %d: %s", method, path, resp.StatusCode, want, data)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/json" {
		s.Errorf("%s %s: Content-Type %q", method, path, got)
	}
	if want == http.StatusNoContent {
		return nil
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		s.Fatalf("%s %s: %v: %s", method, path, err, data)
	}
	m, _ := v.(map[string]any)
	return m
}

// cut is a booking with two guests.
const cut = `{"title": "Cut", "where": "Main street 1", "start": "2037-03-02T09:00:00Z", "end": "2037-03-02T10:00:00Z",
	"timeZone": "Europe/Berlin", "Guests": [{"Name": "Ann", "Email": "ann@example.test", "Language": "en"}, {"Email": "bob@example.test"}]}`

// TestServiceHTTP checks the status and the JSON of each request of the example.
func TestServiceHTTP(t *testing.T) {
	s := newSalon(t)
	close(s.goOn)
	s.call("POST", "/book", `{"title"`, 400)
	s.call("POST", "/book", `{"start": "tomorrow"}`, 400)
	s.call("POST", "/book", strings.Replace(cut, "ann@", "an n@", 1), 422)
	s.call("POST", "/book", strings.Replace(cut, "T10:00", "T08:00", 1), 422)
	s.has("POST of the past", s.call("POST", "/book", strings.ReplaceAll(cut, "2037", "2007"), 201), map[string]any{"pending": 0.0})
	s.call("GET", "/book/none", "", 404)
	s.call("PATCH", "/book/none", "{}", 404)
	s.call("DELETE", "/book/none", "", 404)
	b := s.call("POST", "/book", cut, 201)
	path := "/book/" + b["id"].(string)
	s.has("POST", b, map[string]any{"title": "Cut", "start": "2037-03-02T09:00:00Z", "pending": 2.0, "text": "2 without an answer, 2 mails pending"})
	s.deliver(b)
	s.has("GET", s.call("GET", path, "", 200), map[string]any{"id": b["id"], "pending": 0.0, "text": "2 without an answer"})

	s.call("PATCH", path, `{"start": 5}`, 400)
	s.call("PATCH", path, `{"end": "2037-03-02T08:00:00Z"}`, 422)
	moved := `{"start": "2037-03-02T11:00:00Z", "end": "2037-03-02T12:00:00Z", "Guests": [{"Email": "eve@example.test"}]}`
	s.has("PATCH", s.call("PATCH", path, moved, 200), map[string]any{"title": "Cut", "start": "2037-03-02T11:00:00Z", "pending": 2.0})
	s.deliver(b)
	s.inbound()
	s.call("DELETE", path+"?why=closed", "", 204)
	s.call("DELETE", path, "", 204)
	s.call("PATCH", path, `{"title": "Colour"}`, 409)
	m, err := s.desk.Meeting(t.Context(), b["id"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if e := m.Event; !e.Cancelled || e.Location != "Main street 1" || len(e.Attendees) != 2 {
		t.Errorf("the meeting is stored as %+v", e)
	}
}

// deliver sends the mails of a booking.
func (s *salon) deliver(b map[string]any) {
	s.Helper()
	if err := s.desk.Deliver(s.Context(), b["id"].(string)); err != nil {
		s.Fatal(err)
	}
}

// has checks some fields of a response.
func (s *salon) has(what string, got, want map[string]any) {
	s.Helper()
	for key, v := range want {
		if got[key] != v {
			s.Errorf("%s: %s is %v, want %v", what, key, got[key], v)
		}
	}
}

// inbound posts mails to the service.
func (s *salon) inbound() {
	s.Helper()
	mail := string(s.mails.Reply("ann@example.test", ical.StatusAccepted, invitetest.ClientGmail))
	s.has("answer", s.call("POST", "/inbound", mail, 200), map[string]any{"verdict": "applied"})
	s.has("the same answer", s.call("POST", "/inbound", mail, 200), map[string]any{"verdict": "duplicate"})
	s.call("POST", "/inbound", "From: ann@example.test\r\nSubject: Hello\r\n\r\nNice to meet you.\r\n", 202)
	s.call("POST", "/inbound", "", 400)
	s.call("POST", "/inbound", "no mail", 400)
	// An answer to a meeting of somebody else.
	var other invitetest.Recorder
	e := ical.Event{
		Summary: "Walk", Start: time.Date(2037, 3, 2, 9, 0, 0, 0, time.UTC), End: time.Date(2037, 3, 2, 10, 0, 0, 0, time.UTC),
		Organizer: ical.Person{Email: "eve@example.test"}, Attendees: []ical.Attendee{{Email: "ann@example.test"}},
	}
	if _, err := invite.New(&other, nil).Send(s.Context(), e); err != nil {
		s.Fatal(err)
	}
	s.call("POST", "/inbound", string(other.Reply("ann@example.test", ical.StatusAccepted, invitetest.ClientGmail)), 404)
}

// TestServiceAnswerWhileSending checks that an answer during the sending of the mails
// makes no mail unknown.
func TestServiceAnswerWhileSending(t *testing.T) {
	s := newSalon(t)
	b := s.call("POST", "/book", cut, 201)
	path := "/book/" + b["id"].(string)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.desk.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	<-s.held // Ann has her mail, and the mail to Bob is in the hands of the sender
	mail := s.mails.Reply("ann@example.test", ical.StatusAccepted, invitetest.ClientOutlook)
	s.has("answer", s.call("POST", "/inbound", string(mail), 200), map[string]any{"verdict": "applied"})
	s.has("while the mail is sent", s.call("GET", path, "", 200), map[string]any{"text": "1 accepted, 1 without an answer, 1 mail unknown"})
	close(s.goOn)
	if _, err := s.mails.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	s.until(path, "1 accepted, 1 without an answer")
	got, err := s.desk.Meeting(t.Context(), b["id"].(string))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range got.Deliveries {
		if d.State != invite.DeliveryDelivered {
			t.Errorf("the mail to %s is %s, want delivered", d.To, d.State)
		}
	}
	if n := len(s.mails.Messages()); n != 2 {
		t.Errorf("%d mails were sent, want 2", n)
	}
}

// until waits until a booking is shown with a text.
func (s *salon) until(path, text string) {
	s.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if s.call("GET", path, "", 200)["text"] == text {
			return
		}
	}
	s.Fatalf("the booking is never shown as %q: %v", text, s.call("GET", path, "", 200))
}

// TestServiceProcess runs the whole example: it books, ends, and sends the rest of the mails
// when it starts again.
func TestServiceProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: a process cannot send itself a signal")
	}
	dir, port := t.TempDir(), freePort(t)
	t.Setenv("DB", filepath.Join(dir, "desk.db"))
	t.Setenv("SMTP_URL", "file://"+dir+"?format=maildir")
	t.Setenv("AUTHSERV_ID", "")
	t.Setenv("PORT", port)
	s := &salon{T: t, url: "http://127.0.0.1:" + port}
	var path string
	for range 2 {
		ended := make(chan struct{})
		go func() { defer close(ended); Example_service() }()
		s.listens()
		if path == "" {
			path = "/book/" + s.call("POST", "/book", cut, 201)["id"].(string)
		}
		s.until(path, "2 without an answer")
		stopSelf(t)
		<-ended
	}
	if mails, _ := filepath.Glob(filepath.Join(dir, "new", "*")); len(mails) != 2 {
		t.Errorf("%d mails were sent, want 2", len(mails))
	}
}

// listens waits until the service takes requests.
func (s *salon) listens() {
	s.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if resp, err := http.Get(s.url + "/book/none"); err == nil {
			_ = resp.Body.Close()
			return
		}
	}
	s.Fatal("the service does not listen")
}

// freePort returns a port of the loopback interface that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// stopSelf sends this process the signal that ends a service.
func stopSelf(t *testing.T) {
	t.Helper()
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Signal(syscall.SIGTERM)
	}
	if err != nil {
		t.Fatal(err)
	}
}
