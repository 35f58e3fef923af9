package invitetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/convene-go/convene/invite"
)

// ErrConflict reports a call that was planned from a meeting that is not the
// stored one any more. Read the meeting and call again.
var ErrConflict = errors.New("invitetest: the stored meeting has changed meanwhile")

// Ledger is an [invite.Ledger] in memory. It does what a program does with a
// database: the intent and the answers of a meeting lie in one row with a version,
// and each delivery is a row of its own. [Ledger.Change] is the way to apply
// answers, and to store what a call with [invite.QueueOnly] returns.
//
// The calls through one Ledger count as one call, whose claims any of them may
// take back. [Ledger.Call] returns a Ledger for one call alone. All methods are
// safe for concurrent use.
type Ledger struct {
	// Before is called before each Begin and Record, if it is not nil. It may
	// block. An error stores nothing, and is returned.
	Before func(c LedgerCall) error
	// After is called after what Begin or Record is given was stored. An error is
	// returned as if the answer of a database was lost.
	After func(c LedgerCall) error

	store           *ledgerStore
	mu              sync.Mutex
	begins, records int             // the calls so far
	failed          map[rowKey]bool // claims of this Ledger that were not stored
}

// LedgerCall is one call of Begin or Record.
type LedgerCall struct {
	// N counts the calls of the same method of a Ledger, from 1.
	N int
	// Meetings are those of Begin; nil for Record.
	Meetings []*invite.Meeting
	// UID and Changed are those of Record.
	UID     string
	Changed []invite.Delivery
}

// IsBegin reports whether it is a call of Begin.
func (c *LedgerCall) IsBegin() bool { return c.Meetings != nil }

var _ invite.Ledger = (*Ledger)(nil)

// NewLedger returns a ledger without meetings.
func NewLedger() *Ledger {
	return &Ledger{store: &ledgerStore{shelves: make(map[string]*shelf)}, failed: make(map[rowKey]bool)}
}

// Call returns a Ledger over the same meetings, as another process or another
// call has it: it does not take back what others have claimed, unless it did so
// before it claimed anything, as [invite.ResendUnknown] does. It has no hooks.
func (l *Ledger) Call() *Ledger {
	return &Ledger{store: l.store, failed: make(map[rowKey]bool)}
}

// Begin stores the meetings of a call, all or none. It returns [ErrConflict] if
// they lack an answer, a proposal or a mail that is stored, or overtake a mail that
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

// Change stores what change makes of a meeting, unless somebody else has changed
// the meeting since it was read: then it is read again, so change may be called
// several times, and must send nothing. Mails that are sent meanwhile are no
// obstacle, unless change says something of the same mails.
//
// change is given nil if no meeting has that UID.
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

// count counts a call.
func (l *Ledger) count(calls *int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	*calls++
	return *calls
}

// note remembers claims that were not stored.
func (l *Ledger) note(uid string, changed []invite.Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range changed {
		if d.State == invite.DeliverySending {
			l.failed[rowKey{uid, d.N}] = true
		}
	}
}

// tried reports whether l tried in vain to claim a mail, and forgets it.
func (l *Ledger) tried(key rowKey) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	failed := l.failed[key]
	delete(l.failed, key)
	return failed
}

func (c *LedgerCall) hook(f func(LedgerCall) error) error {
	if f == nil {
		return nil
	}
	return f(*c)
}

// ledgerStore is what several Ledgers share.
type ledgerStore struct {
	mu      sync.Mutex
	shelves map[string]*shelf // by UID
}

// shelf is one meeting.
type shelf struct {
	version int
	meeting *invite.Meeting // without its deliveries
	rows    []row           // in the order of their numbers
}

// row is a delivery, and the Ledger that has claimed it.
type row struct {
	invite.Delivery
	owner *Ledger
}

// rowKey names a row.
type rowKey struct {
	uid string
	n   int
}

// read returns a copy of a meeting, and its version.
func (s *ledgerStore) read(uid string) (*invite.Meeting, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.shelves[uid]
	if x == nil {
		return nil, 0
	}
	out := copied(x.meeting)
	for i := range x.rows {
		out.Deliveries = append(out.Deliveries, x.rows[i].Delivery)
	}
	return out, x.version
}

// copied returns the meeting without its deliveries, as it comes back from a
// database.
func copied(m *invite.Meeting) *invite.Meeting {
	bare := *m
	bare.Deliveries = nil
	data, err := json.Marshal(bare)
	if err == nil {
		bare = invite.Meeting{}
		err = json.Unmarshal(data, &bare)
	}
	if err != nil {
		panic(fmt.Sprintf("invitetest: a meeting does not survive JSON: %v", err))
	}
	bare.Deliveries = nil
	return &bare
}

func (s *ledgerStore) begin(ms []*invite.Meeting) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range ms {
		if x := s.shelves[m.Event.UID]; x != nil && !(x.leadsTo(m) && x.allows(m)) {
			return fmt.Errorf("%w: %.80s", ErrConflict, m.Event.UID)
		}
	}
	for _, m := range ms {
		s.put(m)
		s.shelves[m.Event.UID].enter(m.Deliveries)
	}
	return nil
}

// put stores the intent and the answers.
func (s *ledgerStore) put(m *invite.Meeting) {
	x := s.shelves[m.Event.UID]
	if x == nil {
		x = new(shelf)
		s.shelves[m.Event.UID] = x
	}
	x.version++
	x.meeting = copied(m)
}

