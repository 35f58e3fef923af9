package call

import (
	"context"
	"fmt"
	"time"

	"github.com/convene-go/convene/httpsend"
)

// wait begins a pause that the API asks for.
func (a *API) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if until := time.Now().Add(d); until.After(a.until) {
		a.until = until
	}
}

// left returns the rest of a pause.
func (a *API) left() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Until(a.until)
}

// pause waits for the end of a pause. If it is too long, or if ctx ends, pause returns an
// error.
func (a *API) pause(ctx context.Context) error {
	left := a.left()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case left <= 0:
		return nil
	case left > httpsend.MaxPause:
		return fmt.Errorf("%w: %v are left", httpsend.ErrPaused, left.Round(time.Second))
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(left):
		return nil
	}
}

// Admit is Admit of invite.Pacer: it waits while the API has asked for a pause. If the pause
// is too long, it does not wait, and Send tells the reason.
func (a *API) Admit(ctx context.Context, wait bool) (admitted context.Context, leave func(), err error) {
	if left := a.left(); left > 0 && left <= httpsend.MaxPause {
		if !wait {
			return nil, nil, nil
		}
		if err := a.pause(ctx); err != nil {
			return nil, nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	return ctx, func() {}, nil
}
