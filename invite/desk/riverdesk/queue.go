package riverdesk

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivertype"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite/desk"
)

// Options say how a [Queue] works. Nil and zero values are right and safe.
type Options struct {
	// Workers is the number of meetings whose mails a process works at at the same time. 0
	// stands for 128. Tenants who wait for their servers have a few workers more. As
	// many more call calendars, if the desk has Options.Calendar.
	Workers int
	// Schema is the schema of River's tables. If it is "", they are in the schema of
	// the connections (search_path), beside the tables of the desk. A program that uses
	// River for itself must give another schema here: each River takes the jobs of the
	// other for mistakes, and discards those of them that are stuck.
	Schema string
	// Logger is told of failures. If it is nil, [slog.Default] is used. River's own lines
	// about ordinary work have the level debug.
	Logger *slog.Logger
}

// workers is the number of workers if Options has none.
const workers = 128

// The times of a queue.
const (
	// runTime is the time for which a job runs: a minute (see [desk.Desk.Work]), and
	// the mails in flight then. A job that runs for longer goes on, but River may let
	// another process do it, too. The rows of the desk keep them apart.
	runTime = 70 * time.Second
	// rescueAfter is the time after which the job of a dead process is done by another.
	rescueAfter = 2 * runTime
	sweepEvery  = time.Minute
	keepDone    = time.Hour // how long a job that is done can be looked at
	// fetchPause is the least time between two looks for jobs. By River's default, a
	// tenth of a second, most of the time of a single mail would be this pause.
	fetchPause = 20 * time.Millisecond
)

// Queue is River for one desk. It is made before the desk, which takes its Enqueue, and
// started after it. It is safe for concurrent use.
type Queue struct {
	db      *sql.DB
	options Options
	client  *river.Client[*sql.Tx]
	lanes   map[string]*lanes // by the queue in which the jobs begin

	mu     sync.Mutex
	desk   *desk.Desk
	run    context.Context // ends if the queue is to stop
	cancel context.CancelFunc
	done   chan struct{} // is closed when everything has stopped
}

// New returns a queue on the PostgreSQL database of a desk. The driver of db is that of
// pgx (github.com/jackc/pgx/v5/stdlib) or lib/pq. listen is a pool on the same database
// that a started queue takes one connection from, so that workers begin at once. If it is
// nil, they look once a second. If o is nil, it stands for the zero value. o is copied.
//
// New does not speak to the database. A process that only queues mails needs New and
// Enqueue, and no Start.
func New(db *sql.DB, listen *pgxpool.Pool, o *Options) (*Queue, error) {
	return newQueue(db, listen, o, runTime, rescueAfter)
}

// newQueue is New with other times.
func newQueue(db *sql.DB, listen *pgxpool.Pool, o *Options, runTime, rescueAfter time.Duration) (*Queue, error) {
	if db == nil {
		return nil, errors.New("riverdesk: the database is nil")
	}
	q := &Queue{db: db}
	if o != nil {
		q.options = *o
	}
	if q.options.Workers < 0 {
		return nil, fmt.Errorf("riverdesk: Options.Workers: is negative: %d", q.options.Workers)
	}
	q.options.Workers = cmp.Or(q.options.Workers, workers)
	q.options.Logger = cmp.Or(q.options.Logger, slog.Default())
	all := river.NewWorkers()
	if err := river.AddWorkerSafely(all, &worker{Queue: q, runTime: runTime}); err != nil {
		return nil, fmt.Errorf("riverdesk: %w", err)
	}
	client, err := river.NewClient(q.driver(listen), &river.Config{
		Queues: map[string]river.QueueConfig{
			mainQueue:     {MaxWorkers: q.options.Workers},
			calendarQueue: {MaxWorkers: q.options.Workers, FetchCooldown: lanePause},
		},
		FetchCooldown:               fetchPause,
		Workers:                     all,
		Schema:                      q.options.Schema,
		Logger:                      riverLog(q.options.Logger),
		JobTimeout:                  runTime,
		RescueStuckJobsAfter:        rescueAfter,
		CompletedJobRetentionPeriod: keepDone,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(sweepEvery),
			func() (river.JobArgs, *river.InsertOpts) {
				return args{Work: desk.JobSweep}, &river.InsertOpts{Priority: 1}
			},
			&river.PeriodicJobOpts{RunOnStart: true})},
	})
	if err != nil {
		return nil, fmt.Errorf("riverdesk: %w", err)
	}
	q.client = client
	q.lanes = map[string]*lanes{
		mainQueue:     newLanes(q, mainQueue),
		calendarQueue: newLanes(q, calendarQueue),
	}
	return q, nil
}

