package ical_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

func series(change func(*ical.Recurrence)) func(*ical.Event) {
	return func(e *ical.Event) {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily}
		change(e.Recurrence)
	}
}

func override(change func(*ical.Event)) func(*ical.Event) {
	return func(e *ical.Event) {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily}
		e.Overrides = []ical.Event{{RecurrenceID: e.Start}}
		change(&e.Overrides[0])
	}
}

func TestValidate(t *testing.T) {
	far := time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	beyond := int64(1) << 31 // negative as an int of 32 bits
	many := make([]int, 401)
	for i := range many {
		many[i] = 1
	}
	for _, tt := range []struct {
		name   string
		change func(*ical.Event)
		want   string // "Field: part of the text" of every error
	}{
		{"nothing", func(*ical.Event) {}, ""},
		{"no UID", func(e *ical.Event) { e.UID = "" }, ""},
		{"long UID", func(e *ical.Event) { e.UID = strings.Repeat("x", 256) }, "UID: 256 octets"},
		{"UID of two lines", func(e *ical.Event) { e.UID = "a\nb" }, "UID: control character U+000A"},
		{"UID with a space in front", func(e *ical.Event) { e.UID = " a" }, "UID: begins or ends with a space"},
		{"negative sequence", func(e *ical.Event) { e.Sequence = -1 }, "Sequence: -1 is not"},
		{"large sequence", func(e *ical.Event) { e.Sequence = int(beyond) }, "Sequence: is not between"},
		{"NUL in a text", func(e *ical.Event) { e.Summary, e.Description, e.Location = "\x00", "\x00", "\x00" }, "Summary: U+0000|Description: U+0000|Location: U+0000"},
		{"URLs", func(e *ical.Event) { e.URL, e.Conference = "www.example.test", "https:" }, "URL: absolute URI|Conference: absolute URI"},
		{"URL with a line end", func(e *ical.Event) { e.URL = "https://example.test/\n" }, "URL: U+000A"},
		{"categories", func(e *ical.Event) { e.Categories = []string{"a", "", "\x01"} }, "Categories[1]: missing|Categories[2]: U+0001"},
		{"language", func(e *ical.Event) { e.Language = "de_DE" }, "Language: language tag"},
		{"no start", func(e *ical.Event) { e.Start = time.Time{} }, "Start: missing"},
		{"far away", func(e *ical.Event) { e.Start, e.End, e.Created, e.Modified = far, far, far, far }, "Start: year 12026|End: 12026|Created: 12026|Modified: 12026"},
		{"end before start", func(e *ical.Event) { e.End = e.Start.Add(-1) }, "End: before Start"},
		{"end in 28 years", func(e *ical.Event) { e.End = e.Start.AddDate(28, 0, 0) }, ""},
		{"end after 28 years", func(e *ical.Event) { e.End = e.Start.AddDate(28, 0, 0).Add(time.Second) }, "End: more than 28 years after Start"},
		{"all-day end", func(e *ical.Event) { e.AllDay, e.Start, e.End = true, date(2026, 3, 31), date(2026, 3, 31) }, "End: is not a day after"},
		{"zone", func(e *ical.Event) { e.TimeZone = "Customized Time Zone" }, "TimeZone: IANA"},
		{"zone with a Windows name", func(e *ical.Event) { e.TimeZone = "W. Europe Standard Time" }, ""},
		{"unknown abbreviation", func(e *ical.Event) {
			e.Start, _ = time.Parse(time.RFC1123, "Tue, 02 Mar 2027 10:00:00 PXT")
			e.End = e.Start
		}, "Start: abbreviation|End: abbreviation"},
		{"zone of the machine", func(e *ical.Event) { e.TimeZone = "Local" }, "TimeZone: IANA"},
		{"no organizer", func(e *ical.Event) { e.Organizer = ical.Person{} }, "Organizer.Email: missing"},
		{"organizer", func(e *ical.Event) { e.Organizer = ical.Person{"a\nb", "mailto:a@example.test", "x"} },
			"Organizer.Name: U+000A|Organizer.Email: in front|Organizer.SentBy: local@domain"},
		{"organizer without address", func(e *ical.Event) { e.Organizer = ical.Person{Name: "Ann"} }, "Organizer.Email: missing"},
		{"no attendees", func(e *ical.Event) { e.Attendees = nil }, "Attendees: missing"},
		{"attendee twice", func(e *ical.Event) {
			e.Attendees = append(e.Attendees, ical.Attendee{Email: "BOB@Example.test"})
		}, "Attendees[1].Email: same address as Attendees[0]"},
		{"two without address", func(e *ical.Event) { e.Attendees = make([]ical.Attendee, 2) }, "Attendees[0].Email: missing|Attendees[1].Email: missing"},
		{"attendee", func(e *ical.Event) {
			e.Attendees[0] = ical.Attendee{Name: "\x00", Email: "a b@example.test", Role: "Chair", Kind: "a b", Status: "é",
				DelegatedTo: "x", DelegatedFrom: "@", SentBy: "a@b@", Language: "-", TimeZone: "X", Comment: "\x00",
				Params: map[string][]string{"X-A": {"\n"}, "CN": {"x"}, "x-b": {"1"}}}
		}, "Attendees[0].Name: U+0000|Attendees[0].Email: in front of the @|Attendees[0].Role: lower case|Attendees[0].Kind: not a word|" +
			"Attendees[0].Status: not a word|Attendees[0].DelegatedTo: local@domain|Attendees[0].DelegatedFrom: local@domain|Attendees[0].SentBy: local@domain|" +
			"Attendees[0].Language: language tag|Attendees[0].TimeZone: IANA|Attendees[0].Comment: U+0000|Attendees[0].Params.CN: own fields|" +
			"Attendees[0].Params.X-A: U+000A|Attendees[0].Params: upper case"},
		{"no frequency", series(func(r *ical.Recurrence) { r.Freq = "" }), "Recurrence.Freq: missing"},
		{"frequency", series(func(r *ical.Recurrence) { r.Freq = "hourly" }), "Recurrence.Freq: not daily"},
		{"included only", series(func(r *ical.Recurrence) { r.Freq, r.Include = "", []time.Time{stamp} }), ""},
		{"numbers", series(func(r *ical.Recurrence) { r.Interval, r.Count = -1, 1<<20+1 }), "Recurrence.Interval: -1|Recurrence.Count: 1048577"},
		{"count and until", series(func(r *ical.Recurrence) { r.Count, r.Until = 1, stamp }), "Recurrence.Until: together"},
		{"dates", series(func(r *ical.Recurrence) { r.Until, r.Except, r.Include = far, []time.Time{{}}, []time.Time{far} }),
			"Recurrence.Until: 12026|Recurrence.Except[0]: missing|Recurrence.Include[0]: 12026"},
		{"days", series(func(r *ical.Recurrence) {
			r.ByDay, r.WeekStart = []ical.Day{"MO", "0MO", "54MO", "MON", "X", "000001MO"}, "1MO"
		}),
			"Recurrence.ByDay[1]: weekday|Recurrence.ByDay[2]: weekday|Recurrence.ByDay[3]: weekday|Recurrence.ByDay[4]: weekday|Recurrence.ByDay[5]: weekday|Recurrence.WeekStart: weekday"},
		{"lists", series(func(r *ical.Recurrence) {
			r.ByMonthDay, r.ByMonth, r.BySetPos = []int{0, 32}, []int{-1, 13}, []int{-367}
		}), "Recurrence.ByMonthDay[0]: 0|Recurrence.ByMonthDay[1]: 32|Recurrence.ByMonth[0]: -1|Recurrence.ByMonth[1]: 13|Recurrence.BySetPos[0]: -367"},
		{"long lists", series(func(r *ical.Recurrence) { r.ByMonth, r.ByDay = many, make([]ical.Day, 0) }), "Recurrence.ByMonth: 401 values"},
		{"many days", series(func(r *ical.Recurrence) {
			for range 401 {
				r.ByDay = append(r.ByDay, "MO")
			}
		}), "Recurrence.ByDay: 401 values"},
		{"start beside the rule", series(func(r *ical.Recurrence) { r.Freq, r.ByDay = ical.FreqWeekly, []ical.Day{"MO", "WE"} }),
			"Start: is not an occurrence of the rule; the first is 2026-04-01T08:00:00Z"},
		{"rule without occurrences", series(func(r *ical.Recurrence) { r.Freq, r.ByMonth, r.ByMonthDay = ical.FreqYearly, []int{2}, []int{30} }),
			"Recurrence: has no occurrence"},
		{"rule without occurrences, daily", series(func(r *ical.Recurrence) { r.ByMonth, r.ByMonthDay = []int{2}, []int{30} }), "Recurrence: has no occurrence"},
		{"until before the start", series(func(r *ical.Recurrence) { r.Until = stamp.AddDate(-1, 0, 0) }), ""},
		{"days with and without ordinals", series(func(r *ical.Recurrence) { r.Freq, r.ByDay = ical.FreqMonthly, []ical.Day{"TU", "5TU"} }), "Recurrence.ByDay: both with and without"},
		{"sixth Tuesday of a month", series(func(r *ical.Recurrence) { r.Freq, r.ByDay = ical.FreqMonthly, []ical.Day{"6TU"} }), "Recurrence.ByDay: no month has"},
		{"overrides of a single event", func(e *ical.Event) { e.Overrides = []ical.Event{{RecurrenceID: e.Start}} }, "Overrides: Recurrence is missing"},
		{"occurrence and series", func(e *ical.Event) { e.Recurrence, e.RecurrenceID = &ical.Recurrence{Freq: ical.FreqDaily}, e.Start }, "RecurrenceID: one occurrence"},
		{"RecurrenceID far away", func(e *ical.Event) { e.RecurrenceID = far }, "RecurrenceID: 12026"},
		{"override", override(func(*ical.Event) {}), ""},
		{"override of nothing", override(func(o *ical.Event) { o.RecurrenceID = time.Time{} }), "Overrides[0].RecurrenceID: missing"},
		{"override of another", override(func(o *ical.Event) { o.UID = "x" }), "Overrides[0].UID: the UID of the series"},
		{"override that recurs", override(func(o *ical.Event) { o.Recurrence = new(ical.Recurrence) }), "Overrides[0].Recurrence: cannot be a series"},
		{"override with a fault", override(func(o *ical.Event) { o.Summary = "\x00" }), "Overrides[0].Summary: U+0000"},
		{"cancelled override", override(func(o *ical.Event) { o.Cancelled, o.Summary = true, "\x00" }), ""},
		{"words", func(e *ical.Event) { e.ShowAs, e.Sensitivity = "Busy", "a b" }, "ShowAs: lower case|Sensitivity: not a word"},
		{"priority", func(e *ical.Event) { e.Priority = 10 }, "Priority: 10"},
		{"reminders", func(e *ical.Event) { e.Reminders = []ical.Reminder{{-1}, {1}, {0}, {math.MaxInt64}} }, "Reminders[0]: -1ns|Reminders[1]: 1ns|Reminders[3]: ten years"},
		{"attachments", func(e *ical.Event) { e.Attachments = []ical.Link{{}, {"x", "pdf", "\n"}} },
			"Attachments[0].URL: missing|Attachments[1].URL: absolute|Attachments[1].MediaType: media type|Attachments[1].Name: U+000A"},
		{"extra", func(e *ical.Event) {
			e.Extra = []ical.Property{{Name: "x"}, {Name: "DTSTART"}, {Name: "X-A", Value: "\x00"}, {Name: "GEO", Value: "1\n2"},
				{Name: "X-B", Params: map[string][]string{"VALUE": {"URI"}}, Value: "a\nb"}, {Name: "X-C", Params: map[string][]string{"A": {"\r"}}}}
		}, "Extra[0].Name: upper case|Extra[1].Name: own fields|Extra[2].Value: U+0000|Extra[3].Value: U+000A|Extra[4].Value: U+000A|Extra[5].Params.A: U+000D"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := meeting(tt.change).Validate()
			checkFields(t, err, tt.want)
		})
	}
}

