package invite

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/within"
	"github.com/convene-go/convene/mime"
)

// place is the place of a mail in a call: the index of its part, and of its
// letter in the part. It is small, because a call may have a hundred thousand
// mails.
type place struct{ part, index int32 }

// outgoing is one mail of a call on its way.
type outgoing struct {
	letter   letter
	meeting  *Meeting // has the letter's deliveries
	renderer *renderer
	place    place
	message  *mime.Message // nil before it is built, and after its try
	permit   permit
}

// failure says why some recipients of a mail have not got it.
type failure struct {
	place      place
	recipients []*RecipientError
}

// deliverer sends the mails of one call, several at a time if the options say so,
// and writes the fate of each into the meetings. If a mail fails, the others are
// still tried. If it stays pending, later mails to the same attendee wait for it. For
// example, a cancellation of a series that arrives after the request for an
// occurrence of it would remove the occurrence too.
//
// Nothing is handed over before the ledger has its claim. The results that arrive
// while a record is being written go into the next record, together with the
// claims that take their places. So n mails about one meeting cost at most n + 1
// records, and n mails about two meetings at most twice as many. If mails wait for the
// sender, a result does not wait for the next claim. Then n mails cost up to 2n records.
type deliverer struct {
	sender    Sender
	ledger    Ledger
	settings  *settings
	pace      pace
	parts     []part
	waiting   []*outgoing // mails before the queue that wait for another in flight
	queue     []place     // mails not yet looked at
	failed    []failure
	busy      map[string]int  // the number of mails in flight, by the key of the address; nil if one is sent at a time
	blocked   map[string]bool // keys of addresses with an earlier mail that stays open
	claimed   []*outgoing     // the memory of the last claims, used again
	inFlight  int             // the number of mails in flight: handed to the sender, without a result
	results   chan result     // its capacity is the number of mails that may be in flight
	done      []result        // not yet recorded
	takenBack []*outgoing     // mails without a try whose state in the ledger may be another one
	broken    error           // why nothing more is handed over: the error of the ledger
}

// deliver hands the mails of some parts over, in their [sendingOrder]. The error is a
// [*DeliveryError], joined with the error of the ledger if that failed.
func deliver(ctx context.Context, s Sender, parts []part, o *settings) error {
	order := sendingOrder(parts, o.oneMail)
	d := &deliverer{
		sender: s, ledger: o.Ledger, settings: o, parts: parts, queue: order,
		results: make(chan result, max(min(o.Parallel, len(order)), 1)),
	}
	if cap(d.results) > 1 {
		d.busy = make(map[string]int)
	}
	d.pace.begin(ctx, d)
	defer d.pace.end(d) // also if something panics, because others need the permits
	d.findBlocked()
	d.run(ctx)
	failed := d.failuresInOrder(order)
	if d.broken == nil {
		return deliveryError(failed)
	}
	return errors.Join(deliveryError(failed), d.broken)
}

// sendingOrder returns the mails of some parts in the order of sending: in the order
// of the parts. Unless a mail goes to several attendees, the mails of one attendee
// follow each other.
func sendingOrder(parts []part, oneMail bool) []place {
	n := 0
	for i := range parts {
		n += len(parts[i].letters)
	}
	out := make([]place, 0, n)
	for i := range parts {
		for j := range parts[i].letters {
			out = append(out, place{int32(i), int32(j)})
		}
	}
	if len(parts) == 1 || oneMail {
		return out
	}
	return grouped(out, func(x place) string { return parts[x.part].letters[x.index][0].Key() })
}

// failuresInOrder returns the recipients who have not got a mail, in the order of the mails.
func (d *deliverer) failuresInOrder(order []place) (out []*RecipientError) {
	if len(d.failed) == 0 {
		return nil
	}
	at := make(map[place][]*RecipientError, len(d.failed))
	for _, f := range d.failed {
		at[f.place] = f.recipients
	}
	for _, x := range order {
		out = append(out, at[x]...)
	}
	return out
}

// outgoing returns the mail at a place of the queue, not built yet.
func (d *deliverer) outgoing(x place) *outgoing {
	p := &d.parts[x.part]
	return &outgoing{letter: p.letters[x.index], meeting: p.meeting, renderer: p.renderer, place: x}
}

