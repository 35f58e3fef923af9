// Command outbox shows how a program keeps meetings in a database: it books rooms
// and invites people to them, and stores bookings, meetings and mails in the same
// transactions. It can be killed at any point and goes on at the next call, and
// several commands may run at the same time. README.md says how. It is a module of
// its own: run it with "go run . -db rooms.db COMMAND" in this folder.
//
//	outbox -db rooms.db book EVENT.json         takes the room and plans the mails; prints the UID
//	outbox -db rooms.db change UID EVENT.json   moves the meeting
//	outbox -db rooms.db cancel UID              frees the room
//	outbox -db rooms.db -smtp URL deliver       sends the pending mails; with -resend also mails that may have arrived
//	                                            (-wait TIME limits the wait for another deliver)
//	outbox -db rooms.db answers FOLDER          takes in the .eml files of a folder
//	outbox -db rooms.db show                    prints the answers to each meeting
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/smtpsend"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, func(string) {}); err != nil {
		fmt.Fprintln(os.Stderr, "outbox:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: outbox -db FILE [-smtp URL] [-authserv-id NAME] [-resend] [-wait TIME] book|change|cancel|deliver|answers|show …")

// run executes one command line. step is told of each step, for the tests.
func run(ctx context.Context, args []string, out io.Writer, step func(string)) error {
	set := flag.NewFlagSet("outbox", flag.ContinueOnError)
	db := set.String("db", "", "the SQLite file")
	smtp := set.String("smtp", "", "the mail server, for deliver")
	authServID := set.String("authserv-id", "", "the name of your own server in Authentication-Results, for answers")
	resend := set.Bool("resend", false, "deliver also mails that may have arrived")
	wait := set.Duration("wait", 10*time.Minute, "how long deliver waits for another process that delivers")
	if err := set.Parse(args); err != nil {
		return err
	}
	if *db == "" || set.NArg() == 0 {
		return errUsage
	}
	s, err := openStore(*db)
	if err != nil {
		return err
	}
	defer s.db.Close()
	s.step = step
	b := &outbox{store: s, policy: &invite.Policy{AuthServID: *authServID}, wait: *wait, out: out, step: step}
	if *smtp != "" {
		sender, err := smtpsend.Open(*smtp)
		if err != nil {
			return err
		}
		defer sender.Close()
		b.sender = sender
	}
	return b.command(ctx, set.Args(), *resend)
}

// command executes the command in args.
func (b *outbox) command(ctx context.Context, args []string, resend bool) error {
	switch {
	case args[0] == "book" && len(args) == 2:
		e, err := readEvent(args[1])
		if err != nil {
			return err
		}
		return b.book(ctx, e)
	case args[0] == "change" && len(args) == 3:
		e, err := readEvent(args[2])
		if err != nil {
			return err
		}
		return b.change(ctx, args[1], func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Update(ctx, m, e, invite.QueueOnly())
		})
	case args[0] == "cancel" && len(args) == 2:
		return b.change(ctx, args[1], func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
			return c.Cancel(ctx, m, invite.QueueOnly())
		})
	case args[0] == "deliver" && len(args) == 1:
		return b.deliver(ctx, resend)
	case args[0] == "answers" && len(args) == 2:
		return b.answers(ctx, args[1])
	case args[0] == "show" && len(args) == 1:
		return b.show(ctx)
	}
	return errUsage
}

func readEvent(path string) (e ical.Event, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return e, err
	}
	err = json.Unmarshal(data, &e)
	return e, err
}
