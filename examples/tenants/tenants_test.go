package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/mime"
)

var start = time.Now().AddDate(0, 1, 0).UTC().Truncate(time.Hour)

// fixture is a service with its tenants, as the file tenants.json describes them.
type fixture struct {
	t    *testing.T
	dir  string
	all  tenants
	desk *desk.Desk
	api  *httptest.Server
}

// newFixture opens acme (German, DKIM, strict), bolt and dead, whose server never answers.
func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, dir: t.TempDir()}
	list := []config{
		{Name: "acme", SMTP: "file://" + f.path("acme"), Language: "de", Brand: "Acme GmbH", Colour: "#0f766e",
			AuthServID: "mx.acme.example", DKIM: keyFile{Domain: "acme.example", Selector: "s1", File: f.key()}, MaxGuests: 2},
		{Name: "bolt", SMTP: "file://" + f.path("bolt"), Brand: "Bolt Ltd"},
		{Name: "dead", SMTP: "smtp://" + silent(t) + "?tls=insecure-none"},
	}
	for i, c := range list {
		list[i].Token, list[i].Maildir = "token-"+c.Name, f.path("box-"+c.Name)
		list[i].Organizer = ical.Person{Name: c.Brand, Email: "desk@" + c.Name + ".example"}
		for _, d := range []string{c.Name, "box-" + c.Name + "/new", "box-" + c.Name + "/cur", "box-" + c.Name + "/tmp"} {
			must(t, os.MkdirAll(f.path(d), 0o700))
		}
	}
	data, err := json.Marshal(list)
	must(t, err)
	must(t, os.WriteFile(f.path("tenants.json"), data, 0o600))
	configs, err := readConfigs(f.path("tenants.json"))
	must(t, err)
	db, err := sql.Open("sqlite", desk.SQLiteDSN(f.path("tenants.db")))
	must(t, err)
	t.Cleanup(func() { db.Close() })
	f.all, f.desk, err = openTenants(t.Context(), db, configs)
	must(t, err)
	t.Cleanup(func() { f.all.close() })
	f.api = httptest.NewServer(f.all.api())
	t.Cleanup(f.api.Close)
	return f
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) path(name string) string { return filepath.Join(f.dir, name) }

// key writes a new DKIM key.
func (f *fixture) key() string {
	_, key, err := ed25519.GenerateKey(nil)
	must(f.t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(f.t, err)
	must(f.t, os.WriteFile(f.path("dkim.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	return f.path("dkim.pem")
}

// silent is a mail server that accepts connections and never says a word.
func silent(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// call calls the API as a tenant, and returns the status and the meeting.
func (f *fixture) call(tenant, method, path, body string) (int, state) {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), method, f.api.URL+path, strings.NewReader(body))
	must(f.t, err)
	r.Header.Set("Authorization", "Bearer token-"+tenant)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(r)
	must(f.t, err)
	defer resp.Body.Close()
	var s state
	json.NewDecoder(resp.Body).Decode(&s)
	return resp.StatusCode, s
}

// book books a meeting of a tenant with some guests.
func (f *fixture) book(tenant string, guests ...string) (int, state) {
	f.t.Helper()
	e := ical.Event{Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin"}
	for _, g := range guests {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: g})
	}
	data, err := json.Marshal(e)
	must(f.t, err)
	return f.call(tenant, "POST", "/meetings", string(data))
}

// mails waits for n mails of a tenant, and returns them.
func (f *fixture) mails(tenant string, n int) [][]byte {
	f.t.Helper()
	for wait := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		names, err := filepath.Glob(filepath.Join(f.path(tenant), "*.eml"))
		must(f.t, err)
		if len(names) < n {
			if time.Now().After(wait) {
				f.t.Fatalf("%s has sent %d mails, want %d", tenant, len(names), n)
			}
			continue
		}
		var all [][]byte
		for _, name := range names {
			data, err := os.ReadFile(name)
			must(f.t, err)
			all = append(all, data)
		}
		return all
	}
}

// reply returns the mail with which a guest answers an invitation.
func reply(t *testing.T, mail []byte, guest string, s ical.Status) []byte {
	in, err := invite.Read(bytes.NewReader(mail), nil)
	must(t, err)
	var answer []byte
	client := invite.New(invite.SenderFunc(func(_ context.Context, m *mime.Message) error {
		answer = m.Data
		return nil
	}), nil)
	must(t, client.Respond(t.Context(), in, invite.Response{As: guest, Status: s}))
	return answer
}

// TestTenants books for two tenants, and takes their answers in from their mailboxes.
func TestTenants(t *testing.T) {
	f := newFixture(t)
	_, acme := f.book("acme", "ann@guest.example")
	_, bolt := f.book("bolt", "ann@guest.example")
	for _, m := range []state{acme, bolt} {
		must(t, f.desk.Deliver(t.Context(), m.UID))
	}
	german, english := f.mails("acme", 1)[0], f.mails("bolt", 1)[0]
	for text, mail := range map[string][]byte{"d=acme.example": german, "Einladung": german, "Acme GmbH": german, "Invitation": english, "Bolt Ltd": english} {
		if !bytes.Contains(mail, []byte(text)) {
			t.Errorf("%q is missing in\n%s", text, mail)
		}
	}
	if bytes.Contains(english, []byte("DKIM-Signature")) {
		t.Error("the mail of a tenant without a key is signed")
	}

	answer := reply(t, german, "ann@guest.example", ical.StatusAccepted)
	proof := "Authentication-Results: mx.acme.example; dmarc=pass header.from=guest.example\r\n"
	must(t, os.WriteFile(f.path("box-acme/new/1"), append([]byte(proof), answer...), 0o600))
	must(t, os.WriteFile(f.path("box-bolt/new/1"), reply(t, english, "ann@guest.example", ical.StatusDeclined), 0o600))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { f.all.work(ctx, f.desk); close(ended) }()
	defer func() { stop(); <-ended }()
	for wait := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		_, a := f.call("acme", "GET", "/meetings/"+acme.UID, "")
		_, b := f.call("bolt", "GET", "/meetings/"+bolt.UID, "")
		if a.Tally.Accepted == 1 && b.Tally.Declined == 1 {
			break
		}
		if time.Now().After(wait) {
			t.Fatalf("acme: %v; bolt: %v", a.Tally, b.Tally)
		}
	}
}

