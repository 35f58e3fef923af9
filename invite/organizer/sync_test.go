package organizer_test

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// servers are what servers make of an entry.
var servers = map[string]func([]byte) []byte{
	"exact":    nil,
	"rewriter": rewriter,
	"floating": floating,
}

var (
	zones  = regexp.MustCompile(`(?s)BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n`)
	local  = regexp.MustCompile(`(?m)^((?:DT|EX|RD|REC)[A-Z-]*);TZID=Europe/Berlin:(\d{8}T\d{6})((?:,\d{8}T\d{6})*)`)
	cdo    = regexp.MustCompile(`X-MICROSOFT[^\r]*\r\n|CATEGORIES[^\r]*\r\n|PRIORITY[^\r]*\r\n`)
	added  = regexp.MustCompile(`X-WR-ALARMUID:1\r\n|CREATED[^\r]*\r\n|LAST-MODIFIED[^\r]*\r\n|X-SERVER:1\r\n`)
	agents = regexp.MustCompile(`;SCHEDULE-AGENT=CLIENT`)
)

// rewriter writes times in UTC, cuts texts, drops properties and parameters, and adds
// its own.
func rewriter(data []byte) []byte {
	s := zones.ReplaceAllString(unfolded(data), "")
	s = local.ReplaceAllStringFunc(s, func(m string) string {
		name, _, _ := strings.Cut(m, ";")
		list := strings.Split(m[strings.Index(m, ":")+1:], ",")
		for i, v := range list {
			t, _ := time.ParseInLocation("20060102T150405", v, berlin)
			list[i] = t.UTC().Format("20060102T150405Z")
		}
		return name + ":" + strings.Join(list, ",")
	})
	s = cdo.ReplaceAllString(s, "")
	s = agents.ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, "mailto:", "MAILTO:")
	s = strings.ReplaceAll(s, "The plan.\\nAll of it.", "The plan.\\nAll ")
	s = strings.ReplaceAll(s, "\r\nURL:https://example.com/plan", "")
	s = added.ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, "END:VALARM", "X-WR-ALARMUID:1\r\nEND:VALARM")
	s = strings.ReplaceAll(s, "END:VEVENT", "CREATED:20260101T000000Z\r\nLAST-MODIFIED:20260101T000000Z\r\nX-SERVER:1\r\nEND:VEVENT")
	return []byte(s)
}

// floating writes times without a zone.
func floating(data []byte) []byte {
	s := zones.ReplaceAllString(unfolded(data), "")
	return []byte(local.ReplaceAllString(s, "$1:$2$3"))
}

// everyServer runs a test on each server, with a single event and with a series.
func everyServer(t *testing.T, test func(t *testing.T, f *fake, e ical.Event)) {
	for name, rewrite := range servers {
		for kind, e := range map[string]ical.Event{"single": single(), "weekly": weekly()} {
			t.Run(name+"/"+kind, func(t *testing.T) { test(t, &fake{rewrite: rewrite}, e) })
		}
	}
}

func TestSyncIsIdempotent(t *testing.T) {
	everyServer(t, func(t *testing.T, f *fake, e ical.Event) {
		m := send(t, e)
		last := clean(t, f, m, organizer.Object{})
		if f.puts != 1 || last.Tag == "" || last.Href == "" || len(last.Tried)+len(last.Base) > 0 || !bytes.Equal(last.Data, f.data) {
			t.Fatalf("after the first Sync: %d puts, %+v", f.puts, last)
		}
		last, d := quiet(t, f, m, last)
		m = answer(t, m, "bob@example.com", ical.StatusAccepted, time.Time{}, 1)
		if d != nil {
			t.Errorf("drift %+v", d)
		}
		last = clean(t, f, m, last)
		if f.puts != 2 {
			t.Errorf("%d puts after an answer, want 2", f.puts)
		}
		m = update(t, m, func(e *ical.Event) { e.Summary, e.Start, e.End = "New", at(3, 1, 12), at(3, 1, 13) })
		last = clean(t, f, m, last)
		if got := f.event(t); got.Summary != "New" || got.Sequence != 1 {
			t.Errorf("entry has %q, SEQUENCE %d", got.Summary, got.Sequence)
		}
		for range 2 {
			if last, d = quiet(t, f, m, last); d != nil {
				t.Errorf("drift %+v", d)
			}
		}
	})
}

