package desk

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/series"
)

// Meeting returns the meeting with that UID, in any case of its letters. If it is not
// stored, the error is [ErrNotFound]. The Meeting is for reading. To change it, use the
// methods of the desk.
func (d *Desk) Meeting(ctx context.Context, uid string) (*invite.Meeting, error) {
	if err := d.enter(ctx); err != nil {
		return nil, err
	}
	s, err := d.read(ctx, d.reader(), keyOf(uid))
	if err != nil {
		return nil, err
	}
	return s.meeting, nil
}

// Filter selects meetings. Its zero value selects all.
type Filter struct {
	// Tag selects meetings with this [invite.Meeting.Tag], if it is not "".
	Tag string
	// From and To select meetings that take place, at least in part, at or after From
	// and before To. A zero time is no limit. The dates of an all-day meeting are those
	// of UTC. Of a series, some occurrence must lie there.
	From, To time.Time
	// Unknown selects meetings with a mail that may or may not have arrived, see
	// [Desk.Resolve]. A mail that is being sent does not count.
	Unknown bool
}

// pageSize is the number of meetings that are read at once. No statement is open while
// the caller has a meeting, so that a pool of one connection is enough.
const pageSize = 100

// Meetings yields the meetings that a filter selects, in the order of their first start.
// Past and cancelled ones are among them. An error ends it. It holds neither a transaction
// nor a connection while the loop has a meeting, so the loop may change meetings. A
// meeting that is moved meanwhile may be missed, or come twice.
func (d *Desk) Meetings(ctx context.Context, f Filter) iter.Seq2[*invite.Meeting, error] {
	return func(yield func(*invite.Meeting, error) bool) {
		if err := d.enter(ctx); err != nil {
			yield(nil, err)
			return
		}
		last := page{starts: -1 << 62}
		for {
			keys, err := d.page(ctx, f, &last)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, key := range keys {
				s, err := d.read(ctx, d.reader(), key)
				switch {
				case errors.Is(err, ErrNotFound) || err == nil && !f.selects(s.meeting):
				case !yield(meetingOf(s), err) || err != nil:
					return
				}
			}
			if len(keys) < pageSize {
				return
			}
		}
	}
}

// meetingOf returns the meeting of s, or nil.
func meetingOf(s *stored) *invite.Meeting {
	if s == nil {
		return nil
	}
	return s.meeting
}

// page is the place of the last meeting that was read.
type page struct {
	starts int64
	key    string
}

// page returns the keys of the next meetings, and moves last to the last of them.
func (d *Desk) page(ctx context.Context, f Filter, last *page) (keys []string, err error) {
	var s statement
	s.add(`SELECT uid, starts FROM convene_meetings WHERE (starts, uid) > (?, ?)`, last.starts, last.key)
	if f.Tag != "" {
		s.add(` AND tag = ?`, text(f.Tag))
	}
	if d.tag != nil {
		s.add(` AND tag = ?`, text(*d.tag))
	}
	if !f.From.IsZero() {
		s.add(` AND ends > ?`, millis(f.From))
	}
	if !f.To.IsZero() {
		s.add(` AND starts < ?`, millis(f.To))
	}
	if f.Unknown {
		s.add(` AND uid IN (SELECT uid FROM convene_mails WHERE state = 'unknown')`)
	}
	s.add(` ORDER BY starts, uid LIMIT ?`, pageSize)
	rows, err := d.reader().QueryContext(ctx, s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&last.key, &last.starts); err != nil {
			return nil, err
		}
		keys = append(keys, last.key)
	}
	return keys, rows.Err()
}

// selects reports whether some occurrence of the meeting lies in the period. The columns
// of a meeting are not exact about that.
func (f *Filter) selects(m *invite.Meeting) bool {
	if f.From.IsZero() && f.To.IsZero() {
		return true
	}
	// An occurrence that begins before From may still last.
	from := f.From
	if !from.IsZero() {
		from = from.Add(-series.Longest(&m.Event))
	}
	for o := range m.Event.Occurrences(from, f.To) {
		if f.From.IsZero() || o.End.After(f.From) || !o.Start.Before(f.From) {
			return true
		}
	}
	return false
}
