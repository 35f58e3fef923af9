package googlecal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer/googlecal"
	"github.com/convene-go/convene/invite/organizer/internal/walks"
)

func place(t testing.TB) *walks.Place {
	f := newFake(t)
	var drop walks.Drops
	instance := func(uid string, id time.Time) string { return f.idOf(uid) + "_" + id.UTC().Format("20060102T150405Z") }
	p := &walks.Place{
		Calendar:  googlecal.New(f.Client(), "primary", &googlecal.Options{BaseURL: f.URL}),
		Organizer: ical.Person{Name: "Olga", Email: owner},
		Shown:     f.shown,
		Rename:    func(t testing.TB, uid, title string) { f.edit(t, f.idOf(uid), map[string]any{"summary": title}) },
		Move: func(t testing.TB, uid string, id, to time.Time) {
			f.edit(t, instance(uid, id), map[string]any{
				"start": map[string]any{"dateTime": to.Format(time.RFC3339), "timeZone": "Europe/Berlin"},
				"end":   map[string]any{"dateTime": to.Add(time.Hour).Format(time.RFC3339), "timeZone": "Europe/Berlin"},
			})
		},
		Cancel: func(t testing.TB, uid string, id time.Time) {
			f.edit(t, instance(uid, id), map[string]any{"status": "cancelled"})
		},
		Delete:  func(t testing.TB, uid string) { id := f.idOf(uid); f.set(func() { f.cancel(id, f.events[id]) }) },
		Lose:    func(n int) { f.set(func() { f.lose = n }) },
		Drop:    func(n int) { f.set(func() { drop.In(n) }) },
		Entries: func() (n int) { f.set(func() { n = f.imports }); return n },
		Mails:   func() (n int) { f.set(func() { n = f.mails }); return n },
	}
	p.Pending = func() (is bool) {
		f.set(func() { is, f.lose = drop.End() || f.lose > 0, 0 })
		return is
	}
	f.fail = func(*http.Request) *failure {
		drop.Request()
		return nil
	}
	return p
}

// shown returns the title and the starts of an entry.
func (f *fake) shown(_ testing.TB, uid string) (title string, starts []time.Time) {
	id := f.idOf(uid)
	f.set(func() {
		e := f.events[id]
		title = e["summary"].(string)
		if e["recurrence"] == nil {
			starts = append(starts, timeOf(e["start"].(map[string]any)))
			return
		}
		s := seriesOf(e)
		for o := range s.Occurrences(time.Time{}, s.Start.AddDate(1, 0, 0)) {
			x, ok := f.events[id+"_"+o.RecurrenceID.UTC().Format("20060102T150405Z")]
			switch {
			case !ok:
				starts = append(starts, o.Start)
			case x["status"] != "cancelled":
				starts = append(starts, timeOf(x["start"].(map[string]any)))
			}
		}
	})
	return title, starts
}

func TestLife(t *testing.T)   { walks.Life(t, place) }
func TestLost(t *testing.T)   { walks.Lost(t, place) }
func TestDrifts(t *testing.T) { walks.Drifts(t, place) }
