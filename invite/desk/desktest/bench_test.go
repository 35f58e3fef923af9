package desktest

import (
	"fmt"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
)

// BenchmarkDeliver sends the mails of one meeting over eight connections to a mail server
// that takes some time for each: without a desk, and from a desk. Nobody sees the other
// guests, so the mails are small. The metrics are mails a second.
func BenchmarkDeliver(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		for _, s := range []sink{{0, 0}, {5 * time.Millisecond, 5 * time.Millisecond}, {5 * time.Millisecond, 60 * time.Millisecond}} {
			if n > 1000 && s.Most > 5*time.Millisecond {
				continue
			}
			name := fmt.Sprintf("%d mails of %v to %v", n, s.Least, s.Most)
			o := &invite.Options{Parallel: 8}
			sender := startSink(b, s)
			b.Run(name+"/none", func(b *testing.B) {
				m := queue(b, n)
				for b.Loop() {
					if _, err := invite.New(sender, o).Resume(b.Context(), m); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "mails/s")
			})
			for _, kind := range []string{"SQLite", "PostgreSQL"} {
				b.Run(name+"/"+kind, func(b *testing.B) {
					x := newSQLite(b)
					if kind == "PostgreSQL" {
						x = newPostgres(b)
					}
					d := open(b, x.open(b), &desk.Options{}, invite.New(sender, o))
					var sent time.Duration
					for b.Loop() {
						b.StopTimer()
						m := must(d.Send(b.Context(), soon(n), invite.HideGuests()))(b)
						b.StartTimer()
						begin := time.Now()
						if err := d.Deliver(b.Context(), m.Event.UID); err != nil {
							b.Fatal(err)
						}
						sent += time.Since(begin)
					}
					b.ReportMetric(float64(n*b.N)/sent.Seconds(), "mails/s")
				})
			}
		}
	}
}

// soon returns a meeting of next week with n attendees.
func soon(n int) ical.Event {
	e := lunch(n)
	e.Start = time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, 7)
	e.End = e.Start.Add(time.Hour)
	return e
}

// queue returns a meeting whose mails are pending.
func queue(b *testing.B, n int) *invite.Meeting {
	return must(invite.New(nil, nil).Send(b.Context(), soon(n), invite.HideGuests(), invite.QueueOnly()))(b)
}

// BenchmarkReceive takes the answer of an attendee in, with 1,000 and with 100,000 stored
// meetings. The time must not depend on their number.
func BenchmarkReceive(b *testing.B) {
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		for _, n := range []int{1000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				x, series := newSQLite(b), `WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < %d)`
				if kind == "PostgreSQL" {
					x, series = newPostgres(b), `WITH s AS (SELECT i FROM generate_series(1, %d) AS i)`
				}
				db := x.open(b)
				var mails invitetest.Recorder
				d := open(b, db, &desk.Options{Policy: invite.InsecureAcceptAny()}, invite.New(&mails, nil))
				uid := must(d.Send(b.Context(), soon(5)))(b).Event.UID
				if err := d.Deliver(b.Context(), uid); err != nil {
					b.Fatal(err)
				}
				series = fmt.Sprintf(series, n)
				must(db.Exec(series + ` INSERT INTO convene_meetings (uid, name, version, tag, starts, ends, doc)
					SELECT uid || '-' || i, name, version, tag, starts, ends, doc FROM convene_meetings, s`))(b)
				must(db.Exec(series + ` INSERT INTO convene_mails (uid, n, message_id, receipt, state, reply, at, data, call, record, follows, tries, due, since, changed)
					SELECT uid || '-' || i, n, message_id || i, receipt, state, reply, at, data, call, record, follows, tries, due, since, changed FROM convene_mails, s`))(b)
				for i := 0; b.Loop(); i++ {
					b.StopTimer()
					data := mails.Reply(address(i%5), ical.StatusAccepted, invitetest.ClientGmail, func(a *invitetest.Answer) { a.Time = time.Now().Add(time.Duration(i) * time.Second) })
					b.StartTimer()
					must(d.Receive(b.Context(), &inbox.Mail{Data: data}))(b)
				}
			})
		}
	}
}
