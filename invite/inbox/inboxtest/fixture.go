package inboxtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/convene-go/convene/invite/inbox"
)

var (
	errOops    = errors.New("the program could not take it in")
	errStopped = fmt.Errorf("the program ends: %w", context.Canceled)
)

// letter returns a mail. Its name stands in its Subject.
func letter(name string) *inbox.Mail {
	return &inbox.Mail{Data: []byte("From: bob@example.test\r\nTo: other@example.test\r\nSubject: " + name +
		"\r\nMessage-ID: <" + name + "@example.test>\r\n\r\nHello.\r\n")}
}

// letters returns n mails with the names m0, m1 and so on.
func letters(n int) (out []*inbox.Mail) {
	for i := range n {
		out = append(out, letter(fmt.Sprint("m", i)))
	}
	return out
}

// nameOf returns the name of a mail of this suite.
func nameOf(m *inbox.Mail) string {
	_, name, _ := bytes.Cut(m.Data, []byte("\nSubject: "))
	name, _, _ = bytes.Cut(name, []byte("\n"))
	return string(bytes.TrimSpace(name))
}

// deliver delivers copies of mails, which the place may keep.
func (p *Place) deliver(mails ...*inbox.Mail) {
	for _, m := range mails {
		c := *m
		c.Data, c.Verified = bytes.Clone(m.Data), slices.Clone(m.Verified)
		p.Deliver(&c)
	}
}

// reader is a source under test.
type reader struct {
	inbox.Source
	ctx context.Context
}

func (p *Place) open(ctx context.Context, pauses Pauses) *reader {
	return &reader{p.Open(pauses), ctx}
}

// close closes the source, if it can be closed.
func (r *reader) close() error {
	if c, ok := r.Source.(io.Closer); ok {
		if err := c.Close(); err != nil {
			return fmt.Errorf("calling Close returned %w, want nil", err)
		}
	}
	return nil
}

// reopen closes r, and opens a new source.
func (p *Place) reopen(r *reader, pauses Pauses) (*reader, error) {
	if err := r.close(); err != nil {
		return nil, err
	}
	return p.open(r.ctx, pauses), nil
}

// start calls Next. wait returns its result.
func (r *reader) start(ctx context.Context) (wait func() (*inbox.Mail, error)) {
	type result struct {
		m   *inbox.Mail
		err error
	}
	ended := make(chan result, 1)
	go func() {
		m, err := r.Next(ctx)
		ended <- result{m, err}
	}()
	return func() (*inbox.Mail, error) {
		select {
		case got := <-ended:
			return got.m, got.err
		case <-ctx.Done():
		}
		timer := time.NewTimer(hangs)
		defer timer.Stop()
		select {
		case got := <-ended:
			return got.m, got.err
		case <-timer.C:
			return nil, errHangs
		}
	}
}

var (
	errNoMail = errors.New("no mail came")
	errHangs  = fmt.Errorf("a call of Next has not returned %v after the end of its context", hangs)
)

// next returns the next mail, which stays in hand. The context of Next does not end before
// Done is called, unless no mail comes.
func (r *reader) next() (*inbox.Mail, error) {
	ctx, stop := context.WithCancel(r.ctx)
	timer := time.AfterFunc(patience, stop)
	defer timer.Stop()
	return mailOf(ctx, r.start(ctx))
}

// mailOf waits for a mail.
func mailOf(ctx context.Context, wait func() (*inbox.Mail, error)) (*inbox.Mail, error) {
	m, err := wait()
	switch {
	case errors.Is(err, errHangs):
		return nil, err
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("%w within %v: %w", errNoMail, patience, err)
	case err != nil:
		return nil, fmt.Errorf("calling Next returned %w, want a mail", err)
	case m == nil:
		return nil, errors.New("calling Next returned neither a mail nor an error")
	}
	return m, nil
}

// done calls Done for a mail, with the result of the program.
func (r *reader) done(m *inbox.Mail, result error) error {
	if err := r.Done(r.ctx, m, result); err != nil {
		return fmt.Errorf("calling Done for the mail %q with the error %v returned %w, want nil", nameOf(m), result, err)
	}
	return nil
}

// finish takes the wanted mails in, in any order, and returns their names. Another mail
// is an error.
func (r *reader) finish(want ...*inbox.Mail) (names []string, err error) {
	for range want {
		m, err := r.next()
		if err != nil {
			return names, fmt.Errorf("after the mails %q: %w", names, err)
		}
		name := nameOf(m)
		known := func(w *inbox.Mail) bool { return nameOf(w) == name }
		if !slices.ContainsFunc(want, known) || slices.Contains(names, name) {
			return names, fmt.Errorf("the mail %q came after the mails %q, and must not come now", name, names)
		}
		if err := r.done(m, nil); err != nil {
			return names, err
		}
		names = append(names, name)
	}
	return names, nil
}

// quiet expects for a moment that no mail comes.
func (r *reader) quiet() error {
	ctx, stop := context.WithTimeout(r.ctx, moment)
	defer stop()
	m, err := r.start(ctx)()
	switch {
	case m != nil:
		return fmt.Errorf("the mail %q came, and must not come now", nameOf(m))
	case errors.Is(err, errHangs):
		return err
	case ctx.Err() == nil:
		return fmt.Errorf("calling Next returned the error %w without a mail, although its context has not ended", err)
	}
	return nil
}

// quietAfter expects that no mail comes, from r or from a new source.
func (p *Place) quietAfter(r *reader) error {
	if err := r.quiet(); err != nil {
		return err
	}
	again, err := p.reopen(r, short)
	if err != nil {
		return err
	}
	defer again.close()
	if err := again.quiet(); err != nil {
		return fmt.Errorf("from a new source: %w", err)
	}
	return nil
}

// checkAside compares the mails that are set aside with want, if the place can list them.
func (p *Place) checkAside(want *inbox.Mail) error {
	if p.Aside == nil {
		return nil
	}
	all := p.Aside()
	if len(all) != 1 || !bytes.HasSuffix(all[0], want.Data) {
		return fmt.Errorf("%d mails are set aside, want the mail %q as it was", len(all), nameOf(want))
	}
	return nil
}
