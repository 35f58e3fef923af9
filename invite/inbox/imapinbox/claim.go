package imapinbox

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
)

// claimed is the keyword that a mail has while a reader works on it.
const claimed imap.Flag = "ConveneClaimed"

// claim sets the keyword, and reports whether this reader has set it. Only one reader
// can: the server sets the keyword if the mail has not changed since the look (RFC 7162,
// section 3.1.3). A person who reads the mail meanwhile changes it as well.
//
// MOVE (RFC 6851) is no such lock. QUIRK: with Dovecot 2.3 two connections that move one
// mail at the same time both succeed, and the mail is in the folder twice.
func (m *Mailbox) claim(ctx context.Context, e *entry) (won bool, err error) {
	c := m.conn
	c.modified.start()
	r, err := c.store(ctx, e.uid, imap.StoreFlagsAdd, claimed, e.modseq)
	if modified := c.modified.stop(); err != nil || modified || r.modseq <= e.modseq {
		return false, err
	}
	if r.flags && !m.echo.known {
		if r.modseq, err = m.learn(ctx, e, r.modseq); err != nil {
			return false, err
		}
	}
	if r.flags && !m.isOurs(e) {
		return false, nil
	}
	e.claim = r.modseq
	return true, nil
}

// echo is the answer of a server to a change of flags that asks for no answer
// (.SILENT).
type echo struct {
	known bool
	flags bool // it tells the flags nevertheless
	sure  bool // the answer to the change of a claimed mail has shown that it does not
}

// probe is a keyword for learn. It stays on no mail, unless the program is killed. Nothing
// depends on it.
const probe imap.Flag = "ConveneProbe"

// learn finds out the answer of the server to a change of flags, by setting and removing a
// keyword of a mail whose mod-sequence is last. It returns the new mod-sequence. One answer
// may have the flags because another connection has just changed them. It is sure only if
// the mod-sequence shows that there was no other change.
//
// A reader learns only if it has to, on a mail that is claimed by then. Otherwise the
// readers who begin at the same time would change the mail that one of them claims, and
// each of them would take it for claimed by another one. For the same reason it waits
// until another reader who has just claimed that mail has its answer.
//
// QUIRK: Cyrus 3.6 tells the flags with every change, but not if nothing changes.
func (m *Mailbox) learn(ctx context.Context, e *entry, last uint64) (modseq uint64, err error) {
	if err := sleepUntil(ctx, time.Now().Add(learnAfter)); err != nil {
		return last, err
	}
	m.echo = echo{known: true, flags: true}
	for i, known := 0, false; i < 2*probes && !(known && i%2 == 0); i++ {
		op := imap.StoreFlagsAdd
		if i%2 == 1 {
			op = imap.StoreFlagsDel // also the last
		}
		r, err := m.conn.store(ctx, e.uid, op, probe, 0)
		switch {
		case isRefusal(err): // a server may allow few keywords
			m.echo.flags = false
			return last, nil
		case err != nil:
			m.echo.known = false
			return last, err
		case r.modseq <= last: // nothing has changed
			continue
		case !r.flags:
			m.echo.flags, known = false, true
		case r.modseq == last+1:
			known = true
		}
		last = r.modseq
	}
	return last, nil
}

// probes is the number of tries of learn. On a server whose mod-sequences have gaps, the
// flags count as told by itself after so many answers with them.
const probes = 5

// learnAfter is the time in which a server answers to a claim of another reader. If it
// takes longer, that reader may not get the mail until [Options.Lease] is over.
const learnAfter = 200 * time.Millisecond

// isOurs reports whether this reader has set the keyword, if the server tells the flags of
// the mail with its consent.
//
// QUIRK: Dovecot 2.3 sometimes gives its consent to two connections at the same time (of
// 2,500 mails that two or three connections claimed at once, 128). To all of them except
// one it tells the flags of the mail, because another connection has changed them. Very
// rarely it tells all of them. Then nobody has the mail until [Options.Lease] is over.
func (m *Mailbox) isOurs(e *entry) bool {
	// Nobody has finished a mail that is overdue, so it must not wait for certainty.
	return m.echo.flags || e.overdue && !m.echo.sure
}

// release takes the claim away that the mail had with a mod-sequence. If the mail has
// changed since, it does nothing.
func (c *conn) release(ctx context.Context, uid imap.UID, modseq uint64) error {
	_, err := c.store(ctx, uid, imap.StoreFlagsDel, claimed, modseq)
	return err
}

// reply is the answer to a change of flags.
type reply struct {
	modseq uint64 // of the mail now, or 0 if the server does not say it
	flags  bool   // whether the server tells the flags
}

// store adds or takes away a flag. If since is not 0, a mail that has changed since that
// mod-sequence stays as it is.
func (c *conn) store(ctx context.Context, uid imap.UID, op imap.StoreFlagsOp, flag imap.Flag, since uint64) (r reply, err error) {
	flags := &imap.StoreFlags{Op: op, Silent: true, Flags: []imap.Flag{flag}}
	var options *imap.StoreOptions
	if since > 0 {
		options = &imap.StoreOptions{UnchangedSince: since}
	}
	err = c.command(ctx, func() error {
		mails, err := c.Store(imap.UIDSetNum(uid), flags, options).Collect()
		for _, m := range mails {
			if m.UID == uid {
				r = reply{modseq: m.ModSeq, flags: len(m.Flags) > 0}
			}
		}
		return err
	})
	return r, err
}

// watcher looks for a word in the octets from the server. go-imap drops the response
// code MODIFIED, by which the server tells of a conflict.
type watcher struct {
	word string

	mu    sync.Mutex
	on    bool
	found bool
	tail  []byte // the last octets, in which the word may begin
}

// start begins a search.
func (w *watcher) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.on, w.found, w.tail = true, false, nil
}

// stop ends the search, and reports whether the word was found.
func (w *watcher) stop() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.on, w.tail = false, nil
	return w.found
}

// Write gets the octets that the client reads, and also those that it writes, which never
// have the word.
func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.on || w.found {
		return len(p), nil
	}
	w.tail = append(w.tail, bytes.ToUpper(p)...)
	w.found = bytes.Contains(w.tail, []byte(w.word))
	w.tail = w.tail[max(0, len(w.tail)-len(w.word)):]
	return len(p), nil
}

// canClaim reports whether the server can keep claims in a folder.
func canClaim(caps imap.CapSet, data *imap.SelectData) bool {
	if !caps.Has(imap.CapCondStore) || data.HighestModSeq == 0 {
		return false
	}
	for _, flag := range data.PermanentFlags {
		if flag == imap.FlagWildcard || flag == claimed {
			return true
		}
	}
	return false
}

// errConflict reports that another reader, or a person, was faster.
var errConflict = errors.New("another program has claimed or changed the mail")