// TestDeadServer queues many mails for a server that never answers. The mails of another
// tenant go out all the same.
func TestDeadServer(t *testing.T) {
	f := newFixture(t)
	for i := range 30 {
		f.book("dead", fmt.Sprintf("guest%d@guest.example", i))
	}
	for range 10 {
		f.book("bolt", "ann@guest.example")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { f.all.work(ctx, f.desk); close(ended) }()
	f.mails("bolt", 10)
	stop()
	<-ended
}

// TestForeign tries to reach the meeting of a tenant as another one.
func TestForeign(t *testing.T) {
	f := newFixture(t)
	_, acme := f.book("acme", "ann@guest.example")
	must(t, f.all["acme"].desk.Deliver(t.Context(), acme.UID))
	answer := reply(t, f.mails("acme", 1)[0], "ann@guest.example", ical.StatusDeclined)

	for _, c := range []struct{ method, path, body string }{
		{"GET", "", ""}, {"DELETE", "", ""}, {"POST", "/move", "start=" + start.AddDate(0, 0, 1).Format(time.RFC3339)},
	} {
		if status, _ := f.call("bolt", c.method, "/meetings/"+acme.UID+c.path, c.body); status != http.StatusNotFound {
			t.Errorf("%s %s as another tenant: %d, want 404", c.method, c.path, status)
		}
	}
	// The answer comes to bolt, who believes every From, and then to acme, who asks for a proof.
	for _, name := range []string{"bolt", "acme"} {
		must(t, f.all[name].receive(t.Context(), &inbox.Mail{ID: "1", Data: answer}))
		if _, s := f.call("acme", "GET", "/meetings/"+acme.UID, ""); s.Tally.Waiting != 1 {
			t.Errorf("after a mail to %s: %v, want no answer", name, s.Tally)
		}
	}
	proof := "Authentication-Results: mx.acme.example; dmarc=pass header.from=guest.example\r\n"
	must(t, f.all["acme"].receive(t.Context(), &inbox.Mail{ID: "2", Data: append([]byte(proof), answer...)}))
	if _, s := f.call("acme", "GET", "/meetings/"+acme.UID, ""); s.Tally.Declined != 1 {
		t.Errorf("after a mail with a proof: %v, want a refusal", s.Tally)
	}
}

// TestErrors checks the statuses of wrong requests.
func TestErrors(t *testing.T) {
	f := newFixture(t)
	if status, _ := f.book("acme", "a@guest.example", "b@guest.example", "c@guest.example"); status != http.StatusUnprocessableEntity {
		t.Errorf("too many guests: %d, want 422", status)
	}
	if status, _ := f.book("acme", "no address"); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong address: %d, want 422", status)
	}
	if status, _ := f.book("nobody", "a@guest.example"); status != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d, want 401", status)
	}
	if status, _ := f.call("acme", "POST", "/meetings", "{"); status != http.StatusBadRequest {
		t.Errorf("no JSON: %d, want 400", status)
	}
}
