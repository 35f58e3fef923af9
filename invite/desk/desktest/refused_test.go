package desktest

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// saying is an error of a server.
type saying struct {
	text               string
	refused, uncertain bool
}

func (e saying) Error() string   { return e.text }
func (e saying) Refused() bool   { return e.refused }
func (e saying) Uncertain() bool { return e.uncertain }

// TestRefusedLog checks that a mail that is refused has a line in the log with the status
// of the server, that its event has the words of the server, and that hundreds of them do
// not flood the log.
func TestRefusedLog(t *testing.T) {
	for _, parallel := range []int{1, 4} {
		for _, onEvent := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d at a time, OnEvent %v", parallel, onEvent), func(t *testing.T) {
				eachDatabase(t, func(t *testing.T, x database) { testRefusedLog(t, x, parallel, onEvent) })
			})
		}
	}
}

func testRefusedLog(t *testing.T, x database, parallel int, onEvent bool) {
	var log strings.Builder
	var events []desk.Event
	o := desk.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	if onEvent {
		o.OnEvent = func(_ context.Context, _ *sql.Tx, e desk.Event) error { events = append(events, e); return nil }
	}
	w := newWorld(t, x, desk.Options{})
	w.o.Parallel = parallel
	o.Now = w.clock.Now
	words := "550 5.1.1 no such\r\nuser " + strings.Repeat("é", 600)
	w.Desk = open(t, w.database.open(t), &o, invite.New(invite.SenderFunc(func(context.Context, *invite.Message) error {
		return saying{text: words, refused: true}
	}), w.o))
	lines := func() int { return strings.Count(log.String(), "desk: a mail was refused") }
	uid := w.send(lunch(1))
	w.deliver(uid)
	for _, part := range []string{"uid=" + uid, "n=0", "messageId=<", `status="550 5.1.1"`} {
		if lines() != 1 || !strings.Contains(log.String(), part) {
			t.Errorf("the log has no line with %s:\n%s", part, &log)
		}
	}
	const n = 300
	log.Reset()
	w.deliver(w.send(lunch(n)))
	if lines() == 0 || lines() > 10 || !strings.Contains(log.String(), fmt.Sprintf("mails=%d", n)) {
		t.Errorf("the log of %d refused mails has %d lines about them:\n%s", n, lines(), &log)
	}
	if all := strings.Count(log.String(), "\n"); all > 15 || log.Len() > 40_000 {
		t.Errorf("the log has %d lines and %d octets", all, log.Len())
	}
	check(t, "events", map[bool]int{false: 0, true: n + 1}[onEvent], len(events))
	for _, e := range events {
		if e.Kind != desk.EventFailed || !strings.HasPrefix(e.Reason, "550 5.1.1 no such user é") || len(e.Reason) > 510 || !utf8.ValidString(e.Reason) {
			t.Fatalf("event %+v", e)
		}
	}
}

// TestReasons checks the reason of each event about a mail that may not have arrived.
func TestReasons(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var events []desk.Event
		var log strings.Builder
		w := newWorld(t, x, desk.Options{
			Logger:  slog.New(slog.NewTextHandler(&log, nil)),
			OnEvent: func(_ context.Context, _ *sql.Tx, e desk.Event) error { events = append(events, e); return nil },
		})
		last := func(kind desk.EventKind, reason string) {
			t.Helper()
			e := events[len(events)-1]
			if e.Kind != kind || !strings.Contains(e.Reason, reason) || (reason == "") != (e.Reason == "") {
				t.Errorf("event %s with the reason %q, want %s with %q", e.Kind, e.Reason, kind, reason)
			}
		}
		uid := w.send(lunch(1))
		w.deliver(uid)
		last(desk.EventSent, "")
		must(w.Undelivered(t.Context(), w.meeting(uid).Deliveries[0].MessageID, "", "mailbox full"))(t)
		last(desk.EventUndelivered, "mailbox full")
		w.mails.Fail(address(0), "unknown")
		uid = w.send(lunch(1))
		w.deliver(uid)
		last(desk.EventLeftover, "invitetest: p0@example.com: unknown")
		w.resolve(uid, 0, true)
		last(desk.EventSent, "was said to have arrived")

		uid = w.send(lunch(1))
		claim := w.meeting(uid).Deliveries
		claim[0].State = sending
		must(w.Ledger().Record(t.Context(), uid, claim))(t)
		must(w.Leftovers(t.Context(), w.clock.Now().Add(time.Second)))(t)
		last(desk.EventLeftover, "was being handed over")

		w.mails.Fail(address(0), "temporary")
		uid = w.send(nextMonth())
		for !w.due(uid).IsZero() {
			w.clock.Advance(max(w.due(uid).Sub(w.clock.Now()), 0))
			w.deliver(uid)
		}
		last(desk.EventFailed, "in vain: invitetest: p0@example.com: temporary")
		check(t, "lines about the mail that was given up", 1, strings.Count(log.String(), "desk: a mail was refused"))
	})
}

// TestEventTimes checks that the events of one transaction have times in their order, at
// the precision of PostgreSQL.
func TestEventTimes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var events []desk.Event
		var fail error
		w := newWorld(t, x, desk.Options{OnEvent: func(_ context.Context, _ *sql.Tx, e desk.Event) error {
			if fail == nil {
				events = append(events, e)
			}
			return fail
		}})
		w.clock.Advance(1234 * time.Nanosecond)
		for _, late := range []bool{false, true} {
			events = nil
			if late {
				fail = fmt.Errorf("not yet")
			}
			uid := w.send(lunch(3), invite.OneMail())
			w.deliver(uid)
			fail = nil
			w.clock.Advance(time.Hour)
			w.deliver(uid)
			check(t, "events", 3, len(events))
			for i, e := range events {
				check(t, "attendee", address(i), e.Attendee)
				if e.Time != e.Time.Truncate(time.Microsecond) || i > 0 && !e.Time.After(events[i-1].Time) {
					t.Errorf("late: %v: event %d has the time %v", late, i, e.Time)
				}
			}
		}
	})
}