// checkFields compares the joined errors with "Field: part of the text|…".
func checkFields(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("error = %v, want nil", err)
		}
		return
	}
	if err == nil {
		t.Fatalf("error = nil, want %q", want)
	}
	var fields []string
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	parts := strings.Split(want, "|")
	for i := range parts {
		field, text, _ := strings.Cut(parts[i], ": ")
		fields = append(fields, field)
		if i < len(list) && !strings.Contains(list[i].Error(), text) {
			t.Errorf("error %d = %q, want %q in it", i, list[i], text)
		}
	}
	if diff := cmp.Diff(fields, fieldsOf(t, err)); diff != "" {
		t.Errorf("fields of %q (-want +got):\n%s", err, diff)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   *ical.Calendar
		want string
	}{
		{"nil", nil, "Calendar: missing"},
		{"empty", &ical.Calendar{}, "Stamp: missing|Events: missing"},
		{"header", &ical.Calendar{Method: "request", ProductID: "a\nb", Stamp: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)},
			"Method: upper case|ProductID: U+000A|Stamp: 12026|Events: missing"},
		{"UID", &ical.Calendar{Stamp: stamp, Events: []ical.Event{{Start: stamp}}}, "Events[0].UID: missing"},
		{"two meetings in a mail", &ical.Calendar{Method: ical.MethodRequest, Stamp: stamp, Events: []ical.Event{meeting(), meeting(func(e *ical.Event) { e.UID = "x" })}},
			"Events[1].UID: one meeting"},
		{"answer of nobody", &ical.Calendar{Method: ical.MethodReply, Stamp: stamp, Events: []ical.Event{meeting(func(e *ical.Event) { e.Attendees = nil })}},
			"Events[0].Attendees: comes from one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ical.Encode(tt.in)
			checkFields(t, err, tt.want)
		})
	}
}

