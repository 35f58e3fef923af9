package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
)

// overtake marks the pending mails that new ones replace:
//
//   - the mails to the attendees in p.Overtakes, for whom the plan was made anew,
//   - the mails that say less than a new mail to the same attendee.
//
// A mail to several attendees stays unless all of them are told anew. A reminder or an
// invitation to an attendee who gets nothing new and is still invited stays, unless
// the meeting is sent with [OneMail]. An answer to a proposal stays unless its
// attendee or its occurrence is gone.
func (m *Meeting) overtake(list []letter, p *plan.Plan, now time.Time) {
	if !slices.ContainsFunc(m.Deliveries, func(d Delivery) bool { return d.State == DeliveryPending }) {
		return
	}
	told := toldBy(list)
	pending := make(map[string][]int) // by Message-ID
	stays := make(map[string]bool)
	for i := range m.Deliveries {
		d := &m.Deliveries[i]
		declines := d.Method == ical.MethodDeclineCounter
		if d.State != DeliveryPending || declines && p.Invites(d.To, d.RecurrenceID) {
			continue
		}
		pending[d.MessageID] = append(pending[d.MessageID], i)
		key := address.Key(d.To)
		switch {
		case declines:
		case told.topics[topic{key, roster.Whole}], told.topics[topic{key, d.RecurrenceID.Unix()}]:
		case !p.Overtakes[key], !m.OneMail && !told.anything[key] && d.repeats() && p.Invites(d.To, d.RecurrenceID):
			stays[d.MessageID] = true
		}
	}
	for id, indexes := range pending {
		for _, i := range indexes {
			if !stays[id] {
				d := &m.Deliveries[i]
				d.State, d.Reply, d.Time = DeliveryOvertaken, "", now
			}
		}
	}
}

// topic is the subject of a mail: its recipient, by key, and an occurrence, as a
// Unix time, or [roster.Whole]. A mail says all that an earlier mail about the same
// topic, or about an occurrence of it, would say.
type topic struct {
	to         string
	occurrence int64
}

// toldNow is the content of new mails.
type toldNow struct {
	topics   map[topic]bool
	anything map[string]bool // the attendees who are told anything, by key
}

// toldBy returns the content of some letters, apart from answers to proposals and mails
// without a calendar object.
func toldBy(list []letter) toldNow {
	t := toldNow{make(map[topic]bool), make(map[string]bool)}
	for _, l := range list {
		for i := range l {
			if plan.ShowsMeeting(l[i].Method, l[i].Purpose()) {
				key := l[i].Key()
				t.anything[key] = true
				t.topics[topic{key, l[i].Event.RecurrenceID.Unix()}] = true
			}
		}
	}
	return t
}

// markOvertaken marks the pending mails of format 1 that a later one has
// overtaken.
func (m *Meeting) markOvertaken() {
	for _, i := range m.overtakenByLater() {
		if d := &m.Deliveries[i]; d.State == DeliveryPending {
			d.State = DeliveryOvertaken
		}
	}
}

// overtakenByLater returns the indexes of the deliveries for which a later mail to
// the same attendee exists that says as much, whatever became of it.
func (m *Meeting) overtakenByLater() (out []int) {
	later := make(map[topic]bool)
	for i := len(m.Deliveries) - 1; i >= 0; i-- {
		d := &m.Deliveries[i]
		to := address.Key(d.To)
		if later[topic{to, roster.Whole}] || later[topic{to, d.RecurrenceID.Unix()}] {
			out = append(out, i)
		}
		if plan.ShowsMeeting(d.Method, plan.Action(d.Action)) {
			later[topic{to, d.RecurrenceID.Unix()}] = true
		}
	}
	return out
}
