package ews_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// berlin is the zone of the tests.
var berlin = func() *time.Location {
	loc, err := ical.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return loc
}()

// single returns a meeting of an hour.
func single() ical.Event {
	start := time.Date(2027, 3, 1, 9, 0, 0, 0, berlin)
	return ical.Event{
		UID: "u-1@convene.example", Summary: "Review", Description: "The plan.", Location: "Room 4",
		Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Olga", Email: owner},
		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}, {Name: "Bob", Email: "bob@example.com", Role: ical.RoleOptional}},
	}
}

// weekly returns a series of five Mondays, the second of which is moved, and the third of
// which does not take place.
func weekly() ical.Event {
	e := single()
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 5, ByDay: []ical.Day{"MO"}}
	e.Overrides = []ical.Event{
		{RecurrenceID: e.Start.AddDate(0, 0, 7), Start: e.Start.AddDate(0, 0, 8), End: e.Start.AddDate(0, 0, 8).Add(time.Hour), Location: "Room 5"},
		{RecurrenceID: e.Start.AddDate(0, 0, 14), Cancelled: true},
	}
	return e
}

// follow calls Sync, which must succeed without a Drift.
func follow(t *testing.T, c organizer.Calendar, m *invite.Meeting, last organizer.Object) organizer.Object {
	t.Helper()
	out, drift, err := organizer.Sync(t.Context(), c, m, last)
	if err != nil || drift != nil {
		t.Fatalf("Sync: drift %+v, error %v", drift, err)
	}
	return out
}

// TestSync follows a meeting through its life. A call without a change only reads, also
// after answers that Exchange cannot keep.
func TestSync(t *testing.T) {
	for name, event := range map[string]ical.Event{"single": single(), "series": weekly()} {
		for _, imports := range []bool{false, true} {
			f := newFake(t)
			f.importsAnswers = imports
			c := f.open(t, nil)
			m := &invite.Meeting{Event: event}
			steps := []struct {
				name   string
				change func()
			}{
				{"new", func() {}},
				{"answer", func() {
					m, _ = m.Answer(invite.Answer{Email: "ann@example.com", Status: ical.StatusAccepted, Stamp: event.Start.AddDate(0, -1, 0), Via: "link"})
				}},
				{"title and place", func() { m.Event.Summary, m.Event.Location, m.Event.Sequence = "Review 2", "", 1 }},
				{"attendee", func() {
					m.Event.Attendees = append(m.Event.Attendees, ical.Attendee{Name: "Eve", Email: "eve@example.com"})
				}},
				{"later", func() {
					m.Event = m.Event.Clone()
					m.Event.Start, m.Event.End, m.Event.Sequence = m.Event.Start.Add(time.Hour), m.Event.End.Add(time.Hour), 2
					for i := range m.Event.Overrides {
						m.Event.Overrides[i].RecurrenceID = m.Event.Overrides[i].RecurrenceID.Add(time.Hour)
					}
				}},
			}
			var last organizer.Object
			for _, step := range steps {
				step.change()
				last = follow(t, c, m, last)
				f.wants(t, name+", "+step.name, m.Event)
				before := f.count("")
				last = follow(t, c, m, last)
				if n := f.count("") - before; n != 1 || f.requests[len(f.requests)-1].name != "m:GetItem" {
					t.Errorf("%s, %s, imports %v: the second call made %d requests, the last %s, want one GetItem",
						name, step.name, imports, n, f.requests[len(f.requests)-1].name)
				}
			}
			m.Event.Cancelled = true
			follow(t, c, m, last)
			if len(f.items) != 0 || f.sent() != 0 {
				t.Errorf("%s: %d items and %d mails in the end, want none", name, len(f.items), f.sent())
			}
		}
	}
}

// TestSyncDrift checks that a change of the organizer's is reported, and that answers that
// Exchange has counted are.
func TestSyncDrift(t *testing.T) {
	f := newFake(t)
	c := f.open(t, nil)
	m := &invite.Meeting{Event: single()}
	last := follow(t, c, m, organizer.Object{})
	f.edit(t, m.Event.UID, func(i *mailItem) { i.event.Location, i.answers["ann@example.com"] = "Garden", "Accept" })
	last, drift, err := organizer.Sync(t.Context(), c, m, last)
	if err != nil || drift == nil {
		t.Fatalf("Sync: drift %v, error %v", drift, err)
	}
	fields := map[organizer.Field]string{}
	for _, ch := range drift.Changes {
		fields[ch.Field] = ch.After
	}
	if fields[organizer.FieldLocation] != "Garden" || fields[organizer.FieldStatus] == "" {
		t.Errorf("the drift is %+v, want the location and an answer", drift.Changes)
	}
	f.with(func() { f.items = nil })
	if _, drift, err = organizer.Sync(t.Context(), c, m, last); err != nil || drift == nil || !drift.Deleted {
		t.Errorf("after the deletion: drift %+v, error %v", drift, err)
	}
	if len(f.items) != 0 {
		t.Error("the deleted entry was made again")
	}
}

// wants checks that the server has one item, with the meeting as people see it.
func (f *fake) wants(t *testing.T, when string, want ical.Event) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.items) != 1 {
		t.Fatalf("%s: the server has %d items, want one", when, len(f.items))
	}
	i := f.items[0]
	if got, want := seen(i.event), seen(want); got != want {
		t.Errorf("%s: the server has\n%s\nwant\n%s", when, got, want)
	}
	if i.flags != "1" || i.event.Sequence != want.Sequence {
		t.Errorf("%s: flags %q, sequence %d, want 1 and %d", when, i.flags, i.event.Sequence, want.Sequence)
	}
	if f.mails != 0 {
		t.Errorf("%s: the server has sent %d mails", when, f.mails)
	}
}
