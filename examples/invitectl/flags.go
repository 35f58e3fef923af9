package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/convene-go/convene/invite"
)

// flags are a parsed command line.
type flags struct {
	smtp, out, meeting string
	hideGuests         bool
	unknown            bool
	occurrence, from   time.Time
	comment            string
	now                time.Time
	uid                string
	files              []string
	policy, authServID string    // apply
	as, status         string    // respond
	stderr             io.Writer // for what is not a result
}

func parseFlags(c *command, args []string) (*flags, error) {
	f := new(flags)
	var now string
	set := flag.NewFlagSet(c.name, flag.ContinueOnError)
	set.SetOutput(io.Discard) // run prints the usage
	set.StringVar(&now, "now", "", "the time that counts as now, RFC 3339")
	set.StringVar(&f.uid, "uid", "", "the identifier of an event that has none")
	for name := range strings.FieldsSeq(c.flags) {
		switch name {
		case "smtp":
			set.StringVar(&f.smtp, name, "", "the server, as smtp://user:pass@host:587")
		case "out":
			set.StringVar(&f.out, name, "", "the folder to write mails to")
		case "meeting":
			set.StringVar(&f.meeting, name, "", "the file that holds the meeting")
		case "policy":
			set.StringVar(&f.policy, name, "", "strict, open, or neither")
			set.StringVar(&f.authServID, "authserv-id", "", "the name of your own server in Authentication-Results")
		case "answer":
			set.StringVar(&f.as, "as", "", "the attendee who answers")
			set.StringVar(&f.status, "status", "", "accepted, declined or tentative")
		case "hide-guests":
			set.BoolVar(&f.hideGuests, name, false, "show each attendee only themselves")
		case "unknown":
			set.BoolVar(&f.unknown, name, false, "send again also what may have arrived")
		case "occurrence":
			set.Func(name, "the original start of the occurrence, RFC 3339", timeFlag(&f.occurrence))
		case "from":
			set.Func(name, "the original start of the first occurrence to cancel, RFC 3339", timeFlag(&f.from))
		case "comment":
			set.StringVar(&f.comment, name, "", "words to go with it")
		}
	}
	if err := set.Parse(args); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errUsage, c.name, err)
	}
	f.files = set.Args()
	if n := len(f.files); n == 0 && c.files >= 0 || n != max(c.files, 0) && c.files != 0 {
		return nil, fmt.Errorf("%w: %s takes %s", errUsage, c.name, c.usage)
	}
	return f, f.setClock(now)
}

func timeFlag(to *time.Time) func(string) error {
	return func(s string) (err error) {
		if *to, err = time.Parse(time.RFC3339, s); err != nil {
			return errors.New("not an RFC 3339 time")
		}
		return nil
	}
}

// setClock reads the clock once, so that everything of a run has one time.
func (f *flags) setClock(now string) (err error) {
	if f.now = time.Now(); now != "" {
		if f.now, err = time.Parse(time.RFC3339, now); err != nil {
			return fmt.Errorf("%w: -now: %q is not an RFC 3339 time", errUsage, now)
		}
	}
	return nil
}

// options are those of the library that the command line sets.
func (f *flags) options() *invite.Options {
	return &invite.Options{
		Now:        func() time.Time { return f.now },
		NewID:      f.newID,
		HideGuests: f.hideGuests,
	}
}

func (f *flags) newID() string {
	if f.uid != "" {
		return f.uid
	}
	return uuid.NewString()
}
