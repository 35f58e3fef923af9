package organizer_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

var rewriteGolden = flag.Bool("organizer.golden", false, "rewrite the golden files")

func encode(t testing.TB, m *invite.Meeting) organizer.Object {
	t.Helper()
	o, err := organizer.Encode(m)
	if err != nil {
		t.Fatalf("Encode: %v", err)
	}
	return o
}

// answered is a series with answers to the series and to one occurrence.
func answered(t testing.TB) *invite.Meeting {
	m := send(t, weekly())
	m = answer(t, m, "bob@example.com", ical.StatusAccepted, time.Time{}, 1)
	m = answer(t, m, "bob@example.com", ical.StatusDeclined, at(3, 15, 10), 2)
	m = answer(t, m, "carl@example.test", ical.StatusTentative, time.Time{}, 3)
	return answer(t, m, "carl@example.test", ical.StatusTentative, at(3, 8, 10), 4) // as in the series
}

func TestEncodeGolden(t *testing.T) {
	got := encode(t, answered(t)).Data
	const file = "testdata/entry.ics"
	if *rewriteGolden {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("Encode = \n%s\nwant\n%s", got, want)
	}
}

// TestEncodeEqualsMeeting checks everybody's answer at each occurrence, and each line
// that a server acts on.
func TestEncodeEqualsMeeting(t *testing.T) {
	m := answered(t)
	m.ReplyAddresses = map[string]string{"": "token@example.com"}
	o := encode(t, m)
	e := decode(t, o.Data)
	equalsMeeting(t, m, &e)
	if len(e.Overrides) != 1 || !e.Overrides[0].RecurrenceID.Equal(at(3, 15, 10)) {
		t.Errorf("overrides = %v, want the one date whose answers differ", e.Overrides)
	}
	text := unfolded(o.Data)
	if a, s := strings.Count(text, "\r\nATTENDEE;"), strings.Count(text, "SCHEDULE-AGENT=CLIENT"); a != 6 || s != a {
		t.Errorf("%d attendees, and SCHEDULE-AGENT=CLIENT %d times, want 6", a, s)
	}
	for _, bad := range []string{"METHOD", "token@", "secret words", "RSVP=TRUE"} {
		if strings.Contains(text, bad) {
			t.Errorf("the entry has %q:\n%s", bad, text)
		}
	}
	var again invite.Meeting
	data, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(data, &again)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encode(t, &again).Data, o.Data) {
		t.Error("the meeting gives other bytes after it was stored")
	}
}

