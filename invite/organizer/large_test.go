package organizer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// TestSyncManyAttendees has an entry to which somebody has added very many attendees. It
// must not take minutes.
func TestSyncManyAttendees(t *testing.T) {
	m := send(t, single())
	f := &fake{}
	o := clean(t, f, m, organizer.Object{})
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, "ATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:x%d@example.test\r\n", i)
	}
	f.replace(t, "ORGANIZER;", b.String()+"ORGANIZER;")
	began := time.Now()
	_, d := synced(t, f, m, o)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("Sync took %v", took)
	}
	if d == nil || len(d.Changes) != 10_000 {
		t.Fatalf("drift = %.300v", d)
	}
	e := m.Event.Clone()
	if err := d.Update(&e); err != nil || len(e.Attendees) != 10_003 {
		t.Errorf("Update: %v, %d attendees", err, len(e.Attendees))
	}
	for i := range e.Attendees {
		if e.Attendees[i].Email == "" {
			t.Fatalf("attendee %d has no address", i)
		}
	}
}

// TestSyncTooManyPeople has an entry in which many overrides inherit many attendees. A
// comparison would need more memory than any process has, so it is an error.
func TestSyncTooManyPeople(t *testing.T) {
	for _, size := range []struct{ people, overrides int }{{2_000, 1_000}, {0, 10_000}} {
		e := weekly()
		if size.people == 0 { // the meeting itself has many
			for i := range 300 {
				e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("y%d@example.test", i)})
			}
		}
		m := send(t, e)
		f := &fake{}
		o := clean(t, f, m, organizer.Object{})
		var people, overrides strings.Builder
		for i := range size.people {
			fmt.Fprintf(&people, "ATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:x%d@example.test\r\n", i)
		}
		for i := range size.overrides {
			day := at(3, 1, 10).AddDate(0, 0, i).Format("20060102T150405")
			fmt.Fprintf(&overrides, "BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:%s\r\nDTSTART;TZID=Europe/Berlin:%s\r\n"+
				"ATTENDEE:mailto:z@example.test\r\nEND:VEVENT\r\n", uid, day, day)
		}
		all := overrides.String()
		if size.people > 0 {
			all = strings.ReplaceAll(all, "ATTENDEE:mailto:z@example.test\r\n", "")
		}
		f.replace(t, "ORGANIZER;", people.String()+"ORGANIZER;", "END:VCALENDAR", all+"END:VCALENDAR", "RRULE:FREQ=WEEKLY;COUNT=10", "RRULE:FREQ=DAILY")
		puts, began := f.puts, time.Now()
		_, d, err := organizer.Sync(context.Background(), f, m, o)
		if err == nil || !strings.Contains(err.Error(), "too large") || d != nil || f.puts != puts {
			t.Errorf("%+v: Sync = drift %v, %.300v, %d puts, after %v", size, d != nil, err, f.puts-puts, time.Since(began))
		}
	}
}
