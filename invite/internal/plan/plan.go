// Package plan works out the way from one version of a meeting to the next, as
// notices to attendees, each with its reason. It is pure: it sends and stores
// nothing, and changes nothing that it is given.
//
// A call of package invite becomes a [Plan]. Its notices say what each attendee
// gets. An attendee is told the difference between the version that they have, by
// the mails that were handed over to them, and the new version: nothing that they
// know already, and nothing that is not for them.
package plan

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Meeting is the part of a meeting that a plan is made from.
type Meeting struct {
	roster.Record
	// Mails are the deliveries of the meeting, in their order. A meeting without any
	// came from elsewhere, unless it is Unsent.
	Mails []Mail
	// Unsent says that the meeting was made without invitations.
	Unsent bool
	// Before are earlier versions of the event that some attendee still has, the
	// oldest first.
	Before []ical.Event
	// WholeSeries reports whether an attendee's calendar replaces everything that it
	// has of the meeting by every mail. Nil stands for no attendee.
	WholeSeries func(ical.Attendee) bool
}

// Options say how a plan is made.
type Options struct {
	// Levels has the level of every field.
	Levels Levels
	// TellDeclined tells minor changes also to attendees who declined.
	TellDeclined bool
	// AllowPast allows mails about a meeting that lies wholly in the past.
	AllowPast bool
	// Now is the clock.
	Now func() time.Time
	// NewID returns the UID of a meeting that has none.
	NewID func() string
	// Check returns an error if an event must not be sent.
	Check func(*ical.Event) error
	// WholeSeries is [Meeting.WholeSeries] for a new meeting.
	WholeSeries func(ical.Attendee) bool
}

// stamp returns the time of the answers that the organizer gives.
func (o *Options) stamp() time.Time { return o.Now().UTC().Truncate(time.Second) }

// Plan is the effect of one call on one meeting.
type Plan struct {
	// Intent is the event as the meeting will keep it.
	Intent ical.Event
	// Event is the same with everybody's answers, as mails show it.
	Event ical.Event
	// Notices has the notices in the order of sending. Skipped has the notices
	// that are not sent. They have no method.
	Notices, Skipped []Notice
	// OrganizerAnswers are answers that the organizer gives by the call.
	OrganizerAnswers []roster.Answer
	// Revised has new sequences below which answers do not count, see [roster.Record.Floor].
	Revised []roster.Revision
	// Previous is the event before, if attendees are told of a change of it.
	// Otherwise it is nil.
	Previous *ical.Event
	// Move is the change of the series if it gives occurrences other names, and
	// Renamed is its sequence. Otherwise they are nil and 0.
	Move    *series.Move
	Renamed int
	// Overtakes has the keys of the attendees whose pending mails are overtaken.
	Overtakes map[string]bool
	// Joined are attendees of single occurrences in a new meeting.
	Joined []roster.Joined
	// Unsent says that nobody is invited to the new meeting, because it lies in the past.
	Unsent bool
	// Declined is the ID of the proposal that is declined, or "".
	Declined string
	// Answers are the answers that count after the call.
	Answers *roster.Answers
	// Index finds attendees in the versions of the event.
	Index roster.Index

	wholeSeries func(ical.Attendee) bool // see [Meeting.WholeSeries]
}

func newPlan(e ical.Event) *Plan { return &Plan{Intent: e, Index: make(roster.Index)} }

// Send plans the invitation to a new meeting.
func Send(e ical.Event, o *Options) (*Plan, error) {
	e = series.Normalized(e)
	if e.UID == "" {
		e.UID = o.NewID()
	}
	if err := o.Check(&e); err != nil {
		return nil, err
	}
	nothing := &roster.Record{Event: new(ical.Event)}
	p := newPlan(e)
	p.wholeSeries = o.WholeSeries
	p.OrganizerAnswers = nothing.OrganizerAnswers(&e, o.stamp())
	roster.ClearAnswers(&p.Intent)
	p.show(nothing)
	if p.inviteAll(o); len(p.Notices)+len(p.Skipped) == 0 {
		return nil, fieldError("Attendees", "has nobody but the organizer")
	}
	return p, nil
}

// Unchanged returns a plan without notices that leaves the meeting as it is.
func Unchanged(m *Meeting) *Plan {
	p := newPlan(series.Normalized(*m.Event))
	p.wholeSeries = m.WholeSeries
	p.show(&m.Record)
	return p
}

