package desk

import (
	"cmp"
	"context"
	"time"

	"github.com/convene-go/convene/internal/observe"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
)

// The values of Via of a step whose answer does not name its way.
const (
	viaMail   = "mail"
	viaHeld   = "held"
	viaReport = "report"
)

// clock returns the time for steps. It is zero if nobody observes them.
func (c *core) clock() time.Time {
	if c.options.Observe == nil {
		return time.Time{}
	}
	return time.Now()
}

// tellStep tells Observe of a step that is over now. If began is zero, it took no time.
func (c *core) tellStep(ctx context.Context, began time.Time, s invite.Step) {
	if c.options.Observe == nil {
		return
	}
	s.Time = time.Now()
	if !began.IsZero() {
		s.Took = s.Time.Sub(began)
	}
	observe.Tell(ctx, c.options.Observe, s)
}

// tellApplied tells that an answer, a proposal or a report was taken in or refused.
func (c *core) tellApplied(ctx context.Context, began time.Time, via, tag string, r *Received) {
	if c.options.Observe == nil {
		return
	}
	o := &r.Outcome
	s := invite.Step{Kind: invite.StepApplied, UID: r.UID, Tag: tag, N: -1, Verdict: o.Verdict, Held: o.Held, Via: via}
	n := 0
	for _, e := range r.Events {
		if e.Answer != nil {
			n, s.Status = n+1, e.Answer.Status
		}
	}
	if n != 1 {
		s.Status = ""
	}
	c.tellStep(ctx, began, s)
}

// tellEnded tells of states of mails that no try has led to.
func (c *core) tellEnded(ctx context.Context, uid, tag string, list []invite.Delivery) {
	if c.options.Observe == nil {
		return
	}
	for _, d := range list {
		c.tellStep(ctx, time.Time{}, invite.Step{
			Kind: invite.StepResult, UID: uid, Tag: tag, N: d.N, MessageID: d.MessageID,
			Method: d.Method, Action: cmp.Or(d.Action, body.ActionInvitation), State: d.State, Err: replyError(d.Reply),
		})
	}
}

// replyError is the reply of a mail as an error.
type replyError string

func (e replyError) Error() string { return string(e) }
