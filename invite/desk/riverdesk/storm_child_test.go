package riverdesk_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/desk/riverdesk"
)

// child is a worker process that the storm kills.
type child struct {
	DSN, Dir string
	RunTime  time.Duration // of a job; a job of a dead process is rescued after twice as long
}

// childEnv is the variable that makes this test program a worker process.
const childEnv = "RIVERDESK_CHILD"

func init() { roles[childEnv] = runChild }

// runChild is the main function of a worker process. It works until its standard input
// ends.
func runChild(settings string) error {
	var c child
	if err := json.Unmarshal([]byte(settings), &c); err != nil {
		return err
	}
	db, err := sql.Open("pgx", c.DSN)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	ctx := context.Background()
	listen, err := pgxpool.New(ctx, c.DSN)
	if err != nil {
		return err
	}
	q, err := riverdesk.NewWithTimes(db, listen, &riverdesk.Options{Logger: quiet()}, c.RunTime, 2*c.RunTime)
	if err != nil {
		return err
	}
	if err := again(func() error { return c.start(ctx, db, q) }); err != nil {
		return err
	}
	fmt.Println("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	return q.Stop(ctx)
}

// start opens a desk and starts the queue.
func (c *child) start(ctx context.Context, db *sql.DB, q *riverdesk.Queue) error {
	d, err := desk.Open(ctx, db, invite.New(invite.SenderFunc(c.send), &invite.Options{Parallel: 4}), &desk.Options{
		Enqueue: q.Enqueue, OnEvent: told, Logger: quiet(),
	})
	if err != nil {
		return err
	}
	return q.Start(ctx, d)
}

// again runs f until it succeeds, for a minute: the database may just be starting.
func again(f func() error) error {
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		err := f()
		if err == nil || time.Since(begin) > time.Minute {
			return err
		}
	}
}

// refused is the failure of a mail that the server refuses.
type refused struct{}

func (refused) Error() string     { return "550 no such user" }
func (refused) Recipient() string { return "" }
func (refused) Refused() bool     { return true }

// send notes the mail in a file. A line is there before the mail is taken for delivered,
// and stays if the process is killed. One mail in ten to p3 is refused.
func (c *child) send(_ context.Context, m *invite.Message) error {
	time.Sleep(rand.N(3 * time.Millisecond))
	if m.To[0] == "p3@example.com" && rand.IntN(10) == 0 {
		return errors.Join(c.note("refused", m.ID), refused{})
	}
	return c.note("sent", m.ID)
}

// note adds a line to a file.
func (c *child) note(name, line string) error {
	f, err := os.OpenFile(filepath.Join(c.Dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	return errors.Join(err, f.Close())
}

// told writes an event into the table of the program.
func told(ctx context.Context, tx *sql.Tx, e desk.Event) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO told (id, kind, what) VALUES ($1, $2, $3)`, e.ID, string(e.Kind), e.Delivery.MessageID)
	return err
}
