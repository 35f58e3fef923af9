package desktest

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// TestPool has a pool that keeps no idle connection. The desk says so once.
func TestPool(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		for _, c := range []struct{ idle, want int }{{-1, 1}, {2, 0}} {
			db := x.open(t)
			db.SetMaxIdleConns(c.idle)
			var log bytes.Buffer
			d := open(t, db, &desk.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}, invite.New(nil, nil))
			for range 2 {
				for range 1100 {
					if _, err := db.ExecContext(t.Context(), `SELECT 1`); err != nil {
						t.Fatal(err)
					}
				}
				if err := d.Work(t.Context(), desk.Job{Kind: desk.JobSweep}); err != nil {
					t.Fatal(err)
				}
			}
			check(t, "warnings", c.want, strings.Count(log.String(), "SetMaxIdleConns"))
		}
	})
}
