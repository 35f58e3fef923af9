package inbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"time"

	"github.com/convene-go/convene/invite/inbox/internal/retry"
)

// MaildirOptions are the choices of a [Maildir]. Zero values are the defaults.
type MaildirOptions struct {
	// Poll is the pause before the next look at an empty Maildir, 5 seconds by
	// default.
	Poll time.Duration
	// MaxSize is the size in octets of the largest mail that is read, 32 MiB by
	// default. A larger mail is set aside.
	MaxSize int64
	// Retry is the pause after the first failure, 10 seconds by default. It doubles
	// with each further failure, up to an hour.
	Retry time.Duration
	// Tries is the number of failures after which a mail is set aside, 30 by
	// default, which takes most of a day. They are counted anew in each process.
	Tries int
	// Logger gets a line for each failure, and for each mail that is set aside. Nil
	// means [slog.Default]. Above level debug, quoted values and words with an address are
	// left out of errors.
	Logger *slog.Logger
}

// Maildir returns the Maildir in the folder dir as a source
// (https://cr.yp.to/proto/maildir.html). It looks for mail at intervals, and starts
// no goroutine. The functions set options.
//
// Next takes the mails without a flag: first all in new, and then all in cur, each in
// the order of arrival. A mail without a flag is in cur if a program was killed, or if a
// mail client has listed the folder. New mails go first, so that a mail that kills the
// program does not stop them. Before Next returns a mail from new, it moves the mail to
// cur. A mail that is taken in gets the flag S (seen).
//
// A mail that cannot be taken in is tried again later, while the others go on. After
// [MaildirOptions.Tries] failures it is set aside: it gets the flag F (flagged), stays
// unread, and mail clients show it with a star. Without star, and still unread, it is
// tried again. If three mails in a row fail, the fault is probably not theirs. Next then
// waits up to a minute before the next try, and no failure counts until a mail is
// taken in. A mail that is too large, compressed or encrypted is set aside at once.
//
// Links, folders and names that begin with a dot are passed over. Several programs
// may read one Maildir. Each mail is given to at least one of them, and seldom to
// more. [Mail.ID] is computed from the content. [Mail.Recipient] is empty, because a
// Maildir does not know the envelope: mime.Read finds the recipient that a server notes
// in Delivered-To and similar fields.
//
// The folder must exist, with its subfolders. If it does not, the first Next fails, and
// with it [Run], because the name may be wrong. So a program that waits for the end of Run
// hears of it at once. The folder is not made here, because it has to belong to the user
// of the mail server.
func Maildir(dir string, opts ...func(*MaildirOptions)) Source {
	m := &maildir{
		dir: dir, separator: separator(runtime.GOOS),
		known: make(map[string]*entry), given: make(map[*Mail]*entry),
		odd: make(map[string]map[string]bool),
	}
	for _, set := range opts {
		set(&m.o)
	}
	setDefault(&m.o.Poll, 5*time.Second)
	setDefault(&m.o.MaxSize, 32<<20)
	setDefault(&m.o.Retry, 10*time.Second)
	setDefault(&m.o.Tries, 30)
	if m.o.Logger == nil {
		m.o.Logger = slog.Default()
	}
	m.plan = retry.Plan[*entry]{
		Place: m, First: m.o.Retry, Tries: m.o.Tries, Logger: m.o.Logger, Source: slog.String("dir", dir),
	}
	return m
}

// setDefault sets a value that is not positive.
func setDefault[T int | int64 | time.Duration](v *T, to T) {
	if *v <= 0 {
		*v = to
	}
}

// maildir is the source that [Maildir] returns.
type maildir struct {
	dir       string
	o         MaildirOptions
	separator string // stands between the unique name of a mail and its flags

	plan  retry.Plan[*entry]
	known map[string]*entry // every mail in plan, or given, by its base
	given map[*Mail]*entry  // mails that Next has returned, without Done

	looked  bool                       // whether a look has succeeded
	nextCur time.Time                  // the time of the next look at cur
	owed    bool                       // whether the last look found mails, and Next has returned none of them
	blind   int                        // looks in a row that failed
	odd     map[string]map[string]bool // for each subfolder, the names that are no files

	reads, listed int // folders read, and names in them; counted for the tests
}

// Next implements [Source].
func (m *maildir) Next(ctx context.Context) (*Mail, error) {
	for {
		if err := m.plan.Wait(ctx); err != nil {
			return nil, fmt.Errorf("inbox: %w", err)
		}
		e, ok := m.plan.Pick()
		if !ok {
			if err := m.refill(); err != nil {
				return nil, err
			}
			continue
		}
		if mail := m.open(ctx, e); mail != nil {
			m.owed = false
			return mail, nil
		}
	}
}

// open returns a mail. It returns nil if the mail is gone, or has to wait.
func (m *maildir) open(ctx context.Context, e *entry) *Mail {
	if e.Taken {
		m.plan.Finish(ctx, e)
		return nil
	}
	data, err := m.read(e)
	if err == nil && e.sub == "new" {
		err = m.rename(e, "")
	}
	switch {
	case err == nil:
		mail := &Mail{ID: retry.ID(data), Data: data}
		m.given[mail] = e
		return mail
	case errors.Is(err, fs.ErrNotExist): // another program has moved or removed it
		m.Forget(e)
	case errors.Is(err, errTooLarge), errors.Is(err, errForm):
		m.plan.SetAside(ctx, e, err)
	default:
		m.plan.Retry(ctx, e, err)
	}
	return nil
}

// Done implements [Source].
func (m *maildir) Done(ctx context.Context, mail *Mail, err error) error {
	e := m.given[mail]
	if e == nil {
		return errors.New("inbox: Done: the mail is not from this source, or is done already")
	}
	delete(m.given, mail)
	m.plan.Done(ctx, e, err)
	return nil
}

// Mark implements [retry.Place].
func (m *maildir) Mark(_ context.Context, e *entry, as retry.Mark) error {
	flag := "S"
	if as == retry.Aside {
		flag = "F"
	}
	err := m.rename(e, flag)
	if errors.Is(err, fs.ErrNotExist) && m.isThere(e.sub) && m.isThere("cur") {
		return retry.ErrGone
	}
	return err
}

// Forget implements [retry.Place].
func (m *maildir) Forget(e *entry) { delete(m.known, e.base) }
