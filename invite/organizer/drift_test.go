package organizer_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// clock returns a time as the entry's program writes it: in its zone, or as a clock.
func clock(e *ical.Event, t time.Time) time.Time {
	if e.Floating {
		y, m, d := t.Date()
		h, mi, s := t.Clock()
		return time.Date(y, m, d, h, mi, s, 0, time.UTC)
	}
	return t
}

// moved moves an event, with its overrides.
func moved(e *ical.Event, start, end time.Time) {
	by := clock(e, start).Sub(e.Start)
	for i := range e.Overrides {
		o := &e.Overrides[i]
		o.RecurrenceID, o.Start, o.End = o.RecurrenceID.Add(by), o.Start.Add(by), o.End.Add(by)
	}
	e.Start, e.End = clock(e, start), clock(e, end)
}

// edits are edits of the organizer, with the drift that they give.
var edits = []struct {
	name   string
	series bool // the edit needs a series
	guest  bool // somebody is added, whom the server could mail
	edit   func(e *ical.Event)
	want   []organizer.Change
}{
	{"summary", false, false, func(e *ical.Event) { e.Summary = "Renamed" },
		[]organizer.Change{{Field: organizer.FieldSummary, Before: "Planning", After: "Renamed"}}},
	{"location", false, false, func(e *ical.Event) { e.Location = "Roof" },
		[]organizer.Change{{Field: organizer.FieldLocation, Before: "Room 1", After: "Roof"}}},
	{"no location", false, false, func(e *ical.Event) { e.Location = "" },
		[]organizer.Change{{Field: organizer.FieldLocation, Before: "Room 1"}}},
	{"description", false, false, func(e *ical.Event) { e.Description = "Other words" },
		[]organizer.Change{{Field: organizer.FieldDescription, Before: "The plan.\nAll of it.", After: "Other words"}}},
	{"link", false, false, func(e *ical.Event) { e.Attachments = []ical.Link{{URL: "https://example.com/a.pdf", Name: "a.pdf"}} },
		[]organizer.Change{{Field: organizer.FieldOther, Before: "https://example.com/plan", After: "https://example.com/plan\nhttps://example.com/a.pdf"}}},
	{"time", false, false, func(e *ical.Event) { moved(e, at(3, 1, 14), at(3, 1, 16)) },
		[]organizer.Change{{Field: organizer.FieldTime, Before: "2027-03-01 10:00 to 11:00 Europe/Berlin", After: "2027-03-01 14:00 to 16:00 Europe/Berlin"}}},
	{"day", false, false, func(e *ical.Event) { moved(e, at(3, 3, 10), at(3, 3, 11)) },
		[]organizer.Change{{Field: organizer.FieldTime, Before: "2027-03-01 10:00 to 11:00 Europe/Berlin", After: "2027-03-03 10:00 to 11:00 Europe/Berlin"}}},
	{"added", false, true, func(e *ical.Event) {
		e.Attendees = append(e.Attendees, ical.Attendee{Name: "Gus", Email: "gus@example.com", Role: ical.RoleOptional, Status: ical.StatusAccepted})
	}, []organizer.Change{{Field: organizer.FieldAttendee, Attendee: "gus@example.com", After: "optional"}}},
	{"removed", false, false, func(e *ical.Event) { e.Attendees = slices.Delete(e.Attendees, 1, 2) },
		[]organizer.Change{{Field: organizer.FieldAttendee, Attendee: "carl@example.test", Before: "optional"}}},
	{"role", false, false, func(e *ical.Event) { e.Attendees[1].Role = ical.RoleRequired },
		[]organizer.Change{{Field: organizer.FieldAttendee, Attendee: "carl@example.test", Before: "optional", After: "required"}}},
	{"rule", true, false, func(e *ical.Event) { e.Recurrence.Count = 6 },
		[]organizer.Change{{Field: organizer.FieldRecurrence, Before: "FREQ=WEEKLY;COUNT=10", After: "FREQ=WEEKLY;COUNT=6"}}},
	{"no series", true, false, func(e *ical.Event) { e.Recurrence, e.Overrides = nil, nil },
		[]organizer.Change{{Field: organizer.FieldRecurrence, Before: "FREQ=WEEKLY;COUNT=10"}}},
	{"exception", true, false, func(e *ical.Event) { e.Recurrence.Except = []time.Time{clock(e, at(4, 12, 10))} },
		[]organizer.Change{{Field: organizer.FieldCancelled, RecurrenceID: at(4, 12, 10), After: "cancelled"}}},
	{"one moved", true, false, func(e *ical.Event) {
		o := ical.Event{RecurrenceID: clock(e, at(3, 8, 10)), Floating: e.Floating}
		moved(&o, at(3, 9, 15), at(3, 9, 16))
		e.Overrides = append(e.Overrides, o)
	}, []organizer.Change{{Field: organizer.FieldTime, RecurrenceID: at(3, 8, 10), Before: "2027-03-08 10:00 to 11:00 Europe/Berlin", After: "2027-03-09 15:00 to 16:00 Europe/Berlin"}}},
	{"one renamed", true, false, func(e *ical.Event) {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: clock(e, at(3, 8, 10)), Floating: e.Floating, Summary: "Special", Absent: []string{"location"}})
	}, []organizer.Change{
		{Field: organizer.FieldSummary, RecurrenceID: at(3, 8, 10), Before: "Planning", After: "Special"},
		{Field: organizer.FieldLocation, RecurrenceID: at(3, 8, 10), Before: "Room 1"},
	}},
	{"one without a guest", true, false, func(e *ical.Event) {
		list := slices.Delete(slices.Clone(e.Attendees), 1, 2)
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: clock(e, at(4, 12, 10)), Floating: e.Floating, Attendees: list})
	}, []organizer.Change{{Field: organizer.FieldAttendee, RecurrenceID: at(4, 12, 10), Attendee: "carl@example.test", Before: "optional"}}},
	{"one with a guest", true, true, func(e *ical.Event) {
		list := append(slices.Clone(e.Attendees), ical.Attendee{Email: "gus@example.com"})
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: clock(e, at(4, 12, 10)), Floating: e.Floating, Attendees: list})
	}, []organizer.Change{{Field: organizer.FieldAttendee, RecurrenceID: at(4, 12, 10), Attendee: "gus@example.com", After: "required"}}},
}