func TestFieldErrorUnwrap(t *testing.T) {
	err := &ical.FieldError{Field: "X", Err: errors.ErrUnsupported}
	if !errors.Is(err, errors.ErrUnsupported) || err.Error() != "X: unsupported operation" || !err.Refused() {
		t.Errorf("FieldError = %q", err)
	}
}

// TestValidateInherited reports a fault of the series once, not for each override
// that takes the value over.
func TestValidateInherited(t *testing.T) {
	e := review()
	override(func(*ical.Event) {})(&e)
	e.Summary, e.Organizer.Name, e.Priority = "\x00", "\x01", 77
	e.Overrides[0].Summary, e.Overrides[0].Priority = "", 0
	var got []string
	for _, f := range ical.FieldErrors(e.Validate()) {
		got = append(got, f.Field)
	}
	if want := []string{"Summary", "Organizer.Name", "Priority"}; !slices.Equal(got, want) {
		t.Errorf("fields = %q, want %q", got, want)
	}
}

// TestValidateWords refuses words that are none of an enumeration's, because they are
// misspelt. It accepts private words.
func TestValidateWords(t *testing.T) {
	someone := func(change func(*ical.Attendee)) func(*ical.Event) {
		return func(e *ical.Event) { change(&e.Attendees[0]) }
	}
	for _, tt := range []struct {
		name   string
		change func(*ical.Event)
		want   string
	}{
		{"status", someone(func(a *ical.Attendee) { a.Status = "yes" }), `Attendees[0].Status: "yes" is none of needs-action, accepted, declined, tentative, delegated`},
		{"status, American", someone(func(a *ical.Attendee) { a.Status = "accept" }), `Attendees[0].Status: "accept"`},
		{"status of a task", someone(func(a *ical.Attendee) { a.Status = "completed" }), `Attendees[0].Status: "completed"`},
		{"role", someone(func(a *ical.Attendee) { a.Role = "req-participant" }), `Attendees[0].Role: none of required, optional, informational, chair`},
		{"kind", someone(func(a *ical.Attendee) { a.Kind = "person" }), "Attendees[0].Kind: none of individual, group, room, resource, unknown"},
		{"showAs", func(e *ical.Event) { e.ShowAs = "oof" }, "ShowAs: none of busy, free, tentative, out-of-office, working-elsewhere"},
		{"sensitivity", func(e *ical.Event) { e.Sensitivity = "secret" }, "Sensitivity: none of public, private, confidential"},
		{"frequency", series(func(r *ical.Recurrence) { r.Freq = "week" }), "Recurrence.Freq: not daily"},
		{"override", override(func(o *ical.Event) {
			o.ShowAs, o.Attendees = "absent", []ical.Attendee{{Email: "a@example.test", Role: "must"}}
		}), "Overrides[0].ShowAs: none of|Overrides[0].Attendees[0].Role: none of"},
		{"cancelled override", override(func(o *ical.Event) { o.Cancelled, o.ShowAs = true, "absent" }), ""},
		{"no word, which is one error", func(e *ical.Event) { e.ShowAs = "Busy" }, "ShowAs: lower case"},

		{"every known word", func(e *ical.Event) {
			e.Attendees = nil
			for i, s := range []ical.Status{"", ical.StatusNeedsAction, ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative, ical.StatusDelegated} {
				e.Attendees = append(e.Attendees, ical.Attendee{Email: string(rune('a'+i)) + "@example.test", Status: s})
			}
			for i, r := range []ical.Role{"", ical.RoleRequired, ical.RoleOptional, ical.RoleInformational, ical.RoleChair} {
				e.Attendees[i].Role = r
			}
			for i, k := range []ical.Kind{"", ical.KindIndividual, ical.KindGroup, ical.KindRoom, ical.KindResource, "unknown"} {
				e.Attendees[i].Kind = k
			}
		}, ""},
		{"private words", func(e *ical.Event) {
			e.ShowAs, e.Sensitivity = "x-far", "x-house"
			a := &e.Attendees[0]
			a.Status, a.Role, a.Kind = "x-perhaps", "x-scribe", "x-robot"
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) { checkFields(t, meeting(tt.change).Validate(), tt.want) })
	}
}

// TestForeignWordsSurvive reads words that this package does not know, and writes them
// as they came. Only sending them as our own is refused.
func TestForeignWordsSurvive(t *testing.T) {
	in := meeting(func(e *ical.Event) {
		e.ShowAs, e.Sensitivity = "elsewhere", "secret"
		a := &e.Attendees[0]
		a.Status, a.Role, a.Kind = "in-process", "scribe", "robot"
	})
	data, err := ical.Encode(&ical.Calendar{Method: ical.MethodRequest, Stamp: stamp, Events: []ical.Event{in}})
	if err != nil {
		t.Fatalf("Encode = %v, want the words as they are", err)
	}
	c, err := ical.Decode(strings.NewReader(string(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	e := c.Events[0]
	if a := e.Attendees[0]; e.ShowAs != in.ShowAs || e.Sensitivity != in.Sensitivity || a.Status != "in-process" || a.Role != "scribe" || a.Kind != "robot" {
		t.Errorf("Decode = %+v, want the words of %+v", e, in)
	}
	checkFields(t, e.Validate(), "ShowAs: none of|Sensitivity: none of|Attendees[0].Role: none of|Attendees[0].Kind: none of|Attendees[0].Status: none of")
}
