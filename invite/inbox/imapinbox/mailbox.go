package imapinbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/internal/serverurl"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/internal/retry"
)

// Mailbox is a source of mails. One goroutine uses it at a time.
type Mailbox struct {
	o    *Options
	addr string
	name slog.Attr // names the mailbox in the log

	plan     retry.Plan[*entry]
	folders  []*folder
	given    map[*inbox.Mail]*entry // mails that Next has returned, without Done
	unmarked map[string]bool        // mails that are taken in, by ID, and lost their UID before they were marked

	conn   *conn
	pauses *backoff.ExponentialBackOff // between tries to connect
	again  time.Time                   // no try to connect before
	echo   echo
	looked bool // whether a look has succeeded
	owed   bool // whether the last look found mails, and Next has returned none of them

	step func(name string) // is told of each step, for the tests
}

var _ inbox.Source = (*Mailbox)(nil)

// Open returns the mailbox of a URL as a source:
//
//	imaps://user:password@host:993          TLS
//	imap://user:password@host:143           STARTTLS required
//	imaps://user:password@host/Answers      the folder Answers instead of INBOX
//
// The port may be left out. User, password and folder must be percent-encoded. The query
// may have these parameters:
//
//	tls=required|implicit|insecure-none
//	auth=oauthbearer|xoauth2|plain|login    one mechanism; for the first two the
//	                                        password is the access token
//	ca=FILE                                 PEM certificates; no others are trusted
//	cert=FILE&key=FILE                      a client certificate, PEM
//
// tls=insecure-none also needs [Options.InsecureAllowPlaintextAuth], which only a function
// can set, because each connection logs in.
//
// The functions set options that a URL cannot express. They are called in order, with the
// options that the URL asks for, and may change them.
//
// Open does not connect. Its error never contains a part of the user or password. The
// first Next fails if the server refuses the login, if it refuses STARTTLS, if its
// certificate is not trusted, or if a folder does not exist. Other faults, and all faults
// after the first look, are logged, and the source tries again after a second, and later
// after up to 5 minutes.
//
// # Mails
//
// Next takes the mails without the flags \Seen, \Flagged, \Answered, \Deleted, \Draft and
// $Forwarded, folder by folder, each in the order of arrival. So a person who reads or
// marks a mail keeps it. A mail that is taken in gets the flag \Seen, and no mail is moved
// or removed.
//
// A mail that cannot be taken in is tried again later, while the others go on. After
// [Options.Tries] failures it is set aside: it gets the flag \Flagged, stays unread, and
// mail clients show it with a star. Without star, and still unread, it is tried again. If
// three mails in a row fail, the fault is probably not theirs. Next then waits up to a
// minute before the next try, and no failure counts until a mail is taken in. A mail that
// is too large is set aside at once.
//
// [inbox.Mail.ID] is computed from the content, so that it stays the same if the mail
// moves, or if the server numbers its mails anew. The Recipient is empty, because IMAP
// does not show the envelope: mime.Read finds the recipient that a server notes in
// Delivered-To and similar fields.
//
// # Several readers
//
// Several readers may share a mailbox. Before Next returns a mail, it claims the mail with
// the keyword ConveneClaimed, on condition that nothing has changed the mail (CONDSTORE,
// RFC 7162). So each mail goes to one reader. If a reader is killed, its mail stays claimed
// for [Options.Lease]. Then the mail goes to another reader, or to the same program if it
// has started again.
//
// Servers with CONDSTORE and keywords can do that. It is tested with Dovecot 2.3 and Cyrus
// 3.6. On servers that cannot, such as Exchange, mails are not claimed. There
// several readers may get the same mail, which does no harm to a desk: it takes a mail in
// once. Next logs which of the two holds.
func Open(rawURL string, opts ...func(*Options)) (*Mailbox, error) {
	addr, o, err := parseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("imapinbox: url: %w", err)
	}
	o.apply(opts)
	host, port, err := serverurl.SplitAddr(addr, o.defaultPort())
	if err != nil {
		return nil, fmt.Errorf("imapinbox: url: %w", err)
	}
	if err := o.resolve(host); err != nil {
		return nil, fmt.Errorf("imapinbox: options: %w", err)
	}
	m := &Mailbox{
		o: o, addr: net.JoinHostPort(host, port), name: slog.String("server", host),
		given: make(map[*inbox.Mail]*entry), unmarked: make(map[string]bool),
		pauses: newBackOff(), step: func(string) {},
	}
	m.plan = retry.Plan[*entry]{Place: place{m}, First: o.Retry, Tries: o.Tries, Logger: o.Logger, Source: m.name}
	for _, name := range o.Folders {
		m.folders = append(m.folders, &folder{name: name, known: make(map[uid]*entry)})
	}
	return m, nil
}

