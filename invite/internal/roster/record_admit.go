package roster

import (
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
)

// Admit adds attendees to occurrences of e, if the series has the occurrence and it
// takes place. It changes e, which must share no list with another event.
func Admit(e *ical.Event, list ...Joined) {
	if len(list) == 0 {
		return
	}
	x := admission{event: e, overrides: make(map[int64]int), keys: make(map[int]map[string]bool)}
	for i := len(e.Overrides) - 1; i >= 0; i-- { // backwards, so that the first counts
		x.overrides[e.Overrides[i].RecurrenceID.Unix()] = i
	}
	for i := range list {
		x.admit(&list[i])
	}
}

// admission adds many attendees to the occurrences of an event. It goes through each
// list of attendees once.
type admission struct {
	event     *ical.Event
	overrides map[int64]int           // their indexes by the original start, as a Unix time
	keys      map[int]map[string]bool // the attendees of overrides, by index
}

func (x *admission) admit(j *Joined) {
	e, id := x.event, j.RecurrenceID.Unix()
	i, ok := x.overrides[id]
	if !ok {
		if !series.InRule(e, j.RecurrenceID) || slices.ContainsFunc(e.Recurrence.Except, j.RecurrenceID.Equal) {
			return
		}
		i = len(e.Overrides)
		x.overrides[id] = i
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: j.RecurrenceID})
	}
	o := &e.Overrides[i]
	if o.Cancelled {
		return
	}
	if len(o.Attendees) == 0 {
		o.Attendees = slices.Clone(e.Attendees)
	}
	keys := x.keys[i]
	if keys == nil {
		keys = make(map[string]bool, len(o.Attendees))
		for n := range o.Attendees {
			keys[address.Key(o.Attendees[n].Email)] = true
		}
		x.keys[i] = keys
	}
	if key := address.Key(j.Attendee.Email); !keys[key] || key == "" {
		keys[key] = true
		o.Attendees = append(o.Attendees, j.Attendee)
	}
}
