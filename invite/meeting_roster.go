package invite

import (
	"iter"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// answerRecord returns the part of m that says who answered, and how. It shares the
// answers with m.
func (m *Meeting) answerRecord() *roster.Record {
	r := &roster.Record{Event: &m.Event, Revised: m.Revised, Renamed: m.renamed()}
	if len(m.Answers) > 0 {
		r.Given = make([]*roster.Answer, len(m.Answers))
	}
	for i := range m.Answers {
		r.Given[i] = (*roster.Answer)(&m.Answers[i])
	}
	for _, v := range m.Revisions {
		r.Revisions = append(r.Revisions, roster.Revision(v))
	}
	for _, j := range m.Joined {
		r.Joined = append(r.Joined, roster.Joined(j))
	}
	return r
}

// counting returns the answers that count now.
func (m *Meeting) counting() *roster.Answers { return m.answerRecord().Counting() }

// planned returns m as a plan reads it.
func (m *Meeting) planned() *plan.Meeting {
	p := &plan.Meeting{Record: *m.answerRecord(), Before: m.Before, Unsent: m.Unsent}
	if len(m.Deliveries) > 0 {
		p.Mails = make([]plan.Mail, len(m.Deliveries))
	}
	for i := range m.Deliveries {
		d := &m.Deliveries[i]
		p.Mails[i] = plan.Mail{
			To: d.To, Method: d.Method, Sequence: d.Sequence, RecurrenceID: d.RecurrenceID,
			Action: plan.Action(d.Action), State: mailStates[d.State],
		}
	}
	return p
}

// mailStates has the states that matter to a plan. A mail in any other state has
// failed.
var mailStates = map[DeliveryState]plan.MailState{
	DeliveryPending: plan.MailPending, DeliverySending: plan.MailSending, DeliveryUnknown: plan.MailUnknown,
	DeliveryDelivered: plan.MailHandedOver, DeliveryUndelivered: plan.MailHandedOver,
}

// withAnswersOfEvent returns m if its event gives no answers of its own. Otherwise it
// returns a copy with these answers among its Answers, and without them in its Event.
func (m *Meeting) withAnswersOfEvent() *Meeting {
	given := m.answerRecord().AnswersOfEvent()
	if len(given) == 0 {
		return m
	}
	out := m.clone()
	out.Answers = append(answersOf(given), out.Answers...)
	roster.ClearAnswers(&out.Event)
	return out
}

// answersOf converts answers.
func answersOf(list []roster.Answer) (out []Answer) {
	for _, a := range list {
		out = append(out, Answer(a))
	}
	return out
}

// revise stores the sequences below which answers do not count any more, see
// [roster.Record.Floor].
func (m *Meeting) revise(list []roster.Revision) {
	if len(list) == 0 {
		return
	}
	r := m.answerRecord()
	r.Revise(list)
	m.Revised, m.Revisions = r.Revised, nil
	for _, v := range r.Revisions {
		m.Revisions = append(m.Revisions, Revision(v))
	}
}

// forget drops the earlier versions that are not needed any more.
func (m *Meeting) forget() {
	if len(m.Before) > 0 {
		m.Before = m.planned().Needed()
	}
	m.forgetFiles()
}

// target returns the target of an answer: the whole meeting if id is zero, or an
// occurrence. ok is false if the series has no such occurrence.
func (m *Meeting) target(id time.Time) (at series.Target, ok bool) { return series.Find(&m.Event, id) }

// attendees returns the attendees of a target, without their answers.
func (m *Meeting) attendees(at series.Target) []ical.Attendee {
	list := m.Event.Attendees
	if at.Override >= 0 && len(m.Event.Overrides[at.Override].Attendees) > 0 {
		list = m.Event.Overrides[at.Override].Attendees
	}
	if at.Start.IsZero() {
		return list
	}
	var joined []ical.Attendee
	for i := range m.Joined {
		if j := &m.Joined[i]; j.RecurrenceID.Equal(at.Start) {
			joined = append(joined, j.Attendee)
		}
	}
	return withJoined(list, joined)
}

// withJoined returns a list of attendees with those of joined who are not in it.
func withJoined(list, joined []ical.Attendee) []ical.Attendee {
	if len(joined) == 0 {
		return list
	}
	const few = 10 // for so few, a search is faster than a map of the list
	var seen map[string]bool
	if len(joined) > few {
		seen = keysOf(list)
	}
	list = list[:len(list):len(list)]
	for i := range joined {
		email := joined[i].Email
		if key := address.Key(email); seen != nil && seen[key] || seen == nil && roster.IndexOf(list, email) >= 0 {
			continue
		} else if seen != nil {
			seen[key] = true
		}
		list = append(list, joined[i])
	}
	return list
}

// invited yields the attendees of an event and then of its overrides.
func invited(e *ical.Event) iter.Seq[*ical.Attendee] {
	return func(yield func(*ical.Attendee) bool) {
		for i := range e.Attendees {
			if !yield(&e.Attendees[i]) {
				return
			}
		}
		for i := range e.Overrides {
			for j := range e.Overrides[i].Attendees {
				if !yield(&e.Overrides[i].Attendees[j]) {
					return
				}
			}
		}
	}
}

// everybody yields the attendees of the whole meeting, of its overrides and of
// Meeting.Joined.
func (m *Meeting) everybody() iter.Seq[*ical.Attendee] {
	return func(yield func(*ical.Attendee) bool) {
		for a := range invited(&m.Event) {
			if !yield(a) {
				return
			}
		}
		for i := range m.Joined {
			if !yield(&m.Joined[i].Attendee) {
				return
			}
		}
	}
}

// keysOf returns the keys of the addresses in a list.
func keysOf(list []ical.Attendee) map[string]bool {
	out := make(map[string]bool, len(list))
	for i := range list {
		out[address.Key(list[i].Email)] = true
	}
	return out
}

// attendee returns an attendee of a target, without their answer.
func (m *Meeting) attendee(email string, at series.Target) (ical.Attendee, bool) {
	list := m.attendees(at)
	if i := roster.IndexOf(list, email); i >= 0 {
		return list[i], true
	}
	return ical.Attendee{}, false
}

// withAnswer returns an attendee with the answer that counts for an occurrence, or
// for the whole meeting if id is zero. The organizer keeps their own status.
func (m *Meeting) withAnswer(a ical.Attendee, id time.Time) ical.Attendee {
	if a.Status == "" {
		a.Status = ical.StatusNeedsAction
	}
	if !address.Same(a.Email, m.Event.Organizer.Email) {
		m.answerRecord().AnswerOf(a.Email, id).Put(&a)
	}
	return a
}

// answersBy returns the answers of an attendee.
func (m *Meeting) answersBy(email string) (out []*Answer) {
	key := address.Key(email)
	for i := range m.Answers {
		if a := &m.Answers[i]; address.HasKey(a.Email, key) {
			out = append(out, a)
		}
	}
	return out
}

// admit invites somebody to a target, if they are not invited. An attendee who
// joins the whole meeting stands in the event from then on, because the policy
// that let them in is the organizer's. If they are a delegate, they also join
// each override that has its own attendees and invites the delegator. An attendee
// who joins one occurrence stands in Joined.
func (m *Meeting) admit(a ical.Attendee, at series.Target) {
	if roster.IndexOf(m.attendees(at), a.Email) >= 0 {
		return
	}
	if !at.Start.IsZero() {
		m.Joined = append(m.Joined, Joined{at.Start, a})
		return
	}
	m.Event.Attendees = append(m.Event.Attendees, a)
	for i := range m.Event.Overrides {
		o := &m.Event.Overrides[i]
		if roster.IndexOf(o.Attendees, a.DelegatedFrom) >= 0 && roster.IndexOf(o.Attendees, a.Email) < 0 {
			o.Attendees = append(o.Attendees, a)
		}
	}
}

// keep adds an answer, and its attendee if they joined by it.
func (m *Meeting) keep(a Answer, who ical.Attendee, at series.Target) {
	m.admit(who, at)
	m.Answers = append(m.Answers, a)
}
