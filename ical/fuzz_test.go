package ical_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/wallclock"
)

func FuzzDecode(f *testing.F) {
	for _, pattern := range []string{"*.ics", "quirks/*.ics"} {
		files, err := filepath.Glob(filepath.Join(icsDir, pattern))
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds in %s (%v)", pattern, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := ical.Decode(bytes.NewReader(data), nil)
		if err != nil {
			return
		}
		fillIn(x)
		first, err := ical.Encode(x)
		if err != nil {
			fieldsOf(t, err)
			return
		}
		checkWire(t, first)
		y := decode(t, first)
		if manyComments(x) || x.Method == ical.MethodCancel && strings.Contains(string(data), "RECURRENCE-ID") {
			return // these come back as what they mean, not as what they were
		}
		was, is := normal(x), normal(y)
		own := forgiveFileZones(x, was, is)
		own = forgiveUnknownID(was, is) || own
		if diff := diffCalendars(was, is); diff != "" {
			t.Errorf("Decode(Encode(x)) (-x +got):\n%s\n%s", diff, first)
		}
		second := encode(t, *y)
		if own { // and settles with that
			first, second = second, encode(t, *decode(t, second))
		}
		if !bytes.Equal(first, second) {
			t.Errorf("Encode(Decode(Encode(x))):\n%s\nwant\n%s", second, first)
		}
	})
}

// forgiveFileZones reports whether x has a zone that only the file tells of.
// That is written as far as the series needs it, and may come back as less: from
// another year on, or under the name of the one offset that it has there, which
// is taken back in y. So is the name of a known zone that was not found before,
// because of a RECURRENCE-ID in a zone that nothing explains. Exceptions of what is
// no occurrence do not need it, and are taken out of both.
func forgiveFileZones(read, x, y *ical.Calendar) (own bool) {
	for i := range min(len(x.Events), len(y.Events)) {
		was, is := x.Events[i].TimeZone, &y.Events[i].TimeZone
		_, unnamed := read.Events[i].Zone() // if another zone has the name
		if _, err := ical.LoadLocation(was); unnamed == nil && (was == "" || err == nil) || x.Events[i].Floating {
			continue
		}
		own = true
		keepOccurrences(&x.Events[i])
		keepOccurrences(&y.Events[i])
		unknownID := x.Events[i].RecurrenceID.Location() == wallclock.Local
		if strings.HasPrefix(*is, "UTC") || *is == "" || unknownID {
			*is = was
		}
	}
	return own
}

// forgiveUnknownID reports whether x has an override whose RECURRENCE-ID is in a
// zone that nothing explains, beside a DTSTART in a known one. That is written as a
// clock without zone, and is read again on the clock of DTSTART, to which it is set
// in x.
func forgiveUnknownID(x, y *ical.Calendar) (unknown bool) {
	for i := range min(len(x.Events), len(y.Events)) {
		was, is := &x.Events[i], y.Events[i].RecurrenceID
		if was.RecurrenceID.Location() != wallclock.Local || wallclock.IsLabel(is.Location()) || x.Events[i].Floating {
			continue
		}
		unknown = true
		was.RecurrenceID = wallclock.In(was.RecurrenceID, is.Location())
	}
	return unknown
}

// keepOccurrences takes exceptions out that except nothing.
func keepOccurrences(e *ical.Event) {
	if e.Recurrence == nil {
		return
	}
	all := *e
	r := *e.Recurrence
	all.TimeZone, all.Recurrence, all.Overrides = "", &r, nil // the zone is Start's
	r.Except = nil
	e.Recurrence.Except = slices.DeleteFunc(e.Recurrence.Except, func(t time.Time) bool {
		_, ok := all.Occurrence(t)
		return !ok
	})
}

// fillIn gives x what Encode asks for and answers leave out.
func fillIn(x *ical.Calendar) {
	if x.Stamp.IsZero() {
		x.Stamp = stamp
	}
	for i := range x.Events {
		e := &x.Events[i]
		if e.UID == "" {
			e.UID = "uid"
		}
		if e.Start.IsZero() {
			e.Start = stamp
		}
		if e.Organizer.Email == "" {
			e.Organizer.Email = "desk@example.test"
		}
	}
}

// manyComments reports whether an answer has a comment and not one attendee.
func manyComments(x *ical.Calendar) bool {
	for _, e := range x.Events {
		if len(e.Attendees) == 1 {
			continue
		}
		for _, a := range e.Attendees {
			if a.Comment != "" {
				return true
			}
		}
	}
	return false
}

func FuzzEncodeText(f *testing.F) {
	for _, s := range append(hostile, "plain", "a, b; c: d \\ e", "日本語 🎉", `say "hi"`, " edge ") {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, summary, description, name string) {
		c := request(meeting(func(e *ical.Event) {
			e.Summary, e.Description, e.Attendees[0].Name = summary, description, name
			e.Extra = []ical.Property{{Name: "X-TEXT", Params: map[string][]string{"X-P": {name}}, Value: summary}}
		}))
		data, err := ical.Encode(&c)
		if err != nil {
			fieldsOf(t, err)
			return
		}
		checkWire(t, data)
		if diff := diffCalendars(normal(&c), normal(decode(t, data))); diff != "" {
			t.Errorf("Decode(Encode) (-want +got):\n%s\n%s", diff, data)
		}
	})
}

// FuzzOccurrences: no rule that Decode reads makes the expansion panic or run
// for ever, and occurrences are in order.
func FuzzOccurrences(f *testing.F) {
	for _, rule := range []string{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=6MO,-6FR", "FREQ=YEARLY;BYDAY=53MO,-53SU;BYSETPOS=-1,366",
		"FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "FREQ=WEEKLY;INTERVAL=32768;BYDAY=MO,SU;WKST=SU;BYSETPOS=2", "FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=29;COUNT=9",
		"FREQ=MONTHLY;BYDAY=MO,1TU", "FREQ=WEEKLY;BYDAY=1MO;UNTIL=20990101T000000Z", "FREQ=YEARLY;BYMONTHDAY=-31", "FREQ=DAILY;INTERVAL=7;BYDAY=TU"} {
		f.Add(rule, "20260330T023000", "Europe/Berlin")
		f.Add(rule, "20240229T235959", "Africa/Cairo")
		f.Add(rule, "99981230T120000", "UTC+02:00")
	}
	f.Fuzz(func(t *testing.T, rule, start, zone string) {
		in := "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART;TZID=\"" + zone + "\":" + start + "\nRRULE:" + rule + "\nEND:VEVENT\nEND:VCALENDAR\n"
		c, err := ical.Decode(strings.NewReader(in), nil)
		if err != nil || len(c.Events) == 0 {
			return
		}
		e, began := c.Events[0], time.Now()
		var last time.Time
		n := 0
		for o := range e.Occurrences(time.Time{}, time.Time{}) {
			if !last.IsZero() && o.Start.Before(last) {
				t.Errorf("%v comes after %v", o.Start, last)
			}
			if last = o.Start; n > 50 {
				break
			}
			n++
		}
		e.Lint()
		fieldsOf(t, e.Validate())
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("took %v", d)
		}
	})
}
