package invite

import (
	"cmp"
	"context"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/observe"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/mime"
)

// clock returns the time for steps. It is zero if nobody observes them, so that nothing is
// measured in vain.
func (o *Options) clock() time.Time {
	if o.Observe == nil {
		return time.Time{}
	}
	return time.Now()
}

// tell tells Observe of a step that began then and is over now. If began is zero, it took
// no time.
func (o *Options) tell(ctx context.Context, began time.Time, s Step) {
	s.Time = time.Now()
	if !began.IsZero() {
		s.Took = s.Time.Sub(began)
	}
	observe.Tell(ctx, o.Observe, s)
}

// tellPlanned tells that the mails of a part are known. The time of the next part begins
// then.
func (s *settings) tellPlanned(ctx context.Context, x *part) {
	if s.Observe == nil {
		return
	}
	step := Step{Kind: StepPlanned, UID: x.meeting.Event.UID, Tag: x.meeting.Tag, N: -1, Mails: len(x.letters), Again: x.again}
	for i, l := range x.letters {
		mail := l.stepOf(StepPlanned, x.meeting)
		if i == 0 {
			step.Method, step.Action = mail.Method, mail.Action
		}
		if mail.Method != step.Method {
			step.Method = ""
		}
		if mail.Action != step.Action {
			step.Action = ""
		}
	}
	s.tell(ctx, s.began, step)
}

// stepOf returns a step of a mail.
func (l letter) stepOf(kind StepKind, m *Meeting) Step {
	d := &m.Deliveries[l[0].index]
	return Step{
		Kind: kind, UID: m.Event.UID, Tag: m.Tag, N: d.N, Recipients: len(l),
		MessageID: d.MessageID, Method: d.Method, Action: cmp.Or(d.Action, body.ActionInvitation),
	}
}

// tellRendered tells that a mail was built.
func (r *renderer) tellRendered(ctx context.Context, l letter, m *mime.Message, began time.Time) {
	if r.options.Observe == nil {
		return
	}
	step := l.stepOf(StepRendered, r.meeting)
	step.Size = len(m.Data)
	r.options.tell(ctx, began, step)
}

// tellHandedOver tells that a mail is handed over now.
func (d *deliverer) tellHandedOver(ctx context.Context, x *outgoing) {
	if d.settings.Observe == nil {
		return
	}
	step := x.letter.stepOf(StepHandedOver, x.meeting)
	step.Size = len(x.message.Data)
	step.Waited = max(d.settings.Now().Sub(x.meeting.Deliveries[x.letter[0].index].Stamp), 0)
	d.settings.tell(ctx, time.Time{}, step)
}

// tellResult tells the result of a try for each recipient. failed has the recipients who
// have not got the mail, in the order of the letter.
func (d *deliverer) tellResult(ctx context.Context, r *result, failed []*RecipientError) {
	if d.settings.Observe == nil {
		return
	}
	for i := range r.mail.letter {
		step := r.mail.letter[i:i+1].stepOf(StepResult, r.mail.meeting)
		x := &r.mail.meeting.Deliveries[r.mail.letter[i].index]
		step.Recipients, step.State, step.Receipt = 0, x.State, x.Receipt
		step.Time, step.Took = r.ended, r.ended.Sub(r.began)
		if len(failed) > 0 && failed[0].Email == x.To {
			step.Err, failed = failed[0].Err, failed[1:]
		}
		observe.Tell(ctx, d.settings.Observe, step)
	}
}

// send hands an answer over, and tells of its steps. built is the time at which the call began.
func (r *answerMail) send(ctx context.Context, s Sender, in *Inbound, m *mime.Message, built time.Time) error {
	if r.Observe == nil {
		_, err := hand(ctx, s, m)
		return err
	}
	step := Step{
		Kind: StepPlanned, UID: in.Event.UID, N: -1, Mails: 1,
		Method: ical.Method(m.Method), Action: body.ActionAnswer,
	}
	r.tell(ctx, time.Time{}, step)
	step.Kind, step.Mails, step.Recipients, step.MessageID, step.Size = StepRendered, 0, len(m.To), m.ID, len(m.Data)
	r.tell(ctx, built, step)
	step.Kind = StepHandedOver
	r.tell(ctx, time.Time{}, step)
	began := time.Now()
	receipt, err := hand(ctx, s, m)
	step.Kind, step.Recipients, step.Size = StepResult, 0, 0
	step.State, step.Receipt, step.Err = DeliveryDelivered, foreignText(receipt.ID, mostReceipt), err
	if err != nil {
		step.State, step.Receipt = stateOf(err), ""
	}
	r.tell(ctx, began, step)
	return err
}
