package desk

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/series"
)

// selection is the mails of a meeting that may go out now.
type selection struct {
	numbers map[int]bool
	later   map[int]time.Time // mails that are due, but wait for others until then
	useless []int             // mails that must not go out any more
	again   []int             // mails in numbers that may have arrived, and are sent again
}

// options are the options of the call that sends the mails.
func (x *selection) options() []invite.ResumeOption {
	if len(x.again) > 0 {
		return []invite.ResumeOption{invite.ResendUnknown()}
	}
	return nil
}

// waitForOthers is the time after which a mail looks again whether another process has
// handed over the mail that it waits for.
const waitForOthers = 5 * time.Second

// mostResends is the number of times that a mail is sent again that may have arrived.
const mostResends = 5

// never is the due time of an unknown mail that is not sent again.
const never = -1

// selectMails returns the due mails of a meeting. A mail waits for earlier mails to the
// same recipient, and for mails of the meeting that it follows. The waiting mails get the
// time of the mails that they wait for.
func (d *Desk) selectMails(ctx context.Context, was *stored) (*selection, error) {
	now := d.now()
	before, err := d.mailsBefore(ctx, was)
	if err != nil {
		return nil, err
	}
	out := was.selectDue(now, d.options.ResendUnknownAfter, before)
	if len(out.later)+len(out.useless)+len(out.again) == 0 {
		return out, nil
	}
	return out, d.inTx(ctx, func(tx *sql.Tx) error {
		for _, n := range sortedNumbers(out.later) {
			if _, err := tx.ExecContext(ctx, `UPDATE convene_mails SET due = $1 WHERE uid = $2 AND n = $3 AND state IN ('pending', 'unknown')`,
				millis(out.later[n]), was.key, n); err != nil {
				return err
			}
		}
		for _, n := range out.again {
			if _, err := tx.ExecContext(ctx, `UPDATE convene_mails SET tries = tries + 1 WHERE uid = $1 AND n = $2`, was.key, n); err != nil {
				return err
			}
		}
		for _, n := range out.useless {
			if err := d.reschedule(ctx, tx, was, n, leftOut, none, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// mailsBefore reads the meetings that mails of a meeting follow.
func (d *Desk) mailsBefore(ctx context.Context, was *stored) (map[string]*stored, error) {
	out := make(map[string]*stored)
	for _, x := range was.mails {
		if x.State != invite.DeliveryPending || x.follows == "" || out[x.follows] != nil {
			continue
		}
		s, err := read(ctx, d.db, x.follows)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		if err == nil {
			out[x.follows] = s
		}
	}
	return out, nil
}

// selector chooses the mails that may go out.
type selector struct {
	*selection
	now     time.Time
	resend  time.Duration         // Options.ResendUnknownAfter
	blocked map[string]time.Time  // by recipient: until when an earlier mail to them is open
	shared  map[string]time.Time  // by Message-ID: the last time of the mail's recipients
	firsts  map[string]recipients // by key: the recipients of the meetings that mails follow
}

// selectDue is selectMails without the database. before has the meetings that mails
// follow.
func (s *stored) selectDue(now time.Time, resend time.Duration, before map[string]*stored) *selection {
	x := &selector{
		selection: &selection{numbers: make(map[int]bool), later: make(map[int]time.Time)}, now: now, resend: resend,
		blocked: make(map[string]time.Time), shared: make(map[string]time.Time), firsts: make(map[string]recipients),
	}
	for key, first := range before {
		x.firsts[key] = first.recipients(now)
	}
	order := sortedNumbers(s.mails)
	for _, n := range order {
		x.look(s.mails[n])
	}
	for _, n := range order {
		// A mail to several recipients goes out whole.
		if until := x.shared[s.mails[n].MessageID]; x.numbers[n] && until.After(now) {
			delete(x.numbers, n)
			x.later[n] = until
		}
		if x.numbers[n] && s.mails[n].State == invite.DeliveryUnknown {
			x.again = append(x.again, n)
		}
	}
	return x.selection
}

// look decides on one mail. The mails before it were looked at.
func (x *selector) look(m mail) {
	who := address.Key(m.To)
	due := m.due
	switch m.State {
	case invite.DeliverySending:
		x.blocked[who] = x.now.Add(waitForOthers)
		return
	case invite.DeliveryUnknown:
		if x.resend == 0 || m.tries >= mostResends || m.due.Before(time.UnixMilli(0)) {
			return
		}
		due = series.Later(due, m.changed.Add(x.resend))
	case invite.DeliveryPending:
	default:
		return
	}
	wasDue := !due.After(x.now)
	first := x.firsts[m.follows]
	if first.refused[who] {
		x.useless = append(x.useless, m.N) // the attendee keeps the old series as it is
		return
	}
	due = series.Later(series.Later(due, first.open[who]), series.Later(x.blocked[who], x.shared[m.MessageID]))
	x.shared[m.MessageID] = due
	if !due.After(x.now) {
		x.numbers[m.N] = true
		return
	}
	if m.State == invite.DeliveryPending {
		x.blocked[who] = due
	}
	if wasDue {
		x.later[m.N] = due
	}
}

// recipients has the recipients of a meeting whose mails are not handed over.
type recipients struct {
	open    map[string]time.Time // until when at least
	refused map[string]bool      // their last mail was refused, and not because it came too late
}

// recipients returns the recipients whose mails are not handed over.
func (s *stored) recipients(now time.Time) recipients {
	out := recipients{make(map[string]time.Time), make(map[string]bool)}
	for _, n := range sortedNumbers(s.mails) {
		x := s.mails[n]
		who := address.Key(x.To)
		switch x.State {
		case invite.DeliveryPending, invite.DeliverySending:
			out.open[who] = series.Later(x.due, now.Add(waitForOthers))
		case invite.DeliveryRefused:
			out.refused[who] = x.Reply != lateReply
		case invite.DeliveryDelivered, invite.DeliveryUnknown, invite.DeliveryUndelivered:
			delete(out.refused, who)
		}
	}
	return out
}
