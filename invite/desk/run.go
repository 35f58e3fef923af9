package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"sync"
	"time"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite/desk/internal/fair"
)

// The times of Run.
const (
	lookEvery  = time.Second // how often it looks for work of other processes
	sweepEvery = time.Minute // how often it looks for leftovers
)

// places is the number of meetings whose mails Run sends at the same time. As many more
// are those whose calendars it calls, so that a calendar never takes the place of a mail. A
// tenant alone has nine of each, see [fair.Places]. Most of the time a worker waits for a
// server.
const places = 128

// pauseAfter returns the least pause after a look that took some time and found n jobs. A
// long list is read seldom, so that reading it costs no more than a part of the time.
func pauseAfter(took time.Duration, n int) time.Duration {
	if n > 1000 {
		return 10 * took
	}
	return took
}

// Run sends the mails that are queued, and lets the entries follow, until ctx ends, and then
// returns nil. It begins at once with mails that this process has queued, and looks every
// second for others. A mail that fails for a while is tried again: after a minute, then after
// twice as long each time, and at last every hour for five days. An invitation, an update or
// a reminder that is due after the end of its meeting is not sent. It is refused, with an
// [EventFailed]. If ctx ends, Run stops between two mails.
//
// Run works at up to eight meetings at a time. For each of them, at most as many mails are
// in flight as Parallel of [invite.Options] says. With [Options].Clients, that is so for each
// [invite.Meeting.Tag], and up to 128 meetings for all tags together. The more tags wait
// for slow servers, the fewer meetings each of them has, and the others go on.
//
// Run is for one process. On SQLite it holds a lock beside the database file while it
// works. If another process has the lock, Run waits for it. So every mail that is in the
// state sending when Run begins is a leftover of a crash, and becomes unknown. On
// PostgreSQL, a mail becomes unknown if it has been in the state sending for 15 minutes.
// If only one process ever sends, it may call [Desk.Leftovers] before Run, so that such a
// mail becomes unknown at once.
//
// If the sender is an [invite.Pacer], a mail is in the state sending only after the sender
// has room for it, and until its result is stored. The senders of smtpsend have room for
// twice as many mails as they have connections. Further mails stay pending, so a crash
// leaves none of them unknown. With any other sender, a mail is in the state sending also
// while it waits in Send.
//
// The entries in the organizers' own calendars (see [Options].Calendar) have as many workers
// of their own, so no mail waits for a calendar, and a calendar that does not answer takes
// few workers from those of other tags.
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
		Desk: d.forAll(), busy: make(map[Job]bool), rests: make(map[Job]rest), ended: make(chan result, 2*places),
		lines: map[JobKind]*line{JobMail: newLine(), JobCalendar: newLine()},
	}
	defer r.workers.Wait()
	r.first(ctx)
	r.loop(ctx)
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

// runner is one call of Run. Its workers use only the Desk and the channel.
type runner struct {
	*Desk
	workers sync.WaitGroup
	ended   chan result // of the workers

	lines map[JobKind]*line
	busy  map[Job]bool // by name: the jobs that are worked at
	rests map[Job]rest // by name: the jobs whose work failed

	swept time.Time
	away  bool // the last look failed
}

// name returns the part of a job that names it.
func (j Job) name() Job { return Job{Kind: j.Kind, UID: j.UID} }

// line has the jobs of a kind that wait for a worker.
type line struct {
	places *fair.Places
	tags   []string         // the tags of the jobs; the first one has its turn
	waits  map[string][]Job // by tag
}

func newLine() *line {
	return &line{places: fair.New(places, 1), waits: make(map[string][]Job)}
}

// clear removes all jobs.
func (l *line) clear() {
	l.tags = l.tags[:0]
	clear(l.waits)
}

// add adds a job at the end.
func (l *line) add(j Job) {
	if l.waits[j.Tag] == nil {
		l.tags = append(l.tags, j.Tag)
	}
	l.waits[j.Tag] = append(l.waits[j.Tag], j)
}

// begin gives the jobs to workers, as long as there are places. The tags have their turns
// one after the other.
func (l *line) begin(work func(Job)) {
	for tried := 0; tried < len(l.tags); tried++ {
		tag := l.tags[0]
		l.tags = l.tags[1:]
		if l.places.Take(tag) {
			tried = -1
			j := l.waits[tag][0]
			l.waits[tag] = l.waits[tag][1:]
			work(j)
		}
		if len(l.waits[tag]) > 0 {
			l.tags = append(l.tags, tag)
		}
	}
}

