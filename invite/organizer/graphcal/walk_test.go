package graphcal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer/graphcal"
	"github.com/convene-go/convene/invite/organizer/internal/walks"
)

func place(t testing.TB) *walks.Place { return placeOn(t, newFake(t)) }

func placeOn(_ testing.TB, f *fake) *walks.Place {
	var drop walks.Drops
	p := &walks.Place{
		Calendar: graphcal.New(f.Client(), mailbox, &graphcal.Options{
			BaseURL: f.URL, Now: func() time.Time { return walks.Now },
		}),
		Organizer: ical.Person{Name: "Olga", Email: mailbox},
		Shown:     f.shown,
		Rename:    func(t testing.TB, uid, title string) { f.edit(t, f.idOf(uid), map[string]any{"subject": title}) },
		Move: func(t testing.TB, uid string, id, to time.Time) {
			moment := func(at time.Time) map[string]any {
				return map[string]any{"dateTime": at.Format("2006-01-02T15:04:05"), "timeZone": "Europe/Berlin"}
			}
			e := f.events[f.idOf(uid)]
			f.set(func() {
				_, _, x := f.patchInstance(e, id.Format(time.DateOnly), map[string]any{"start": moment(to), "end": moment(to.Add(time.Hour))})
				if x != nil {
					t.Fatalf("moving: %+v", *x)
				}
			})
		},
		Cancel: func(_ testing.TB, uid string, id time.Time) {
			e := f.events[f.idOf(uid)]
			f.set(func() { e.deleted[id.Format(time.DateOnly)] = true })
		},
		Delete:  func(_ testing.TB, uid string) { id := f.idOf(uid); f.set(func() { delete(f.events, id) }) },
		Lose:    func(n int) { f.set(func() { f.lose = n }) },
		Drop:    func(n int) { f.set(func() { drop.In(n) }) },
		Entries: func() (n int) { f.set(func() { n = f.creations }); return n },
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
		title = e.fields["subject"].(string)
		list := []map[string]any{e.json()}
		if e.fields["recurrence"] != nil {
			list = nil
			for _, day := range e.days() {
				if x := e.on(day); x != nil {
					list = append(list, x)
				}
			}
		}
		for _, x := range list {
			start, _ := time.Parse("2006-01-02T15:04:05.0000000", x["start"].(map[string]any)["dateTime"].(string))
			starts = append(starts, start)
		}
	})
	return title, starts
}

func TestLife(t *testing.T)   { walks.Life(t, place) }
func TestLost(t *testing.T)   { walks.Lost(t, place) }
func TestDrifts(t *testing.T) { walks.Drifts(t, place) }

// TestLostConflict has a service that answers a repeated transactionId with an error.
func TestLostConflict(t *testing.T) {
	walks.Lost(t, func(t testing.TB) *walks.Place {
		f := newFake(t)
		f.conflict = true
		return placeOn(t, f)
	}, "sent")
}
