package invite

import (
	"context"
	"testing"
	"time"
)

// TestNoStepsCostNothing checks that without Observe no clock is read and no memory is used.
func TestNoStepsCostNothing(t *testing.T) {
	o := newSettings(&Options{Now: time.Now}, callOptions{})
	if at := o.clock(); !at.IsZero() || !o.began.IsZero() {
		t.Errorf("a clock was read: %v, %v", at, o.began)
	}
	ctx := context.Background()
	r, d, p := &renderer{options: o}, &deliverer{settings: o}, new(part)
	n := testing.AllocsPerRun(100, func() {
		began := o.clock()
		o.tellPlanned(ctx, p)
		r.tellRendered(ctx, nil, nil, began)
		d.tellHandedOver(ctx, nil)
		d.tellResult(ctx, &result{began: began, ended: o.clock()}, nil)
	})
	if n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