// noteFailure keeps why recipients of a mail have not got it.
func (d *deliverer) noteFailure(x *outgoing, list []*RecipientError) {
	if len(list) > 0 {
		d.failed = append(d.failed, failure{x.place, list})
	}
}

// findBlocked finds the addresses with an earlier mail that is open and not of this
// call.
func (d *deliverer) findBlocked() {
	for i := range d.parts {
		p := &d.parts[i]
		ours := make([]bool, len(p.meeting.Deliveries))
		for _, l := range p.letters {
			for j := range l {
				ours[l[j].index] = true
			}
		}
		for j := range p.meeting.Deliveries {
			if e := &p.meeting.Deliveries[j]; e.State.open() && !ours[j] {
				d.block(address.Key(e.To))
			}
		}
	}
}

// run gathers results, records them with new claims, and hands the claimed mails
// over, until nothing is left to do.
func (d *deliverer) run(ctx context.Context) {
	for {
		d.gather(ctx)
		claims := d.claims(ctx)
		if len(claims) == 0 && len(d.done) == 0 && len(d.takenBack) == 0 {
			if d.inFlight == 0 {
				return
			}
			continue
		}
		d.record(ctx, claims)
	}
}

// gather takes in the results that have arrived. If nothing can be claimed or
// recorded, it waits for a result or for a permit.
func (d *deliverer) gather(ctx context.Context) {
	for {
		open := d.isOpen(ctx)
		d.pace.reuse(open, len(d.waiting)+len(d.queue))
		switch {
		case len(d.done)+len(d.takenBack) > 0, open && d.pace.ready(ctx, 0):
			select {
			case r := <-d.results:
				d.finish(ctx, r)
			default:
				return
			}
		case d.inFlight == 0 && !open:
			return
		default:
			d.wait(ctx, open)
		}
	}
}

// isOpen reports whether some mail could be handed over now if there is a permit.
func (d *deliverer) isOpen(ctx context.Context) bool {
	if d.broken != nil || ctx.Err() != nil || d.pace.ended != nil || d.pace.isOver() || d.inFlight >= cap(d.results) {
		return false
	}
	if len(d.busy) == 0 {
		return len(d.waiting)+len(d.queue) > 0
	}
	ahead := make(addressSet)
	for _, x := range d.waiting {
		if !d.mustWait(x.letter, &ahead) {
			return true
		}
	}
	return slices.ContainsFunc(d.queue, func(x place) bool {
		return !d.mustWait(d.parts[x.part].letters[x.index], &ahead)
	})
}

// finish writes the result of a mail into its meeting, and lets later mails to its
// recipients go or wait.
func (d *deliverer) finish(ctx context.Context, r result) {
	d.inFlight--
	d.done = append(d.done, r)
	r.mail.message = nil
	d.pace.used = append(d.pace.used, r.mail.permit)
	failed := r.mail.letter.recordResult(r.mail.meeting, &r, d.settings)
	d.noteFailure(r.mail, failed)
	d.tellResult(ctx, &r, failed)
	for i := range r.mail.letter {
		n := &r.mail.letter[i]
		d.close(n.Key())
		if d.mustBlock(r.mail, n, r.mail.meeting.Deliveries[n.index].State) {
			d.block(n.Key())
		}
	}
}

// mustBlock reports whether later mails to a recipient must wait after a try that
// left the mail in state s. If the rest of a series was refused, its attendees keep
// the old series as it is.
func (d *deliverer) mustBlock(x *outgoing, n *recipient, s DeliveryState) bool {
	rest := len(d.parts) > 1 && x.place.part == 0
	return s == DeliveryPending || n.mayHaveArrived && s == DeliveryUnknown || rest && s == DeliveryRefused
}

// close ends one mail in flight to an address.
func (d *deliverer) close(key string) {
	if d.busy == nil {
		return
	}
	if d.busy[key]--; d.busy[key] == 0 {
		delete(d.busy, key)
	}
}

// block keeps later mails to an address back.
func (d *deliverer) block(key string) {
	if d.blocked == nil {
		d.blocked = make(map[string]bool)
	}
	d.blocked[key] = true
}

