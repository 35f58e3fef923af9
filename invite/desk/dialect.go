package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
)

// dialect is the kind of a database. Everything that differs between the two kinds
// stands in this file. All other statements are the same for both.
type dialect string

// The values of dialect.
const (
	sqlite   dialect = "SQLite"
	postgres dialect = "PostgreSQL"
)

// ask asks a database of which kind it is.
func ask(ctx context.Context, db *sql.DB) (dialect, error) {
	var version string
	first := db.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&version)
	if first == nil {
		return sqlite, nil
	}
	err := db.QueryRowContext(ctx, `SELECT current_setting('server_version')`).Scan(&version)
	switch {
	case err == nil:
		return postgres, nil
	case ctx.Err() != nil:
		return "", fmt.Errorf("desk: open: %w", ctx.Err())
	case err.Error() == first.Error(): // it did not come to the statements
		return "", fmt.Errorf("desk: open: the database does not answer: %w", err)
	}
	return "", fmt.Errorf("desk: open: the database is neither SQLite nor PostgreSQL: %w; %w", first, err)
}

// txOptions are the options of the desk's own transactions. READ COMMITTED is the
// default of PostgreSQL, but a DSN may change that.
func (x dialect) txOptions() *sql.TxOptions {
	if x == postgres {
		return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	}
	return nil
}

// lockMeeting keeps all others from changing a meeting until the transaction ends. On
// SQLite it locks the whole database. A statement that writes nothing takes this lock
// too, so that the desk does not depend on _txlock.
func (x dialect) lockMeeting(ctx context.Context, tx *sql.Tx, key string) error {
	if x == sqlite {
		return x.lockAll(ctx, tx)
	}
	var version int64
	err := tx.QueryRowContext(ctx, `SELECT version FROM convene_meetings WHERE uid = $1 FOR UPDATE`, key).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// lockAll takes the write lock of SQLite. It does nothing on PostgreSQL.
func (x dialect) lockAll(ctx context.Context, tx *sql.Tx) error {
	if x != sqlite {
		return nil
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM convene_schema WHERE version < 0`)
	return err
}

// lockSchema keeps all others from changing the tables until the transaction ends. On
// PostgreSQL, CREATE TABLE IF NOT EXISTS is no protection, because two that run at
// once collide in the catalogue. On SQLite, the first CREATE TABLE takes the lock.
func (x dialect) lockSchema(ctx context.Context, tx *sql.Tx) error {
	if x != postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(7235512360)`)
	return err
}

// inSchemaOf lets CREATE TABLE make the tables in the schema of a table, until the
// transaction ends. SQLite has no schemas.
func (x dialect) inSchemaOf(ctx context.Context, tx *sql.Tx, table string) error {
	if x != postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, `SELECT set_config('search_path', (SELECT quote_ident(n.nspname) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = CAST($1 AS regclass)), true)`, table)
	return err
}

// isConflict reports whether an error says that another transaction was in the way, so
// that this transaction can be run again. It knows the codes by the methods that the
// drivers' errors have: Code of modernc.org/sqlite, and SQLState of pgx and lib/pq.
func (x dialect) isConflict(err error) bool {
	if x == sqlite {
		return isBusy(err)
	}
	var pg interface{ SQLState() string }
	if x == postgres && errors.As(err, &pg) {
		state := pg.SQLState()
		return state == "40001" || state == "40P01" // serialization failure, deadlock
	}
	return false
}

// isBusy reports whether an error of SQLite says that somebody else holds a lock. The
// lower octet of a code is its kind (https://sqlite.org/rescode.html).
func isBusy(err error) bool {
	const busy, locked = 5, 6
	var e interface{ Code() int }
	return errors.As(err, &e) && (e.Code()&0xff == busy || e.Code()&0xff == locked)
}

// warn logs the settings of SQLite by which mails are sent twice, or calls fail. The desk
// itself does not need foreign_keys: it changes rows that refer to each other in one
// transaction.
func (x dialect) warn(ctx context.Context, db *sql.DB, log *slog.Logger) {
	if x != sqlite {
		return
	}
	var synchronous, timeout int
	var journal string
	if err := db.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&synchronous); err == nil && synchronous < 2 {
		log.WarnContext(ctx, "desk: SQLite: synchronous is below FULL: if the power fails, a mail may be sent twice", "synchronous", synchronous)
	}
	if err := db.QueryRowContext(ctx, `PRAGMA busy_timeout`).Scan(&timeout); err == nil && timeout == 0 {
		log.WarnContext(ctx, "desk: SQLite: busy_timeout is 0: calls fail whenever somebody else is writing")
	}
	if path, err := x.file(ctx, db); err != nil || path == "" {
		return
	}
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&journal); err == nil && journal != "wal" {
		log.WarnContext(ctx, "desk: SQLite: journal_mode is not WAL: nobody can write while somebody reads", "journal_mode", journal)
	}
}

// file returns the path of the SQLite database. It is "" for a database in memory, and
// for PostgreSQL.
func (x dialect) file(ctx context.Context, db *sql.DB) (path string, err error) {
	if x != sqlite {
		return "", nil
	}
	var name sql.NullString
	err = db.QueryRowContext(ctx, `SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&name)
	return name.String, err
}
