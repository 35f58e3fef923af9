package graphcal_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/graphcal"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

type m = map[string]any

const list = "\n\n========================================\nAttendees: 1 accepted, 1 no answer yet\nBob <bob@example.com>: accepted\n<dora@example.test>: no answer yet"

// fields returns what the server has, without what it adds and without the copy.
func (f *fake) fields(id string) m {
	e := maps.Clone(f.events[id].fields)
	for _, name := range []string{
		"iCalUId", "isReminderOn", "reminderMinutesBeforeStart", "organizer", "lastModifiedDateTime", "transactionId",
		"singleValueExtendedProperties", "originalStartTimeZone",
	} {
		delete(e, name)
	}
	return e
}

// TestFields compares the resource with a meeting, field by field.
func TestFields(t *testing.T) {
	at := func(clock, zone string) m { return m{"dateTime": "2026-05-" + clock + ":00", "timeZone": zone} }
	basic := m{
		"subject": "Planning", "location": m{"displayName": "Room 1"}, "isAllDay": false, "showAs": "busy", "sensitivity": "normal",
		"start": at("04T10:00", "W. Europe Standard Time"), "end": at("04T11:00", "W. Europe Standard Time"),
		"body": m{"contentType": "text", "content": "The plan." + list},
	}
	for name, test := range map[string]struct {
		change func(e *ical.Event)
		want   m
	}{
		"single": {func(*ical.Event) {}, m{}},
		"texts": {func(e *ical.Event) { e.Summary, e.Description, e.Location = "A\nB", "One \r\nTwo\n", "" },
			m{"subject": "A B", "body": m{"contentType": "text", "content": "One\nTwo" + list}, "location": m{"displayName": ""}}},
		"nobody answered":          {func(e *ical.Event) { e.Attendees = nil }, m{"body": m{"contentType": "text", "content": "The plan."}}},
		"link":                     {func(e *ical.Event) { e.Location, e.Conference = "", "https://meet.example.com/1" }, m{"location": m{"displayName": "https://meet.example.com/1"}}},
		"free":                     {func(e *ical.Event) { e.ShowAs = ical.ShowFree }, m{"showAs": "free"}},
		"out of office":            {func(e *ical.Event) { e.ShowAs = ical.ShowOutOfOffice }, m{"showAs": "oof"}},
		"elsewhere":                {func(e *ical.Event) { e.ShowAs = ical.ShowWorkingElsewhere }, m{"showAs": "workingElsewhere"}},
		"private":                  {func(e *ical.Event) { e.Sensitivity = ical.SensitivityPrivate }, m{"sensitivity": "private"}},
		"without a zone":           {func(e *ical.Event) { e.TimeZone, e.Start, e.End = "", start.UTC(), start.UTC().Add(time.Hour) }, m{"start": at("04T08:00", "UTC"), "end": at("04T09:00", "UTC")}},
		"Vienna":                   {func(e *ical.Event) { e.TimeZone = "Europe/Vienna" }, m{"start": at("04T10:00", "Central Europe Standard Time"), "end": at("04T11:00", "Central Europe Standard Time")}},
		"a zone that only we know": {func(e *ical.Event) { e.TimeZone = "Antarctica/Troll" }, m{"start": at("04T08:00", "UTC"), "end": at("04T09:00", "UTC")}},
		"all-day": {func(e *ical.Event) {
			e.AllDay, e.TimeZone = true, ""
			e.Start, e.End = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC)
		}, m{"isAllDay": true, "start": at("04T00:00", "UTC"), "end": at("06T00:00", "UTC")}},
		"no end": {func(e *ical.Event) { e.End = time.Time{} }, m{"end": at("04T10:00", "W. Europe Standard Time")}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			c := f.at(nil)
			first, e := single(), single()
			first.Start, first.End = start.AddDate(0, 0, 1), start.AddDate(0, 0, 1).Add(time.Hour)
			test.change(&e)
			o := put(t, c, &first, "")
			e.UID = o.UID
			o = put(t, c, &e, o.Tag)
			want := maps.Clone(basic)
			maps.Copy(want, test.want)
			got := f.fields(o.Href)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("the resource differs (-want +got):\n%s", d)
			}
			if want := object(t, e).Data; !bytes.Equal(o.Data, want) || o.Written != nil {
				t.Errorf("Put returned another Data:\n%s\nwant\n%s", o.Data, want)
			}
			// The same meeting without the copy, as if another program had made it.
			f.set(func() { delete(f.events[o.Href].fields, "singleValueExtendedProperties") })
			bare, err := c.Get(t.Context(), organizer.Object{UID: o.UID})
			if err != nil {
				t.Fatal(err)
			}
			if len(bare.Event.Attendees) > 0 || bare.Event.Organizer.Email != mailbox || strings.Contains(bare.Event.Description, "===") {
				t.Errorf("without a copy, Get returned %+v", bare.Event)
			}
			bare.Event.Attendees = e.Attendees
			put(t, c, &bare.Event, bare.Tag)
			if d := cmp.Diff(got, f.fields(o.Href)); d != "" {
				t.Errorf("the entry without a copy, read and written, differs (-want +got):\n%s", d)
			}
		})
	}
}

