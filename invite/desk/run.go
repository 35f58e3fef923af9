package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
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
// If the work at a meeting fails, for example because [Options].Clients has no client for
// it, Run tries again after a second, then after twice as long each time, and at last every
// minute. If the database is away, Run logs that, and goes on when the database is back.
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
	r := &runner{
		Desk: d, busy: make(map[string]bool), rests: make(map[string]rest), free: make(chan struct{}, meetingsAtOnce),
	}
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

	mu    sync.Mutex
	busy  map[string]bool // the meetings that are worked at
	rests map[string]rest // the meetings whose work failed

	swept time.Time
	away  bool // the last look failed
}

// rest is the pause of a meeting whose work failed. It takes up none of the workers, so
// that many broken meetings do not keep the others waiting.
type rest struct {
	long  time.Duration
	until time.Time
}

// longestRest limits a rest. The first one is as long as the pause between two looks, and
// each further one is twice as long.
const longestRest = time.Minute

// first turns the leftovers of an earlier process into unknown. On SQLite nobody else
// sends, so these are all mails in the state sending.
func (r *runner) first(ctx context.Context) {
	if r.dialect != sqlite {
		return
	}
	if _, err := r.Leftovers(ctx, time.UnixMilli(nobodyDue)); err != nil && ctx.Err() == nil {
		r.log().ErrorContext(ctx, "desk: leftovers cannot be looked for", "error", err)
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
		r.log().ErrorContext(ctx, "desk: the database cannot be read: trying again every second", "error", err)
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
			r.end(key, false)
			return
		}
		r.workers.Add(1)
		go func() {
			defer r.workers.Done()
			r.end(key, !r.work(ctx, key))
			<-r.free
			r.wakeUp() // something may have been queued meanwhile
		}()
	}
}

// work sends the mails of one meeting. It reports false if that fails. A panic, for example
// in Options.Clients, is a failure, so that one meeting does not stop all others.
func (r *runner) work(ctx context.Context, key string) (ok bool) {
	defer func() {
		if x := recover(); x != nil {
			r.log().ErrorContext(ctx, "desk: the work at a meeting failed", "uid", key, "panic", x, "stack", string(debug.Stack()))
		}
	}()
	err := r.Deliver(ctx, key)
	if err == nil || errors.Is(err, ErrNotFound) || ctx.Err() != nil {
		return true
	}
	r.log().ErrorContext(ctx, "desk: the work at a meeting failed", "uid", key, "error", err)
	return false
}

// begin marks a meeting as busy. It reports false if it is, or if it rests.
func (r *runner) begin(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy[key] || time.Now().Before(r.rests[key].until) {
		return false
	}
	r.busy[key] = true
	return true
}

// end ends begin. A meeting whose work failed rests for a while.
func (r *runner) end(key string, failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.busy, key)
	if !failed {
		delete(r.rests, key)
		return
	}
	long := min(max(2*r.rests[key].long, lookEvery), longestRest)
	r.rests[key] = rest{long, time.Now().Add(long)}
}

// forgetRests forgets the rests that have long ended, for example because the meeting was
// deleted.
func (r *runner) forgetRests() {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.rests, func(_ string, x rest) bool { return time.Since(x.until) > longestRest })
}

// sweep looks for leftovers of other processes now and then, and forgets old mails.
func (r *runner) sweep(ctx context.Context) {
	if time.Since(r.swept) < sweepEvery {
		return
	}
	r.swept = time.Now()
	r.forgetRests()
	now := r.now()
	_, err := r.Leftovers(ctx, now.Add(-leftoverAfter))
	if err == nil {
		_, err = r.db.ExecContext(ctx, `DELETE FROM convene_received WHERE state <> 'held' AND at < $1`, millis(now.Add(-forgetReceived)))
	}
	if err != nil && ctx.Err() == nil {
		r.log().ErrorContext(ctx, "desk: leftovers cannot be looked for", "error", err)
	}
}
