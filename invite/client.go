package invite

import (
	"context"
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
)

// Client sends meeting requests through one [Sender]. It holds no meetings, so
// one Client serves a whole program. It is safe for concurrent use if its Sender
// is.
//
// Its methods never change the Meeting or Event that they are given. They return
// the Meeting as it is afterwards, and never nil for a Meeting that they were
// given. If an error comes before the first mail is tried, that Meeting comes back
// unchanged, so meeting, err = client.Update(ctx, meeting, after) loses nothing.
// If only some mails of a call fail, the Meeting that comes back records the fate
// of each, and the error is a [*DeliveryError]. If the Meeting is nil or empty, the
// error is [ErrNoMeeting]. If the meeting was cancelled, calls that make new mails
// fail with [ErrCancelled], except Refuse.
//
// Nothing is sent if any mail of a call cannot be built, if the event is not
// valid ([ical.FieldErrors] lists the fields), or if a mail client would refuse
// it ([*LintError]).
type Client struct {
	sender  Sender
	options Options
}

// New returns a client that sends through s. If s is nil, calls that would send
// fail with [ErrNoSender]. If o is nil, it stands for the zero value. o is copied,
// so later changes of it have no effect.
func New(s Sender, o *Options) *Client {
	return &Client{sender: s, options: o.clone()}
}

// Send invites the event's attendees. Each gets a mail of their own with a
// METHOD:REQUEST, or one mail goes to all with [OneMail]. The organizer gets none. An
// event without UID is given one. If an attendee has a status in the event, it counts
// as an answer that the organizer gives. If the meeting lies wholly in the past, nobody
// is mailed without [AllowPast], and the Meeting comes back without a delivery. If an
// error comes before the first mail is
// tried, the Meeting is nil.
func (c *Client) Send(ctx context.Context, e ical.Event, opts ...SendOption) (*Meeting, error) {
	o := c.settings(callOf(opts, SendOption.forSend))
	p, err := planSend(e, o)
	if err != nil {
		return nil, err
	}
	out, err := c.execute(ctx, o, part{plan: p, from: new(Meeting)})
	if out == nil {
		return nil, err
	}
	return out[0], err
}

// PlanSend returns the plan that [Client.Send] would carry out for e. It sends
// nothing.
func (c *Client) PlanSend(e ical.Event, opts ...SendOption) (*Plan, error) {
	o := c.settings(callOf(opts, SendOption.forSend))
	p, err := planSend(e, o)
	return publicPlan(p, o), err
}

// Update changes the meeting to the event after. Each attendee is told only the
// changes to their part of it. Answers stay, except answers that the change makes
// void. If after.Cancelled is set, the meeting is cancelled.
//
// The UID and the organizer cannot change. after.Sequence is filled in, and so is
// an empty UID. If an attendee's status in after differs from the answer that
// counts, it is an answer that the organizer gives now: later answers count instead,
// and answers that were written before do not. Needs-action, which all attendees
// have in m.Event, gives no answer. So a copy of m.Event with changes sets no
// answers, but statuses that were filled in earlier may be out of date. If the
// meeting lies wholly in the past, before and after the change, nobody is mailed
// without [AllowPast].
//
// An occurrence is named by the start that the rule gives it. If a series moves to
// another hour, weekday or date, everything that after still has at the old starts
// moves along: overrides, exceptions, cancelled occurrences, added dates and Until.
// Answers, proposals and attendees of single occurrences do so too.
//
//   - If the rule gives the same days, every occurrence stays on its date and has
//     the new hour. This is so if the hour or the zone changes, if hours become days,
//     and if the series begins earlier or later.
//   - If the rule gives other days of the same form, an occurrence goes to the day
//     with the same rank in its day, week, month or year, as far as Start moves.
//     Whole intervals do not count, because they only set the beginning of the series.
//   - If the rule has another form, an occurrence stays on its date.
//   - An override with a time of its own keeps its time of day. If the date moves,
//     it moves by as many days.
//   - Whatever the caller has changed stays as it is given.
//
// Exceptions and cancelled occurrences before the new start or after the new end are
// dropped. If anything else has no place in the changed series, the error names it.
func (c *Client) Update(ctx context.Context, m *Meeting, after ical.Event, opts ...MailOption) (*Meeting, error) {
	return c.change(ctx, m, callOf(opts, MailOption.forMail), planUpdate(m, after))
}