// TestRules has the rules that Graph can hold, with their occurrences, and the rules that it
// cannot.
func TestRules(t *testing.T) {
	for name, test := range map[string]struct {
		rule  ical.Recurrence
		want  m
		bound m
		bad   string
	}{
		"daily":               {rule: ical.Recurrence{Freq: ical.FreqDaily, Interval: 3, Count: 5}, want: m{"type": "daily", "interval": 3.0}, bound: m{"type": "numbered", "numberOfOccurrences": 5.0}},
		"weekly":              {rule: ical.Recurrence{Freq: ical.FreqWeekly}, want: m{"type": "weekly", "interval": 1.0, "daysOfWeek": []any{"monday"}, "firstDayOfWeek": "monday"}, bound: m{"type": "noEnd"}},
		"days":                {rule: ical.Recurrence{Freq: ical.FreqWeekly, Interval: 2, ByDay: []ical.Day{"MO", "WE", "SU"}, WeekStart: "SU", Count: 9}, want: m{"type": "weekly", "interval": 2.0, "daysOfWeek": []any{"monday", "wednesday", "sunday"}, "firstDayOfWeek": "sunday"}, bound: m{"type": "numbered", "numberOfOccurrences": 9.0}},
		"until":               {rule: ical.Recurrence{Freq: ical.FreqWeekly, Until: start.AddDate(0, 0, 21).UTC()}, want: m{"type": "weekly", "interval": 1.0, "daysOfWeek": []any{"monday"}, "firstDayOfWeek": "monday"}, bound: m{"type": "endDate", "endDate": "2026-05-25"}},
		"earlier":             {rule: ical.Recurrence{Freq: ical.FreqWeekly, Until: start.AddDate(0, 0, 21).Add(-time.Hour).UTC()}, want: m{"type": "weekly", "interval": 1.0, "daysOfWeek": []any{"monday"}, "firstDayOfWeek": "monday"}, bound: m{"type": "endDate", "endDate": "2026-05-24"}},
		"monthly":             {rule: ical.Recurrence{Freq: ical.FreqMonthly, Count: 4}, want: m{"type": "absoluteMonthly", "interval": 1.0, "dayOfMonth": 4.0}, bound: m{"type": "numbered", "numberOfOccurrences": 4.0}},
		"first Monday":        {rule: ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"1MO"}, Count: 4}, want: m{"type": "relativeMonthly", "interval": 1.0, "daysOfWeek": []any{"monday"}, "index": "first"}, bound: m{"type": "numbered", "numberOfOccurrences": 4.0}},
		"first workday":       {rule: ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"MO", "TU", "WE", "TH", "FR"}, BySetPos: []int{2}, Count: 4}, want: m{"type": "relativeMonthly", "interval": 1.0, "daysOfWeek": []any{"monday", "tuesday", "wednesday", "thursday", "friday"}, "index": "second"}, bound: m{"type": "numbered", "numberOfOccurrences": 4.0}},
		"yearly":              {rule: ical.Recurrence{Freq: ical.FreqYearly, Count: 2}, want: m{"type": "absoluteYearly", "interval": 1.0, "dayOfMonth": 4.0, "month": 5.0}, bound: m{"type": "numbered", "numberOfOccurrences": 2.0}},
		"first Monday of May": {rule: ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{5}, ByDay: []ical.Day{"1MO"}, Count: 2}, want: m{"type": "relativeYearly", "interval": 1.0, "daysOfWeek": []any{"monday"}, "index": "first", "month": 5.0}, bound: m{"type": "numbered", "numberOfOccurrences": 2.0}},

		"day 31":          {rule: ical.Recurrence{Freq: ical.FreqMonthly, ByMonthDay: []int{31}}, bad: "ByMonthDay"},
		"two days":        {rule: ical.Recurrence{Freq: ical.FreqMonthly, ByMonthDay: []int{4, 5}}, bad: "ByMonthDay"},
		"fifth Monday":    {rule: ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"5MO"}}, bad: "ordinal 5"},
		"every Monday":    {rule: ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"MO"}}, bad: "ByDay"},
		"two ordinals":    {rule: ical.Recurrence{Freq: ical.FreqMonthly, ByDay: []ical.Day{"1MO", "3MO"}}, bad: "ByDay"},
		"daily with days": {rule: ical.Recurrence{Freq: ical.FreqDaily, ByDay: []ical.Day{"MO"}}, bad: "daily"},
		"some months":     {rule: ical.Recurrence{Freq: ical.FreqMonthly, ByMonth: []int{5}}, bad: "ByMonth"},
		"two months":      {rule: ical.Recurrence{Freq: ical.FreqYearly, ByMonth: []int{5, 6}}, bad: "ByMonth"},
		"added date":      {rule: ical.Recurrence{Freq: ical.FreqWeekly, Include: []time.Time{start.AddDate(0, 0, 1)}}, bad: "Include"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			c := f.at(nil)
			e := single()
			o := put(t, c, &e, "")
			e.Recurrence = &test.rule
			next := object(t, e)
			next.Tag = o.Tag
			before := len(f.requests)
			o, err := c.Put(t.Context(), next)
			if test.bad != "" {
				if err == nil || !strings.Contains(err.Error(), test.bad) || len(f.requests) != before {
					t.Errorf("Put = %v, want an error about %s and no request", err, test.bad)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r := f.fields(o.Href)["recurrence"].(m)
			bound := maps.Clone(test.bound)
			bound["startDate"], bound["recurrenceTimeZone"] = "2026-05-04", "W. Europe Standard Time"
			if d := cmp.Diff(m{"pattern": test.want, "range": bound}, r); d != "" {
				t.Errorf("recurrence (-want +got):\n%s", d)
			}
			// The server's own reading of the pattern has the same days.
			var want, got []string
			for x := range e.Occurrences(start, start.AddDate(2, 0, 0)) {
				want = append(want, x.Start.Format(time.DateOnly))
			}
			for _, day := range f.events[o.Href].days() {
				if day < start.AddDate(2, 0, 0).Format(time.DateOnly) {
					got = append(got, day)
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("days (-want +got):\n%s", d)
			}
			// Without the copy, the rule has the same occurrences.
			f.set(func() { delete(f.events[o.Href].fields, "singleValueExtendedProperties") })
			bare, err := c.Get(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			got = nil
			for x := range bare.Event.Occurrences(start, start.AddDate(2, 0, 0)) {
				got = append(got, x.Start.Format(time.DateOnly))
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("read back, days (-want +got):\n%s", d)
			}
		})
	}
}

// TestOwn checks that what is the organizer's own stays.
func TestOwn(t *testing.T) {
	f := newFake(t)
	c := f.at(nil)
	e := single()
	o := put(t, c, &e, "")
	own := m{"categories": []any{"Red category"}, "isReminderOn": true, "reminderMinutesBeforeStart": 5.0, "importance": "high"}
	f.edit(t, o.Href, own)
	got, err := c.Get(t.Context(), o)
	if err != nil || !bytes.Equal(got.Data, o.Data) || got.Tag == o.Tag {
		t.Fatalf("after the organizer's own changes, Get returned %v\n%s", err, got.Data)
	}
	e.Attendees[1].Status, e.Reminders, e.Categories = ical.StatusDeclined, []ical.Reminder{{Before: time.Hour}}, []string{"Work"}
	put(t, c, &e, got.Tag)
	r := f.events[o.Href].fields
	for name, v := range own {
		if fmt.Sprint(r[name]) != fmt.Sprint(v) {
			t.Errorf("%s is %v, want %v", name, r[name], v)
		}
	}
	if text := r["body"].(m)["content"].(string); !strings.Contains(text, "<dora@example.test>: declined") {
		t.Errorf("the text is %q", text)
	}
}

// TestTeams has an entry that the organizer has made a Teams meeting, whose link is in the
// text.
func TestTeams(t *testing.T) {
	f := newFake(t)
	c := f.at(nil)
	e := single()
	o := put(t, c, &e, "")
	text := "The plan." + list + "\n\n________\nMicrosoft Teams meeting"
	f.edit(t, o.Href, m{"isOnlineMeeting": true, "body": m{"contentType": "text", "content": text}})
	got, err := c.Get(t.Context(), o)
	if err != nil || !bytes.Equal(got.Data, o.Data) {
		t.Fatalf("Get = %v\n%s", err, got.Data)
	}
	e.Summary, e.Attendees[1].Status = "New", ical.StatusDeclined
	put(t, c, &e, got.Tag)
	if r := f.fields(o.Href); r["body"].(m)["content"] != text || r["subject"] != "New" {
		t.Errorf("the resource has %v", r)
	}
}

// TestMissing deletes entries, mailboxes and calendars.
func TestMissing(t *testing.T) {
	f := newFake(t)
	e := single()
	o := put(t, f.at(nil), &e, "")
	for name, test := range map[string]struct {
		c    organizer.Calendar
		o    organizer.Object
		want error
	}{
		"another calendar":     {f.at(&graphcal.Options{Calendar: "nobody"}), organizer.Object{UID: e.UID}, organizer.ErrNoCalendar},
		"another UID":          {f.at(nil), organizer.Object{UID: "x'y@example.com", Href: o.Href}, organizer.ErrGone},
		"UID in another case":  {f.at(nil), organizer.Object{UID: strings.ToLower(e.UID)}, organizer.ErrGone},
		"odd Href":             {f.at(nil), organizer.Object{UID: "x@example.com", Href: "../../x?y"}, organizer.ErrGone},
		"nobody's mailbox":     {f.open("nobody@example.com"), o, organizer.ErrNoCalendar},
		"Href of another time": {f.at(nil), organizer.Object{UID: e.UID, Href: "AAMk999="}, nil},
	} {
		if _, err := test.c.Get(t.Context(), test.o); !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
			t.Errorf("%s: Get = %v, want %v", name, err, test.want)
		}
	}
}

