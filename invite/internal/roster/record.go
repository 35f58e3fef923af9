package roster

import (
	"cmp"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
)

// Record is the part of a meeting that says who answered, and how. Package invite
// makes it of a Meeting without copying the answers.
type Record struct {
	Event     *ical.Event
	Revised   int        // the sequence of the last change that asked everybody anew
	Revisions []Revision // the same for single occurrences
	Given     []*Answer  // in the order of their arrival
	Joined    []Joined   // attendees who came to single occurrences by an answer
	Renamed   int        // the sequence of the last change that gave occurrences other names
}

// Answer is one answer of one attendee. It has the fields of invite.Answer, so
// that a pointer to the one type can be converted to a pointer to the other.
type Answer struct {
	Email        string
	Status       ical.Status
	Comment      string
	RecurrenceID time.Time
	Sequence     int
	Stamp        time.Time
	Via          string
	Guests       int
	DelegatedTo  string
	AnsweredAs   string
	SentBy       string
	MessageID    string
}

// The values of Answer.Via for answers that come neither by mail nor from a caller.
const (
	ViaOrganizer = "organizer"
	ViaImport    = "import"
)

// Revision is the sequence at which an occurrence last needed new answers. It has
// the fields of invite.Revision.
type Revision struct {
	RecurrenceID time.Time
	Sequence     int
}

// Joined is an attendee of one occurrence who is not in the organizer's list. It
// has the fields of invite.Joined.
type Joined struct {
	RecurrenceID time.Time
	Attendee     ical.Attendee
}

// Order is the place in time of an answer or a proposal.
type Order struct {
	Sequence int
	Stamp    time.Time
	ByHand   bool // it did not come by mail
}

// Compare orders by SEQUENCE, then by DTSTAMP (RFC 5546, section 2.1.5). Words that
// did not come by mail answer no version, so that their SEQUENCE says nothing. Between
// them and other words the time alone decides, if both have one.
func (o Order) Compare(other Order) int {
	if (o.ByHand || other.ByHand) && !o.Stamp.IsZero() && !other.Stamp.IsZero() {
		return o.Stamp.Compare(other.Stamp)
	}
	return cmp.Or(cmp.Compare(o.Sequence, other.Sequence), o.Stamp.Compare(other.Stamp))
}

// Order returns the place of the answer.
func (a *Answer) Order() Order { return Order{a.Sequence, a.Stamp, a.Via != ""} }

// IsAnswer reports whether a status is an answer. Needs-action and values that RFC
// 5545 does not define are none.
func IsAnswer(s ical.Status) bool {
	switch s {
	case ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative, ical.StatusDelegated:
		return true
	}
	return false
}

// StatusOf returns the status of an answer. It is needs-action if a is nil.
func (a *Answer) StatusOf() ical.Status {
	if a == nil {
		return ical.StatusNeedsAction
	}
	return a.Status
}

// Put writes an answer to its attendee. If a is nil, it removes the attendee's
// answer.
func (a *Answer) Put(to *ical.Attendee) {
	if a == nil {
		to.Status, to.Comment, to.DelegatedTo = ical.StatusNeedsAction, "", ""
		return
	}
	to.Status, to.Comment, to.DelegatedTo = a.Status, a.Comment, a.DelegatedTo
}

// matches reports whether an attendee in an event says the same as an answer. A nil
// answer is matched by an attendee who has not answered.
func (a *Answer) matches(by *ical.Attendee) bool {
	if a == nil {
		return (by.Status == "" || by.Status == ical.StatusNeedsAction) && by.Comment == "" && by.DelegatedTo == ""
	}
	return a.Status == by.Status && a.Comment == by.Comment && a.DelegatedTo == by.DelegatedTo
}

// Floor returns the lowest sequence that an attendee's answer must have to count
// for an occurrence, or for the whole meeting if id is zero. A change that asks
// everybody anew raises it. Attendees of single occurrences are asked anew only by
// changes of these occurrences.
func (r *Record) Floor(email string, id time.Time) int {
	floor := 0
	if id.IsZero() || IndexOf(r.Event.Attendees, email) >= 0 {
		floor = r.Revised
	}
	for _, v := range r.Revisions {
		if v.RecurrenceID.Equal(id) {
			floor = max(floor, v.Sequence)
		}
	}
	return floor
}

// Revise takes new floors in: of the whole meeting if the occurrence is zero, or of an
// occurrence. It changes r, but not the list r.Revisions. If everybody is asked anew, the
// floors of single occurrences are dropped, except for occurrences with attendees of
// their own.
func (r *Record) Revise(list []Revision) {
	r.Revisions = slices.Clone(r.Revisions)
	for _, v := range list {
		if v.RecurrenceID.IsZero() {
			r.Revised = v.Sequence
			r.Revisions = slices.DeleteFunc(r.Revisions, func(old Revision) bool { return !r.hasOwnAttendees(old.RecurrenceID) })
			continue
		}
		r.Revisions = slices.DeleteFunc(r.Revisions, func(old Revision) bool {
			return old.RecurrenceID.Equal(v.RecurrenceID)
		})
		r.Revisions = append(r.Revisions, v)
	}
	if len(r.Revisions) == 0 {
		r.Revisions = nil
	}
}

// hasOwnAttendees is [HasOwnAttendees], or reports that somebody joined the occurrence.
func (r *Record) hasOwnAttendees(id time.Time) bool {
	return HasOwnAttendees(r.Event, id) || slices.ContainsFunc(r.Joined, func(j Joined) bool {
		return j.RecurrenceID.Equal(id)
	})
}

// HasOwnAttendees reports whether an occurrence of e has a list of attendees of its
// own.
func HasOwnAttendees(e *ical.Event, id time.Time) bool {
	i := series.OverrideIndex(e, id)
	return i >= 0 && len(e.Overrides[i].Attendees) > 0
}

// AnswersOfEvent returns answers that only the statuses in the event give. A Meeting
// that was made by hand may have some. A Meeting that a call returned has none. They
// count as the oldest answers of their attendees.
func (r *Record) AnswersOfEvent() (out []Answer) {
	// Each floor is computed once, because a list may have thousands of attendees.
	floors := (&Record{Event: r.Event, Revised: r.Revised, Revisions: r.Revisions}).given()
	add := func(list []ical.Attendee, id time.Time) {
		for i := range list { // by index, because an attendee is large to copy
			if a := &list[i]; IsAnswer(a.Status) && !address.Same(a.Email, r.Event.Organizer.Email) {
				out = append(out, Answer{
					Email: a.Email, Status: a.Status, Comment: a.Comment, DelegatedTo: a.DelegatedTo,
					RecurrenceID: id, Sequence: floors.Floor(address.Key(a.Email), id), Via: ViaImport,
				})
			}
		}
	}
	add(r.Event.Attendees, time.Time{})
	for i := range r.Event.Overrides {
		add(r.Event.Overrides[i].Attendees, r.Event.Overrides[i].RecurrenceID)
	}
	given := make(map[answerKey]bool)
	if len(out) > 0 {
		for _, a := range r.Given {
			given[a.answerKey()] = true
		}
	}
	return slices.DeleteFunc(out, func(a Answer) bool { return given[a.answerKey()] })
}
