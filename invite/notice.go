package invite

import (
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
)

// plan is a [Plan] while it is made and carried out. Its notices are small, since
// a call may have a hundred thousand.
type plan struct {
	intent   ical.Event // as the meeting will keep it
	event    ical.Event // the same with everybody's answers, as mails show it
	notices  []notice
	skipped  []notice
	said     []Answer        // answers that the organizer gives
	revised  []Revision      // new floors for answers
	previous *ical.Event     // Meeting.Event before, for the differences in the mails' text
	replaces map[string]bool // the attendees whose queued mails are replaced, by their keys
	joined   []Joined        // attendees of single occurrences in a new meeting
	declined string          // the ID of the proposal that is declined
	answers  *standing       // the answers that count after the call
	indexes
}

func newPlan(e ical.Event) *plan { return &plan{intent: e, indexes: make(indexes)} }

// repeat returns a plan that leaves the meeting as it is.
func (m *Meeting) repeat() *plan {
	p := newPlan(own(m.Event))
	p.show(m)
	return p
}

// show makes the event that mails show of the one that will be kept, with the
// answers that m has and will have.
func (p *plan) show(m *Meeting) {
	then := *m
	then.Event = p.intent
	then.Answers = slices.Concat(m.Answers, p.said)
	then.Revisions = slices.Clone(m.Revisions)
	then.revise(p.revised)
	p.answers = then.standing()
	if p.event = p.intent; len(then.Answers)+len(m.Joined)+len(then.Revisions) > 0 {
		p.event = own(p.intent) // otherwise the lists of the event are those that mails show
		p.answers.fill(&p.event, m.Joined)
	}
}

// view returns what an attendee will see of a version of the event.
func (p *plan) view(e *ical.Event, email string) view { return p.indexes.view(e, email, p.answers) }

// notice is a [Notice]. What it refers to does not change once it is made.
type notice struct {
	attendee *ical.Attendee
	*content
	action  body.Action // of the mail's text; "" is what the content says
	replyTo string      // where the answer is to come to; "" is the organizer's address
	entry   int         // its place in Meeting.Deliveries
	again   bool        // an earlier try may have arrived
}

// content is what a notice says, whoever gets it: see [Notice]. Successive notices
// that say the same share it.
type content struct {
	method        ical.Method
	sequence      int
	reason        string
	event, before *ical.Event
}

// key is the address of the attendee, fit as a map key.
func (n *notice) key() string { return address.Key(n.attendee.Email) }

// invite adds the requests for all that an attendee sees.
func (p *plan) invite(a *ical.Attendee, v view, reason string) {
	if v.whole != nil {
		p.add(a, content{method: ical.MethodRequest, reason: reason, event: v.whole})
	}
	for _, e := range v.alone {
		p.add(a, content{method: ical.MethodRequest, reason: reason + onOccurrence(e), event: e})
	}
}

// add adds a notice, unless it is for the organizer: a request to its organizer
// makes Outlook show two meetings.
func (p *plan) add(a *ical.Attendee, c content) {
	if address.Same(a.Email, p.event.Organizer.Email) {
		return
	}
	c.sequence = max(c.sequence, p.event.Sequence)
	p.notices = append(p.notices, notice{attendee: a, content: p.share(c)})
}

// share is where c is kept.
func (p *plan) share(c content) *content {
	if last := len(p.notices) - 1; last >= 0 && *p.notices[last].content == c {
		return p.notices[last].content
	}
	kept := c
	return &kept
}

// public is the plan for those who ask for it, with guests hidden from each other
// where the options say so.
func (p *plan) public(o *settings) *Plan {
	if p == nil {
		return nil
	}
	out := &Plan{Event: p.event, Notices: public(p.notices), Skipped: public(p.skipped)}
	if !o.hideGuests {
		return out
	}
	for i := range out.Notices {
		n := &out.Notices[i]
		n.Event, n.Before = p.indexes.copyOnly(n.Event, &n.Attendee), p.indexes.copyOnly(n.Before, &n.Attendee)
	}
	return out
}

// with adds the mails of a new meeting, which each attendee gets first.
func (p *Plan) with(rest *Plan) *Plan {
	out := *p
	out.Rest = &rest.Event
	out.Notices = grouped(slices.Concat(rest.Notices, p.Notices), func(n Notice) string {
		return address.Key(n.Attendee.Email)
	})
	out.Skipped = slices.Concat(rest.Skipped, p.Skipped)
	return &out
}

// grouped orders a list by the first occurrence of each key, and within it as it
// was.
func grouped[T any](list []T, key func(T) string) (out []T) {
	of := make(map[string][]T)
	var order []string
	for _, x := range list {
		k := key(x)
		if of[k] == nil {
			order = append(order, k)
		}
		of[k] = append(of[k], x)
	}
	for _, k := range order {
		out = append(out, of[k]...)
	}
	return out
}

func public(list []notice) []Notice {
	var out []Notice
	for _, n := range list {
		out = append(out, Notice{
			Attendee: *n.attendee, Method: n.method, Sequence: n.sequence, Reason: n.reason,
			Event: n.event, Before: n.before,
		})
	}
	return out
}

// letter are the notices of one mail.
type letter []notice

// letters makes one letter of each notice, or one of all that show the same
// object where they are shared.
func letters(list []notice, oneMail bool) []letter {
	out := make([]letter, 0, len(list))
	at := make(map[objectKey]int)
	for i := range list {
		if oneMail {
			key := list[i].objectKey()
			if first, ok := at[key]; ok {
				out[first] = append(out[first], list[i])
				continue
			}
			at[key] = len(out)
		}
		out = append(out, list[i:i+1:i+1])
	}
	return out
}

// objectKey is equal for notices that show the same object for the same purpose.
type objectKey struct {
	method        ical.Method
	sequence      int
	event, before *ical.Event
	action        body.Action
	replyTo       string
}

func (n *notice) objectKey() objectKey {
	return objectKey{n.method, n.sequence, n.event, n.before, n.action, n.replyTo}
}

// addresses are the recipients of a letter, for people.
func (l letter) addresses() string {
	out := make([]string, len(l))
	for i := range l {
		out[i] = l[i].attendee.Email
	}
	return strings.Join(out, ", ")
}
