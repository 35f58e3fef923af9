package desktest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// TestOpenAtOnce has several processes open an empty database at once.
func TestOpenAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		var all sync.WaitGroup
		for range 8 {
			db := x.open(t)
			all.Go(func() {
				d, err := desk.Open(t.Context(), db, invite.New(nil, nil), nil)
				if err != nil {
					t.Error(err)
					return
				}
				for range d.Waiting(t.Context(), time.Time{}) {
					t.Error("there is work in an empty database")
				}
			})
		}
		all.Wait()
		db := x.open(t)
		open(t, db, nil) // and once more
		var rows, versions, last int
		err := db.QueryRow(`SELECT COUNT(*), COUNT(DISTINCT version), MAX(version) FROM convene_schema`).Scan(&rows, &versions, &last)
		if err != nil || rows != last || versions != last {
			t.Errorf("the %d versions of the tables were made %d times, %v, want once each", last, rows, err)
		}
	})
}

// TestNewerSchema opens tables that a newer program has changed.
func TestNewerSchema(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		db := x.open(t)
		open(t, db, nil)
		must(db.Exec(`INSERT INTO convene_schema (version) VALUES (1000)`))(t)
		_, err := desk.Open(t.Context(), db, invite.New(nil, nil), nil)
		if !errors.Is(err, desk.ErrNewerSchema) || !strings.Contains(err.Error(), "version 1000") {
			t.Errorf("Open = %v, want ErrNewerSchema with the version", err)
		}
	})
}

// TestReadOnly opens a database that cannot be written. Meetings can be read, and a change
// is an error.
func TestReadOnly(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(1))
		want := w.meeting(uid)
		x := database{w.driver, w.dsn + "&mode=ro"}
		if w.driver == "pgx" {
			x.dsn = w.dsn + "&default_transaction_read_only=on"
		}
		d := open(w, x.open(w), nil)
		checkMeeting(w, "meeting", want, must(d.Meeting(w.Context(), uid))(w))
		if _, err := d.Update(w.Context(), uid, move(0)); err == nil {
			w.Error("Update in a read-only database = nil")
		}
		checkMeeting(w, "meeting", want, w.meeting(uid))
	})
}

// TestOptions refuses options that cannot work.
func TestOptions(t *testing.T) {
	if _, err := desk.Open(t.Context(), nil, invite.New(nil, nil), nil); err == nil || !strings.Contains(err.Error(), "db is nil") {
		t.Errorf("no database: Open = %v", err)
	}
	db := newSQLite(t).open(t)
	for _, tt := range []struct {
		name string
		c    *invite.Client
		o    desk.Options
		want string
	}{
		{"no client", nil, desk.Options{}, "neither a client nor Options.Clients"},
		{"Settle", invite.New(nil, nil), desk.Options{Settle: -1}, "Options.Settle: is negative"},
		{"CalendarEvery", invite.New(nil, nil), desk.Options{CalendarEvery: -1}, "Options.CalendarEvery: is negative"},
		{"DriftEvery", invite.New(nil, nil), desk.Options{DriftEvery: -1}, "Options.DriftEvery: is negative"},
		{"RemindBefore", invite.New(nil, nil), desk.Options{RemindBefore: []time.Duration{1}}, "Options.RemindBefore: 1ns"},
	} {
		if _, err := desk.Open(t.Context(), db, tt.c, &tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Open = %v, want %q", tt.name, err, tt.want)
		}
	}
}

// TestFullDisk fills the database. A change is an error then, and nothing of it is stored.
func TestFullDisk(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		w := newWorld(t, newSQLite(t), desk.Options{})
		w.db.SetMaxOpenConns(1) // max_page_count holds for one connection
		w.Desk = open(t, w.db, &desk.Options{Now: w.clock.Now}, invite.New(nil, w.o))
		uid := w.send(lunch(1))
		must(w.db.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, w.count(`PRAGMA page_count`)+4)))(t)
		w.fill(uid)
		must(w.db.Exec(`PRAGMA max_page_count = 1000000`))(t)
		must(w.Remind(t.Context(), uid, invite.OnlyTo(address(0))))(t)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		plain := newPostgres(t)
		dir := smallDisk(t)
		db := plain.open(t)
		must(db.Exec(`CREATE TABLESPACE small LOCATION '` + dir + `'`))(t)
		t.Cleanup(func() {
			db := plain.open(t)
			must(db.Exec(`DROP SCHEMA ` + plain.schema() + ` CASCADE`))(t)
			must(db.Exec(`DROP TABLESPACE small`))(t)
		})
		w := newWorld(t, database{"pgx", plain.dsn + "&default_tablespace=small"}, desk.Options{})
		uid := w.send(lunch(1))
		ballast := filepath.Join(dir, "ballast")
		must(0, os.WriteFile(ballast, make([]byte, 2<<20), 0o600))(t)
		w.fill(uid)
		must(0, os.Remove(ballast))(t)
		must(w.Remind(t.Context(), uid, invite.OnlyTo(address(0))))(t)
	})
}

// fill changes a meeting until the disk is full. The last change must change nothing.
func (w *world) fill(uid string) {
	w.Helper()
	var want *invite.Meeting
	var err error
	for n := 0; err == nil; n++ {
		if n > 300 {
			w.Fatal("the disk never is full")
		}
		want = w.meeting(uid)
		_, err = w.Update(w.Context(), uid, func(e *ical.Event) error {
			e.Description = "" // no text that can be compressed
			for len(e.Description) < 60_000 {
				e.Description += rand.Text()
			}
			return nil
		})
	}
	w.Log(err)
	checkMeeting(w, "meeting", want, w.meeting(uid))
}

// smallDisk returns a folder of the user postgres on a disk of its own.
func smallDisk(t *testing.T) string {
	if crashServer == nil {
		t.Skip("SKIPPED: the server of DESK_POSTGRES has disks of its own")
	}
	dir := must(os.MkdirTemp("", "desktest"))(t)
	t.Cleanup(func() { _ = os.Remove(dir) })
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=8m", "desktest", dir).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no full disk for PostgreSQL: mount: %v: %s", err, out)
	}
	t.Cleanup(func() { must(exec.Command("umount", dir).CombinedOutput())(t) })
	must(exec.Command("chown", "postgres", dir).CombinedOutput())(t)
	return dir
}
