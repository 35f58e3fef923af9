package invitetest

import "github.com/convene-go/convene/invite"

// ledgerRow is a delivery, and the Ledger that recorded it last.
type ledgerRow struct {
	invite.Delivery
	owner *Ledger
}

// rowKey names a row of a [ledgerStore].
type rowKey struct {
	uid string
	n   int
}

// accepts reports whether a change holds. owner is true if it comes from the owner
// of the row. tried is true if an earlier claim of its Ledger was not stored. A
// claim that does not hold never gets here.
func (r *ledgerRow) accepts(d *invite.Delivery, owner, tried bool) bool {
	sending := r.State == invite.DeliverySending
	switch d.State {
	case invite.DeliverySending:
		return true
	case invite.DeliveryPending:
		return r.State == invite.DeliveryPending || r.State == invite.DeliveryUnknown || sending && (owner || !tried)
	}
	return (owner || !sending) && r.State != invite.DeliveryUndelivered // a bounce may come before the result
}

// isOvertakenBy reports whether d marks the mail as overtaken, which it is not yet.
func (r *ledgerRow) isOvertakenBy(d *invite.Delivery) bool {
	return d.State == invite.DeliveryOvertaken && r.State != invite.DeliveryOvertaken
}