// TestDrift edits the entry with another program. The edit stays and is reported until
// the meeting has it.
func TestDrift(t *testing.T) {
	for _, tt := range edits {
		t.Run(tt.name, func(t *testing.T) {
			everyServer(t, func(t *testing.T, f *fake, e ical.Event) {
				if e.Recurrence != nil || !tt.series {
					testDrift(t, f, e, tt.guest, tt.edit, tt.want)
				}
			})
		})
	}
}

func testDrift(t *testing.T, f *fake, e ical.Event, guest bool, edit func(*ical.Event), want []organizer.Change) {
	m := send(t, e)
	if e.Recurrence != nil {
		m = answer(t, m, "dora@example.test", ical.StatusDeclined, at(3, 15, 10), 1) // an override
	}
	last := clean(t, f, m, organizer.Object{})
	f.edit(t, edit)
	edited := f.event(t)
	puts := f.puts
	last, d := synced(t, f, m, last)
	if (f.puts != puts) != guest {
		t.Fatalf("%d puts after an edit", f.puts-puts)
	}
	check := func() {
		t.Helper()
		if d == nil {
			t.Fatal("no drift")
		}
		// The server has changed these values before the organizer did.
		same := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Before" || p.Last().String() == ".After" },
			cmp.Comparer(func(a, b string) bool { return f.rewrite != nil || a == b }))
		if diff := cmp.Diff(want, d.Changes, same); diff != "" {
			t.Fatalf("drift (-want +got):\n%s\nentry:\n%s", diff, unfolded(f.data))
		}
	}
	check()
	last, d = quiet(t, f, m, last)
	check()
	m = answer(t, m, "bob@example.com", ical.StatusTentative, time.Time{}, 2)
	last, d = synced(t, f, m, last)
	check()
	if got := f.event(t); len(got.Attendees) == 0 || got.Attendees[0].Status != ical.StatusTentative ||
		got.Summary != edited.Summary || got.Location != edited.Location || !got.Start.Equal(edited.Start) || !cmp.Equal(got.Recurrence, edited.Recurrence) {
		t.Fatalf("the edit or the answer is not in the entry:\n%s", unfolded(f.data))
	}
	last, d = quiet(t, f, m, last)
	check()
	m = updated(t, m, d)
	last = clean(t, f, m, last)
	_, d = quiet(t, f, m, last)
	if d != nil {
		t.Errorf("drift after the update: %+v", d.Changes)
	}
	if m.Event.TimeZone != e.TimeZone {
		t.Errorf("the meeting is in %q, want %q", m.Event.TimeZone, e.TimeZone)
	}
	if f.rewrite == nil {
		got := f.event(t)
		equalsMeeting(t, m, &got)
	}
}

