package googlecal_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

func put(t testing.TB, f *fake, e ical.Event, tag string) organizer.Object {
	t.Helper()
	o := object(t, e)
	o.Tag = tag
	got, err := f.open().Put(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// fields returns what the server has, without what it adds and without the copy.
func (f *fake) fields(uid string) map[string]any {
	e := clone(f.events[f.idOf(uid)])
	for _, name := range []string{"id", "kind", "etag", "updated", "reminders", "extendedProperties", "iCalUID"} {
		delete(e, name)
	}
	return e
}

// TestFields compares the resource with a meeting, field by field.
func TestFields(t *testing.T) {
	type m = map[string]any
	berlin := func(clock string) m {
		return m{"dateTime": "2026-05-04T" + clock + ":00+02:00", "timeZone": "Europe/Berlin"}
	}
	basic := m{
		"summary": "Planning", "location": "Room 1", "start": berlin("10:00"), "end": berlin("11:00"), "status": "confirmed",
		"organizer": m{"email": owner, "displayName": "Olga"},
		"attendees": []any{m{"email": "bob@example.com", "displayName": "Bob", "responseStatus": "accepted"}},
	}
	for name, test := range map[string]struct {
		change func(e *ical.Event)
		want   m
	}{
		"single": {func(*ical.Event) {}, m{}},
		"texts": {func(e *ical.Event) { e.Summary, e.Description, e.Location = "A\nB", "One\nTwo", "Here,\nthere" },
			m{"summary": "A B", "description": "One\nTwo", "location": "Here, there"}},
		"link":          {func(e *ical.Event) { e.Location, e.Conference = "", "https://meet.example.com/1" }, m{"location": "https://meet.example.com/1"}},
		"free":          {func(e *ical.Event) { e.ShowAs = ical.ShowFree }, m{"transparency": "transparent"}},
		"out of office": {func(e *ical.Event) { e.ShowAs = ical.ShowOutOfOffice }, m{}},
		"private":       {func(e *ical.Event) { e.Sensitivity = ical.SensitivityPrivate }, m{"visibility": "private"}},
		"confidential":  {func(e *ical.Event) { e.Sensitivity = ical.SensitivityConfidential }, m{"visibility": "confidential"}},
		"sequence":      {func(e *ical.Event) { e.Sequence = 3 }, m{"sequence": 3.0}},
		"UTC": {func(e *ical.Event) { e.Start, e.End, e.TimeZone = start.UTC(), start.UTC().Add(time.Hour), "" },
			m{"start": m{"dateTime": "2026-05-04T08:00:00Z", "timeZone": "UTC"}, "end": m{"dateTime": "2026-05-04T09:00:00Z", "timeZone": "UTC"}}},
		"all-day": {func(e *ical.Event) {
			e.AllDay, e.TimeZone = true, ""
			e.Start, e.End = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC)
		}, m{"start": m{"date": "2026-05-04"}, "end": m{"date": "2026-05-06"}}},
		"no end": {func(e *ical.Event) { e.End = time.Time{} }, m{"end": berlin("10:00")}},
		"people": {func(e *ical.Event) {
			e.Attendees = []ical.Attendee{
				{Email: "a@example.com"}, {Email: "b@example.com", Status: ical.StatusDeclined, Role: ical.RoleOptional},
				{Email: "c@example.com", Status: ical.StatusTentative, Role: ical.RoleInformational, Kind: ical.KindRoom},
				{Email: "d@example.com", Status: ical.StatusDelegated, DelegatedTo: "a@example.com"}, {Email: "e@example.com", Status: "x-odd"},
			}
		}, m{"attendees": []any{
			m{"email": "a@example.com", "responseStatus": "needsAction"},
			m{"email": "b@example.com", "responseStatus": "declined", "optional": true},
			m{"email": "c@example.com", "responseStatus": "tentative", "optional": true, "resource": true},
			m{"email": "d@example.com", "responseStatus": "declined"}, m{"email": "e@example.com", "responseStatus": "needsAction"},
		}}},
		"series": {func(e *ical.Event) {
			e.Recurrence = &ical.Recurrence{
				Freq: ical.FreqWeekly, Interval: 2, Until: start.AddDate(0, 3, 0).UTC(), ByDay: []ical.Day{"MO", "WE"},
				Except: []time.Time{start.AddDate(0, 0, 14)}, Include: []time.Time{start.AddDate(0, 0, 1)},
			}
		}, m{"recurrence": []any{
			"RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260804T080000Z;BYDAY=MO,WE;WKST=MO",
			"RDATE;TZID=Europe/Berlin:20260505T100000", "EXDATE;TZID=Europe/Berlin:20260518T100000",
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			e := single()
			test.change(&e)
			o := put(t, f, e, "")
			want := maps.Clone(basic)
			maps.Copy(want, test.want)
			got := f.fields(e.UID)
			if d := cmp.Diff(sorted(want), sorted(got)); d != "" {
				t.Errorf("the resource differs (-want +got):\n%s", d)
			}
			if want := object(t, e).Data; !bytes.Equal(o.Data, want) || o.Written != nil {
				t.Errorf("Put returned another Data:\n%s\nwant\n%s", o.Data, want)
			}
			// The same meeting without the copy, as if another program had made it.
			id := f.idOf(e.UID)
			f.set(func() { delete(f.events[id], "extendedProperties") })
			bare, err := f.open().Get(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			again := put(t, f, bare.Event, bare.Tag)
			if d := cmp.Diff(sorted(got), sorted(f.fields(e.UID))); d != "" || !reflect.DeepEqual(again.Event.Start.UTC(), bare.Event.Start.UTC()) {
				t.Errorf("the entry without a copy, read and written, differs (-want +got):\n%s", d)
			}
		})
	}
}

// sorted returns a copy in which the lines of a rule have an order.
func sorted(e map[string]any) map[string]any {
	e = clone(e)
	if list, ok := e["recurrence"].([]any); ok {
		slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return e
}

// TestOwn checks that what is the organizer's own stays.
func TestOwn(t *testing.T) {
	f := newFake(t)
	o := put(t, f, single(), "")
	own := map[string]any{
		"colorId": "7", "reminders": map[string]any{"useDefault": false, "overrides": []any{map[string]any{"method": "popup", "minutes": 5}}},
		"extendedProperties": map[string]any{"private": map[string]any{"theirs": "1"}, "shared": map[string]any{"ours": "2"}},
		"attendees": []any{
			map[string]any{"email": "bob@example.com", "displayName": "Bob", "responseStatus": "accepted", "additionalGuests": 2, "id": "77"},
			map[string]any{"email": owner, "organizer": true, "self": true, "responseStatus": "accepted"},
		},
	}
	f.edit(t, o.Href, own)
	got, err := f.open().Get(t.Context(), o)
	if err != nil || !bytes.Equal(got.Data, o.Data) || got.Tag == o.Tag {
		t.Fatalf("after the organizer's own changes, Get returned %v\n%s", err, got.Data)
	}
	e := single()
	e.Attendees[0].Status = ical.StatusDeclined
	e.Attendees = append(e.Attendees, ical.Attendee{Email: "carl@example.com"})
	put(t, f, e, got.Tag)
	r := f.events[o.Href]
	private := r["extendedProperties"].(map[string]any)["private"].(map[string]any)
	if r["colorId"] != "7" || fmt.Sprint(r["reminders"]) != fmt.Sprint(clone(own)["reminders"]) || private["theirs"] != "1" {
		t.Errorf("the organizer's own is changed: %v", r)
	}
	want := clone(map[string]any{"attendees": []any{
		map[string]any{"email": "bob@example.com", "displayName": "Bob", "responseStatus": "declined", "additionalGuests": 2, "id": "77"},
		map[string]any{"email": "carl@example.com", "responseStatus": "needsAction"},
		map[string]any{"email": owner, "organizer": true, "responseStatus": "accepted"},
	}})["attendees"]
	if d := cmp.Diff(want, r["attendees"]); d != "" {
		t.Errorf("attendees (-want +got):\n%s", d)
	}
}

// TestSequence checks that the sequence never falls.
func TestSequence(t *testing.T) {
	f := newFake(t)
	o := put(t, f, single(), "")
	f.edit(t, o.Href, map[string]any{"sequence": 9, "summary": "Theirs"})
	got, err := f.open().Get(t.Context(), o)
	if err != nil || got.Event.Summary != "Theirs" {
		t.Fatalf("Get = %+v, %v", got, err)
	}
	e := single()
	e.Sequence, e.Summary = 1, "Ours"
	got = put(t, f, e, got.Tag)
	if r := f.events[o.Href]; r["sequence"] != 9.0 || r["summary"] != "Ours" || got.Event.Sequence != 1 {
		t.Errorf("the resource has %v, the entry the sequence %d", r, got.Event.Sequence)
	}
	// A deleted entry has its sequence still.
	if err := f.open().Delete(t.Context(), got); err != nil {
		t.Fatal(err)
	}
	put(t, f, e, "")
	if r := f.events[o.Href]; r["sequence"] != 9.0 || r["status"] != "confirmed" {
		t.Errorf("made again: %v", r)
	}
}

// TestCopyTooLong has a meeting whose copy does not fit.
func TestCopyTooLong(t *testing.T) {
	f := newFake(t)
	e := single()
	for i := range 5000 {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("%x@example.com", sha256.Sum256([]byte{byte(i), byte(i >> 8)})), Params: map[string][]string{"SCHEDULE-AGENT": {"CLIENT"}}})
	}
	o := put(t, f, single(), "")
	o = put(t, f, e, o.Tag)
	private, _ := f.events[o.Href]["extendedProperties"].(map[string]any)["private"].(map[string]any)
	if len(private) > 0 {
		t.Errorf("%d properties of the copy are left", len(private))
	}
	if len(o.Event.Attendees) != len(e.Attendees) || o.Event.Summary != e.Summary || len(o.Written) == 0 {
		t.Errorf("Put returned %d attendees, %q", len(o.Event.Attendees), o.Event.Summary)
	}
}

// TestCopyDamaged has copies that somebody has changed.
func TestCopyDamaged(t *testing.T) {
	for _, text := range []string{"", "d1:", "d1:!!!", "d1:eJwDAAAAAAE", "x", strings.Repeat("A", 900)} {
		f := newFake(t)
		o := put(t, f, single(), "")
		f.edit(t, o.Href, map[string]any{"extendedProperties": map[string]any{"private": map[string]any{"convene0": text}}})
		got, err := f.open().Get(t.Context(), o)
		if err != nil || got.Event.Summary != "Planning" || len(got.Event.Attendees) != 1 || got.Event.UID != o.UID {
			t.Errorf("copy %q: Get = %+v, %v", text, got.Event, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(e *ical.Event){
		"a cancelled meeting": func(e *ical.Event) { e.Cancelled = true },
		"a zone of half an hour": func(e *ical.Event) {
			e.TimeZone, e.Recurrence = "", &ical.Recurrence{Freq: ical.FreqDaily, Count: 3}
			e.Start, e.End = start.In(time.FixedZone("", 5400)), start.In(time.FixedZone("", 5400)).Add(time.Hour)
		},
	} {
		f := newFake(t)
		e := single()
		change(&e)
		if _, err := f.open().Put(t.Context(), object(t, e)); err == nil || len(f.requests) > 0 {
			t.Errorf("Put of %s = %v, %v", name, err, f.requests)
		}
	}
}

// TestRequests counts the requests of each call.
func TestRequests(t *testing.T) {
	f := newFake(t)
	count := func(want string, do func()) {
		t.Helper()
		f.requests = nil
		do()
		if got := strings.Join(f.requests, ", "); got != want {
			t.Errorf("requests: %s, want %s", got, want)
		}
	}
	var o organizer.Object
	count("GET list, POST import, GET list", func() { o = put(t, f, single(), "") })
	count("GET list", func() { _, _ = f.open().Get(t.Context(), o) })
	e := single()
	e.Attendees[0].Status = ical.StatusDeclined
	count("GET list, PATCH patch, GET list", func() { o = put(t, f, e, o.Tag) })
	count("GET list, DELETE delete", func() { _ = f.open().Delete(t.Context(), o) })
}

// FuzzGet reads entries as no server should send them.
func FuzzGet(f *testing.F) {
	f.Add([]byte(`{"items":[{"id":"1","iCalUID":"u","start":{"dateTime":"2026-05-04T10:00:00+02:00","timeZone":"Europe/Berlin"},"end":{"dateTime":"2026-05-04T11:00:00+02:00"},"recurrence":["RRULE:FREQ=WEEKLY;COUNT=3","EXDATE;TZID=Europe/Berlin:20260511T100000"],"attendees":[{"email":"a@example.com","responseStatus":"accepted"}]},{"id":"2","recurringEventId":"1","originalStartTime":{"dateTime":"2026-05-18T10:00:00+02:00"},"start":{"dateTime":"2026-05-18T12:00:00+02:00"},"end":{"dateTime":"2026-05-18T13:00:00+02:00"}},{"id":"3","recurringEventId":"1","status":"cancelled","originalStartTime":{"dateTime":"2026-05-04T10:00:00+02:00"}}]}`))
	f.Add([]byte(`{"items":[{"id":"1","iCalUID":"u","start":{"date":"2026-05-04"},"end":{"date":"2026-05-05"},"recurrence":["RRULE:FREQ=YEARLY\r\nEND:VEVENT","EXRULE:X"]}]}`))
	f.Add([]byte(`{"items":[{"id":"1","iCalUID":"u","start":{"dateTime":"2026-05-04T10:00:00Z","timeZone":"x\"y"},"end":null}]}`))
	f.Fuzz(func(t *testing.T, reply []byte) {
		o, err := get(t, reply)
		if err != nil {
			return
		}
		e, err := shadow.Decode(o.Data)
		if err != nil {
			t.Fatalf("Get returned Data that cannot be read: %v\n%s", err, o.Data)
		}
		if e.UID != "u" {
			t.Errorf("UID = %q", e.UID)
		}
	})
}