func TestSyncCancelled(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	m, err := client().Cancel(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	last = clean(t, f, m, last)
	if f.data != nil || f.deletes != 1 || len(last.Data) > 0 {
		t.Errorf("the entry of a cancelled meeting is there, or %d deletes", f.deletes)
	}
	clean(t, f, m, last)
	if f.deletes != 1 {
		t.Errorf("%d deletes, want 1", f.deletes)
	}
}

func TestSyncDeleted(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	f.data = nil
	for range 2 {
		var d *organizer.Drift
		last, d = synced(t, f, m, last)
		if want := (&organizer.Drift{UID: uid, Deleted: true}); !cmp.Equal(d, want) {
			t.Fatalf("drift %+v, want %+v", d, want)
		}
		e := m.Event
		if d.Update(&e) == nil {
			t.Error("Update of a deleted entry has no error")
		}
	}
	if f.puts != 1 {
		t.Errorf("%d puts, want 1: a deleted entry is not made again", f.puts)
	}
	clean(t, f, m, organizer.Object{})
	if f.data == nil {
		t.Error("the zero Object does not make the entry again")
	}
}

// noCalendar is a calendar that does not exist any more.
type noCalendar struct{ organizer.Calendar }

func (noCalendar) Get(context.Context, organizer.Object) (organizer.Object, error) {
	return organizer.Object{}, organizer.ErrNoCalendar
}

func TestSyncNoCalendar(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	out, d, err := organizer.Sync(context.Background(), noCalendar{}, m, last)
	if !errors.Is(err, organizer.ErrNoCalendar) || d != nil || !cmp.Equal(out.Data, last.Data) {
		t.Errorf("Sync = %+v, %v, want ErrNoCalendar and no drift", d, err)
	}
}

// own are lines of the organizer that no program may lose.
const own = "COLOR:tomato\r\nX-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT15M\r\nX-MOZ-LASTACK:20260601T080000Z\r\n" +
	"X-MY;X-P=\"a;b\":x\\,y\r\nNEW-PROPERTY;TZID=Europe/Berlin:20270101T000000\r\n" +
	"ATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=text/plain:aGVsbG8=\r\nCOMMENT:mine\r\n" +
	"BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER;RELATED=END:PT5M\r\nREPEAT:2\r\nDURATION:PT1M\r\nATTACH;VALUE=URI:Basso\r\nX-WR-ALARMUID:A\r\nEND:VALARM\r\n" +
	"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;VALUE=DATE-TIME:20270301T070000Z\r\nDESCRIPTION:Up\r\nACKNOWLEDGED:20260601T080000Z\r\nEND:VALARM\r\n" +
	"BEGIN:X-PART\r\nX-IN:1\r\nEND:X-PART\r\n"

// hasOwn checks that each VEVENT has the organizer's own lines.
func hasOwn(t testing.TB, f *fake) {
	t.Helper()
	for i, part := range strings.Split(unfolded(f.data), "BEGIN:VEVENT\r\n")[1:] {
		for _, l := range strings.Split(strings.TrimSpace(own), "\r\n") {
			if !strings.Contains(part, l+"\r\n") {
				t.Errorf("VEVENT %d has lost %q:\n%s", i, l, part)
			}
		}
	}
}

func TestSyncKeepsOwn(t *testing.T) {
	everyServer(t, func(t *testing.T, f *fake, e ical.Event) {
		m := send(t, e)
		last := clean(t, f, m, organizer.Object{})
		f.replace(t, "END:VEVENT\r\n", own+"END:VEVENT\r\n", "TRANSP:OPAQUE", "TRANSP:TRANSPARENT", "CLASS:PUBLIC", "CLASS:PRIVATE",
			"PRODID:-//convene//convene//EN\r\n", "PRODID:-//convene//convene//EN\r\nX-WR-CALNAME:Mine\r\n",
			"STATUS:CONFIRMED", "STATUS:TENTATIVE")
		last, d := quiet(t, f, m, last)
		if d != nil {
			t.Errorf("the organizer's own things are a drift: %+v", d.Changes)
		}
		m = answer(t, m, "bob@example.com", ical.StatusAccepted, time.Time{}, 1)
		if e.Recurrence != nil {
			m = answer(t, m, "bob@example.com", ical.StatusDeclined, at(3, 8, 10), 2) // a new override
		}
		last = clean(t, f, m, last)
		m = update(t, m, func(e *ical.Event) {
			e.Start, e.End, e.Reminders = at(3, 2, 12), at(3, 2, 13), []ical.Reminder{{Before: time.Hour}}
		})
		last = clean(t, f, m, last)
		hasOwn(t, f)
		for _, l := range []string{"TRANSP:TRANSPARENT", "CLASS:PRIVATE", "X-WR-CALNAME:Mine", "STATUS:TENTATIVE"} {
			if !strings.Contains(string(f.data), l) {
				t.Errorf("the entry has lost %q:\n%s", l, f.data)
			}
		}
		quiet(t, f, m, last)
	})
}

// TestSyncWritesOwn checks that what the meeting has of these things is written as long
// as the organizer does not touch it.
func TestSyncWritesOwn(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	m = update(t, m, func(e *ical.Event) {
		e.Categories, e.Reminders, e.ShowAs = []string{"Home"}, []ical.Reminder{{Before: time.Hour}}, ical.ShowFree
	})
	last = clean(t, f, m, last)
	e := f.event(t)
	if !cmp.Equal(e.Categories, []string{"Home"}) || len(e.Reminders) != 1 || e.Reminders[0].Before != time.Hour || e.ShowAs != ical.ShowFree {
		t.Errorf("the entry has %q, %v, %q", e.Categories, e.Reminders, e.ShowAs)
	}
	f.replace(t, "CATEGORIES:Home\r\n", "")
	m = update(t, m, func(e *ical.Event) { e.Categories = []string{"Third"} })
	last = clean(t, f, m, last)
	if e := f.event(t); len(e.Categories) > 0 {
		t.Errorf("the entry has %q, and the organizer has removed the category", e.Categories)
	}
	quiet(t, f, m, last)
}

// TestSyncDescriptionInHTML drops the HTML of a description that is replaced.
func TestSyncDescriptionInHTML(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	f.replace(t, "END:VEVENT", "X-ALT-DESC;FMTTYPE=text/html:<b>old</b>\r\nEND:VEVENT")
	m = answer(t, m, "bob@example.com", ical.StatusAccepted, time.Time{}, 1)
	last = clean(t, f, m, last)
	if !strings.Contains(string(f.data), "<b>old</b>") {
		t.Error("X-ALT-DESC is lost without a change")
	}
	m = update(t, m, func(e *ical.Event) { e.Description = "Another" })
	clean(t, f, m, last)
	if strings.Contains(string(f.data), "<b>old</b>") {
		t.Error("X-ALT-DESC contradicts the description")
	}
}

// TestSyncLostReply loses the reply of a Put. The next Sync must not take it for the
// organizer's change.
func TestSyncLostReply(t *testing.T) {
	ctx := context.Background()
	for _, stored := range []bool{true, false} {
		everyServer(t, func(t *testing.T, f *fake, e ical.Event) {
			lose := func() {
				if stored {
					f.lose = 1
				} else {
					f.fail = 1
				}
			}
			m := send(t, e)
			lose()
			last, d, err := organizer.Sync(ctx, f, m, organizer.Object{})
			if !errors.Is(err, errLost) || d != nil || len(last.Tried) == 0 {
				t.Fatalf("Sync = %+v, %+v, %v", last, d, err)
			}
			last = clean(t, f, m, last)
			if keeps := strings.Contains(string(f.data), "SCHEDULE-AGENT"); keeps && (f.puts == 1) != stored { // otherwise one more is safer
				t.Errorf("%d puts", f.puts)
			}
			// The same meeting, then a changed one.
			for _, changed := range []bool{false, true} {
				m = update(t, m, func(e *ical.Event) { e.Summary += " x"; e.Start, e.End = e.Start.Add(time.Hour), e.End.Add(time.Hour) })
				lose()
				if last, d, err = organizer.Sync(ctx, f, m, last); !errors.Is(err, errLost) || d != nil {
					t.Fatalf("Sync = %+v, %v", d, err)
				}
				if changed {
					m = update(t, m, func(e *ical.Event) { e.Summary += " y"; e.Location = "There" })
					m = answer(t, m, "dora@example.test", ical.StatusAccepted, time.Time{}, 9)
				}
				last = clean(t, f, m, last)
				if got := f.event(t); got.Summary != m.Event.Summary || !got.Start.Equal(m.Event.Start) && !got.Floating {
					t.Errorf("entry has %q at %v", got.Summary, got.Start)
				}
				last, _ = quiet(t, f, m, last)
			}
		})
	}
}

// TestSyncCrash kills the program between Trying and the reply.
func TestSyncCrash(t *testing.T) {
	everyServer(t, func(t *testing.T, f *fake, e ical.Event) {
		m := send(t, e)
		trying := func(last organizer.Object) organizer.Object {
			out, err := last.Trying(m)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		kept := trying(organizer.Object{})
		synced(t, f, m, kept) // the program dies before it stores the result
		kept = clean(t, f, m, trying(kept))
		for i := range 6 { // i&1: the entry was written before the program died
			m = update(t, m, func(e *ical.Event) { e.Summary += " x"; e.Description += " y" })
			kept = trying(kept)
			if i&1 == 1 {
				clean(t, f, m, kept)
			}
			if i%3 == 2 {
				kept = clean(t, f, m, trying(kept))
				kept, _ = quiet(t, f, m, kept)
			}
		}
	})
}

// TestSyncLostReplyAndEdit has an edit of the organizer after a lost reply.
func TestSyncLostReplyAndEdit(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	m = update(t, m, func(e *ical.Event) { e.Summary = "Second" })
	f.lose = 1
	last, _, _ = organizer.Sync(context.Background(), f, m, last)
	f.edit(t, func(e *ical.Event) { e.Location = "Roof" })
	last, d := synced(t, f, m, last)
	want := []organizer.Change{{Field: organizer.FieldLocation, Before: "Room 1", After: "Roof"}}
	if d == nil || !cmp.Equal(d.Changes, want) {
		t.Errorf("drift %+v, want %+v", d, want)
	}
	if e := f.event(t); e.Summary != "Second" || e.Location != "Roof" {
		t.Errorf("entry has %q in %q", e.Summary, e.Location)
	}
	quiet(t, f, m, last)
}

// TestSyncRace has an edit between Get and Put.
func TestSyncRace(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	m = answer(t, m, "bob@example.com", ical.StatusAccepted, time.Time{}, 1)
	f.between = func() { f.edit(t, func(e *ical.Event) { e.Summary = "Renamed" }) }
	_, d := synced(t, f, m, last)
	if d == nil || len(d.Changes) != 1 || d.Changes[0].After != "Renamed" {
		t.Errorf("drift %+v", d)
	}
	if e := f.event(t); e.Summary != "Renamed" || e.Attendees[0].Status != ical.StatusAccepted {
		t.Errorf("entry has %q, %s", e.Summary, e.Attendees[0].Status)
	}
	busy := &fake{}
	last = clean(t, busy, m, organizer.Object{})
	m = answer(t, m, "bob@example.com", ical.StatusDeclined, time.Time{}, 2)
	_, _, err := organizer.Sync(context.Background(), changing{busy}, m, last)
	if !errors.Is(err, organizer.ErrChanged) || busy.gets != 4 {
		t.Errorf("Sync = %v after %d reads, want ErrChanged after 3", err, busy.gets-1)
	}
}

// changing is a calendar in which somebody changes the entry after each Get.
type changing struct{ *fake }

func (c changing) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	out, err := c.fake.Get(ctx, o)
	c.tag++
	return out, err
}

// TestSyncAdopts finds an entry of which it knows nothing, such as one of a
// Reserver.
func TestSyncAdopts(t *testing.T) {
	f, m := &fake{}, send(t, single())
	clean(t, f, m, organizer.Object{})
	f.edit(t, func(e *ical.Event) {
		e.Attendees, e.Summary = append(e.Attendees[:1:1], ical.Attendee{Email: "gus@example.com"}), "Draft"
	})
	f.replace(t, "END:VEVENT", "COLOR:red\r\nEND:VEVENT")
	last, d := synced(t, f, m, organizer.Object{})
	if d == nil || len(d.Changes) != 1 || d.Changes[0].Attendee != "gus@example.com" {
		t.Errorf("drift %+v, want the attendee whom the meeting does not know", d)
	}
	e := f.event(t)
	if e.Summary != "Planning" || len(e.Attendees) != 4 || !strings.Contains(string(f.data), "COLOR:red") {
		t.Errorf("entry:\n%s", f.data)
	}
	quiet(t, f, m, last)
}

func TestSyncUnreadable(t *testing.T) {
	f, m := &fake{}, send(t, single())
	last := clean(t, f, m, organizer.Object{})
	for _, data := range []string{"", "nonsense", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:other\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"} {
		f.data = []byte(data)
		out, _, err := organizer.Sync(context.Background(), f, m, last)
		if err == nil || f.puts != 1 || !bytes.Equal(out.Data, last.Data) {
			t.Errorf("Sync with the entry %q: %v, %d puts", data, err, f.puts)
		}
	}
}

func TestTryingIsBounded(t *testing.T) {
	m := send(t, single())
	o := organizer.Object{}
	for range 20 {
		m = update(t, m, func(e *ical.Event) { e.Summary += "x" })
		var err error
		if o, err = o.Trying(m); err != nil {
			t.Fatal(err)
		}
		o, _ = o.Trying(m)
	}
	if n := bytes.Count(o.Tried, []byte("BEGIN:VCALENDAR")); n != 8 {
		t.Errorf("%d entries in Tried, want 8", n)
	}
	if _, err := o.Trying(&invite.Meeting{}); err == nil {
		t.Error("Trying of an empty meeting has no error")
	}
}
