package desktest

import (
	"flag"
	"os"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// written returns a number that grows by the octets that the database writes to its log.
func (w *world) written() int {
	w.Helper()
	if w.driver == "pgx" {
		return w.count(`SELECT pg_current_wal_lsn() - '0/0'::pg_lsn`)
	}
	var path string
	if err := w.db.QueryRow(`SELECT file FROM pragma_database_list`).Scan(&path); err != nil {
		w.Fatal(err)
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		w.Fatal(err)
	}
	return int(info.Size())
}

// fewMails is the smaller number of mails of TestOctets.
var fewMails = flag.Int("octets", 200, "the smaller number of mails of TestOctets; the larger is ten times as large")

// TestOctets checks that ten times as many mails write at most about ten times as many
// octets, when they are queued, and when they are sent.
func TestOctets(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var queued, sent [2]int
		for i, n := range []int{*fewMails, 10 * *fewMails} {
			x := x
			if x.driver == "sqlite" {
				x = newSQLite(t)
				x.dsn += "&_pragma=wal_autocheckpoint(0)" // so that the log only grows
			} else if i > 0 {
				x = newPostgres(t)
			}
			w := newWorld(t, x, desk.Options{})
			before := w.written()
			uid := w.send(lunch(n), invite.HideGuests())
			between := w.written()
			w.deliver(uid)
			queued[i], sent[i] = between-before, w.written()-between
		}
		for name, octets := range map[string][2]int{"queued": queued, "sent": sent} {
			t.Logf("%s: %d octets for %d mails, %d for ten times as many", name, octets[0], *fewMails, octets[1])
			if octets[1] > 14*octets[0] {
				t.Errorf("%s: %d octets for %d mails, and %d for ten times as many: more than 14 times", name, octets[0], *fewMails, octets[1])
			}
		}
	})
}
