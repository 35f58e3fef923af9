package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/series"
)

// keyOf returns a UID as the tables have it. Mail programs change its case.
func keyOf(uid string) string { return text(address.Lower(strings.TrimSpace(uid))) }

// stored is a meeting as it was read. It is not changed.
type stored struct {
	key     string
	version int64 // 0 for a meeting that is not stored yet
	meeting *invite.Meeting
	mails   map[int]mail // by the number of the delivery
}

// read reads a meeting with its mails. A single statement reads both, so that they
// have the same state. The error is ErrNotFound if the meeting does not exist.
func read(ctx context.Context, q querier, key string) (*stored, error) {
	rows, err := q.QueryContext(ctx, `SELECT 0 AS kind, version AS n, doc AS data, '' AS state, '' AS reply, '' AS receipt, 0 AS at, 0 AS tries, 0 AS due, 0 AS since, 0 AS changed, '' AS follows
		FROM convene_meetings WHERE uid = $1
		UNION ALL SELECT 1, n, data, state, reply, receipt, at, tries, due, since, changed, follows FROM convene_mails WHERE uid = $1
		ORDER BY kind, n`, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out *stored
	for rows.Next() {
		var kind int
		var n, at, due, since, changed int64
		var data, state, reply, receipt string
		var x mail
		if err := rows.Scan(&kind, &n, &data, &state, &reply, &receipt, &at, &x.tries, &due, &since, &changed, &x.follows); err != nil {
			return nil, err
		}
		if kind == 0 {
			if out, err = newStored(key, n, data); err != nil {
				return nil, err
			}
			continue
		}
		d := invite.Delivery{}
		if err := json.Unmarshal([]byte(data), &d); err != nil {
			return nil, fmt.Errorf("desk: meeting %.80s: mail %d: %w", key, n, err)
		}
		d.N, d.State, d.Reply, d.Receipt, d.Time = int(n), invite.DeliveryState(state), reply, receipt, fromNanos(at)
		x.Delivery, x.due, x.since, x.changed = d, fromMillis(due), fromMillis(since), fromMillis(changed)
		out.mails[d.N] = x
		out.meeting.Deliveries = append(out.meeting.Deliveries, d)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if out == nil {
		return nil, notStored(key)
	}
	return out, nil
}

// newStored returns a stored meeting without its mails.
func newStored(key string, version int64, doc string) (*stored, error) {
	out := &stored{key: key, version: version, meeting: new(invite.Meeting), mails: make(map[int]mail)}
	if err := json.Unmarshal([]byte(doc), out.meeting); err != nil {
		return nil, fmt.Errorf("desk: meeting %.80s: %w", key, err)
	}
	out.meeting.Deliveries = nil
	return out, nil
}

// document returns the columns of a meeting: its intent and answers, and its times.
func document(m *invite.Meeting) (doc string, starts, ends int64, err error) {
	alone := *m
	alone.Deliveries = nil
	data, err := json.Marshal(alone)
	if err != nil {
		return "", 0, 0, fmt.Errorf("desk: meeting %.80s: %w", m.Event.UID, err)
	}
	first, last := span(m)
	return string(data), first.UnixMilli(), last.UnixMilli(), nil
}

// dayAround is added to both ends of a period, because the days of an all-day meeting
// begin and end at other hours in other zones.
const dayAround = 26 * time.Hour

// span returns a period in which all of a meeting lies, with its overrides.
func span(m *invite.Meeting) (first, last time.Time) {
	e := &m.Event
	first, last = e.Start, series.LastEnd(e)
	for i := range e.Overrides {
		o := e.Override(i)
		if o.Start.Before(first) {
			first = o.Start
		}
		last = series.Later(last, series.EndOf(&o))
	}
	return first.Add(-dayAround), last.Add(dayAround)
}

// insertMeeting stores a new meeting with its mails. It reports false if the UID is
// taken.
func insertMeeting(ctx context.Context, tx *sql.Tx, m *invite.Meeting, p pace) (bool, error) {
	doc, starts, ends, err := document(m)
	if err != nil {
		return false, err
	}
	key := keyOf(m.Event.UID)
	r, err := tx.ExecContext(ctx, `INSERT INTO convene_meetings (uid, name, version, tag, starts, ends, doc)
		VALUES ($1, $2, 1, $3, $4, $5, $6) ON CONFLICT (uid) DO NOTHING`, key, text(m.Event.UID), text(m.Tag), starts, ends, doc)
	if err != nil {
		return false, err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if err := insertMails(ctx, tx, key, m.Deliveries, p); err != nil {
		return false, err
	}
	return true, insertAddresses(ctx, tx, key, nil, m.ReplyAddresses)
}

// updateMeeting stores the next version of a meeting, and the changes of its mails. The
// error is errLost if the meeting or one of these mails has changed since it was read.
func updateMeeting(ctx context.Context, tx *sql.Tx, was *stored, m *invite.Meeting, p pace) error {
	doc, starts, ends, err := document(m)
	if err != nil {
		return err
	}
	r, err := tx.ExecContext(ctx, `UPDATE convene_meetings SET version = version + 1, tag = $1, starts = $2, ends = $3, doc = $4
		WHERE uid = $5 AND version = $6`, text(m.Tag), starts, ends, doc, was.key, was.version)
	if err := exactly(1, errLost, r, err); err != nil {
		return err
	}
	fresh, changed := was.difference(m.Deliveries)
	if err := updateMails(ctx, tx, was, changed, p.now); err != nil {
		return err
	}
	p.follow(was, changed)
	if err := insertMails(ctx, tx, was.key, fresh, p); err != nil {
		return err
	}
	return insertAddresses(ctx, tx, was.key, was.meeting.ReplyAddresses, m.ReplyAddresses)
}

// insertAddresses stores the addresses that answers come to, unless they are stored
// already. An address of earlier mails stays, because answers may still come to it.
func insertAddresses(ctx context.Context, tx *sql.Tx, key string, was, now map[string]string) error {
	var fresh []string
	for who, addr := range now {
		if was[who] != addr {
			fresh = append(fresh, text(address.Key(addr)))
		}
	}
	slices.Sort(fresh) // in one order, so that two transactions never wait for each other
	for part := range slices.Chunk(slices.Compact(fresh), rowsAtOnce) {
		var s statement
		s.add(`INSERT INTO convene_addresses (address, uid) VALUES `)
		for i, addr := range part {
			if i > 0 {
				s.add(",")
			}
			s.add("(?, ?)", addr, key)
		}
		s.add(` ON CONFLICT DO NOTHING`)
		if _, err := tx.ExecContext(ctx, s.String(), s.args...); err != nil {
			return err
		}
	}
	return nil
}

// sortedNumbers returns the keys of a set of mails in order.
func sortedNumbers[T any](set map[int]T) []int { return slices.Sorted(maps.Keys(set)) }