// TestDriftGuestOfSeries adds an attendee to the series with a program that leaves the
// occurrences alone. The attendee comes to those too.
func TestDriftGuestOfSeries(t *testing.T) {
	f, m := &fake{}, answer(t, send(t, weekly()), "dora@example.test", ical.StatusDeclined, at(3, 15, 10), 1)
	last := clean(t, f, m, organizer.Object{})
	f.edit(t, func(e *ical.Event) { e.Attendees = append(e.Attendees, ical.Attendee{Email: "gus@example.com"}) })
	_, d := synced(t, f, m, last)
	if d == nil || len(d.Changes) != 1 {
		t.Fatalf("drift %+v, want one change", d)
	}
	if e := f.event(t); len(e.Attendees) != 4 || len(e.Overrides[0].Attendees) != 4 {
		t.Errorf("%d attendees, and %d of the occurrence, want 4", len(e.Attendees), len(e.Overrides[0].Attendees))
	}
}

// TestDriftOrganizerAttends has the organizer among the attendees. Their own answer in
// the calendar is their own.
func TestDriftOrganizerAttends(t *testing.T) {
	e := single()
	e.Attendees = append(e.Attendees, ical.Attendee{Email: "Ann@example.com"})
	f, m := &fake{}, send(t, e)
	last := clean(t, f, m, organizer.Object{})
	f.edit(t, func(e *ical.Event) { e.Attendees[3].Status = ical.StatusAccepted })
	last = clean(t, f, m, last)
	m = answer(t, m, "bob@example.com", ical.StatusAccepted, time.Time{}, 1)
	last = clean(t, f, m, last)
	if e := f.event(t); e.Attendees[3].Status != ical.StatusAccepted {
		t.Errorf("the organizer is %q", e.Attendees[3].Status)
	}
	quiet(t, f, m, last)
}

// TestDriftOccurrenceWithoutPeople has a program that repeats neither organizer nor
// attendees in an occurrence.
func TestDriftOccurrenceWithoutPeople(t *testing.T) {
	f, m := &fake{}, answer(t, send(t, weekly()), "dora@example.test", ical.StatusDeclined, time.Time{}, 1)
	last := clean(t, f, m, organizer.Object{})
	f.replace(t, "END:VCALENDAR", "BEGIN:VEVENT\r\nUID:"+uid+"\r\nDTSTAMP:20260601T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:20270315T100000\r\n"+
		"DTSTART;TZID=Europe/Berlin:20270315T100000\r\nDTEND;TZID=Europe/Berlin:20270315T110000\r\nSUMMARY:Planning\r\nLOCATION:Room 1\r\n"+
		"DESCRIPTION:The plan.\\nAll of it.\r\nURL:https://example.com/plan\r\n"+own+"END:VEVENT\r\nEND:VCALENDAR")
	last = clean(t, f, m, last)
	m = answer(t, m, "bob@example.com", ical.StatusAccepted, time.Time{}, 2)
	last = clean(t, f, m, last)
	if n := strings.Count(unfolded(f.data), "COLOR:tomato"); n != 1 || len(f.event(t).Overrides) != 1 {
		t.Errorf("the organizer's own things of one occurrence are there %d times, want 1:\n%s", n, unfolded(f.data))
	}
	quiet(t, f, m, last)
}

// updated gives a drift that was stored as JSON to the meeting.
func updated(t testing.TB, m *invite.Meeting, d *organizer.Drift) *invite.Meeting {
	t.Helper()
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var stored organizer.Drift
	if err := json.Unmarshal(data, &stored); err != nil {
		t.Fatal(err)
	}
	return update(t, m, func(e *ical.Event) {
		if err := stored.Update(e); err != nil {
			t.Fatal(err)
		}
	})
}

