// Command invitectl shows the library from a shell: it checks, renders and sends
// meeting requests, changes and cancels meetings, and reads the mails that come
// back. Run it with "go run ./examples/invitectl COMMAND"; the commands are:
//
//	invitectl lint   EVENT.json
//	invitectl render [-hide-guests] -out DIR [-meeting M.json] EVENT.json
//	invitectl send   (-smtp URL | -out DIR) [-hide-guests] -meeting M.json EVENT.json
//	invitectl plan   M.json AFTER.json
//	invitectl update (-smtp URL | -out DIR) -meeting M.json AFTER.json
//	invitectl cancel (-smtp URL | -out DIR) -meeting M.json [-occurrence RFC3339 | -from RFC3339] [-comment TEXT]
//	invitectl resume (-smtp URL | -out DIR) -meeting M.json [-unknown]
//	invitectl read   MAIL.eml...
//	invitectl apply  -meeting M.json [-policy strict|open] [-authserv-id ID] MAIL.eml...
//	invitectl answer -meeting M.json -as EMAIL -status accepted|declined|tentative [-occurrence RFC3339] [-comment TEXT] [-via link|phone|...]
//	invitectl respond -as EMAIL -status accepted|declined|tentative [-occurrence RFC3339] [-comment TEXT] (-smtp URL | -out DIR) MAIL.eml
//	invitectl sync   -calendar URL -meeting M.json
//	invitectl drift  -calendar URL -meeting M.json
//
// EVENT.json is an event as package ical reads it, such as
// examples/preview/testdata/event.json, and M.json is the file of a meeting, which send
// makes. Each result is a line of JSON. The exit status is 0 if the command succeeded, 1
// if something was refused and 2 if the usage was wrong.
//
// -out writes the mails into the folder DIR instead of sending them. Each command
// counts its files from 001 and replaces older ones, so give each a folder of its own.
//
// The file of a meeting is replaced in one step before and after each mail. So a
// command can be killed at any point, and resume sends the rest. Two commands must
// not work on the same meeting at the same time.
//
// sync puts the meeting into the organizer's own calendar on a CalDAV server, whose URL
// is https://user:password@host/, and drift prints what the organizer has changed there.
// sync says of the entry: made, changed, unchanged, deleted (the meeting is cancelled), or
// gone (the organizer has deleted it). The file M.json.entry keeps the entry as the last
// sync left it. Remove that file to make a deleted entry again.
//
// -now pins the clock, and -uid pins the identifier of an event that has none. With
// either of them the Message-IDs are computed from the command line and the
// meeting, so that equal commands give equal bytes. Such Message-IDs can be
// guessed, so use both flags only for tests and examples.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// The exit statuses.
const (
	exitOK      = 0
	exitRefused = 1
	exitUsage   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// command is one subcommand.
type command struct {
	name, usage string
	run         func(ctx context.Context, f *flags, stdout io.Writer) error
	flags       string // the names of the flags that it takes, besides -now and -uid
	files       int    // the number of files that it takes; 0 means one or more
}

// none is the number of files of a command that takes none.
const none = -1

var commands = []command{
	{"lint", "EVENT.json", lint, "", 1},
	{"render", "[-hide-guests] -out DIR [-meeting M.json] EVENT.json", render, "out hide-guests meeting", 1},
	{"send", "(-smtp URL | -out DIR) [-hide-guests] -meeting M.json EVENT.json", send, "smtp out hide-guests meeting", 1},
	{"plan", "M.json AFTER.json", plan, "", 2},
	{"update", "(-smtp URL | -out DIR) -meeting M.json AFTER.json", update, "smtp out meeting", 1},
	{"cancel", "(-smtp URL | -out DIR) -meeting M.json [-occurrence RFC3339 | -from RFC3339] [-comment TEXT]", cancel,
		"smtp out meeting occurrence from comment", none},
	{"resume", "(-smtp URL | -out DIR) -meeting M.json [-unknown]", resume, "smtp out meeting unknown", none},
	{"read", "MAIL.eml...", read, "", 0},
	{"apply", "-meeting M.json [-policy strict|open] [-authserv-id ID] MAIL.eml...", apply, "meeting policy", 0},
	{"answer", "-meeting M.json -as EMAIL -status accepted|declined|tentative [-occurrence RFC3339] [-comment TEXT] [-via link|phone|...]",
		answer, "meeting said occurrence comment via", none},
	{"respond", "-as EMAIL -status accepted|declined|tentative [-occurrence RFC3339] [-comment TEXT] (-smtp URL | -out DIR) MAIL.eml",
		respond, "smtp out said occurrence comment", 1},
	{"sync", "-calendar URL -meeting M.json", syncCalendar, "calendar meeting", none},
	{"drift", "-calendar URL -meeting M.json", drift, "calendar meeting", none},
}

// errUsage reports a wrong command line.
var errUsage = errors.New("usage")

// errRefused reports a refusal. Its reasons are on standard output already.
var errRefused = errors.New("refused")

// run executes one command line and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, stdout, stderr)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errRefused):
		return exitRefused
	case errors.Is(err, flag.ErrHelp):
		printUsage(stderr)
		return exitOK
	case errors.Is(err, errUsage):
		fmt.Fprintln(stderr, "invitectl:", err)
		printUsage(stderr)
		return exitUsage
	}
	fmt.Fprintln(stderr, "invitectl:", err)
	return exitRefused
}

// printUsage lists the commands.
func printUsage(w io.Writer) {
	for _, c := range commands {
		fmt.Fprintf(w, "  invitectl %-7s %s\n", c.name, c.usage)
	}
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: no command", errUsage)
	}
	if slices.Contains([]string{"-h", "-help", "--help", "help"}, args[0]) {
		return flag.ErrHelp
	}
	for _, c := range commands {
		if c.name != args[0] {
			continue
		}
		f, err := parseFlags(&c, args[1:])
		if err != nil {
			return err
		}
		f.stderr = stderr
		return c.run(ctx, f, stdout)
	}
	return fmt.Errorf("%w: unknown command %q", errUsage, args[0])
}
