package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strings"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/rsvp"
)

// answerPath is the path of the answer pages. Attendees open them by the links in their
// mails, so they need no login.
const answerPath = "/answer/"

// answerLinks returns the links to the answer pages at a public address, such as
// https://rooms.example.com. It returns nil if there is no address.
func answerLinks(ctx context.Context, db *sql.DB, address string) (*rsvp.Links, error) {
	if address == "" {
		return nil, nil
	}
	key, err := answerKey(ctx, db)
	if err != nil {
		return nil, err
	}
	links := &rsvp.Links{Base: strings.TrimSuffix(address, "/") + answerPath, Keys: [][]byte{key}}
	return links, links.Validate()
}

// answerKey returns the key of the links. It is made once and kept in the database, so that
// links are valid after a restart.
func answerKey(ctx context.Context, db *sql.DB) ([]byte, error) {
	if _, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS answer_key (id BIGINT PRIMARY KEY, hex TEXT NOT NULL)`); err != nil {
		return nil, err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never returns an error
	_, err := db.ExecContext(ctx, `INSERT INTO answer_key (id, hex) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`, hex.EncodeToString(key))
	if err != nil {
		return nil, err
	}
	var text string
	if err := db.QueryRowContext(ctx, `SELECT hex FROM answer_key WHERE id = 1`).Scan(&text); err != nil {
		return nil, err
	}
	return hex.DecodeString(text)
}

// newClient returns a client whose mails have the links, and links to online calendars.
func newClient(sender invite.Sender, links *rsvp.Links) *invite.Client {
	if links == nil {
		return invite.New(sender, nil)
	}
	return invite.New(sender, &invite.Options{AnswerURL: links.URL, CalendarLinks: true})
}

// withAnswers returns the page with the answer pages beside it.
func withAnswers(page http.Handler, d *desk.Desk, links *rsvp.Links) (http.Handler, error) {
	if links == nil {
		return page, nil
	}
	pages := rsvp.NewHandler(d, links, &rsvp.Options{
		Brand:         body.Brand{Name: "Room desk"},
		ShowGuests:    true,
		CalendarLinks: true,
		Logger:        slog.Default(),
	})
	mux := http.NewServeMux()
	mux.Handle(answerPath, pages)
	mux.Handle("/", page)
	return mux, pages.Validate()
}
