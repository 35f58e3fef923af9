package googlecal_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/googlecal"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// object returns an entry to put.
func object(t testing.TB, e ical.Event) organizer.Object {
	t.Helper()
	data, err := shadow.Data(e)
	if err != nil {
		t.Fatal(err)
	}
	return organizer.Object{UID: e.UID, Event: e, Data: data}
}

var start = time.Date(2026, 5, 4, 10, 0, 0, 0, mustLoad("Europe/Berlin"))

func mustLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

func single() ical.Event {
	return ical.Event{
		UID: "one@example.com", Summary: "Planning", Location: "Room 1", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Olga", Email: owner},
		Attendees: []ical.Attendee{{Name: "Bob", Email: "bob@example.com", Status: ical.StatusAccepted}},
	}
}

func (f *fake) open() *googlecal.Calendar {
	return googlecal.New(f.Client(), "primary", &googlecal.Options{BaseURL: f.URL})
}

// decisive are the errors that a program decides on.
var decisive = []error{
	organizer.ErrChanged, organizer.ErrGone, organizer.ErrNoCalendar, organizer.ErrDenied, organizer.ErrWouldMail, googlecal.ErrNotParticipant,
}

// TestErrors has every error of the documentation, for the list, for the import and for a
// change of an event.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name                     string
		reply                    failure
		list, create, patch, del error // nil: none that a program decides on
		wait                     time.Duration
	}{
		{name: "bad request", reply: failure{status: 400, reason: "timeRangeEmpty"}},
		{name: "invalid sequence", reply: failure{status: 400, reason: "invalid"}},
		{
			name: "not a participant", reply: failure{status: 400, reason: "participantIsNeitherOrganizerNorAttendee"},
			list: googlecal.ErrNotParticipant, create: googlecal.ErrNotParticipant, patch: googlecal.ErrNotParticipant, del: googlecal.ErrNotParticipant,
		},
		denied("invalid credentials", failure{status: 401, reason: "authError"}),
		denied("forbidden", failure{status: 403, reason: "forbidden"}),
		denied("not the organizer", failure{status: 403, reason: "forbiddenForNonOrganizer"}),
		denied("scope", failure{status: 403, reason: "insufficientPermissions"}),
		denied("API is off", failure{status: 403, reason: "accessNotConfigured"}),
		{name: "user rate", reply: failure{status: 403, reason: "userRateLimitExceeded"}, wait: 5 * time.Second},
		{name: "rate", reply: failure{status: 403, reason: "rateLimitExceeded", retryAfter: "7"}, wait: 7 * time.Second},
		{name: "quota", reply: failure{status: 403, reason: "quotaExceeded"}, wait: 10 * time.Minute},
		{name: "daily limit", reply: failure{status: 403, reason: "dailyLimitExceeded"}, wait: 10 * time.Minute},
		{name: "too many requests", reply: failure{status: 429, reason: "rateLimitExceeded", retryAfter: "60"}, wait: time.Minute},
		{
			name: "not found", reply: failure{status: 404, reason: "notFound"},
			list: organizer.ErrNoCalendar, create: organizer.ErrNoCalendar, patch: organizer.ErrGone, del: organizer.ErrGone,
		},
		{
			name: "duplicate", reply: failure{status: 409, reason: "duplicate"},
			list: organizer.ErrChanged, create: organizer.ErrChanged, patch: organizer.ErrChanged, del: organizer.ErrChanged,
		},
		{
			name: "deleted", reply: failure{status: 410, reason: "deleted"},
			list: organizer.ErrGone, create: organizer.ErrGone, patch: organizer.ErrGone, del: organizer.ErrGone,
		},
		{
			name: "precondition", reply: failure{status: 412, reason: "conditionNotMet"},
			list: organizer.ErrChanged, create: organizer.ErrChanged, patch: organizer.ErrChanged, del: organizer.ErrChanged,
		},
		{name: "backend", reply: failure{status: 500, reason: "backendError"}, wait: 5 * time.Second},
		{name: "unavailable", reply: failure{status: 503, reason: "backendError", retryAfter: "120"}, wait: 2 * time.Minute},
		{name: "gateway", reply: failure{status: 502, body: "<html>Bad gateway</html>"}, wait: 5 * time.Second},
		{name: "no JSON", reply: failure{status: 400, body: "\x00\xff"}},
		{name: "odd JSON", reply: failure{status: 400, body: `{"error":"invalid_grant"}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			c := f.open()
			kept, err := c.Put(t.Context(), object(t, single()))
			if err != nil {
				t.Fatal(err)
			}
			changed := single()
			changed.Summary = "Changed"
			next := object(t, changed)
			next.Tag = kept.Tag
			other := single()
			other.UID = "two@example.com"
			failing := func(method string) {
				f.set(func() {
					f.fail = func(r *http.Request) *failure {
						if r.Method == method {
							return &test.reply
						}
						return nil
					}
				})
			}
			compare := func(what string, err, want error) {
				t.Helper()
				if err == nil {
					t.Fatalf("%s returned nil", what)
				}
				for _, d := range decisive {
					if is := errors.Is(err, d); is != (d == want) {
						t.Errorf("%s returned %v, which is %q: %v", what, err, d, is)
					}
				}
				if w := organizer.RetryAfter(err); w != test.wait {
					t.Errorf("%s asks for a pause of %v, want %v", what, w, test.wait)
				}
				var e *googlecal.Error
				if !errors.As(err, &e) || e.Status != test.reply.status || test.reply.body == "" && e.Code != test.reply.reason {
					t.Errorf("%s returned %+v", what, e)
				}
			}
			failing(http.MethodGet)
			_, err = c.Get(t.Context(), kept)
			compare("Get", err, test.list)
			failing(http.MethodPost)
			_, err = c.Put(t.Context(), object(t, other))
			compare("Put of a new entry", err, test.create)
			failing(http.MethodPatch)
			_, err = c.Put(t.Context(), next)
			compare("Put", err, test.patch)
			failing(http.MethodDelete)
			compare("Delete", c.Delete(t.Context(), kept), test.del)
			// Nothing was changed.
			f.set(func() { f.fail = nil })
			if got, err := c.Get(t.Context(), kept); err != nil || got.Tag != kept.Tag || got.Event.Summary != "Planning" {
				t.Errorf("after the errors, Get returned %+v, %v", got, err)
			}
			if f.imports != 1 || f.mails != 0 {
				t.Errorf("%d entries were made, %d mails sent", f.imports, f.mails)
			}
		})
	}
}

// denied is a test whose error is always ErrDenied.
func denied(name string, reply failure) (test struct {
	name                     string
	reply                    failure
	list, create, patch, del error
	wait                     time.Duration
}) {
	test.name, test.reply = name, reply
	test.list, test.create, test.patch, test.del = organizer.ErrDenied, organizer.ErrDenied, organizer.ErrDenied, organizer.ErrDenied
	return test
}

func TestNotParticipant(t *testing.T) {
	f := newFake(t)
	e := single()
	e.Organizer.Email = "other@example.com"
	if _, err := f.open().Put(t.Context(), object(t, e)); !errors.Is(err, googlecal.ErrNotParticipant) {
		t.Errorf("Put = %v, want ErrNotParticipant", err)
	}
	e.Attendees = append(e.Attendees, ical.Attendee{Email: owner})
	if _, err := f.open().Put(t.Context(), object(t, e)); err != nil {
		t.Errorf("Put as an attendee = %v", err)
	}
}
