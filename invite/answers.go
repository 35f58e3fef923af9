package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// standing finds the answers that count now, for many attendees and occurrences.
type standing struct {
	latest  map[answerKey]*Answer
	dates   map[string][]time.Time // occurrences that an attendee answered alone, by the key of the address
	floor   int                    // Meeting.Revised
	floors  map[int64]int          // of Meeting.Revisions, by occurrence
	revised []time.Time            // the occurrences of floors
	series  []ical.Attendee        // the attendees of the whole meeting
	indexes
}

// answerKey is an attendee and an occurrence; the zero time is the whole meeting.
type answerKey struct {
	email string
	id    int64
}

// wholeMeeting is the occurrence of an answer to the whole meeting.
var wholeMeeting = time.Time{}.Unix()

// standing returns the answers that count now.
func (m *Meeting) standing() *standing {
	s := m.recorded()
	for _, a := range m.unsettled() {
		s.add(&a)
	}
	return s
}

// recorded returns the answers that count now without what only the event says.
func (m *Meeting) recorded() *standing {
	s := &standing{floor: m.Revised, series: m.Event.Attendees, indexes: make(indexes)}
	if len(m.Revisions) > 0 {
		s.floors = make(map[int64]int, len(m.Revisions))
	}
	if len(m.Answers) > 0 {
		s.latest = make(map[answerKey]*Answer, len(m.Answers))
	}
	for _, r := range m.Revisions {
		id := r.RecurrenceID.Unix()
		if _, ok := s.floors[id]; !ok {
			s.revised = append(s.revised, r.RecurrenceID)
		}
		s.floors[id] = max(s.floors[id], r.Sequence)
	}
	for i := range m.Answers {
		s.add(&m.Answers[i])
	}
	return s
}

// unsettled returns the answers in the event of a Meeting that was made by hand,
// as the oldest of their attendees. A Meeting that a call returned has none.
func (m *Meeting) unsettled() (out []Answer) {
	take := func(list []ical.Attendee, id time.Time) {
		for _, a := range list {
			if counts(a.Status) && !address.Same(a.Email, m.Event.Organizer.Email) {
				out = append(out, Answer{
					Email: a.Email, Status: a.Status, Comment: a.Comment, DelegatedTo: a.DelegatedTo,
					RecurrenceID: id, Sequence: m.floor(a.Email, id), Via: viaImport,
				})
			}
		}
	}
	take(m.Event.Attendees, time.Time{})
	for i := range m.Event.Overrides {
		take(m.Event.Overrides[i].Attendees, m.Event.Overrides[i].RecurrenceID)
	}
	key := func(a Answer) answerKey { return answerKey{address.Key(a.Email), a.RecurrenceID.Unix()} }
	held := make(map[answerKey]bool)
	if len(out) > 0 {
		for _, a := range m.Answers {
			held[key(a)] = true
		}
	}
	return slices.DeleteFunc(out, func(a Answer) bool { return held[key(a)] })
}

// settled is m with the answers of its event among its Answers.
func (m *Meeting) settled() *Meeting {
	said := m.unsettled()
	if len(said) == 0 {
		return m
	}
	out := m.clone()
	out.Answers = append(said, out.Answers...)
	clearStatuses(&out.Event)
	return out
}

// add keeps a if it is the newest of its attendee and occurrence; of equal ones
// the later counts.
func (s *standing) add(a *Answer) {
	key := answerKey{address.Key(a.Email), a.RecurrenceID.Unix()}
	last, ok := s.latest[key]
	if ok && a.version().compare(last.version()) < 0 {
		return
	}
	if s.latest == nil {
		s.latest = make(map[answerKey]*Answer)
	}
	s.latest[key] = a
	if !ok && !a.RecurrenceID.IsZero() {
		if s.dates == nil {
			s.dates = make(map[string][]time.Time)
		}
		s.dates[key.email] = append(s.dates[key.email], a.RecurrenceID)
	}
}

// floorOf is the lowest sequence of an answer of the attendee with that key that
// counts for an occurrence. A change that asks everybody anew asks the attendees of
// single occurrences only if it changes these.
func (s *standing) floorOf(key string, id time.Time) int {
	n := s.floors[id.Unix()]
	if id.IsZero() || s.find(s.series, key) >= 0 {
		n = max(n, s.floor)
	}
	return n
}

// answer returns what counts of the attendee with that key for an occurrence, or
// for the whole meeting if id is zero. An answer to the occurrence comes before an
// answer to the series. It is nil if there is none since everybody was asked anew.
func (s *standing) answer(key string, id time.Time) *Answer {
	if a := s.latest[answerKey{key, id.Unix()}]; a != nil && a.Sequence >= s.floorOf(key, id) {
		return a
	}
	return s.general(key, id)
}

