// Package walks has the life of meetings as tests: a meeting is sent, changed, answered and
// cancelled, and after each step [organizer.Sync] makes its entry equal. The adapters whose
// server is a fake run it.
package walks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// Place is a server with one calendar. Its functions look behind the API.
type Place struct {
	Calendar  organizer.Calendar
	Organizer ical.Person
	// Shown returns the title of the entry, and the starts of the occurrences that take place.
	Shown func(t testing.TB, uid string) (title string, starts []time.Time)
	// Rename, Move, Cancel and Delete change the entry as the organizer does.
	Rename func(t testing.TB, uid, title string)
	Move   func(t testing.TB, uid string, id, to time.Time)
	Cancel func(t testing.TB, uid string, id time.Time)
	Delete func(t testing.TB, uid string)
	// Lose loses the reply to the change with that number, counted from 1.
	Lose func(n int)
	// Drop drops the request with that number before the server has seen it.
	Drop func(n int)
	// Pending reports whether a loss or drop is still to come, and ends it.
	Pending func() bool
	// Entries is the number of entries that were made, and Mails the number of mails that
	// were sent.
	Entries, Mails func() int
}

// Drops drops a request of a fake server, in the way of [Place.Drop].
type Drops struct{ left int }

// In drops the request with number n from now on.
func (d *Drops) In(n int) { d.left = n }

// Request counts a request. It ends the connection of the request to drop.
func (d *Drops) Request() {
	if d.left--; d.left == 0 {
		panic(http.ErrAbortHandler)
	}
}

// End reports whether a request is still to be dropped, and keeps it from that.
func (d *Drops) End() bool {
	pending := d.left > 0
	d.left = 0
	return pending
}

// Now is the time of the tests.
var Now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// exchange allows a UID that Exchange has made.
var exchange = invite.AllowLint("uid-exchange")

// walk is one meeting with its entry.
type walk struct {
	*Place
	t    testing.TB
	m    *invite.Meeting
	last organizer.Object
	tick int
}

// Start is the start of the meetings.
func Start() time.Time {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		zone = time.UTC
	}
	return time.Date(2026, 5, 4, 10, 0, 0, 0, zone)
}

func (w *walk) client() *invite.Client {
	return invite.New(invite.SenderFunc(func(_ context.Context, _ *invite.Message) error { return nil }), &invite.Options{Now: w.now})
}

func (w *walk) now() time.Time {
	w.tick++
	return Now.Add(time.Duration(w.tick) * time.Minute)
}

// send sends a meeting, and reserves its entry if the server makes the UIDs.
func (w *walk) send(e ical.Event) {
	w.t.Helper()
	var err error
	if r, ok := w.Calendar.(organizer.Reserver); ok {
		// A lost reply is repeated with the same key.
		for range 4 {
			if e.UID, err = r.Reserve(w.t.Context(), "order-1", e); err == nil {
				break
			}
		}
		w.must(err)
	}
	w.m, err = w.client().Send(w.t.Context(), e, exchange)
	w.must(err)
}

func (w *walk) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *walk) update(change func(e *ical.Event)) {
	w.t.Helper()
	e := w.m.Event.Clone()
	change(&e)
	m, err := w.client().Update(w.t.Context(), w.m, e, exchange)
	w.must(err)
	w.m = m
}

func (w *walk) answer(email string, s ical.Status, id time.Time) {
	w.t.Helper()
	m, o := w.m.Answer(invite.Answer{Email: email, Status: s, RecurrenceID: id, Via: "link", Stamp: w.now()})
	if o.Verdict != invite.VerdictApplied {
		w.t.Fatalf("the answer of %s: %v", email, o)
	}
	w.m = m
}

// sync syncs until there is no error, as a program does, and returns the drift.
func (w *walk) sync() *organizer.Drift {
	w.t.Helper()
	var drift *organizer.Drift
	var err error
	for range 4 {
		if w.last, drift, err = organizer.Sync(w.t.Context(), w.Calendar, w.m, w.last); err == nil {
			return drift
		}
	}
	w.t.Fatal(err)
	return nil
}

// clean syncs, and expects no drift and an entry that is equal to the meeting.
func (w *walk) clean(step string) {
	w.t.Helper()
	if d := w.sync(); d != nil {
		w.t.Fatalf("%s: Sync reports %+v", step, d.Changes)
	}
	w.equal(step)
	requests, err := w.Calendar.Get(w.t.Context(), organizer.Object{UID: w.m.Event.UID})
	w.must(err)
	if d := w.sync(); d != nil || w.last.Tag != requests.Tag {
		w.t.Fatalf("%s: a second Sync changes the entry or reports %+v", step, d)
	}
}

