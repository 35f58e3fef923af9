package main

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/convene-go/convene/invite"
)

//go:embed schema.sql
var schema string

// store keeps meetings in the database. Every method that writes is one transaction.
type store struct {
	db   *sql.DB
	path string
	step func(name string) // told of each step, for the tests
}

// pragmas are the settings of a connection. A transaction takes the write lock when
// it begins, because a transaction that has read cannot write any more after another
// one wrote, however long it waits. synchronous is FULL: with NORMAL, a commit could
// be lost if the power fails, and a mail be sent twice.
const pragmas = "?_txlock=immediate&_pragma=busy_timeout(10000)" +
	"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"

// patience is the time for which a step waits for the transactions of others.
const patience = 10 * time.Second

// openStore opens the file. Several processes may have it open, and the first ones may
// open it at the same moment. SQLite does not wait for the others while a file
// becomes WAL, whatever busy_timeout says.
//
// The file holds addresses, answers and reply tokens. So a new one is for its owner
// alone.
func openStore(path string) (*store, error) {
	if err := private(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+path+pragmas)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	err = whileBusy(context.Background(), patience, func() error {
		_, err := db.Exec(schema)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &store{db: db, path: path, step: func(string) {}}, nil
}

// row is a meeting and the version of its row that was read.
type row struct {
	meeting *invite.Meeting
	version int64
}

// errTaken reports that the room is booked for the time of the meeting.
var errTaken = errors.New("the room is taken")

// errChanged reports that somebody else has changed a meeting since it was read, or
// that one of its mails has gone out since.
var errChanged = errors.New("the meeting was changed meanwhile: read it again")

// save stores a meeting, its new mails and its booking, or nothing. version is the
// version that was read, 0 for a new meeting.
func (s *store) save(ctx context.Context, m *invite.Meeting, version int64) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		if err := put(ctx, tx, m, version); err != nil {
			return err
		}
		e := &m.Event
		if _, err := tx.ExecContext(ctx, `DELETE FROM booking WHERE uid = ?`, e.UID); err != nil || e.Cancelled {
			return err
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO booking (room, starts, uid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			e.Location, e.Start.Unix(), e.UID)
		return oneRow(done, err, errTaken)
	})
}

// answer stores the effect of a mail on a meeting, and the verdict on the mail.
// after is the meeting with the answer. It is r.meeting if the mail did not change
// the meeting.
func (s *store) answer(ctx context.Context, id string, r row, after *invite.Meeting, o invite.Outcome) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		if after != r.meeting {
			if err := putEvent(ctx, tx, after, r.version); err != nil {
				return err
			}
			if err := bounced(ctx, tx, r.meeting, after); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO mail (id, verdict, reason) VALUES (?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason`,
			id, string(o.Verdict), o.Reason)
		return err
	})
}

// bounced stores the deliveries that a delivery report has changed.
func bounced(ctx context.Context, tx *sql.Tx, before, after *invite.Meeting) error {
	for i, d := range after.Deliveries {
		if d == before.Deliveries[i] {
			continue
		}
		held, err := move(ctx, tx, after.Event.UID, d, before.Deliveries[i].State)
		if err == nil && !held {
			err = errChanged
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// putEvent stores a meeting without its mails. The error is errChanged if the row
// has another version by now.
func putEvent(ctx context.Context, tx *sql.Tx, m *invite.Meeting, version int64) error {
	alone := *m
	alone.Deliveries = nil
	data, err := json.Marshal(alone)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, `INSERT INTO meeting (uid, version, data) VALUES (?, 1, ?)
		ON CONFLICT (uid) DO UPDATE SET version = version + 1, data = excluded.data WHERE version = ?`,
		m.Event.UID, string(data), version)
	return oneRow(done, err, errChanged)
}

// oneRow returns the error of a statement that has to change one row: err, or none
// if the statement changed no row.
func oneRow(done sql.Result, err, none error) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return none
}

// load reads the meeting with a UID, regardless of upper and lower case. It returns
// nil if there is none.
func (s *store) load(ctx context.Context, uid string) (*row, error) {
	rows, err := s.list(ctx, `uid = ?`, uid)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// list reads the meetings for which a condition holds. A single statement reads
// meetings and mails, so that both have the same state.
func (s *store) list(ctx context.Context, condition string, args ...any) (out []row, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT data, version,
		(SELECT json_group_array(json_set(d.data, '$.state', d.state) ORDER BY d.n) FROM delivery d WHERE d.uid = meeting.uid)
		FROM meeting WHERE `+condition+` ORDER BY uid`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r := row{meeting: new(invite.Meeting)}
		var data, mails []byte
		if err := rows.Scan(&data, &r.version, &mails); err != nil {
			return nil, err
		}
		err := json.Unmarshal(data, r.meeting)
		if err == nil {
			err = json.Unmarshal(mails, &r.meeting.Deliveries)
		}
		if err != nil {
			return nil, fmt.Errorf("a stored meeting: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// transaction runs f in a transaction. f must speak to nothing except the database.
func (s *store) transaction(ctx context.Context, f func(tx *sql.Tx) error) error {
	var tx *sql.Tx
	err := whileBusy(ctx, patience, func() (err error) {
		tx, err = s.db.BeginTx(ctx, nil)
		return err
	})
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
