package googlecal_test

import (
	"net/http"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/googlecal"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

func TestCalendar(t *testing.T) {
	f := newFake(t)
	open := func(id string) organizer.Calendar {
		return googlecal.New(f.Client(), id, &googlecal.Options{BaseURL: f.URL})
	}
	organizertest.TestCalendar(t, organizertest.Place{
		Open:      func(*testing.T) organizer.Calendar { return open("primary") },
		Organizer: ical.Person{Name: "Olga", Email: owner},
		Mails:     func() (n int) { f.set(func() { n = f.mails }); return n },
		LoseReply: func() { f.set(func() { f.lose = 1 }) },
		Edit: func(t *testing.T, uid string, change func(e *ical.Event)) {
			o, err := open("primary").Get(t.Context(), organizer.Object{UID: uid})
			if err != nil {
				t.Fatal(err)
			}
			change(&o.Event)
			f.edit(t, f.idOf(uid), map[string]any{
				"summary": o.Event.Summary, "description": o.Event.Description, "location": o.Event.Location,
			})
		},
		Missing: func(*testing.T) organizer.Calendar { return open("nobody@group.calendar.google.com") },
		Denied: func(t *testing.T) organizer.Calendar {
			f.set(func() {
				f.fail = func(r *http.Request) *failure {
					if r.Method == http.MethodGet {
						return nil
					}
					return &failure{status: 403, reason: "forbidden", message: "Forbidden"}
				}
			})
			t.Cleanup(func() { f.set(func() { f.fail = nil }) })
			return open("primary")
		},
		Away: func() func() {
			f.set(func() {
				f.fail = func(*http.Request) *failure {
					return &failure{status: 503, reason: "backendError", message: "Backend Error"}
				}
			})
			return func() { f.set(func() { f.fail = nil }) }
		},
		// The documentation names no condition for an import. The organizer's alarms stay in
		// the calendar, and are not in Data.
		Lacks: []string{"RacingNews", organizertest.LackAlarms},
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mails != 0 {
		t.Errorf("the server has sent %d mails, want 0", f.mails)
	}
}