// TestDriftUpdateWrites checks that the Sync after an Update writes nothing that the
// entry has already.
func TestDriftUpdateWrites(t *testing.T) {
	for _, tt := range edits {
		f, e := &fake{}, single()
		if tt.series {
			e = weekly()
		}
		m := send(t, e)
		last := clean(t, f, m, organizer.Object{})
		f.edit(t, func(e *ical.Event) { tt.edit(e); e.Sequence = 3 })
		last, d := synced(t, f, m, last)
		if d == nil {
			t.Fatalf("%s: no drift", tt.name)
		}
		m = updated(t, m, d)
		before, puts := f.event(t), f.puts
		last = clean(t, f, m, last)
		if f.puts != puts {
			t.Errorf("%s: the Sync after the Update writes:\n%s", tt.name, cmp.Diff(before, f.event(t)))
		}
		quiet(t, f, m, last)
	}
}

// TestDriftAgent checks that the server does not mail attendees whom the organizer has
// added.
func TestDriftAgent(t *testing.T) {
	f, m := &fake{}, send(t, weekly())
	last := clean(t, f, m, organizer.Object{})
	f.replace(t, "SUMMARY:", "ATTENDEE;X-P=1:mailto:gus@example.com\r\nATTENDEE;CN=Hal:urn:uuid:0-1\r\nATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED:mailto:ann@example.com\r\nSUMMARY:")
	last, d := synced(t, f, m, last)
	if d == nil || len(d.Changes) != 1 || d.Changes[0].Attendee != "gus@example.com" {
		t.Errorf("drift %+v, want the one attendee with an address", d)
	}
	e := f.event(t)
	if !strings.Contains(unfolded(f.data), ";X-P=1") {
		t.Errorf("the parameter of another program is lost:\n%s", f.data)
	}
	if len(e.Attendees) != 6 {
		t.Errorf("%d attendees, want 6:\n%s", len(e.Attendees), f.data)
	}
	for _, a := range e.Attendees {
		if !slices.Equal(a.Params["SCHEDULE-AGENT"], []string{"CLIENT"}) {
			t.Errorf("%s has %v", a.Email, a.Params)
		}
		if a.Email == "ann@example.com" && a.Status != ical.StatusAccepted {
			t.Errorf("the organizer is %s", a.Status)
		}
	}
	quiet(t, f, m, last)
}

// TestDriftOverwritten changes a field in both places.
func TestDriftOverwritten(t *testing.T) {
	f, m := &fake{}, send(t, weekly())
	last := clean(t, f, m, organizer.Object{})
	f.edit(t, func(e *ical.Event) {
		e.Summary, e.Location = "Theirs", "Roof"
		moved(e, at(3, 1, 8), at(3, 1, 9))
	})
	m = update(t, m, func(e *ical.Event) { e.Summary = "Ours"; moved(e, at(3, 2, 12), at(3, 2, 13)) })
	last, d := synced(t, f, m, last)
	if d == nil || len(d.Changes) != 3 {
		t.Fatalf("drift %+v", d)
	}
	for _, c := range d.Changes {
		if c.Overwritten != (c.Field != organizer.FieldLocation) {
			t.Errorf("%s: overwritten %v", c.Field, c.Overwritten)
		}
	}
	if e := f.event(t); e.Summary != "Ours" || e.Location != "Roof" || !e.Start.Equal(at(3, 2, 12)) {
		t.Errorf("entry has %q in %q at %v", e.Summary, e.Location, e.Start)
	}
	last, d = quiet(t, f, m, last)
	if d == nil || len(d.Changes) != 1 || d.Changes[0].Field != organizer.FieldLocation {
		t.Fatalf("second drift %+v, want the location alone", d)
	}
	m = updated(t, m, d)
	if m.Event.Summary != "Ours" || m.Event.Location != "Roof" {
		t.Errorf("the meeting is %q in %q", m.Event.Summary, m.Event.Location)
	}
	clean(t, f, m, last)
}

// TestDriftUndone takes an edit back.
func TestDriftUndone(t *testing.T) {
	everyServer(t, func(t *testing.T, f *fake, e ical.Event) {
		m := send(t, e)
		last := clean(t, f, m, organizer.Object{})
		before := f.data
		f.edit(t, func(e *ical.Event) { e.Summary = "Renamed" })
		last, _ = quiet(t, f, m, last)
		m = answer(t, m, "bob@example.com", ical.StatusAccepted, time.Time{}, 1)
		last, _ = synced(t, f, m, last)
		f.data, f.tag = before, f.tag+1
		last, d := synced(t, f, m, last)
		if d != nil {
			t.Errorf("drift %+v", d.Changes)
		}
		quiet(t, f, m, last)
	})
}

