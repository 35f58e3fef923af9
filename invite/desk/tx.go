package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// insideKey is the key of the transaction in the context that OnEvent is given.
type insideKey struct{}

// enter refuses a call inside OnEvent that is not in its transaction.
func (d *Desk) enter(ctx context.Context) error {
	if tx, ok := ctx.Value(insideKey{}).(*sql.Tx); ok && tx != d.tx {
		return ErrInside
	}
	return nil
}

// reader is the database as this desk reads it.
func (d *Desk) reader() querier {
	if d.tx != nil {
		return d.tx
	}
	return d.db
}

// InTx runs f in a transaction of the desk's database, and commits it if f returns nil.
// f is given the transaction for the program's own statements, and a desk that works in
// it. All calls of the desk in f go to that desk. A call of the other one is not part of
// the transaction on PostgreSQL, and stays if f fails. On SQLite it waits for the
// transaction, and fails with [ErrConflict] after about a minute.
//
// Nothing of the work counts before the commit. [Desk.Run] sends the mails right after it.
// If f fails or panics, nothing is stored, and its error comes back.
//
// If another transaction was in the way, f is run again in a new transaction, for about a
// minute at most. Then the error is [ErrConflict]. Another transaction was in the way if a
// call of the desk returns ErrConflict, or if a statement of f or the commit reports a
// deadlock, a serialization failure, or a lock of SQLite. f returns such an error as it
// is, or wraps it. So f changes nothing but the database, speaks to nobody over the
// network, and neither commits nor rolls back. It is short, because others wait for it.
//
// On SQLite the transaction is the only writer from its beginning, whatever _txlock says.
// On PostgreSQL it is READ COMMITTED.
//
// On a desk that works in a transaction already, f is run once, in that transaction, and
// InTx does not commit. If f returns an error, its writes are undone.
// With the context of [Options].OnEvent outside its transaction, the error is [ErrInside].
func (d *Desk) InTx(ctx context.Context, f func(tx *sql.Tx, d *Desk) error) error {
	if f == nil {
		return errors.New("desk: in a transaction: the function is nil")
	}
	if err := d.enter(ctx); err != nil {
		return err
	}
	err := d.inTxTelling(ctx, func(tx *sql.Tx, keep bool) error {
		if d.tx != nil { // it may have no lock yet
			if err := d.dialect.lockAll(ctx, tx); err != nil {
				return err
			}
		}
		err := f(tx, &Desk{core: d.core, tx: tx, keepEvents: keep, tag: d.tag})
		if errors.Is(err, ErrConflict) {
			err = againError{err}
		}
		return err
	})
	return d.conflict(err)
}

// againError is an [ErrConflict] after which the whole transaction is run again. Other
// calls decide about ErrConflict themselves.
type againError struct{ error }

func (e againError) Unwrap() error { return e.error }

// WithTx returns a desk that works in a transaction that the program has already. Other
// programs use [Desk.InTx], which begins, repeats and commits. Nothing of the desk's work
// counts before the commit, and the mails leave at most a second after it. Each of its
// calls that changes a meeting locks the meeting first. A call that fails leaves nothing
// behind, also if the transaction is committed. If [ErrConflict] comes back, roll back and
// run the transaction again. Run, Work and Deliver cannot be used in a transaction.
//
// On SQLite the transaction must be an immediate one (_txlock=immediate, see [SQLiteDSN]).
// Otherwise a transaction that has read cannot write after somebody else wrote, and all it
// gets is ErrConflict.
func (d *Desk) WithTx(tx *sql.Tx) *Desk {
	return &Desk{core: d.core, tx: tx, keepEvents: d.keepEvents && tx == d.tx, tag: d.tag}
}

// inTx runs f in the transaction of the desk, or in a new one, which is run again if
// another transaction was in the way. f speaks to nothing except the database. It may run
// several times, unless the desk has a transaction.
func (d *Desk) inTx(ctx context.Context, f func(tx *sql.Tx) error) error {
	if d.tx != nil {
		return d.conflict(whole(ctx, d.tx, f))
	}
	return patiently(ctx, d.passes, func() error {
		defer d.turn(ctx)()
		tx, end, err := d.beginTx(ctx)
		if err != nil {
			return err
		}
		defer end()
		if err := f(tx); err != nil {
			return err
		}
		return d.commit(tx)
	})
}