// equalsMeeting checks that an entry has everybody's answers.
func equalsMeeting(t testing.TB, m *invite.Meeting, e *ical.Event) {
	t.Helper()
	check := func(start time.Time, list []ical.Attendee) {
		t.Helper()
		want := m.Attendees(start)
		if len(list) != len(want) {
			t.Errorf("%v: %d attendees, want %d", start, len(list), len(want))
			return
		}
		for i, a := range list {
			if a.Email != want[i].Email || cmp.Or(a.Status, ical.StatusNeedsAction) != cmp.Or(want[i].Status, ical.StatusNeedsAction) || a.DelegatedTo != want[i].DelegatedTo {
				t.Errorf("%v: attendee %s is %s, want %s: %s", start, a.Email, a.Status, want[i].Email, want[i].Status)
			}
		}
	}
	check(time.Time{}, e.Attendees)
	var got, want []string
	for o := range e.Occurrences(time.Time{}, time.Time{}) {
		got = append(got, fmt.Sprint(o.RecurrenceID.UTC(), o.Start.UTC(), o.End.UTC()))
		list := e.Attendees
		if o.Override >= 0 {
			list = e.Overrides[o.Override].Attendees
		}
		if e.Recurrence != nil {
			check(o.RecurrenceID, list)
		}
	}
	for o := range m.Event.Occurrences(time.Time{}, time.Time{}) {
		want = append(want, fmt.Sprint(o.RecurrenceID.UTC(), o.Start.UTC(), o.End.UTC()))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("occurrences are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestEncodeOccurrences has overrides, cancelled occurrences, a delegate and an attendee
// of one date.
func TestEncodeOccurrences(t *testing.T) {
	e := weekly()
	e.Overrides = []ical.Event{
		{RecurrenceID: at(3, 8, 10), Start: at(3, 9, 15), End: at(3, 9, 16), Summary: "Moved"},
		{RecurrenceID: at(3, 22, 10), Cancelled: true},
	}
	m := send(t, e)
	m = answer(t, m, "bob@example.com", ical.StatusDeclined, at(3, 8, 10), 1)
	m, o := m.Answer(invite.Answer{Email: "carl@example.test", Status: ical.StatusDelegated, DelegatedTo: "eve@example.test",
		RecurrenceID: at(3, 29, 10), Via: "phone", Stamp: now})
	if o.Verdict != invite.VerdictApplied {
		t.Fatal(o)
	}
	m.Joined = append(m.Joined, invite.Joined{RecurrenceID: at(4, 5, 10), Attendee: ical.Attendee{Email: "fred@example.test"}})
	got := decode(t, encode(t, m).Data)
	equalsMeeting(t, m, &got)
	if len(got.Overrides) != 3 {
		t.Errorf("%d overrides, want 3: the moved one, the delegated one, the joined one", len(got.Overrides))
	}
}

func TestEncodeAllDay(t *testing.T) {
	e := weekly()
	e.AllDay, e.Start, e.End = true, time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC)
	m := send(t, e)
	m = answer(t, m, "bob@example.com", ical.StatusDeclined, time.Date(2027, 3, 8, 0, 0, 0, 0, time.UTC), 1)
	got := decode(t, encode(t, m).Data)
	equalsMeeting(t, m, &got)
	if len(got.Overrides) != 1 {
		t.Errorf("%d overrides, want 1", len(got.Overrides))
	}
}

func TestEncodeNil(t *testing.T) {
	for _, m := range []*invite.Meeting{nil, {}} {
		if _, err := organizer.Encode(m); err == nil {
			t.Errorf("Encode(%v) has no error", m)
		}
		if _, _, err := organizer.Sync(context.Background(), &fake{}, m, organizer.Object{}); err == nil {
			t.Errorf("Sync(%v) has no error", m)
		}
	}
}

// large is a series with many dates and attendees, each of whom has answered each date.
func large(dates, people int) *invite.Meeting {
	e := weekly()
	e.UID = uid
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: dates}
	e.Attendees = nil
	m := &invite.Meeting{Answers: []invite.Answer{}}
	for i := range people {
		email := fmt.Sprintf("guest%d@example.com", i)
		e.Attendees = append(e.Attendees, ical.Attendee{Email: email, Name: fmt.Sprintf("Guest %d", i)})
		for d := range dates {
			m.Answers = append(m.Answers, invite.Answer{Email: email, Status: ical.StatusAccepted, Via: "link", Stamp: now,
				RecurrenceID: e.Start.AddDate(0, 0, d)})
		}
	}
	m.Event = e
	return m
}

// TestEncodeLarge checks that the time is linear, and that an entry has a limit.
func TestEncodeLarge(t *testing.T) {
	m := large(400, 50)
	begin := time.Now()
	o := encode(t, m)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("400 dates with 50 attendees take %v", took)
	}
	if e := decode(t, o.Data); len(e.Overrides) != 400 {
		t.Errorf("%d overrides, want 400", len(e.Overrides))
	}
	m = large(400, 100)
	e := decode(t, encode(t, m).Data)
	last := m.Event.Start.AddDate(0, 0, 399)
	if n := len(e.Overrides); n != 200 || !e.Overrides[n-1].RecurrenceID.Equal(last) {
		t.Errorf("%d overrides, want the last 200", n)
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, size := range [][2]int{{400, 50}, {1, 5000}, {200, 50}} {
		m := large(size[0], size[1])
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				encode(b, m)
			}
		})
	}
}
