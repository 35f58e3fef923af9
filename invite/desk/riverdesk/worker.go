package riverdesk

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivertype"

	"github.com/convene-go/convene/invite/desk"
)

// args are the arguments of a job in River's table: those of a [desk.Job].
type args struct {
	Work desk.JobKind `json:"kind" river:"unique"`
	UID  string       `json:"uid" river:"unique"`
	Tag  string       `json:"tag,omitempty"`
}

// argsOf returns the arguments of a job.
func argsOf(j desk.Job) args { return args{j.Kind, j.UID, j.Tag} }

// job returns the job that has these arguments.
func (a args) job() desk.Job { return desk.Job{Kind: a.Work, UID: a.UID, Tag: a.Tag} }

// kind is River's kind of the jobs.
const kind = "convene"

// Kind implements [river.JobArgs].
func (args) Kind() string { return kind }

// live has the states of a job that is not over.
var live = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// InsertOpts implements [river.JobArgsWithInsertOpts]. A meeting has one live job of a kind. By
// River's default, a completed job is in the way of the next one, too, until it is cleaned
// away. The priority leaves room for sweeps, which must not wait for a long queue.
func (a args) InsertOpts() river.InsertOpts {
	queue := mainQueue
	if a.Work == desk.JobCalendar {
		queue = calendarQueue
	}
	return river.InsertOpts{Queue: queue, Priority: 2, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: live}}
}

// worker works at jobs.
type worker struct {
	river.WorkerDefaults[args]
	*Queue
	runTime time.Duration
}

// Timeout returns the time after which River takes the process of a job for dead, if the
// job has not ended.
func (w *worker) Timeout(*river.Job[args]) time.Duration { return w.runTime }

// longestRetry is the longest time between two tries of a job.
const longestRetry = 5 * time.Minute

// NextRetry returns the time of the next try of a job that failed, or whose process is
// dead. After 25 tries River gives the job up, and the next sweep finds its work.
func (w *worker) NextRetry(job *river.Job[args]) time.Time {
	return time.Now().Add(min(time.Second<<min(max(job.Attempt-1, 0), 10), longestRetry))
}

// Work does a job. It fails if the database does, and not if a mail does.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	// River's context ends with the time of the job. A mail in flight may take longer.
	ctx = context.WithoutCancel(ctx)
	j := job.Args.job()
	if lanes := w.lanes[job.Queue]; lanes != nil && j.Tag != "" {
		switch lanes.enter(j.Tag) {
		case full:
			return patiently(func() error {
				return w.follow(ctx, job, func(*sql.Tx) (*river.InsertOpts, error) {
					return &river.InsertOpts{Queue: laneOf(job.Queue, j.Tag)}, nil
				})
			})
		case entered:
			defer lanes.leave(j.Tag)
		}
	}
	if err := w.desk.Work(w.run, j); err != nil && w.run.Err() == nil {
		return err
	}
	if j.Kind == desk.JobSweep {
		return w.sweep(w.run)
	}
	return patiently(func() error {
		return w.follow(ctx, job, func(tx *sql.Tx) (*river.InsertOpts, error) {
			due, err := w.desk.Due(ctx, tx, j)
			if err != nil || due.IsZero() {
				return nil, err
			}
			if due.Before(time.Now()) {
				due = time.Time{} // now: behind those that wait already
			}
			return &river.InsertOpts{ScheduledAt: due}, nil
		})
	})
}

// follow ends a job, asks for the options of the next job of the meeting, and stores that,
// in one transaction and in this order. A call that has queued work before has locked the
// row of the job, and the look comes after its commit. A call that queues work later makes
// a new job. If Work only returned nil, or River snoozed the job, River would write that
// later, and work that was queued between would be missed.
func (w *worker) follow(ctx context.Context, job *river.Job[args], next func(*sql.Tx) (*river.InsertOpts, error)) error {
	tx, err := w.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := river.JobCompleteTx[*riverdatabasesql.Driver](ctx, tx, job); err != nil {
		return fmt.Errorf("riverdesk: complete a job: %w", err)
	}
	o, err := next(tx)
	if err != nil {
		return err
	}
	if o != nil {
		if _, err := w.client.InsertTx(ctx, tx, job.Args, o); err != nil {
			return fmt.Errorf("riverdesk: store the next job: %w", err)
		}
	}
	return tx.Commit()
}

// patience is the time for which the end of a job is tried again if the database is away.
// Afterwards the job counts as the job of a dead process.
const patience = 20 * time.Second

// patiently runs f until it succeeds, for a while.
func patiently(f func() error) error {
	begin := time.Now()
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := f()
		if err == nil || time.Since(begin) > patience {
			return err
		}
		time.Sleep(wait)
	}
}
