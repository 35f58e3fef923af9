package smtpsend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
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

// open dials addr and leads the conversation up to the first MAIL. A token that
// is refused is replaced once.
func open(ctx context.Context, addr string, o *Options) (*conn, *Error) {
	key, err := o.credentials(ctx)
	if err != nil {
		return nil, err
	}
	c, err := openWith(ctx, addr, o, key)
	if !o.isTokenRefused(err) {
		return c, err
	}
	if o.TokenRefused != nil {
		o.TokenRefused(key.token)
	}
	if key, err = o.credentials(ctx); err != nil {
		return nil, err
	}
	return openWith(ctx, addr, o, key)
}

// openWith is open with the given credentials.
func openWith(ctx context.Context, addr string, o *Options, key credentials) (*conn, *Error) {
	nc, err := dial(ctx, addr, o)
	if err != nil {
		return nil, err
	}
	c := &conn{wire: newWire(nc), o: o, key: key, opened: time.Now()}
	defer c.watch(ctx)()
	for _, step := range c.opening() {
		if err := step(ctx); err != nil {
			c.abort()
			return nil, err
		}
	}
	return c, nil
}

// dial connects to addr within the options' time.
func dial(ctx context.Context, addr string, o *Options) (net.Conn, *Error) {
	limited, cancel := context.WithTimeout(ctx, o.Timeouts.Connect)
	defer cancel()
	nc, err := o.Dial(limited, "tcp", addr)
	if err == nil {
		return nc, nil
	}
	// The dialer tells the end of a context in words of its own.
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return nil, lost(PhaseConnect, err)
}

// opening returns the steps before the first transaction.
func (c *conn) opening() []func(context.Context) *Error {
	switch c.o.TLS {
	case TLSRequired:
		return []func(context.Context) *Error{c.greet, c.hello, c.startTLS, c.hello, c.login}
	case TLSImplicit:
		return []func(context.Context) *Error{c.handshake, c.greet, c.hello, c.login}
	}
	return []func(context.Context) *Error{c.greet, c.hello, c.login}
}

// greet waits for the server's first reply.
func (c *conn) greet(ctx context.Context) *Error {
	r, err := c.read(ctx, PhaseGreeting, c.o.Timeouts.Command)
	return c.expect(PhaseGreeting, r, err)
}

// hello says who we are and notes what the server offers. A server that does
// not know EHLO is spoken to as in RFC 821 (RFC 5321, section 3.2).
func (c *conn) hello(ctx context.Context) *Error {
	verb := "EHLO "
	if c.o.LMTP {
		verb = "LHLO "
	}
	r, err := c.command(ctx, PhaseHello, verb+c.localName())
	if err == nil && !c.o.LMTP && (r.code == 500 || r.code == 502) {
		r, err = c.command(ctx, PhaseHello, "HELO "+c.localName())
		r.lines = nil
	}
	c.ext = parseExtensions(r.lines)
	return c.expect(PhaseHello, r, err)
}

// localName is the name to say: the one from the options, or else the address
// literal of this side (RFC 5321, section 4.1.4).
func (c *conn) localName() string {
	if c.o.LocalName != "" {
		return c.o.LocalName
	}
	addr, ok := c.raw.LocalAddr().(*net.TCPAddr)
	if !ok {
		return "localhost"
	}
	if ip4 := addr.IP.To4(); ip4 != nil {
		return "[" + ip4.String() + "]"
	}
	return "[IPv6:" + addr.IP.String() + "]"
}

// startTLS asks for TLS and begins it (RFC 3207).
func (c *conn) startTLS(ctx context.Context) *Error {
	if !c.ext.has("STARTTLS") {
		return unmet(PhaseTLS, ErrNoTLS)
	}
	r, err := c.command(ctx, PhaseTLS, "STARTTLS")
	if err := c.expect(PhaseTLS, r, err); err != nil {
		return err
	}
	return c.handshake(ctx)
}

// handshake begins TLS.
func (c *conn) handshake(ctx context.Context) *Error {
	if err := c.encrypt(ctx, c.o.TLSConfig, c.o.Timeouts.Connect); err != nil {
		return err
	}
	c.encrypted = true
	return nil
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
