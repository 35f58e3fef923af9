package invite_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// pinned is the time at which the clock of the tests stands still.
func pinned() time.Time { return time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC) }

// fixed returns options with a fixed clock, identifier and randomness, so that equal
// calls make equal mails.
func fixed(change ...func(*invite.Options)) *invite.Options {
	o := &invite.Options{Now: pinned, NewID: func() string { return "id-1" }, Random: invitetest.Random(0)}
	for _, f := range change {
		f(o)
	}
	return o
}

// review is a meeting with an organizer and two attendees.
func review() ical.Event {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	return ical.Event{
		UID: "uid-1", Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.test"},
		Attendees: []ical.Attendee{
			{Name: "Bob Example", Email: "bob@example.test"},
			{Name: "Zoë Ångström", Email: "zoe@example.test"},
		},
	}
}

// vary returns a review after change.
func vary(change func(e *ical.Event)) ical.Event {
	e := review()
	change(&e)
	return e
}

// readEvent reads a file of testdata/events.
func readEvent(t testing.TB, name string) ical.Event {
	t.Helper()
	var e ical.Event
	decode(t, readFile(t, filepath.Join("..", "testdata", "events", name+".json")), &e)
	return e
}

// trio is a meeting with three attendees.
func trio() ical.Event {
	return vary(func(e *ical.Event) {
		e.Attendees = []ical.Attendee{{Name: "Ann", Email: "ann@example.test"}, {Name: "Bob", Email: "bob@example.test"}, {Name: "Cy", Email: "cy@example.test"}}
	})
}

// weeklyTrio is a weekly series with three attendees.
func weeklyTrio() ical.Event {
	e := trio()
	zone, err := ical.LoadLocation(e.TimeZone)
	if err != nil {
		panic(err)
	}
	e.Start, e.End = e.Start.In(zone), e.End.In(zone)
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 8}
	return e
}

// full is an event with a value in every field that a Meeting keeps.
func full() ical.Event {
	return vary(func(e *ical.Event) {
		e.Location, e.Description, e.Language = "Room 1", "Bring\nfigures", "en"
		e.URL, e.Conference = "https://example.test/a", "https://meet.example.test/b"
		e.Categories = []string{"Team"}
		e.Organizer.SentBy = "assistant@example.test"
		a := &e.Attendees[1]
		a.Role, a.Kind, a.Status = ical.RoleOptional, ical.KindGroup, ical.StatusTentative
		a.DelegatedTo, a.DelegatedFrom, a.SentBy = "d1@example.test", "d2@example.test", "d3@example.test"
		a.Language, a.TimeZone, a.Comment = "sv", "Europe/Stockholm", "perhaps"
		a.Params = map[string][]string{"X-NUM": {"0"}}
		// The second working day of March.
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqYearly, ByDay: []ical.Day{"MO", "TU", "WE", "TH", "FR"}, ByMonth: []int{3},
			BySetPos: []int{2}, WeekStart: ical.DaySunday, Except: []time.Time{e.Start.AddDate(1, 0, 0)}}
		e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(2, 0, 0), Summary: "Elsewhere", Categories: []string{"Move"},
			Attendees: []ical.Attendee{{Name: "Bob Example", Email: "bob@example.test"}, {Name: "Zoë Ångström", Email: "zoe@example.test"}}}}
		e.ShowAs, e.Sensitivity, e.Priority = ical.ShowFree, ical.SensitivityPrivate, 2
		e.Reminders = []ical.Reminder{{Before: time.Hour}}
		e.Attachments = []ical.Link{{URL: "https://example.test/c.pdf", MediaType: "application/pdf", Name: "c.pdf"}}
		e.Extra = []ical.Property{{Name: "X-ROOM", Params: map[string][]string{"X-FLOOR": {"2"}}, Value: "7"}}
	})
}

// said returns the meeting after an attendee has answered the whole of it.
func said(t *testing.T, m *invite.Meeting, email string, status ical.Status) *invite.Meeting {
	t.Helper()
	out, o := m.Answer(invite.Answer{Email: email, Status: status, Via: "phone", Stamp: pinned()})
	if o.Verdict != invite.VerdictApplied {
		t.Fatalf("%s %s: %+v", email, status, o)
	}
	return out
}

func states(m *invite.Meeting) []invite.DeliveryState {
	var out []invite.DeliveryState
	for _, d := range m.Deliveries {
		out = append(out, d.State)
	}
	return out
}

// reload returns m after it was stored as JSON and read again.
func reload(t testing.TB, m *invite.Meeting) *invite.Meeting {
	t.Helper()
	out := new(invite.Meeting)
	decode(t, encode(t, m), out)
	return out
}

// encode is v in JSON.
func encode(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// decode reads JSON into v.
func decode(t testing.TB, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// must returns the meeting of a call that has to succeed.
func must(t testing.TB) func(*invite.Meeting, error) *invite.Meeting {
	return func(m *invite.Meeting, err error) *invite.Meeting {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}

func check(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
