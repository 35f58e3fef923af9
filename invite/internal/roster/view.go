package roster

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
)

// View is the part of a meeting that one attendee is invited to: the whole meeting,
// or single occurrences alone, or nothing.
type View struct {
	Whole   *ical.Event   // nil if they are not invited to the whole meeting
	Singles []*ical.Event // in the order of the overrides
}

// Events returns the whole meeting, or each single occurrence.
func (v View) Events() []*ical.Event {
	if v.Whole != nil {
		return []*ical.Event{v.Whole}
	}
	return v.Singles
}

// IsEmpty reports whether the attendee is invited to nothing.
func (v View) IsEmpty() bool { return v.Whole == nil && len(v.Singles) == 0 }

// At returns the whole meeting if id is zero or names e itself, and otherwise the
// occurrence with that original start. It is nil if the attendee of this view of e
// is not invited to it.
func (v View) At(e *ical.Event, id time.Time, s *Answers) *ical.Event {
	switch {
	case id.IsZero(), series.Same(e, e.RecurrenceID, id):
		return v.Whole
	case v.Whole != nil:
		return s.Occurrence(v.Whole, id)
	}
	return WithStart(v.Singles, id)
}

// WithStart returns the occurrence with that original start, or nil.
func WithStart(list []*ical.Event, start time.Time) *ical.Event {
	for _, e := range list {
		if e.RecurrenceID.Equal(start) {
			return e
		}
	}
	return nil
}

// View returns the view that the attendee with that address has of e, with the
// answers that count. If an attendee of the whole meeting is not invited to an
// occurrence, it is cancelled in their view. All attendees who are invited to
// everything have e itself in their views, so that it is encoded once.
func (x Index) View(e *ical.Event, email string, s *Answers) View {
	key := address.Key(email)
	whole := x.Find(e.Attendees, key) >= 0
	var v View
	var absent []int
	for i := range e.Overrides {
		o := &e.Overrides[i]
		switch invited := x.invites(o, key, whole); {
		case o.Cancelled:
		case whole && !invited:
			absent = append(absent, i)
		case !whole && invited:
			full := e.Override(i)
			full.Attendees = s.writtenOnce(full.Attendees, full.RecurrenceID, e.Organizer.Email)
			v.Singles = append(v.Singles, &full)
		}
	}
	if whole {
		v.Whole = series.WithCancelled(e, absent)
	}
	return v
}

// invites reports whether an override is for the attendee with that key. whole says
// whether they are invited to the whole meeting.
func (x Index) invites(o *ical.Event, key string, whole bool) bool {
	return len(o.Attendees) == 0 && whole || x.Find(o.Attendees, key) >= 0
}

// writtenKey names a result of [Answers.Written].
type writtenKey struct {
	list      listID
	id        int64
	organizer string
}

// writtenOnce is [Answers.Written] for a list that does not change as long as s is used.
// All attendees of an occurrence ask for the same list.
func (s *Answers) writtenOnce(list []ical.Attendee, id time.Time, organizer string) []ical.Attendee {
	if len(list) <= shortList {
		return s.Written(list, id, organizer)
	}
	key := writtenKey{listID{&list[0], len(list)}, id.Unix(), organizer}
	out, ok := s.written[key]
	if !ok {
		out = s.Written(list, id, organizer)
		if s.written == nil {
			s.written = make(map[writtenKey][]ical.Attendee)
		}
		s.written[key] = out
	}
	return out
}
