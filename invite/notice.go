package invite

import (
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// plan is a [Plan] while it is made and carried out. Its notices are small, since
// a call may have a hundred thousand.
type plan struct {
	event    ical.Event
	notices  []notice
	skipped  []notice
	revised  []Revision  // new floors for answers
	previous *ical.Event // the meeting before, for the differences in the mails' text
	indexes  indexes
}

func newPlan(e ical.Event) *plan { return &plan{event: e, indexes: make(indexes)} }

// notice is a [Notice]. What it refers to does not change once it is made.
type notice struct {
	attendee *ical.Attendee
	*content
	replyTo string // where the answer is to come to; "" is the organizer's address
	entry   int    // its place in Meeting.Deliveries
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
func (p *plan) public(o *Options) *Plan {
	out := &Plan{Event: p.event, Notices: public(p.notices), Skipped: public(p.skipped)}
	if !o.HideGuests {
		return out
	}
	for i := range out.Notices {
		n := &out.Notices[i]
		n.Event, n.Before = p.indexes.copyOnly(n.Event, &n.Attendee), p.indexes.copyOnly(n.Before, &n.Attendee)
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
func letters(list []notice, shared bool) []letter {
	out := make([]letter, 0, len(list))
	at := make(map[objectKey]int)
	for i := range list {
		if shared {
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

// objectKey is equal for notices that show the same object.
type objectKey struct {
	method        ical.Method
	sequence      int
	event, before *ical.Event
	replyTo       string
}

func (n *notice) objectKey() objectKey {
	return objectKey{n.method, n.sequence, n.event, n.before, n.replyTo}
}

// recipients is equal for letters to the same attendees.
func (l letter) recipients() string {
	keys := make([]string, len(l))
	for i := range l {
		keys[i] = l[i].key()
	}
	return strings.Join(keys, "\n")
}

// addresses are the recipients of a letter, for people.
func (l letter) addresses() string {
	out := make([]string, len(l))
	for i := range l {
		out[i] = l[i].attendee.Email
	}
	return strings.Join(out, ", ")
}
