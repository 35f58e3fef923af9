package smtpsend

import (
	"context"
	"net"
	"time"
)

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
