package invite

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Ledger keeps the fate of every mail of the calls of a [Client]. If there is
// one, the stored meeting is the truth. The Meeting that a call returns is then
// for reading only, because storing it would undo answers that were applied
// meanwhile. The conformance suite is invitetest.TestLedger.
//
// The calls of Record for one meeting never overlap within a call of the Client.
// A Ledger must neither keep nor change the values that it is given.
type Ledger interface {
	// Begin stores all meetings of one call in one step, before its first mail.
	// It adds the mails that it has not seen, as pending, and marks the mails
	// that they replace as overtaken. [Client.Resume] does not call it.
	//
	// It must return an error if the call was planned from an older state than
	// the stored one: if a mail that the call marks as overtaken is not pending
	// any more, or if something is stored that the meeting does not know. After
	// an error nothing is handed over.
	Begin(ctx context.Context, ms ...*Meeting) error
	// Record stores changes of deliveries in one step.
	//
	//   - A Delivery in state [DeliverySending] is a claim. It holds only if the
	//     stored delivery was pending. Deliveries with one Message-ID are one
	//     mail, which is claimed whole or not at all.
	//   - A Delivery in state [DeliveryPending] takes a mail back. It takes
	//     effect only if the stored delivery is unknown, or if this call claimed
	//     it. With [ResendUnknown], the Client also takes back mails that another
	//     call was sending. A ledger may ignore that. It must then refuse the
	//     claims on these mails.
	//   - A Delivery in any other state is a result, which always takes effect.
	//
	// lost are the numbers of the claims that were refused. These mails are not
	// handed over. After an error nothing more is handed over, and changes that
	// may not have been stored are recorded once again.
	Record(ctx context.Context, uid string, changed []Delivery) (lost []int, err error)
}

// WholeMeeting returns a [Ledger] that calls store with the whole meeting
// whenever something changes. It suits programs in which nothing changes the
// stored meeting during a call, because such a change would be overwritten. Its
// claims hold only within one process, and it stores the two meetings of
// [Client.UpdateFollowing] one after the other. A call with n mails stores n + 2
// times, or up to 2n + 1 times if mails wait for a [Pacer]. So a meeting with many guests
// needs a Ledger that stores single deliveries.
func WholeMeeting(store func(ctx context.Context, m *Meeting) error) Ledger {
	return &wholeMeetings{store: store, underWay: make(map[string]*heldMeeting)}
}

// wholeMeetings has the meetings of the calls under way, by their UIDs.
type wholeMeetings struct {
	store    func(ctx context.Context, m *Meeting) error
	mu       sync.Mutex
	underWay map[string]*heldMeeting
}

// heldMeeting is one meeting, as it was last stored.
type heldMeeting struct {
	mu sync.Mutex // held while the meeting is stored
	m  *Meeting
}

var _ Ledger = (*wholeMeetings)(nil)

func (w *wholeMeetings) Begin(ctx context.Context, ms ...*Meeting) error {
	for _, m := range ms {
		w.hold(m)
		if err := w.store(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// hold begins a call about a meeting.
func (w *wholeMeetings) hold(m *Meeting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.underWay[m.Event.UID] = &heldMeeting{m: m.clone()}
}

// release ends the call.
func (w *wholeMeetings) release(uid string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.underWay, uid)
}

// call returns the meeting of a call under way, or nil.
func (w *wholeMeetings) call(uid string) *heldMeeting {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.underWay[uid]
}

func (w *wholeMeetings) Record(ctx context.Context, uid string, changed []Delivery) (lost []int, err error) {
	h := w.call(uid)
	if h == nil {
		return nil, fmt.Errorf("invite: WholeMeeting: no call about the meeting %.80s is under way", uid)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	next := *h.m
	next.Deliveries = slices.Clone(h.m.Deliveries)
	lost = next.claim(changed)
	next.forget()
	if err := w.store(ctx, &next); err != nil {
		return nil, err
	}
	h.m = &next
	return lost, nil
}

// claim merges changes as a [Ledger] does: claims of mails that are not pending
// are lost, whole mails at a time.
func (m *Meeting) claim(changed []Delivery) (lost []int) {
	var find numberFinder
	broken := make(map[string]bool) // by Message-ID
	for _, d := range changed {
		if d.State != DeliverySending {
			continue
		}
		if i := find.index(m.Deliveries, d.N); i < 0 || m.Deliveries[i].State != DeliveryPending {
			broken[d.MessageID] = true
		}
	}
	var valid []Delivery
	for _, d := range changed {
		if d.State == DeliverySending && broken[d.MessageID] {
			lost = append(lost, d.N)
			continue
		}
		valid = append(valid, d)
	}
	m.Merge(valid)
	return lost
}