// leadsTo reports whether m may have been made of the stored meeting: it has all
// of its answers and proposals, and no earlier version of the event.
func (x *shelf) leadsTo(m *invite.Meeting) bool {
	was := x.meeting
	return was.Event.Sequence <= m.Event.Sequence &&
		begins(m.Answers, was.Answers) && begins(m.Joined, was.Joined) &&
		begins(ids(m.Proposals), ids(was.Proposals))
}

// begins reports whether a list begins with another, as they are stored.
func begins[T any](list, with []T) bool {
	return len(with) == 0 || len(with) <= len(list) && bytes.Equal(stored(list[:len(with)]), stored(with))
}

func stored(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("invitetest: %v", err))
	}
	return data
}

// ids are the names of proposals, of which one may have been declined.
func ids(list []invite.Proposal) []string {
	out := []string{}
	for i := range list {
		out = append(out, list[i].ID)
	}
	return out
}

// allows reports whether m has each stored mail, and overtakes none that is not
// pending.
func (x *shelf) allows(m *invite.Meeting) bool {
	at := make(map[int]*invite.Delivery, len(m.Deliveries))
	for i := range m.Deliveries {
		at[m.Deliveries[i].N] = &m.Deliveries[i]
	}
	return !slices.ContainsFunc(x.rows, func(r row) bool {
		d := at[r.N]
		return d == nil || d.MessageID != r.MessageID || x.overtakes(d, &r) && r.State != invite.DeliveryPending
	})
}

func (x *shelf) overtakes(d *invite.Delivery, r *row) bool {
	return d.State == invite.DeliveryOvertaken && r.State != invite.DeliveryOvertaken
}

// enter adds the new mails, and marks the overtaken ones. The other rows know
// better than the meeting.
func (x *shelf) enter(list []invite.Delivery) {
	for _, d := range list {
		switch r := x.row(d.N); {
		case r == nil:
			x.rows = append(x.rows, row{Delivery: d})
		case x.overtakes(&d, r):
			r.Delivery = d
		}
	}
	x.sort()
}

func (x *shelf) sort() { slices.SortFunc(x.rows, func(a, b row) int { return a.N - b.N }) }

// row returns the row with a number, or nil.
func (x *shelf) row(n int) *row {
	if n >= 0 && n < len(x.rows) && x.rows[n].N == n {
		return &x.rows[n]
	}
	i := slices.IndexFunc(x.rows, func(r row) bool { return r.N == n })
	if i < 0 {
		return nil
	}
	return &x.rows[i]
}

func (s *ledgerStore) record(by *Ledger, uid string, changed []invite.Delivery) (lost []int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.shelves[uid]
	if x == nil {
		return nil, fmt.Errorf("invitetest: no meeting %.80s is stored", uid)
	}
	taken := make(map[string]bool) // by Message-ID: mails that cannot be claimed
	for _, d := range changed {
		r := x.row(d.N)
		if r == nil || r.MessageID != d.MessageID {
			return nil, fmt.Errorf("invitetest: the meeting %.80s has no mail %d with the Message-ID %.80s", uid, d.N, d.MessageID)
		}
		if d.State == invite.DeliverySending && r.State != invite.DeliveryPending {
			taken[d.MessageID] = true
		}
	}
	for _, d := range changed {
		if d.State == invite.DeliverySending && taken[d.MessageID] {
			lost = append(lost, d.N)
			continue
		}
		// If by tried in vain to claim the mail, somebody else may have it, and by
		// takes back nothing. Otherwise it sends again what was left over.
		tried := d.State == invite.DeliveryPending && by.tried(rowKey{uid, d.N})
		if r := x.row(d.N); r.takes(&d, r.owner == by, tried) {
			*r = row{d, by}
		}
	}
	return lost, nil
}

// takes reports whether a change by the owner of the row, or by another Ledger,
// holds. Claims that do not are out already.
func (r *row) takes(d *invite.Delivery, owner, tried bool) bool {
	sending := r.State == invite.DeliverySending
	switch d.State {
	case invite.DeliverySending:
		return true
	case invite.DeliveryPending:
		return r.State == invite.DeliveryPending || r.State == invite.DeliveryUnknown || sending && (owner || !tried)
	}
	return (owner || !sending) && r.State != invite.DeliveryUndelivered // a bounce may come before the result
}

// change stores a meeting that was made of a version, whose deliveries were as
// before says. It reports false if something of it has changed.
func (s *ledgerStore) change(after *invite.Meeting, before []invite.Delivery, version int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	uid := after.Event.UID
	x := s.shelves[uid]
	if x == nil && version != 0 || x != nil && x.version != version {
		return false
	}
	if x == nil {
		x = new(shelf)
	}
	was := make(map[int]invite.Delivery, len(before))
	for _, d := range before {
		was[d.N] = d
	}
	var changed []invite.Delivery
	for _, d := range after.Deliveries {
		if old, ok := was[d.N]; ok && old == d {
			continue
		}
		if r := x.row(d.N); r != nil && r.Delivery != was[d.N] {
			return false
		}
		changed = append(changed, d)
	}
	s.put(after)
	x = s.shelves[uid]
	for _, d := range changed {
		if r := x.row(d.N); r != nil {
			r.Delivery = d
			continue
		}
		x.rows = append(x.rows, row{Delivery: d})
	}
	x.sort()
	return true
}
