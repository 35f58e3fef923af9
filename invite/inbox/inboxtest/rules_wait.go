package inboxtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/convene-go/convene/invite/inbox"
)

func checkWaits(ctx context.Context, p *Place) error {
	r := p.open(ctx, long)
	defer r.close()
	ctx, stop := context.WithTimeout(ctx, 2*patience)
	defer stop()
	for _, m := range letters(2) {
		wait := r.start(ctx)
		time.Sleep(moment)
		p.deliver(m)
		got, err := mailOf(ctx, wait)
		if err != nil {
			return fmt.Errorf("the mail %q was delivered while Next waited: %w", nameOf(m), err)
		}
		if err := r.done(got, nil); err != nil {
			return err
		}
	}
	return nil
}

func checkEnds(ctx context.Context, p *Place) error {
	r := p.open(ctx, long)
	defer r.close()
	ending, stop := context.WithTimeout(ctx, moment)
	defer stop()
	wait := r.start(ending)
	<-ending.Done()
	start := time.Now()
	_, err := wait()
	if took := time.Since(start); took > late {
		return fmt.Errorf("calling Next took %v after the end of its context", took)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("calling Next returned %v, want an error that wraps context.DeadlineExceeded", err)
	}
	m := letter("m0")
	p.deliver(m)
	ended, stop := context.WithCancel(ctx)
	stop()
	if got, err := r.start(ended)(); got != nil || !errors.Is(err, context.Canceled) {
		return fmt.Errorf("calling Next with an ended context returned a mail: %t, and the error %v, want no mail, and an error that wraps context.Canceled",
			got != nil, err)
	}
	if _, err := r.finish(m); err != nil {
		return fmt.Errorf("a mail was there when Next was called with an ended context: %w", err)
	}
	return nil
}

func checkAway(ctx context.Context, p *Place) error {
	if p.Away == nil {
		return errNotApplicable
	}
	mails := letters(2)
	p.deliver(mails...)
	r := p.open(ctx, short)
	defer r.close()
	first, err := r.next()
	if err != nil {
		return err
	}
	back := p.Away()
	second, err := r.whileAway(first)
	back()
	if err != nil {
		return fmt.Errorf("the place is away: %w", err)
	}
	rest := letter("m2")
	p.deliver(rest)
	left := []*inbox.Mail{rest}
	if second != nil {
		err = r.done(second, nil)
	} else {
		left = append(left, other(mails, first))
	}
	if err == nil {
		_, err = r.finish(left...)
	}
	if err == nil {
		err = p.checkNoted(r)
	}
	if err != nil {
		return fmt.Errorf("the place is back: %w", err)
	}
	return nil
}

// checkNoted expects that no mail comes, and that in the end r notes the mails that were
// taken in while the place was away, so that they do not come from another source either.
func (p *Place) checkNoted(r *reader) error {
	for start := time.Now(); ; {
		if err := r.quiet(); err != nil || !p.Shared {
			return err
		}
		other := p.open(r.ctx, short)
		err := other.quiet()
		if err := errors.Join(err, other.close()); err == nil {
			return nil
		} else if time.Since(start) > patience {
			return fmt.Errorf("from another source: %w", err)
		}
	}
}

// whileAway takes a mail in while the place is away. It returns a mail if the source has
// one already.
func (r *reader) whileAway(m *inbox.Mail) (*inbox.Mail, error) {
	if err := r.done(m, nil); err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(r.ctx, moment)
	defer stop()
	m, err := r.start(ctx)()
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("calling Next returned %w, and must wait", err)
	}
	return m, nil
}

// other returns the mail that is not m.
func other(pair []*inbox.Mail, m *inbox.Mail) *inbox.Mail {
	if nameOf(pair[0]) == nameOf(m) {
		return pair[1]
	}
	return pair[0]
}

func checkClose(ctx context.Context, p *Place) error {
	mails := letters(2)
	p.deliver(mails...)
	r := p.open(ctx, short)
	if _, ok := r.Source.(io.Closer); !ok {
		return errNotApplicable
	}
	defer r.close()
	first, err := r.next()
	if err != nil {
		return err
	}
	if err := r.done(first, nil); err != nil {
		return err
	}
	if _, err := r.next(); err != nil {
		return err
	}
	for range 2 {
		if err := r.close(); err != nil {
			return err
		}
	}
	again := p.open(ctx, short)
	defer again.close()
	if _, err := again.finish(other(mails, first)); err != nil {
		return fmt.Errorf("a source was closed with a mail in hand, and a new one was opened: %w", err)
	}
	return nil
}
