package organizer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/series"
)

// Sync makes the entry of a meeting in c equal to the meeting. last is the Object that
// the previous Sync of this meeting has returned. The zero Object stands for none.
//
// Sync keeps the organizer's own things in the entry: alarms, categories, colour and
// everything that the meeting has no field for. What the organizer has changed of the
// meeting itself stays too, until the meeting changes in the same field, and is reported
// as a Drift. If the organizer has deleted the entry, the Drift says so, and Sync does
// not make it again. To make it again, give the zero Object.
//
// The entry of a cancelled meeting is deleted. Sync is idempotent: if nothing has
// changed, it only reads. Each call reports a Drift, until the meeting has the value of
// the calendar, or has changed in the same field. In the latter case the entry gets the
// value of the meeting, and the Drift is reported a last time.
//
// Keep the returned Object, also if there is an error: it then has the data whose fate
// is unknown, see Object.Tried. A Drift may be returned beside an error. A program that
// can be killed stores [Object.Trying] before the call, and gives the result to the call.
//
// The errors are those of c and of [Encode]. If somebody changes the entry three times
// meanwhile, the error is ErrChanged.
func Sync(ctx context.Context, c Calendar, m *invite.Meeting, last Object) (Object, *Drift, error) {
	if m == nil || m.Event.UID == "" {
		return last, nil, fmt.Errorf("organizer: %w", invite.ErrNoMeeting)
	}
	last.UID = m.Event.UID
	s := &syncer{calendar: c, last: last, stamp: stampOf(m), asked: map[int64]int{whole: m.Revised}}
	for _, v := range m.Revisions {
		s.asked[dateKey(v.RecurrenceID)] = v.Sequence
	}
	if m.Event.Cancelled {
		out, err := s.remove(ctx)
		return out, nil, err
	}
	var err error
	if s.ours, err = Encode(m); err != nil {
		return last, nil, err
	}
	var drift *Drift
	const tries = 3
	for range tries {
		var again bool
		if s.last, drift, again, err = s.try(ctx); !again {
			return s.last, drift, err
		}
	}
	return s.last, drift, ErrChanged
}

// syncer is one call of Sync.
type syncer struct {
	calendar Calendar
	ours     Object // the entry of the meeting
	stamp    time.Time
	asked    map[int64]int // see merger
	last     Object        // the entry as far as it is known
}

// remove deletes the entry.
func (s *syncer) remove(ctx context.Context) (Object, error) {
	now, err := s.calendar.Get(ctx, Object{UID: s.last.UID, Href: s.last.Href})
	if err == nil {
		err = s.calendar.Delete(ctx, Object{UID: s.last.UID, Href: now.Href})
	}
	if err != nil && !errors.Is(err, ErrGone) {
		return s.last, err
	}
	return Object{UID: s.last.UID}, nil
}

// try reads the entry, and writes it if needed. again reports that somebody has changed
// it meanwhile.
func (s *syncer) try(ctx context.Context) (out Object, drift *Drift, again bool, err error) {
	now, err := s.calendar.Get(ctx, Object{UID: s.last.UID, Href: s.last.Href})
	switch {
	case errors.Is(err, ErrGone) && s.last.isStored():
		return s.last, &Drift{UID: s.last.UID, Deleted: true}, false, nil
	case errors.Is(err, ErrGone):
		return s.put(ctx, Object{UID: s.last.UID, Event: s.ours.Event, Data: s.ours.Data}, nil)
	case err != nil:
		return s.last, nil, false, err
	case now.Reserved: // it says nothing about the meeting or the organizer
		return s.put(ctx, Object{UID: s.last.UID, Href: now.Href, Tag: now.Tag, Event: s.ours.Event, Data: s.ours.Data}, nil)
	case s.isUnchanged(now):
		out = s.last
		out.Href, out.Tag, out.Event = now.Href, now.Tag, s.ours.Event
		return out, nil, false, nil
	}
	m, err := s.compare(now.Data)
	if err != nil {
		return s.last, nil, false, err
	}
	data, e, changed, err := m.merged(&s.ours.Event, s.stamp)
	switch {
	case err != nil:
		return s.last, m.drift, false, err
	case m.write || changed:
		return s.put(ctx, Object{UID: s.last.UID, Href: now.Href, Tag: now.Tag, Event: e, Data: data}, m)
	}
	out = Object{UID: s.last.UID, Href: now.Href, Tag: now.Tag, Event: e, Data: now.Data}
	return s.finished(out, m, m.theirs), m.drift, false, nil
}

// isUnchanged reports whether neither the entry nor the meeting has changed since the
// last call.
func (s *syncer) isUnchanged(now Object) bool {
	return len(s.last.Tried) == 0 && len(s.last.Base) == 0 && len(now.Data) > 0 &&
		bytes.Equal(now.Data, s.last.Data) && bytes.Equal(s.last.written(), s.ours.Data)
}