// mustWait reports whether an earlier mail to a recipient of a letter is in flight or
// must wait. ahead has the recipients of earlier mails that must wait. If the letter
// must wait, its recipients are added to ahead.
func (d *deliverer) mustWait(l letter, ahead *addressSet) bool {
	wait := (len(d.busy) > 0 || len(*ahead) > 0) && l.isTo(func(key string) bool { return d.busy[key] > 0 || (*ahead)[key] })
	if wait && *ahead == nil {
		*ahead = make(addressSet)
	}
	for i := range l {
		if wait {
			(*ahead)[l[i].Key()] = true
		}
	}
	return wait
}

// addressSet is a set of addresses, by key.
type addressSet map[string]bool

// claims removes the mails from the queue that can be handed over now, and builds
// them. Mails to blocked addresses are left pending. The list is valid until the next
// call.
func (d *deliverer) claims(ctx context.Context) (out []*outgoing) {
	if err := cmp.Or(d.broken, ctx.Err(), d.pace.ended); err != nil || d.pace.isOver() {
		if d.broken == nil && d.pace.isLate && len(d.waiting)+len(d.queue) > 0 {
			within.Ended(ctx)
		}
		d.giveUp(err)
		return nil
	}
	var ahead addressSet
	out = d.claimed[:0]
	retry := d.waiting
	d.waiting = nil
	for isReady := true; isReady && d.inFlight+len(out) < cap(d.results) && len(retry)+len(d.queue) > 0; {
		var x *outgoing
		if len(retry) > 0 {
			x, retry = retry[0], retry[1:]
		} else {
			x, d.queue = d.outgoing(d.queue[0]), d.queue[1:]
		}
		switch {
		case len(d.blocked) > 0 && x.letter.isTo(func(key string) bool { return d.blocked[key] }):
			d.leave(x, errWaits)
		case d.mustWait(x.letter, &ahead):
			d.waiting = append(d.waiting, x)
		case !d.pace.ready(ctx, len(out)):
			isReady = false
			d.waiting = append(d.waiting, x)
		case d.build(ctx, x):
			out = append(out, x)
			for i := range x.letter {
				if d.busy != nil {
					d.busy[x.letter[i].Key()]++
				}
			}
		}
	}
	d.waiting = append(d.waiting, retry...)
	d.claimed = out
	return out
}

// build makes the mail. If the mail cannot be built, it stays pending, and build
// reports false.
func (d *deliverer) build(ctx context.Context, x *outgoing) bool {
	message, err := x.renderer.finished(ctx, int(x.place.index), x.letter)
	if err != nil {
		d.leave(x, err)
		return false
	}
	x.message = message
	return true
}

// leave keeps a mail pending, and with it all later ones to its recipients.
func (d *deliverer) leave(x *outgoing, err error) {
	d.noteFailure(x, x.letter.setFailed(x.meeting, DeliveryPending, err, d.settings))
	d.keepUnknown(x)
	for i := range x.letter {
		d.block(x.letter[i].Key())
	}
}

// keepUnknown records that deliveries are unknown again which were pending for another try,
// if the try does not begin.
func (d *deliverer) keepUnknown(x *outgoing) {
	if x.letter.unknownAgain(x.meeting) {
		d.takenBack = append(d.takenBack, x)
	}
}

// giveUp leaves the rest of the queue pending, because of err. If the ledger failed,
// its error stands for all of them. If the time is over that [Within] gives, there is
// no error.
func (d *deliverer) giveUp(err error) {
	for _, x := range d.queue {
		d.waiting = append(d.waiting, d.outgoing(x))
	}
	for _, x := range d.waiting {
		if d.broken == nil && err != nil {
			d.noteFailure(x, x.letter.setFailed(x.meeting, DeliveryPending, err, d.settings))
		}
		d.keepUnknown(x)
	}
	d.waiting, d.queue = nil, nil
}

// lose leaves a mail alone that another call has claimed or overtaken. In the meeting
// of this call it stays pending. The ledger knows its state.
func (d *deliverer) lose(x *outgoing) {
	x.message = nil
	x.letter.note(x.meeting, DeliveryPending, "", d.settings)
	for i := range x.letter {
		d.close(x.letter[i].Key())
		d.block(x.letter[i].Key())
	}
}
