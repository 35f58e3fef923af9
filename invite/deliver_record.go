package invite

import (
	"context"
	"fmt"
	"slices"
)

// record stores results and claims, and hands the claimed mails over. Results are
// stored even if ctx is done, because a mail whose result is lost becomes
// unknown. If the ledger fails, nothing is handed over any more. Records that it
// may not have stored are then recorded once again at the end, with the claims
// taken back.
func (d *deliverer) record(ctx context.Context, claims []*outgoing) {
	for _, x := range claims {
		x.letter.note(x.meeting, DeliverySending, "", d.settings)
	}
	second := d.broken != nil
	lost, err := d.store(ctx, claims)
	if err != nil {
		for _, x := range claims {
			x.letter.note(x.meeting, DeliveryPending, "", d.settings)
			x.letter.unknownAgain(x.meeting)
		}
		d.pace.releaseAll()
		d.takenBack = append(d.takenBack, claims...)
		if second {
			d.done, d.takenBack = nil, nil
			return
		}
		d.broken = fmt.Errorf("invite: ledger: %w", err)
		for d.inFlight > 0 {
			d.finish(ctx, <-d.results)
		}
		return
	}
	d.done, d.takenBack = d.done[:0], nil
	for _, x := range claims {
		if lost[x] {
			d.lose(x)
			continue
		}
		d.send(ctx, x)
	}
}

// store records the changes in each meeting, and returns the claims that are
// lost. It does nothing if there is no ledger.
func (d *deliverer) store(ctx context.Context, claims []*outgoing) (lost map[*outgoing]bool, err error) {
	if d.ledger == nil {
		return nil, nil
	}
	ctx = context.WithoutCancel(ctx)
	changed := slices.Clip(d.takenBack)
	for _, r := range d.done {
		changed = append(changed, r.mail)
	}
	for _, group := range byMeeting(append(slices.Clip(changed), claims...)) {
		numbers, err := d.ledger.Record(ctx, group.meeting.Event.UID, group.deliveries())
		if err != nil {
			return nil, err
		}
		for _, x := range group.mails {
			if slices.ContainsFunc(x.letter, func(n recipient) bool { return slices.Contains(numbers, x.meeting.Deliveries[n.index].N) }) {
				if lost == nil {
					lost = make(map[*outgoing]bool)
				}
				lost[x] = true
			}
		}
	}
	return lost, nil
}

// mailsOf are some mails of one meeting.
type mailsOf struct {
	meeting *Meeting
	mails   []*outgoing
}

// byMeeting groups mails by their meeting.
func byMeeting(list []*outgoing) (out []*mailsOf) {
	for _, x := range list {
		i := slices.IndexFunc(out, func(p *mailsOf) bool { return p.meeting == x.meeting })
		if i < 0 {
			i = len(out)
			out = append(out, &mailsOf{meeting: x.meeting})
		}
		out[i].mails = append(out[i].mails, x)
	}
	return out
}

// deliveries returns the deliveries of the mails.
func (p *mailsOf) deliveries() (out []Delivery) {
	for _, x := range p.mails {
		for i := range x.letter {
			out = append(out, p.meeting.Deliveries[x.letter[i].index])
		}
	}
	return out
}
