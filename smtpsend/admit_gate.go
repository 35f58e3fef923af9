package smtpsend

import "context"

// gate lets admitted messages through one after the other, as the limiter says. It waits
// for the limiter once for each message, and never ends such a wait early. If the caller
// has gone by then, the next one passes. QUIRK: rate.Limiter gives the time of a wait that
// ends early to nobody if others wait already. So many callers who wait for a minute each
// would let no message through at all.
type gate struct {
	limiter Limiter
	open    context.Context // ends with the sender
	turn    chan struct{}   // holds a value while a caller is at the gate
	asked   bool            // the limiter is waited for, or has answered; for the caller at the gate
	answer  chan error      // of the limiter
}

// newGate returns the gate of a limiter. It is nil if there is no limiter.
func newGate(l Limiter, open context.Context) *gate {
	if l == nil {
		return nil
	}
	return &gate{limiter: l, open: open, turn: make(chan struct{}, 1), answer: make(chan error, 1)}
}

// passNow reports whether a message passes without waiting.
func (g *gate) passNow() bool {
	select {
	case g.turn <- struct{}{}:
	default:
		return false // others wait
	}
	defer func() { <-g.turn }()
	if !g.asked {
		l, ok := g.limiter.(interface{ Allow() bool })
		return ok && l.Allow()
	}
	select {
	case err := <-g.answer:
		g.asked = false
		return err == nil
	default:
		return false
	}
}

// pass waits until a message passes. The error is [ErrClosed] or an [*Error].
func (g *gate) pass(ctx context.Context) error {
	select {
	case g.turn <- struct{}{}:
	case <-g.open.Done():
		return ErrClosed
	case <-ctx.Done():
		return lost(PhaseConnect, ctx.Err())
	}
	defer func() { <-g.turn }()
	if !g.asked {
		g.asked = true
		go func() { g.answer <- g.limiter.Wait(g.open) }()
	}
	select {
	case err := <-g.answer:
		g.asked = false
		if err != nil && g.open.Err() == nil {
			return lost(PhaseConnect, err)
		}
	case <-g.open.Done():
	case <-ctx.Done():
		return lost(PhaseConnect, ctx.Err())
	}
	if g.open.Err() != nil {
		return ErrClosed
	}
	return nil
}
