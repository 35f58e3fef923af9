package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend/folder"
)

// office is a running program, with its folder.
type office struct {
	t    *testing.T
	data string
	base string
}

// start runs the program until the test ends.
func start(t *testing.T, change func(c *config)) *office {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t, t.TempDir(), "http://" + listener.Addr().String()}
	c := config{
		base: o.base, data: o.data, key: "sixteen octets or more", poll: 20 * time.Millisecond,
		organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
		rooms:     []ical.Person{{Name: "Harbour", Email: "harbour@rooms.example.com"}, {Name: "Lagoon", Email: "lagoon@rooms.example.com"}},
	}
	if change != nil {
		change(&c)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx, c, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	o.call("GET", "/meetings/none", "") // the program has made its folders once it answers
	return o
}

// call sends a request, and returns the status and the meeting of the reply.
func (o *office) call(method, path, body string) (int, state) {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.base+path, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer reply.Body.Close()
	data, err := io.ReadAll(reply.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	var s state
	if reply.StatusCode == http.StatusOK {
		if err := json.Unmarshal(data, &s); err != nil {
			o.t.Fatalf("%s %s: %v: %s", method, path, err, data)
		}
	}
	return reply.StatusCode, s
}

// must is call for a request that succeeds.
func (o *office) must(method, path, body string) state {
	o.t.Helper()
	status, s := o.call(method, path, body)
	if status != http.StatusOK {
		o.t.Fatalf("%s %s = %d, want 200", method, path, status)
	}
	return s
}

// book books a room at an hour of a day to come, and returns the UID.
func (o *office) book(room string, hour int, people ...string) string {
	o.t.Helper()
	b := booking{Title: "Review", TimeZone: "Europe/Berlin", Room: room}
	b.Start = time.Date(2037, 3, 2, hour, 0, 0, 0, time.UTC)
	b.End = b.Start.Add(time.Hour)
	for _, p := range people {
		b.People = append(b.People, ical.Attendee{Email: p})
	}
	data, err := json.Marshal(b)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.must("POST", "/meetings", string(data)).UID
}

// wait waits until an attendee of a meeting has a status.
func (o *office) wait(uid, email string, want ical.Status) {
	o.t.Helper()
	var got ical.Status
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, a := range o.must("GET", "/meetings/"+uid, "").Attendees {
			if a.Email == email {
				got = a.Status
			}
		}
		if got == want {
			return
		}
	}
	o.t.Fatalf("the answer of %s to %s is %q, want %q", email, uid, got, want)
}

// mail waits until a Maildir has a mail that ok accepts, and returns the mail.
func (o *office) mail(box string, ok func(m *mime.Received) bool) (data []byte, m *mime.Received) {
	o.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(o.data, box, "[nc][eu][wr]", "*"))
		if err != nil {
			o.t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				continue // it was renamed meanwhile
			}
			m, err := mime.Read(bytes.NewReader(data), nil)
			if err != nil {
				o.t.Fatal(err)
			}
			if ok(m) {
				return data, m
			}
		}
	}
	o.t.Fatalf("no such mail in %s", box)
	return nil, nil
}

// to selects a mail by its recipient and the beginning of its subject.
func to(email, subject string) func(m *mime.Received) bool {
	return func(m *mime.Received) bool {
		return m.To[0].Address == email && strings.HasPrefix(m.Subject, subject)
	}
}

const (
	harbour = "harbour@rooms.example.com"
	lagoon  = "lagoon@rooms.example.com"
)

func TestRooms(t *testing.T) {
	o := start(t, nil)
	first := o.book("Harbour", 9, "ann@example.com")
	o.wait(first, harbour, ical.StatusAccepted)
	second := o.book("Harbour", 9, "bob@example.com")
	o.wait(second, harbour, ical.StatusDeclined)
	beside := o.book("Harbour", 10, "bob@example.com") // begins when the first ends
	o.wait(beside, harbour, ical.StatusAccepted)

	o.must("PATCH", "/meetings/"+second, `{"room": "Lagoon"}`)
	o.wait(second, lagoon, ical.StatusAccepted)
	o.must("PATCH", "/meetings/"+beside, `{"start": "2037-03-02T09:30:00Z"}`)
	o.wait(beside, harbour, ical.StatusDeclined)

	o.must("DELETE", "/meetings/"+first+"?why=ill", "") // makes room, if somebody asks
	o.mail("rooms", to(harbour, "Cancelled"))
	o.must("POST", "/meetings/"+beside+"/remind", "")
	o.wait(beside, harbour, ical.StatusAccepted)
	if got := o.must("GET", "/meetings/"+first, ""); !got.Cancelled {
		t.Error("the first meeting is not cancelled")
	}
}

func TestRequests(t *testing.T) {
	o := start(t, nil)
	for _, test := range []struct {
		name, method, path, body string
		want                     int
	}{
		{"no JSON", "POST", "/meetings", `x`, 400},
		{"no such room", "POST", "/meetings", `{"title": "Review", "room": "Ocean"}`, 422},
		{"no time", "POST", "/meetings", `{"title": "Review", "room": "Harbour"}`, 422},
		{"past", "POST", "/meetings", `{"title": "Review", "room": "Harbour", "start": "2017-03-02T09:00:00Z", "end": "2017-03-02T10:00:00Z"}`, 422},
		{"no such meeting", "GET", "/meetings/none", ``, 404},
		{"no such meeting", "DELETE", "/meetings/none", ``, 404},
	} {
		if got, _ := o.call(test.method, test.path, test.body); got != test.want {
			t.Errorf("%s: %s %s = %d, want %d", test.name, test.method, test.path, got, test.want)
		}
	}
}

