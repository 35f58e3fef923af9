package desk

import (
	"context"
	"sync/atomic"
)

// pool notices whether the pool of the database opens its connections anew all the time.
type pool struct {
	closed atomic.Int64 // connections that were closed because too many were idle, at the last look
	told   atomic.Bool
}

// manyClosed is the number of connections that a pool may close between two looks.
const manyClosed = 1000

// checkPool warns once if the pool closes connections all the time. database/sql keeps two
// idle ones by default, and a new connection to PostgreSQL costs more than the work at a
// mail.
func (d *Desk) checkPool(ctx context.Context) {
	now := d.db.Stats().MaxIdleClosed
	if now-d.pool.closed.Swap(now) > manyClosed && !d.pool.told.Swap(true) {
		d.log().WarnContext(ctx, "desk: the pool of the database opens its connections anew all the time: call SetMaxIdleConns with the number of SetMaxOpenConns", "closed", now)
	}
}
