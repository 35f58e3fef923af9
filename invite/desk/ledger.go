package desk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite"
)

// Ledger returns a ledger for one call of an [invite.Client] about meetings of this desk,
// for a program that sends some mails at once: client.WithLedger(d.Ledger()). It cannot be
// used in a transaction of the caller.
func (d *Desk) Ledger() invite.Ledger {
	l := d.newLedger(context.Background())
	if d.tx != nil {
		l.misused = errors.New("desk: Ledger cannot be used in a transaction")
	}
	return l
}

// ledger writes the fate of the mails of one call. Each row that the call claims has the
// token of the call, so that a late result finds only its own mails, and the number of
// the record that claimed it, so that a record whose commit was not answered can be
// repeated.
type ledger struct {
	*Desk
	call    string
	misused error  // why it cannot be used; nil if it can
	tag     string // of the meeting, for steps
	records atomic.Int64

	mu       sync.Mutex
	ctx      context.Context // ends if the program wants to stop
	recorded map[int]bool    // the mails with a result, if the call is about one meeting
	failed   error           // the error of the last record that failed
	refused  int             // the mails that were refused
	lines    int             // the lines of the log about them
}

var _ invite.Ledger = (*ledger)(nil)

func (d *Desk) newLedger(ctx context.Context) *ledger {
	return &ledger{Desk: &Desk{core: d.core}, ctx: ctx, call: rand.Text(), recorded: make(map[int]bool)}
}

