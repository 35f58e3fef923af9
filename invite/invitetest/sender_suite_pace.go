package invitetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/convene-go/convene/invite"
)

// rounds is the number of places that checkAdmits takes and gives back. It is larger
// than the number of connections that a sender may have.
const rounds = 1000

// checkAdmits checks the Admit of a sender that has it.
func checkAdmits(ctx context.Context, s invite.Sender) error {
	p, ok := as[invite.Pacer](s)
	if !ok {
		return errNotApplicable
	}
	patient, cancel := context.WithTimeout(ctx, late)
	defer cancel()
	for i := range rounds {
		_, leave, err := p.Admit(patient, true)
		if err != nil {
			return fmt.Errorf("after %d calls of Admit and leave, Admit returned %w", i, err)
		}
		leave()
	}
	m := newMessage("ann")
	if err := admitAndSend(patient, p, m); err != nil {
		return err
	}
	return errors.Join(checkArrived(s, m), checkAdmitsEnded(ctx, p))
}

// admitAndSend sends a message that the sender admits.
func admitAndSend(ctx context.Context, p invite.Pacer, m *invite.Message) error {
	admitted, leave, err := p.Admit(ctx, true)
	switch {
	case err != nil:
		return fmt.Errorf("calling Admit returned %w, want nil", err)
	case admitted == nil || leave == nil:
		return errors.New("calling Admit returned no error, and no context or no leave")
	}
	defer leave()
	if err := p.Send(admitted, clone(m)); err != nil {
		return fmt.Errorf("calling Send with a message that was admitted returned %w, want nil", err)
	}
	return nil
}

// checkAdmitsEnded calls Admit with a context that has ended. It may return that, or a
// place, if the sender always has room.
func checkAdmitsEnded(ctx context.Context, p invite.Pacer) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	for _, wait := range []bool{false, true} {
		admitted, leave, err := p.Admit(ctx, wait)
		switch {
		case err != nil && !errors.Is(err, context.Canceled):
			return fmt.Errorf("calling Admit with an ended context returned %w, want an error that wraps context.Canceled", err)
		case err == nil && admitted != nil && admitted.Err() == nil:
			return errors.New("calling Admit returned a context that is not derived from its own")
		case err == nil && leave != nil:
			leave()
		}
	}
	return nil
}
