package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/invite"
)

// take claims the pending mails among list, and returns their numbers.
// Two calls that claim the same rows wait for each other for a moment. SKIP LOCKED would
// be slower: without statistics PostgreSQL runs its subquery once for each row.
func (l *ledger) take(ctx context.Context, tx *sql.Tx, key string, number int64, list []invite.Delivery, now time.Time) (map[int]bool, error) {
	return setMails(ctx, tx, key, list, now, func(s *statement) { l.mayTake(s.add(` AND `), number) },
		func(s *statement) { s.add(`, call = ?, record = ?`, l.call, number) })
}

// takeWhole is take for mails to several recipients. If it cannot claim all rows of a
// mail, they stay as they are.
func (l *ledger) takeWhole(ctx context.Context, tx *sql.Tx, key string, number int64, list []invite.Delivery, now time.Time) (map[int]bool, error) {
	list = byNumber(list)
	pending := make(map[int]bool, len(list))
	for part := range slices.Chunk(list, rowsAtOnce) {
		var s statement
		// This changes nothing, and locks the rows until the transaction ends.
		s.add(`UPDATE convene_mails SET receipt = receipt WHERE uid = ? AND n IN (`, key)
		l.mayTake(numbersOf(&s, part).add(`) AND `), number)
		if err := numbers(ctx, tx, s.add(` RETURNING n`), pending); err != nil {
			return nil, err
		}
	}
	broken := make(map[string]bool) // by Message-ID
	for _, d := range list {
		if !pending[d.N] {
			broken[d.MessageID] = true
		}
	}
	whole := slices.DeleteFunc(list, func(d invite.Delivery) bool { return broken[d.MessageID] })
	return l.take(ctx, tx, key, number, whole, now)
}

// isShared reports whether several of the deliveries are one mail.
func isShared(list []invite.Delivery) bool {
	seen := make(map[string]bool, len(list))
	for _, d := range list {
		if seen[d.MessageID] {
			return true
		}
		seen[d.MessageID] = true
	}
	return false
}

// mostMailTries is the number of tries after which a mail is refused that fails for a while
// each time. With the pauses of delay, they take five days (RFC 5321, section 4.5.4.1).
const mostMailTries = 125

// postpone sets the time of the next try of a mail that has failed for a while. After too
// many tries, the mail is refused, and postpone returns it.
func (l *ledger) postpone(ctx context.Context, tx *sql.Tx, key string, d invite.Delivery, now time.Time) (refused []invite.Delivery, err error) {
	var tries int
	err = tx.QueryRowContext(ctx, `UPDATE convene_mails SET tries = tries + 1 WHERE uid = $1 AND n = $2 RETURNING tries`, key, d.N).Scan(&tries)
	if err != nil {
		return nil, err
	}
	l.log().DebugContext(ctx, "desk: a mail failed for a while", "uid", key, "to", d.To, "tries", tries, "error", d.Reply)
	if tries < mostMailTries {
		_, err = tx.ExecContext(ctx, `UPDATE convene_mails SET due = $1 WHERE uid = $2 AND n = $3`, millis(now.Add(delay(tries))), key, d.N)
		return nil, err
	}
	d.State, d.Reply = invite.DeliveryRefused, fmt.Sprintf("tried %d times in vain: %s", tries, d.Reply)
	_, err = tx.ExecContext(ctx, `UPDATE convene_mails SET state = 'refused', reply = $1 WHERE uid = $2 AND n = $3`, text(d.Reply), key, d.N)
	return []invite.Delivery{d}, err
}

// byNumber returns the deliveries in the order of their numbers. All transactions lock
// rows in this order, so that two of them never wait for each other.
func byNumber(list []invite.Delivery) []invite.Delivery {
	return slices.SortedFunc(slices.Values(list), func(a, b invite.Delivery) int { return a.N - b.N })
}

// nameOf returns the UID of a meeting as its event has it, and its tag. The error is
// ErrNotFound if the meeting does not exist.
func nameOf(ctx context.Context, q querier, key string) (uid, tag string, err error) {
	err = q.QueryRowContext(ctx, `SELECT name, tag FROM convene_meetings WHERE uid = $1`, key).Scan(&uid, &tag)
	if errors.Is(err, sql.ErrNoRows) {
		err = notStored(key)
	}
	return uid, tag, err
}

// notStored is the error about a meeting that does not exist.
func notStored(uid string) error { return fmt.Errorf("%w: meeting %.80q", ErrNotFound, uid) }
