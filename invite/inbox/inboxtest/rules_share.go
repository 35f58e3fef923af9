package inboxtest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/convene-go/convene/invite/inbox"
)

func checkShared(ctx context.Context, p *Place) error {
	if !p.Shared {
		return errNotApplicable
	}
	mails := letters(5)
	p.deliver(mails...)
	a, b := p.open(ctx, long), p.open(ctx, long)
	defer a.close()
	defer b.close()
	held, err := a.next()
	if err != nil {
		return err
	}
	got := map[string]bool{nameOf(held): true}
	for len(got) < len(mails) { // the mail in hand may come as well, without Claims
		m, err := b.next()
		if err != nil {
			return fmt.Errorf("one source has the mail %q in hand, and does nothing; another one gave %d of %d other mails: %w",
				nameOf(held), len(got)-1, len(mails)-1, err)
		}
		got[nameOf(m)] = true
		if err := b.done(m, nil); err != nil {
			return err
		}
	}
	if err := a.done(held, nil); err != nil {
		return err
	}
	_, err = p.crowd(ctx)
	return err
}

func checkClaims(ctx context.Context, p *Place) error {
	if !p.Claims {
		return errNotApplicable
	}
	counts, err := p.crowd(ctx)
	if err != nil {
		return err
	}
	for name, n := range counts {
		if n > 1 {
			return fmt.Errorf("the mail %q was given %d times", name, n)
		}
	}
	m := letter("held")
	p.deliver(m)
	a, b := p.open(ctx, long), p.open(ctx, long)
	defer a.close()
	defer b.close()
	held, err := a.next()
	if err != nil {
		return err
	}
	if err := b.quiet(); err != nil {
		return fmt.Errorf("another source has the mail %q in hand: %w", nameOf(held), err)
	}
	return a.done(held, nil)
}

// crowd has several programs that take mails in at the same time. It returns how often
// each mail was given. A mail that is not given is an error.
func (p *Place) crowd(ctx context.Context) (map[string]int, error) {
	const n, programs = 30, 3
	for i := range n {
		p.deliver(letter(fmt.Sprint("c", i)))
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	var mu sync.Mutex
	counts := make(map[string]int)
	errs := make([]error, programs)
	var wg sync.WaitGroup
	for i := range programs {
		r := p.open(context.WithoutCancel(ctx), crowded)
		defer r.close()
		wg.Go(func() {
			errs[i] = r.takeAll(ctx, func(m *inbox.Mail) {
				mu.Lock()
				defer mu.Unlock()
				if counts[nameOf(m)]++; len(counts) == n {
					stop()
				}
			})
			if errs[i] != nil {
				stop()
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("%d programs read at the same time: %w", programs, err)
	}
	if len(counts) < n {
		return nil, fmt.Errorf("%d programs read at the same time, and %d of %d mails were given within %v", programs, len(counts), n, patience)
	}
	return counts, nil
}

// takeAll takes mails in until ctx ends, and calls note for each.
func (r *reader) takeAll(ctx context.Context, note func(m *inbox.Mail)) error {
	for {
		m, err := mailOf(ctx, r.start(ctx))
		switch {
		case errors.Is(err, errNoMail):
			return nil
		case err != nil:
			return err
		}
		if err := r.done(m, nil); err != nil {
			return err
		}
		note(m)
	}
}