// driver returns River's driver.
func (q *Queue) driver(listen *pgxpool.Pool) *riverdatabasesql.Driver {
	if listen == nil {
		return riverdatabasesql.New(q.db)
	}
	return riverdatabasesql.NewWithPgxListener(q.db, listen)
}

// Enqueue is for [desk.Options].Enqueue. It stores a job in the transaction that stores
// its work, or wakes the job that the meeting has.
//
// If there is a job, its row is locked until the transaction ends. A worker that wants to
// end the job waits for that, and sees the new work then. So no work is missed. If the job
// waits for a later time, it is made available, because the new work is due now. A job that
// has nothing to do before a later time waits for that.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, j desk.Job) error {
	r, err := q.client.InsertTx(ctx, tx, argsOf(j), &river.InsertOpts{ScheduledAt: j.Due})
	if err != nil {
		return fmt.Errorf("riverdesk: enqueue: %w", err)
	}
	if !r.UniqueSkippedAsDuplicate || !j.Due.IsZero() && !r.Job.ScheduledAt.After(j.Due) {
		return nil
	}
	switch r.Job.State {
	case rivertype.JobStateScheduled, rivertype.JobStateRetryable:
		if _, err := q.client.JobRetryTx(ctx, tx, r.Job.ID); err != nil {
			return fmt.Errorf("riverdesk: enqueue: wake a job: %w", err)
		}
	}
	return nil
}

// Start begins to work at the jobs of a desk, and returns. It goes on until ctx ends, or
// [Queue.Stop] is called. Any number of processes may work. A mail that fails for a while
// is tried again as [desk.Desk.Run] does. One of the processes looks every minute for
// mails whose process was killed (see [desk.JobSweep]), and for work without a job.
func (q *Queue) Start(ctx context.Context, d *desk.Desk) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if d == nil {
		return errors.New("riverdesk: start: the desk is nil")
	}
	if q.done != nil {
		return errors.New("riverdesk: start: the queue has been started")
	}
	q.desk = d
	q.run, q.cancel = context.WithCancel(ctx)
	// River would interrupt its jobs if ctx ended.
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		q.cancel()
		return fmt.Errorf("riverdesk: start: %w", err)
	}
	q.done = make(chan struct{})
	var tending sync.WaitGroup
	for _, l := range q.lanes {
		tending.Go(func() { l.tend(q.run) })
	}
	go func() {
		defer close(q.done)
		tending.Wait()
		if err := q.client.Stop(context.WithoutCancel(ctx)); err != nil {
			q.options.Logger.Error("riverdesk: stop", "error", discreet.Error(err))
		}
	}()
	return nil
}

// Stop ends the work between two mails, and waits for that. The mails in flight are
// finished, as far as their Sender does so when its context ends. The rest of a meeting
// goes to another process at once. If ctx ends first, Stop returns its error, and the work
// ends without being waited for. Afterwards the queue cannot be started again. A queue
// that was not started has nothing to stop.
func (q *Queue) Stop(ctx context.Context) error {
	q.mu.Lock()
	cancel, done := q.cancel, q.done
	q.mu.Unlock()
	if done == nil {
		return nil
	}
	cancel()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("riverdesk: stop: %w", ctx.Err())
	}
}
