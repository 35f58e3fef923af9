package riverdesk_test

import (
	"database/sql"
	"log/slog"
	"strings"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/desk/riverdesk"
)

// TestLog makes the tables, starts a queue and stops it. Nothing fails, so an ordinary log
// has no line about it.
func TestLog(t *testing.T) {
	db := must(sql.Open("pgx", newDSN(t)))(t)
	defer db.Close()
	var log strings.Builder
	q := must(riverdesk.New(db, nil, &riverdesk.Options{Logger: slog.New(slog.NewTextHandler(&log, nil)).With("process", 1)}))(t)
	if err := q.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := must(desk.Open(t.Context(), db, invite.New(nil, nil), &desk.Options{Enqueue: q.Enqueue, Logger: quiet()}))(t)
	if err := q.Start(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if log.Len() > 0 {
		t.Errorf("the log has:\n%s", &log)
	}
}
