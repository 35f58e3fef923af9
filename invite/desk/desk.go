package desk

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

// Desk keeps meetings in a database. It is safe for concurrent use, and several
// processes may have desks on one database. The zero value cannot be used; see [Open].
type Desk struct {
	*core
	tx         *sql.Tx // the transaction that all calls work in, or nil
	keepEvents bool    // in the transaction, events are kept for later
	tag        *string // the only tag that it knows, or nil for all: see WithTag
}

// core is the part that a desk shares with its copies for transactions.
type core struct {
	db      *sql.DB
	dialect dialect
	client  *invite.Client
	options Options
	wake    chan struct{} // has a value if this process has queued something
	writer  chan struct{} // has a value while this process writes to SQLite
	open    sync.Map      // from *sql.Tx to *atomic.Bool: see beginTx
	pool    pool
}

// Options say how a [Desk] works. Nil and zero values are right and safe.
type Options struct {
	// Policy says who may answer. If it is nil, it is the zero [invite.Policy], which
	// refuses answers of people who are not invited. Such a mail is not kept. With
	// Uninvited set to [invite.UninvitedHold], a person can decide, see [Desk.Held].
	// Its function GroupMember may be called inside a transaction, so it must not
	// use the desk's database.
	Policy *invite.Policy
	// Policies returns the policy for the answers to a meeting, by [invite.Meeting.Tag], so
	// that each tenant can have a policy of their own. If it is nil or returns nil, Policy
	// counts. It may be called inside a transaction, so it must not use the desk's
	// database. The Meeting is for reading.
	Policies func(m *invite.Meeting) *invite.Policy
	// Clients returns the client for the mails of a meeting, by [invite.Meeting.Tag],
	// so that each tenant can have a sender of their own. Only Tag is set in the
	// Meeting of a [Desk.Send]. If Clients is nil, the client of [Open] is used.
	// Clients is called for each piece of work, also by several goroutines at once. So
	// it returns the same client again, because a new one has no connections, and a
	// limit of its own. Its error comes back from Send and the other methods, wrapped.
	Clients func(ctx context.Context, m *invite.Meeting) (*invite.Client, error)
	// OnEvent is told of each event inside the transaction that stores it. It is not told
	// of calls of the program, such as Update and Cancel, nor of answers that do not count
	// any more because such a call asked everybody anew. OnEvent writes
	// only through tx, uses ctx for it, and sends nothing over the network. It may be
	// called again with the same event, if the transaction was rolled back. After two
	// seconds its ctx is done. If it fails or panics, its writes are undone, the fact
	// stays, and the event is kept for another try. Later events of the meeting wait for
	// it.
	//
	// It often needs the desk, to answer an event by [Desk.WithTx] of tx. Declare
	// var d *desk.Desk before the call of Open, assign its result to d, and use d in
	// the function: Open itself tells no event.
	OnEvent func(ctx context.Context, tx *sql.Tx, e Event) error
	// Enqueue tells a queue of a job, inside the transaction that stores its work. If
	// it fails, nothing is stored. It is nil if [Desk.Run] does the work.
	Enqueue func(ctx context.Context, tx *sql.Tx, j Job) error
	// Files returns the data of a file that [invite.Attach] sent, as Files of
	// [invite.Options] does, because the desk keeps the names and hashes of files and not
	// their data. It is called outside of any transaction, when mails are sent. If it
	// fails, the mails with the file are tried again later, and refused after five days,
	// as mails that the server does not take. [invite.ErrSkipFile] sends them without the
	// file. If Files is nil, the function of the client is used, and if that is nil too,
	// calls with Attach are refused.
	Files func(ctx context.Context, uid, name, hash string) ([]byte, error)
	// Settle is the time for which the mails of an update wait for the next update,
	// which then overtakes them. So ten edits in a minute are one mail. The mails
	// never wait longer than ten times as long. 0 sends at once.
	Settle time.Duration
	// ResendUnknownAfter is the time after which a mail is sent again that may or may
	// not have arrived. 0 means never, so that no mail goes out twice and a person has
	// to look at [invite.Tally].Unknown, and to say what became of the mail, see
	// [Desk.Resolve]. A service without such a person chooses which is worse: to miss an
	// invitation, or to get it twice.
	ResendUnknownAfter time.Duration
	// RemindBefore has the times before the start of a meeting at which the attendees
	// who accepted or have not answered are reminded, such as 24 hours and one hour.
	// The reminder is a mail without a calendar object. An attendee gets each once for
	// every occurrence. If a meeting moves, it has new ones. Rooms and resources get none.
	RemindBefore []time.Duration
	// Calendar returns the calendar of a meeting's organizer, in which the desk keeps an
	// entry of the meeting, see package organizer. It is nil without an error if this
	// meeting has none. If Calendar is nil, there are no entries. All processes of the
	// desk set it, also those that only store meetings. The Meeting has no Deliveries.
	//
	// The entry follows each change of the event and each answer, as a job of its own
	// ([JobCalendar]), which never delays a mail. If the calendar fails, the job is tried
	// again after a minute, then after twice as long each time, and at last every hour
	// for a month, or as late as the server asks for. If the organizer changes the entry,
	// the desk tells an [EventDrifted] when it next works at the entry. Answers that the
	// organizer's server has taken in by itself are taken into the meeting, with
	// "calendar" as [invite.Answer.Via], except delegations to somebody new.
	//
	// If Calendar is set for the first time, Open lets all meetings that are not over
	// have entries. [Desk.Delete] leaves the entry as it is. Of Graph, the UID has to be
	// reserved before [Desk.Send], see [organizer.Reserver].
	//
	// Calendar is called outside of any transaction, by several goroutines at once, for
	// each piece of work. So it returns the same calendar again. ctx ends with this piece
	// of work, which may take a minute.
	Calendar func(ctx context.Context, m *invite.Meeting) (organizer.Calendar, error)
	// CalendarEvery is the least time between two changes of one entry, and the time for
	// which a change waits for the next one. So ten answers in a second change the entry
	// once. 0 stands for 3 seconds.
	CalendarEvery time.Duration
	// DriftEvery is the time after which the desk looks at the entry of a meeting again
	// that is not over, although the meeting has not changed. 0 means never.
	DriftEvery time.Duration
	// Logger is told of failures, such as a mail that was refused for good. Ten lines at
	// most are about the refused mails of one call, and a last line counts them all. If
	// it is nil, [slog.Default] is used. Lines at level info and above name meetings by
	// their UID, and mails by their number and Message-ID. They have no address, no name and
	// no title, and of the words of a server only its status, such as "550 5.1.1". All that
	// is in lines at level debug. Of errors of the program's own functions, words with an
	// address and quoted values are left out.
	Logger *slog.Logger
	// Observe is told of each [invite.Step], for traces and counters, as Observe of
	// [invite.Options] is, whose rules it keeps. It takes the place of the client's Observe
	// in all work of the desk, so no step is told twice. If it is nil, the client's own
	// Observe is told of the steps of its mails, and nobody of the others. Calls of a
	// client with [Desk.Ledger] are calls of the client.
	//
	// Each call of the desk tells of the mails that it plans, and checks, and [Desk.Work]
	// of the mails that it sends. These steps are told before the commit. If the desk
	// plans a call again because of a conflict, they come again, and if the call fails, they
	// stay told. An [invite.StepApplied] comes once, after the commit. In a transaction of the
	// program it is told before, and stays told if the program rolls back.
	//
	// The context of a mail's steps is that of Work or [Desk.Run], and not of the call that
	// queued the mail. Both have the Message-ID.
	Observe func(ctx context.Context, s invite.Step)
	// Now is the clock. If it is nil, [time.Now] is used.
	Now func() time.Time
}

