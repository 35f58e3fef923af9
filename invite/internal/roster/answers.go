package roster

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
)

// Answers finds the answers that count now, for many attendees and occurrences.
//
//   - Of the answers of one attendee to one subject, the newest counts, see
//     [Order.Compare]. Of equally new ones the last to arrive counts.
//   - It counts only if its sequence is not below the floor, see [Record.Floor].
//   - For an occurrence, the answer to the occurrence comes before the answer to the
//     series.
type Answers struct {
	newest  map[answerKey]*Answer
	dates   map[string][]time.Time // the occurrences that an attendee answered alone, by key
	floor   int                    // Record.Revised
	floors  map[int64]int          // of Record.Revisions, by occurrence, as a Unix time
	revised []time.Time            // the occurrences of floors
	series  []ical.Attendee        // the attendees of the whole meeting
	index   Index

	written map[writtenKey][]ical.Attendee // see [Answers.writtenOnce]

	anew map[answerKey]int // the sequences of answers that take others back, see [Answers.TakenBack]
}

// answerKey is an attendee, by key, and the occurrence that they answer, as a Unix
// time or [Whole].
type answerKey struct {
	key string
	id  int64
}

func (a *Answer) answerKey() answerKey { return answerKey{address.Key(a.Email), a.RecurrenceID.Unix()} }

// Whole stands for the whole meeting among occurrences that are given as Unix times.
var Whole = time.Time{}.Unix()

// Counting returns the answers that count now, [Record.AnswersOfEvent] included.
func (r *Record) Counting() *Answers {
	s := r.given()
	for _, a := range r.AnswersOfEvent() {
		s.add(&a)
	}
	return s
}

// given returns the answers of r.Given alone, without [Record.AnswersOfEvent].
func (r *Record) given() *Answers {
	s := &Answers{floor: r.Revised, series: r.Event.Attendees, index: make(Index)}
	if len(r.Revisions) > 0 {
		s.floors = make(map[int64]int, len(r.Revisions))
	}
	if len(r.Given) > 0 {
		s.newest = make(map[answerKey]*Answer, len(r.Given))
	}
	for _, v := range r.Revisions {
		id := v.RecurrenceID.Unix()
		if _, ok := s.floors[id]; !ok {
			s.revised = append(s.revised, v.RecurrenceID)
		}
		s.floors[id] = max(s.floors[id], v.Sequence)
	}
	for _, a := range r.Given {
		s.add(a)
	}
	return s
}

// add keeps a if it is not older than the answer that is kept for its subject.
func (s *Answers) add(a *Answer) {
	of := a.answerKey()
	if a.takesBack() {
		if s.anew == nil {
			s.anew = make(map[answerKey]int)
		}
		s.anew[of] = max(s.anew[of], a.Sequence)
	}
	last, ok := s.newest[of]
	if ok && a.Order().Compare(last.Order()) < 0 {
		return
	}
	if s.newest == nil {
		s.newest = make(map[answerKey]*Answer)
	}
	s.newest[of] = a
	if !ok && !a.RecurrenceID.IsZero() {
		if s.dates == nil {
			s.dates = make(map[string][]time.Time)
		}
		s.dates[of.key] = append(s.dates[of.key], a.RecurrenceID)
	}
}

// Floor is [Record.Floor] for the attendee with that key.
func (s *Answers) Floor(key string, id time.Time) int {
	n := s.floors[id.Unix()]
	if id.IsZero() || s.index.Find(s.series, key) >= 0 {
		n = max(n, s.floor)
	}
	return n
}

// Newest returns the newest answer of the attendee with that key to exactly that
// occurrence, or to the whole meeting if id is zero, whether it counts or not. It is
// nil if there is none.
func (s *Answers) Newest(key string, id time.Time) *Answer {
	return s.newest[answerKey{key, id.Unix()}]
}

// Answer returns the answer of the attendee with that key that counts for an
// occurrence, or for the whole meeting if id is zero. It is nil if there is none.
func (s *Answers) Answer(key string, id time.Time) *Answer {
	if a := s.Newest(key, id); a != nil && a.Sequence >= s.Floor(key, id) {
		return a
	}
	return s.general(key, id)
}

// general returns the attendee's answer to the series if it counts for the
// occurrence, or nil.
func (s *Answers) general(key string, id time.Time) *Answer {
	if a := s.newest[answerKey{key, Whole}]; a != nil && a.Sequence >= s.Floor(key, id) {
		return a
	}
	return nil
}