// TestWindow has a long series, whose old occurrences are neither read nor written.
func TestWindow(t *testing.T) {
	f := newFake(t)
	c := f.at(nil)
	e := single()
	e.Start, e.End = start.AddDate(-1, 0, 0), start.AddDate(-1, 0, 0).Add(time.Hour)
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily}
	day := func(n int) time.Time { return e.Start.AddDate(0, 0, n) }
	e.Recurrence.Except = []time.Time{day(3), day(365)}
	e.Overrides = []ical.Event{{RecurrenceID: day(5), Location: "Old"}, {RecurrenceID: day(367), Location: "New"}}
	o := put(t, c, &e, "")
	item := f.events[o.Href]
	if len(item.deleted) != 1 || len(item.exceptions) != 1 {
		t.Errorf("%d occurrences deleted, %d changed; want 1 each", len(item.deleted), len(item.exceptions))
	}
	if want := object(t, e).Data; !bytes.Equal(o.Data, want) {
		t.Errorf("Put returned\n%s\nwant\n%s", o.Data, want)
	}
	// A deleted occurrence takes place again.
	e.Recurrence.Except = e.Recurrence.Except[:1]
	o = put(t, c, &e, o.Tag)
	if len(item.deleted) != 0 || len(item.exceptions) != 1 {
		t.Errorf("%d occurrences deleted, %d changed; want 0 and 1", len(item.deleted), len(item.exceptions))
	}
	if want := object(t, e).Data; !bytes.Equal(o.Data, want) {
		t.Errorf("Put returned\n%s\nwant\n%s", o.Data, want)
	}
}

