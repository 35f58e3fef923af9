// Package retry has the rules that the sources of package inbox share. It decides which
// mail is tried next, and what becomes of a mail that cannot be taken in: the mail is
// tried again later, and in the end it is set aside for a person.
package retry

import (
	"container/heap"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/convene-go/convene/internal/discreet"
)

// outage is the number of mails in a row whose failure shows that the fault is not
// theirs, such as a database that is away.
const outage = 3

// Longest is the longest pause between two tries of one mail, and LongestOutage the
// longest in which no mail is tried.
const (
	Longest       = time.Hour
	LongestOutage = time.Minute
)

// State is the part of a mail that a [Plan] keeps. The mails of a source embed it.
type State struct {
	Tries int       // failures
	Due   time.Time // the time of the next try
	Taken bool      // receive has the mail, and only the mark in the place is missing
}

// RetryState returns s, so that the type of a mail that embeds it is a [Mail].
func (s *State) RetryState() *State { return s }

// Mail is a mail of a source, a pointer to a struct that embeds [State].
type Mail interface {
	comparable
	// RetryState is a method of [State].
	RetryState() *State
	// Key identifies the mail in its source.
	Key() string
	// Name names the mail in the log.
	Name() slog.Attr
}

// Mark says how a mail is marked.
type Mark int

// The values of [Mark].
const (
	Taken Mark = iota // taken in
	Aside             // set aside for a person
)

// ErrGone is wrapped by the error of [Place.Mark] if another program has moved or
// removed the mail.
var ErrGone = errors.New("the mail is gone")

// Place holds the mails of a source.
type Place[M Mail] interface {
	// Mark marks a mail.
	Mark(ctx context.Context, m M, as Mark) error
	// Forget is called for a mail that the plan does not need any more.
	Forget(m M)
}

// Plan orders the tries of the mails of a source.
type Plan[M Mail] struct {
	Place  Place[M]
	First  time.Duration // the pause after the first failure
	Tries  int           // the failures after which a mail is set aside
	Logger *slog.Logger
	Source slog.Attr // names the source in the log

	Queue  []M       // mails that were not tried yet, in their order
	Resume time.Time // no mail is tried before

	waiting schedule[M]     // mails for another try
	failing map[string]bool // mails that failed since the last success, at most outage
	stalled int             // failures in an outage, in a row
}

// Len returns the number of mails that wait for a try.
func (p *Plan[M]) Len() int { return len(p.Queue) + len(p.waiting) }

// Wait returns at the time p.Resume, or with an error if ctx ends.
func (p *Plan[M]) Wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d := time.Until(p.Resume)
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Pick returns the next mail, if it is not time for a look. Mails for another try go
// first, because there may always be new ones. In an outage they go last.
func (p *Plan[M]) Pick() (m M, ok bool) {
	if p.stalled == 0 {
		if m, ok := p.waiting.due(time.Now()); ok {
			return m, true
		}
	}
	if len(p.Queue) == 0 {
		return m, false
	}
	m = p.Queue[0]
	p.Queue = p.Queue[1:]
	return m, true
}

// Fill puts a mail for another try into the queue, if a look has found no mail.
func (p *Plan[M]) Fill() {
	if len(p.Queue) > 0 {
		return
	}
	if m, ok := p.waiting.due(time.Now()); ok {
		p.Queue = append(p.Queue, m)
	}
}

// Next returns the time at which a mail is due, if it is before t, and t otherwise.
func (p *Plan[M]) Next(t time.Time) time.Time {
	if len(p.waiting) > 0 && p.waiting[0].RetryState().Due.Before(t) {
		return p.waiting[0].RetryState().Due
	}
	return t
}

// Done notes the result of receive.
func (p *Plan[M]) Done(ctx context.Context, m M, err error) {
	switch {
	case err == nil:
		p.works()
		s := m.RetryState()
		s.Taken, s.Tries = true, 0
		p.Finish(ctx, m)
	case errors.Is(err, context.Canceled): // the program ends, and the mail is not to blame
		p.Later(m, p.First)
	default:
		p.failed(ctx, m, err)
	}
}

// failed deals with a mail that receive could not take in. Only a line at level debug has the
// whole error, because it may have addresses.
func (p *Plan[M]) failed(ctx context.Context, m M, err error) {
	p.Logger.Debug("inbox: receive failed", m.Name(), "error", err)
	if p.failing == nil {
		p.failing = make(map[string]bool)
	}
	if len(p.failing) < outage {
		p.failing[m.Key()] = true
	}
	if len(p.failing) < outage {
		p.Retry(ctx, m, err)
		return
	}
	p.stalled++
	pause := min(p.Pause(p.stalled), max(LongestOutage, p.First))
	p.Resume = time.Now().Add(pause)
	p.Logger.Error("inbox: no mail can be taken in", m.Name(), "error", discreet.Error(err), "again", pause)
	p.Later(m, pause)
}

// works notes that receive works.
func (p *Plan[M]) works() {
	clear(p.failing)
	if p.stalled > 0 {
		p.stalled, p.Resume = 0, time.Time{}
		p.Logger.Info("inbox: mails are taken in again", p.Source)
	}
}

// Pause returns the pause after a number of failures.
func (p *Plan[M]) Pause(failures int) time.Duration {
	d := p.First
	for i := 1; i < failures && d < Longest; i++ {
		d *= 2
	}
	return min(d, max(Longest, p.First))
}

// Retry counts a failure. The mail is tried again later, or is set aside.
func (p *Plan[M]) Retry(ctx context.Context, m M, err error) {
	s := m.RetryState()
	s.Tries++
	if s.Tries >= p.Tries {
		p.SetAside(ctx, m, err)
		return
	}
	pause := p.Pause(s.Tries)
	p.Logger.Warn("inbox: a mail cannot be taken in", m.Name(), "error", discreet.Error(err), "tries", s.Tries, "again", pause)
	p.Later(m, pause)
}

// Later schedules another try.
func (p *Plan[M]) Later(m M, pause time.Duration) {
	m.RetryState().Due = time.Now().Add(pause)
	heap.Push(&p.waiting, m)
}

// Finish marks a mail that was taken in. If that fails, it is repeated later, and the
// mail is not given again.
func (p *Plan[M]) Finish(ctx context.Context, m M) {
	err := p.Place.Mark(ctx, m, Taken)
	if err == nil || errors.Is(err, ErrGone) {
		p.Place.Forget(m)
		return
	}
	s := m.RetryState()
	s.Tries++
	pause := p.Pause(s.Tries)
	p.Logger.Error("inbox: a mail was taken in, and cannot be marked", m.Name(), "error", discreet.Error(err), "again", pause)
	p.Later(m, pause)
}

// SetAside leaves a mail to a person.
func (p *Plan[M]) SetAside(ctx context.Context, m M, cause error) {
	err := p.Place.Mark(ctx, m, Aside)
	if errors.Is(err, ErrGone) {
		p.Place.Forget(m)
		return
	}
	if err != nil {
		p.Logger.Error("inbox: a mail cannot be set aside", m.Name(), "error", discreet.Error(err), "cause", discreet.Error(cause), "again", Longest)
		p.Later(m, Longest)
		return
	}
	p.Logger.Error("inbox: a mail is set aside for a person", m.Name(), "error", discreet.Error(cause), "tries", m.RetryState().Tries)
	p.Place.Forget(m)
}
