package main

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite", without C

	"github.com/convene-go/convene/invite"
)

//go:embed schema.sql
var schema string

// store keeps meetings. Every method that writes is one transaction.
type store struct {
	db   *sql.DB
	step func(name string) // told of each step, for the tests
}

// openStore opens the file, for this process alone: it waits, or fails, while
// another one has it. The lock ends with the process, however that ends.
func openStore(path string) (*store, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate"+
		"&_pragma=busy_timeout(5000)&_pragma=locking_mode(EXCLUSIVE)"+
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &store{db: db, step: func(string) {}}, nil
}

// row is a meeting and the version of its row that was read.
type row struct {
	meeting *invite.Meeting
	version int64
}

// errTaken reports a room that is booked for that time.
var errTaken = errors.New("the room is taken")

// errChanged reports a meeting that somebody else stored since it was read.
var errChanged = errors.New("the meeting was changed meanwhile: read it again")

// book stores a booking and its meeting, or neither.
func (s *store) book(ctx context.Context, m *invite.Meeting) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		data, err := json.Marshal(m)
		if err != nil {
			return err
		}
		e := &m.Event
		_, err = tx.ExecContext(ctx, `INSERT INTO meeting (uid, version, pending, unknown, data) VALUES (?, 1, ?, ?, ?)`,
			e.UID, count(m, invite.DeliveryPending), count(m, invite.DeliveryUnknown), string(data))
		if err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO booking (room, starts, uid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			e.Location, e.Start.Unix(), e.UID)
		return oneRow(done, err, errTaken)
	})
}

// save replaces a meeting, if its row is still the one that was read.
func (s *store) save(ctx context.Context, m *invite.Meeting, version int64) error {
	return s.transaction(ctx, func(tx *sql.Tx) error { return update(ctx, tx, m, version) })
}

// reschedule is save for a change that may move the booking.
func (s *store) reschedule(ctx context.Context, m *invite.Meeting, version int64) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		e := &m.Event
		if _, err := tx.ExecContext(ctx, `DELETE FROM booking WHERE uid = ?`, e.UID); err != nil {
			return err
		}
		if !e.Cancelled {
			done, err := tx.ExecContext(ctx, `INSERT INTO booking (room, starts, uid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
				e.Location, e.Start.Unix(), e.UID)
			if err := oneRow(done, err, errTaken); err != nil {
				return err
			}
		}
		return update(ctx, tx, m, version)
	})
}

// answer stores what a mail did to a meeting, and that it did. A nil meeting is
// one that the mail did not change.
func (s *store) answer(ctx context.Context, id string, m *invite.Meeting, version int64, o invite.Outcome) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		if m != nil {
			if err := update(ctx, tx, m, version); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO mail (id, verdict, reason) VALUES (?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason`,
			id, string(o.Verdict), o.Reason)
		return err
	})
}

func update(ctx context.Context, tx *sql.Tx, m *invite.Meeting, version int64) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, `UPDATE meeting SET version = version + 1, pending = ?, unknown = ?, data = ?
		WHERE uid = ? AND version = ?`,
		count(m, invite.DeliveryPending), count(m, invite.DeliveryUnknown), string(data), m.Event.UID, version)
	return oneRow(done, err, errChanged)
}

// oneRow is the error of a statement that has to change one row.
func oneRow(done sql.Result, err, none error) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return none
}

func count(m *invite.Meeting, state invite.DeliveryState) (n int) {
	for _, d := range m.Deliveries {
		if d.State == state {
			n++
		}
	}
	return n
}

// load reads the meeting of a UID, in whatever case a client wrote it; nil where
// there is none.
func (s *store) load(ctx context.Context, uid string) (*row, error) {
	rows, err := s.list(ctx, `uid = ? COLLATE NOCASE`, uid)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// list reads the meetings that a condition holds for.
func (s *store) list(ctx context.Context, where string, args ...any) (out []row, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT data, version FROM meeting WHERE `+where+` ORDER BY uid`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, data := row{meeting: new(invite.Meeting)}, ""
		if err := rows.Scan(&data, &r.version); err != nil {
			return nil, err
		}
		if err := json.NewDecoder(strings.NewReader(data)).Decode(r.meeting); err != nil {
			return nil, fmt.Errorf("a stored meeting: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func (s *store) transaction(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	s.step("before commit")
	if err := tx.Commit(); err != nil {
		return err
	}
	s.step("after commit")
	return nil
}