// TestDriftCancelled cancels the whole meeting in the calendar.
func TestDriftCancelled(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	f.edit(t, func(e *ical.Event) { e.Cancelled = true })
	last, d := quiet(t, f, m, last)
	want := []organizer.Change{{Field: organizer.FieldCancelled, After: "cancelled"}}
	if d == nil || !cmp.Equal(d.Changes, want) {
		t.Fatalf("drift %+v, want %+v", d, want)
	}
	e := m.Event.Clone()
	if err := d.Update(&e); !errors.Is(err, organizer.ErrCancelled) || !cmp.Equal(e, m.Event) || !d.Cancelled() {
		t.Errorf("Update = %v, Cancelled = %t, want ErrCancelled, true, and the same event", err, d.Cancelled())
	}
	m, err := client().Cancel(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	clean(t, f, m, last)
	if f.data != nil {
		t.Error("the entry of a cancelled meeting is there")
	}
}

// TestDriftRestored lets a cancelled occurrence take place again.
func TestDriftRestored(t *testing.T) {
	e := weekly()
	e.Overrides = []ical.Event{{RecurrenceID: at(3, 8, 10), Cancelled: true}, {RecurrenceID: at(3, 15, 10), Cancelled: true}}
	f, m := &fake{}, send(t, e)
	last := clean(t, f, m, organizer.Object{})
	f.edit(t, func(e *ical.Event) {
		e.Recurrence.Except = slices.DeleteFunc(e.Recurrence.Except, at(3, 8, 10).Equal)
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: at(3, 8, 10), Start: at(3, 8, 12), End: at(3, 8, 13), Summary: "After all"})
	})
	last, d := quiet(t, f, m, last)
	if d == nil || len(d.Changes) == 0 || d.Changes[0].Field != organizer.FieldCancelled || d.Changes[0].Before != "cancelled" {
		t.Fatalf("drift %+v", d)
	}
	m = answer(t, m, "bob@example.com", ical.StatusAccepted, time.Time{}, 1)
	last, d = synced(t, f, m, last)
	got := f.event(t)
	if o, ok := got.Occurrence(at(3, 8, 10)); !ok || !o.Start.Equal(at(3, 8, 12)) {
		t.Fatalf("the occurrence is %v, %v:\n%s", o, ok, unfolded(f.data))
	}
	if d == nil {
		t.Fatal("no drift after an answer")
	}
	last, _ = quiet(t, f, m, last)
	m = updated(t, m, d)
	last, _ = synced(t, f, m, last)
	if _, ok := m.Event.Occurrence(at(3, 8, 10)); !ok {
		t.Error("the occurrence is cancelled in the meeting")
	}
	quiet(t, f, m, last)
}

// TestDriftAnswers has answers that went to the organizer's mailbox. The entry is the
// same as after an answer that went to the program.
func TestDriftAnswers(t *testing.T) {
	everyServer(t, func(t *testing.T, f *fake, e ical.Event) {
		m := answer(t, send(t, e), "bob@example.com", ical.StatusDeclined, time.Time{}, 1)
		last := clean(t, f, m, organizer.Object{})
		f.edit(t, func(e *ical.Event) {
			e.Attendees[0].Status, e.Attendees[2].Status = ical.StatusAccepted, ical.StatusAccepted
			if e.Recurrence != nil {
				list := slices.Clone(e.Attendees)
				list[2].Status = ical.StatusDeclined
				e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: clock(e, at(3, 8, 10)), Floating: e.Floating, Attendees: list})
			}
		})
		last, d := quiet(t, f, m, last)
		if d == nil {
			t.Fatal("no drift")
		}
		for _, c := range d.Changes {
			if c.Field != organizer.FieldStatus {
				t.Errorf("change %+v", c)
			}
		}
		answers := d.Answers()
		want := 2
		if e.Recurrence != nil {
			want = 3
		}
		if len(answers) != want {
			t.Fatalf("%d answers, want %d: %+v", len(answers), want, d.Changes)
		}
		other := m
		for _, a := range answers {
			if a.Via != "calendar" || a.Stamp.IsZero() {
				t.Errorf("answer %+v", a)
			}
			var o, p invite.Outcome
			m, o = m.Answer(a)
			a.Via = "link"
			other, p = other.Answer(a)
			if o.Verdict != invite.VerdictApplied || p.Verdict != invite.VerdictApplied {
				t.Fatalf("%+v: %v", a, o)
			}
		}
		last = clean(t, f, m, last)
		quiet(t, f, m, last)
		g := &fake{rewrite: f.rewrite}
		clean(t, g, other, organizer.Object{})
		a, b := f.event(t), g.event(t)
		if !cmp.Equal(statuses(a), statuses(b)) {
			t.Errorf("by mailbox %v, by program %v", statuses(a), statuses(b))
		}
	})
}