// newBackOff returns the pauses between tries to connect.
func newBackOff() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     time.Second,
		RandomizationFactor: backoff.DefaultRandomizationFactor,
		Multiplier:          2,
		MaxInterval:         5 * time.Minute,
	}
}

// Next implements [inbox.Source]. If ctx ends, it closes the connection.
func (m *Mailbox) Next(ctx context.Context) (*inbox.Mail, error) {
	for {
		mail, err := m.next(ctx)
		switch {
		case ctx.Err() != nil && mail == nil:
			m.leave(ctx)
			return nil, fmt.Errorf("imapinbox: %w", ctx.Err())
		case err == nil && mail != nil:
			m.owed = false
			return mail, nil
		case err != nil && !m.looked && isFinal(err):
			m.leave(ctx)
			return nil, fmt.Errorf("imapinbox: %w", err)
		case err != nil:
			m.lose(err)
		}
	}
}

// next does the next piece of work. It returns no mail if the piece leads to none. The
// error says that the connection cannot be used any more.
func (m *Mailbox) next(ctx context.Context) (*inbox.Mail, error) {
	if err := m.plan.Wait(ctx); err != nil {
		return nil, err
	}
	if m.conn == nil {
		if err := sleepUntil(ctx, m.again); err != nil {
			return nil, err
		}
	}
	if err := m.enter(ctx); err != nil {
		return nil, err
	}
	e, ok := m.plan.Pick()
	if !ok {
		return nil, m.refill(ctx)
	}
	return m.take(ctx, e)
}

// sleepUntil returns at the time t, or with an error if ctx ends.
func sleepUntil(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter connects if there is no connection, or if the server has closed it.
func (m *Mailbox) enter(ctx context.Context) error {
	if m.conn != nil {
		select {
		case <-m.conn.Closed():
			m.conn.close()
			m.conn = nil
		default:
			return nil
		}
	}
	c, err := m.o.connect(ctx, m.addr)
	if err != nil {
		return err
	}
	m.conn = c
	m.step("connected")
	return nil
}

// lose drops the connection after an error. The next comes after a pause.
func (m *Mailbox) lose(err error) {
	if m.conn != nil {
		m.conn.close()
		m.conn = nil
	}
	pause := m.pauses.NextBackOff()
	m.again = time.Now().Add(pause)
	m.o.Logger.Error("inbox: no connection to the mailbox", m.name, "error", discreet.Error(err), "again", pause)
}

// leave ends the connection.
func (m *Mailbox) leave(ctx context.Context) {
	if m.conn != nil {
		m.conn.logout(context.WithoutCancel(ctx))
		m.conn = nil
	}
}

// Done implements [inbox.Source].
func (m *Mailbox) Done(ctx context.Context, mail *inbox.Mail, err error) error {
	e := m.given[mail]
	if e == nil {
		return errors.New("imapinbox: Done: the mail is not from this source, or is done already")
	}
	delete(m.given, mail)
	if err != nil {
		m.release(ctx, e)
	}
	m.plan.Done(ctx, e, err)
	return nil
}

// Close ends the connection. A later Next opens a new one.
func (m *Mailbox) Close() error {
	m.leave(context.Background())
	return nil
}
