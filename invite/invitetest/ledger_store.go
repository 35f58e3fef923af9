package invitetest

import (
	"fmt"
	"sync"

	"github.com/convene-go/convene/invite"
)

// ledgerStore holds the meetings that a [Ledger] shares with the Ledgers of its
// method Call.
type ledgerStore struct {
	mu       sync.Mutex
	meetings map[string]*storedMeeting // by UID
}

// read returns a copy of a meeting and its version, or nil and 0.
func (s *ledgerStore) read(uid string) (*invite.Meeting, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.meetings[uid]
	if x == nil {
		return nil, 0
	}
	out := withoutMails(x.meeting)
	for i := range x.rows {
		out.Deliveries = append(out.Deliveries, x.rows[i].Delivery)
	}
	return out, x.version
}

// begin stores all meetings, or returns [ErrConflict] and stores none.
func (s *ledgerStore) begin(ms []*invite.Meeting) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range ms {
		if x := s.meetings[m.Event.UID]; x != nil && !(x.isPartOf(m) && x.allows(m)) {
			return fmt.Errorf("%w: %.80s", ErrConflict, m.Event.UID)
		}
	}
	for _, m := range ms {
		s.put(m).addMails(m.Deliveries)
	}
	return nil
}

// put stores the intent and the answers as the next version.
func (s *ledgerStore) put(m *invite.Meeting) *storedMeeting {
	x := s.meetings[m.Event.UID]
	if x == nil {
		x = new(storedMeeting)
		s.meetings[m.Event.UID] = x
	}
	x.version++
	x.meeting = withoutMails(m)
	return x
}

// record stores changes that come through the Ledger by, and returns the numbers of
// the claims that do not hold.
func (s *ledgerStore) record(by *Ledger, uid string, changed []invite.Delivery) (lost []int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.meetings[uid]
	if x == nil {
		return nil, fmt.Errorf("invitetest: no meeting %.80s is stored", uid)
	}
	taken, err := x.taken(changed)
	if err != nil {
		return nil, err
	}
	for _, d := range changed {
		if d.State == invite.DeliverySending && taken[d.MessageID] {
			lost = append(lost, d.N)
			continue
		}
		// If a claim of by was not stored, another Ledger may have the mail, so by
		// does not take it back. Otherwise by sends a leftover again.
		tried := d.State == invite.DeliveryPending && by.tried(rowKey{uid, d.N})
		if r := x.row(d.N); r.accepts(&d, r.owner == by, tried) {
			*r = ledgerRow{d, by}
		}
	}
	return lost, nil
}

// change stores a meeting that was made from a version whose deliveries were
// before. It stores nothing and returns false if that version, or a delivery that
// the caller changed, has changed meanwhile.
func (s *ledgerStore) change(after *invite.Meeting, before []invite.Delivery, version int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.meetings[after.Event.UID]
	if x == nil && version != 0 || x != nil && x.version != version {
		return false
	}
	changed, ok := x.changes(before, after.Deliveries)
	if !ok {
		return false
	}
	s.put(after).set(changed)
	return true
}
