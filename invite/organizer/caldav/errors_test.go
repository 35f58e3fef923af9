package caldav_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/caldav"
)

// davError is the body of a precondition error.
func davError(condition string) string {
	return `<?xml version="1.0"?><D:error xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:s="http://sabredav.org/ns">` + condition + `</D:error>`
}

// inner is a multistatus with a failure, as Xandikos answers.
func inner(status string) string {
	return `<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:response><D:href>/cal/u.ics</D:href><D:status>HTTP/1.1 ` + status +
		`</D:status><D:error><C:no-uid-conflict/></D:error><D:responsedescription>There is one.</D:responsedescription></D:response></D:multistatus>`
}

// TestErrors maps what a server answers to PUT. decides are the errors that a program decides
// on: an answer means the one that is named, and none of the others.
func TestErrors(t *testing.T) {
	decides := []error{organizer.ErrChanged, organizer.ErrGone, organizer.ErrDenied, organizer.ErrNoCalendar, organizer.ErrWouldMail}
	uidHref := `<C:no-uid-conflict><D:href>/cal/other.ics</D:href></C:no-uid-conflict>`
	for _, test := range []struct {
		name      string
		status    int
		body      string
		header    []string
		replaces  bool // there is an entry, and its tag is given
		is        error
		condition string
		pause     time.Duration
	}{
		{name: "UID under another name", status: 409, body: davError(uidHref), is: organizer.ErrChanged, condition: "no-uid-conflict"},
		{name: "UID under another name, forbidden", status: 403, body: davError(uidHref), is: organizer.ErrChanged, condition: "no-uid-conflict"},
		{name: "UID in another calendar", status: 403, body: davError(`<C:unique-scheduling-object-resource/>`), is: organizer.ErrChanged, condition: "unique-scheduling-object-resource"},
		{name: "multistatus", status: 207, body: inner("412 Precondition Failed"), is: organizer.ErrChanged, condition: "no-uid-conflict"},
		{name: "multistatus without a condition for programs", status: 207, body: strings.Replace(inner("507 Insufficient Storage"), "<C:no-uid-conflict/>", "", 1)},
		{name: "made meanwhile", status: 412, is: organizer.ErrChanged},
		{name: "changed meanwhile", status: 412, replaces: true, is: organizer.ErrChanged},
		{name: "no right", status: 403, body: davError(`<D:need-privileges><D:resource><D:href>/cal/</D:href></D:resource></D:need-privileges>`), is: organizer.ErrDenied, condition: "need-privileges"},
		{name: "forbidden", status: 403, is: organizer.ErrDenied},
		{name: "forbidden for a while", status: 403, header: []string{"Retry-After", "7"}, pause: 7 * time.Second},
		{name: "unauthorized", status: 401, is: organizer.ErrDenied},
		{name: "no calendar", status: 409},
		{name: "locked", status: 423, body: davError(`<D:lock-token-submitted><D:href>/cal/u.ics</D:href></D:lock-token-submitted>`), condition: "lock-token-submitted"},
		{name: "full", status: 507, body: davError(`<D:quota-not-exceeded/>`), condition: "quota-not-exceeded"},
		{name: "too many requests", status: 429, header: []string{"Retry-After", "120"}, pause: 2 * time.Minute},
		{name: "away until", status: 503, header: []string{"Retry-After", "Tue, 01 Dec 2026 10:00:30 GMT", "Date", "Tue, 01 Dec 2026 10:00:00 GMT"}, pause: 30 * time.Second},
		{name: "away for long", status: 503, header: []string{"Retry-After", "99999999"}, pause: 24 * time.Hour},
		{name: "away until nonsense", status: 503, header: []string{"Retry-After", "-5"}},
		{name: "gateway", status: 502},
		{name: "large", status: 413},
		{name: "data", status: 403, body: davError(`<C:valid-calendar-data/>`), condition: "valid-calendar-data"},
		{name: "resource", status: 403, body: davError(`<C:valid-calendar-object-resource/>`), condition: "valid-calendar-object-resource"},
		{name: "component", status: 403, body: davError(`<C:supported-calendar-component/>`), condition: "supported-calendar-component"},
		{name: "media type", status: 415, body: davError(`<C:supported-calendar-data/>`), condition: "supported-calendar-data"},
		{name: "size", status: 403, body: davError(`<C:max-resource-size/>`), condition: "max-resource-size"},
		{name: "attendees", status: 403, body: davError(`<C:max-attendees-per-instance/>`), condition: "max-attendees-per-instance"},
		{name: "scheduling", status: 403, body: davError(`<C:allowed-organizer-scheduling-object-change/>`), condition: "allowed-organizer-scheduling-object-change"},
		{name: "sabre", status: 403, body: davError(`<s:exception>X</s:exception><s:message>Validation error in iCalendar</s:message><C:valid-calendar-data/>`), condition: "valid-calendar-data"},
		{name: "not XML", status: 400, body: "<html><body>no", header: []string{"Content-Type", "text/html"}},
		{name: "server", status: 500},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, url := startFake(t)
			o := organizer.Object{UID: "u", Data: entryText("u", carol)}
			if test.replaces {
				f.entries["u.ics"] = string(entryText("u"))
				o.Tag = etag(f.entries["u.ics"])
			}
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPut {
					return false
				}
				for i := 0; i+1 < len(test.header); i += 2 {
					w.Header().Set(test.header[i], test.header[i+1])
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
				return true
			}
			if test.name == "changed meanwhile" {
				f.entries["u.ics"] = string(entryText("u", "LOCATION:Room 5"))
			}
			if test.name == "made meanwhile" {
				put := f.before
				f.before = func(w http.ResponseWriter, r *http.Request) bool {
					if r.Method == http.MethodPut {
						f.entries["u.ics"] = string(entryText("u"))
					}
					return put(w, r)
				}
			}
			_, err := openPlain(t, url).Put(t.Context(), o)
			var failed *caldav.Error
			if !errors.As(err, &failed) {
				t.Fatalf("Put: %v, want an *Error", err)
			}
			for _, e := range decides {
				if errors.Is(err, e) != (e == test.is) {
					t.Errorf("Put: %v, want %v", err, test.is)
				}
			}
			if failed.Condition != test.condition || organizer.RetryAfter(err) != test.pause {
				t.Errorf("Put: condition %q, pause %v, want %q, %v", failed.Condition, organizer.RetryAfter(err), test.condition, test.pause)
			}
			if strings.Contains(test.body, "/cal/other.ics") && failed.Href != "/cal/other.ics" {
				t.Errorf("Put: Href %q", failed.Href)
			}
		})
	}
}

