package desktest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/organizer"
)

// TestOperate runs the queries of the page for operators, in their order, on a desk in which
// each of them finds something.
func TestOperate(t *testing.T) {
	data, err := os.ReadFile("../../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, part := range strings.Split(string(data), "\n```sql\n")[1:] {
		query, _, _ := strings.Cut(part, "\n```")
		queries = append(queries, query)
	}
	eachDatabase(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{})
		began := w.clock.Now().UnixMilli()
		troubled(w)
		hour := time.Hour.Milliseconds()
		now := w.clock.Now().UnixMilli()
		for i, want := range []string{
			fmt.Sprintf("2 %d", now-hour), // the mail that failed is due again
			fmt.Sprintf("1 1 %d", now-hour),
			fmt.Sprintf("1 %d", began),
			"1",
			"delivered 2, pending 2, refused 1, sending 1, unknown 1",
			fmt.Sprintf("1 %d", began),
			fmt.Sprintf("2 %d 1", began),
			"troubled 1 Options.Calendar: no calendar",
		} {
			if i >= len(queries) {
				t.Fatalf("the page has %d queries", len(queries))
			}
			args := []any{now}
			if !strings.Contains(queries[i], "$1") {
				args = nil
			}
			check(t, queries[i], want, cells(t, w.db, queries[i], args...))
		}
		check(t, "queries", 8, len(queries))
	})
}

// troubled gives a desk one of each trouble.
func troubled(w *world) {
	broken := func(context.Context, *sql.Tx, desk.Event) error { return errors.New("no") }
	one := func(f invitetest.Failure) string {
		w.mails.Fail(address(0), f)
		uid := w.send(lunch(1))
		w.deliver(uid)
		return uid
	}
	one(invitetest.FailureRefused)
	one(invitetest.FailureUnknown)
	held := one("")
	w.Desk = w.other(desk.Options{OnEvent: broken, Policy: &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedHold}})
	mail := string(w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientGmail))
	w.receive([]byte(strings.ReplaceAll(mail, address(0), "eve@example.com")))
	must(w.Answer(w.Context(), held, w.yes(address(0))))(w)

	w.Desk = w.other(desk.Options{Calendar: func(context.Context, *invite.Meeting) (organizer.Calendar, error) {
		return nil, errors.New("no calendar")
	}})
	e := lunch(1)
	e.UID = "troubled"
	w.deliver(w.send(e))
	w.clock.Advance(time.Minute)
	must(0, w.Work(w.Context(), desk.Job{Kind: desk.JobCalendar, UID: e.UID}))(w)
	w.Desk = w.other(desk.Options{})

	uid := w.send(lunch(1))
	claim := w.meeting(uid).Deliveries
	claim[0].State = sending
	must(w.Ledger().Record(w.Context(), uid, claim))(w)
	w.clock.Advance(time.Hour)
	one(invitetest.FailureTemporary)
	w.clock.Advance(time.Hour)
	w.mails.Fail(address(0), "")
	w.send(lunch(1))
}

// cells returns the cells of the rows of a query, with commas between the rows.
func cells(t *testing.T, db *sql.DB, query string, args ...any) string {
	t.Helper()
	rows := must(db.Query(query, args...))(t)
	defer rows.Close()
	columns := must(rows.Columns())(t)
	var out []string
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		must(0, rows.Scan(into...))(t)
		out = append(out, strings.TrimSuffix(fmt.Sprintln(row...), "\n"))
	}
	must(0, rows.Err())(t)
	return strings.Join(out, ", ")
}
