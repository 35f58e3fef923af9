package desktest

import (
	"database/sql"
	"io"
	"log/slog"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// open opens a desk whose client has no sender, unless c is given.
func open(t testing.TB, db *sql.DB, o *desk.Options, c ...*invite.Client) *desk.Desk {
	t.Helper()
	client := invite.New(nil, nil)
	if len(c) > 0 {
		client = c[0]
	}
	var options desk.Options
	if o != nil {
		options = *o
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	d, err := desk.Open(t.Context(), db, client, &options)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