// result is the end of the work at a meeting.
type result struct {
	Job
	ok bool
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

// loop looks for work and begins it, until ctx ends.
func (r *runner) loop(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var pause <-chan time.Time
	for asked := true; ctx.Err() == nil; {
		if asked && pause == nil {
			asked = false
			begin := time.Now()
			n := r.look(ctx)
			pause = time.After(pauseAfter(time.Since(begin), n))
		}
		for _, kind := range r.kinds() {
			r.lines[kind].begin(func(j Job) { r.begin(ctx, j) })
		}
		select {
		case <-ctx.Done():
		case <-pause:
			pause = nil
		case <-r.wake:
			asked = true
		case <-ticker.C:
			asked = true
		case x := <-r.ended:
			r.end(x)
			asked = asked || len(r.lines[x.Kind].tags) == 0 // something may have been queued meanwhile
		}
	}
}

// first turns the leftovers of an earlier process into unknown. On SQLite nobody else
// sends, so these are all mails in the state sending. For the same reason nobody works at
// an entry.
func (r *runner) first(ctx context.Context) {
	if r.dialect != sqlite {
		return
	}
	if _, err := r.Leftovers(ctx, time.UnixMilli(nobodyDue)); err != nil && ctx.Err() == nil {
		r.log().ErrorContext(ctx, "desk: leftovers cannot be looked for", "error", discreet.Error(err))
	}
	if err := r.freeEntries(ctx); err != nil && ctx.Err() == nil {
		r.log().ErrorContext(ctx, "desk: the entries of an earlier process cannot be taken over", "error", discreet.Error(err))
	}
}

// look reads which meetings have work now, and returns their number.
func (r *runner) look(ctx context.Context) int {
	r.sweepSometimes(ctx)
	n := 0
	var err error
	for _, kind := range r.kinds() {
		r.lines[kind].clear()
		var jobs []Job
		if jobs, err = r.waiting(ctx, kind, r.now()); err != nil {
			break
		}
		n += len(jobs)
		for _, j := range jobs {
			if !r.busy[j.name()] && !time.Now().Before(r.rests[j.name()].until) {
				r.lines[kind].add(j)
			}
		}
	}
	switch {
	case err != nil && ctx.Err() != nil:
	case err != nil && !r.away:
		r.away = true
		r.log().ErrorContext(ctx, "desk: the database cannot be read: trying again every second", "error", discreet.Error(err))
	case err == nil && r.away:
		r.away = false
		r.log().InfoContext(ctx, "desk: the database can be read again")
	}
	return n
}

// begin begins the work at one meeting.
func (r *runner) begin(ctx context.Context, j Job) {
	r.busy[j.name()] = true
	r.workers.Add(1)
	go func() {
		defer r.workers.Done()
		r.ended <- result{j, r.work(ctx, j)}
	}()
}

// work does a job. It reports false if that fails. A panic, for example
// in Options.Clients, is a failure, so that one meeting does not stop all others.
func (r *runner) work(ctx context.Context, j Job) (ok bool) {
	defer func() {
		if x := recover(); x != nil {
			r.log().ErrorContext(ctx, "desk: the work at a meeting failed", "job", j.Kind, "uid", j.UID, "tag", j.Tag, "panic", discreet.Text(fmt.Sprint(x)), "stack", string(debug.Stack()))
		}
	}()
	err := r.Work(ctx, j)
	if err == nil || ctx.Err() != nil {
		return true
	}
	r.log().ErrorContext(ctx, "desk: the work at a meeting failed", "job", j.Kind, "uid", j.UID, "tag", j.Tag, "error", discreet.Error(err))
	return false
}

// end ends begin. A meeting whose work failed rests for a while.
func (r *runner) end(x result) {
	name := x.name()
	delete(r.busy, name)
	r.lines[x.Kind].places.Give(x.Tag)
	if x.ok {
		delete(r.rests, name)
		return
	}
	long := min(max(2*r.rests[name].long, lookEvery), longestRest)
	r.rests[name] = rest{long, time.Now().Add(long)}
}

// sweepSometimes looks for leftovers of other processes now and then, and forgets old
// mails. It also forgets the rests that have long ended, for example because the meeting
// was deleted.
func (r *runner) sweepSometimes(ctx context.Context) {
	if time.Since(r.swept) < sweepEvery {
		return
	}
	r.swept = time.Now()
	maps.DeleteFunc(r.rests, func(_ Job, x rest) bool { return time.Since(x.until) > longestRest })
	if err := r.sweep(ctx); err != nil && ctx.Err() == nil {
		r.log().ErrorContext(ctx, "desk: leftovers cannot be looked for", "error", discreet.Error(err))
	}
}