// Ann answers by the page behind the link of her mail, and Bob by mail.
func TestPeople(t *testing.T) {
	o := start(t, nil)
	uid := o.book("Harbour", 9, "ann@example.com", "bob@example.com")
	_, mail := o.mail("people", to("ann@example.com", "Invitation"))
	link := regexp.MustCompile(`Yes:\s+(\S+)`).FindStringSubmatch(mail.Text)
	if link == nil {
		t.Fatalf("no link in %q", mail.Text)
	}
	o.press(link[1])
	o.wait(uid, "ann@example.com", ical.StatusAccepted)

	data, _ := o.mail("people", to("bob@example.com", "Invitation"))
	in, err := invite.Read(bytes.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer := invite.Response{As: "bob@example.com", Status: ical.StatusDeclined}
	if err := invite.New(o.box("desk"), nil).Respond(t.Context(), in, answer); err != nil {
		t.Fatal(err)
	}
	o.wait(uid, "bob@example.com", ical.StatusDeclined)
}

// box returns a sender into a Maildir of the program.
func (o *office) box(name string) invite.Sender {
	box, err := folder.New(filepath.Join(o.data, name), &folder.Options{Maildir: true})
	if err != nil {
		o.t.Fatal(err)
	}
	return box
}

// press sends the form of an answer page as it is.
func (o *office) press(link string) {
	o.t.Helper()
	reply, err := http.Get(link)
	if err != nil {
		o.t.Fatal(err)
	}
	defer reply.Body.Close()
	page, err := io.ReadAll(reply.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	form := url.Values{}
	for _, input := range regexp.MustCompile(`<input[^>]*>`).FindAllString(string(page), -1) {
		name := regexp.MustCompile(`name="([^"]*)"`).FindStringSubmatch(input)
		value := regexp.MustCompile(`value="([^"]*)"`).FindStringSubmatch(input)
		if name != nil && value != nil && (strings.Contains(input, "hidden") || strings.Contains(input, "checked")) {
			form.Set(name[1], value[1])
		}
	}
	posted, err := http.PostForm(link, form)
	if err != nil {
		o.t.Fatal(err)
	}
	defer posted.Body.Close()
	if posted.StatusCode != http.StatusOK {
		o.t.Fatalf("the form %v = %s\n%s", form, posted.Status, page)
	}
}

// A mail that the desk did not send takes no room, and an old one changes nothing.
func TestForeignMails(t *testing.T) {
	o := start(t, nil)
	o.forge("", 0, 9)
	uid := o.book("Harbour", 9, "ann@example.com")
	o.wait(uid, harbour, ical.StatusAccepted)
	o.forge(uid, 7, 14) // by somebody who knows the UID

	old, _ := o.mail("rooms", to(harbour, "Invitation: Review"))
	o.must("PATCH", "/meetings/"+uid, `{"start": "2037-03-02T12:00:00Z"}`)
	o.wait(uid, harbour, ical.StatusAccepted)
	o.put("late", old)
	o.wait(o.book("Harbour", 12, "bob@example.com"), harbour, ical.StatusDeclined)
	o.wait(o.book("Harbour", 9, "bob@example.com"), harbour, ical.StatusAccepted)
	o.wait(o.book("Harbour", 14, "bob@example.com"), harbour, ical.StatusAccepted)
}

// forge puts an invitation into the mailbox of the rooms that the desk did not send. Its UID is
// new if it is "".
func (o *office) forge(uid string, sequence, hour int) {
	o.t.Helper()
	begin := time.Date(2037, 3, 2, hour, 0, 0, 0, time.UTC)
	forger := invite.New(invite.SenderFunc(func(_ context.Context, m *invite.Message) error {
		o.put("forged", m.Data)
		return nil
	}), nil)
	_, err := forger.Send(o.t.Context(), ical.Event{
		UID: uid, Sequence: sequence, Summary: "Forged", Start: begin, End: begin.Add(time.Hour),
		Organizer: ical.Person{Email: "desk@example.com"}, Attendees: []ical.Attendee{{Email: harbour, Kind: ical.KindRoom}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// put puts a mail into the mailbox of the rooms, and waits until it is taken in.
func (o *office) put(name string, mail []byte) {
	o.t.Helper()
	name = fmt.Sprintf("%d.%s", time.Now().UnixNano(), name)
	if err := os.WriteFile(filepath.Join(o.data, "rooms", "new", name), mail, 0o600); err != nil {
		o.t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(o.data, "rooms", "cur", name+":2,S")); err == nil {
			return
		}
	}
	o.t.Fatalf("%s is not taken in", name)
}

func TestReminder(t *testing.T) {
	o := start(t, func(c *config) { c.remindBefore = []time.Duration{time.Hour} })
	begin := time.Now().Add(time.Hour + 2*time.Second).Truncate(time.Second)
	o.must("POST", "/meetings", fmt.Sprintf(`{"title": "Review", "room": "Lagoon", "people": [{"email": "ann@example.com"}],
		"start": %q, "end": %q}`, begin.Format(time.RFC3339), begin.Add(time.Hour).Format(time.RFC3339)))
	o.mail("people", to("ann@example.com", "Reminder"))
}