// PlanUpdate returns the plan that [Client.Update] would carry out. It sends
// nothing.
func (c *Client) PlanUpdate(m *Meeting, after ical.Event, opts ...MailOption) (*Plan, error) {
	return c.plan(m, callOf(opts, MailOption.forMail), planUpdate(m, after))
}

// UpdateFollowing changes the occurrence with that original start and all later
// ones. Calendars have no common way to say this. So the series ends before the
// occurrence, and after becomes a meeting of its own with a new UID. Both old and
// rest must be kept.
//
// after.Start is the first start of the rest. If it is the old start of the series,
// the start of the occurrence is meant. If after has the Count of the old series,
// it is lowered by the occurrences that stay with the old series. Exceptions,
// overrides and added dates before the occurrence are left out. Everything else
// moves as in [Client.Update]. Answers are carried to the rest unless the change
// needs new ones. If start is the first occurrence, the whole meeting is updated
// and rest is nil. If none before start takes place, because all are cancelled,
// old is cancelled.
//
// It is one call: nothing is sent if a mail of either half cannot be built. Each
// attendee gets the rest before the end of the old series, so that between the
// two mails they have it twice rather than not at all. If mails are left pending,
// resume the rest first. Files of [Attach] go with the mails about the rest, if there is
// one.
func (c *Client) UpdateFollowing(ctx context.Context, m *Meeting, start time.Time, after ical.Event, opts ...MailOption) (old, rest *Meeting, err error) {
	if m.isEmpty() {
		return m, nil, ErrNoMeeting
	}
	o := c.settings(callOf(opts, MailOption.forMail)).about(m)
	from := m.withAnswersOfEvent()
	end, begin, err := planFollowing(m, from, start, after, o)
	if err != nil {
		return m, nil, err
	}
	parts := []part{{plan: end, from: from}}
	if begin != nil {
		parts[0].noFiles = true
		parts = []part{{plan: begin, from: &Meeting{Tag: m.Tag}}, parts[0]}
	}
	out, err := c.execute(ctx, o, parts...)
	switch {
	case out == nil:
		return m, nil, err
	case begin == nil:
		return out[0], nil, err
	}
	return out[1], out[0], err
}

// PlanUpdateFollowing returns the plan that [Client.UpdateFollowing] would carry
// out, with the notices of both halves. It sends nothing.
func (c *Client) PlanUpdateFollowing(m *Meeting, start time.Time, after ical.Event, opts ...MailOption) (*Plan, error) {
	var rest *plan.Plan
	p, err := c.plan(m, callOf(opts, MailOption.forMail), func(from *Meeting, o *settings) (old *plan.Plan, err error) {
		old, rest, err = planFollowing(m, from, start, after, o)
		return old, err
	})
	if err != nil || rest == nil {
		return p, err
	}
	return p.withRest(publicPlan(rest, c.settings(callOptions{}).about(m))), nil
}

// Cancel cancels the meeting. With the option [Occurrence] it cancels one
// occurrence, and with [OccurrenceAndLater] one and all later ones. [Comment]
// tells the attendees why. If the meeting lies wholly in the past, nobody is mailed
// without [AllowPast]. Lint rules that the series breaks do not matter, because it
// was sent with them.
func (c *Client) Cancel(ctx context.Context, m *Meeting, opts ...CancelOption) (*Meeting, error) {
	return c.change(ctx, m, callOf(opts, CancelOption.forCancel), planCancel)
}

// PlanCancel returns the plan that [Client.Cancel] would carry out. It sends
// nothing.
func (c *Client) PlanCancel(m *Meeting, opts ...CancelOption) (*Plan, error) {
	return c.plan(m, callOf(opts, CancelOption.forCancel), planCancel)
}

// Remind sends the current request again, with the same sequence, to the
// attendees who have not answered, or to the attendees that [OnlyTo] names. The
// request has everybody's current answers, so with OnlyTo it also tells named
// attendees who comes, unless the meeting hides its guests. If the meeting lies wholly
// in the past, the error is [ErrPast] without [AllowPast].
func (c *Client) Remind(ctx context.Context, m *Meeting, opts ...RemindOption) (*Meeting, error) {
	return c.change(ctx, m, callOf(opts, RemindOption.forRemind), planRemind)
}

