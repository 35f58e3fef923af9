package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// start runs the whole program, and returns the address of its page.
func start(t *testing.T, c config) string {
	t.Helper()
	c.listen, c.zone, c.from = "127.0.0.1:0", "Europe/Berlin", "Room desk <desk@example.test>"
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- run(ctx, c, func(url string) { ready <- url }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run = %v", err)
		}
	})
	select {
	case url := <-ready:
		return strings.TrimSuffix(url, "/")
	case err := <-ended:
		ended <- nil
		t.Fatalf("run = %v", err)
		return ""
	}
}

// visitor uses the page without a browser.
type visitor struct {
	t    *testing.T
	base string
}

// get returns a page.
func (v visitor) get(path string) string {
	v.t.Helper()
	r, err := http.Get(v.base + path)
	return v.read(r, err, http.StatusOK)
}

// post sends a form, and returns the page that it leads to.
func (v visitor) post(path string, status int, fields ...string) (page, at string) {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r, err := http.PostForm(v.base+path, form)
	page = v.read(r, err, status)
	return page, r.Request.URL.Path
}

func (v visitor) read(r *http.Response, err error, status int) string {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status {
		v.t.Fatalf("%s: %s, %v, want status %d\n%.2000s", r.Request.URL, r.Status, err, status, data)
	}
	return string(data)
}

// until gets a page until it has a text. Mails go out and come in meanwhile.
func (v visitor) until(path, text string) string {
	v.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		page := v.get(path)
		if strings.Contains(page, text) {
			return page
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("%s does not show %q after a minute:\n%s", path, text, page)
		}
	}
}

// lack fails if a page has a text.
func (v visitor) lack(page, text string) {
	v.t.Helper()
	if strings.Contains(page, text) {
		v.t.Errorf("the page shows %q:\n%s", text, page)
	}
}

// book books a meeting, and returns the path of its page.
func (v visitor) book(fields ...string) string {
	v.t.Helper()
	_, path := v.post("/book", http.StatusOK, append([]string{
		"title", "Review", "room", "Room Aster", "start", tomorrow(10), "minutes", "60",
		"people", "Ann <ann@example.test>\nbob@example.test\n\nCleo <cleo@example.test>\n",
	}, fields...)...)
	return path
}

// tomorrow is an hour of tomorrow for the form.
func tomorrow(hour int) string {
	return time.Now().AddDate(0, 0, 2).Format("2006-01-02") + fmt.Sprintf("T%02d:00", hour)
}

var letterLink = regexp.MustCompile(`href="(/mails/\d+)">([^<]*)</a>`)

// mail waits for a mail to an attendee whose subject begins with a text, and returns its path.
func (v visitor) mail(to, subject string) string {
	v.t.Helper()
	page := v.until("/mails?to="+url.QueryEscape(to), ">"+subject)
	for _, m := range letterLink.FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(m[2], subject) {
			return m[1]
		}
	}
	v.t.Fatalf("no link to %q:\n%s", subject, page)
	return ""
}

// answer answers the last mail to an attendee that begins with a subject.
func (v visitor) answer(to, subject, client, status string, fields ...string) {
	v.t.Helper()
	v.post(v.mail(to, subject)+"/answer", http.StatusOK, append([]string{"client", client, "status", status}, fields...)...)
}

// TestService drives everything by HTTP: book, answer, move, answer again, cancel.
func TestService(t *testing.T) {
	eachKind(t, func(t *testing.T, c config) {
		v := visitor{t, start(t, c)}
		meeting := v.book()
		v.until(meeting, "3 without an answer")
		v.answer("ann@example.test", "Invitation: Review", "outlook", "accepted")
		v.answer("bob@example.test", "Invitation: Review", "gmail", "declined", "comment", "On <b>holiday</b>")
		v.answer("cleo@example.test", "Invitation: Review", "apple", "tentative")
		page := v.until(meeting, "1 accepted, 1 tentative, 1 declined")
		v.until(meeting, "On &lt;b&gt;holiday&lt;/b&gt;")
		v.lack(page, "<b>holiday")

		v.post(meeting+"/move", http.StatusOK, "start", tomorrow(14))
		v.until(meeting, "3 without an answer")
		v.answer("ann@example.test", "Updated: Review", "thunderbird", "accepted")
		v.answer("bob@example.test", "Updated: Review", "gmail", "accepted")
		v.until(meeting, "2 accepted, 1 without an answer")

		page, _ = v.post(meeting+"/cancel", http.StatusOK)
		if !strings.Contains(page, "(cancelled)") || strings.Contains(page, ">Move</button>") {
			t.Errorf("the page does not show that the meeting is cancelled:\n%s", page)
		}
		for _, who := range []string{"ann", "bob", "cleo"} {
			v.lack(v.get(v.mail(who+"@example.test", "Cancelled: Review")), "Answer with")
		}
		v.post(meeting+"/move", http.StatusConflict, "start", tomorrow(16))
		v.book("start", tomorrow(14)) // the room is free again
	})
}

