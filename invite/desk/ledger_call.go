package desk

import (
	"context"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite"
)

// ending returns the context whose end says that the program wants to stop.
func (l *ledger) ending() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ctx
}

// note remembers the mails with a result.
func (l *ledger) note(changed []invite.Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range changed {
		if d.State != invite.DeliverySending {
			l.recorded[d.N] = true
		}
	}
}

// fail remembers the error of a record.
func (l *ledger) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = err
}

// mostLines limits the lines of the log about refused mails of one call. A meeting may
// have thousands of mails, and a server may refuse each of them.
const mostLines = 10

// logRefused logs the refused mails among the results of one record, in one line. After
// mostLines lines it only counts them.
func (l *ledger) logRefused(ctx context.Context, uid string, ended []invite.Delivery) {
	var first *invite.Delivery
	n := 0
	for i := range ended {
		if ended[i].State != invite.DeliveryRefused {
			continue
		}
		if n++; first == nil {
			first = &ended[i]
		}
	}
	if n == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused += n
	if l.lines++; l.lines > mostLines {
		return
	}
	args := []any{"uid", uid, "n", first.N, "messageId", first.MessageID, "status", discreet.Code(first.Reply)}
	if n > 1 {
		args = append(args, "mails", n) // the first of so many
	}
	l.log().WarnContext(ctx, "desk: a mail was refused", args...)
	l.log().DebugContext(ctx, "desk: the words of the server", "uid", uid, "n", first.N, "to", first.To, "reply", wordsOf(first))
}

// tellGivenUp tells of the mails among the results of one record that were given up, because
// they were tried too often. The client has told that they failed for a while.
func (l *ledger) tellGivenUp(ctx context.Context, uid string, c *changes, ended []invite.Delivery) {
	if l.options.Observe == nil || len(c.back) == 0 {
		return
	}
	back := make(map[int]bool, len(c.back))
	for _, d := range c.back {
		back[d.N] = true
	}
	l.tellEnded(ctx, uid, l.tag, among(ended, back))
}

// end logs the number of refused mails if not all of them have a line.
func (l *ledger) end(ctx context.Context, uid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lines > mostLines {
		l.log().WarnContext(ctx, "desk: many mails were refused", "uid", uid, "mails", l.refused)
	}
}
