package graphcal_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/graphcal"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
	"github.com/convene-go/convene/invite/organizer/internal/walks"
)

func mustLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

var start = time.Date(2026, 5, 4, 10, 0, 0, 0, mustLoad("Europe/Berlin"))

func single() ical.Event {
	return ical.Event{
		UID: "one@example.com", Summary: "Planning", Description: "The plan.", Location: "Room 1",
		Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Olga", Email: mailbox},
		Attendees: []ical.Attendee{{Name: "Bob", Email: "bob@example.com", Status: ical.StatusAccepted}, {Email: "dora@example.test"}},
	}
}

func weekly() ical.Event {
	e := single()
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6}
	return e
}

// object returns an entry to put.
func object(t testing.TB, e ical.Event) organizer.Object {
	t.Helper()
	data, err := shadow.Data(e)
	if err != nil {
		t.Fatal(err)
	}
	return organizer.Object{UID: e.UID, Event: e, Data: data}
}

func (f *fake) at(o *graphcal.Options) *graphcal.Calendar {
	if o == nil {
		o = &graphcal.Options{}
	}
	o.BaseURL, o.Now = f.URL, func() time.Time { return walks.Now }
	return graphcal.New(f.Client(), mailbox, o)
}

// put reserves an entry if tag is empty, and puts e.
func put(t testing.TB, c *graphcal.Calendar, e *ical.Event, tag string) organizer.Object {
	t.Helper()
	if tag == "" {
		uid, err := c.Reserve(t.Context(), "key", *e)
		if err != nil {
			t.Fatal(err)
		}
		e.UID = uid
	}
	o := object(t, *e)
	o.Tag = tag
	got, err := c.Put(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// decisive are the errors that a program decides on.
var decisive = []error{
	organizer.ErrChanged, organizer.ErrGone, organizer.ErrNoCalendar, organizer.ErrDenied, organizer.ErrWouldMail, graphcal.ErrNotReserved,
}

// TestErrors has every error of the documentation, for the search, for a new event, for a
// change and for a deletion.
func TestErrors(t *testing.T) {
	type row struct {
		name  string
		reply failure
		want  [4]error // of Get, Reserve, Put and Delete; nil: none that a program decides on
		wait  time.Duration
	}
	all := func(err error) [4]error { return [4]error{err, err, err, err} }
	rows := []row{
		{name: "bad request", reply: failure{status: 400, code: "ErrorInvalidRequest"}},
		{name: "property", reply: failure{status: 400, code: "ErrorPropertyValidationFailure"}},
		{name: "time zone", reply: failure{status: 400, code: "TimeZoneNotSupportedException"}},
		{name: "boundary", reply: failure{status: 400, code: "ErrorOccurrenceCrossingBoundary"}},
		{name: "conflict as 400", reply: failure{status: 400, code: "ErrorIrresolvableConflict"}, want: all(organizer.ErrChanged)},
		{name: "token", reply: failure{status: 401, code: "InvalidAuthenticationToken"}, want: all(organizer.ErrDenied)},
		{name: "access denied", reply: failure{status: 403, code: "ErrorAccessDenied"}, want: all(organizer.ErrDenied)},
		{name: "permission", reply: failure{status: 403, code: "Authorization_RequestDenied"}, want: all(organizer.ErrDenied)},
		{
			name: "not found", reply: failure{status: 404, code: "ErrorItemNotFound"},
			want: [4]error{organizer.ErrNoCalendar, organizer.ErrNoCalendar, organizer.ErrGone, organizer.ErrGone},
		},
		{name: "no user", reply: failure{status: 404, code: "ErrorInvalidUser"}, want: all(organizer.ErrNoCalendar)},
		{name: "no mailbox", reply: failure{status: 404, code: "MailboxNotEnabledForRESTAPI"}, want: all(organizer.ErrNoCalendar)},
		{name: "no directory entry", reply: failure{status: 404, code: "Request_ResourceNotFound"}, want: all(organizer.ErrNoCalendar)},
		{
			name: "gone", reply: failure{status: 410, code: "ErrorItemNotFound"},
			want: [4]error{organizer.ErrNoCalendar, organizer.ErrNoCalendar, organizer.ErrGone, organizer.ErrGone},
		},
		{name: "precondition", reply: failure{status: 412, code: "ErrorIrresolvableConflict"}, want: [4]error{organizer.ErrChanged, nil, organizer.ErrChanged, organizer.ErrChanged}},
		{name: "too many requests", reply: failure{status: 429, code: "TooManyRequests", retryAfter: "30"}, wait: 30 * time.Second},
		{name: "throttled", reply: failure{status: 429, code: "ApplicationThrottled"}, wait: 10 * time.Second},
		{name: "unavailable", reply: failure{status: 503, code: "ErrorServerBusy", retryAfter: "120"}, wait: 2 * time.Minute},
		{name: "internal", reply: failure{status: 500, code: "ErrorInternalServerError"}, wait: 10 * time.Second},
		{name: "gateway", reply: failure{status: 504, body: "<html>"}, wait: 10 * time.Second},
		{name: "store", reply: failure{status: 507, code: "ErrorQuotaExceeded"}, wait: 10 * time.Second},
		{name: "no JSON", reply: failure{status: 400, body: "\x00\xff"}},
	}
	for _, test := range rows {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			c := f.at(nil)
			e := single()
			kept := put(t, c, &e, "")
			e.Summary = "Changed"
			next := object(t, e)
			next.Tag = kept.Tag
			for i, call := range []struct {
				method string
				do     func() error
			}{
				{http.MethodGet, func() error { _, err := c.Get(t.Context(), organizer.Object{UID: e.UID}); return err }},
				{http.MethodPost, func() error { _, err := c.Reserve(t.Context(), "other", e); return err }},
				{http.MethodPatch, func() error { _, err := c.Put(t.Context(), next); return err }},
				{http.MethodDelete, func() error { return c.Delete(t.Context(), kept) }},
			} {
				f.set(func() {
					f.fail = func(r *http.Request) *failure {
						if r.Method == call.method {
							return &test.reply
						}
						return nil
					}
				})
				err := call.do()
				if err == nil {
					t.Fatalf("%s: no error", call.method)
				}
				// A refused POST is a repetition, which is not there.
				conflict := call.method == http.MethodPost && test.want[2] == organizer.ErrChanged
				for _, d := range decisive {
					if is := errors.Is(err, d); is != (d == test.want[i]) && !conflict {
						t.Errorf("%s returned %v, which is %q: %v", call.method, err, d, is)
					}
				}
				if w := organizer.RetryAfter(err); w != test.wait {
					t.Errorf("%s asks for a pause of %v, want %v", call.method, w, test.wait)
				}
				var x *graphcal.Error
				if !errors.As(err, &x) || !conflict && (x.Status != test.reply.status || test.reply.body == "" && x.Code != test.reply.code) {
					t.Errorf("%s returned %+v", call.method, x)
				}
			}
			f.set(func() { f.fail = nil })
			if got, err := c.Get(t.Context(), kept); err != nil || got.Tag != kept.Tag || f.creations != 1 || f.mails != 0 {
				t.Errorf("after the errors, Get returned %+v, %v; %d entries, %d mails", got, err, f.creations, f.mails)
			}
		})
	}
}

