package smtpsend

import (
	"context"
	"net"
	"time"
)

// openSession dials addr and leads the session up to the first MAIL. If the
// server refuses the token, it tries once more with another token.
func openSession(ctx context.Context, addr string, o *Options) (*session, *Error) {
	creds, err := o.credentials(ctx)
	if err != nil {
		return nil, err
	}
	s, err := openWith(ctx, addr, o, creds)
	if !o.isTokenRefused(err) {
		return s, err
	}
	if o.TokenRefused != nil {
		o.TokenRefused(creds.token)
	}
	if creds, err = o.credentials(ctx); err != nil {
		return nil, err
	}
	return openWith(ctx, addr, o, creds)
}

// openWith is openSession with the given credentials.
func openWith(ctx context.Context, addr string, o *Options, creds credentials) (*session, *Error) {
	nc, err := dial(ctx, addr, o)
	if err != nil {
		return nil, err
	}
	s := &session{conn: newConn(nc), o: o, creds: creds, opened: time.Now()}
	defer s.watch(ctx)()
	for _, step := range s.opening() {
		if err := step(ctx); err != nil {
			s.abort()
			return nil, err
		}
	}
	return s, nil
}

// dial connects to addr within the options' time.
func dial(ctx context.Context, addr string, o *Options) (net.Conn, *Error) {
	limited, cancel := context.WithTimeout(ctx, o.Timeouts.Connect)
	defer cancel()
	nc, err := o.Dial(limited, "tcp", addr)
	if err == nil {
		return nc, nil
	}
	// The dialer reports the end of a context as an error of its own.
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return nil, lost(PhaseConnect, err)
}

// opening returns the steps of s before the first transaction, in order.
func (s *session) opening() []func(context.Context) *Error {
	switch s.o.TLS {
	case TLSRequired:
		return []func(context.Context) *Error{s.greet, s.hello, s.startTLS, s.hello, s.login}
	case TLSImplicit:
		return []func(context.Context) *Error{s.handshake, s.greet, s.hello, s.login}
	}
	return []func(context.Context) *Error{s.greet, s.hello, s.login}
}

// greet waits for the server's first reply.
func (s *session) greet(ctx context.Context) *Error {
	r, err := s.read(ctx, PhaseGreeting, s.o.Timeouts.Command)
	return s.expect(PhaseGreeting, r, err)
}

// hello sends EHLO or LHLO and notes the extensions that the server offers. If
// the server does not know EHLO, it sends HELO as in RFC 821 (RFC 5321, section
// 3.2).
func (s *session) hello(ctx context.Context) *Error {
	verb := "EHLO "
	if s.o.LMTP {
		verb = "LHLO "
	}
	r, err := s.command(ctx, PhaseHello, verb+s.localName())
	if err == nil && !s.o.LMTP && (r.code == 500 || r.code == 502) {
		r, err = s.command(ctx, PhaseHello, "HELO "+s.localName())
		r.lines = nil
	}
	s.ext = parseExtensions(r.lines)
	return s.expect(PhaseHello, r, err)
}

// localName returns the name for EHLO: the name from the options, or the address
// literal of this side if there is none (RFC 5321, section 4.1.4).
func (s *session) localName() string {
	if s.o.LocalName != "" {
		return s.o.LocalName
	}
	addr, ok := s.raw.LocalAddr().(*net.TCPAddr)
	if !ok {
		return "localhost"
	}
	if ip4 := addr.IP.To4(); ip4 != nil {
		return "[" + ip4.String() + "]"
	}
	return "[IPv6:" + addr.IP.String() + "]"
}

// startTLS asks for TLS and begins it (RFC 3207).
func (s *session) startTLS(ctx context.Context) *Error {
	if !s.ext.has("STARTTLS") {
		return unmet(PhaseTLS, ErrNoTLS)
	}
	r, err := s.command(ctx, PhaseTLS, "STARTTLS")
	if err := s.expect(PhaseTLS, r, err); err != nil {
		return err
	}
	return s.handshake(ctx)
}

// handshake begins TLS.
func (s *session) handshake(ctx context.Context) *Error {
	if err := s.encrypt(ctx, s.o.TLSConfig, s.o.Timeouts.Connect); err != nil {
		return err
	}
	s.encrypted = true
	return nil
}
