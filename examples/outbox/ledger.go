package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/convene-go/convene/invite"
)

// ledger writes the fate of the mails of one call. It writes only the rows of these
// mails, however many the meeting has. version is the version of the meeting from
// which the call was planned, 0 for a new meeting.
type ledger struct {
	*store
	version int64
}

var _ invite.Ledger = (*ledger)(nil)

// Begin stores the meetings of a call that sends at once. The commands of this
// program do not use it: they queue their mails together with the booking, see
// [store.save].
func (l *ledger) Begin(ctx context.Context, ms ...*invite.Meeting) error {
	return l.transaction(ctx, func(tx *sql.Tx) error {
		for _, m := range ms {
			if err := put(ctx, tx, m, l.version); err != nil {
				return err
			}
		}
		return nil
	})
}

// Record stores changes of mails in one transaction.
func (l *ledger) Record(ctx context.Context, uid string, changed []invite.Delivery) (lost []int, err error) {
	claims := make(map[string][]invite.Delivery) // by Message-ID
	err = l.transaction(ctx, func(tx *sql.Tx) error {
		for _, d := range changed {
			var err error
			switch d.State {
			case invite.DeliverySending:
				claims[d.MessageID] = append(claims[d.MessageID], d)
			case invite.DeliveryPending: // the mail is taken back
				_, err = move(ctx, tx, uid, d, invite.DeliverySending, invite.DeliveryUnknown)
			default: // has no effect if a report that it did not arrive was faster
				_, err = move(ctx, tx, uid, d, invite.DeliverySending)
			}
			if err != nil {
				return err
			}
		}
		for _, mail := range claims {
			held, err := claim(ctx, tx, uid, mail)
			if err != nil {
				return err
			}
			for _, d := range mail {
				if !held {
					lost = append(lost, d.N)
				}
			}
		}
		return nil
	})
	return lost, err
}

// claim changes all rows of one mail from pending to sending, or none of them. It
// reports whether it changed them.
func claim(ctx context.Context, tx *sql.Tx, uid string, mail []invite.Delivery) (held bool, err error) {
	for i, d := range mail {
		held, err := move(ctx, tx, uid, d, invite.DeliveryPending)
		if err != nil {
			return false, err
		}
		if held {
			continue
		}
		for _, taken := range mail[:i] {
			taken.State = invite.DeliveryPending
			if _, err := move(ctx, tx, uid, taken, invite.DeliverySending); err != nil {
				return false, err
			}
		}
		return false, nil
	}
	return true, nil
}

// move replaces the row of a mail if its state is in from, which has one or two
// states. It reports whether it replaced the row.
func move(ctx context.Context, tx *sql.Tx, uid string, d invite.Delivery, from ...invite.DeliveryState) (bool, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return false, err
	}
	done, err := tx.ExecContext(ctx, `UPDATE delivery SET state = ?, data = ? WHERE uid = ? AND n = ? AND state IN (?, ?)`,
		string(d.State), string(data), uid, d.N, string(from[0]), string(from[len(from)-1]))
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// put stores a meeting and its new mails. The mails that they replace must still be
// pending. If one of them went out meanwhile, the plan is no longer right, and the
// error is errChanged.
func put(ctx context.Context, tx *sql.Tx, m *invite.Meeting, version int64) error {
	if err := putEvent(ctx, tx, m, version); err != nil {
		return err
	}
	stored, err := states(ctx, tx, m.Event.UID)
	if err != nil {
		return err
	}
	for _, d := range m.Deliveries {
		state, known := stored[d.N]
		switch {
		case !known:
			err = insert(ctx, tx, m.Event.UID, d)
		case d.State == invite.DeliveryOvertaken && state != invite.DeliveryOvertaken:
			var held bool
			if held, err = move(ctx, tx, m.Event.UID, d, invite.DeliveryPending); !held {
				err = errors.Join(err, errChanged)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// states returns the states of a meeting's mails by number.
func states(ctx context.Context, tx *sql.Tx, uid string) (map[int]invite.DeliveryState, error) {
	rows, err := tx.QueryContext(ctx, `SELECT n, state FROM delivery WHERE uid = ?`, uid)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[int]invite.DeliveryState)
	for rows.Next() {
		var n int
		var state string
		if err := rows.Scan(&n, &state); err != nil {
			return nil, err
		}
		out[n] = invite.DeliveryState(state)
	}
	return out, rows.Err()
}

// insert stores a new mail.
func insert(ctx context.Context, tx *sql.Tx, uid string, d invite.Delivery) error {
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO delivery (uid, n, message_id, state, data) VALUES (?, ?, ?, ?, ?)`,
		uid, d.N, d.MessageID, string(d.State), string(data))
	return err
}

// leftovers marks the mails that a killed process was sending as unknown: they may
// or may not have arrived. Only the process that holds [store.lockSending] may call
// it.
func (s *store) leftovers(ctx context.Context) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE delivery SET state = 'unknown' WHERE state = 'sending'`)
		return err
	})
}