func TestNotReserved(t *testing.T) {
	f := newFake(t)
	_, err := f.at(nil).Put(t.Context(), object(t, single()))
	if !errors.Is(err, graphcal.ErrNotReserved) || !strings.Contains(err.Error(), "Reserve") || f.creations != 0 {
		t.Errorf("Put = %v", err)
	}
}

func TestReserveKey(t *testing.T) {
	f := newFake(t)
	for _, key := range []string{"", "a b", "a'b", "ä", strings.Repeat("x", 65)} {
		if _, err := f.at(nil).Reserve(t.Context(), key, single()); err == nil || len(f.requests) > 0 {
			t.Errorf("Reserve with the key %q = %v", key, err)
		}
	}
}

// TestReserveAgain has a service that has forgotten the transactionId, and an entry that was
// written meanwhile.
func TestReserveAgain(t *testing.T) {
	f := newFake(t)
	c := f.at(nil)
	e := single()
	o := put(t, c, &e, "")
	f.set(func() { delete(f.events[o.Href].fields, "transactionId") })
	uid, err := c.Reserve(t.Context(), "key", single())
	if err != nil || uid != e.UID || f.creations != 1 {
		t.Errorf("Reserve = %q, %v, want %q; %d entries were made", uid, err, e.UID, f.creations)
	}
	if got, err := c.Get(t.Context(), o); err != nil || got.Tag != o.Tag {
		t.Errorf("the entry has changed: %+v, %v", got, err)
	}
}