// PlanRemind returns the plan that [Client.Remind] would carry out. It sends
// nothing.
func (c *Client) PlanRemind(m *Meeting, opts ...RemindOption) (*Plan, error) {
	return c.plan(m, callOf(opts, RemindOption.forRemind), planRemind)
}

// RemindStart reminds the attendees with these addresses that the meeting begins soon, or
// the occurrence with the original start if that is not zero. Unlike [Client.Remind], it
// sends a mail for people alone, without a calendar object: nothing in their calendars
// changes, and no answer is asked for. Attendees who have no invitation yet get none. It
// is an error if there is no address, or if one is not invited. If the meeting lies wholly
// in the past, the error is [ErrPast] without [AllowPast].
func (c *Client) RemindStart(ctx context.Context, m *Meeting, start time.Time, emails []string, opts ...MailOption) (*Meeting, error) {
	return c.change(ctx, m, callOf(opts, MailOption.forMail), planRemindStart(start, emails))
}

// Refuse sends a CANCEL to somebody who is not invited and answered all the same (RFC
// 5546, section 3.2.3, calls them a party crasher), so that the meeting leaves their
// calendar. Nobody else is mailed. If start is not zero, it is the original start of
// the occurrence that they are refused. Otherwise they are refused the whole meeting.
//
// The mail names the meeting by its title and time, and the person as its only
// attendee. It shows nothing else that they might not know. It is an error if the
// address is invited: remove it with Update. A cancelled meeting can be refused too,
// because nobody told them that it does not take place.
func (c *Client) Refuse(ctx context.Context, m *Meeting, email string, start time.Time, opts ...MailOption) (*Meeting, error) {
	return c.change(ctx, m, callOf(opts, MailOption.forMail), planRefuse(email, start))
}

// PlanRefuse returns the plan that [Client.Refuse] would carry out. It sends nothing.
func (c *Client) PlanRefuse(m *Meeting, email string, start time.Time, opts ...MailOption) (*Plan, error) {
	return c.plan(m, callOf(opts, MailOption.forMail), planRefuse(email, start))
}

// Reinvite sends the current request again to the attendees with these addresses.
// [Outcome] names such attendees if somebody delegated to them, or if they asked
// with METHOD:REFRESH. An attendee of single occurrences gets only these. The
// sequence stays, because nothing changes (RFC 5546, section 2.1.4). It is an error
// if there is no address, or if one is not invited.
func (c *Client) Reinvite(ctx context.Context, m *Meeting, emails []string, opts ...MailOption) (*Meeting, error) {
	return c.change(ctx, m, callOf(opts, MailOption.forMail), planReinvite(emails))
}

// PlanReinvite returns the plan that [Client.Reinvite] would carry out. It sends
// nothing.
func (c *Client) PlanReinvite(m *Meeting, emails []string, opts ...MailOption) (*Plan, error) {
	return c.plan(m, callOf(opts, MailOption.forMail), planReinvite(emails))
}

// DeclineProposal tells the attendee who made p that the meeting will not change
// (METHOD:DECLINECOUNTER, RFC 5546, section 3.2.8). Outlook shows only the text
// of such a mail, so the text also says that the proposal is declined. The
// proposal is marked as declined. It is found by p.ID and p.Email, or by its
// content if the ID is "".
func (c *Client) DeclineProposal(ctx context.Context, m *Meeting, p Proposal, opts ...MailOption) (*Meeting, error) {
	return c.change(ctx, m, callOf(opts, MailOption.forMail), planDecline(p))
}

