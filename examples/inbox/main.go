// Command inbox shows how answers reach meetings: it watches a mailbox over IMAP and
// gives each mail to a desk (package invite/desk), which keeps the meetings in a SQLite
// file. It moves each mail that the desk has taken in to another folder of the mailbox;
// all other mail stays in place. It is a module of its own, and may be killed at any
// point; see README.md. Run it in this folder with "go run .":
//
//	inbox -imap imaps://desk%40example.com:password@mail.example.com -db FILE
//	      [-import FOLDER] [-done Answers] [-policy strict|open]
//	      [-authserv-id mx.example.com] [-delegates hold|domain|allow]
//	      [-smtp URL] [-resend-after 24h] [-apply ID] [-dismiss ID] [-poll 1m] [-once]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/smtpsend"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "inbox:", err)
		os.Exit(1)
	}
}

// config is the command line.
type config struct {
	imap, smtp, done   string
	policy, authServID string
	delegates          invite.Delegates
	db, imports        string
	apply, dismiss     string
	poll, resendAfter  time.Duration
	once               bool

	now func() time.Time // the clock of the desk, for the tests
}

// parse reads the command line.
func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	set := flag.NewFlagSet("inbox", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&c.imap, "imap", "", "the mailbox: imaps://user:pass@host, or imap:// for STARTTLS")
	set.StringVar(&c.smtp, "smtp", "", "the server for the mails of the meetings; without it they stay pending")
	set.DurationVar(&c.resendAfter, "resend-after", 0, "the time after which a mail is sent again that may or may not have arrived; 0 is never")
	set.StringVar(&c.db, "db", "", "the SQLite file with the meetings; it is made if it does not exist")
	set.StringVar(&c.imports, "import", "", "a folder with meetings in .json files, which are stored first")
	set.StringVar(&c.done, "done", "Answers", "the folder of the mailbox for mail that is dealt with")
	set.StringVar(&c.policy, "policy", "", "who may answer: strict, open, or neither")
	set.StringVar(&c.authServID, "authserv-id", "", "the name of your own server in Authentication-Results")
	set.StringVar((*string)(&c.delegates), "delegates", "", "new delegates: hold all, domain (of the attendee), allow several, or one at a time")
	set.StringVar(&c.apply, "apply", "", "the ID of a held mail that is right, and is taken in first")
	set.StringVar(&c.dismiss, "dismiss", "", "the ID of a held mail that is wrong, and is forgotten first")
	set.DurationVar(&c.poll, "poll", time.Minute, "the pause between looks, if the server cannot tell of new mail (IDLE)")
	set.BoolVar(&c.once, "once", false, "look once and end")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	if c.imap == "" || c.db == "" {
		return nil, errors.New("-imap and -db are needed")
	}
	return c, nil
}

func run(ctx context.Context, args []string, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	w, end, err := newWorker(ctx, c, stderr)
	if err != nil {
		return err
	}
	defer end()
	return w.work(ctx)
}

// newWorker returns the worker of the command line, and a function that closes its
// database and its connections for mail.
func newWorker(ctx context.Context, c *config, stderr io.Writer) (w *worker, end func(), err error) {
	w = &worker{config: c, log: slog.New(slog.NewTextHandler(stderr, nil)), step: func(string) {}}
	policy, err := c.accept()
	if err != nil {
		return nil, nil, err
	}
	client, closeClient := invite.New(nil, nil), func() error { return nil }
	if c.smtp != "" {
		sender, err := smtpsend.Open(c.smtp)
		if err != nil {
			return nil, nil, fmt.Errorf("-smtp: %w", err)
		}
		client, closeClient = invite.New(w.stepping(sender), nil), sender.Close
	}
	closeDesk, err := w.openDesk(ctx, client, policy)
	if err != nil {
		return nil, nil, errors.Join(err, closeClient())
	}
	return w, func() { _ = errors.Join(closeClient(), closeDesk()) }, nil
}

// stepping tells the tests of the moments between which a mail may or may not have been
// handed over.
func (w *worker) stepping(s invite.Sender) invite.Sender {
	return invite.SenderFunc(func(ctx context.Context, m *invite.Message) error {
		w.step("claimed")
		err := s.Send(ctx, m)
		w.step("handed over")
		return err
	})
}

// accept returns the policy of the command line.
func (c *config) accept() (*invite.Policy, error) {
	var p *invite.Policy
	switch c.policy {
	case "":
		p = &invite.Policy{AuthServID: c.authServID}
	case "strict":
		p = invite.Strict(c.authServID)
	case "open":
		p = invite.InsecureAcceptAny()
	default:
		return nil, fmt.Errorf("-policy: %q is neither strict nor open", c.policy)
	}
	switch p.Delegates = c.delegates; p.Delegates {
	case invite.DelegatesOne, invite.DelegatesHold, invite.DelegatesDomain, invite.DelegatesAllow:
		return p, nil
	}
	return nil, fmt.Errorf("-delegates: %q is neither hold, domain nor allow", c.delegates)
}