// general returns the attendee's answer to the series, if it counts for the
// occurrence.
func (s *standing) general(key string, id time.Time) *Answer {
	if a := s.latest[answerKey{key, wholeMeeting}]; a != nil && a.Sequence >= s.floorOf(key, id) {
		return a
	}
	return nil
}

// status returns the status of the attendee with that key.
func (s *standing) status(key string, id time.Time) ical.Status { return s.answer(key, id).status() }

// status is the answer's, and needs-action without one.
func (a *Answer) status() ical.Status {
	if a == nil {
		return ical.StatusNeedsAction
	}
	return a.Status
}

// apart returns the occurrences for which the attendee's status may differ from
// their status for the series, in order.
func (s *standing) apart(key string) []time.Time {
	dates := s.dates[key]
	if len(dates) == 0 && len(s.revised) == 0 {
		return nil
	}
	out := slices.Concat(dates, s.revised)
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// put writes an answer to its attendee; nil takes the answer back.
func (a *Answer) put(to *ical.Attendee) {
	if a == nil {
		to.Status, to.Comment, to.DelegatedTo = ical.StatusNeedsAction, "", ""
		return
	}
	to.Status, to.Comment, to.DelegatedTo = a.Status, a.Comment, a.DelegatedTo
}

// told reports whether an attendee says the same as an answer, or as none.
func (a *Answer) told(by *ical.Attendee) bool {
	if a == nil {
		return or(by.Status, ical.StatusNeedsAction) == ical.StatusNeedsAction && by.Comment == "" && by.DelegatedTo == ""
	}
	return a.Status == by.Status && a.Comment == by.Comment && a.DelegatedTo == by.DelegatedTo
}

// written returns a list of attendees with the answers that count for an
// occurrence: list itself if it has them. The organizer's own status is theirs to
// set.
func (s *standing) written(list []ical.Attendee, id time.Time, organizer string) []ical.Attendee {
	out := list
	for i := range list {
		a := s.answer(address.Key(list[i].Email), id)
		if a.told(&list[i]) || address.Same(list[i].Email, organizer) {
			continue
		}
		if &out[0] == &list[0] {
			out = slices.Clone(list)
		}
		a.put(&out[i])
	}
	return out
}

// fill completes an event, which shares no list with another, for all of its
// attendees together: the attendees get their answers to the series, and the
// attendees who joined an occurrence stand in an override of it. In overrides too
// the attendees of the series have their answers to the series, unless everybody
// was asked anew: an answer to one occurrence is shown to its attendee alone.
func (s *standing) fill(e *ical.Event, joined []Joined) {
	for _, j := range joined {
		admit(e, j)
	}
	for i := range e.Attendees {
		if a := &e.Attendees[i]; !address.Same(a.Email, e.Organizer.Email) {
			s.general(address.Key(a.Email), time.Time{}).put(a)
		}
	}
	invited := make(indexes)
	for i := range e.Overrides {
		o := &e.Overrides[i]
		if s.floors[o.RecurrenceID.Unix()] > s.floor && len(o.Attendees) == 0 {
			o.Attendees = slices.Clone(e.Attendees)
		}
		for j := range o.Attendees {
			a := &o.Attendees[j]
			key := address.Key(a.Email)
			switch {
			case address.Same(a.Email, e.Organizer.Email):
			case invited.find(e.Attendees, key) >= 0:
				s.general(key, o.RecurrenceID).put(a)
			default:
				s.answer(key, o.RecurrenceID).put(a)
			}
		}
	}
}

// occurrence returns one occurrence of a series complete and alone, with
// everybody's answers to it; nil if it does not take place.
func (s *standing) occurrence(e *ical.Event, id time.Time) *ical.Event {
	out := occurrence(e, id)
	if out != nil {
		out.Attendees = s.written(out.Attendees, id, e.Organizer.Email)
	}
	return out
}

// admit adds an attendee to an occurrence of a series that has it.
func admit(e *ical.Event, j Joined) {
	i := overrideOf(e, j.RecurrenceID)
	if i < 0 {
		if !inRule(e, j.RecurrenceID) || slices.ContainsFunc(e.Recurrence.Except, j.RecurrenceID.Equal) {
			return
		}
		i = len(e.Overrides)
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: j.RecurrenceID})
	}
	o := &e.Overrides[i]
	if o.Cancelled {
		return
	}
	list := o.Attendees
	if len(list) == 0 {
		list = slices.Clone(e.Attendees)
	}
	if indexOf(list, j.Attendee.Email) < 0 {
		list = append(list, j.Attendee)
	}
	o.Attendees = list
}

// filled returns a version of the event with everybody's answers.
func (m *Meeting) filled(e ical.Event) ical.Event {
	e = own(e)
	m.standing().fill(&e, m.Joined)
	return e
}