// equal compares the entry with the meeting: the data, and the view of people.
func (w *walk) equal(step string) {
	w.t.Helper()
	want, err := organizer.Encode(w.m)
	w.must(err)
	got, err := w.Calendar.Get(w.t.Context(), organizer.Object{UID: w.m.Event.UID})
	w.must(err)
	if x, y := lines(got.Event), lines(want.Event); !slices.Equal(x, y) {
		w.t.Fatalf("%s: the entry is\n%s\nwant\n%s", step, strings.Join(x, "\n"), strings.Join(y, "\n"))
	}
	title, starts := w.Shown(w.t, w.m.Event.UID)
	var wants []time.Time
	for o := range w.m.Event.Occurrences(time.Time{}, Start().AddDate(1, 0, 0)) {
		wants = append(wants, o.Start)
	}
	slices.SortFunc(wants, time.Time.Compare)
	slices.SortFunc(starts, time.Time.Compare)
	if title != w.m.Event.Summary || !slices.EqualFunc(starts, wants, time.Time.Equal) {
		w.t.Fatalf("%s: the calendar shows %q at %v, want %q at %v", step, title, starts, w.m.Event.Summary, wants)
	}
	if n := w.Entries(); n != 1 {
		w.t.Fatalf("%s: %d entries were made, want 1", step, n)
	}
	if n := w.Mails(); n != 0 {
		w.t.Fatalf("%s: the server has sent %d mails", step, n)
	}
}

// lines returns the occurrences of a meeting with all that they say, one a line.
func lines(e ical.Event) (out []string) {
	for o := range e.Occurrences(time.Time{}, Start().AddDate(1, 0, 0)) {
		x := e
		if o.Override >= 0 {
			x = e.Override(o.Override)
		}
		line := fmt.Sprintf("%s to %s: %q %q %q", o.Start.UTC(), o.End.UTC(), x.Summary, x.Location, x.Description)
		for _, a := range x.Attendees {
			line += fmt.Sprintf(" %s %s %s %v", a.Email, a.Role, cmp.Or(a.Status, ical.StatusNeedsAction), a.Params["SCHEDULE-AGENT"])
		}
		out = append(out, line)
	}
	return out
}

func (w *walk) meeting(series bool) ical.Event {
	e := ical.Event{
		UID: "walk-1@example.com", Summary: "Planning", Description: "The plan.\nAll of it.", Location: "Room 1",
		Start: Start(), End: Start().Add(time.Hour), TimeZone: Start().Location().String(), Organizer: w.Organizer,
		Attendees: []ical.Attendee{{Name: "Bob", Email: "bob@example.com"}, {Email: "dora@example.test", Role: ical.RoleOptional}},
	}
	if series {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 8}
	}
	return e
}

// at returns the original start of an occurrence, counted from 0.
func at(n int) time.Time { return Start().AddDate(0, 0, 7*n) }

// steps are the life of a meeting.
var steps = []struct {
	name string
	do   func(w *walk)
}{
	{"sent", func(w *walk) {
		e := w.meeting(true)
		e.Overrides = []ical.Event{{RecurrenceID: at(1), Start: at(1).Add(2 * time.Hour), End: at(1).Add(3 * time.Hour), Location: "Room 2"}}
		w.send(e)
	}},
	{"answered", func(w *walk) {
		w.answer("bob@example.com", ical.StatusAccepted, time.Time{})
		w.answer("dora@example.test", ical.StatusDeclined, at(3))
	}},
	{"changed", func(w *walk) {
		w.update(func(e *ical.Event) { e.Summary, e.Location = "Planning 2", "" })
	}},
	{"occurrence moved", func(w *walk) {
		w.update(func(e *ical.Event) {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: at(4), Start: at(4).AddDate(0, 0, 1), End: at(4).AddDate(0, 0, 1).Add(time.Hour)})
		})
	}},
	{"occurrence cancelled", func(w *walk) {
		w.update(func(e *ical.Event) { e.Recurrence.Except = append(e.Recurrence.Except, at(5)) })
	}},
	{"occurrence as before", func(w *walk) {
		w.update(func(e *ical.Event) { e.Overrides = e.Overrides[:1] })
	}},
	{"series moved", func(w *walk) {
		w.update(func(e *ical.Event) { e.Start, e.End = e.Start.Add(time.Hour), e.End.Add(time.Hour) })
	}},
	{"series as a single meeting", func(w *walk) {
		w.update(func(e *ical.Event) { e.Recurrence, e.Overrides = nil, nil })
	}},
}