// TestTaken books a room twice. Nobody is invited to the second meeting.
func TestTaken(t *testing.T) {
	eachKind(t, func(t *testing.T, c config) {
		v := visitor{t, start(t, c)}
		v.book("title", "First", "people", "ann@example.test")
		second := []string{"title", "Second", "room", "Room Aster", "minutes", "60", "people", "ann@example.test"}
		page, _ := v.post("/book", http.StatusConflict, append(second, "start", tomorrow(10))...)
		if !strings.Contains(page, "the room is taken at that time") || !strings.Contains(page, `value="Second"`) {
			t.Errorf("the page does not say that the room is taken, or forgets the form:\n%s", page)
		}
		third := v.book("title", "Third", "start", tomorrow(11), "people", "ann@example.test")
		v.post(third+"/move", http.StatusConflict, "start", tomorrow(10))
		v.mail("ann@example.test", "Invitation: Third")
		v.lack(v.get("/mails"), "Second")
		v.lack(v.get("/"), "Second")
	})
}

// TestProposal moves a meeting to the time that an attendee asks for, and declines another.
func TestProposal(t *testing.T) {
	v := visitor{t, start(t, config{})}
	meeting := v.book()
	accept := regexp.MustCompile(`action="(/meeting/[^"]*/accept/[^"]*)"`)
	decline := regexp.MustCompile(`action="(/meeting/[^"]*/decline/[^"]*)"`)

	v.answer("ann@example.test", "Invitation: Review", "outlook", "later", "comment", "The train is late")
	page := v.until(meeting, "The train is late")
	v.post(accept.FindStringSubmatch(page)[1], http.StatusOK)
	v.until(meeting, "11:00 to 12:00, Room Aster")

	v.answer("bob@example.test", "Updated: Review", "gmail", "later")
	page = v.until(meeting, "12:00 to 13:00")
	page, _ = v.post(decline.FindStringSubmatch(page)[1], http.StatusOK)
	v.lack(page, "12:00 to 13:00")
	v.until(meeting, "11:00 to 12:00, Room Aster")
}

// TestForm shows each fault of a form, and nothing is sent.
func TestForm(t *testing.T) {
	v := visitor{t, start(t, config{})}
	for _, test := range []struct{ field, value, want string }{
		{"title", " ", "Title: is missing"},
		{"room", "Cellar", "Room: there is no such room"},
		{"start", "soon", "Start: is not a date"},
		{"minutes", "0", "Length: a meeting takes"},
		{"minutes", "9999999999999999999", "Length: a meeting takes"},
		{"people", "", "People: nobody is invited"},
		{"people", "Ann, the boss", "People: no mail address: Ann, the boss"},
		{"people", "ann@example.test\nANN@example.test", "People: "},
		{"people", `"><script>alert(1)</script>`, "&lt;script&gt;"},
	} {
		fields := map[string]string{"title": "Review", "room": "Room Aster", "start": tomorrow(10), "minutes": "60", "people": "ann@example.test"}
		fields[test.field] = test.value
		var list []string
		for name, value := range fields {
			list = append(list, name, value)
		}
		page, _ := v.post("/book", http.StatusUnprocessableEntity, list...)
		if !strings.Contains(page, test.want) {
			t.Errorf("%s = %q: the page lacks %q:\n%s", test.field, test.value, test.want, page)
		}
		v.lack(page, "<script")
	}
	if page := v.get("/"); !strings.Contains(page, "There are no meetings yet") {
		t.Errorf("a meeting was booked:\n%s", page)
	}
}

