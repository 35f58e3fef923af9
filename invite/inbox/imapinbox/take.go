package imapinbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/internal/retry"
)

var (
	errTooLarge = errors.New("is too large")
	errEmpty    = errors.New("the server gives no content for it")
)

// take claims and fetches a mail. It returns no mail if the mail is gone, or has to
// wait. The error says that the connection cannot be used any more.
func (m *Mailbox) take(ctx context.Context, e *entry) (*inbox.Mail, error) {
	switch {
	case e.Taken:
		m.plan.Finish(ctx, e)
		return nil, nil
	case e.gone:
		return nil, nil
	}
	data, err := m.open(ctx, e)
	if err == nil {
		m.step("fetched")
		e.id = retry.ID(data)
		if !m.unmarked[e.id] {
			mail := &inbox.Mail{ID: e.id, Data: data}
			m.given[mail] = e
			return mail, nil
		}
		e.Taken = true
		m.plan.Finish(ctx, e)
		return nil, nil
	}
	switch {
	case errors.Is(err, errMissing), errors.Is(err, errConflict):
		e.forget()
		return nil, nil
	case errors.Is(err, errTooLarge):
		if e.size <= m.o.MaxSize { // the server has lied, and would send the rest
			m.lose(err)
		}
		m.plan.SetAside(ctx, e, err)
		return nil, nil
	case errors.Is(err, errFolder):
		m.refused(e.folder, err)
		return nil, nil
	case ctx.Err() != nil:
		m.plan.Later(e, 0)
		return nil, err
	case isRefusal(err), errors.Is(err, errEmpty):
		m.release(ctx, e)
		m.plan.Retry(ctx, e, err)
		return nil, nil
	}
	// A mail that breaks the connection at each try must not stop the others, so this
	// counts as a failure of the mail as well.
	m.lose(err)
	m.plan.Retry(ctx, e, err)
	return nil, nil
}

// open claims a mail, and returns its content.
func (m *Mailbox) open(ctx context.Context, e *entry) ([]byte, error) {
	if err := m.use(ctx, e); err != nil {
		return nil, err
	}
	if e.gone {
		return nil, errMissing
	}
	if e.size > m.o.MaxSize {
		return nil, fmt.Errorf("%w: %d octets, at most %d are read", errTooLarge, e.size, m.o.MaxSize)
	}
	if e.folder.claims {
		if err := m.own(ctx, e); err != nil {
			return nil, err
		}
		m.step("claimed")
	}
	data, flags, err := m.conn.content(ctx, e, m.o.MaxSize)
	switch {
	case err != nil:
		return nil, err
	case !e.folder.claims && isKept(flags):
		return nil, errConflict
	}
	return data, nil
}

// own claims a mail, if it does not have the claim of this reader already.
func (m *Mailbox) own(ctx context.Context, e *entry) error {
	if e.modseq == 0 || e.claim > 0 {
		mails, err := m.conn.states(ctx, []uid{e.uid}, true)
		switch {
		case err != nil:
			return err
		case len(mails) == 0:
			return errMissing
		case isKept(mails[0].Flags):
			return errConflict
		case hasFlag(mails[0].Flags, claimed):
			if e.claim > 0 && e.claim == mails[0].ModSeq {
				return nil
			}
			return errConflict
		}
		e.modseq, e.claim = mails[0].ModSeq, 0
	}
	won, err := m.claim(ctx, e)
	if err == nil && !won {
		return errConflict
	}
	return err
}

