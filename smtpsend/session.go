package smtpsend

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/mime"
)

// maxQuitTime bounds the wait for the reply to QUIT: the mail is safe then.
const maxQuitTime = 5 * time.Second

// conn is one conversation with a server, of any number of messages.
type conn struct {
	*wire
	o         *Options
	key       credentials
	ext       extensions
	encrypted bool
	dirty     bool // a transaction was begun and not ended: RSET is due
	sent      int  // transactions so far
	opened    time.Time
	out       []byte // space for what is written
}

// transact sends m and returns the result for each recipient. again reports
// that a connection which had served before turned out dead before the server
// took the first command, so that m may go over another.
func (c *conn) transact(ctx context.Context, m *mime.Message) (results []*Error, again bool) {
	defer c.watch(ctx)()
	t := &transaction{conn: c, m: m, results: make([]*Error, len(m.To))}
	t.examine()
	reused := c.sent > 0
	c.sent++
	err := t.run(ctx)
	if err != nil {
		t.fail(err)
	}
	return t.results, reused && c.closed && goneBefore(err)
}

// goneBefore reports whether err says that the server had left before MAIL.
func goneBefore(err *Error) bool {
	if err == nil || err.Phase != PhaseMail && err.Phase != PhaseReset {
		return false
	}
	return err.Code == 421 || err.Code == 0 && err.Temporary &&
		!errors.Is(err, context.Canceled) && !isTimeout(err)
}

// reset ends a transaction that was given up (RFC 5321, section 4.1.1.5).
func (c *conn) reset(ctx context.Context) *Error {
	if !c.dirty {
		return nil
	}
	r, err := c.command(ctx, PhaseReset, "RSET")
	if err := c.expect(PhaseReset, r, err); err != nil {
		c.abort()
		return err
	}
	c.dirty = false
	return nil
}

// quit says goodbye and closes. What goes wrong on the way is of no interest.
func (c *conn) quit(ctx context.Context) {
	defer c.close()
	defer c.watch(ctx)()
	limit := min(maxQuitTime, c.o.Timeouts.Command)
	if _, err := c.write(ctx, PhaseQuit, []byte("QUIT\r\n"), limit); err == nil {
		c.read(ctx, PhaseQuit, limit)
	}
}

// reusable reports whether c is young enough to serve another message.
func (c *conn) reusable() bool {
	return c.sent < c.o.ConnectionMessages && time.Since(c.opened) < c.o.ConnectionAge
}

// command writes one line and reads the reply to it.
func (c *conn) command(ctx context.Context, p Phase, line string) (reply, *Error) {
	if strings.ContainsAny(line, "\r\n\x00") {
		return reply{}, unmet(p, errors.New("command with a line break or NUL"))
	}
	if _, err := c.write(ctx, p, []byte(line+"\r\n"), c.o.Timeouts.Command); err != nil {
		return reply{}, err
	}
	return c.read(ctx, p, c.o.Timeouts.Command)
}

// expect turns a reply that does not agree into an error. One that neither
// agrees nor refuses makes no sense here, and ends the conversation.
func (c *conn) expect(p Phase, r reply, err *Error) *Error {
	switch {
	case err != nil:
		return err
	case r.ok():
		return nil
	case r.refuses():
		return refusal(p, r)
	}
	return c.confused(p, r)
}

// confused ends the conversation after a reply that has no place in phase p.
func (c *conn) confused(p Phase, r reply) *Error {
	c.abort()
	return lost(p, fmt.Errorf("%w: unexpected %d %s", errProtocol, r.code, r.text()))
}
