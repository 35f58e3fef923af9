package roster

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
)

// OrganizerAnswers returns the answers that the organizer gives by the statuses in an
// event: the statuses that differ from the answers that count. Their Stamp is stamp,
// or the Stamp of the attendee's last answer if that is later.
func (r *Record) OrganizerAnswers(e *ical.Event, stamp time.Time) []Answer {
	return r.Counting().read(e, Answer{Via: ViaOrganizer, Stamp: stamp}, func(by *ical.Attendee, counting *Answer) bool {
		return IsAnswer(by.Status) && counting.StatusOf() != by.Status
	})
}

// ImportedAnswers returns the answers that the statuses in r.Event give, for an event
// of a stored form that kept answers there. It leaves out answers that r.Given has.
func (r *Record) ImportedAnswers() []Answer {
	return r.given().read(r.Event, Answer{Via: ViaImport}, func(by *ical.Attendee, counting *Answer) bool {
		return !counting.matches(by)
	})
}

// read makes answers of the statuses in an event, if isNew says so of them. They
// have the Via and the Stamp of a. Each is added to s.
func (s *Answers) read(e *ical.Event, a Answer, isNew func(by *ical.Attendee, counting *Answer) bool) []Answer {
	out := s.readList(e.Attendees, a, e.Organizer.Email, isNew)
	for i := range e.Overrides {
		if o := &e.Overrides[i]; !o.Cancelled {
			a.RecurrenceID = o.RecurrenceID
			out = append(out, s.readList(o.Attendees, a, e.Organizer.Email, isNew)...)
		}
	}
	return out
}

// readList is read for one list.
func (s *Answers) readList(list []ical.Attendee, a Answer, organizer string, isNew func(*ical.Attendee, *Answer) bool) (out []Answer) {
	for i := range list {
		by := &list[i]
		key := address.Key(by.Email)
		if address.Same(by.Email, organizer) || !isNew(by, s.Answer(key, a.RecurrenceID)) {
			continue
		}
		given := a
		given.Email, given.Status, given.Comment, given.DelegatedTo = by.Email, by.Status, by.Comment, by.DelegatedTo
		if given.Status == "" {
			given.Status = ical.StatusNeedsAction
		}
		given.Sequence = s.UnversionedSequence(key, a.RecurrenceID)
		if last := s.Newest(key, a.RecurrenceID); last != nil {
			given.Stamp = series.Later(given.Stamp, last.Stamp)
		}
		s.add(&given)
		out = append(out, given)
	}
	return out
}

// WithoutRepeated returns the event after without the answers that its attendees
// have in before too. An event that is given back as it was stored sets no status.
func WithoutRepeated(after ical.Event, before *ical.Event) ical.Event {
	if !givesAnswer(before.Attendees) && !slices.ContainsFunc(before.Overrides, func(o ical.Event) bool { return givesAnswer(o.Attendees) }) {
		return after
	}
	after = after.Clone()
	x := make(Index)
	x.clearRepeated(after.Attendees, before.Attendees, after.Organizer.Email)
	for i := range after.Overrides {
		o := &after.Overrides[i]
		was := before.Attendees
		if j := series.OverrideIndex(before, o.RecurrenceID); j >= 0 && len(before.Overrides[j].Attendees) > 0 {
			was = before.Overrides[j].Attendees
		}
		x.clearRepeated(o.Attendees, was, after.Organizer.Email)
	}
	return after
}

// givesAnswer reports whether anybody in a list has a status that is an answer.
func givesAnswer(list []ical.Attendee) bool {
	return slices.ContainsFunc(list, func(a ical.Attendee) bool { return IsAnswer(a.Status) })
}

// clearRepeated removes from list every answer that is in was too. It changes the
// list.
func (x Index) clearRepeated(list, was []ical.Attendee, organizer string) {
	for i := range list {
		a := &list[i]
		j := x.Find(was, address.Key(a.Email))
		if j >= 0 && !address.Same(a.Email, organizer) && (&Answer{
			Status: was[j].Status, Comment: was[j].Comment, DelegatedTo: was[j].DelegatedTo,
		}).matches(a) {
			(*Answer)(nil).Put(a)
		}
	}
}

// TakenBack returns answers that take back all that an attendee said before they
// were invited anew with that sequence. They have no time, so that every answer to
// the new invitation comes after them, whatever the clock of the attendee shows.
func (s *Answers) TakenBack(key string, sequence int) (out []Answer) {
	for _, id := range slices.Concat([]time.Time{{}}, s.dates[key]) {
		if a := s.Newest(key, id); a != nil && a.Status != ical.StatusNeedsAction {
			out = append(out, Answer{
				Email: a.Email, Status: ical.StatusNeedsAction, RecurrenceID: id, Sequence: sequence, Via: ViaOrganizer,
			})
		}
	}
	return out
}

// InvitedAnew returns the sequence with which the attendee with that key was last
// invited anew to the meeting or to that occurrence. Answers with a lower sequence
// are answers to an invitation that was taken back. It is 0 if the attendee was
// never invited anew. See [Answers.TakenBack].
func (r *Record) InvitedAnew(key string, id time.Time) (sequence int) {
	for _, a := range r.Given {
		if a.takesBack() && (a.RecurrenceID.IsZero() || a.RecurrenceID.Equal(id)) && address.HasKey(a.Email, key) {
			sequence = max(sequence, a.Sequence)
		}
	}
	return sequence
}

// takesBack reports whether [Answers.TakenBack] made the answer.
func (a *Answer) takesBack() bool {
	return a.Status == ical.StatusNeedsAction && a.Via == ViaOrganizer && a.Stamp.IsZero()
}

// UnversionedSequence returns the sequence of an answer that names no version, such
// as one by link. The answer is about the current version. It gets the lowest
// sequence that can still count. An answer to the series is about all of its
// occurrences.
func (s *Answers) UnversionedSequence(key string, id time.Time) int {
	n := max(s.Floor(key, id), s.anew[answerKey{key, Whole}], s.anew[answerKey{key, id.Unix()}])
	if id.IsZero() {
		for _, floor := range s.floors {
			n = max(n, floor)
		}
	}
	if a := s.Newest(key, id); a != nil {
		n = max(n, a.Sequence)
	}
	return n
}
