package organizer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// errLost is the error of a call whose reply was lost.
var errLost = errors.New("the reply was lost")

// fake is a calendar in memory.
type fake struct {
	mu         sync.Mutex
	data       []byte // nil if there is no entry
	tag        int
	puts, gets int
	deletes    int
	lose       int                 // the number of next puts that are done and whose reply is lost
	fail       int                 // the number of next puts that are not done
	rewrite    func([]byte) []byte // what the server makes of data
	between    func()              // is called after the next Get
}

func (f *fake) object() organizer.Object {
	return organizer.Object{UID: uid, Href: "/cal/1.ics", Tag: fmt.Sprint(f.tag), Data: bytes.Clone(f.data)}
}

func (f *fake) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gets++
	if f.data == nil {
		return organizer.Object{}, organizer.ErrGone
	}
	out := f.object()
	if f.between != nil {
		f.between()
		f.between = nil
	}
	return out, nil
}

func (f *fake) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.puts++
	switch {
	case f.fail > 0:
		f.fail--
		return organizer.Object{}, errLost
	case o.Tag == "" && f.data != nil:
		return organizer.Object{}, organizer.ErrChanged
	case o.Tag != "" && f.data == nil:
		return organizer.Object{}, organizer.ErrGone
	case o.Tag != "" && o.Tag != fmt.Sprint(f.tag):
		return organizer.Object{}, organizer.ErrChanged
	}
	f.tag++
	f.data = bytes.Clone(o.Data)
	if f.rewrite != nil {
		f.data = f.rewrite(f.data)
	}
	if f.lose > 0 {
		f.lose--
		return organizer.Object{}, errLost
	}
	out := f.object()
	if !bytes.Equal(out.Data, o.Data) {
		out.Written = bytes.Clone(o.Data)
	}
	return out, nil
}

func (f *fake) Delete(ctx context.Context, o organizer.Object) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.deletes++
	if f.data == nil {
		return organizer.ErrGone
	}
	f.data = nil
	return nil
}

// replace edits the entry as text. It fails if nothing changes.
func (f *fake) replace(t testing.TB, pairs ...string) {
	t.Helper()
	text := unfolded(f.data)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the entry has no %q:\n%s", pairs[i], text)
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	f.data = []byte(text)
	f.tag++
}

// edit edits the entry as the organizer does it with another program.
func (f *fake) edit(t testing.TB, change func(e *ical.Event)) {
	t.Helper()
	e := f.event(t)
	change(&e)
	data, err := ical.Encode(&ical.Calendar{ProductID: "-//other//EN", Stamp: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Events: []ical.Event{e}})
	if err != nil {
		t.Fatalf("edit: %v", err)
	}
	f.data = data
	if f.rewrite != nil {
		f.data = f.rewrite(data)
	}
	f.tag++
}

// event returns the entry as an event.
func (f *fake) event(t testing.TB) ical.Event {
	t.Helper()
	return decode(t, f.data)
}

func decode(t testing.TB, data []byte) ical.Event {
	t.Helper()
	c, err := ical.Decode(bytes.NewReader(data), nil)
	if err != nil {
		t.Fatalf("decode: %v\n%s", err, data)
	}
	if len(c.Events) != 1 || c.Method != "" {
		t.Fatalf("the entry has %d events and METHOD %q:\n%s", len(c.Events), c.Method, data)
	}
	return c.Events[0]
}

func unfolded(data []byte) string { return strings.ReplaceAll(string(data), "\r\n ", "") }

const uid = "3b2f5f3e-0000-4000-8000-000000000001"

var berlin = mustLoad("Europe/Berlin")

func mustLoad(name string) *time.Location {
	loc, err := ical.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

func at(month time.Month, day, hour int) time.Time {
	return time.Date(2027, month, day, hour, 0, 0, 0, berlin)
}

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// client returns a client whose mails go nowhere.
func client() *invite.Client {
	return invite.New(invite.SenderFunc(func(context.Context, *invite.Message) error { return nil }),
		&invite.Options{Now: func() time.Time { return now }, NewID: func() string { return uid }})
}

// single is a single event, and weekly is a series over the change of the clock.
func single() ical.Event {
	return ical.Event{
		Summary: "Planning", Description: "The plan.\nAll of it.", Location: "Room 1", Start: at(3, 1, 10), End: at(3, 1, 11),
		TimeZone: "Europe/Berlin", Categories: []string{"Work"}, Reminders: []ical.Reminder{{Before: 15 * time.Minute}},
		URL:       "https://example.com/plan",
		Organizer: ical.Person{Name: "Ann", Email: "ann@example.com"},
		Attendees: []ical.Attendee{
			{Name: "Bob", Email: "bob@example.com"}, {Name: "Carl", Email: "carl@example.test", Role: ical.RoleOptional},
			{Email: "dora@example.test"},
		},
	}
}

func weekly() ical.Event {
	e := single()
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 10}
	return e
}

func send(t testing.TB, e ical.Event) *invite.Meeting {
	t.Helper()
	m, err := client().Send(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func update(t testing.TB, m *invite.Meeting, change func(e *ical.Event)) *invite.Meeting {
	t.Helper()
	e := m.Event.Clone()
	change(&e)
	out, err := client().Update(context.Background(), m, e)
	if err != nil {
		t.Fatalf("update: %v", err)
	}
	return out
}

// answer takes an answer in. minute orders the answers.
func answer(t testing.TB, m *invite.Meeting, email string, s ical.Status, start time.Time, minute int) *invite.Meeting {
	t.Helper()
	out, o := m.Answer(invite.Answer{
		Email: email, Status: s, RecurrenceID: start, Via: "link", Stamp: now.Add(time.Duration(minute) * time.Minute), Comment: "secret words",
	})
	if o.Verdict != invite.VerdictApplied {
		t.Fatalf("answer of %s: %v", email, o)
	}
	return out
}

// synced syncs and fails on an error.
func synced(t testing.TB, f *fake, m *invite.Meeting, last organizer.Object) (organizer.Object, *organizer.Drift) {
	t.Helper()
	out, d, err := organizer.Sync(context.Background(), f, m, last)
	if err != nil {
		t.Fatalf("Sync: %v", err)
	}
	return out, d
}

// clean syncs and fails on a drift.
func clean(t testing.TB, f *fake, m *invite.Meeting, last organizer.Object) organizer.Object {
	t.Helper()
	out, d := synced(t, f, m, last)
	if d != nil {
		t.Fatalf("Sync reports %+v\nentry:\n%s", d.Changes, unfolded(f.data))
	}
	return out
}

// quiet syncs and fails if the entry is written.
func quiet(t testing.TB, f *fake, m *invite.Meeting, last organizer.Object) (organizer.Object, *organizer.Drift) {
	t.Helper()
	puts, before := f.puts, f.data
	out, d := synced(t, f, m, last)
	if f.puts != puts {
		t.Fatalf("Sync of an unchanged meeting writes:\n%s\nbefore:\n%s", unfolded(f.data), unfolded(before))
	}
	return out, d
}
