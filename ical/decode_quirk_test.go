package ical_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
)

// quirk is a file of testdata/ics/quirks and what is to be read in it, beside
// what all of them have in common.
type quirk struct {
	file   string
	method ical.Method // REQUEST where empty
	change func(*ical.Event)
}

var quirks = []quirk{
	{"apple-principal-uri", "", func(e *ical.Event) {
		e.Attendees[0] = ical.Attendee{Name: "Ann", Email: "ann@example.test", NoReply: true}
	}},
	{"exchange-upper-mailto", ical.MethodReply, func(e *ical.Event) {
		e.Organizer = ical.Person{}
		e.Attendees[0] = ical.Attendee{Email: "Bob@Example.Test", Status: ical.StatusAccepted}
	}},
	{"quoted-mailto", ical.MethodReply, answer},
	{"evolution-empty-comment", ical.MethodReply, answer},
	{"language-underscore", "", func(e *ical.Event) { e.Language = "de-DE" }},
	{"underscore-name", "", func(e *ical.Event) {
		e.Priority = 1
		e.Extra = []ical.Property{{Name: "X_COMPANY-ID", Value: "7"}}
	}},
	{"empty-parameter", "", nil},
	{"gateway-header", "", nil},
	{"mailing-list-footer", "", nil},
	{"macintosh-cr", "", nil},
	{"unix-lf", "", nil},
	{"gateway-doubled-cr", "", nil},
	{"stray-cr", "", nil},
	{"outlook-byte-order-mark", "", nil},
	{"lower-case", "", nil},
	{"rule-semicolon", "", func(e *ical.Event) { e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 3} }},
	{"exchange-unknown-zone", ical.MethodReply, func(e *ical.Event) {
		answer(e)
		e.Start, e.End = e.Start.Add(3*time.Hour), e.End.Add(3*time.Hour)
	}},
	{"exchange-windows-zone", "", func(e *ical.Event) { e.TimeZone = "Europe/Berlin" }},
	{"outlook-numbered-zone", "", func(e *ical.Event) {
		e.TimeZone, e.Recurrence = "Europe/Berlin", &ical.Recurrence{Freq: ical.FreqWeekly, Count: 3}
	}},
	{"exchange-customized-zone", "", func(e *ical.Event) { // the first of the Windows table with this clock
		e.TimeZone, e.Recurrence = "Europe/Budapest", &ical.Recurrence{Freq: ical.FreqWeekly, Count: 3}
	}},
	{"zone-local-until", "", func(e *ical.Event) {
		e.Start, e.End = time.Date(2006, 7, 1, 12, 0, 0, 0, time.UTC), time.Date(2006, 12, 1, 14, 0, 0, 0, time.UTC)
	}},
	{"rfc2445-local-until", "", func(e *ical.Event) {
		e.TimeZone = "Europe/Berlin"
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Until: time.Date(2026, 4, 14, 8, 0, 0, 0, time.UTC)}
	}},
	{"google-byhour", "", func(e *ical.Event) { e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 3} }},
	{"all-day-end-is-start", "", func(e *ical.Event) {
		e.AllDay, e.Start, e.End = true, date(2026, 3, 31), date(2026, 4, 1)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Until: date(2026, 4, 2), Except: []time.Time{date(2026, 4, 1)}}
	}},
	{"evolution-zone-prefix", "", func(e *ical.Event) { e.TimeZone = "Europe/Berlin" }},
	{"windows-display-name", "", func(e *ical.Event) { e.TimeZone = "Europe/Berlin" }},
	{"notes-zone", "", func(e *ical.Event) { e.TimeZone = "Europe/Berlin" }},
	{"offset-as-zone", "", func(e *ical.Event) { e.TimeZone = "UTC+02:00" }},
	{"equal-onsets", "", func(e *ical.Event) { e.TimeZone = "Europe/Berlin" }},
	{"google-exdate-without-zone", "", func(e *ical.Event) {
		e.TimeZone = "Europe/Berlin"
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 3, Except: []time.Time{time.Date(2026, 4, 7, 8, 0, 0, 0, time.UTC)}}
	}},
	{"google-until-date", "", func(e *ical.Event) {
		e.TimeZone = "Europe/Berlin"
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Until: time.Date(2026, 4, 14, 8, 0, 0, 0, time.UTC), Except: []time.Time{time.Date(2026, 4, 7, 8, 0, 0, 0, time.UTC)}}
	}},
	{"exchange-wrapped-uid", "", func(e *ical.Event) { e.UID = "meeting-1@example.test" }},
	{"outlook-no-end", ical.MethodReply, answer},
	{"sequence-milliseconds", ical.MethodReply, func(e *ical.Event) {
		answer(e)
		e.Sequence = 1<<31 - 1
	}},
	{"exchange-all-day", ical.MethodReply, func(e *ical.Event) {
		answer(e)
		e.AllDay, e.Start, e.End = true, date(2026, 3, 31), date(2026, 4, 1)
	}},
	{"google-response-comment", ical.MethodReply, func(e *ical.Event) {
		answer(e)
		e.Attendees[0].Comment = "I’ll be \"late\": 10 min & more"
	}},
	{"mailto-mailbox", ical.MethodReply, func(e *ical.Event) {
		answer(e)
		e.Attendees[0].Name = "Bob Other"
	}},
}

// skippedOfQuirks is Calendar.Skipped of the files that have one.
var skippedOfQuirks = map[string][]string{
	"outlook-no-end":        {"END:VCALENDAR is missing"},
	"sequence-milliseconds": {`SEQUENCE "1770000000000" is above 2147483647: that counts`},
}

// answer makes the attendee one who was not asked.
func answer(e *ical.Event) { e.Attendees[0].NoReply = false }

func TestDecodeQuirks(t *testing.T) {
	for _, tt := range quirks {
		t.Run(tt.file, func(t *testing.T) {
			e := ical.Event{
				UID: "quirk@example.test", Summary: "Quirk",
				Start:     time.Date(2026, 3, 31, 8, 0, 0, 0, time.UTC),
				End:       time.Date(2026, 3, 31, 9, 0, 0, 0, time.UTC),
				Organizer: ical.Person{Email: "desk@example.test"},
				Attendees: []ical.Attendee{{Email: "bob@example.test", Status: ical.StatusAccepted, NoReply: true}},
			}
			want := &ical.Calendar{Method: ical.MethodRequest, ProductID: "-//Example//EN", Stamp: stamp, Events: []ical.Event{e}}
			want.Skipped = skippedOfQuirks[tt.file]
			if tt.method != "" {
				want.Method = tt.method
			}
			if tt.change != nil {
				tt.change(&want.Events[0])
			}
			data, err := os.ReadFile(filepath.Join(icsDir, "quirks", tt.file+".ics"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, decode(t, data), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Decode(%s) (-want +got):\n%s", tt.file, diff)
			}
		})
	}
}

func TestQuirkFilesAreTested(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(icsDir, "quirks", "*.ics"))
	if err != nil || len(files) != len(quirks) {
		t.Errorf("%d files, %d cases (%v)", len(files), len(quirks), err)
	}
}
