package riverdesk

import (
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/convene-go/convene/invite/desk"
)

// jobsAtOnce is the number of jobs of one statement.
const jobsAtOnce = 500

// sweep makes jobs for the meetings that have work now and no job: River has given the job
// up, somebody has deleted it, or the work was queued without River. The work is read
// before the jobs. So a job that ends meanwhile costs another one, which finds nothing, and
// no work is missed.
func (q *Queue) sweep(ctx context.Context) error {
	var waiting []desk.Job
	for j, err := range q.desk.Waiting(ctx, time.Now()) {
		if err != nil {
			return err
		}
		waiting = append(waiting, j)
	}
	if len(waiting) == 0 {
		return nil
	}
	names, err := q.texts(ctx, `SELECT (args->>'kind') || ' ' || (args->>'uid') FROM `+q.table()+` WHERE kind = $1
		AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`, kind)
	if err != nil {
		return err
	}
	has := make(map[string]bool, len(names))
	for _, name := range names {
		has[name] = true
	}
	var lost []river.InsertManyParams
	for _, j := range waiting {
		if !has[string(j.Kind)+" "+j.UID] {
			lost = append(lost, river.InsertManyParams{Args: argsOf(j)})
		}
	}
	for part := range slices.Chunk(lost, jobsAtOnce) {
		if _, err := q.client.InsertMany(ctx, part); err != nil {
			return err
		}
	}
	if len(lost) > 0 {
		q.options.Logger.InfoContext(ctx, "riverdesk: meetings had work and no job, and have one now", "meetings", len(lost))
	}
	return nil
}
