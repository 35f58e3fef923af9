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

// session is one conversation with a server, of any number of messages.
type session struct {
	*conn
	o         *Options
	creds     credentials
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
func (s *session) transact(ctx context.Context, m *mime.Message) (results []*Error, again bool) {
	defer s.watch(ctx)()
	t := &transaction{session: s, m: m, results: make([]*Error, len(m.To))}
	t.examine()
	reused := s.sent > 0
	s.sent++
	err := t.run(ctx)
	if err != nil {
		t.fail(err)
	}
	return t.results, reused && s.closed && goneBefore(err)
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

// quit says goodbye and closes. What goes wrong on the way is of no interest.
func (s *session) quit(ctx context.Context) {
	defer s.close()
	defer s.watch(ctx)()
	limit := min(maxQuitTime, s.o.Timeouts.Command)
	if _, err := s.write(ctx, PhaseQuit, []byte("QUIT\r\n"), limit); err == nil {
		s.read(ctx, PhaseQuit, limit)
	}
}

// reusable reports whether s is young enough to serve another message.
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

// expect turns a reply that does not agree into an error. One that neither
// agrees nor refuses makes no sense here, and ends the conversation.
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

// confused ends the conversation after a reply that has no place in phase p.
func (s *session) confused(p Phase, r reply) *Error {
	s.abort()
	return lost(p, fmt.Errorf("%w: unexpected %d %s", errProtocol, r.code, r.text()))
}