// TestNoCalendar removes the calendar before each call.
func TestNoCalendar(t *testing.T) {
	f, url := startFake(t)
	c := openPlain(t, url)
	o, err := c.Put(t.Context(), organizer.Object{UID: "u", Data: entryText("u", carol)})
	if err != nil {
		t.Fatal(err)
	}
	fresh := organizer.Object{UID: "v", Data: entryText("v", carol)}
	for name, call := range map[string]func() error{
		"Get":             func() error { _, err := c.Get(t.Context(), o); return err },
		"Get by UID":      func() error { _, err := c.Get(t.Context(), organizer.Object{UID: "u"}); return err },
		"Put":             func() error { _, err := c.Put(t.Context(), fresh); return err },
		"Put of a change": func() error { _, err := c.Put(t.Context(), o); return err },
		"Delete":          func() error { return c.Delete(t.Context(), o) },
		"Delete of any":   func() error { return c.Delete(t.Context(), organizer.Object{UID: "u"}) },
		"Put after Get": func() error {
			return afterGet(t, f, c, o, func() error { _, err := c.Put(t.Context(), o); return err })
		},
		"Delete after Get": func() error { return afterGet(t, f, c, o, func() error { return c.Delete(t.Context(), o) }) },
	} {
		f.mu.Lock()
		f.gone = false
		f.mu.Unlock()
		if _, err := c.Collection(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.mu.Lock()
		f.gone = true
		f.mu.Unlock()
		err := call()
		want(t, name, err, organizer.ErrNoCalendar)
		if errors.Is(err, organizer.ErrGone) {
			t.Errorf("%s: %v is ErrGone, too", name, err)
		}
	}
}

// TestOtherCalendar asks for an entry in a calendar that is not the present one. It is gone only
// if that calendar exists.
func TestOtherCalendar(t *testing.T) {
	for path, is := range map[string]error{"/home/u.ics": organizer.ErrGone, "/removed/u.ics": organizer.ErrNoCalendar} {
		_, url := startFake(t)
		_, err := openPlain(t, url).Get(t.Context(), organizer.Object{UID: "u", Href: path})
		want(t, path, err, is)
	}
}

// afterGet removes the calendar between Get and a change.
func afterGet(t *testing.T, f *fake, c *caldav.Calendar, o organizer.Object, change func() error) error {
	f.mu.Lock()
	f.gone = false
	f.mu.Unlock()
	if _, err := c.Get(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	f.gone = true
	f.mu.Unlock()
	return change()
}

// TestLostReplies breaks the connection off after each request of a call. The error is none
// that a program decides on. The same call is then made again, as organizer.Sync does, and in the
// end there is one entry.
func TestLostReplies(t *testing.T) {
	data := entryText("u", carol)
	newer := entryText("u", carol, "LOCATION:Room 5")
	for name, test := range map[string]struct {
		there bool
		call  func(ctx context.Context, c *caldav.Calendar, o organizer.Object) error
		again error // of the second call if the first was carried out
		after int   // the entries in the end
	}{
		"Get": {true, func(ctx context.Context, c *caldav.Calendar, o organizer.Object) error {
			_, err := c.Get(ctx, o)
			return err
		}, nil, 1},
		"Put": {false, func(ctx context.Context, c *caldav.Calendar, o organizer.Object) error {
			_, err := c.Put(ctx, organizer.Object{UID: "u", Data: data})
			return err
		}, organizer.ErrChanged, 1},
		"Put of a change": {true, func(ctx context.Context, c *caldav.Calendar, o organizer.Object) error {
			o.Data = newer
			_, err := c.Put(ctx, o)
			return err
		}, organizer.ErrChanged, 1},
		"Delete": {true, func(ctx context.Context, c *caldav.Calendar, o organizer.Object) error { return c.Delete(ctx, o) }, organizer.ErrGone, 0},
	} {
		for n := 1; ; n++ {
			f, url := startFake(t)
			o := organizer.Object{UID: "u"}
			if test.there {
				f.entries["u.ics"] = string(data)
				o.Href, o.Tag = "/cal/u.ics", etag(string(data))
			}
			c := openPlain(t, url)
			f.cut = n
			err := test.call(t.Context(), c, o)
			requests := f.seen()
			if len(requests) < n {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if n < 4 {
					t.Errorf("%s: only %d requests", name, n-1)
				}
				break
			}
			for _, e := range []error{organizer.ErrChanged, organizer.ErrGone, organizer.ErrDenied, organizer.ErrNoCalendar, organizer.ErrWouldMail} {
				if errors.Is(err, e) {
					t.Errorf("%s, request %d (%s) lost: %v", name, n, requests[n-1], err)
				}
			}
			if err != nil {
				if second := test.call(t.Context(), c, o); second != nil && !errors.Is(second, test.again) {
					t.Errorf("%s, request %d (%s) lost, again: %v, want nil or %v", name, n, requests[n-1], second, test.again)
				}
			}
			if got := f.stored(); got != test.after {
				t.Errorf("%s, request %d lost: %d entries, want %d", name, n, got, test.after)
			}
		}
	}
}

// TestPutReadsBack returns what the server keeps, and with which tag.
func TestPutReadsBack(t *testing.T) {
	data := entryText("u", carol)
	kept := bytes.Replace(data, []byte("SUMMARY:Review"), []byte("SUMMARY:Review\r\nX-SERVER:1"), 1)
	for name, test := range map[string]struct {
		change func(f *fake, w http.ResponseWriter) // after the PUT
		etag   string                               // that PUT returns
		data   []byte
		tag    string
	}{
		"rewritten, no ETag":        {func(f *fake, w http.ResponseWriter) { f.entries["u.ics"] = string(kept) }, "", kept, etag(string(kept))},
		"rewritten, with its ETag":  {func(f *fake, w http.ResponseWriter) { f.entries["u.ics"] = string(kept) }, etag(string(kept)), kept, etag(string(kept))},
		"a weak ETag":               {func(f *fake, w http.ResponseWriter) { f.entries["u.ics"] = string(kept) }, "W/" + etag(string(kept)), kept, etag(string(kept))},
		"changed by somebody since": {func(f *fake, w http.ResponseWriter) { f.entries["u.ics"] = string(kept) }, `"mine"`, nil, `"mine"`},
		"deleted by somebody since": {func(f *fake, w http.ResponseWriter) { delete(f.entries, "u.ics") }, `"mine"`, nil, `"mine"`},
	} {
		f, url := startFake(t)
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut {
				test.change(f, w)
				if test.etag != "" {
					w.Header().Set("ETag", test.etag)
				}
				w.WriteHeader(http.StatusCreated)
			}
			return r.Method == http.MethodPut
		}
		got, err := openPlain(t, url).Put(t.Context(), organizer.Object{UID: "u", Data: data})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if test.data != nil && !bytes.Equal(got.Data, test.data) || got.Tag != test.tag || !bytes.Equal(got.Written, data) || got.Event.UID != "u" || got.Href != "/cal/u.ics" {
			t.Errorf("%s: tag %s, want %s\n%s", name, got.Tag, test.tag, got.Data)
		}
	}
}

// TestOrganizerAgent adds SCHEDULE-AGENT=CLIENT to the ORGANIZER, and changes nothing else.
func TestOrganizerAgent(t *testing.T) {
	f, url := startFake(t)
	data := bytes.Replace(entryText("u", carol), []byte("ORGANIZER:"), []byte("ORGANIZER;CN=\"Ann: the chair; of "+strings.Repeat("ö", 40)+"\":"), 1)
	if _, err := openPlain(t, url).Put(t.Context(), organizer.Object{UID: "u", Data: data}); err != nil {
		t.Fatal(err)
	}
	stored := f.entries["u.ics"]
	for _, line := range strings.SplitAfter(stored, "\r\n") {
		if len(line) > 77 {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(stored, "\r\n ", "")
	if got := strings.Replace(unfolded, ";SCHEDULE-AGENT=CLIENT;CN=", ";CN=", 1); got != string(data) || got == unfolded {
		t.Errorf("stored:\n%s\ngiven:\n%s", stored, data)
	}
}

// TestNothingIsSent refuses data before the first request.
func TestNothingIsSent(t *testing.T) {
	f, url := startFake(t)
	c := openPlain(t, url)
	override := strings.Join([]string{carol, "RRULE:FREQ=DAILY;COUNT=3", "END:VEVENT", "BEGIN:VEVENT", "UID:u", "RECURRENCE-ID:20270302T100000Z", "DTSTAMP:20261101T100000Z",
		"DTSTART:20270302T120000Z", "ORGANIZER:mailto:ann@example.test", "ATTENDEE:mailto:carol@example.com"}, "\r\n")
	for name, test := range map[string]struct {
		o  organizer.Object
		is error
	}{
		"an attendee without an agent":  {organizer.Object{UID: "u", Data: entryText("u", bob)}, organizer.ErrWouldMail},
		"the server as agent":           {organizer.Object{UID: "u", Data: entryText("u", strings.Replace(carol, "CLIENT", "SERVER", 1))}, organizer.ErrWouldMail},
		"no agent":                      {organizer.Object{UID: "u", Data: entryText("u", strings.Replace(carol, "CLIENT", "NONE", 1))}, organizer.ErrWouldMail},
		"two agents":                    {organizer.Object{UID: "u", Data: entryText("u", strings.Replace(carol, "ATTENDEE", "ATTENDEE;SCHEDULE-AGENT=SERVER", 1))}, organizer.ErrWouldMail},
		"a folded line":                 {organizer.Object{UID: "u", Data: entryText("u", "ATTEN\r\n DEE;CN=\"SCHEDULE-AGENT=CLIENT\":mailto:bob@example.com")}, organizer.ErrWouldMail},
		"an override without an agent":  {organizer.Object{UID: "u", Data: entryText("u", override)}, organizer.ErrWouldMail},
		"lower case":                    {organizer.Object{UID: "u", Data: entryText("u", strings.ToLower(bob))}, organizer.ErrWouldMail},
		"an attendee and a lone return": {organizer.Object{UID: "u", Data: entryText("u", carol+"\r"+bob)}, organizer.ErrWouldMail},
		"another UID":                   {organizer.Object{UID: "v", Data: entryText("u", carol)}, nil},
		"a method":                      {organizer.Object{UID: "u", Data: bytes.Replace(entryText("u", carol), []byte("VERSION"), []byte("METHOD:REQUEST\r\nVERSION"), 1)}, nil},
		"no data":                       {organizer.Object{UID: "u"}, nil},
		"no UID":                        {organizer.Object{Data: entryText("u", carol)}, nil},
		"a long UID":                    {organizer.Object{UID: strings.Repeat("u", 1001), Data: entryText(strings.Repeat("u", 1001), carol)}, nil},
	} {
		_, err := c.Put(t.Context(), test.o)
		if err == nil || test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("%s: %v, want %v", name, err, test.is)
		}
	}
	if len(f.requests) != 0 {
		t.Errorf("requests: %q, want none", f.requests)
	}
}

// TestServedEntry replaces and deletes entries with an attendee whom the server mails.
func TestServedEntry(t *testing.T) {
	own := "ATTENDEE;PARTSTAT=ACCEPTED:mailto:Ann@example.test"
	alarm := "BEGIN:VALARM\r\nACTION:EMAIL\r\nTRIGGER:-PT5M\r\nATTENDEE:mailto:ann@example.org\r\nSUMMARY:x\r\nDESCRIPTION:x\r\nEND:VALARM"
	for name, test := range map[string]struct {
		dav, entry string
		is         error
	}{
		"invited by the server":        {"1, calendar-access, calendar-auto-schedule", bob, organizer.ErrWouldMail},
		"an older name":                {"calendar-schedule", bob, organizer.ErrWouldMail},
		"a server that is silent":      {"", bob, organizer.ErrWouldMail},
		"a server that does not mail":  {"1, calendar-access", bob, nil},
		"the organizer as attendee":    {"calendar-auto-schedule", own, nil},
		"the organizer's alarm":        {"calendar-auto-schedule", alarm, nil},
		"everybody mailed by us alone": {"calendar-auto-schedule", carol, nil},
	} {
		for _, read := range []bool{true, false} {
			f, url := startFake(t)
			f.dav = test.dav
			f.entries["u.ics"] = string(entryText("u", test.entry))
			c := openPlain(t, url)
			o := organizer.Object{UID: "u", Tag: etag(f.entries["u.ics"]), Data: entryText("u", carol, "LOCATION:Room 5")}
			if read {
				if _, err := c.Get(t.Context(), o); err != nil {
					t.Fatal(err)
				}
			}
			want(t, name+": Delete", c.Delete(t.Context(), o), test.is)
			if test.is == nil {
				f.entries["u.ics"] = string(entryText("u", test.entry))
			}
			_, err := c.Put(t.Context(), o)
			want(t, name+": Put", err, test.is)
		}
	}
}

// TestRequests counts the requests of a change after Get, as organizer.Sync makes it.
func TestRequests(t *testing.T) {
	f, url := startFake(t)
	f.entries["u.ics"] = string(entryText("u", carol))
	c := openPlain(t, url)
	o, err := c.Get(t.Context(), organizer.Object{UID: "u", Href: "/cal/u.ics"})
	if err != nil {
		t.Fatal(err)
	}
	f.requests = nil
	o.Data = entryText("u", carol, "LOCATION:Room 5")
	if o, err = c.Put(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(f.requests); got != "[PUT /cal/u.ics GET /cal/u.ics]" {
		t.Errorf("Put after Get: %s", got)
	}
	h := f.header[len(f.header)-2]
	if h.Get("If-Match") == "" || h.Get("If-Schedule-Tag-Match") != "" || h.Get("Schedule-Reply") != "F" {
		t.Errorf("header of PUT: %v", h)
	}
}

// TestSecrets looks for the credentials in all errors and logs.
func TestSecrets(t *testing.T) {
	var log bytes.Buffer
	for _, status := range []int{200, 207, 301, 401, 403, 404, 412, 500} {
		f, url := startFake(t)
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("Location", "http://ann:s3cret@"+r.Host+"/?p=s3cret")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "you sent "+r.Header.Get("Authorization")+" which is ann:s3cret")
			return true
		}
		c, err := caldav.Open(strings.Replace(url, "://", "://ann:s3cret@", 1), &caldav.Options{
			TLS: caldav.TLSInsecureNone, InsecureAllowPlaintextAuth: true,
			Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Get(t.Context(), organizer.Object{UID: "u"})
		if err == nil {
			t.Errorf("status %d is no error", status)
			continue
		}
		fmt.Fprintln(&log, err)
		if text := fmt.Sprintf("%v %+v %#v", err, c, err); strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "YW5uOnMzY3JldA") {
			t.Errorf("the error of status %d has credentials: %s", status, text)
		}
	}
	if text := log.String(); strings.Contains(text, "s3cret") || strings.Contains(text, "YW5uOnMzY3JldA") {
		t.Errorf("the log has credentials:\n%s", text)
	}
	if !strings.Contains(log.String(), "PROPFIND") {
		t.Error("the log has no requests")
	}
}

// TestExplained looks at the words for mistakes in a URL.
func TestExplained(t *testing.T) {
	asks := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	}
	plain, safe := httptest.NewServer(http.HandlerFunc(asks)), httptest.NewTLSServer(http.HandlerFunc(asks))
	defer plain.Close()
	defer safe.Close()
	safe.Config.ErrorLog = log.New(io.Discard, "", 0)
	for _, tt := range []struct{ name, url, want string }{
		{"no user", plain.URL + "/?tls=insecure-none", "the server asks for a user and password"},
		{"a wrong password", strings.Replace(plain.URL, "//", "//ann:hunter2@", 1) + "/?tls=insecure-none", "does not accept these credentials"},
		{"a certificate of their own", safe.URL, "ca=FILE"},
		{"https to a port of http", strings.Replace(plain.URL, "http:", "https:", 1), "may speak http"},
	} {
		c, err := caldav.Open(tt.url, nil)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if _, err = c.Get(t.Context(), organizer.Object{UID: "1"}); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
