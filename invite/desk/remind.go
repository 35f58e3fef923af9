package desk

import (
	"context"
	"database/sql"

	"github.com/convene-go/convene/invite"
)

func (d *Desk) planReminder(ctx context.Context, tx *sql.Tx, key string, m *invite.Meeting) (bool, error) {
	return false, nil
}

func (d *Desk) deliverReminders(ctx context.Context, was *stored, client *invite.Client) error {
	return nil
}
