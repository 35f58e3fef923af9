package invitetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/convene-go/convene/invite"
)

// ErrConflict reports a call that was planned from a meeting which has changed in
// the store since. Read the meeting and call again.
var ErrConflict = errors.New("invitetest: the stored meeting has changed meanwhile")

// Ledger is an [invite.Ledger] in memory. It stores meetings as a database would:
// the intent and the answers of a meeting lie in one row with a version, and each
// delivery is a row of its own. Use [Ledger.Change] to apply answers, and to store
// the Meeting that a call with [invite.QueueOnly] returns.
//
// All calls through one Ledger count as one call, so each of them may take back the
// claims of the others. [Ledger.Call] returns a Ledger for a single call. All
// methods are safe for concurrent use.
type Ledger struct {
	// Before is called before each Begin and Record if it is not nil. It may block.
	// If it returns an error, nothing is stored and the error is returned.
	Before func(c LedgerCall) error
	// After is called after Begin or Record has stored its arguments, if it is not
	// nil. If it returns an error, the caller gets that error although everything is
	// stored, as if the reply of a database was lost.
	After func(c LedgerCall) error

	store           *ledgerStore
	mu              sync.Mutex
	begins, records int             // the number of calls so far
	failed          map[rowKey]bool // claims of this Ledger that were not stored
}

var _ invite.Ledger = (*Ledger)(nil)

// NewLedger returns a ledger without meetings.
func NewLedger() *Ledger {
	return &Ledger{store: &ledgerStore{meetings: make(map[string]*storedMeeting)}, failed: make(map[rowKey]bool)}
}

// Call returns a Ledger over the same meetings, which stands for another process or
// another call. It has neither Before nor After.
//
// A Record may take back a mail that another Ledger has claimed. If an earlier claim
// of the mail through the same Ledger returned an error of Before, the claim of the
// other Ledger stays. Otherwise the mail is taken back, as [invite.ResendUnknown]
// asks.
func (l *Ledger) Call() *Ledger {
	return &Ledger{store: l.store, failed: make(map[rowKey]bool)}
}

// Begin stores all meetings of a call or none. It returns [ErrConflict] if one of
// them lacks an answer, a proposal or a mail that is stored, or overtakes a mail that
// is not pending any more.
func (l *Ledger) Begin(ctx context.Context, ms ...*invite.Meeting) error {
	c := LedgerCall{N: l.count(&l.begins), Meetings: ms}
	if err := c.hook(l.Before); err != nil {
		return err
	}
	if err := l.store.begin(ms); err != nil {
		return err
	}
	return c.hook(l.After)
}

// Record stores changes of deliveries, see [invite.Ledger].
func (l *Ledger) Record(ctx context.Context, uid string, changed []invite.Delivery) (lost []int, err error) {
	c := LedgerCall{N: l.count(&l.records), UID: uid, Changed: changed}
	if err := c.hook(l.Before); err != nil {
		l.note(uid, changed)
		return nil, err
	}
	if lost, err = l.store.record(l, uid, changed); err != nil {
		return nil, err
	}
	if err := c.hook(l.After); err != nil {
		return nil, err
	}
	return lost, nil
}

// Stored returns a copy of the meeting with that UID, or nil.
func (l *Ledger) Stored(uid string) *invite.Meeting {
	m, _ := l.store.read(uid)
	return m
}

// Change reads a meeting, calls change, and stores the Meeting that change returns.
// If the meeting was changed meanwhile, Change begins anew. So change may be called
// several times, and must send nothing. Mails that are sent meanwhile are no
// obstacle, unless change changes the deliveries of the same mails.
//
// If no meeting has that UID, change is given nil.
func (l *Ledger) Change(uid string, change func(m *invite.Meeting) (*invite.Meeting, error)) error {
	for {
		given, version := l.store.read(uid)
		var before []invite.Delivery
		if given != nil {
			before = slices.Clone(given.Deliveries)
		}
		after, err := change(given)
		if err != nil {
			return err
		}
		if after == nil {
			return invite.ErrNoMeeting
		}
		if after.Event.UID != uid {
			return fmt.Errorf("invitetest: the meeting %s became %s", uid, after.Event.UID)
		}
		if l.store.change(after, before, version) {
			return nil
		}
	}
}

// count adds one to a number of calls, and returns it.
func (l *Ledger) count(calls *int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	*calls++
	return *calls
}

// note remembers the claims in changed, which were not stored.
func (l *Ledger) note(uid string, changed []invite.Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range changed {
		if d.State == invite.DeliverySending {
			l.failed[rowKey{uid, d.N}] = true
		}
	}
}

// tried reports whether a claim of a mail through l was not stored, and forgets the
// claim.
func (l *Ledger) tried(key rowKey) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	failed := l.failed[key]
	delete(l.failed, key)
	return failed
}