// Begin stores the meetings of a call that sends at once. The call ends with ctx.
func (l *ledger) Begin(ctx context.Context, ms ...*invite.Meeting) error {
	if err := cmp.Or(l.misused, l.enter(ctx)); err != nil {
		return err
	}
	l.mu.Lock()
	l.ctx = ctx
	l.mu.Unlock()
	var uid string
	err := l.inTx(ctx, func(tx *sql.Tx) error {
		for _, m := range ms {
			uid = m.Event.UID
			if err := l.begin(ctx, tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errLost) { // a mail has just gone out
		return fmt.Errorf("%w: %.80s", ErrConflict, uid)
	}
	return err
}

// begin stores one meeting of a call.
func (l *ledger) begin(ctx context.Context, tx *sql.Tx, m *invite.Meeting) error {
	p := pace{now: l.now()}
	key := keyOf(m.Event.UID)
	ok, err := insertMeeting(ctx, tx, m, p)
	switch {
	case err != nil:
		return err
	case ok:
		return l.begun(ctx, tx, key, m)
	}
	if err := l.dialect.lockMeeting(ctx, tx, key); err != nil {
		return err
	}
	was, err := read(ctx, tx, key)
	if err != nil {
		return err
	}
	if err := was.comesBefore(m); err != nil {
		return err
	}
	// For a mail that is stored, its row counts, unless the call overtakes the mail.
	after := *m
	after.Deliveries = nil
	for _, d := range m.Deliveries {
		x, ok := was.mails[d.N]
		if !ok || d.State == invite.DeliveryOvertaken && x.State == invite.DeliveryPending {
			after.Deliveries = append(after.Deliveries, d)
		}
	}
	if err := updateMeeting(ctx, tx, was, &after, p); err != nil {
		return err
	}
	return l.begun(ctx, tx, key, m)
}

// begun plans the reminders and the entry of a meeting that begin has stored, and tells the
// queue. The call sends the mails, but the queue sends the mails that fail for a while.
func (l *ledger) begun(ctx context.Context, tx *sql.Tx, key string, m *invite.Meeting) error {
	if _, err := l.planReminder(ctx, tx, key, m); err != nil {
		return err
	}
	if err := l.planEntry(ctx, tx, key); err != nil {
		return err
	}
	return l.enqueue(ctx, tx, key)
}

// comesBefore returns ErrConflict if m cannot have been made from the stored meeting.
func (s *stored) comesBefore(m *invite.Meeting) error {
	given := make(map[int]*invite.Delivery, len(m.Deliveries))
	for i := range m.Deliveries {
		given[m.Deliveries[i].N] = &m.Deliveries[i]
	}
	was := s.meeting
	ok := was.Event.Sequence <= m.Event.Sequence && isPrefix(was.Answers, m.Answers) && isPrefix(was.Joined, m.Joined)
	for i := range was.Proposals {
		ok = ok && i < len(m.Proposals) && m.Proposals[i].ID == was.Proposals[i].ID
	}
	for n, x := range s.mails {
		d := given[n]
		ok = ok && d != nil && d.MessageID == x.MessageID
		ok = ok && (d.State != invite.DeliveryOvertaken || x.State == invite.DeliveryOvertaken || x.State == invite.DeliveryPending)
	}
	if !ok {
		return fmt.Errorf("%w: %.80s", ErrConflict, m.Event.UID)
	}
	return nil
}

// isPrefix reports whether list begins with prefix. Values are equal if their JSON is.
func isPrefix[T any](prefix, list []T) bool {
	if len(prefix) > len(list) {
		return false
	}
	a, err := json.Marshal(prefix)
	if err != nil {
		return false
	}
	b, err := json.Marshal(list[:len(prefix)])
	return err == nil && (len(prefix) == 0 || bytes.Equal(a, b))
}

// longestRecord is the time for which a record is tried again while the database is away.
// A result that is lost makes a mail unknown.
const longestRecord = 5 * time.Minute

// longestAfter is the time for which it is still tried after the program wants to stop.
const longestAfter = 10 * time.Second

// Record stores changes in one transaction, which it repeats if the database is away.
func (l *ledger) Record(ctx context.Context, uid string, changed []invite.Delivery) (lost []int, err error) {
	if err := cmp.Or(l.misused, l.enter(ctx)); err != nil {
		return nil, err
	}
	number, key := l.records.Add(1), keyOf(uid)
	ctx, cancel := context.WithTimeout(ctx, longestRecord)
	defer cancel()
	stop := context.AfterFunc(l.ending(), func() { time.AfterFunc(longestAfter, cancel) })
	defer stop()
	wait := &backoff.ExponentialBackOff{
		InitialInterval: 20 * time.Millisecond, RandomizationFactor: backoff.DefaultRandomizationFactor,
		Multiplier: 2, MaxInterval: time.Second,
	}
	warned := false
	passes := func(err error) bool {
		if errors.Is(err, errStranger) || errors.Is(err, ErrNotFound) {
			return false
		}
		if !warned {
			l.log().ErrorContext(ctx, "desk: the fate of mails cannot be stored yet", "uid", uid, "error", discreet.Error(err))
		}
		warned = true
		return true
	}
	c := newChanges(changed)
	var ended []invite.Delivery
	err = retry(ctx, wait, longestRecord, passes, func() (err error) {
		ended, lost, err = l.recordOnce(ctx, key, number, c)
		return err
	})
	if err != nil {
		l.fail(err)
		return nil, err
	}
	if warned {
		l.log().InfoContext(ctx, "desk: the fate of mails is stored", "uid", uid)
	}
	l.note(changed)
	l.logRefused(ctx, uid, ended)
	l.tellGivenUp(ctx, uid, c, ended)
	return lost, nil
}

// errStranger reports mails that are not stored.
var errStranger = errors.New("desk: ledger: no such mail")

// recordOnce stores changes in one statement or transaction. It returns the results that
// count, and the claims that are lost.
func (l *ledger) recordOnce(ctx context.Context, key string, number int64, c *changes) (ended []invite.Delivery, lost []int, err error) {
	if l.options.OnEvent == nil && c.isSmall() {
		err = l.inStatement(ctx, func(q querier) error {
			ended, lost, err = l.recordSmall(ctx, q, key, number, c)
			return err
		})
		return ended, lost, err
	}
	err = l.inTxTelling(ctx, func(tx *sql.Tx, keep bool) error {
		ended, lost, err = l.record(ctx, tx, key, number, c, keep)
		return err
	})
	return ended, lost, err
}

// record stores changes in a transaction. It returns the results that count, and the claims
// that are lost.
func (l *ledger) record(ctx context.Context, tx *sql.Tx, key string, number int64, c *changes, keep bool) (ended []invite.Delivery, lost []int, err error) {
	if c.isSmall() {
		if ended, lost, err = l.recordSmall(ctx, tx, key, number, c); err != nil {
			return nil, nil, err
		}
		return ended, lost, l.tellResults(ctx, tx, key, ended, keep)
	}
	now := l.now()
	stored, err := l.results(ctx, tx, key, c.results, now)
	if err != nil {
		return nil, nil, err
	}
	tookBack, refused, err := l.takeBack(ctx, tx, key, c.back, now)
	if err != nil {
		return nil, nil, err
	}
	if lost, err = l.claim(ctx, tx, key, number, c.claims, now); err != nil {
		return nil, nil, err
	}
	if len(lost) > 0 || len(stored)+len(tookBack) < len(c.results)+len(c.back) {
		if err := known(ctx, tx, key, c.all); err != nil {
			return nil, nil, err
		}
	}
	ended = append(among(c.results, stored), refused...)
	return ended, lost, l.tellResults(ctx, tx, key, ended, keep)
}

// among returns the deliveries whose numbers are in a set.
func among(list []invite.Delivery, set map[int]bool) (out []invite.Delivery) {
	for _, d := range list {
		if set[d.N] {
			out = append(out, d)
		}
	}
	return out
}

// known returns an error if one of the mails is not stored. An empty result of Record
// would mean that all claims hold. If the meeting was deleted, the error is ErrNotFound.
func known(ctx context.Context, q querier, key string, changed []invite.Delivery) error {
	if _, _, err := nameOf(ctx, q, key); err != nil {
		return err
	}
	for part := range slices.Chunk(changed, rowsAtOnce) {
		var s statement
		s.add(`SELECT n FROM convene_mails WHERE uid = ? AND n IN (`, key)
		got := make(map[int]bool)
		if err := numbers(ctx, q, numbersOf(&s, part).add(")"), got); err != nil {
			return err
		}
		for _, d := range part {
			if !got[d.N] {
				return fmt.Errorf("%w: %.80s has no mail %d", errStranger, key, d.N)
			}
		}
	}
	return nil
}

// results stores the results of mails of this call. A report that a mail did not arrive
// may be faster.
func (l *ledger) results(ctx context.Context, tx *sql.Tx, key string, list []invite.Delivery, now time.Time) (map[int]bool, error) {
	return setMails(ctx, tx, key, list, now, func(s *statement) { l.mayEnd(s.add(` AND `)) })
}

// takeBack makes mails pending again: the mails of this call, and unknown mails. A mail
// that failed for a while has a reply, and waits for its next try. A mail that was tried
// too often is refused. If the program wants to stop, that is the reason why the mails
// failed. Then they stay due, for the next process, and no try is counted.
func (l *ledger) takeBack(ctx context.Context, tx *sql.Tx, key string, list []invite.Delivery, now time.Time) (got map[int]bool, refused []invite.Delivery, err error) {
	got, err = setMails(ctx, tx, key, list, now, func(s *statement) {
		s.add(` AND (state = 'unknown' OR state IN ('sending', 'pending') AND call = ?)`, l.call)
	})
	if err != nil {
		return nil, nil, err
	}
	if l.ending().Err() != nil {
		return got, nil, nil
	}
	for _, d := range list {
		if !got[d.N] || d.Reply == "" {
			continue
		}
		x, err := l.postpone(ctx, tx, key, d, now)
		if err != nil {
			return nil, nil, err
		}
		refused = append(refused, x...)
	}
	return got, refused, nil
}

// claim changes mails from pending to sending. That is the lock: the call that changes the
// row has the mail. A mail to several recipients is claimed whole or not at all. claim
// returns the numbers of the claims that do not hold.
func (l *ledger) claim(ctx context.Context, tx *sql.Tx, key string, number int64, list []invite.Delivery, now time.Time) (lost []int, err error) {
	take := l.take
	if isShared(list) {
		take = l.takeWhole
	}
	got, err := take(ctx, tx, key, number, list, now)
	if err != nil {
		return nil, err
	}
	return missing(list, got), nil
}

// tellResults tells OnEvent of the results of mails, if it wants to know.
func (l *ledger) tellResults(ctx context.Context, tx *sql.Tx, key string, results []invite.Delivery, keep bool) error {
	if l.options.OnEvent == nil || len(results) == 0 {
		return nil
	}
	uid, tag, err := nameOf(ctx, tx, key)
	if err != nil {
		return err
	}
	var events []Event
	for _, d := range results {
		if e := eventOfMail(uid, tag, d); e.Kind != "" {
			events = append(events, e)
		}
	}
	t := &telling{Desk: l.Desk, tx: tx, key: key, keep: keep}
	if err := t.tell(ctx, events); err != nil || !t.kept {
		return err
	}
	return l.enqueue(ctx, tx, key)
}
