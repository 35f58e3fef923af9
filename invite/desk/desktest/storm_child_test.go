package desktest

import (
	"bytes"
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
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/organizer"
)

// child is the service that the storm kills. It runs in a process of its own.
type child struct {
	Driver, DSN, Dir string
	// Meetings is the number of meetings that it books at most.
	Meetings int
	// Book says that it books, moves, answers and cancels without end. Otherwise it is the
	// last child: it books the meetings that are missing, takes in the answers that wait,
	// sends the rest, and ends.
	Book bool
	// Deliver says that it calls Deliver for all meetings, and not Run.
	Deliver bool
	// Calendar is the URL of a CalDAV server that has the entries of the meetings. It is ""
	// if there are none.
	Calendar string
	// Epoch is the time at which the clock begins to be fast. If it is zero, the clock is
	// right.
	Epoch time.Time
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
	o := &desk.Options{OnEvent: told, Policy: invite.InsecureAcceptAny(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: c.now}
	if c.Calendar != "" {
		calendar, err := openCalendar(c.Calendar)
		if err != nil {
			return err
		}
		o.CalendarEvery = 10 * time.Second // of the fast clock
		o.Calendar = func(context.Context, *invite.Meeting) (organizer.Calendar, error) { return calendar, nil }
	}
	d, err := desk.Open(ctx, db, invite.New(invite.SenderFunc(c.send), &invite.Options{Parallel: 4}), o)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if c.Deliver {
		return c.deliverAll(ctx, d)
	}
	if !c.Book { // all others are dead
		if _, err := d.Leftovers(ctx, c.now()); err != nil {
			return err
		}
		if err := c.rest(ctx, db, d); err != nil {
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
		for _, err := range d.Waiting(ctx, time.Time{}) {
			if err != nil {
				return err
			}
			waiting = true
		}
	}
	stop()
	return <-ended
}

// now is the clock. For the last child, all mails are due that have failed for a while.
func (c *child) now() time.Time {
	now := time.Now()
	if !c.Epoch.IsZero() {
		now = c.Epoch.Add(fast * now.Sub(c.Epoch))
	}
	if c.Book || c.Deliver {
		return now
	}
	return now.Add(2 * time.Hour)
}

// fast is the speed of a fast clock. A minute, which is the first pause after a failure, is
// less than a second.
const fast = 100

// failure is the failure of a mail.
type failure struct{ refused bool }

func (f failure) Error() string     { return fmt.Sprintf("failed, refused: %t", f.refused) }
func (f failure) Recipient() string { return "" }
func (f failure) Refused() bool     { return f.refused }

// send notes the mail in a file. A line is there before the mail is taken for delivered,
// and stays if the process is killed. Some mails to p2 fail for a while, some to p3 are
// refused, and some recipients answer at once.
func (c *child) send(ctx context.Context, m *invite.Message) error {
	time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond)
	switch {
	case c.Book && m.To[0] == address(2) && rand.IntN(10) == 0:
		return failure{}
	case c.Meetings > 0 && m.To[0] == address(3) && rand.IntN(10) == 0:
		return errors.Join(c.note("refused", m.ID), failure{refused: true})
	}
	if err := c.note("sent", m.ID); err != nil {
		return err
	}
	if c.Book && rand.IntN(3) == 0 {
		return c.reply(ctx, m)
	}
	return nil
}

// reply puts the answer of a recipient into the mailbox of the organizer.
func (c *child) reply(ctx context.Context, m *invite.Message) error {
	in, err := invite.Read(bytes.NewReader(m.Data), nil)
	if err != nil || in.Kind != invite.KindRequest {
		return err
	}
	mailbox := invite.SenderFunc(func(_ context.Context, m *invite.Message) error {
		name := fmt.Sprint(rand.Uint64())
		if err := os.WriteFile(filepath.Join(c.Dir, name), m.Data, 0o600); err != nil {
			return err
		}
		return os.Rename(filepath.Join(c.Dir, name), filepath.Join(c.Dir, mailboxDir, name))
	})
	return invite.New(mailbox, nil).Respond(ctx, in, invite.Response{
		As: m.To[0], Status: ical.StatusTentative, Comment: fmt.Sprintf("mail %d", rand.Uint64()),
	})
}

// mailboxDir is the folder of the answers that have not been taken in.
const mailboxDir = "mailbox"

// receive takes in one mail of the mailbox, which two may do at once. The mail stays there
// until it is taken in, so if the process is killed, it comes again.
func (c *child) receive(ctx context.Context, d *desk.Desk, name string) error {
	path := filepath.Join(c.Dir, mailboxDir, name)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	got, err := d.Receive(ctx, &inbox.Mail{Data: data})
	if err != nil {
		return err
	}
	if got.Outcome.Verdict == invite.VerdictApplied {
		if err := c.note("answers", got.Events[0].Answer.Comment); err != nil {
			return err
		}
	}
	if err := c.note("verdicts", string(got.Outcome.Verdict)); err != nil {
		return err
	}
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// rest books the meetings that are missing, and takes in the answers that wait.
func (c *child) rest(ctx context.Context, db *sql.DB, d *desk.Desk) error {
	for i := range c.Meetings {
		if err := c.bookOne(ctx, db, d, uidOf(i)); err != nil && !errors.Is(err, errEnough) {
			return err
		}
	}
	waiting, err := os.ReadDir(filepath.Join(c.Dir, mailboxDir))
	for _, x := range waiting {
		if err == nil {
			err = c.receive(ctx, d, x.Name())
		}
	}
	return err
}

// uidOf returns the UID of a meeting.
func uidOf(i int) string { return fmt.Sprintf("m%d@example.com", i) }

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
	case e.Drift != nil:
		data, err := json.Marshal(e.Drift.Changes)
		if err != nil {
			return err
		}
		what = fmt.Sprint(e.UID, " ", e.Drift.Deleted, " ", string(data))
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO told (id, kind, attendee) VALUES ($1, $2, $3)`, e.ID, string(e.Kind), what)
	return err
}

// deliverAll delivers all meetings once, several at a time.
func (c *child) deliverAll(ctx context.Context, d *desk.Desk) error {
	var all sync.WaitGroup
	free := make(chan struct{}, 4)
	for j, err := range d.Waiting(ctx, time.Time{}) {
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

// step does one thing to one meeting. It notes what was acknowledged.
func (c *child) step(ctx context.Context, db *sql.DB, d *desk.Desk) error {
	uid := uidOf(rand.IntN(c.Meetings))
	if c.Calendar != "" { // leaves some time to the calendar
		time.Sleep(rand.N(40 * time.Millisecond))
	}
	switch rand.IntN(10) {
	case 0, 1, 2:
		return c.bookOne(ctx, db, d, uid)
	case 3, 4:
		m, err := d.Update(ctx, uid, move(time.Minute))
		if err != nil {
			return err
		}
		return c.note("moved", fmt.Sprint(uid, " ", m.Event.Sequence))
	case 5:
		if rand.IntN(4) > 0 || c.Calendar != "" && rand.IntN(10) > 0 {
			return nil
		}
		if _, err := d.Cancel(ctx, uid); err != nil {
			return err
		}
		return c.note("cancelled", uid)
	case 6, 7:
		waiting, err := os.ReadDir(filepath.Join(c.Dir, mailboxDir))
		if err != nil || len(waiting) == 0 {
			return err
		}
		return c.receive(ctx, d, waiting[rand.IntN(len(waiting))].Name())
	}
	a := invite.Answer{Email: address(rand.IntN(4)), Status: ical.StatusAccepted, Via: "phone", Stamp: time.Now()}
	a.Comment = fmt.Sprintf("phone %d", rand.Uint64())
	o, err := d.Answer(ctx, uid, a)
	if err != nil || o.Verdict != invite.VerdictApplied {
		return err
	}
	return errors.Join(c.note("answers", a.Comment), c.note("phoned", fmt.Sprint(uid, " ", a.Email, " ", a.Stamp.Unix())))
}

// bookOne stores a booking and its meeting in one transaction: in a transaction of the
// desk, or in one of the program.
func (c *child) bookOne(ctx context.Context, db *sql.DB, d *desk.Desk, uid string) error {
	book := func(tx *sql.Tx, d *desk.Desk) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO booking (uid) VALUES ($1) ON CONFLICT DO NOTHING`, uid)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errEnough, err)
		}
		e := soon(4)
		e.UID = uid
		_, err = d.Send(ctx, e)
		return err
	}
	if rand.IntN(2) == 0 {
		if err := d.InTx(ctx, book); err != nil {
			return err
		}
		return c.note("booked", uid)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := book(tx, d.WithTx(tx)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return c.note("booked", uid)
}
