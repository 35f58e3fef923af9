package roster_test

import (
	"fmt"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
)

func TestIndexFind(t *testing.T) {
	long := func(n int) (list []ical.Attendee) {
		for i := range n {
			list = append(list, ical.Attendee{Email: fmt.Sprintf("P%d@Example.test", i)})
		}
		return list
	}
	tests := []struct {
		name string
		list []ical.Attendee
		key  string
		want int
	}{
		{"nobody is in an empty list", nil, "p0@example.test", -1},
		{"short list: the last", long(4), "p3@example.test", 3},
		{"short list: nobody", long(4), "p4@example.test", -1},
		{"long list: the last", long(5), "p4@example.test", 4},
		{"long list: nobody", long(5), "p5@example.test", -1},
		{"very long list", long(1000), "p777@example.test", 777},
		{"short list: the first of equal addresses", people("x@a.test", "ANN@A.test", "ann@a.test"), "ann@a.test", 1},
		{"long list: the first of equal addresses", append(long(8), people("ANN@A.test", "ann@a.test")...), "ann@a.test", 8},
		{"short list: a domain in another spelling", people("zoe@bücher.test"), key("zoe@xn--bcher-kva.test"), 0},
		{"long list: a domain in another spelling", append(long(8), people("zoe@bücher.test")...), key("zoe@xn--bcher-kva.test"), 8},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := make(roster.Index)
			for _, when := range []string{"first", "again"} {
				if got := x.Find(tt.list, tt.key); got != tt.want {
					t.Errorf("Find(%q) %s = %d, want %d", tt.key, when, got, tt.want)
				}
			}
		})
	}
	t.Run("lists that begin with the same attendees are kept apart", func(t *testing.T) {
		x, list := make(roster.Index), long(10)
		for n := 5; n <= 10; n++ {
			check(t, "Find", n-1, x.Find(list[:n], fmt.Sprintf("p%d@example.test", n-1)))
			check(t, "Find", -1, x.Find(list[:n], fmt.Sprintf("p%d@example.test", n)))
		}
	})
}

func TestIndexAttendee(t *testing.T) {
	e := weekly(override(1, people(ann, eve)...))
	x := make(roster.Index)
	if got := x.Attendee(e, ann); got != &e.Attendees[0] {
		t.Errorf("Attendee(ann) = %p, want the attendee of the series", got)
	}
	if got := x.Attendee(e, eve); got != &e.Overrides[0].Attendees[1] {
		t.Errorf("Attendee(eve) = %p, want the attendee of the occurrence", got)
	}
	if got := x.Attendee(e, "mallory@example.test"); got != nil {
		t.Errorf("Attendee(mallory) = %+v, want nil", got)
	}
}

func TestNarrowed(t *testing.T) {
	full := weekly(override(1, people(ann, eve)...), override(2))
	tests := []struct {
		name  string
		email string
		want  *ical.Event
	}{
		{"one attendee remains, in the overrides too", ann, narrow(full, people(ann), people(ann))},
		{"case does not count", "ANN@example.test", narrow(full, people(ann), people(ann))},
		{"an override without them is empty", bob, narrow(full, people(bob), nil)},
		{"an attendee of one occurrence stands in the series, too", eve, narrow(full, people(eve), people(eve))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given := full.Clone()
			a := person(tt.email, needsAction)
			got := make(roster.Index).Narrowed(&given, &a)
			check(t, "Narrowed", tt.want, got)
			check(t, "the original", *full, given)
			got.Attendees[0].Name = "spoilt"
			check(t, "the original after a change of the result", *full, given)
		})
	}
	if got := make(roster.Index).Narrowed(nil, &ical.Attendee{}); got != nil {
		t.Errorf("Narrowed(nil) = %v, want nil", got)
	}
}

// narrow returns a copy of e with other lists of the series and of its first
// override.
func narrow(e *ical.Event, series, first []ical.Attendee) *ical.Event {
	out := e.Clone()
	out.Attendees, out.Overrides[0].Attendees = series, first
	return &out
}

func TestNarrow(t *testing.T) {
	e := weekly(override(1, people(ann, bob)...))
	series := e.Attendees
	a := person(ann, needsAction)
	make(roster.Index).Narrow(e, &a)
	check(t, "Narrow", narrow(e, people(ann), people(ann)), e)
	e.Attendees = append(e.Attendees, ical.Attendee{})
	check(t, "the list that was narrowed, after an attendee was added to the narrow one", people(ann, bob), series)
}

// TestNarrowedIsACopy changes the attendee of an override.
func TestNarrowedIsACopy(t *testing.T) {
	e := weekly(override(1, people(ann, bob)...))
	a := person(ann, needsAction)
	make(roster.Index).Narrowed(e, &a).Overrides[0].Attendees[0].Name = "spoilt"
	check(t, "the original", weekly(override(1, people(ann, bob)...)), e)
}