// The errors of a [Desk] that a program decides on.
var (
	// ErrNotFound reports a UID, a proposal or a held mail that is not stored. For
	// errors.Is it is also [invite.ErrNoMeeting].
	ErrNotFound error = notFound{}
	// ErrConflict reports that somebody else has changed a meeting meanwhile, or that
	// one of its mails has just gone out. With [Desk.WithTx] it means: roll back, and
	// run your transaction again. [Desk.InTx] does that itself. Outside of a transaction
	// the desk plans the call again by itself, up to 50 times. If it gives up, the error
	// is ErrConflict too, and nothing is stored.
	ErrConflict = errors.New("desk: the meeting was changed meanwhile")
	// ErrInside reports a call with the context of [Options].OnEvent outside its
	// transaction. Such a call would wait for the transaction that waits for it. Use
	// [Desk.WithTx] there.
	ErrInside = errors.New("desk: called inside OnEvent without its transaction")
	// ErrNewerSchema reports a database whose tables a newer program has made.
	ErrNewerSchema = errors.New("desk: the tables in the database are newer than this program")
)

// Open returns a desk on a database, which is SQLite or PostgreSQL. Open asks it. The
// tables of the desk are named convene_…. Open makes them, and changes those of an
// older version. Several programs may do so at once. If a newer program has changed
// them, the error is [ErrNewerSchema].
//
// c sends the mails. It may be nil if o.Clients is set. Its Ledger is not used. If o is
// nil, it stands for the zero value. o is copied.
func Open(ctx context.Context, db *sql.DB, c *invite.Client, o *Options) (*Desk, error) {
	if db == nil {
		return nil, errors.New("desk: open: there is no database: db is nil")
	}
	if o == nil {
		o = new(Options)
	}
	x := &core{db: db, client: c, options: *o, wake: make(chan struct{}, 1), writer: make(chan struct{}, 1)}
	if err := x.options.check(c); err != nil {
		return nil, err
	}
	d := &Desk{core: x}
	// Two programs that make a new file of SQLite at once find it locked for a moment.
	err := patiently(ctx, isBusy, func() (err error) {
		x.dialect, err = ask(ctx, db)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := d.migrate(ctx); err != nil {
		return nil, fmt.Errorf("desk: open: %w", err)
	}
	x.dialect.warn(ctx, db, x.log())
	if err := d.planReminders(ctx); err != nil {
		return nil, fmt.Errorf("desk: open: %w", err)
	}
	if err := d.planEntries(ctx); err != nil {
		return nil, fmt.Errorf("desk: open: %w", err)
	}
	return d, nil
}

// check reports options that cannot work, and makes the copy independent of the caller.
func (o *Options) check(c *invite.Client) error {
	if c == nil && o.Clients == nil {
		return errors.New("desk: open: there is neither a client nor Options.Clients")
	}
	for _, x := range []struct {
		name string
		d    time.Duration
	}{{"Settle", o.Settle}, {"ResendUnknownAfter", o.ResendUnknownAfter}, {"CalendarEvery", o.CalendarEvery}, {"DriftEvery", o.DriftEvery}} {
		if x.d < 0 {
			return fmt.Errorf("desk: open: Options.%s: is negative: %v", x.name, x.d)
		}
	}
	o.CalendarEvery = cmp.Or(o.CalendarEvery, defaultCalendarEvery)
	o.RemindBefore = slices.Clone(o.RemindBefore)
	for _, before := range o.RemindBefore {
		if before < time.Minute || before > longestBefore {
			return fmt.Errorf("desk: open: Options.RemindBefore: %v is not between a minute and a year", before)
		}
	}
	slices.Sort(o.RemindBefore)
	o.RemindBefore = slices.Compact(o.RemindBefore)
	if o.Policy != nil {
		p := *o.Policy
		o.Policy = &p
	}
	return nil
}

// longestBefore is the longest time before a start at which people can be reminded.
const longestBefore = 366 * 24 * time.Hour

// now is the time of the desk's clock.
func (c *core) now() time.Time {
	if c.options.Now != nil {
		return c.options.Now()
	}
	return time.Now()
}

// log returns the logger.
func (c *core) log() *slog.Logger {
	return cmp.Or(c.options.Logger, slog.Default())
}

// clientFor returns the client for the mails of a meeting. Its ledger is nil.
func (c *core) clientFor(ctx context.Context, m *invite.Meeting) (*invite.Client, error) {
	client := c.client
	if c.options.Clients != nil {
		var err error
		if client, err = c.options.Clients(ctx, m); err != nil {
			return nil, fmt.Errorf("desk: Options.Clients: tag %.80q: %w", m.Tag, err)
		}
	}
	if client == nil {
		return nil, fmt.Errorf("desk: Options.Clients: tag %.80q has no client", m.Tag)
	}
	if c.options.Files != nil {
		client = client.WithFiles(c.options.Files)
	}
	if c.options.Observe != nil {
		client = client.WithObserve(c.options.Observe)
	}
	return client.WithLedger(nil), nil
}

// notFound is the type of [ErrNotFound].
type notFound struct{}

func (notFound) Error() string { return "desk: not found" }

// Is reports whether target is [invite.ErrNoMeeting].
func (notFound) Is(target error) bool { return target == invite.ErrNoMeeting }
