package imapinbox

import (
	"bytes"
	"context"
	"errors"
	"sync"

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
func (c *conn) claim(ctx context.Context, e *entry) (won bool, err error) {
	c.modified.start()
	defer c.modified.stop()
	modseq, err := c.store(ctx, e.uid, imap.StoreFlagsAdd, claimed, e.modseq)
	if err != nil || c.modified.stop() || modseq <= e.modseq {
		return false, err
	}
	e.claim = modseq
	return true, nil
}

// release takes the claim away that the mail had with a mod-sequence. If the mail has
// changed since, it does nothing.
func (c *conn) release(ctx context.Context, uid imap.UID, modseq uint64) error {
	_, err := c.store(ctx, uid, imap.StoreFlagsDel, claimed, modseq)
	return err
}

// store adds or takes away a flag. It returns the mod-sequence that the mail has now, or
// 0 if the server does not say it. If since is not 0, a mail that has changed since that
// mod-sequence stays as it is.
func (c *conn) store(ctx context.Context, uid imap.UID, op imap.StoreFlagsOp, flag imap.Flag, since uint64) (modseq uint64, err error) {
	flags := &imap.StoreFlags{Op: op, Silent: true, Flags: []imap.Flag{flag}}
	var options *imap.StoreOptions
	if since > 0 {
		options = &imap.StoreOptions{UnchangedSince: since}
	}
	err = c.command(ctx, func() error {
		mails, err := c.Store(imap.UIDSetNum(uid), flags, options).Collect()
		for _, m := range mails {
			if m.UID == uid {
				modseq = m.ModSeq
			}
		}
		return err
	})
	return modseq, err
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

// Write gets what the client reads, and also what it writes, which never has the word.
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
