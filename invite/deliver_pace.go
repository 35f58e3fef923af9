package invite

import (
	"context"
	"errors"
	"time"
)

// pace holds the mails of one call back: until the sender has room for them, and after
// the time that [Within] gives. Only the goroutine of the call uses it.
type pace struct {
	pacer   Pacer // nil if mails do not wait for a permit
	permits []permit
	used    []permit           // of mails that were sent
	asks    bool               // a goroutine waits for a permit
	asking  context.Context    // of the goroutine
	stop    context.CancelFunc // ends asking
	granted chan permit        // the result of the goroutine

	now    func() time.Time
	until  time.Time        // no mail is begun from then on; zero is no limit
	over   <-chan time.Time // has a value then
	isLate bool

	ended error // of Admit: it waits no longer, and no mail can be begun
}

// permit is the right to hand over one mail. The zero value is the right to try it: the
// sender says then why it cannot send.
type permit struct {
	ctx   context.Context // of the call of Send
	leave func()          // gives the permit back
	err   error           // of Admit, in place of both
	uses  int             // how many mails in a row have had the room already
}

// mostUses is the number of mails of one call that use the same room in a row. Then others
// have their turn.
const mostUses = 8

// release gives a permit back.
func (p permit) release() {
	if p.leave != nil {
		p.leave()
	}
}

// context returns the context for the call of Send.
func (p permit) context(ctx context.Context) context.Context {
	if p.ctx != nil {
		return p.ctx
	}
	return ctx
}

// begin prepares the pace of a call. Without a ledger, nobody sees which mails are claimed,
// so mails may as well wait in Send.
func (p *pace) begin(ctx context.Context, d *deliverer) {
	if d.ledger != nil {
		p.pacer, _ = d.sender.(Pacer)
	}
	if p.pacer != nil {
		p.granted = make(chan permit, 1)
		p.asking, p.stop = context.WithCancel(ctx)
	}
	if w := d.settings.within; w > 0 {
		p.now = d.settings.Now
		p.until, p.over = p.now().Add(w), time.After(w)
	}
}

// isOver reports whether no mail may be begun any more. The timer is asked, too, because
// the clock of the options may stand still.
func (p *pace) isOver() bool {
	if p.isLate || p.until.IsZero() {
		return p.isLate
	}
	select {
	case <-p.over:
		p.isLate = true
	default:
		p.isLate = !p.now().Before(p.until)
	}
	return p.isLate
}

// ready reports whether there is a permit for one more mail besides n others.
func (p *pace) ready(ctx context.Context, n int) bool {
	if p.pacer == nil || len(p.permits) > n {
		return true
	}
	select {
	case x := <-p.granted:
		return p.grant(x)
	default:
	}
	x := permitOf(p.pacer.Admit(ctx, false))
	if x.ctx == nil && x.err == nil {
		return false
	}
	return p.keep(x)
}

// keep keeps a permit that Admit has given, and reports whether there is one. A mail is
// handed over all the same if the sender cannot give any. Send tells the reason then.
func (p *pace) keep(x permit) bool {
	if errors.Is(x.err, context.Canceled) || errors.Is(x.err, context.DeadlineExceeded) {
		p.ended = x.err
		return false
	}
	p.permits = append(p.permits, x)
	return true
}

// permitOf makes a permit of the results of [Pacer].Admit.
func permitOf(ctx context.Context, leave func(), err error) permit {
	if err != nil {
		return permit{err: err}
	}
	return permit{ctx: ctx, leave: leave}
}

// reuse gives the room of mails that were sent to the next mails of the call, or back. So
// the result of a mail and the claim of the next one are one record. open says whether a
// mail could go, and rest is the number of mails that are left.
func (p *pace) reuse(open bool, rest int) {
	for _, x := range p.used {
		if open && x.ctx != nil && x.uses < mostUses && len(p.permits) < rest {
			next := permitOf(p.pacer.Admit(x.ctx, false))
			if next.ctx != nil {
				next.uses = x.uses + 1
				p.permits = append(p.permits, next)
			}
		}
		x.release()
	}
	p.used = p.used[:0]
}

// take takes the permit that ready has promised. Until the mail is sent, the permit stays
// in permits, so that it is given back if the mail is not sent.
func (p *pace) take() (x permit) {
	if n := len(p.permits); n > 0 {
		x, p.permits = p.permits[n-1], p.permits[:n-1]
	}
	return x
}

// ask begins to wait for a permit.
func (p *pace) ask() {
	if p.asks {
		return
	}
	p.asks = true
	go func() {
		p.granted <- permitOf(p.pacer.Admit(p.asking, true))
	}()
}

// grant takes the result of ask, and reports whether it is a permit.
func (p *pace) grant(x permit) bool {
	p.asks = false
	return p.keep(x)
}

// wait waits for a result, or for a permit if a mail could go. If no mail can go, the
// permits are of no use, and others may have them.
func (d *deliverer) wait(ctx context.Context, open bool) {
	p := &d.pace
	if open {
		p.ask()
	} else {
		p.releaseAll()
	}
	select {
	case r := <-d.results:
		d.finish(ctx, r)
	case x := <-p.granted:
		p.grant(x)
	case <-p.over:
		p.isLate = true
	}
}

// releaseAll gives the permits back that are left.
func (p *pace) releaseAll() {
	for _, x := range p.permits {
		x.release()
	}
	p.permits = nil
	p.reuse(false, 0)
}

// end ends the pace of a call. No mail is in flight then, unless the ledger has panicked.
func (p *pace) end(d *deliverer) {
	if p.stop != nil {
		p.stop()
	}
	if p.asks {
		(<-p.granted).release()
	}
	p.releaseAll()
	if d.inFlight > 0 {
		go func() {
			for range d.inFlight {
				(<-d.results).mail.permit.release()
			}
		}()
	}
}