func statuses(e ical.Event) (out []string) {
	for _, list := range append([]ical.Event{e}, e.Overrides...) {
		for _, a := range list.Attendees {
			out = append(out, a.Email+" "+string(a.Status)+" "+list.RecurrenceID.UTC().Format(time.RFC3339))
		}
	}
	return out
}

// TestDriftReset has a program that sets everybody back when the organizer moves the
// meeting. That is no answer.
func TestDriftReset(t *testing.T) {
	f, m := &fake{}, answer(t, send(t, single()), "bob@example.com", ical.StatusAccepted, time.Time{}, 1)
	last := clean(t, f, m, organizer.Object{})
	f.edit(t, func(e *ical.Event) { e.Attendees[0].Status = ical.StatusNeedsAction })
	last = clean(t, f, m, last)
	if e := f.event(t); e.Attendees[0].Status != ical.StatusAccepted {
		t.Errorf("bob is %s, want accepted", e.Attendees[0].Status)
	}
	quiet(t, f, m, last)
}

// TestSyncRenamed moves a series with overrides in the meeting, and in the calendar.
func TestSyncRenamed(t *testing.T) {
	everyServer(t, func(t *testing.T, f *fake, e ical.Event) {
		if e.Recurrence == nil {
			return
		}
		e.Overrides = []ical.Event{
			{RecurrenceID: at(3, 8, 10), Start: at(3, 8, 15), End: at(3, 8, 16)},
			{RecurrenceID: at(3, 22, 10), Cancelled: true},
		}
		m := answer(t, send(t, e), "bob@example.com", ical.StatusDeclined, at(4, 12, 10), 1)
		last := clean(t, f, m, organizer.Object{})
		f.replace(t, "END:VEVENT", "COLOR:red\r\nEND:VEVENT")
		m = update(t, m, func(e *ical.Event) { moved(e, at(3, 2, 9), at(3, 2, 10)) })
		last = clean(t, f, m, last)
		last, _ = quiet(t, f, m, last)
		if got := f.event(t); !got.Floating {
			equalsOccurrences(t, m, &got)
		}
		f.edit(t, func(e *ical.Event) {
			moved(e, at(3, 3, 9), at(3, 3, 10))
			e.Recurrence.Except, e.Overrides = nil, nil // as some programs do
		})
		last, d := synced(t, f, m, last)
		if d == nil || d.Changes[0].Field != organizer.FieldTime {
			t.Fatalf("drift %+v", d)
		}
		last, _ = quiet(t, f, m, last)
		m = updated(t, m, d)
		last = clean(t, f, m, last)
		quiet(t, f, m, last)
		if got := f.event(t); !got.Floating {
			equalsOccurrences(t, m, &got)
		}
	})
}

// equalsOccurrences compares the times of all occurrences.
func equalsOccurrences(t testing.TB, m *invite.Meeting, e *ical.Event) {
	t.Helper()
	e.TimeZone = m.Event.TimeZone // rewritten
	var got, want []time.Time
	for o := range e.Occurrences(time.Time{}, time.Time{}) {
		got = append(got, o.Start)
	}
	for o := range m.Event.Occurrences(time.Time{}, time.Time{}) {
		want = append(want, o.Start)
	}
	if !cmp.Equal(got, want) {
		t.Errorf("occurrences:\n%s", cmp.Diff(want, got))
	}
}

// TestDriftWithoutAttendees has a program that drops all attendees of an entry. Update
// does not, because that would cancel the meeting for everybody.
func TestDriftWithoutAttendees(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	f.edit(t, func(e *ical.Event) { e.Attendees, e.Summary = nil, "Mine" })
	_, d := quiet(t, f, m, last)
	e := m.Event.Clone()
	if err := d.Update(&e); err != nil || e.Summary != "Mine" || !cmp.Equal(e.Attendees, m.Event.Attendees) {
		t.Errorf("Update = %v, %q with %d attendees, want the new title and all attendees", err, e.Summary, len(e.Attendees))
	}
}
