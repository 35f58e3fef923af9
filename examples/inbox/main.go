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
	meetings           folder
	poll               time.Duration
	once               bool
}

// parse reads the command line.
func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	set := flag.NewFlagSet("inbox", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&c.imap, "imap", "", "the mailbox: imaps://user:pass@host, or imap:// for STARTTLS")
	set.StringVar(&c.smtp, "smtp", "", "the server for invitations of delegates; without it none are sent")
	set.StringVar((*string)(&c.meetings), "meetings", "", "the folder of the meetings")
	set.StringVar(&c.done, "done", "Answers", "the folder of the mailbox for mail that is dealt with")
	set.StringVar(&c.policy, "policy", "", "who may answer: strict, open, or neither")
	set.StringVar(&c.authServID, "authserv-id", "", "the name of your own server in Authentication-Results")
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
	w := &worker{config: c, log: slog.New(slog.NewTextHandler(stderr, nil)), step: func(string) {}}
	if w.accept, err = c.accept(); err != nil {
		return err
	}
	if c.smtp != "" {
		sender, err := smtpsend.Open(c.smtp)
		if err != nil {
			return err
		}
		defer sender.Close()
		w.client = invite.New(sender, nil)
	}
	return w.watch(ctx)
}

// accept returns the policy of the command line.
func (c *config) accept() (*invite.Policy, error) {
	switch c.policy {
	case "":
		return &invite.Policy{AuthServID: c.authServID}, nil
	case "strict":
		return invite.Strict(c.authServID), nil
	case "open":
		return invite.InsecureAcceptAny(), nil
	}
	return nil, fmt.Errorf("-policy: %q is neither strict nor open", c.policy)
}
