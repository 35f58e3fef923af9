package shadow_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

func at(day, hour int) time.Time { return time.Date(2026, 5, day, hour, 0, 0, 0, time.UTC) }

// kept is a series with everything that a server does not hold.
func kept() ical.Event {
	return ical.Event{
		UID: "u", Summary: "Planning", Description: "The plan.", Location: "Room 1", Start: at(4, 10), End: at(4, 11), TimeZone: "UTC",
		Organizer: ical.Person{Email: "olga@example.com"}, URL: "https://example.com", Categories: []string{"Work"},
		Attendees: []ical.Attendee{
			{Email: "bob@example.com", Role: ical.RoleChair, Params: map[string][]string{"SCHEDULE-AGENT": {"CLIENT"}}},
			{Email: "Dora@example.com", Status: ical.StatusAccepted},
		},
		Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6, Except: []time.Time{at(11, 10)}},
		Overrides: []ical.Event{
			{RecurrenceID: at(18, 10), Start: at(18, 12), End: at(18, 13), URL: "https://example.com/18"},
			{RecurrenceID: at(25, 10), Cancelled: true},
			{RecurrenceID: at(4, 10), URL: "https://example.com/4"}, // Nobody sees that.
		},
	}
}

// shows returns what a server shows of an event.
func shows(e ical.Event) ical.Event {
	e = e.Clone()
	out := e
	out.URL, out.Categories, out.Overrides = "", nil, nil
	out.Recurrence.Except = shadow.Cancelled(&e)
	for i := range out.Attendees {
		out.Attendees[i].Params, out.Attendees[i].Role = nil, ""
	}
	for i, o := range e.Overrides {
		if !o.Cancelled {
			x := e.Override(i)
			x.URL, x.Categories, x.Recurrence, x.UID = "", nil, nil, ""
			out.Overrides = append(out.Overrides, x)
		}
	}
	return shadow.Canonical(out)
}

func TestMerge(t *testing.T) {
	for name, test := range map[string]struct {
		people func(e *ical.Event) // what people do to what the server shows
		want   func(e *ical.Event) // what becomes of the event
	}{
		"nothing": {func(*ical.Event) {}, func(*ical.Event) {}},
		"renamed": {func(e *ical.Event) { e.Summary, e.Overrides[0].Summary = "New", "New" }, func(e *ical.Event) { e.Summary = "New" }},
		"renamed, and the occurrence keeps its name": {
			func(e *ical.Event) { e.Summary = "New" },
			func(e *ical.Event) { e.Summary, e.Overrides[0].Summary = "New", "Planning" },
		},
		"emptied": {
			func(e *ical.Event) { e.Overrides[0].Location = "" },
			func(e *ical.Event) { e.Overrides[0].Absent = []string{"location"} },
		},
		"moved": {
			func(e *ical.Event) { e.Overrides[0].Start, e.Overrides[0].End = at(19, 8), at(19, 9) },
			func(e *ical.Event) { e.Overrides[0].Start, e.Overrides[0].End = at(19, 8), at(19, 9) },
		},
		"moved back": {
			func(e *ical.Event) { e.Overrides = nil },
			func(e *ical.Event) { e.Overrides = e.Overrides[1:] },
		},
		"cancelled": {
			func(e *ical.Event) { e.Overrides = nil; e.Recurrence.Except = append(e.Recurrence.Except, at(18, 10)) },
			func(e *ical.Event) {
				e.Overrides = e.Overrides[1:]
				e.Recurrence.Except = append(e.Recurrence.Except, at(18, 10))
			},
		},
		"restored": {
			func(e *ical.Event) { e.Recurrence.Except = nil },
			func(e *ical.Event) {
				e.Overrides = []ical.Event{e.Overrides[0], e.Overrides[2]}
				e.Recurrence.Except = []time.Time{}
			},
		},
		"another changed": {
			func(e *ical.Event) {
				x := shadow.Plain(e, at(4, 10))
				x.Location = "Roof"
				e.Overrides = append(e.Overrides, x)
			},
			func(e *ical.Event) { e.Overrides[2].Location = "Roof" },
		},
		"other rule": {
			func(e *ical.Event) { e.Recurrence.Count = 9 },
			func(e *ical.Event) { e.Recurrence.Count = 9 },
		},
		"single": {
			func(e *ical.Event) { e.Recurrence, e.Overrides = nil, nil },
			func(e *ical.Event) { e.Recurrence, e.Overrides = nil, nil },
		},
		"answer": {
			func(e *ical.Event) {
				e.Attendees[0].Status, e.Overrides[0].Attendees = ical.StatusDeclined, e.Attendees
			},
			func(e *ical.Event) { e.Attendees[0].Status = ical.StatusDeclined },
		},
		"guest added, another removed": {
			func(e *ical.Event) {
				e.Attendees = []ical.Attendee{e.Attendees[0], {Email: "zoe@example.com"}}
				e.Overrides[0].Attendees = e.Attendees
			},
			func(e *ical.Event) { e.Attendees = []ical.Attendee{e.Attendees[0], {Email: "zoe@example.com"}} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			now, want := shows(kept()), kept()
			test.people(&now)
			test.want(&want)
			got, changed := shadow.Merge(kept(), shows(kept()), now)
			if d := cmp.Diff(want, got); d != "" || changed != (name != "nothing") {
				t.Errorf("Merge reports %v (-want +got):\n%s", changed, d)
			}
		})
	}
}

