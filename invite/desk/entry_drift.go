package desk

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/series"
	"github.com/convene-go/convene/invite/organizer"
)

// driftNews is the part of a drift that nobody was told of.
type driftNews struct {
	drift   *organizer.Drift // nil if there are no news
	deleted bool
	changes []organizer.Change
	told    string // names all differences, for the next call
}

// newsOf returns the news in a drift. told has the names of the differences of the drift
// that the call before has found. A difference that was away meanwhile is new again.
func newsOf(drift *organizer.Drift, told string) *driftNews {
	out := new(driftNews)
	if drift == nil {
		return out
	}
	known := make(map[string]bool)
	for _, name := range strings.Fields(told) {
		known[name] = true
	}
	var names []string
	isNew := func(x any) bool {
		name := nameOfDifference(x)
		names = append(names, name)
		return !known[name]
	}
	out.deleted = drift.Deleted && isNew("deleted")
	for _, c := range drift.Changes {
		was := c
		was.Before = "" // the meeting may change further
		if isNew(was) {
			out.changes = append(out.changes, c)
		}
	}
	if out.deleted || len(out.changes) > 0 {
		out.drift = drift
	}
	out.told = strings.Join(names, " ")
	return out
}

// mostAnswers limits the answers that one call takes in from a calendar. The next call, which
// is due soon because the meeting has changed, finds the others.
const mostAnswers = 500

// withAnswers returns a drift with its first n answers. All other changes stay.
func withAnswers(d *organizer.Drift, n int) *organizer.Drift {
	if d == nil {
		return nil
	}
	out := *d
	out.Changes = slices.DeleteFunc(slices.Clone(d.Changes), func(c organizer.Change) bool {
		if c.Field == organizer.FieldStatus {
			n--
		}
		return c.Field == organizer.FieldStatus && n < 0
	})
	return &out
}

// nameOfDifference returns a short name, because it is stored.
func nameOfDifference(x any) string {
	data, _ := json.Marshal(x) // of texts and times
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// tell tells OnEvent of the news, and of the first failure. An earlier drift that OnEvent has
// not taken yet is not told any more, because the entry is otherwise now.
func (x *syncing) tell(ctx context.Context, tx *sql.Tx, keep bool, news *driftNews, failed error) error {
	if news.told != x.told {
		if err := x.forgetDrift(ctx, tx); err != nil {
			return err
		}
	}
	var events []Event
	if failed != nil && x.tries == 0 {
		e := eventOf(x.meeting, EventCalendarFailed, "")
		e.Reason = reasonOf(failed)
		events = append(events, e)
	}
	if news.deleted || len(news.changes) > 0 {
		e := eventOf(x.meeting, EventDrifted, "")
		e.Drift = news.drift
		events = append(events, e)
	}
	t := &telling{Desk: x.Desk, tx: tx, key: x.key, keep: keep}
	if err := t.tell(ctx, events); err != nil || !t.kept {
		return err
	}
	x.hasQueued(tx)
	return x.enqueue(ctx, tx, x.key)
}

// forgetDrift removes the drifts of the meeting that wait for another try of OnEvent.
// The pattern is the beginning of their JSON. Text of strangers cannot match it, because
// quotes are escaped in JSON.
func (x *syncing) forgetDrift(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM convene_events WHERE uid = $1 AND data LIKE '{"id":"%","kind":"drifted",%'`, x.key)
	return err
}

// errOutdated reports that the meeting has changed since the entry was compared with it.
var errOutdated = errors.New("desk: the meeting has changed since its entry was read")

// takeAnswers takes the new answers into the meeting that the organizer's server has taken
// in by itself, and removes them from the news. An answer that the desk has got meanwhile
// counts, because the next call compares the entry with the meeting as it is then. A
// delegation to somebody new stays among the news: some servers take in every mail, and other
// people may write to the calendar, so the desk would mail any address that they name.
func (x *syncing) takeAnswers(ctx context.Context, news *driftNews) error {
	answers := slices.DeleteFunc(news.drift.Answers(), func(a invite.Answer) bool { return !news.has(a) })
	if len(answers) == 0 {
		return nil
	}
	var taken []invite.Answer
	_, err := x.Desk.change(ctx, x.key, freeAnswers, func(was *stored, c *invite.Client, _ bool) (*step, error) {
		if was.version != x.version {
			return nil, errOutdated
		}
		s, _ := x.apply(ctx, was, c, func(m *invite.Meeting) (out *invite.Meeting, all invite.Outcome) {
			out, taken = m, nil
			for _, a := range answers {
				after, o := out.Answer(x.stamped(m, a))
				if o.Verdict == invite.VerdictApplied && len(o.Invite) == 0 {
					out, taken = after, append(taken, a)
				}
			}
			return out, all
		})
		return s, nil
	})
	if errors.Is(err, errOutdated) || errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		*news = driftNews{told: x.told}
	} else {
		for _, a := range taken {
			r := Received{UID: x.meeting.Event.UID, Outcome: invite.Outcome{Verdict: invite.VerdictApplied}, Events: []Event{{Answer: &a}}}
			x.tellApplied(ctx, time.Time{}, a.Via, x.meeting.Tag, &r)
		}
		news.changes = slices.DeleteFunc(news.changes, func(c organizer.Change) bool {
			return slices.ContainsFunc(taken, func(a invite.Answer) bool { return isAbout(&c, &a) })
		})
	}
	return err
}

// has reports whether an answer is among the news.
func (n *driftNews) has(a invite.Answer) bool {
	return slices.ContainsFunc(n.changes, func(c organizer.Change) bool { return isAbout(&c, &a) })
}

// isAbout reports whether a change is an answer.
func isAbout(c *organizer.Change, a *invite.Answer) bool {
	return c.Field == organizer.FieldStatus && address.Same(c.Attendee, a.Email) && c.RecurrenceID.Equal(a.RecurrenceID)
}

// stamped returns an answer with the time at which it was given. Many servers do not change
// the time of an entry that takes an answer in. The answer replaces those that the desk
// knows, so if its time is not known or not later, it is the present.
func (x *syncing) stamped(m *invite.Meeting, a invite.Answer) invite.Answer {
	var last time.Time
	for _, b := range m.Answers {
		if address.Same(a.Email, b.Email) {
			last = series.Later(last, b.Stamp)
		}
	}
	if a.Stamp.IsZero() || !a.Stamp.After(last) || a.Stamp.After(x.now()) {
		a.Stamp = x.now()
	}
	return a
}
