package graphcal_test

import (
	"net/http"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/graphcal"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

func (f *fake) open(name string) *graphcal.Calendar {
	return graphcal.New(f.Client(), name, &graphcal.Options{BaseURL: f.URL})
}

// idOf returns the identifier of the event with a UID.
func (f *fake) idOf(uid string) (id string) {
	f.set(func() {
		for _, e := range f.events {
			if e.fields["iCalUId"] == uid {
				id = e.id
			}
		}
	})
	return id
}

// edit changes an event as another program does.
func (f *fake) edit(t testing.TB, id string, fields map[string]any) {
	t.Helper()
	f.set(func() {
		if x := f.store(f.events[id], fields); x != nil {
			t.Fatalf("editing %s: %+v", id, *x)
		}
	})
}

func TestCalendar(t *testing.T) {
	f := newFake(t)
	failing := func(x *failure) func() {
		f.set(func() {
			f.fail = func(*http.Request) *failure { return x }
		})
		return func() { f.set(func() { f.fail = nil }) }
	}
	organizertest.TestCalendar(t, organizertest.Place{
		Open:      func(*testing.T) organizer.Calendar { return f.open(mailbox) },
		Organizer: ical.Person{Name: "Olga", Email: mailbox},
		Mails:     func() (n int) { f.set(func() { n = f.mails }); return n },
		LoseReply: func() { f.set(func() { f.lose = 1 }) },
		Edit: func(t *testing.T, uid string, change func(e *ical.Event)) {
			o, err := f.open(mailbox).Get(t.Context(), organizer.Object{UID: uid})
			if err != nil {
				t.Fatal(err)
			}
			change(&o.Event)
			f.edit(t, f.idOf(uid), map[string]any{
				"subject": o.Event.Summary, "location": map[string]any{"displayName": o.Event.Location},
				"body": map[string]any{"contentType": "text", "content": o.Event.Description + "\n\n========================================\n1 accepted"},
			})
		},
		Missing: func(*testing.T) organizer.Calendar { return f.open("nobody@example.com") },
		Denied: func(t *testing.T) organizer.Calendar {
			t.Cleanup(failing(&failure{status: 403, code: "ErrorAccessDenied", message: "Access is denied."}))
			return f.open(mailbox)
		},
		Away: func() func() { return failing(&failure{status: 503, code: "ErrorServerBusy", message: "Busy."}) },
		// The organizer's alarms stay in the calendar, and are not in Data.
		Lacks: []string{organizertest.LackUIDs, organizertest.LackAlarms},
	})
	f.set(func() {
		if f.mails != 0 {
			t.Errorf("the server has sent %d mails, want 0", f.mails)
		}
	})
}