// Resume hands over the pending mails of a meeting. It never sends a mail that is
// delivered, refused or overtaken. A mail that may have arrived is sent again
// only with the option [ResendUnknown], as the same mail: same Message-ID, UID
// and SEQUENCE.
//
// If another call is sending a mail, it is left alone, which is no error. Later
// mails to its recipient stay pending, and the [*DeliveryError] names them. If a
// crash left a mail in state [DeliverySending], [Meeting.Tally] counts it as unknown
// until it is resent.
func (c *Client) Resume(ctx context.Context, m *Meeting, opts ...ResumeOption) (*Meeting, error) {
	if m.isEmpty() {
		return m, ErrNoMeeting
	}
	if c.sender == nil {
		return m, ErrNoSender
	}
	o := c.settings(callOf(opts, ResumeOption.forResume)).about(m)
	if err := o.checkCall(); err != nil {
		return m, err
	}
	out := m.withAnswersOfEvent().clone()
	p := plan.Unchanged(o.planned(out))
	x := part{plan: p, from: m, meeting: out, letters: out.unsent(p, o), again: true}
	o.tellPlanned(ctx, &x)
	if err := x.render(ctx, o); err != nil {
		return m, err
	}
	if h, ok := o.Ledger.(*wholeMeetings); ok {
		h.hold(out)
	}
	defer o.end(out)
	if err := out.takeBack(ctx, x.letters, o); err != nil {
		return m, err
	}
	err := deliver(ctx, c.sender, []part{x}, o)
	out.forget()
	return out, err
}

// Respond answers an invitation that [Read] has read, as the attendee r.As. A
// REPLY goes to the organizer, or a COUNTER if r proposes another time. The
// answer repeats UID, SEQUENCE, RECURRENCE-ID and time, which the organizer's
// program matches. Its only attendee is r.As, or r.OnBehalfOf. If the zone of the
// invitation is not known (Floating), the times go back as they came, and for one
// occurrence of a series no other time can be proposed.
//
// Respond has no policy. A program that answers by itself calls
// [Policy.VerifyOrganizer] first, and sets Automatic. Only a [KindRequest] can be
// answered: a cancellation needs no answer. The answer goes out once and is not kept, so
// if Respond fails, the mail should come again. A second answer with the same content does
// no harm.
func (c *Client) Respond(ctx context.Context, in *Inbound, r Response) error {
	if c.sender == nil {
		return ErrNoSender
	}
	o := c.settings(callOptions{})
	answer := &answerMail{Response: r, Options: &o.Options}
	m, err := answer.message(in)
	if err == nil {
		err = answer.send(ctx, c.sender, in, m, o.began)
	}
	if err != nil {
		return fmt.Errorf("invite: respond as %.80s: %w", r.As, err)
	}
	return nil
}

// settings returns the options of c joined with the options of one call.
func (c *Client) settings(opts callOptions) *settings { return newSettings(&c.options, opts) }

// change carries out the plan of one call about a meeting.
func (c *Client) change(ctx context.Context, m *Meeting, opts callOptions, makePlan planner) (*Meeting, error) {
	if m.isEmpty() {
		return m, ErrNoMeeting
	}
	o := c.settings(opts).about(m)
	if err := o.checkCall(); err != nil {
		return m, err
	}
	from := m.withAnswersOfEvent()
	p, err := makePlan(from, o)
	if err != nil {
		return m, err
	}
	out, err := c.execute(ctx, o, part{plan: p, from: from})
	if out == nil {
		return m, err
	}
	return out[0], err
}

// plan returns the plan of one call about a meeting.
func (c *Client) plan(m *Meeting, opts callOptions, makePlan planner) (*Plan, error) {
	if m.isEmpty() {
		return nil, ErrNoMeeting
	}
	o := c.settings(opts).about(m)
	if err := o.checkCall(); err != nil {
		return nil, err
	}
	p, err := makePlan(m.withAnswersOfEvent(), o)
	return publicPlan(p, o), err
}

// execute prepares all mails of a call, and then delivers and records each. Every
// call that makes new mails ends here. [Client.Resume] and [Client.Respond] do
// not. It returns the meetings of the parts, in their order. They are nil if an
// error came before the first mail was tried.
func (c *Client) execute(ctx context.Context, o *settings, parts ...part) ([]*Meeting, error) {
	if c.sender == nil && !o.queueOnly {
		return nil, ErrNoSender
	}
	out := make([]*Meeting, len(parts))
	for i := range parts {
		x := &parts[i]
		if err := x.prepare(ctx, o); err != nil {
			return nil, err
		}
		out[i] = x.meeting
	}
	if o.queueOnly {
		return out, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("invite: %w", err)
	}
	defer o.end(out...)
	if o.Ledger != nil {
		if err := o.Ledger.Begin(ctx, out...); err != nil {
			return nil, fmt.Errorf("invite: ledger: %w", err)
		}
	}
	err := deliver(ctx, c.sender, parts, o)
	for _, m := range out {
		m.forget()
	}
	return out, err
}
