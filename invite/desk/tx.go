package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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

// inTx runs f in the caller's transaction, or in one of its own, which is run again if
// another transaction was in the way. f speaks to nothing except the database. It may
// run several times, unless the transaction is the caller's.
func (d *Desk) inTx(ctx context.Context, f func(tx *sql.Tx) error) error {
	if d.tx != nil {
		return d.conflict(f(d.tx))
	}
	return patiently(ctx, d.passes, func() error {
		defer d.turn(ctx)()
		tx, err := d.db.BeginTx(ctx, d.dialect.txOptions())
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := d.dialect.lockAll(ctx, tx); err != nil {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// passes reports whether an error says that another transaction was in the way.
func (c *core) passes(err error) bool { return c.dialect.isConflict(err) && !errors.Is(err, errBroken) }

// inStatement runs f, which changes the database with one statement. That is its own
// transaction.
func (c *core) inStatement(ctx context.Context, f func(q querier) error) error {
	return patiently(ctx, c.passes, func() error {
		defer c.turn(ctx)()
		return f(c.db)
	})
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
	if err != nil && d.dialect.isConflict(err) {
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

// exactly returns an error if a statement has not changed the given number of rows. It
// is errLost: somebody else was faster.
func exactly(want int, r sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == int64(want) {
		return err
	}
	return errLost
}

// errLost reports that a meeting or a mail is no longer as it was read.
var errLost = errors.New("desk: lost the race")