// TestOtherSites refuses forms that another site sends.
func TestOtherSites(t *testing.T) {
	v := visitor{t, start(t, config{})}
	for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
		r, err := http.NewRequest(http.MethodPost, v.base+"/book", strings.NewReader("title=x"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(name, value)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(r)
		v.read(resp, err, http.StatusForbidden)
	}
}

// TestUnknown asks for pages that do not exist.
func TestUnknown(t *testing.T) {
	v := visitor{t, start(t, config{})}
	for _, path := range []string{"/meeting/x", "/mails/1", "/mails/x/html", "/elsewhere"} {
		r, err := http.Get(v.base + path)
		v.read(r, err, http.StatusNotFound)
	}
	v.post("/meeting/x/cancel", http.StatusNotFound)
	v.post("/held/x/apply", http.StatusNotFound)
	v.post("/held/x/burn", http.StatusNotFound)
	v.book()
	v.post(v.mail("ann@example.test", "Invitation: Review")+"/answer", http.StatusBadRequest, "client", "pigeon", "status", "accepted")
}

// TestHeld answers as somebody who is not invited. A person decides about such mails.
func TestHeld(t *testing.T) {
	eachKind(t, func(t *testing.T, c config) {
		v := visitor{t, start(t, c)}
		meeting := v.book("people", "ann@example.test")
		held := regexp.MustCompile(`action="(/held/[^"]*/)apply"`)
		for _, test := range []struct{ guest, what, want string }{
			{"mallory@example.net", "dismiss", "1 without an answer"},
			{"eve@example.net", "apply", "1 accepted, 1 without an answer"},
		} {
			v.answer("ann@example.test", "Invitation: Review", "apple", "accepted", "guest", test.guest)
			page := v.until("/", "Mails that need you")
			v.post(held.FindStringSubmatch(page)[1]+test.what, http.StatusOK)
			v.lack(v.get("/"), "Mails that need you")
			if page := v.get(meeting); !strings.Contains(page, test.want) {
				t.Errorf("after %s, the page does not show %q:\n%s", test.what, test.want, page)
			}
		}
	})
}

// TestTogether books one room for one hour many times at once. One booking gets it.
func TestTogether(t *testing.T) {
	eachKind(t, func(t *testing.T, c config) {
		v := visitor{t, start(t, c)}
		for hour := range 20 {
			var booked, refused atomic.Int32
			var visitors sync.WaitGroup
			for range 8 {
				visitors.Go(func() {
					r, err := http.PostForm(v.base+"/book", url.Values{
						"title": {"Race"}, "room": {"Room Clover"}, "start": {tomorrow(hour)}, "minutes": {"30"}, "people": {"ann@example.test"},
					})
					if err != nil {
						t.Error(err)
						return
					}
					r.Body.Close()
					switch r.StatusCode {
					case http.StatusOK:
						booked.Add(1)
					case http.StatusConflict:
						refused.Add(1)
					default:
						t.Error(r.Status)
					}
				})
			}
			visitors.Wait()
			if booked.Load() != 1 || refused.Load() != 7 {
				t.Errorf("%d booked and %d refused, want 1 and 7", booked.Load(), refused.Load())
			}
		}
	})
}

// TestKept ends the program and starts it again on the same file.
func TestKept(t *testing.T) {
	c := config{db: filepath.Join(t.TempDir(), "rooms.db")}
	var meeting string
	t.Run("first", func(t *testing.T) { meeting = visitor{t, start(t, c)}.book() })
	t.Run("second", func(t *testing.T) {
		v := visitor{t, start(t, c)}
		v.until(meeting, "3 without an answer")
		v.post("/book", http.StatusConflict, "title", "Other", "room", "Room Aster", "start", tomorrow(10), "minutes", "30", "people", "ann@example.test")
	})
	if i, err := os.Stat(c.db); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("Stat = %v, %v, want a file for its owner alone", i, err)
	}
}

// TestFlags names the flag that is wrong.
func TestFlags(t *testing.T) {
	good := config{listen: "127.0.0.1:0", zone: "UTC", from: "desk@example.test"}
	for name, change := range map[string]func(c *config){
		"-from":        func(c *config) { c.from = "desk" },
		"-zone":        func(c *config) { c.zone = "Moon" },
		"-authserv-id": func(c *config) { c.maildir = t.TempDir() },
		"-smtp":        func(c *config) { c.smtp = "gopher://localhost" },
		"-db":          func(c *config) { c.db = filepath.Join(t.TempDir(), "missing", "rooms.db") },
	} {
		c := good
		change(&c)
		err := run(t.Context(), c, func(string) { t.Errorf("%s: the program starts", name) })
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("run = %v, want an error about %s", err, name)
		}
	}
}

// TestShort keeps the part to copy short.
func TestShort(t *testing.T) {
	data, err := os.ReadFile("service.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), "\n"); n > 150 {
		t.Errorf("service.go has %d lines, want at most 150", n)
	}
}
