package ical_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
)

// hostileInputs are large; each must end in the given error or in an object.
// Their timings are those of BenchmarkDecodeHostile.
func hostileInputs() []struct {
	name string
	data string
	want error
} {
	object := func(line string) string {
		return "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" + line + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	attendees := strings.Repeat("ATTENDEE;CN=Ann:mailto:ann@example.test\n", 1<<20/40)
	zones := new(strings.Builder)
	for i := range 20_000 {
		fmt.Fprintf(zones, "X-A:1\nEXDATE;TZID=a/b/c/d/%d:20260101T000000\n", i)
	}
	// many observances that never match, asked for in many years
	observance := "BEGIN:STANDARD\nDTSTART:00010101T000000\nTZOFFSETTO:+0000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nEND:STANDARD\n"
	years := new(strings.Builder)
	for i := range 9000 {
		fmt.Fprintf(years, ",%04d0601T000000", i+1)
	}
	rules := "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Z\n" + strings.Repeat(observance, 2000) + "END:VTIMEZONE\n" +
		"BEGIN:VEVENT\nUID:u\nRRULE:FREQ=DAILY\nEXDATE;TZID=Z:" + years.String()[1:] + "\nEND:VEVENT\nEND:VCALENDAR\n"
	// A RECURRENCE-ID that is a date is looked for in its series.
	search := func(rule string) string {
		return object("DTSTART:19000101T100000Z\nRRULE:" + rule + "\nEND:VEVENT\nBEGIN:VEVENT\nUID:u\nDTSTART:20300101T100000Z\nRECURRENCE-ID;VALUE=DATE:21800101")
	}
	unknown := new(strings.Builder)
	for i := range 3000 {
		unknown.WriteString(object(fmt.Sprintf("DTSTART;TZID=a/b/%d:20260101T000000", i)))
	}
	// observances that are all visited for each date, and begin after it
	onsets := func(observances, dates int) string {
		return "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Z\n" +
			strings.Repeat("BEGIN:STANDARD\nDTSTART:95000101T000000\nTZOFFSETTO:+0100\nEND:STANDARD\n", observances) +
			"END:VTIMEZONE\nBEGIN:VEVENT\nUID:u\nRRULE:FREQ=DAILY\nEXDATE;TZID=Z:" + years.String()[1:1+16*dates-1] + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	// overrides that name a day with thousands of occurrences
	seconds := new(strings.Builder)
	for i := range 2000 {
		fmt.Fprintf(seconds, ",20260101T10%02d%02dZ", i/60, i%60)
	}
	sameDay := object("DTSTART:20260101T090000Z\nRDATE:" + seconds.String()[1:] +
		strings.Repeat("\nEND:VEVENT\nBEGIN:VEVENT\nUID:u\nRECURRENCE-ID;VALUE=DATE:20260101", 1500))
	return []struct {
		name string
		data string
		want error
	}{
		{"onsets after all dates", onsets(2000, 8000), ical.ErrLimit},
		{"more onsets than a small object may have", onsets(300, 4000), ical.ErrLimit},
		{"onsets and dates of a long history", onsets(100, 4000), nil},
		{"overrides of a day with many occurrences", sameDay, ical.ErrLimit},
		{"long series in objects", strings.Repeat(search("FREQ=DAILY"), 30), ical.ErrLimit},
		{"rules of rare days", strings.Repeat(search("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29"), 400), ical.ErrLimit},
		{"rules without a day", strings.Repeat(search("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), 60), ical.ErrLimit},
		{"zone names in objects", unknown.String(), ical.ErrLimit},
		{"nested", strings.Repeat("BEGIN:VCALENDAR\nBEGIN:X\n", 300_000), ical.ErrNotClosed},
		{"nested components", "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 1_000_000), ical.ErrLimit},
		{"parameters", object("X-A" + strings.Repeat(";P=1", 16_000) + ":1"), ical.ErrLimit},
		{"parameters without values", object("X-A" + strings.Repeat(";P", 16_000) + ":1"), ical.ErrLimit},
		{"empty parameters", object("X-A" + strings.Repeat(";", 1<<20) + ":1"), nil},
		{"line of 64 KiB", object("SUMMARY:" + strings.Repeat("x", 64<<10)), nil},
		{"folds", object("SUMMARY:" + strings.Repeat("\n x", 500_000)), nil},
		{"empty lines", object(strings.Repeat("\n", 1<<20)), nil},
		{"carriage returns", strings.Repeat("\r", 1<<20), ical.ErrNoCalendar},
		{"attendees", object(attendees), nil},
		{"no line end", strings.Repeat("x", 1<<20), ical.ErrNoCalendar},
		{"object without line end", "BEGIN:VCALENDAR" + strings.Repeat(" ", 1<<20), ical.ErrNotClosed},
		{"objects", strings.Repeat("BEGIN:VCALENDAR\nEND:VCALENDAR\n", 40_000), nil},
		{"overrides in objects", strings.Repeat("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nRECURRENCE-ID:20260101T000000Z\nEND:VEVENT\nEND:VCALENDAR\n", 10_000), nil},
		{"properties", object(strings.Repeat("X:1\n", 200_000)), ical.ErrLimit},
		{"categories", object("CATEGORIES:" + strings.Repeat(",", 6<<20)), ical.ErrLimit},
		{"zone names", object(zones.String()), ical.ErrLimit},
		{"zone rules", rules, ical.ErrLimit},
		{"nine MiB", strings.Repeat("x\n", 9<<19), ical.ErrLimit},
	}
}

func TestDecodeHostileSizes(t *testing.T) {
	for _, tt := range hostileInputs() {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ical.Decode(strings.NewReader(tt.data), nil); !errors.Is(err, tt.want) {
				t.Errorf("Decode of %d octets = %v, want %v", len(tt.data), err, tt.want)
			}
		})
	}
}

func BenchmarkDecodeHostile(b *testing.B) {
	for _, tt := range hostileInputs() {
		b.Run(tt.name, func(b *testing.B) {
			b.SetBytes(int64(len(tt.data)))
			for b.Loop() {
				_, _ = ical.Decode(strings.NewReader(tt.data), nil)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, name := range []string{"utc", "zone", "series", "names", "description"} {
		c := calendarCaseNamed(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ical.Encode(&c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"utc", "zone", "series", "names", "description"} {
		data := encode(b, calendarCaseNamed(b, name))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := ical.Decode(bytes.NewReader(data), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDecodeAttendees doubles the size: the time per octet is to stay.
func BenchmarkDecodeAttendees(b *testing.B) {
	for n := 1000; n <= 16_000; n *= 2 {
		data := file(strings.TrimSpace(strings.Repeat("ATTENDEE;CN=Ann:mailto:ann@example.test\r\n", n)))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := ical.Decode(strings.NewReader(data), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
