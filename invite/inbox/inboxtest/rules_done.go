package inboxtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/convene-go/convene/invite/inbox"
)

func checkTaken(ctx context.Context, p *Place) error {
	mails := letters(3)
	p.deliver(mails[:2]...)
	r := p.open(ctx, short)
	if _, err := r.finish(mails[:2]...); err != nil {
		return errors.Join(err, r.close())
	}
	if err := p.quietAfter(r); err != nil {
		return err
	}
	p.deliver(mails[2])
	r = p.open(ctx, short)
	defer r.close()
	_, err := r.finish(mails[2])
	return err
}

func checkUnfinished(ctx context.Context, p *Place) error {
	mails := letters(2)
	p.deliver(mails...)
	killed := p.open(ctx, short)
	defer killed.close()
	if _, err := killed.next(); err != nil {
		return err
	}
	if !p.Shared { // the system ends the connections of a program that is killed
		if err := killed.close(); err != nil {
			return err
		}
	}
	r := p.open(ctx, short)
	defer r.close()
	if _, err := r.finish(mails...); err != nil {
		return fmt.Errorf("a source was given up with a mail in hand, and a new one was opened: %w", err)
	}
	return nil
}

func checkAgain(ctx context.Context, p *Place) error {
	failures := 2
	if p.Tries > 0 {
		failures = min(failures, p.Tries-1)
	}
	if failures == 0 {
		return errNotApplicable
	}
	m := letter("m0")
	p.deliver(m)
	r := p.open(ctx, short)
	defer r.close()
	for n := range failures {
		got, err := r.next()
		if err != nil {
			return fmt.Errorf("the mail has failed %d times: %w", n, err)
		}
		if err := r.done(got, errOops); err != nil {
			return err
		}
	}
	if _, err := r.finish(m); err != nil {
		return fmt.Errorf("the mail has failed %d times: %w", failures, err)
	}
	return nil
}

func checkHeldUp(ctx context.Context, p *Place) error {
	mails := letters(3)
	p.deliver(mails...)
	r := p.open(ctx, long)
	defer r.close()
	failed, err := r.next()
	if err != nil {
		return err
	}
	name := nameOf(failed)
	if err := r.done(failed, errOops); err != nil {
		return err
	}
	for range mails[1:] {
		m, err := r.next()
		if err != nil {
			return fmt.Errorf("the mail %q has failed, and others wait: %w", name, err)
		}
		if nameOf(m) == name {
			return fmt.Errorf("the mail %q has failed, and it came again while others wait", name)
		}
		if err := r.done(m, nil); err != nil {
			return err
		}
	}
	return nil
}

func checkStopped(ctx context.Context, p *Place) error {
	if p.Tries == 0 {
		return errNotApplicable
	}
	m := letter("m0")
	p.deliver(m)
	r := p.open(ctx, short)
	defer r.close()
	for n := range p.Tries {
		got, err := r.next()
		if err != nil {
			return fmt.Errorf("after Done was called %d times with an error that wraps context.Canceled: %w", n, err)
		}
		if err := r.done(got, errStopped); err != nil {
			return err
		}
	}
	if _, err := r.finish(m); err != nil {
		return fmt.Errorf("after Done was called %d times with an error that wraps context.Canceled: %w", p.Tries, err)
	}
	return nil
}

func checkSetAside(ctx context.Context, p *Place) error {
	if p.Tries == 0 {
		return errNotApplicable
	}
	bad, good := letter("bad"), letter("good")
	p.deliver(bad)
	r := p.open(ctx, short)
	defer r.close()
	for range p.Tries {
		m, err := r.next()
		switch {
		case errors.Is(err, errNoMail):
			return errUnclear
		case err != nil:
			return err
		}
		if err := r.done(m, errOops); err != nil {
			return err
		}
	}
	p.deliver(good)
	_, err := r.finish(good)
	if err == nil {
		err = p.quietAfter(r)
	}
	if err == nil {
		err = p.checkAside(bad)
	}
	if err != nil {
		return fmt.Errorf("the mail %q has failed %d times: %w", nameOf(bad), p.Tries, err)
	}
	return nil
}

func checkLarge(ctx context.Context, p *Place) error {
	if p.MaxSize == 0 {
		return errNotApplicable
	}
	large, small := letter("large"), letter("small")
	large.Data = append(large.Data, bytes.Repeat([]byte("large\r\n"), p.MaxSize/7+1)...)
	small.Data = append(small.Data, bytes.Repeat([]byte("small\r\n"), p.MaxSize/14)...)
	p.deliver(large, small)
	r := p.open(ctx, short)
	defer r.close()
	_, err := r.finish(small)
	if err == nil {
		err = p.quietAfter(r)
	}
	if err == nil {
		err = p.checkAside(large)
	}
	if err != nil {
		return fmt.Errorf("a mail of %d octets was delivered, and one of %d: %w", len(large.Data), len(small.Data), err)
	}
	return nil
}

func checkLateDone(ctx context.Context, p *Place) error {
	p.deliver(letter("m0"))
	r := p.open(ctx, short)
	defer r.close()
	ending, stop := context.WithTimeout(ctx, patience)
	defer stop()
	m, err := mailOf(ending, r.start(ending))
	if err != nil {
		return err
	}
	stop()
	err = r.done(m, nil)
	if err == nil {
		err = p.quietAfter(r)
	}
	if err != nil {
		return fmt.Errorf("the context of Next has ended: %w", err)
	}
	return nil
}

func checkDoneTwice(ctx context.Context, p *Place) error {
	p.deliver(letter("m0"))
	r := p.open(ctx, short)
	defer r.close()
	m, err := r.next()
	if err != nil {
		return err
	}
	if err := r.done(m, nil); err != nil {
		return err
	}
	// An error is allowed here, because the program is wrong.
	_ = r.Done(ctx, m, errOops)
	_ = r.Done(ctx, &inbox.Mail{ID: "unknown", Data: []byte("Subject: unknown\r\n\r\n")}, errOops)
	if err := p.quietAfter(r); err != nil {
		return fmt.Errorf("after Done was called for a mail without an error, and then with one: %w", err)
	}
	return nil
}
