package riverdesk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
)

// Migrate makes the tables of River, and changes those of an older version. If
// [Options].Schema does not exist, it is made. Several processes may call Migrate at once.
// It comes before [desk.Open], which may queue jobs. It needs two connections.
func (q *Queue) Migrate(ctx context.Context) error {
	if q.db.Stats().MaxOpenConnections == 1 {
		return errors.New("riverdesk: migrate: the pool has one connection, and two are needed")
	}
	lock, err := q.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("riverdesk: migrate: %w", err)
	}
	defer lock.Close()
	// River's migrations are several transactions, so the lock belongs to a connection.
	if _, err := lock.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, migrateLock); err != nil {
		return fmt.Errorf("riverdesk: migrate: %w", err)
	}
	err = q.migrate(ctx, lock)
	_, unlock := lock.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, migrateLock)
	if err = errors.Join(err, unlock); err != nil {
		return fmt.Errorf("riverdesk: migrate: %w", err)
	}
	return nil
}

// migrateLock is the number of the lock for migrations. The desk's own is the one before.
const migrateLock int64 = 7235512361

// migrate is Migrate with the lock.
func (q *Queue) migrate(ctx context.Context, conn *sql.Conn) error {
	if q.options.Schema != "" {
		if _, err := conn.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS `+quoted(q.options.Schema)); err != nil {
			return err
		}
	}
	m, err := rivermigrate.New(riverdatabasesql.New(q.db), &rivermigrate.Config{Schema: q.options.Schema, Logger: riverLog(q.options.Logger)})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// quoted returns a name as SQL has it.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
