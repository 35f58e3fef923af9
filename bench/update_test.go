package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// octets counts the octets that it is given.
type octets struct{ mails, octets int }

func (s *octets) Send(_ context.Context, m *mime.Message) error {
	s.mails++
	s.octets += len(m.Data)
	return nil
}

// daily returns a daily series of 400 occurrences with n attendees, and the starts of
// its first occurrences.
func daily(b *testing.B, n, starts int) (e ical.Event, at []time.Time) {
	e = meeting(b)
	e.Attendees = attendees(e.Attendees, n)
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 400}
	for o := range e.Occurrences(time.Time{}, time.Time{}) {
		if at = append(at, o.Start); len(at) > starts {
			break
		}
	}
	return e, at[1:]
}

// changed is a client that changes a meeting, and the octets of its mails.
type changed struct {
	client
	sent *octets
}

// update sends e and returns a client that changes its title.
func update(b *testing.B, name string, e ical.Event) *changed {
	b.Helper()
	s, calls := new(octets), 0
	c := inviter(s, nil)
	m, err := c.Send(context.Background(), e)
	if err != nil {
		b.Fatal(err)
	}
	return &changed{client{name, func() error {
		calls++
		*s = octets{}
		after := m.Event.Clone()
		after.Summary = fmt.Sprint("Überblick ", calls)
		if _, err := c.Update(context.Background(), m, after); err != nil || s.mails != len(e.Attendees) {
			return fmt.Errorf("%d mails: %w", s.mails, err)
		}
		return nil
	}}, s}
}

// BenchmarkUpdateExcepted changes the title of a series with and without 200 excepted dates.
func BenchmarkUpdateExcepted(b *testing.B) {
	for _, guests := range []int{1, 10, 60} {
		e, at := daily(b, guests, 200)
		without := update(b, "without", e)
		r := *e.Recurrence
		r.Except = at
		e.Recurrence = &r
		with := update(b, "with", e)
		b.Run(fmt.Sprint(guests), func(b *testing.B) { takeTurns(b, []client{without.client, with.client}, guests) })
	}
}

// BenchmarkUpdateMoved changes the title of a series for 60 guests, of which some dates
// are moved. It reports the time for a mail, and for a KB of it.
func BenchmarkUpdateMoved(b *testing.B) {
	for _, guests := range []int{1, 60} {
		var all []*changed
		for _, n := range []int{0, 10, 50, 200} {
			e, at := daily(b, guests, n)
			for _, t := range at {
				e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: t, Start: t.Add(time.Hour), End: t.Add(2 * time.Hour)})
			}
			all = append(all, update(b, fmt.Sprint(n), e))
		}
		b.Run(fmt.Sprint(guests), func(b *testing.B) {
			var list []client
			for _, x := range all {
				list = append(list, x.client)
			}
			takeTurns(b, list, guests)
			for _, x := range all[1:] {
				b.ReportMetric(float64(x.sent.octets)/float64(all[0].sent.octets), "octets-"+x.name)
			}
		})
	}
}

// BenchmarkPlan plans calls about a meeting of many guests. It reports the time for a guest.
func BenchmarkPlan(b *testing.B) {
	for _, kind := range []string{"Send", "Update", "Add", "Remind", "Cancel"} {
		b.Run(kind, func(b *testing.B) {
			var list []client
			var guests []int
			for _, n := range []int{1_000, 10_000, 100_000} {
				list, guests = append(list, planning(b, kind, n)), append(guests, n)
			}
			perGuest(b, list, guests)
		})
	}
}

// planning returns a client that makes the plan of a call about a meeting of n guests.
func planning(b *testing.B, kind string, n int) client {
	e := meeting(b)
	e.Attendees = attendees(e.Attendees, n)
	c := inviter(new(discard), nil)
	m := &invite.Meeting{Event: e}
	after := e.Clone()
	switch kind {
	case "Update":
		after.Summary = "Überblick"
	case "Add":
		after.Attendees = append(after.Attendees, ical.Attendee{Email: "new@example.test"})
	}
	return client{fmt.Sprint(n), func() (err error) {
		switch kind {
		case "Send":
			_, err = c.PlanSend(e)
		case "Remind":
			_, err = c.PlanRemind(m)
		case "Cancel":
			_, err = c.PlanCancel(m)
		default:
			_, err = c.PlanUpdate(m, after)
		}
		return err
	}}
}

// perGuest lets clients work in turn, and reports the time of each for one of its guests.
func perGuest(b *testing.B, clients []client, guests []int) {
	took := make([][]time.Duration, len(clients))
	for b.Loop() {
		for i, c := range clients {
			repeat := max(guests[len(guests)-1]/guests[i]/10, 1)
			runtime.GC()
			start := time.Now()
			for range repeat {
				if err := c.send(); err != nil {
					b.Fatalf("%s: %v", c.name, err)
				}
			}
			took[i] = append(took[i], time.Since(start)/time.Duration(repeat))
		}
	}
	for i, c := range clients {
		slices.Sort(took[i])
		b.ReportMetric(float64(took[i][len(took[i])/2].Nanoseconds())/float64(guests[i]), "ns/guest-"+c.name)
	}
	b.ReportMetric(0, "ns/op")
}
