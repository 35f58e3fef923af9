package caldav_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// planning returns a meeting in Room 1.
func planning(t *testing.T) *invite.Meeting {
	t.Helper()
	c := invite.New(invite.SenderFunc(func(context.Context, *invite.Message) error { return nil }), nil)
	start := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Hour)
	m, err := c.Send(t.Context(), ical.Event{
		Summary: "Planning", Location: "Room 1", Start: start, End: start.Add(time.Hour),
		Organizer: ical.Person{Email: "ann@example.test"}, Attendees: []ical.Attendee{{Email: "bob@example.test"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestUnreadAfterPut has a server that drops a property, and cannot be read right after the
// PUT. What it drops is not the organizer's change.
func TestUnreadAfterPut(t *testing.T) {
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusForbidden, http.StatusOK} {
		f, url := startFake(t)
		c, m := openPlain(t, url), planning(t)
		unread := false
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			for name, data := range f.entries {
				f.entries[name] = strings.Replace(data, "LOCATION:Room 1\r\n", "", 1)
			}
			if now := unread; now && r.Method == http.MethodGet {
				unread = false
				w.WriteHeader(status) // a 200 has no body
				return true
			}
			unread = unread || r.Method == http.MethodPut
			return false
		}
		var o organizer.Object
		failed := 0
		for i := range 4 {
			var d *organizer.Drift
			var err error
			if o, d, err = organizer.Sync(t.Context(), c, m, o); err != nil {
				failed++
			}
			if d != nil {
				t.Errorf("%d: Sync %d reports %+v", status, i, d.Changes)
			}
		}
		if failed != 1 || f.stored() != 1 {
			t.Errorf("%d: %d failures and %d entries, want 1 and 1", status, failed, f.stored())
		}
	}
}

// TestSearchInPart has a server that could not look at all entries. So it does not say that
// the entry is gone.
func TestSearchInPart(t *testing.T) {
	for _, part := range []string{
		`<D:response><D:href>/cal/</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response>`,
		`<D:response><D:href>/cal/renamed.ics</D:href><D:status>HTTP/1.1 500 Internal Server Error</D:status></D:response>`,
	} {
		f, url := startFake(t)
		c, m := openPlain(t, url), planning(t)
		o, _, err := organizer.Sync(t.Context(), c, m, organizer.Object{})
		if err != nil {
			t.Fatal(err)
		}
		f.mu.Lock()
		for name, data := range f.entries {
			delete(f.entries, name)
			f.entries["renamed.ics"] = data
		}
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == "REPORT" {
				multistatus(w, part)
			}
			return r.Method == "REPORT"
		}
		f.mu.Unlock()
		if _, d, err := organizer.Sync(t.Context(), c, m, o); err == nil || d != nil {
			t.Errorf("%s: Sync = %+v, %v; want an error", part, d, err)
		}
	}
}
