package imapinbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite/inbox/internal/retry"
)

type uid = imap.UID

// folder is a folder of the mailbox.
type folder struct {
	name     string
	validity uint32          // UIDVALIDITY: UIDs keep their meaning as long as it is the same
	claims   bool            // whether the server keeps claims
	known    map[uid]*entry  // mails in the plan, and mails that Next has returned
	foreign  map[uid]foreign // claims of other readers at the last look

	failures int       // looks in a row that failed
	next     time.Time // no look before
}

// foreign is a claim of another reader, or of an earlier run of this one.
type foreign struct {
	modseq uint64
	since  time.Time // the time at which it was seen first
}

// entry is a mail in a folder.
type entry struct {
	folder *folder
	uid    uid
	size   int64
	modseq uint64 // at the last look; 0 if it has to be asked for again
	claim  uint64 // the mod-sequence of the claim of this reader, 0 without a claim
	id     string // of the content, "" if it was not fetched yet
	gone   bool   // the UID has lost its meaning
	// overdue says that the mail was claimed, and not finished within the lease.
	overdue bool
	retry.State
}

// Key and Name implement [retry.Mail].
func (e *entry) Key() string { return fmt.Sprintf("%s/%d/%d", e.folder.name, e.folder.validity, e.uid) }
func (e *entry) Name() slog.Attr {
	return slog.Group("mail", "folder", e.folder.name, "uid", uint32(e.uid))
}

// kept are the flags that say that a person deals with the mail. $Forwarded is from RFC
// 9051, section 2.3.2.
var kept = []imap.Flag{imap.FlagSeen, imap.FlagFlagged, imap.FlagAnswered, imap.FlagDeleted, imap.FlagDraft, imap.FlagForwarded}

// isKept reports whether a mail with these flags is not for this program.
func isKept(flags []imap.Flag) bool {
	return slices.ContainsFunc(flags, func(f imap.Flag) bool { return hasFlag(kept, f) })
}

// sel selects a folder. The error says that the folder, or the connection, cannot be used.
func (m *Mailbox) sel(ctx context.Context, f *folder) error {
	c := m.conn
	c.selected = nil
	var data *imap.SelectData
	err := c.command(ctx, func() (err error) {
		options := &imap.SelectOptions{CondStore: c.Caps().Has(imap.CapCondStore)}
		data, err = c.Select(f.name, options).Wait()
		return err
	})
	switch {
	case isRefusal(err):
		return fmt.Errorf("%w %q: %w", errFolder, f.name, err)
	case err != nil:
		return fmt.Errorf("folder %q: %w", f.name, err)
	case f.validity == 0:
		m.o.Logger.Info("inbox: reads a folder", m.name, "folder", f.name, "claims", canClaim(c.Caps(), data))
	case f.validity != data.UIDValidity:
		m.o.Logger.Warn("inbox: the server has numbered the mails of a folder anew", m.name, "folder", f.name)
		f.forget()
	}
	f.validity, f.claims = data.UIDValidity, canClaim(c.Caps(), data)
	c.selected = f
	m.step("selected")
	return nil
}

// errFolder reports that the server refuses a folder.
var errFolder = errors.New("folder")

// forget forgets the mails of a folder.
func (f *folder) forget() {
	for _, e := range f.known {
		e.gone = true
	}
	clear(f.known)
	f.foreign = nil
}

// refused notes that a folder cannot be read. It is tried again later.
func (m *Mailbox) refused(f *folder, err error) {
	f.forget()
	f.failures++
	pause := max(m.o.Poll, min(m.plan.Pause(f.failures), retry.LongestOutage))
	f.next = time.Now().Add(pause)
	m.o.Logger.Error("inbox: a folder cannot be read", m.name, "folder", f.name, "error", discreet.Error(err), "again", pause)
}

// use selects the folder of a mail, if it is not selected already.
func (m *Mailbox) use(ctx context.Context, e *entry) error {
	if m.conn.selected != e.folder {
		return m.sel(ctx, e.folder)
	}
	return nil
}

// idleLook is the pause between two looks if the server tells of new mail. A server may
// lose a notice, a connection may go dead, and a person may take a star away.
const idleLook = 5 * time.Minute

// refill looks for mails and puts them into the queue. If there are none, it waits. It
// also waits if the last look found mails and Next returned none of them.
func (m *Mailbox) refill(ctx context.Context) error {
	select {
	case <-m.conn.news: // this look sees it
	default:
	}
	if err := m.look(ctx); err != nil {
		return err
	}
	m.looked = true
	m.pauses.Reset()
	m.plan.Fill()
	found := len(m.plan.Queue) > 0
	if found && !m.owed {
		m.owed = true
		return nil
	}
	m.owed = found
	pause := m.o.Poll
	if len(m.folders) == 1 && !found && m.conn.Caps().Has(imap.CapIdle) {
		pause = max(pause, idleLook)
	}
	until := m.plan.Next(time.Now().Add(pause))
	if t := m.expiry(); t.Before(until) && !t.IsZero() {
		until = t
	}
	m.step("waits")
	if m.conn.selected == nil {
		return sleepUntil(ctx, until)
	}
	return m.conn.idle(ctx, until)
}

// expiry returns the time at which the first claim of another reader ends, or at which a
// folder that was refused is tried again. It returns zero if there is neither.
func (m *Mailbox) expiry() (first time.Time) {
	for _, f := range m.folders {
		if f.failures > 0 && (first.IsZero() || f.next.Before(first)) {
			first = f.next
		}
		for _, claim := range f.foreign {
			if end := claim.since.Add(m.o.Lease); first.IsZero() || end.Before(first) {
				first = end
			}
		}
	}
	return first
}

// look reads the folders. The first is the last, because it stays selected. Without a
// connection it fails. A folder that the server refuses is tried again later.
func (m *Mailbox) look(ctx context.Context) error {
	for _, f := range slices.Backward(m.folders) {
		if time.Now().Before(f.next) {
			continue
		}
		err := m.sel(ctx, f)
		if err == nil {
			err = m.scan(ctx, f)
		}
		switch {
		case err == nil:
			f.failures = 0
		case !isRefusal(err) || !m.looked && isFinal(err):
			return err
		default:
			m.refused(f, err)
		}
	}
	return nil
}

// errMissing reports that the server has no mail with the UID.
var errMissing = errors.New("the mail is not in the folder any more")