func TestCopyTooLong(t *testing.T) {
	f := newFake(t)
	c := f.at(nil)
	first := single()
	o := put(t, c, &first, "")
	e := first
	for i := range 5000 {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("%x@example.com", sha256.Sum256([]byte{byte(i), byte(i >> 8)}))})
	}
	o = put(t, c, &e, o.Tag)
	text := f.fields(o.Href)["body"].(m)["content"].(string)
	if len(o.Event.Attendees) != 0 || o.Event.Summary != e.Summary || len(o.Written) == 0 || !strings.HasSuffix(text, "and 4503 more") {
		t.Errorf("Put returned %d attendees; the text ends with %q", len(o.Event.Attendees), text[len(text)-40:])
	}
}

func TestAttendees(t *testing.T) {
	e := weekly()
	e.Overrides = []ical.Event{
		{RecurrenceID: start.AddDate(0, 0, 7), Attendees: []ical.Attendee{{Name: "Bob", Email: "bob@example.com", Status: ical.StatusDeclined}, {Email: "dora@example.test"}}},
		{RecurrenceID: start.AddDate(0, 0, 14), Cancelled: true},
	}
	const want = "Attendees: 1 accepted, 1 no answer yet\nBob <bob@example.com>: accepted\n<dora@example.test>: no answer yet\n11 May 2026: Bob <bob@example.com>: declined"
	if got := graphcal.Attendees(e); got != want {
		t.Errorf("Attendees = %q, want %q", got, want)
	}
}

