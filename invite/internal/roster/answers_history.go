package roster

import (
	"cmp"
	"slices"
	"time"
)

// Entry is one answer or proposal in the history of an attendee.
type Entry struct {
	// RecurrenceID is the original start of the occurrence that it is about. It is
	// zero if it is about the whole meeting.
	RecurrenceID time.Time
	Order        Order
	// Fixed says that it is never dropped.
	Fixed bool
}

// Limits are the limits of the history of one attendee.
type Limits struct {
	Subject    int // the entries about one occurrence, or about the whole meeting
	Superseded int // the entries that do not count any more
	Subjects   int // the occurrences, with the whole meeting as one more
}

// Superfluous returns the indexes of a history that are beyond the limits. The history
// is in the order of arrival. A subject is an occurrence or the whole meeting. The
// newest entry about each subject stays the newest, see [Order.Compare]. Of all other
// entries the last to arrive stay.
//
// If there are too many subjects, the earliest subjects for which over reports true
// are dropped as a whole. If over is nil, the subjects whose newest entry arrived first
// are dropped.
func Superfluous(list []Entry, l Limits, over func(id time.Time) bool) map[int]bool {
	drop := make(map[int]bool)
	subjects := subjectsOf(list)
	newest := make(map[int64]int, len(subjects))
	for id, at := range subjects {
		newest[id] = newestOf(list, at, nil)
	}
	kept, all := make(map[int64]int), 0
	for i := len(list) - 1; i >= 0; i-- {
		id := list[i].RecurrenceID.Unix()
		if list[i].Fixed || newest[id] == i {
			continue
		}
		if kept[id] >= l.Subject-1 || all >= l.Superseded {
			drop[i] = true
			continue
		}
		kept[id]++
		all++
	}
	for id, at := range subjects {
		keepNewest(list, at, newest[id], drop)
	}
	dropSubjects(list, subjects, newest, len(subjects)-l.Subjects, over, drop)
	return drop
}

// subjectsOf returns the indexes of a history by their subject, as a Unix time.
// Subjects with fixed entries only are left out.
func subjectsOf(list []Entry) map[int64][]int {
	out := make(map[int64][]int)
	said := make(map[int64]bool)
	for i := range list {
		id := list[i].RecurrenceID.Unix()
		out[id] = append(out[id], i)
		said[id] = said[id] || !list[i].Fixed
	}
	for id := range out {
		if !said[id] {
			delete(out, id)
		}
	}
	return out
}

// newestOf returns the index of the newest entry among the entries at the indexes,
// without the dropped ones. Of equally new entries it is the last to arrive, as in
// [Answers.Newest].
func newestOf(list []Entry, at []int, drop map[int]bool) int {
	newest := -1
	for _, i := range at {
		if !drop[i] && (newest < 0 || list[i].Order.Compare(list[newest].Order) >= 0) {
			newest = i
		}
	}
	return newest
}

// keepNewest changes drop so that the newest entry about a subject stays the newest.
// [Order.Compare] is not transitive if some entries did not come by mail. So if an entry
// is dropped, an entry that is older than it could become the newest. Then all entries
// that arrived before the newest are dropped. If a fixed entry is still newer, some
// entries that are newer than the fixed one stay, beginning with the last.
func keepNewest(list []Entry, at []int, newest int, drop map[int]bool) {
	if newestOf(list, at, drop) == newest {
		return
	}
	var winners []int // the entries that were the newest when they arrived
	for _, i := range at {
		if n := len(winners); i < newest && (n == 0 || list[i].Order.Compare(list[winners[n-1]].Order) >= 0) {
			winners = append(winners, i)
		}
	}
	for _, i := range at {
		if i < newest && !list[i].Fixed {
			drop[i] = true
		}
	}
	for n := len(winners) - 1; n >= 0 && newestOf(list, at, drop) != newest; n-- {
		delete(drop, winners[n])
	}
}

// dropSubjects drops n subjects as a whole, except for their fixed entries.
func dropSubjects(list []Entry, subjects map[int64][]int, newest map[int64]int, n int, over func(time.Time) bool, drop map[int]bool) {
	if n <= 0 {
		return
	}
	ids := make([]int64, 0, len(subjects))
	for id, at := range subjects {
		if over == nil || over(list[at[0]].RecurrenceID) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b int64) int {
		if over == nil {
			return cmp.Compare(newest[a], newest[b])
		}
		return cmp.Compare(a, b)
	})
	for _, id := range ids[:min(n, len(ids))] {
		for _, i := range subjects[id] {
			drop[i] = drop[i] || !list[i].Fixed
		}
	}
}