// spoken returns the answers that the organizer gives by the statuses in an
// event: those that differ from the answers that count.
func (m *Meeting) spoken(e *ical.Event, stamp time.Time) []Answer {
	return m.standing().heard(e, Answer{Via: viaOrganizer, Stamp: stamp}, func(by *ical.Attendee, counting *Answer) bool {
		return counts(by.Status) && counting.status() != by.Status
	})
}

// The origins of answers that come neither by mail nor from a caller.
const (
	viaOrganizer = "organizer"
	viaImport    = "import"
)

// heard makes answers of the statuses in an event that news reports as such, in
// the form of a.
func (s *standing) heard(e *ical.Event, a Answer, news func(by *ical.Attendee, counting *Answer) bool) []Answer {
	out := s.hear(e.Attendees, a, e.Organizer.Email, news)
	for i := range e.Overrides {
		if o := &e.Overrides[i]; !o.Cancelled {
			a.RecurrenceID = o.RecurrenceID
			out = append(out, s.hear(o.Attendees, a, e.Organizer.Email, news)...)
		}
	}
	return out
}

// hear makes answers of the statuses in one list.
func (s *standing) hear(list []ical.Attendee, a Answer, organizer string, news func(*ical.Attendee, *Answer) bool) (out []Answer) {
	for i := range list {
		by := &list[i]
		key := address.Key(by.Email)
		if address.Same(by.Email, organizer) || !news(by, s.answer(key, a.RecurrenceID)) {
			continue
		}
		said := a
		said.Email, said.Status, said.Comment, said.DelegatedTo = by.Email, or(by.Status, ical.StatusNeedsAction), by.Comment, by.DelegatedTo
		said.Sequence = s.byHand(key, a.RecurrenceID)
		if last := s.latest[answerKey{key, a.RecurrenceID.Unix()}]; last != nil {
			said.Stamp = later(said.Stamp, last.Stamp)
		}
		s.add(&said)
		out = append(out, said)
	}
	return out
}

// askAnew returns answers that take back all that an attendee said before they
// were invited anew with that sequence. They have no time, so that every answer to
// the new invitation comes after them, whatever the clock of the attendee shows.
func (s *standing) askAnew(key string, sequence int) (out []Answer) {
	for _, id := range append([]time.Time{{}}, s.dates[key]...) {
		if a := s.latest[answerKey{key, id.Unix()}]; a != nil && a.Status != ical.StatusNeedsAction {
			out = append(out, Answer{
				Email: a.Email, Status: ical.StatusNeedsAction, RecurrenceID: id, Sequence: sequence, Via: viaOrganizer,
			})
		}
	}
	return out
}

// byHand is the sequence of an answer that names no version. It is about the
// current version, but counts as one to the oldest that can still be answered, so
// that the order in time decides between it and a mail. An answer to the series is
// about all of its occurrences.
func (s *standing) byHand(key string, id time.Time) int {
	n := s.floorOf(key, id)
	if id.IsZero() {
		for _, floor := range s.floors {
			n = max(n, floor)
		}
	}
	if a := s.latest[answerKey{key, id.Unix()}]; a != nil {
		n = max(n, a.Sequence)
	}
	return n
}

// clearStatuses takes the answers out of an event.
func clearStatuses(e *ical.Event) {
	lists := [][]ical.Attendee{e.Attendees}
	for i := range e.Overrides {
		lists = append(lists, e.Overrides[i].Attendees)
	}
	for _, list := range lists {
		for i := range list {
			if a := &list[i]; !address.Same(a.Email, e.Organizer.Email) {
				a.Status, a.Comment, a.DelegatedTo = ical.StatusNeedsAction, "", ""
			}
		}
	}
}

// sameInvited reports whether two lists differ in their order and answers at most.
func sameInvited(a, b []ical.Attendee) bool {
	x := make(indexes)
	return len(a) == len(b) && !slices.ContainsFunc(a, func(p ical.Attendee) bool {
		i := x.find(b, address.Key(p.Email))
		return i < 0 || !equal(unanswered(p), unanswered(b[i]))
	})
}

// unanswered is an attendee without what only an answer says.
func unanswered(a ical.Attendee) ical.Attendee {
	a.Email, a.Status, a.Comment, a.Role = address.Key(a.Email), "", "", or(a.Role, ical.RoleRequired)
	a.DelegatedTo = ""
	if len(a.Params) == 0 {
		a.Params = nil
	}
	return a
}

// overrideOf is the index of the override of an occurrence, or -1.
func overrideOf(e *ical.Event, id time.Time) int {
	return slices.IndexFunc(e.Overrides, func(o ical.Event) bool { return o.RecurrenceID.Equal(id) })
}

// sameAttendees reports whether two versions invite the same addresses.
func sameAttendees(was, is *ical.Event) bool {
	x := make(indexes)
	return len(was.Attendees) == len(is.Attendees) && !slices.ContainsFunc(is.Attendees, func(a ical.Attendee) bool {
		return x.find(was.Attendees, address.Key(a.Email)) < 0
	})
}