// Life runs the steps on a new place.
func Life(t *testing.T, open func(t testing.TB) *Place) {
	w := &walk{Place: open(t), t: t}
	for _, s := range steps {
		s.do(w)
		w.clean(s.name)
	}
	w.cancel()
}

// cancel cancels the meeting.
func (w *walk) cancel() {
	w.t.Helper()
	m, err := w.client().Cancel(w.t.Context(), w.m)
	w.must(err)
	w.m = m
	if d := w.sync(); d != nil {
		w.t.Fatalf("cancelled: Sync reports %+v", d)
	}
	if _, err := w.Calendar.Get(w.t.Context(), organizer.Object{UID: m.Event.UID}); !errors.Is(err, organizer.ErrGone) {
		w.t.Fatalf("cancelled: Get returned %v, want ErrGone", err)
	}
	if n := w.Mails(); n != 0 {
		w.t.Fatalf("cancelled: the server has sent %d mails", n)
	}
}

// Lost loses each reply and each request of each step in turn, on a new place each. names
// are the steps, and none stands for all.
func Lost(t *testing.T, open func(t testing.TB) *Place, names ...string) {
	for name, fail := range map[string]func(p *Place, n int){
		"reply": func(p *Place, n int) { p.Lose(n) }, "request": func(p *Place, n int) { p.Drop(n) },
	} {
		for i, s := range steps {
			if len(names) > 0 && !slices.Contains(names, s.name) {
				continue
			}
			lost := 0
			for n := 1; ; n++ {
				w := &walk{Place: open(t), t: t}
				for _, before := range steps[:i] {
					before.do(w)
				}
				if i > 0 {
					w.sync()
				}
				fail(w.Place, n)
				s.do(w)
				if d := w.sync(); d != nil {
					t.Fatalf("%s: %s %d lost: Sync reports %+v", s.name, name, n, d.Changes)
				}
				if w.Pending() {
					break
				}
				lost++
				w.clean(s.name)
			}
			t.Logf("%s: each %s of %d was lost", s.name, name, lost)
			if lost == 0 {
				t.Errorf("%s: no %s was lost", s.name, name)
			}
		}
	}
}

// Drifts lets the organizer change the entry.
func Drifts(t *testing.T, open func(t testing.TB) *Place) {
	w := &walk{Place: open(t), t: t}
	w.send(w.meeting(true))
	w.answer("dora@example.test", ical.StatusDeclined, at(3))
	w.clean("sent and answered")
	uid := w.m.Event.UID
	w.Rename(t, uid, "Mine")
	w.drift("renamed", organizer.FieldSummary, time.Time{})
	w.answer("bob@example.com", ical.StatusAccepted, time.Time{})
	w.drift("renamed and answered", organizer.FieldSummary, time.Time{})
	if title, _ := w.Shown(t, uid); title != "Mine" {
		t.Errorf("after an answer, the organizer's title is %q", title)
	}
	w.update(func(e *ical.Event) { e.Summary = "Mine" })
	w.clean("title taken over")
	w.Move(t, uid, at(2), at(2).Add(3*time.Hour))
	w.drift("moved", organizer.FieldTime, at(2))
	w.update(func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: at(2), Start: at(2).Add(3 * time.Hour), End: at(2).Add(4 * time.Hour)}}
	})
	w.clean("move taken over")
	w.Cancel(t, uid, at(6))
	w.drift("cancelled", organizer.FieldCancelled, at(6))
	w.update(func(e *ical.Event) { e.Recurrence.Except = []time.Time{at(6)} })
	w.clean("cancellation taken over")
	w.Delete(t, uid)
	if d := w.sync(); d == nil || !d.Deleted {
		t.Errorf("deleted: Sync reports %+v", d)
	}
	if _, err := w.Calendar.Get(t.Context(), organizer.Object{UID: uid}); !errors.Is(err, organizer.ErrGone) {
		t.Errorf("the deleted entry is there again: %v", err)
	}
	if n := w.Mails(); n != 0 {
		t.Errorf("the server has sent %d mails", n)
	}
}

// drift syncs, and expects a drift of one field.
func (w *walk) drift(step string, f organizer.Field, id time.Time) {
	w.t.Helper()
	d := w.sync()
	if d == nil || len(d.Changes) != 1 || d.Changes[0].Field != f || !d.Changes[0].RecurrenceID.Equal(id) {
		w.t.Fatalf("%s: Sync reports %+v, want a change of %s on %v", step, d, f, id)
	}
}
