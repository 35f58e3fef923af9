package smtpsend

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/mime"
)

// maxQuitTime bounds the wait for the reply to QUIT. It is short, because the
// mails are delivered by then.
const maxQuitTime = 5 * time.Second

// session is one conversation with a server (RFC 5321, section 3.1), with any
// number of transactions. After a failure of its connection it is closed.
type session struct {
	*conn
	o         *Options
	creds     credentials
	ext       extensions
	encrypted bool
	dirty     bool // a transaction was begun and not ended, so RSET is due
	sent      int  // number of transactions so far
	opened    time.Time
	out       []byte // buffer for commands and messages, used again
}

// transact sends m and returns the result for each recipient. It writes the receipts of
// those who were accepted into receipts. dead reports that the session had served before,
// and that its connection ended before the server took the first command. In this case m
// may be sent over another session.
func (s *session) transact(ctx context.Context, m *mime.Message, receipts []string) (results []*Error, dead bool) {
	defer s.watch(ctx)()
	t := &transaction{session: s, m: m, results: make([]*Error, len(m.To)), receipts: receipts}
	t.examine()
	reused := s.sent > 0
	s.sent++
	err := t.run(ctx)
	if err != nil {
		t.fail(err)
	}
	return t.results, reused && s.closed && goneBefore(err)
}

// goneBefore reports whether err says that the connection ended before the
// server took MAIL.
func goneBefore(err *Error) bool {
	if err == nil || err.Phase != PhaseMail && err.Phase != PhaseReset {
		return false
	}
	return err.Code == 421 || err.Code == 0 && err.Temporary &&
		!errors.Is(err, context.Canceled) && !isTimeout(err)
}

// reset ends a transaction that was given up (RFC 5321, section 4.1.1.5).
func (s *session) reset(ctx context.Context) *Error {
	if !s.dirty {
		return nil
	}
	r, err := s.command(ctx, PhaseReset, "RSET")
	if err := s.expect(PhaseReset, r, err); err != nil {
		s.abort()
		return err
	}
	s.dirty = false
	return nil
}

// quit sends QUIT and closes s. Errors are ignored.
func (s *session) quit(ctx context.Context) {
	defer s.close()
	defer s.watch(ctx)()
	limit := min(maxQuitTime, s.o.Timeouts.Command)
	if _, err := s.write(ctx, PhaseQuit, []byte("QUIT\r\n"), limit); err == nil {
		s.read(ctx, PhaseQuit, limit)
	}
}

// reusable reports whether the options allow another message on s.
func (s *session) reusable() bool {
	return s.sent < s.o.ConnectionMessages && time.Since(s.opened) < s.o.ConnectionAge
}

// command writes one line and reads the reply to it.
func (s *session) command(ctx context.Context, p Phase, line string) (reply, *Error) {
	if strings.ContainsAny(line, "\r\n\x00") {
		return reply{}, unmet(p, errors.New("command with a line break or NUL"))
	}
	if _, err := s.write(ctx, p, []byte(line+"\r\n"), s.o.Timeouts.Command); err != nil {
		return reply{}, err
	}
	return s.read(ctx, p, s.o.Timeouts.Command)
}

// expect returns err, or an error if r is not positive (2yz). A reply that is
// neither positive nor a refusal makes no sense here, and ends the session.
func (s *session) expect(p Phase, r reply, err *Error) *Error {
	switch {
	case err != nil:
		return err
	case r.ok():
		return nil
	case r.refuses():
		return refusal(p, r)
	}
	return s.confused(p, r)
}

// confused ends the session after a reply that has no place in phase p.
func (s *session) confused(p Phase, r reply) *Error {
	s.abort()
	return lost(p, fmt.Errorf("%w: unexpected %d %s", errProtocol, r.code, r.text()))
}
