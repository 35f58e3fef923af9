package imapinbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// batch is the number of mails whose flags are asked for at a time.
const batch = 1000

// scan puts the mails of the selected folder into the queue, in the order of their
// arrival.
func (m *Mailbox) scan(ctx context.Context, f *folder) error {
	uids, err := m.conn.search(ctx)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	uids = slices.DeleteFunc(uids, func(u uid) bool { return f.known[u] != nil })
	slices.Sort(uids)
	before := f.foreign
	f.foreign = make(map[uid]foreign)
	for part := range slices.Chunk(slices.Compact(uids), batch) {
		mails, err := m.conn.states(ctx, part, f.claims)
		if err != nil {
			return fmt.Errorf("fetch: %w", err)
		}
		slices.SortFunc(mails, func(a, b *imapclient.FetchMessageBuffer) int { return cmp.Compare(a.UID, b.UID) })
		for _, mail := range mails {
			if err := m.find(ctx, f, mail, before); err != nil {
				return err
			}
		}
	}
	return nil
}

// find puts a mail into the queue, unless a person or another reader has it.
func (m *Mailbox) find(ctx context.Context, f *folder, mail *imapclient.FetchMessageBuffer, before map[uid]foreign) error {
	if mail.UID == 0 || f.known[mail.UID] != nil || isKept(mail.Flags) {
		return nil
	}
	e := &entry{folder: f, uid: mail.UID, size: mail.RFC822Size, modseq: mail.ModSeq}
	if f.claims && hasFlag(mail.Flags, claimed) {
		claim := before[mail.UID]
		if claim.modseq != mail.ModSeq {
			claim = foreign{modseq: mail.ModSeq, since: time.Now()}
		}
		if time.Since(claim.since) < m.o.Lease {
			f.foreign[mail.UID] = claim
			return nil
		}
		m.o.Logger.Warn("inbox: a mail is taken over, because its reader has not finished it", e.Name(), "after", m.o.Lease)
		if err := m.conn.release(ctx, mail.UID, mail.ModSeq); err != nil && !isRefusal(err) {
			return err
		}
		e.modseq, e.overdue = 0, true
	}
	f.known[e.uid] = e
	m.plan.Queue = append(m.plan.Queue, e)
	return nil
}

// search returns the UIDs of the mails that no person deals with.
func (c *conn) search(ctx context.Context) (uids []uid, err error) {
	// $Forwarded is left out, because some servers refuse unknown keywords.
	criteria := &imap.SearchCriteria{NotFlag: kept[:len(kept)-1]}
	err = c.command(ctx, func() error {
		data, err := c.UIDSearch(criteria, nil).Wait()
		if err == nil {
			uids = data.AllUIDs()
		}
		return err
	})
	return uids, err
}

// states returns the flags and sizes of mails.
func (c *conn) states(ctx context.Context, uids []uid, modseq bool) (mails []*imapclient.FetchMessageBuffer, err error) {
	options := &imap.FetchOptions{UID: true, Flags: true, RFC822Size: true, ModSeq: modseq}
	err = c.command(ctx, func() (err error) {
		mails, err = c.Fetch(imap.UIDSetNum(uids...), options).Collect()
		return err
	})
	return mails, err
}

// hasFlag reports whether a flag is in a list. Flags have no case (RFC 9051, section
// 2.3.2).
func hasFlag(flags []imap.Flag, flag imap.Flag) bool {
	return slices.ContainsFunc(flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), string(flag)) })
}