// transport answers requests without a network.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// FuzzGet reads entries as no server should send them.
func FuzzGet(f *testing.F) {
	f.Add([]byte(`{"id":"1","iCalUId":"u","type":"seriesMaster","subject":"S","start":{"dateTime":"2026-05-04T08:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-05-04T09:00:00.0000000","timeZone":"UTC"},"originalStartTimeZone":"W. Europe Standard Time","recurrence":{"pattern":{"type":"weekly","interval":1,"daysOfWeek":["monday"],"firstDayOfWeek":"sunday"},"range":{"type":"numbered","startDate":"2026-05-04","numberOfOccurrences":5,"recurrenceTimeZone":"W. Europe Standard Time"}},"attendees":[{"emailAddress":{"address":"a@example.com"},"status":{"response":"tentativelyAccepted"}}]}`),
		[]byte(`{"value":[{"id":"1.2026-05-11","type":"exception","originalStart":"2026-05-11T08:00:00Z"},{"id":"x","type":"occurrence","originalStart":"2026-05-18T08:00:00Z"}]}`))
	f.Add([]byte(`{"id":"1","iCalUId":"u","isAllDay":true,"start":{"dateTime":"2026-05-03T22:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-05-04T22:00:00","timeZone":"UTC"},"originalStartTimeZone":"tzone://Microsoft/Custom","body":{"content":"a\r\n========================================\r\nb"}}`), []byte(`{}`))
	f.Add([]byte(`{"id":"1","iCalUId":"u","type":"seriesMaster","start":{"dateTime":"2026-05-04T08:00:00"},"end":null,"recurrence":{}}`), []byte(`{"value":[{}]}`))
	f.Fuzz(func(t *testing.T, event, instances []byte) {
		client := &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			reply := event
			switch {
			case strings.HasSuffix(r.URL.Path, "/instances"):
				reply = instances
			case r.URL.Query().Has("$filter"):
				reply = []byte(`{"value":[{"id":"1","iCalUId":"u"}]}`)
			}
			return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(reply)), Request: r}, nil
		})}
		c := graphcal.New(client, "me", &graphcal.Options{Now: func() time.Time { return start }})
		o, err := c.Get(t.Context(), organizer.Object{UID: "u"})
		if err != nil {
			return
		}
		if _, err := shadow.Decode(o.Data); err != nil {
			t.Fatalf("Get returned Data that cannot be read: %v\n%s", err, o.Data)
		}
	})
}
