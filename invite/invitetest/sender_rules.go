package invitetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

func checkAccepts(ctx context.Context, s invite.Sender) error {
	m := newMessage("ann", "bob")
	if err := s.Send(ctx, clone(m)); err != nil {
		return fmt.Errorf("calling Send returned %w, want nil", err)
	}
	return checkArrived(s, m)
}

func checkBytes(ctx context.Context, s invite.Sender) error {
	if _, ok := as[Observer](s); !ok {
		return errNotApplicable
	}
	var want []*mime.Message
	bodies := []string{
		"", ".\r\n", "..\r\n.\r\n", "From x\r\n>From y\r\n", "\t \r\n\r\n",
		strings.Repeat("x", 998) + "\r\n", strings.Repeat("y\r\n", 100_000),
	}
	for _, body := range bodies {
		m := newMessage("ann")
		m.Data = []byte("Subject: bytes\r\n\r\n" + body)
		if err := s.Send(ctx, clone(m)); err != nil {
			return fmt.Errorf("calling Send with the body %.20q returned %w, want nil", body, err)
		}
		want = append(want, m)
	}
	return checkArrived(s, want...)
}

func checkUnchanged(ctx context.Context, s invite.Sender) error {
	m := newMessage("ann", "bob")
	before := clone(m)
	if err := s.Send(ctx, m); err != nil {
		return fmt.Errorf("calling Send returned %w, want nil", err)
	}
	same := m.From == before.From && m.ID == before.ID &&
		slices.Equal(m.To, before.To) && bytes.Equal(m.Data, before.Data)
	if !same {
		return fmt.Errorf("Send changed the message from %+v to %+v", before, m)
	}
	return nil
}

func checkForgets(ctx context.Context, s invite.Sender) error {
	m := newMessage("ann")
	before := clone(m)
	if err := s.Send(ctx, m); err != nil {
		return fmt.Errorf("calling Send returned %w, want nil", err)
	}
	for i := range m.Data {
		m.Data[i] = 'x'
	}
	m.To[0] = "eve@example.com"
	return checkArrived(s, before)
}

func checkConcurrent(ctx context.Context, s invite.Sender) error {
	const n = 8
	var wg sync.WaitGroup
	var want []*mime.Message
	errs := make([]error, n)
	for i := range n {
		m := newMessage(fmt.Sprint("p", i))
		m.Data = append(m.Data, fmt.Sprint(i, "\r\n")...)
		want = append(want, clone(m))
		wg.Go(func() { errs[i] = s.Send(ctx, m) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%d calls of Send at the same time returned %w, want nil", n, err)
	}
	return checkArrived(s, want...)
}

func checkEnded(ctx context.Context, s invite.Sender) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	start := time.Now()
	err := s.Send(ctx, newMessage("ann"))
	if took := time.Since(start); took > late {
		return fmt.Errorf("calling Send with an ended context took %v", took)
	}
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("calling Send returned %v, want an error that wraps context.Canceled", err)
	}
	return checkArrived(s)
}

func checkStalled(ctx context.Context, s invite.Sender) error {
	staller, ok := as[Staller](s)
	if !ok {
		return errNotApplicable
	}
	staller.Stall()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := s.Send(ctx, newMessage("ann"))
	end, _ := ctx.Deadline()
	if took := time.Since(end); took > late {
		return fmt.Errorf("calling Send took %v beyond the end of its context", took)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("calling Send returned %v, want an error that wraps context.DeadlineExceeded", err)
	}
	if !isUncertain(err) {
		return checkArrived(s)
	}
	return nil
}

func checkNoRecipients(ctx context.Context, s invite.Sender) error {
	if err := s.Send(ctx, newMessage()); !isRefused(err) {
		return fmt.Errorf("calling Send returned %v, want an error with Refused() true", err)
	}
	return checkArrived(s)
}

func checkInjection(ctx context.Context, s invite.Sender) error {
	addresses := []string{
		"ann@example.com\r\nDATA", "ann\n@example.com", "ann@example.com\x00", "ann@example.com> X", "<ann@example.com",
	}
	for _, bad := range addresses {
		to, from := newMessage("bob"), newMessage("bob")
		to.To = append(to.To, bad)
		from.From = bad
		for field, m := range map[string]*mime.Message{"To": to, "From": from} {
			if err := s.Send(ctx, m); !isRefused(err) {
				return fmt.Errorf("calling Send with %q in %s returned %v, want an error with Refused() true", bad, field, err)
			}
		}
	}
	return checkArrived(s)
}

func checkRefused(ctx context.Context, s invite.Sender) error {
	r, ok := as[Refuser](s)
	if !ok {
		return errNotApplicable
	}
	m := newMessage("ann", "bob")
	m.To = slices.Insert(m.To, 1, r.Refused())
	err := s.Send(ctx, m)
	named := recipientErrors(err)
	if len(named) != 1 || named[0].Recipient() != r.Refused() || !isRefused(named[0]) || isUncertain(named[0]) {
		return fmt.Errorf("calling Send returned %v, want one error with Recipient() %q and Refused() true", err, r.Refused())
	}
	return checkArrived(s, newMessage("ann", "bob"))
}

func checkJudgement(ctx context.Context, s invite.Sender) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	m := newMessage("ann", "bob")
	bad := newMessage("ann", "no body")
	for _, err := range []error{s.Send(ctx, m), s.Send(ctx, bad)} {
		if isRefused(err) && isUncertain(err) {
			return fmt.Errorf("the error %q has both Refused() and Uncertain() true", err)
		}
		for _, r := range recipientErrors(err) {
			if r.Recipient() == "" {
				continue // the error is about all recipients
			}
			known := func(to string) bool { return address.Same(to, r.Recipient()) }
			if !slices.ContainsFunc(slices.Concat(m.To, bad.To), known) {
				return fmt.Errorf("the error %q has the Recipient() %q, which is no recipient of the message", err, r.Recipient())
			}
		}
	}
	return nil
}