// Status returns the status that counts for the attendee with that key, needs-action
// if they have not answered.
func (s *Answers) Status(key string, id time.Time) ical.Status { return s.Answer(key, id).StatusOf() }

// AnswerOf returns the answer of one attendee that counts, or nil. It is faster than
// [Record.Counting] if only one is asked for.
func (r *Record) AnswerOf(email string, id time.Time) *Answer {
	key := address.Key(email)
	return r.CountingOf(key).Answer(key, id)
}

// CountingOf returns the answers of the attendee with that key that count now. It makes
// no index of the attendees, and knows no others.
func (r *Record) CountingOf(key string) *Answers {
	one := *r
	one.Given = nil
	for _, a := range r.Given {
		if address.HasKey(a.Email, key) {
			one.Given = append(one.Given, a)
		}
	}
	s := one.Counting()
	s.series = nil
	if i := indexOfKey(r.Event.Attendees, key); i >= 0 {
		s.series = r.Event.Attendees[i : i+1]
	}
	return s
}

// Apart returns the occurrences for which the attendee's status may differ from
// their status for the series, in order.
func (s *Answers) Apart(key string) []time.Time {
	dates := s.dates[key]
	if len(dates) == 0 && len(s.revised) == 0 {
		return nil
	}
	return series.Sorted(slices.Concat(dates, s.revised))
}

// Written returns a list of attendees with the answers that count for an
// occurrence: list itself if it has them already, and otherwise a copy. The
// organizer's own status stays.
func (s *Answers) Written(list []ical.Attendee, id time.Time, organizer string) []ical.Attendee {
	out := list
	for i := range list {
		a := s.Answer(address.Key(list[i].Email), id)
		if a.matches(&list[i]) || address.Same(list[i].Email, organizer) {
			continue
		}
		if &out[0] == &list[0] {
			out = slices.Clone(list)
		}
		a.Put(&out[i])
	}
	return out
}

// Occurrence returns one occurrence of a series as an event of its own, with
// everybody's answers to it. It is nil if the occurrence does not take place.
func (s *Answers) Occurrence(e *ical.Event, id time.Time) *ical.Event {
	out := series.Occurrence(e, id)
	if out != nil {
		out.Attendees = s.Written(out.Attendees, id, e.Organizer.Email)
	}
	return out
}

// Filled returns a copy of a version of the event with everybody's answers. If
// occurrences have other names since, it has the attendees who joined them already.
func (r *Record) Filled(e ical.Event) ical.Event {
	e = series.Normalized(e)
	joined := r.Joined
	if e.Sequence < r.Renamed {
		joined = nil
	}
	r.Counting().Fill(&e, joined)
	return e
}

// Fill completes an event as all of its attendees may see it. It changes e, which
// must share no list with another event. Attendees get their answers to the series,
// and attendees who joined an occurrence stand in an override of it.
//
// In overrides too, attendees of the series have their answers to the series, unless
// the occurrence asked everybody anew: an answer to one occurrence is shown to its
// attendee alone.
func (s *Answers) Fill(e *ical.Event, joined []Joined) {
	Admit(e, joined...)
	for i := range e.Attendees {
		if a := &e.Attendees[i]; !address.Same(a.Email, e.Organizer.Email) {
			s.general(address.Key(a.Email), time.Time{}).Put(a)
		}
	}
	invited := make(Index)
	for i := range e.Overrides {
		s.fillOverride(e, &e.Overrides[i], invited)
	}
}

// fillOverride writes answers into an override of e. If the occurrence asked everybody
// anew later than the series did, the override gets a list of its own, which shows
// that answers to the series do not count for it. invited finds the attendees of the
// series.
func (s *Answers) fillOverride(e, o *ical.Event, invited Index) {
	if s.floors[o.RecurrenceID.Unix()] > s.floor && len(o.Attendees) == 0 {
		o.Attendees = slices.Clone(e.Attendees)
	}
	for i := range o.Attendees {
		a := &o.Attendees[i]
		key := address.Key(a.Email)
		switch {
		case address.Same(a.Email, e.Organizer.Email):
		case invited.Find(e.Attendees, key) >= 0:
			s.general(key, o.RecurrenceID).Put(a)
		default:
			s.Answer(key, o.RecurrenceID).Put(a)
		}
	}
}
