package desk

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations has the statements that make each version of the tables from the version
// before it. A migration that was published is never changed.
//
// No type of a column differs between the two databases: times are milliseconds since
// 1970 (BIGINT), documents are JSON (TEXT), and a UID is in lower case, because mail
// programs change the case. The partial indexes begin with the UID, so that no plan of
// the database walks through the rows of other meetings.
var migrations = [][]string{{
	// Intent and answers: the JSON of invite.Meeting without its deliveries. name is the
	// UID as the event has it.
	`CREATE TABLE convene_meetings (
		uid TEXT PRIMARY KEY, name TEXT NOT NULL, version BIGINT NOT NULL, tag TEXT NOT NULL,
		starts BIGINT NOT NULL, ends BIGINT NOT NULL, doc TEXT NOT NULL)`,
	`CREATE INDEX convene_meetings_starts ON convene_meetings (starts, uid)`,

	// The ledger: a row for each recipient of a mail. The columns state, reply, receipt
	// and at count, and data has the rest of invite.Delivery. at is in nanoseconds.
	`CREATE TABLE convene_mails (
		uid TEXT NOT NULL REFERENCES convene_meetings (uid), n BIGINT NOT NULL,
		message_id TEXT NOT NULL, receipt TEXT NOT NULL, state TEXT NOT NULL,
		reply TEXT NOT NULL, at BIGINT NOT NULL, data TEXT NOT NULL,
		call TEXT NOT NULL, record BIGINT NOT NULL, follows TEXT NOT NULL,
		tries BIGINT NOT NULL, due BIGINT NOT NULL, since BIGINT NOT NULL, changed BIGINT NOT NULL,
		PRIMARY KEY (uid, n))`,
	`CREATE INDEX convene_mails_message_id ON convene_mails (message_id)`,
	`CREATE INDEX convene_mails_receipt ON convene_mails (receipt) WHERE receipt <> ''`,
	`CREATE INDEX convene_mails_pending ON convene_mails (uid, due) WHERE state = 'pending'`,
	`CREATE INDEX convene_mails_sending ON convene_mails (uid, changed) WHERE state = 'sending'`,
	`CREATE INDEX convene_mails_unknown ON convene_mails (uid, changed) WHERE state = 'unknown'`,

	// The addresses with tokens that answers come to.
	`CREATE TABLE convene_addresses (
		address TEXT NOT NULL, uid TEXT NOT NULL REFERENCES convene_meetings (uid),
		PRIMARY KEY (address, uid))`,

	// The mails that came in and had an effect. id is the SHA-256 of the mail. A held
	// mail is kept in mail until it is applied or dismissed.
	`CREATE TABLE convene_received (
		id TEXT PRIMARY KEY, uid TEXT NOT NULL, state TEXT NOT NULL,
		verdict TEXT NOT NULL, reason TEXT NOT NULL, mail TEXT NOT NULL, at BIGINT NOT NULL)`,
	`CREATE INDEX convene_received_at ON convene_received (at)`,
	`CREATE INDEX convene_received_uid ON convene_received (uid)`,
	`CREATE INDEX convene_received_held ON convene_received (uid, at, id) WHERE state = 'held'`,

	// The events that OnEvent has not taken yet.
	`CREATE TABLE convene_events (
		id TEXT PRIMARY KEY, uid TEXT NOT NULL, at BIGINT NOT NULL, due BIGINT NOT NULL,
		tries BIGINT NOT NULL, cause TEXT NOT NULL, data TEXT NOT NULL)`,
	`CREATE INDEX convene_events_uid ON convene_events (uid, at, id)`,
	`CREATE INDEX convene_events_due ON convene_events (due)`,

	// The next time at which the attendees of a meeting have to be reminded.
	`CREATE TABLE convene_reminders (
		uid TEXT PRIMARY KEY REFERENCES convene_meetings (uid), due BIGINT NOT NULL)`,
	`CREATE INDEX convene_reminders_due ON convene_reminders (due)`,
}, {
	// The entries in the organizers' own calendars. change counts the changes of the
	// meeting that an entry has to follow. data is the JSON of organizer.Object,
	// in gzip and base64, and "" before the first try. told has the differences that OnEvent was told of. owner is
	// the call that works at the entry until due at most, or "". reason is the last
	// failure.
	`CREATE TABLE convene_entries (
		uid TEXT PRIMARY KEY REFERENCES convene_meetings (uid), change BIGINT NOT NULL, data TEXT NOT NULL, told TEXT NOT NULL,
		owner TEXT NOT NULL, due BIGINT NOT NULL, tries BIGINT NOT NULL, reason TEXT NOT NULL)`,
	`CREATE INDEX convene_entries_due ON convene_entries (due)`,
}}

// schemaVersion is the version of the tables that this program knows.
var schemaVersion = len(migrations)

// migrate brings the tables to the version that this program knows.
func (d *Desk) migrate(ctx context.Context) error {
	// If there is nothing to do, no lock is needed, and the database may be read-only.
	version, err := tablesVersion(ctx, d.db)
	if err == nil && version >= schemaVersion {
		return checkVersion(version)
	}
	exist := err == nil
	return patiently(ctx, d.dialect.isConflict, func() error { return d.migrateTables(ctx, exist) })
}

// migrateTables is migrate in one transaction. If tables exist, no others are made beside
// them: on PostgreSQL, CREATE TABLE looks only in the first schema of search_path. New
// tables are made in the schema of the others.
func (d *Desk) migrateTables(ctx context.Context, exist bool) error {
	tx, err := d.db.BeginTx(ctx, d.dialect.txOptions())
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := d.dialect.lockSchema(ctx, tx); err != nil {
		return err
	}
	if !exist {
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS convene_schema (version BIGINT NOT NULL)`); err != nil {
			return err
		}
	}
	if err := d.dialect.lockAll(ctx, tx); err != nil {
		return err
	}
	version, err := tablesVersion(ctx, tx)
	if err == nil {
		err = checkVersion(version)
	}
	if err != nil {
		return err
	}
	if exist {
		if err := d.dialect.inSchemaOf(ctx, tx, "convene_schema"); err != nil {
			return err
		}
	}
	for _, steps := range migrations[version:] {
		version++
		for _, s := range steps {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("version %d of the tables: %w", version, err)
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO convene_schema (version) VALUES ($1)`, version); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// tablesVersion returns the version of the tables, 0 if there are none.
func tablesVersion(ctx context.Context, q querier) (version int, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM convene_schema`).Scan(&version)
	return version, err
}

// checkVersion refuses tables of a newer program.
func checkVersion(version int) error {
	if version > schemaVersion {
		return fmt.Errorf("%w: they have version %d, and this program knows %d: use the newer program", ErrNewerSchema, version, schemaVersion)
	}
	return nil
}

// querier is a database, a connection or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