// TestWouldMail has entries to which the organizer has invited people.
func TestWouldMail(t *testing.T) {
	guest := []any{map[string]any{
		"type": "required", "emailAddress": map[string]any{"name": "Zoe", "address": "zoe@example.com"}, "status": map[string]any{"response": "accepted"},
	}}
	for name, invite := range map[string]func(t *testing.T, f *fake, id string){
		"single": func(t *testing.T, f *fake, id string) { f.edit(t, id, map[string]any{"attendees": guest}) },
		"series": func(t *testing.T, f *fake, id string) { f.edit(t, id, map[string]any{"attendees": guest}) },
		"occurrence": func(t *testing.T, f *fake, id string) {
			f.set(func() {
				if _, _, x := f.patchInstance(f.events[id], "2026-05-11", map[string]any{"attendees": guest}); x != nil {
					t.Fatalf("%+v", *x)
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			c := f.at(nil)
			e := weekly()
			if name == "single" {
				e = single()
			}
			o := put(t, c, &e, "")
			invite(t, f, o.Href)
			got, err := c.Get(t.Context(), o)
			if err != nil || got.Tag == o.Tag {
				t.Fatalf("Get = %v, the tag is the same: %v", err, got.Tag == o.Tag)
			}
			shows := got.Event.Attendees
			if name == "occurrence" {
				if len(got.Event.Overrides) != 1 {
					t.Fatalf("Get returned %d overrides", len(got.Event.Overrides))
				}
				shows = got.Event.Overrides[0].Attendees
			}
			if last := shows[len(shows)-1]; last.Email != "zoe@example.com" || last.Status != ical.StatusAccepted {
				t.Errorf("Get does not show the guest: %+v", shows)
			}
			e.Summary = "New"
			next := object(t, e)
			next.Tag = got.Tag
			before := len(f.requests)
			if _, err := c.Put(t.Context(), next); !errors.Is(err, organizer.ErrWouldMail) {
				t.Errorf("Put = %v, want ErrWouldMail", err)
			}
			if err := c.Delete(t.Context(), organizer.Object{UID: e.UID}); !errors.Is(err, organizer.ErrWouldMail) {
				t.Errorf("Delete = %v, want ErrWouldMail", err)
			}
			for _, r := range f.requests[before:] {
				if !strings.HasPrefix(r, "GET") {
					t.Errorf("a request %s was made", r)
				}
			}
		})
	}
}

// TestWouldMailRace has a guest who is invited between the read and the change.
func TestWouldMailRace(t *testing.T) {
	f := newFake(t)
	c := f.at(nil)
	e := single()
	o := put(t, c, &e, "")
	mails := 0
	f.set(func() {
		f.fail = func(r *http.Request) *failure {
			if r.Method == http.MethodPatch || r.Method == http.MethodDelete {
				item := f.events[o.Href]
				item.fields["attendees"] = []any{map[string]any{"emailAddress": map[string]any{"address": "zoe@example.com"}}}
				f.touch(item)
				mails = f.mails
			}
			return nil
		}
	})
	e.Summary = "New"
	next := object(t, e)
	next.Tag = o.Tag
	if _, err := c.Put(t.Context(), next); !errors.Is(err, organizer.ErrChanged) {
		t.Errorf("Put = %v, want ErrChanged", err)
	}
	f.set(func() { delete(f.events[o.Href].fields, "attendees") })
	if err := c.Delete(t.Context(), organizer.Object{UID: e.UID}); !errors.Is(err, organizer.ErrChanged) {
		t.Errorf("Delete = %v, want ErrChanged", err)
	}
	if f.mails != mails {
		t.Errorf("%d mails were sent", f.mails-mails)
	}
}
