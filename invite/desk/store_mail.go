package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/invite"
)

// mail is the row of a delivery.
type mail struct {
	invite.Delivery
	tries   int       // the tries that failed and may be repeated
	due     time.Time // when a pending mail may go out
	since   time.Time // when it, or the first of the mails that it overtook in turn, was queued
	changed time.Time // when its state changed last, by the desk's clock
	follows string    // see pace
}

// pace says when new mails may go out.
type pace struct {
	now    time.Time
	settle time.Duration // see Options.Settle
	since  time.Time
	// follows is the key of a meeting whose mails to an attendee go out before the
	// new mails to them, or "".
	follows string
}

// longestSettle is the number of times Settle for which a mail waits at most if
// updates follow each other without end.
const longestSettle = 10

// follow makes the new mails as old as the oldest of the mails that they overtake.
func (p *pace) follow(was *stored, changed []invite.Delivery) {
	p.since = p.now
	for _, d := range changed {
		if x := was.mails[d.N]; d.State == invite.DeliveryOvertaken && x.since.Before(p.since) {
			p.since = x.since
		}
	}
}

// due is the time at which the new mails may go out.
func (p *pace) due() time.Time {
	due := p.now.Add(p.settle)
	if last := p.since.Add(longestSettle * p.settle); p.settle > 0 && last.Before(due) {
		due = last
	}
	return due
}

// difference returns the deliveries that are new, and the deliveries that differ from
// their rows.
func (s *stored) difference(list []invite.Delivery) (fresh, changed []invite.Delivery) {
	for _, d := range list {
		switch was, ok := s.mails[d.N]; {
		case !ok:
			fresh = append(fresh, d)
		case was.State != d.State || was.Reply != d.Reply || was.Receipt != d.Receipt || !was.Time.Equal(d.Time):
			changed = append(changed, d)
		}
	}
	return fresh, changed
}

// insertMails stores new mails.
func insertMails(ctx context.Context, tx *sql.Tx, key string, fresh []invite.Delivery, p pace) error {
	if p.since.IsZero() {
		p.since = p.now
	}
	now, since, due := millis(p.now), millis(p.since), millis(p.due())
	for part := range slices.Chunk(fresh, rowsAtOnce) {
		var s statement
		s.add(`INSERT INTO convene_mails (uid, n, message_id, receipt, state, reply, at, data, call, record, follows, tries, due, since, changed) VALUES `)
		for i, d := range part {
			if i > 0 {
				s.add(",")
			}
			fixed := d
			fixed.State, fixed.Reply, fixed.Receipt, fixed.Time = "", "", "", time.Time{}
			data, err := json.Marshal(fixed)
			if err != nil {
				return fmt.Errorf("desk: meeting %.80s: mail %d: %w", key, d.N, err)
			}
			s.add("(?, ?, ?, ?, ?, ?, ?, ?, '', 0, ?, 0, ?, ?, ?)", key, d.N, text(d.MessageID), text(d.Receipt),
				string(d.State), text(d.Reply), nanos(d.Time), string(data), p.follows, due, since, now)
		}
		if _, err := tx.ExecContext(ctx, s.String(), s.args...); err != nil {
			return err
		}
	}
	return nil
}

// updateMails stores other states of mails. The error is errLost if the state of one
// of them is not as it was read: it has just gone out, and the plan took it for not
// sent, or the reverse.
func updateMails(ctx context.Context, tx *sql.Tx, was *stored, changed []invite.Delivery, now time.Time) error {
	byState := make(map[invite.DeliveryState][]invite.Delivery)
	var states []invite.DeliveryState
	for _, d := range changed {
		from := was.mails[d.N].State
		if byState[from] == nil {
			states = append(states, from)
		}
		byState[from] = append(byState[from], d)
	}
	slices.Sort(states)
	for _, from := range states {
		got, err := setMails(ctx, tx, was.key, byState[from], now, func(s *statement) { s.add(` AND state = ?`, string(from)) })
		if err != nil {
			return err
		}
		if len(got) != len(byState[from]) {
			return errLost
		}
	}
	return nil
}

// setMails changes state, reply, receipt and time of mails for which a condition holds, and the
// columns that more writes. It returns the numbers of the changed mails. The statement
// names the rows by their numbers, which the index has. A join would read all rows of the
// meeting if the database has no statistics.
func setMails(ctx context.Context, q querier, key string, list []invite.Delivery, now time.Time, condition func(*statement), more ...func(*statement)) (map[int]bool, error) {
	list = byNumber(list)
	got := make(map[int]bool, len(list))
	for part := range slices.Chunk(list, rowsAtOnce) {
		var s statement
		s.add(`UPDATE convene_mails SET changed = ?`, millis(now))
		setColumn(&s, "state", "TEXT", part, func(d *invite.Delivery) string { return string(d.State) })
		setColumn(&s, "reply", "TEXT", part, func(d *invite.Delivery) string { return text(d.Reply) })
		setColumn(&s, "receipt", "TEXT", part, func(d *invite.Delivery) string { return text(d.Receipt) })
		setColumn(&s, "at", "BIGINT", part, func(d *invite.Delivery) int64 { return nanos(d.Time) })
		for _, f := range more {
			f(&s)
		}
		s.add(` WHERE uid = ? AND n IN (`, key)
		condition(numbersOf(&s, part).add(")"))
		if err := numbers(ctx, q, s.add(` RETURNING n`), got); err != nil {
			return nil, err
		}
	}
	return got, nil
}

// setColumn writes the values of a column: one for all rows if they are equal, because a
// short statement is read faster, and otherwise one for each row.
func setColumn[T comparable](s *statement, name, kind string, list []invite.Delivery, value func(*invite.Delivery) T) {
	first := value(&list[0])
	if !slices.ContainsFunc(list, func(d invite.Delivery) bool { return value(&d) != first }) {
		s.add(", "+name+" = ?", first)
		return
	}
	s.add(", " + name + " = CASE n")
	for i := range list {
		s.add(" WHEN ? THEN CAST(? AS "+kind+")", list[i].N, value(&list[i]))
	}
	s.add(" END")
}

// numbersOf writes the numbers of mails with commas between them.
func numbersOf(s *statement, list []invite.Delivery) *statement {
	for i, d := range list {
		if i > 0 {
			s.add(",")
		}
		s.add("?", d.N)
	}
	return s
}

// numbers runs a statement that returns the numbers of mails, and adds them to a set.
func numbers(ctx context.Context, q querier, s *statement, into map[int]bool) error {
	rows, err := q.QueryContext(ctx, s.String(), s.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return err
		}
		into[n] = true
	}
	return rows.Err()
}
