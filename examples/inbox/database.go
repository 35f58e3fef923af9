package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// openDesk opens the desk on the database, and carries out the orders of the command
// line about it: -import, -apply and -dismiss. It returns the end of the database.
func (w *worker) openDesk(ctx context.Context, client *invite.Client, policy *invite.Policy) (end func() error, err error) {
	db, err := openDatabase(w.db)
	if err != nil {
		return nil, fmt.Errorf("-db: %w", err)
	}
	w.desk, err = desk.Open(ctx, db, client, &desk.Options{
		Policy: policy, ResendUnknownAfter: w.resendAfter, Logger: w.log, Now: w.now,
	})
	if err == nil && w.imports != "" {
		err = w.importMeetings(ctx)
	}
	if err == nil {
		err = w.decide(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db.Close, nil
}

// openDatabase opens the file, and makes it if it does not exist. It holds people's
// addresses and answers, so it is for its owner alone. SQLite gives the files beside it
// the same permissions.
func openDatabase(path string) (*sql.DB, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return sql.Open("sqlite", desk.SQLiteDSN(path))
}

// importMeetings stores the meetings of a folder, one in each .json file. A meeting that
// is stored already stays as it is, so that the import can be repeated.
func (w *worker) importMeetings(ctx context.Context) error {
	if _, err := os.Stat(w.imports); err != nil {
		return fmt.Errorf("-import: %w", err)
	}
	paths, err := filepath.Glob(filepath.Join(w.imports, "*.json"))
	if err != nil {
		return fmt.Errorf("-import: %w", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		m := new(invite.Meeting)
		if err == nil {
			err = json.Unmarshal(data, m)
		}
		if err == nil {
			err = w.store(ctx, m)
		}
		if err != nil {
			return fmt.Errorf("-import: %s: %w", path, err)
		}
	}
	return nil
}

// store stores a meeting, unless its UID is stored already.
func (w *worker) store(ctx context.Context, m *invite.Meeting) error {
	if m.Event.UID == "" {
		return errors.New("is not a meeting: its event has no UID")
	}
	switch _, err := w.desk.Meeting(ctx, m.Event.UID); {
	case err == nil:
		w.log.Info("the meeting is stored already, and stays as it is", "meeting", m.Event.UID)
		return nil
	case !errors.Is(err, desk.ErrNotFound):
		return err
	}
	return w.desk.Ledger().Begin(ctx, m)
}

// decide carries out the decision of a person about held mails, and names the mails that
// still wait for one.
func (w *worker) decide(ctx context.Context) error {
	if w.apply != "" {
		r, err := w.desk.ApplyHeld(ctx, w.apply)
		if err != nil {
			return fmt.Errorf("-apply: %w", err)
		}
		w.log.Info("held mail", "id", w.apply, "meeting", r.UID, "verdict", r.Outcome.Verdict, "reason", r.Outcome.Reason)
	}
	if w.dismiss != "" {
		if err := w.desk.Dismiss(ctx, w.dismiss); err != nil {
			return fmt.Errorf("-dismiss: %w", err)
		}
	}
	for h, err := range w.desk.Held(ctx) {
		if err != nil {
			return err
		}
		w.tellHeld(h.ID, h.UID, h.Reason)
	}
	return nil
}

// tellHeld tells a person of a held mail.
func (w *worker) tellHeld(id, uid, reason string) {
	w.log.Warn("a person has to decide about a mail: -apply or -dismiss", "id", id, "meeting", uid, "reason", reason)
}
