package riverdesk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite/desk/internal/fair"
)

// River's queues for all jobs. The jobs for calendars have one of their own, so that no
// mail waits for a calendar.
const (
	mainQueue     = "convene"
	calendarQueue = "calendar_convene"
)

// laneOf returns the lane of a tenant beside a queue. A tag may have any characters and any
// length. The names of all lanes beside a queue begin with its name and "_", and no other
// queue's name does.
func laneOf(queue, tag string) string {
	sum := sha256.Sum256([]byte(tag))
	return queue + "_" + hex.EncodeToString(sum[:16])
}

// The sizes and times of lanes.
const (
	leastPlaces = 2   // of the workers for each tenant
	laneWorkers = 4   // of each lane in each process
	mostLanes   = 500 // of a process; further tenants share the main queue
	lanePause   = 100 * time.Millisecond
	tendEvery   = 5 * time.Second  // how often a process looks for lanes with jobs
	laneIdle    = 30 * time.Second // a lane without jobs is closed after it
)

// lanes keep tenants from waiting for each other. All jobs of a kind begin in one queue, in
// their order. If a tenant has their share of its workers already, the job is moved to a
// queue of the tenant, which is their lane. So each job of a slow tenant costs the main
// queue a moment, and not the time that the server takes. A lane has workers of its own in
// each process that knows it, and is open as long as there are jobs in it.
type lanes struct {
	*Queue
	main string        // the queue in which the jobs begin
	wake chan struct{} // has a value if a lane is wanted

	mu     sync.Mutex
	places *fair.Places
	wanted map[string]time.Time // by name of the lane: when it was last wanted
	open   map[string]bool      // the lanes that River works at; false if one is being closed
}

func newLanes(q *Queue, main string) *lanes {
	return &lanes{
		Queue: q, main: main, wake: make(chan struct{}, 1), places: fair.New(q.options.Workers, leastPlaces),
		wanted: make(map[string]time.Time), open: make(map[string]bool),
	}
}

// entry says how a job of the main queue goes on.
type entry int

// The values of entry.
const (
	entered  entry = iota // it has a place, which it gives back
	full                  // it goes to the lane of its tenant
	overflow              // it goes on without a place, because there are too many lanes
)

// enter takes a place for a job of a tenant.
func (l *lanes) enter(tag string) entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := laneOf(l.main, tag)
	switch {
	case l.places.Take(tag):
		return entered
	case len(l.wanted) >= mostLanes && l.wanted[name].IsZero():
		return overflow
	}
	l.wanted[name] = time.Now()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return full
}

// leave gives the place of a job back.
func (l *lanes) leave(tag string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.places.Give(tag)
}

// tend opens and closes lanes until ctx ends. River may lock its queues while it waits for
// jobs, so jobs do not do it themselves.
func (l *lanes) tend(ctx context.Context) {
	ticker := time.NewTicker(tendEvery)
	defer ticker.Stop()
	l.look(ctx)
	for {
		l.adjust(ctx)
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-ticker.C:
			l.look(ctx)
		}
	}
}

// look finds the lanes with jobs. Other processes have filled them, or this one before it
// was started again.
func (l *lanes) look(ctx context.Context) {
	names, err := l.texts(ctx, `SELECT DISTINCT queue FROM `+l.table()+` WHERE state = 'available' AND starts_with(queue, $1)`, l.main+"_")
	if err != nil {
		if ctx.Err() == nil {
			l.options.Logger.ErrorContext(ctx, "riverdesk: the queues of tenants cannot be read", "error", discreet.Error(err))
		}
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range names {
		if len(l.wanted) < mostLanes || !l.wanted[name].IsZero() {
			l.wanted[name] = time.Now()
		}
	}
}

// adjust opens the lanes that are wanted, and closes those that have had no jobs for a
// while.
func (l *lanes) adjust(ctx context.Context) {
	l.mu.Lock()
	var opening, closing []string
	for name, last := range l.wanted {
		isOpen, known := l.open[name]
		switch {
		case time.Since(last) > laneIdle || known && !isOpen:
			closing = append(closing, name)
		case !known:
			opening = append(opening, name)
		}
	}
	l.mu.Unlock()
	for _, name := range opening {
		l.set(name, l.add(ctx, name), false)
	}
	for _, name := range closing {
		l.set(name, false, l.remove(ctx, name))
	}
}

// set remembers whether River works at a lane. A lane that is gone may be wanted again
// later.
func (l *lanes) set(name string, open, gone bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[name] = open
	if gone {
		delete(l.open, name)
		if time.Since(l.wanted[name]) > laneIdle {
			delete(l.wanted, name)
		}
	}
}

// add lets River work at a lane.
func (l *lanes) add(ctx context.Context, name string) bool {
	err := l.client.Queues().Add(name, river.QueueConfig{MaxWorkers: min(laneWorkers, l.options.Workers), FetchCooldown: lanePause})
	var added *river.QueueAlreadyAddedError
	if err == nil || errors.As(err, &added) {
		return true
	}
	if ctx.Err() == nil {
		l.options.Logger.ErrorContext(ctx, "riverdesk: the queue of a tenant cannot be worked at", "queue", name, "error", discreet.Error(err))
	}
	return false
}

// remove ends River's work at a lane. It reports false if a job of it still runs.
func (l *lanes) remove(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	err := l.client.Queues().Remove(ctx, name)
	var none *river.QueueNotFoundError
	return err == nil || errors.As(err, &none)
}

// table returns the name of River's table.
func (q *Queue) table() string {
	if q.options.Schema == "" {
		return "river_job"
	}
	return quoted(q.options.Schema) + ".river_job"
}

// texts returns the column of texts that a statement selects.
func (q *Queue) texts(ctx context.Context, query string, args ...any) (out []string, err error) {
	rows, err := q.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("riverdesk: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("riverdesk: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
