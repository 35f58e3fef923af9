package roster_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/internal/roster"
)

// newestEntries returns the index of the newest entry about each subject, as Answers
// finds it.
func newestEntries(list []roster.Entry, drop map[int]bool) map[int64]int {
	out := make(map[int64]int)
	for i := range list {
		if drop[i] {
			continue
		}
		id := list[i].RecurrenceID.Unix()
		if last, ok := out[id]; !ok || list[i].Order.Compare(list[last].Order) >= 0 {
			out[id] = i
		}
	}
	return out
}

// TestSuperfluous limits random histories. Entries by mail and by hand are mixed, and
// their order is not transitive. The entry that counts stays, and the limits hold.
func TestSuperfluous(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	limits := roster.Limits{Subject: 4, Superseded: 9, Subjects: 5}
	over := func(id time.Time) bool { return !id.IsZero() && id.Before(week(4)) }
	for range 2000 {
		var list []roster.Entry
		for range rnd.IntN(60) {
			s := roster.Entry{Order: roster.Order{Sequence: rnd.IntN(3), Stamp: stamp(rnd.IntN(6)), ByHand: rnd.IntN(3) == 0}}
			if n := rnd.IntN(8); n > 0 {
				s.RecurrenceID = week(n)
			}
			if rnd.IntN(12) == 0 {
				s.Fixed, s.Order = true, roster.Order{Sequence: rnd.IntN(3), ByHand: true}
			}
			list = append(list, s)
		}
		drop := roster.Superfluous(list, limits, over)
		was, is := newestEntries(list, nil), newestEntries(list, drop)
		kept, fixed, coming := make(map[int64]int), make(map[int64]bool), 0
		for i := range list {
			if list[i].Fixed && drop[i] {
				t.Fatalf("the entry %d of the organizer is dropped: %+v", i, list)
			}
			id := list[i].RecurrenceID.Unix()
			fixed[id] = fixed[id] || list[i].Fixed
			if !drop[i] && !list[i].Fixed {
				kept[id]++
			}
		}
		for id, i := range was {
			switch gone := kept[id] == 0 && over(time.Unix(id, 0)); {
			case is[id] != i && !gone:
				t.Fatalf("subject %d: the newest entry is %d, want %d; dropped %v of %+v", id, is[id], i, drop, list)
			case !over(time.Unix(id, 0)):
				coming++
			}
		}
		for id, n := range kept {
			if n > limits.Subject && !fixed[id] {
				t.Fatalf("%d entries about subject %d, want at most %d", n, id, limits.Subject)
			}
		}
		if len(kept) > max(limits.Subjects, coming) {
			t.Fatalf("%d subjects of which %d are not over, want at most %d", len(kept), coming, limits.Subjects)
		}
	}
}

// TestSuperfluousKeepsTheLast checks which entries stay.
func TestSuperfluousKeepsTheLast(t *testing.T) {
	var list []roster.Entry
	for i := range 6 {
		list = append(list, roster.Entry{RecurrenceID: week(1 + i%3), Order: roster.Order{Stamp: stamp(i)}})
	}
	check(t, "one entry about each subject", map[int]bool{0: true, 1: true, 2: true},
		roster.Superfluous(list, roster.Limits{Subject: 1, Superseded: 9, Subjects: 3}, nil))
	check(t, "one entry that does not count", map[int]bool{0: true, 1: true},
		roster.Superfluous(list, roster.Limits{Subject: 2, Superseded: 1, Subjects: 3}, nil))
	check(t, "the subject of the last entry", map[int]bool{0: true, 1: true, 3: true, 4: true},
		roster.Superfluous(list, roster.Limits{Subject: 2, Superseded: 9, Subjects: 1}, nil))
	check(t, "subjects that are not over stay", map[int]bool{0: true, 3: true},
		roster.Superfluous(list, roster.Limits{Subject: 2, Superseded: 9, Subjects: 1}, func(id time.Time) bool { return id.Equal(week(1)) }))
}
