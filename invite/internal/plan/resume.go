package plan

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Rewriter makes the notices of mails again from a meeting and its deliveries.
type Rewriter struct {
	meeting  *Meeting
	plan     *Plan
	history  *history
	versions *filledVersions
	last     *Content // of the last notice, for the next if it equals
}

// NewRewriter returns a rewriter. p is [Unchanged] of m.
func NewRewriter(m *Meeting, p *Plan) *Rewriter {
	return &Rewriter{meeting: m, plan: p, history: m.history(), versions: newFilledVersions(m)}
}

// Notice returns the notice of the mail with that index among the meeting's mails. It
// has neither a reason nor an action. ok is false if the attendee has nothing to see
// any more.
func (w *Rewriter) Notice(i int) (n Notice, ok bool) {
	d := &w.meeting.Mails[i]
	n = Notice{Attendee: w.recipient(d.To)}
	n.Content = w.content(d, n.Attendee)
	return n, n.Content != nil
}

// content makes the content of a mail again. It is nil if the attendee has nothing to
// see any more.
func (w *Rewriter) content(d *Mail, a *ical.Attendee) *Content {
	if d.Action == ActionRefusal {
		return w.refusal(d)
	}
	c := Content{Method: d.Method, Sequence: d.Sequence}
	if d.Action == ActionUpdate || d.Method == ical.MethodCancel {
		c.Before = w.before(d)
	}
	c.Event = w.plan.at(&w.plan.Event, d.To, d.RecurrenceID)
	if d.Method == ical.MethodCancel {
		was := c.Before
		if was == nil {
			was = c.Event
		}
		if was == nil {
			return nil
		}
		c.Event = w.plan.cancelled(was, a, d.Sequence)
	}
	if c.Event == nil {
		return nil
	}
	if d.Method == ical.MethodDeclineCounter {
		c.Event = roster.ForOne(c.Event, a)
	}
	c.Object = w.plan.object(a, c.Event, c.Method)
	if w.last == nil || *w.last != c {
		w.last = &c
	}
	return w.last
}

// refusal makes the content of a refusal again. It is nil if the series does not have
// the occurrence any more.
func (w *Rewriter) refusal(d *Mail) *Content {
	t, ok := series.Find(&w.plan.Event, d.RecurrenceID)
	if !ok {
		return nil
	}
	return &Content{Method: d.Method, Sequence: d.Sequence, Event: w.plan.refused(t, d.To, d.Sequence)}
}

// before returns the event as the recipient of a mail saw it before the mail. It
// is nil if they did not see it.
func (w *Rewriter) before(d *Mail) *ical.Event {
	v := w.meeting.versionBefore(d.Sequence)
	if d.State == MailPending {
		v = w.history.version(address.Key(d.To), d.RecurrenceID, v, w.meeting.Before)
	}
	if v == nil {
		return nil
	}
	return w.plan.at(w.versions.get(v), d.To, d.RecurrenceID)
}

// recipient returns the attendee of an address, as the event has them, or as it had
// them before a change.
func (w *Rewriter) recipient(email string) *ical.Attendee {
	key := address.Key(email)
	if a := w.plan.Index.Attendee(&w.plan.Event, key); a != nil {
		return a
	}
	for i := len(w.meeting.Before) - 1; i >= 0; i-- {
		if a := w.plan.Index.Attendee(&w.meeting.Before[i], key); a != nil {
			return a
		}
	}
	return &ical.Attendee{Email: email}
}