// TestPart has an entry that was not written to its end.
func TestPart(t *testing.T) {
	c := shadow.Copy{Event: kept(), Form: shadow.FormPart}
	now := shows(kept())
	now.Summary, now.Overrides, now.Recurrence.Except = "New", nil, nil
	got, changed := c.Now(shows(kept()), now)
	want := kept()
	want.Summary, want.Attendees[0].Params = "New", map[string][]string{}
	if d := cmp.Diff(want, got); d != "" || !changed {
		t.Errorf("Now reports %v (-want +got):\n%s", changed, d)
	}
	if d := cmp.Diff(kept(), c.Event); d != "" {
		t.Errorf("the copy was changed (-want +got):\n%s", d)
	}
}

func TestAlone(t *testing.T) {
	e := shows(kept())
	got := shadow.Alone(e)
	again := shows(got)
	if d := cmp.Diff(e, again); d != "" {
		t.Errorf("an event without a copy shows something else (-want +got):\n%s", d)
	}
	if o := got.Overrides[0]; o.Summary != "" || o.Location != "" || o.Attendees != nil || !o.Start.Equal(at(18, 12)) {
		t.Errorf("the override is %+v", o)
	}
}

func TestPack(t *testing.T) {
	data := []byte(strings.Repeat("BEGIN:VCALENDAR\r\n", 100))
	for _, form := range []shadow.Form{shadow.FormDone, shadow.FormReserved, shadow.FormPart} {
		text, ok := shadow.Pack(data, form, 1000)
		got, f, ok2 := shadow.Unpack(text)
		if !ok || !ok2 || f != form || !bytes.Equal(got, data) {
			t.Errorf("form %q: Pack reports %v, Unpack %v, %q, %d octets", form, ok, ok2, f, len(got))
		}
		if _, ok := shadow.Pack(data, form, len(text)-1); ok {
			t.Errorf("form %q: Pack keeps no limit", form)
		}
		for i := range text {
			if _, _, ok := shadow.Unpack(text[:i]); ok {
				t.Errorf("Unpack takes the first %d of %d octets", i, len(text))
			}
		}
	}
	// Much data in little text.
	text, _ := shadow.Pack(make([]byte, 5<<20), shadow.FormDone, 1<<20)
	if got, _, ok := shadow.Unpack(text); ok {
		t.Errorf("Unpack has returned %d octets", len(got))
	}
}
