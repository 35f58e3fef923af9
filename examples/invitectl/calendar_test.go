package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
)

// davCalendar is a calendar on a CalDAV server, as small as invitectl needs one.
type davCalendar struct {
	mu      sync.Mutex
	href    string // of the only entry
	data    string // of the only entry; "" if there is none
	version int
	puts    int
	fail    bool // the next PUT is stored, and its reply is lost
}

const calendarPath = "/ann/work/"

func (c *davCalendar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if user, password, _ := r.BasicAuth(); user != "ann" || password != "secret" {
		w.Header().Set("WWW-Authenticate", `Basic realm="calendar"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch r.Method {
	case "PROPFIND":
		multistatus(w, calendarPath, `<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>`)
	case "REPORT":
		if c.data == "" {
			multistatus(w, "", "")
			return
		}
		multistatus(w, c.href, fmt.Sprintf(`<d:getetag>%s</d:getetag><c:calendar-data><![CDATA[%s]]></c:calendar-data>`, c.tag(), c.data))
	default:
		c.serveEntry(w, r)
	}
}

func (c *davCalendar) serveEntry(w http.ResponseWriter, r *http.Request) {
	exists := c.data != "" && r.URL.Path == c.href
	match := r.Header.Get("If-Match")
	switch {
	case r.Method == http.MethodPut && c.data != "" && r.Header.Get("If-None-Match") == "*", match != "" && (!exists || match != c.tag()):
		w.WriteHeader(http.StatusPreconditionFailed)
	case r.Method == http.MethodPut:
		data, _ := io.ReadAll(r.Body)
		c.set(r.URL.Path, string(data))
		c.puts++
		if c.fail {
			c.fail = false
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("ETag", c.tag())
		w.WriteHeader(http.StatusCreated)
	case !exists:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodGet:
		w.Header().Set("ETag", c.tag())
		w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
		_, _ = io.WriteString(w, c.data)
	case r.Method == http.MethodDelete:
		c.data = ""
		w.WriteHeader(http.StatusNoContent)
	}
}

func (c *davCalendar) tag() string { return fmt.Sprintf(`"%d"`, c.version) }

func (c *davCalendar) set(href, data string) { c.href, c.data, c.version = href, data, c.version+1 }

// edit changes the entry, as the organizer does with another program.
func (c *davCalendar) edit(t *testing.T, old, replacement string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !strings.Contains(c.data, old) {
		t.Fatalf("the entry does not hold %q:\n%s", old, c.data)
	}
	c.set(c.href, strings.Replace(c.data, old, replacement, 1))
}

func multistatus(w http.ResponseWriter, href, properties string) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.WriteHeader(http.StatusMultiStatus)
	response := ""
	if href != "" {
		response = `<d:response><d:href>` + href + `</d:href><d:propstat><d:prop>` + properties +
			`</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
	}
	_, _ = io.WriteString(w, `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">`+response+`</d:multistatus>`)
}

// openDAV starts a server with an empty calendar, and returns its URL.
func openDAV(t *testing.T) (*davCalendar, string) {
	t.Helper()
	c := &davCalendar{}
	server := httptest.NewTLSServer(c)
	t.Cleanup(server.Close)
	ca := write(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	return c, strings.Replace(server.URL, "https://", "https://ann:secret@", 1) + calendarPath + "?ca=" + ca
}

// TestSync follows a meeting in the organizer's calendar from a shell.
func TestSync(t *testing.T) {
	calendar, url := openDAV(t)
	meeting := storedMeeting(t)
	sync := func(want ...string) {
		t.Helper()
		got := invitectl("sync", "-calendar", url, "-meeting", meeting)
		if lines := strings.Split(strings.TrimSpace(got.Stdout), "\n"); got.Code != exitOK || len(lines) != len(want) {
			t.Fatalf("sync = %+v, want %q", got, want)
		} else {
			for i, w := range want {
				if !strings.Contains(lines[i], w) {
					t.Errorf("line %d of sync = %s, want %s", i, lines[i], w)
				}
			}
		}
	}
	sync(`"entry":"made"`)
	if !strings.Contains(calendar.data, "SCHEDULE-AGENT=CLIENT") || strings.Contains(calendar.data, "METHOD:") {
		t.Errorf("the entry is\n%s", calendar.data)
	}
	sync(`"entry":"unchanged"`)
	if got := invitectl("answer", "-meeting", meeting, "-as", "bob@example.test", "-status", "accepted"); got.Code != exitOK {
		t.Fatalf("answer = %+v", got)
	}
	sync(`"entry":"changed"`)
	if unfolded := strings.ReplaceAll(calendar.data, "\r\n ", ""); !strings.Contains(unfolded, "PARTSTAT=ACCEPTED") {
		t.Errorf("the entry does not show that bob has accepted:\n%s", unfolded)
	}

	puts := calendar.puts
	calendar.edit(t, "SUMMARY:", "SUMMARY:My ")
	got := invitectl("drift", "-calendar", url, "-meeting", meeting)
	if got.Code != exitOK || strings.Count(got.Stdout, "\n") != 1 || !strings.Contains(got.Stdout, `"field":"summary"`) || !strings.Contains(got.Stdout, `"after":"My `) {
		t.Errorf("drift = %+v, want the changed summary", got)
	}
	sync(`"entry":"unchanged"`, `"field":"summary"`)
	if calendar.puts != puts || !strings.Contains(calendar.data, "SUMMARY:My ") {
		t.Errorf("the entry was written over the organizer's change:\n%s", calendar.data)
	}
	if got := invitectl("cancel", "-now", clock, "-out", t.TempDir(), "-meeting", meeting); got.Code != exitOK {
		t.Fatalf("cancel = %+v", got)
	}
	sync(`"entry":"deleted"`)
	sync(`"entry":"unchanged"`)
	if calendar.data != "" {
		t.Errorf("the entry of the cancelled meeting is still there:\n%s", calendar.data)
	}
}

// TestDriftOverwritten prints a change of the organizer that the meeting has won over, and says
// so, because it is not in the calendar any more.
func TestDriftOverwritten(t *testing.T) {
	calendar, url := openDAV(t)
	meeting := storedMeeting(t)
	if got := invitectl("sync", "-calendar", url, "-meeting", meeting); got.Code != exitOK {
		t.Fatalf("sync = %+v", got)
	}
	calendar.edit(t, "SUMMARY:", "SUMMARY:My ")
	data, err := os.ReadFile(meeting)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(meeting, []byte(strings.Replace(string(data), `"summary": "`, `"summary": "Our `, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	got := invitectl("sync", "-calendar", url, "-meeting", meeting)
	if got.Code != exitOK || !strings.Contains(got.Stdout, `"overwritten":true`) || !strings.Contains(calendar.data, "SUMMARY:Our ") {
		t.Errorf("sync = %+v, want a change that was overwritten:\n%s", got, calendar.data)
	}
}

// TestSyncLostReply loses the reply to a change of the entry. The next sync does not
// take the change for the organizer's.
func TestSyncLostReply(t *testing.T) {
	calendar, url := openDAV(t)
	meeting := storedMeeting(t)
	calendar.fail = true
	if got := invitectl("sync", "-calendar", url, "-meeting", meeting); got.Code != exitRefused || strings.Contains(got.Stderr, "secret") {
		t.Errorf("sync = %+v, want an error without the password", got)
	}
	if got := invitectl("sync", "-calendar", url, "-meeting", meeting); got.Code != exitOK || strings.Count(got.Stdout, "\n") != 1 || calendar.puts != 1 {
		t.Errorf("sync = %+v, %d times written, want no drift and one time", got, calendar.puts)
	}
}

func TestSyncRefuses(t *testing.T) {
	_, url := openDAV(t)
	meeting := storedMeeting(t)
	if got := invitectl("drift", "-calendar", url, "-meeting", meeting); got.Code != exitRefused || !strings.Contains(got.Stderr, "run sync first") {
		t.Errorf("drift before sync = %+v", got)
	}
	if got := invitectl("sync", "-meeting", meeting); got.Code != exitUsage || !strings.Contains(got.Stderr, "-calendar URL") {
		t.Errorf("sync without a calendar = %+v", got)
	}
	if err := os.WriteFile(meeting+".entry", []byte(`{"uid":"another@example.test"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := invitectl("sync", "-calendar", url, "-meeting", meeting); got.Code != exitRefused || !strings.Contains(got.Stderr, "another@example.test") {
		t.Errorf("sync with the entry of another meeting = %+v", got)
	}
	wrong := strings.Replace(url, "secret", "guess", 1)
	if got := invitectl("sync", "-calendar", wrong, "-meeting", storedMeeting(t)); got.Code != exitRefused || strings.Contains(got.Stderr, "guess") {
		t.Errorf("sync with a wrong password = %+v", got)
	}
}