// compare compares the meeting with the data of its entry.
func (s *syncer) compare(data []byte) (*merger, error) {
	ours, err := read(s.ours.Data, s.last.UID, nil)
	if err != nil {
		return nil, wrap("encode", err)
	}
	zone := zoneOf(&ours.event)
	theirs, err := read(data, s.last.UID, zone)
	if err != nil {
		return nil, wrap("the entry", err)
	}
	if len(theirs.overrides)*len(ours.people[whole]) > maxPeople { // see addPeople
		return nil, wrap("the entry", errTooLarge)
	}
	b, err := baseOf(&s.last, theirs, func(kept []byte) (*version, error) {
		switch {
		case bytes.Equal(kept, s.ours.Data):
			return ours, nil
		case bytes.Equal(kept, data):
			return theirs, nil
		}
		v, err := read(kept, s.last.UID, zone)
		if err != nil {
			return nil, wrap("the entry that was kept", err)
		}
		return v, nil
	})
	if err != nil {
		return nil, err
	}
	b.fixZone(theirs, ours)
	return compare(ours, theirs, b, s.asked), nil
}

// put writes an entry. m is nil for a new one.
func (s *syncer) put(ctx context.Context, o Object, m *merger) (out Object, drift *Drift, again bool, err error) {
	if m != nil {
		drift = m.drift
	}
	got, err := s.calendar.Put(ctx, o)
	switch {
	case errors.Is(err, ErrDenied), errors.Is(err, ErrWouldMail), errors.Is(err, ErrNoCalendar):
		return s.last, drift, false, err
	case err != nil: // a Calendar that repeats a request may take its own entry for another change
		again = errors.Is(err, ErrChanged) || errors.Is(err, ErrGone)
		return s.last.trying(s.ours.Data), drift, again, err
	}
	out = Object{UID: o.UID, Href: got.Href, Tag: got.Tag, Event: o.Event, Data: got.Data}
	if len(out.Data) == 0 {
		out.Data = o.Data
	}
	var kept *version
	if m != nil && len(m.kept) > 0 {
		if kept, err = read(out.Data, o.UID, zoneOf(&m.ours.event)); err == nil {
			kept = kept.in(&m.frame)
		}
	}
	return s.finished(out, m, kept), drift, false, nil
}

// finished completes the Object that Sync returns. kept is the entry as the server
// keeps it, in the frame of m.
func (s *syncer) finished(out Object, m *merger, kept *version) Object {
	if !bytes.Equal(out.Data, s.ours.Data) {
		out.Written = s.ours.Data
	}
	if m == nil || len(m.kept) == 0 {
		return out
	}
	out.Base = s.ours.Data
	if kept == nil {
		return out
	}
	e := kept.event.Clone()
	x := edit(&e)
	for _, k := range m.kept {
		x.take(k.key, k.from)
	}
	x.done()
	f := m.meeting
	if e = f.move(e); m.kept[0].key == (key{whole, FieldTime, ""}) && !e.AllDay {
		e.TimeZone = m.base.zone // so that the next call knows which zone is the server's
	}
	e.Attendees = withAddress(e.Attendees)
	for i := range e.Overrides {
		o := &e.Overrides[i]
		o.UID, o.Attendees = "", withAddress(o.Attendees)
	}
	if data, err := write(&e, s.stamp); err == nil {
		out.Base = data
	}
	return out
}

// withAddress returns the attendees of a list who can be written. It changes the list.
func withAddress(list []ical.Attendee) []ical.Attendee {
	return slices.DeleteFunc(list, func(a ical.Attendee) bool { return validAddress(a.Email) == "" })
}

// driftOf returns the drift of a merge, or nil.
func driftOf(theirs *version, changes []Change) *Drift {
	if len(changes) == 0 {
		return nil
	}
	d := &Drift{UID: theirs.event.UID, Changes: changes, Event: theirs.event.Clone()}
	if theirs.stamp.After(time.Unix(0, 0)) { // see stampOf
		d.Event.Modified = series.Later(d.Event.Modified, theirs.stamp)
	}
	plain(d.Event.Attendees)
	for i := range d.Event.Overrides {
		d.Event.Overrides[i].UID = ""
		plain(d.Event.Overrides[i].Attendees)
	}
	return d
}

// plain removes the parameters that are about the server from a list.
func plain(list []ical.Attendee) {
	for i := range list {
		a := &list[i]
		for name := range a.Params {
			if isScheduling(name) {
				delete(a.Params, name)
			}
		}
		if len(a.Params) == 0 {
			a.Params = nil
		}
	}
}