// whole runs f in a savepoint of the caller's transaction. If f fails, what it wrote is
// undone, because the caller may commit all the same. If it cannot be undone, the
// transaction ends, so that nothing of it can be committed.
func whole(ctx context.Context, tx *sql.Tx, f func(tx *sql.Tx) error) error {
	if _, err := tx.ExecContext(ctx, `SAVEPOINT convene_call`); err != nil {
		return err
	}
	failed := f(tx)
	if failed == nil {
		_, err := tx.ExecContext(ctx, `RELEASE SAVEPOINT convene_call`)
		return err
	}
	ctx = context.WithoutCancel(ctx)
	_, err := tx.ExecContext(ctx, `ROLLBACK TO SAVEPOINT convene_call`)
	if err == nil {
		_, err = tx.ExecContext(ctx, `RELEASE SAVEPOINT convene_call`)
	}
	if err != nil {
		_ = tx.Rollback()
	}
	return failed
}

// passes reports whether an error says that another transaction was in the way.
func (c *core) passes(err error) bool {
	return !errors.Is(err, errBroken) && (c.dialect.isConflict(err) || errors.As(err, new(againError)))
}

// inStatement runs f, which changes the database with one statement. That is its own
// transaction.
func (c *core) inStatement(ctx context.Context, f func(q querier) error) error {
	return patiently(ctx, c.passes, func() error {
		defer c.turn(ctx)()
		return f(c.db)
	})
}

// beginTx begins a transaction of the desk. Until end is called, the desk knows it, and
// notes whether it has queued something. end rolls back, unless it is committed.
func (c *core) beginTx(ctx context.Context) (tx *sql.Tx, end func(), err error) {
	tx, err = c.db.BeginTx(ctx, c.dialect.txOptions())
	if err != nil {
		return nil, nil, err
	}
	c.open.Store(tx, new(atomic.Bool))
	end = func() {
		_ = tx.Rollback()
		c.open.Delete(tx)
	}
	if err := c.dialect.lockAll(ctx, tx); err != nil {
		end()
		return nil, nil, err
	}
	return tx, end, nil
}

// hasQueued notes that a transaction has work for Run. Of a transaction that the program
// began, the desk does not learn when it is committed.
func (c *core) hasQueued(tx *sql.Tx) {
	if x, ok := c.open.Load(tx); ok {
		x.(*atomic.Bool).Store(true)
	}
}

// commit commits a transaction of the desk, and wakes Run if there is work.
func (c *core) commit(tx *sql.Tx) error {
	if err := tx.Commit(); err != nil {
		return err
	}
	if x, ok := c.open.Load(tx); ok && x.(*atomic.Bool).Load() {
		c.wakeUp()
	}
	return nil
}

// wakeUp tells Run that this process has queued something.
func (c *core) wakeUp() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// turn waits for the turn of a writer, and returns the end of the turn. On SQLite, one
// writes at a time. SQLite lets all others try again at random, so that one of many may
// wait for ever. Within a process, they have their turns in the order of their arrival. If
// the turn does not come, for example because OnEvent waits for itself, the writer goes on
// without, and SQLite decides.
func (c *core) turn(ctx context.Context) (end func()) {
	if c.dialect != sqlite {
		return func() {}
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case c.writer <- struct{}{}:
		return func() { <-c.writer }
	case <-ctx.Done():
	case <-wait.C:
	}
	return func() {}
}

// conflict makes an [ErrConflict] of an error that says that another transaction was
// in the way of the caller's.
func (d *Desk) conflict(err error) error {
	if err != nil && d.dialect.isConflict(err) && !errors.Is(err, ErrConflict) {
		return fmt.Errorf("%w: %w", ErrConflict, err)
	}
	return err
}

// patience is the time for which a step waits for the transactions of others.
const patience = time.Minute

// patiently runs f again as long as passes says of its error that it will pass, for a
// while. The pauses grow.
func patiently(ctx context.Context, passes func(error) bool, f func() error) error {
	wait := &backoff.ExponentialBackOff{
		InitialInterval: 5 * time.Millisecond, RandomizationFactor: backoff.DefaultRandomizationFactor,
		Multiplier: 2, MaxInterval: time.Second,
	}
	return retry(ctx, wait, patience, passes, f)
}

// retry runs f again as long as passes says of its error that it will pass. It returns
// the last error of f, also if ctx is done.
func retry(ctx context.Context, wait backoff.BackOff, longest time.Duration, passes func(error) bool, f func() error) (err error) {
	_, _ = backoff.Retry(ctx, func() (struct{}, error) {
		if err = f(); err != nil && !passes(err) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(longest))
	if err != nil && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		return errors.Join(ctx.Err(), err)
	}
	return err
}

// exactly returns lost if a statement has not changed the given number of rows, because
// somebody else was faster. r and err are its result.
func exactly(want int, lost error, r sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == int64(want) {
		return err
	}
	return lost
}

// errLost reports that a meeting or a mail is no longer as it was read.
var errLost = errors.New("desk: lost the race")
