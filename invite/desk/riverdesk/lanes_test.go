package riverdesk

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// offline returns the lanes of a queue whose database is never asked.
func offline(t *testing.T, log *strings.Builder) *lanes {
	t.Helper()
	db, err := sql.Open("pgx", "postgres://127.0.0.1:1/none")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	q, err := New(db, nil, &Options{Workers: 2, Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return q.lanes[mainQueue]
}

// TestIdleLaneIsClosed: a lane without jobs is closed after a while, and forgotten.
func TestIdleLaneIsClosed(t *testing.T) {
	l := offline(t, new(strings.Builder))
	l.wanted["convene_a"] = time.Now()
	l.adjust(t.Context())
	if !l.open["convene_a"] {
		t.Fatal("a lane that is wanted is not open")
	}
	l.wanted["convene_a"] = time.Now().Add(-2 * laneIdle)
	l.adjust(t.Context())
	if len(l.open) > 0 || len(l.wanted) > 0 {
		t.Errorf("open = %v, wanted = %v, want that the idle lane is gone", l.open, l.wanted)
	}
}

// TestClosingLaneIsWanted: a lane that is wanted while it is being closed is opened again.
func TestClosingLaneIsWanted(t *testing.T) {
	l := offline(t, new(strings.Builder))
	l.wanted["convene_a"], l.open["convene_a"] = time.Now(), false
	for range 2 { // closed first, then opened
		l.adjust(t.Context())
	}
	if !l.open["convene_a"] {
		t.Error("the lane stays closed")
	}
}

// TestTooManyLanes: if there are too many lanes, jobs go on in the main queue.
func TestTooManyLanes(t *testing.T) {
	l := offline(t, new(strings.Builder))
	for i := range mostLanes {
		l.wanted[fmt.Sprint(i)] = time.Now()
	}
	l.wanted[laneOf(l.main, "known")] = time.Now()
	for _, tag := range []string{"known", "new"} {
		for l.enter(tag) == entered {
		}
	}
	if got := l.enter("known"); got != full {
		t.Errorf("enter of a tenant with a lane = %v, want that the job goes there", got)
	}
	if got := l.enter("new"); got != overflow {
		t.Errorf("enter of a further tenant = %v, want that the job stays", got)
	}
}

// TestLanesWithoutDatabase: if the database is away, the log says so, and no lane is known.
func TestLanesWithoutDatabase(t *testing.T) {
	var log strings.Builder
	l := offline(t, &log)
	l.look(t.Context())
	if len(l.wanted) > 0 || !strings.Contains(log.String(), "the queues of tenants cannot be read") {
		t.Errorf("wanted = %v, and the log has: %s", l.wanted, &log)
	}
}

// TestQuietGroups: ordinary work of River stays out of the log behind attributes and groups.
func TestQuietGroups(t *testing.T) {
	var log strings.Builder
	l := riverLog(slog.New(slog.NewTextHandler(&log, nil))).With("a", 1).WithGroup("g")
	l.Info("works")
	l.Warn("fails", "b", 2)
	if got := log.String(); strings.Contains(got, "works") || !strings.Contains(got, "msg=fails a=1 g.b=2") {
		t.Errorf("the log has: %s", got)
	}
	log.Reset()
	l.Error("panic recovery", "panic_val", "no customer zara@guests.test", "error", errors.New(`title "Merger"`), "kind", "mail")
	if got := log.String(); !strings.Contains(got, "g.kind=mail") || strings.Contains(got, "zara") || strings.Contains(got, "Merger") {
		t.Errorf("the log has: %s", got)
	}
}
