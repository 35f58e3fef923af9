package desktest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

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
				for range d.Waiting(t.Context()) {
					t.Error("there is work in an empty database")
				}
			})
		}
		all.Wait()
		db := x.open(t)
		open(t, db, nil) // and once more
		var rows int
		if err := db.QueryRow(`SELECT COUNT(*) FROM convene_schema`).Scan(&rows); err != nil || rows != 1 {
			t.Errorf("the tables were made %d times, %v, want once", rows, err)
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
	w := newWorld(t, newSQLite(t), desk.Options{})
	uid := w.send(lunch(1))
	want := w.meeting(uid)
	x := database{"sqlite", w.dsn + "&mode=ro"}
	d := open(t, x.open(t), nil)
	checkMeeting(t, "meeting", want, must(d.Meeting(t.Context(), uid))(t))
	if _, err := d.Update(t.Context(), uid, move(0)); err == nil {
		t.Error("Update in a read-only database = nil")
	}
	checkMeeting(t, "meeting", want, w.meeting(uid))
}

// TestOptions refuses options that cannot work.
func TestOptions(t *testing.T) {
	db := newSQLite(t).open(t)
	for _, tt := range []struct {
		name string
		c    *invite.Client
		o    desk.Options
		want string
	}{
		{"no client", nil, desk.Options{}, "neither a client nor Options.Clients"},
		{"Settle", invite.New(nil, nil), desk.Options{Settle: -1}, "Options.Settle: is negative"},
		{"RemindBefore", invite.New(nil, nil), desk.Options{RemindBefore: []time.Duration{1}}, "Options.RemindBefore: 1ns"},
	} {
		if _, err := desk.Open(t.Context(), db, tt.c, &tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Open = %v, want %q", tt.name, err, tt.want)
		}
	}
}

// TestFullDisk fills the database. A change is an error then, and nothing of it is stored.
func TestFullDisk(t *testing.T) {
	w := newWorld(t, newSQLite(t), desk.Options{})
	uid := w.send(lunch(1))
	w.db.SetMaxOpenConns(1) // max_page_count holds for one connection
	must(w.db.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, w.count(`PRAGMA page_count`)+4)))(t)
	d := open(t, w.db, &desk.Options{Now: w.clock.Now}, invite.New(nil, w.o))
	var want *invite.Meeting
	var err error
	for n := 0; err == nil; n++ {
		if n > 100 {
			t.Fatal("the database never is full")
		}
		want = w.meeting(uid)
		_, err = d.Remind(t.Context(), uid, invite.OnlyTo(address(0)), invite.Comment(strings.Repeat("x", 3000)))
	}
	t.Log(err)
	checkMeeting(t, "meeting", want, w.meeting(uid))
	must(w.db.Exec(`PRAGMA max_page_count = 1000000`))(t)
	must(d.Remind(t.Context(), uid, invite.OnlyTo(address(0))))(t)
}
