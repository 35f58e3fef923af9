package invite

import (
	"context"
	"time"
)

// result is the end of one try.
type result struct {
	mail    *outgoing
	receipt Receipt
	err     error
	began   time.Time // zero if nobody observes the steps, as ended
	ended   time.Time
}

// send hands a mail over. If the call sends one mail at a time, no goroutine is
// needed.
func (d *deliverer) send(ctx context.Context, x *outgoing) {
	x.permit = d.pace.take()
	d.tellHandedOver(ctx, x)
	if cap(d.results) == 1 {
		d.results <- d.try(ctx, x)
		d.inFlight++
		return
	}
	d.inFlight++
	go func() { d.results <- d.try(ctx, x) }()
}

// try hands a mail to the sender.
func (d *deliverer) try(ctx context.Context, x *outgoing) (r result) {
	defer func() {
		if r.mail == nil { // the sender has panicked
			x.permit.release()
		}
	}()
	began := d.settings.clock()
	receipt, err := hand(x.permit.context(ctx), d.sender, x.message)
	return result{x, receipt, err, began, d.settings.clock()}
}

// hand gives a mail to a Sender.
func hand(ctx context.Context, s Sender, m *Message) (Receipt, error) {
	if r, ok := s.(ReceiptSender); ok {
		return r.SendReceipt(ctx, m)
	}
	return Receipt{}, s.Send(ctx, m)
}
