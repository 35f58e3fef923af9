// Command inbox shows how answers reach meetings: it watches a mailbox over IMAP
// and applies the answers in it to meetings that are stored as JSON files in a
// folder. It moves each mail that needs no person any more to another folder of
// the mailbox; all other mail stays in place. It is a module of its own, and may be
// killed at any point; see README.md. Run it in this folder with "go run .":
//
//	inbox -imap imaps://desk%40example.com:password@mail.example.com -meetings DIR
//	      [-done Answers] [-policy strict|open] [-authserv-id mx.example.com]
//	      [-smtp URL] [-poll 1m] [-once]
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
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/smtpsend"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
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
	meetings           folder
	poll               time.Duration
	once, resend       bool
}

// parse reads the command line.
func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	set := flag.NewFlagSet("inbox", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&c.imap, "imap", "", "the mailbox: imaps://user:pass@host, or imap:// for STARTTLS")
	set.StringVar(&c.smtp, "smtp", "", "the server for invitations of delegates; without it they stay pending")
	set.BoolVar(&c.resend, "resend", false, "also send mails once more that may or may not have arrived")
	set.StringVar((*string)(&c.meetings), "meetings", "", "the folder of the meetings")
	set.StringVar(&c.done, "done", "Answers", "the folder of the mailbox for mail that is dealt with")
	set.StringVar(&c.policy, "policy", "", "who may answer: strict, open, or neither")
	set.StringVar(&c.authServID, "authserv-id", "", "the name of your own server in Authentication-Results")
	set.StringVar((*string)(&c.delegates), "delegates", "", "new delegates: hold all, domain (of the attendee), allow several, or one at a time")
	set.DurationVar(&c.poll, "poll", time.Minute, "the pause between looks, if the server cannot tell of new mail (IDLE)")
	set.BoolVar(&c.once, "once", false, "look once and end")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	if c.imap == "" || c.meetings == "" {
		return nil, errors.New("-imap and -meetings are needed")
	}
	return c, nil
}

func run(ctx context.Context, args []string, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	w, end, err := newWorker(c, stderr)
	if err != nil {
		return err
	}
	defer end()
	return w.watch(ctx)
}

// newWorker returns the worker of the command line, and a function that ends its
// connections for mail.
func newWorker(c *config, stderr io.Writer) (w *worker, end func(), err error) {
	w = &worker{config: c, log: slog.New(slog.NewTextHandler(stderr, nil)), step: func(string) {}}
	if w.accept, err = c.accept(); err != nil {
		return nil, nil, err
	}
	if c.smtp == "" {
		return w, func() {}, nil
	}
	sender, err := smtpsend.Open(c.smtp)
	if err != nil {
		return nil, nil, err
	}
	w.client = invite.New(sender, nil)
	return w, func() { sender.Close() }, nil
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