// show makes p.Event of p.Intent, with the answers that r has and p adds.
func (p *Plan) show(r *roster.Record) {
	then := *r
	then.Event = &p.Intent
	then.Given = slices.Clone(r.Given)
	for i := range p.OrganizerAnswers {
		then.Given = append(then.Given, &p.OrganizerAnswers[i])
	}
	then.Revise(p.Revised)
	p.Answers = then.Counting()
	if p.Event = p.Intent; len(then.Given)+len(r.Joined)+len(then.Revisions) > 0 {
		p.Event = series.Normalized(p.Intent) // otherwise both share their lists, which saves memory for many attendees
		p.Answers.Fill(&p.Event, r.Joined)
	}
}

// View returns the view of a version of the event that an attendee will have.
func (p *Plan) View(e *ical.Event, email string) roster.View {
	return p.Index.View(e, email, p.Answers)
}

// at returns the part of a version of the event that an attendee will see: the
// whole meeting, or an occurrence of it. It is nil if they will see nothing.
func (p *Plan) at(e *ical.Event, email string, id time.Time) *ical.Event {
	return p.View(e, email).At(e, id, p.Answers)
}

// Invites reports whether an attendee will be invited to an occurrence, or to the
// whole meeting if id is zero.
func (p *Plan) Invites(email string, id time.Time) bool {
	return !p.Intent.Cancelled && p.at(&p.Event, email, id) != nil
}

// inviteAll makes the notices of a new meeting. It replaces all earlier ones. If the
// meeting lies wholly in the past, nobody is told without o.AllowPast.
func (p *Plan) inviteAll(o *Options) {
	list := roster.All(&p.Event)
	p.Notices, p.Skipped = make([]Notice, 0, len(list)), nil
	for _, a := range list {
		p.invite(a, p.View(&p.Event, a.Email), "is invited")
	}
	if !o.AllowPast && series.IsPast(&p.Event, o.Now()) {
		p.silence(liesInPast)
		p.Unsent = true
	}
}

// liesInPast is the reason for which nobody is told of a meeting that lies wholly in
// the past.
const liesInPast = "the meeting lies in the past"

// invite adds the requests for everything that an attendee sees.
func (p *Plan) invite(a *ical.Attendee, v roster.View, reason string) {
	if v.Whole != nil {
		p.add(a, Content{Method: ical.MethodRequest, Reason: reason, Event: v.Whole})
	}
	for _, e := range v.Singles {
		p.add(a, Content{Method: ical.MethodRequest, Reason: reason + onOccurrence(e), Event: e})
	}
}

// add adds a notice, unless it is for the organizer: a request to its organizer
// makes Outlook show two meetings.
func (p *Plan) add(a *ical.Attendee, c Content) {
	if address.Same(a.Email, p.Event.Organizer.Email) {
		return
	}
	c.Sequence = max(c.Sequence, p.Event.Sequence)
	c.Object = p.object(a, c.Event, c.Method)
	p.Notices = append(p.Notices, Notice{Attendee: a, Content: p.share(c)})
}

// share returns the content of the previous notice if it equals c, and otherwise a
// copy of c.
func (p *Plan) share(c Content) *Content {
	if last := len(p.Notices) - 1; last >= 0 && *p.Notices[last].Content == c {
		return p.Notices[last].Content
	}
	kept := c
	return &kept
}

// skip notes why an attendee gets nothing.
func (p *Plan) skip(a *ical.Attendee, why string) {
	if !address.Same(a.Email, p.Event.Organizer.Email) {
		p.Skipped = append(p.Skipped, Notice{Attendee: a, Content: &Content{Sequence: p.Event.Sequence, Reason: why}})
	}
}

// silence moves all notices to the skipped ones. why is the reason.
func (p *Plan) silence(why string) {
	for _, n := range p.Notices {
		p.skip(n.Attendee, withoutAsking(n.Reason)+": "+why+", so nothing to send")
	}
	p.Notices = nil
}

// fieldError reports a field of an event or a call.
func fieldError(field, text string) error {
	return fault.Join("invite", &ical.FieldError{Field: field, Err: errors.New(text)})
}

// normalizedStart returns an original start that a call names, in normalized form.
func normalizedStart(e *ical.Event, start time.Time) (time.Time, error) {
	start, err := series.NormalizedStart(e, start)
	return start, fault.Join("invite", ical.FieldErrors(err)...)
}

// ErrNotInvited reports an address that is not an attendee.
var ErrNotInvited = errors.New("is not an attendee")

// noAttendee reports an address that the meeting does not have. The error is
// [ErrNotInvited].
func noAttendee(email string) error {
	return fault.Join("invite", &ical.FieldError{Field: "Attendees", Err: unknownAddress(email)})
}

// unknownAddress is an address that the meeting does not have.
type unknownAddress string

func (a unknownAddress) Error() string { return fmt.Sprintf("has no %.80q", string(a)) }
func (a unknownAddress) Unwrap() error { return ErrNotInvited }
