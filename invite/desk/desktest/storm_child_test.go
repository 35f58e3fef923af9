package desktest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// child is the service that the storm kills. It runs in a process of its own.
type child struct {
	Driver, DSN, Dir string
	// Meetings is the number of meetings that it books at most.
	Meetings int
	// Book says that it books, moves, answers and cancels. Otherwise it sends the rest
	// and ends.
	Book bool
	// Deliver says that it calls Deliver for all meetings, and not Run.
	Deliver bool
}

// childEnv is the variable that makes this test program a child.
const childEnv = "DESKTEST_CHILD"

// runChild is the main function of a child.
func runChild(settings string) error {
	var c child
	if err := json.Unmarshal([]byte(settings), &c); err != nil {
		return err
	}
	db, err := sql.Open(c.Driver, c.DSN)
	if err != nil {
		return err
	}
	ctx := context.Background()
	d, err := desk.Open(ctx, db, invite.New(invite.SenderFunc(c.send), &invite.Options{Parallel: 4}), &desk.Options{
		OnEvent: told, Policy: invite.InsecureAcceptAny(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if c.Deliver {
		return c.deliverAll(ctx, d)
	}
	if !c.Book { // all others are dead
		if _, err := d.Leftovers(ctx, time.Now()); err != nil {
			return err
		}
	}
	run, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.Run(run) }()
	if c.Book {
		c.book(ctx, db, d)
	}
	for waiting := true; waiting; time.Sleep(20 * time.Millisecond) {
		waiting = false
		for _, err := range d.Waiting(ctx) {
			if err != nil {
				return err
			}
			waiting = true
		}
	}
	stop()
	return <-ended
}

// send notes the mail in a file. A line is there before the mail is taken for delivered,
// and stays if the process is killed.
func (c *child) send(_ context.Context, m *invite.Message) error {
	time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond)
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
	what := ""
	switch {
	case e.Delivery != nil:
		what = e.Delivery.MessageID
	case e.Answer != nil:
		what = e.Answer.Comment
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO told (id, kind, attendee) VALUES ($1, $2, $3)`, e.ID, string(e.Kind), what)
	return err
}

// deliverAll delivers all meetings once, several at a time.
func (c *child) deliverAll(ctx context.Context, d *desk.Desk) error {
	var all sync.WaitGroup
	free := make(chan struct{}, 4)
	for j, err := range d.Waiting(ctx) {
		if err != nil {
			return err
		}
		free <- struct{}{}
		all.Go(func() {
			_ = d.Work(ctx, j)
			<-free
		})
	}
	all.Wait()
	return nil
}

// book works at the meetings of the desk from eight goroutines, without end.
func (c *child) book(ctx context.Context, db *sql.DB, d *desk.Desk) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for {
				if err := c.step(ctx, db, d); err != nil && !expected(err) {
					_ = c.note("errors", err.Error())
				}
			}
		})
	}
	all.Wait()
}

// expected reports whether an error is part of the game: the meeting was cancelled, or the
// database is away for a moment.
func expected(err error) bool {
	var pg interface{ SQLState() string }
	return errors.Is(err, invite.ErrCancelled) || errors.Is(err, desk.ErrNotFound) || errors.Is(err, errEnough) ||
		errors.As(err, &pg) && pg.SQLState()[:2] != "42" || isAway(err)
}

var errEnough = errors.New("enough meetings")

// step does one thing to one meeting.
func (c *child) step(ctx context.Context, db *sql.DB, d *desk.Desk) error {
	uid := fmt.Sprintf("m%d@example.com", rand.IntN(c.Meetings))
	switch rand.IntN(8) {
	case 0, 1:
		return bookOne(ctx, db, d, uid)
	case 2, 3:
		_, err := d.Update(ctx, uid, move(time.Minute))
		return err
	case 4:
		if rand.IntN(4) > 0 {
			return nil
		}
		_, err := d.Cancel(ctx, uid)
		return err
	}
	comment := fmt.Sprintf("%s %d %d", uid, os.Getpid(), rand.Uint64())
	o, err := d.Answer(ctx, uid, invite.Answer{
		Email: address(rand.IntN(4)), Status: ical.StatusAccepted, Via: "phone", Comment: comment, Stamp: time.Now(),
	})
	if err == nil && o.Verdict == invite.VerdictApplied {
		return c.note("answers", comment)
	}
	return err
}

// bookOne stores a booking and its meeting in one transaction.
func bookOne(ctx context.Context, db *sql.DB, d *desk.Desk, uid string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	r, err := tx.ExecContext(ctx, `INSERT INTO booking (uid) VALUES ($1) ON CONFLICT DO NOTHING`, uid)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errEnough, err)
	}
	e := soon(4)
	e.UID = uid
	if _, err := d.WithTx(tx).Send(ctx, e); err != nil {
		return err
	}
	return tx.Commit()
}
