package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// The times of Run.
const (
	lookEvery      = time.Second      // how often it looks for work of other processes
	sweepEvery     = time.Minute      // how often it looks for leftovers
	leftoverAfter  = 15 * time.Minute // longer than any server takes for one mail (RFC 5321, section 4.5.3.2)
	forgetReceived = 90 * 24 * time.Hour
)

// meetingsAtOnce is the number of meetings whose mails Run sends at the same time. Each
// has as many mails in flight as the options of its client say.
const meetingsAtOnce = 8

// Run sends the mails that are queued until ctx ends, and then returns nil. It begins at
// once with mails that this process has queued, and looks every second for others. A mail
// that fails for a while is tried again: after a minute, then after twice as long each
// time, and at last every hour for five days. If ctx ends, Run stops between two mails. It
// works at up to eight meetings at a time. For each of them, as many mails are in flight
// as Parallel of [invite.Options] says.
//
// Run is for one process. On SQLite it holds a lock beside the database file while it
// works. If another process has the lock, Run waits for it. So every mail that is in the
// state sending when Run begins is a leftover of a crash, and becomes unknown. On
// PostgreSQL, a mail becomes unknown if it has been in the state sending for 15 minutes.
// If only one process ever sends, it may call [Desk.Leftovers] before Run, so that such a
// mail becomes unknown at once. A mail is in the state sending also while it waits for a
// connection of the sender. So give the sender as many connections as mails are in flight.
// Otherwise a crash leaves mails unknown that no server has seen.
//
// If the database is away, Run logs that, and goes on when the database is back.
func (d *Desk) Run(ctx context.Context) error {
	if d.tx != nil {
		return errors.New("desk: Run cannot be used in a transaction")
	}
	if err := d.enter(ctx); err != nil {
		return err
	}
	unlock, err := d.lockRun(ctx)
	if err != nil || unlock == nil {
		return err
	}
	defer unlock()
	r := &runner{Desk: d, busy: make(map[string]bool), free: make(chan struct{}, meetingsAtOnce)}
	defer r.workers.Wait()
	r.first(ctx)
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		r.look(ctx)
		select {
		case <-ctx.Done():
		case <-d.wake:
		case <-ticker.C:
		}
	}
	return nil
}

// lockRun returns the end of the lock that one process holds. It is nil if ctx ended
// before the lock was free.
func (d *Desk) lockRun(ctx context.Context) (unlock func(), err error) {
	path, err := d.dialect.file(ctx, d.db)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("desk: run: %w", err)
	case path == "":
		return func() {}, nil
	}
	for told := false; ; told = true {
		unlock, err := lockFile(path + "-convene-run")
		if err == nil || !errors.Is(err, errLocked) {
			return unlock, err
		}
		if !told {
			d.log().InfoContext(ctx, "desk: another process runs this desk: this one waits")
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-time.After(lookEvery):
		}
	}
}

// errLocked reports that another process has the lock.
var errLocked = errors.New("desk: another process runs this desk")

// runner is one call of Run.
type runner struct {
	*Desk
	workers sync.WaitGroup
	free    chan struct{} // has a value for each worker

	mu   sync.Mutex
	busy map[string]bool // the meetings that are worked at

	swept time.Time
	away  bool // the last look failed
}

// first turns the leftovers of an earlier process into unknown. On SQLite nobody else
// sends, so these are all mails in the state sending.
func (r *runner) first(ctx context.Context) {
	if r.dialect != sqlite {
		return
	}
	if _, err := r.Leftovers(ctx, time.UnixMilli(nobodyDue)); err != nil && ctx.Err() == nil {
		r.log().ErrorContext(ctx, "desk: leftovers", "err", err)
	}
}

// look begins the work that is due.
func (r *runner) look(ctx context.Context) {
	r.sweep(ctx)
	keys, err := r.due(ctx, r.now())
	switch {
	case err != nil && ctx.Err() != nil:
		return
	case err != nil && !r.away:
		r.away = true
		r.log().ErrorContext(ctx, "desk: the database cannot be read: trying again every second", "err", err)
	case err == nil && r.away:
		r.away = false
		r.log().InfoContext(ctx, "desk: the database can be read again")
	}
	for _, key := range keys {
		if !r.begin(key) {
			continue
		}
		select {
		case r.free <- struct{}{}:
		case <-ctx.Done():
			r.end(key)
			return
		}
		r.workers.Add(1)
		go func() {
			defer r.workers.Done()
			r.work(ctx, key)
			r.end(key)
			<-r.free
			r.wakeUp() // something may have been queued meanwhile
		}()
	}
}

// work sends the mails of one meeting.
func (r *runner) work(ctx context.Context, key string) {
	err := r.Deliver(ctx, key)
	switch {
	case err == nil, errors.Is(err, ErrNotFound), ctx.Err() != nil:
	default:
		r.log().ErrorContext(ctx, "desk: deliver", "uid", key, "err", err)
		select { // the meeting stays busy for a moment, so that a broken one takes no more than its share
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
}

// begin marks a meeting as busy. It reports false if it is.
func (r *runner) begin(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy[key] {
		return false
	}
	r.busy[key] = true
	return true
}

// end ends begin.
func (r *runner) end(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.busy, key)
}

// sweep looks for leftovers of other processes now and then, and forgets old mails.
func (r *runner) sweep(ctx context.Context) {
	now := r.now()
	if now.Sub(r.swept) < sweepEvery {
		return
	}
	r.swept = now
	_, err := r.Leftovers(ctx, now.Add(-leftoverAfter))
	if err == nil {
		_, err = r.db.ExecContext(ctx, `DELETE FROM convene_received WHERE state <> 'held' AND at < $1`, millis(now.Add(-forgetReceived)))
	}
	if err != nil && ctx.Err() == nil {
		r.log().ErrorContext(ctx, "desk: leftovers", "err", err)
	}
}