// content fetches a mail without marking it as read.
func (c *conn) content(ctx context.Context, e *entry, limit int64) (data []byte, flags []imap.Flag, err error) {
	section := &imap.FetchItemBodySection{Peek: true}
	options := &imap.FetchOptions{UID: true, Flags: true, BodySection: []*imap.FetchItemBodySection{section}}
	found := false
	err = c.within(ctx, c.timeouts.Command*(1+time.Duration(e.size>>20)), func() error {
		cmd := c.Fetch(imap.UIDSetNum(e.uid), options)
		var cause error
		for cause == nil {
			mail := cmd.Next()
			if mail == nil {
				return cmd.Close()
			}
			found = true
			data, flags, cause = contentOf(mail, limit)
		}
		c.net.Close() // the rest is not read
		_ = cmd.Close()
		return cause
	})
	switch {
	case err != nil:
		return nil, nil, err
	case !found:
		return nil, nil, errMissing
	case len(data) == 0:
		return nil, nil, errEmpty
	}
	return data, flags, nil
}

// contentOf reads the answer to a FETCH.
func contentOf(mail *imapclient.FetchMessageData, limit int64) (data []byte, flags []imap.Flag, err error) {
	for item := mail.Next(); item != nil; item = mail.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataFlags:
			flags = item.Flags
		case imapclient.FetchItemDataBodySection:
			switch {
			case item.Literal == nil:
			case item.Literal.Size() > limit:
				return nil, nil, fmt.Errorf("%w: %d octets, at most %d are read", errTooLarge, item.Literal.Size(), limit)
			default:
				data = make([]byte, item.Literal.Size())
				if _, err := io.ReadFull(item.Literal, data); err != nil {
					return nil, nil, err
				}
			}
		}
	}
	return data, flags, nil
}

// release takes the claim of this reader away, so that another may try. If that fails,
// the claim ends after [Options.Lease].
func (m *Mailbox) release(ctx context.Context, e *entry) {
	if e.claim == 0 || e.gone || m.conn == nil {
		return
	}
	err := m.use(ctx, e)
	if err == nil && !e.gone {
		err = m.conn.release(ctx, e.uid, e.claim)
	}
	if err != nil && !isRefusal(err) {
		m.lose(err)
		return // the claim may still be there
	}
	e.claim, e.modseq = 0, 0
}

// maxUnmarked limits the identifiers of mails that are taken in and could not be marked.
const maxUnmarked = 10_000

// place is a [Mailbox] as a [retry.Place].
type place struct{ m *Mailbox }

// Mark implements [retry.Place].
func (p place) Mark(ctx context.Context, e *entry, as retry.Mark) error {
	return p.m.mark(ctx, e, as)
}

// Forget implements [retry.Place].
func (p place) Forget(e *entry) { e.forget() }

// mark gives a mail the flag that it is taken in or set aside.
func (m *Mailbox) mark(ctx context.Context, e *entry, as retry.Mark) error {
	if !e.gone {
		if err := m.enter(ctx); err != nil {
			m.lose(err)
			return err
		}
		if err := m.use(ctx, e); err != nil {
			return m.broken(err)
		}
	}
	if e.gone {
		if as == retry.Taken && len(m.unmarked) < maxUnmarked {
			m.unmarked[e.id] = true
		}
		return retry.ErrGone
	}
	flag := imap.FlagSeen
	if as == retry.Aside {
		flag = imap.FlagFlagged
	}
	m.step("to be marked")
	r, err := m.conn.store(ctx, e.uid, imap.StoreFlagsAdd, flag, 0)
	if err != nil {
		return m.broken(err)
	}
	m.step("marked")
	delete(m.unmarked, e.id)
	if e.claim > 0 {
		if !r.flags {
			m.echo = echo{known: true, sure: true}
		}
		// If this fails, only the keyword stays: the mail has a flag that counts.
		if _, err := m.conn.store(ctx, e.uid, imap.StoreFlagsDel, claimed, 0); err != nil {
			_ = m.broken(err)
		}
		m.step("released")
	}
	return nil
}

// broken drops the connection if err is no refusal, and returns err.
func (m *Mailbox) broken(err error) error {
	if !isRefusal(err) {
		m.lose(err)
	}
	return err
}

// forget takes a mail out of the mails that its folder knows.
func (e *entry) forget() {
	if e.folder.known[e.uid] == e {
		delete(e.folder.known, e.uid)
	}
}
