package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// flags are a parsed command line.
type flags struct {
	command            string
	smtp, out, meeting string
	calendar           string // sync, drift
	hideGuests         bool
	unknown            bool
	occurrence, from   time.Time
	comment            string
	nowText            string // -now
	now                time.Time
	uid                string
	files              []string
	policy, authServID string    // apply
	as, status         string    // answer, respond
	via                string    // answer
	stderr             io.Writer // for everything that is not a result
}

// parseFlags parses the arguments of a command.
func parseFlags(c *command, args []string) (*flags, error) {
	f := &flags{command: c.name}
	set := flag.NewFlagSet(c.name, flag.ContinueOnError)
	set.SetOutput(io.Discard) // run prints the usage
	set.StringVar(&f.nowText, "now", "", "the time that counts as now, RFC 3339")
	set.StringVar(&f.uid, "uid", "", "the identifier of an event that has none")
	for name := range strings.FieldsSeq(c.flags) {
		f.define(set, name)
	}
	if err := set.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errUsage, c.name, err)
	}
	f.files = set.Args()
	if n := len(f.files); n == 0 && c.files >= 0 || n != max(c.files, 0) && c.files != 0 {
		return nil, fmt.Errorf("%w: %s takes %s", errUsage, c.name, c.usage)
	}
	return f, f.setNow()
}

// define adds the flag with a name of command.flags to set. Some names stand for
// two flags that belong together.
func (f *flags) define(set *flag.FlagSet, name string) {
	switch name {
	case "smtp":
		set.StringVar(&f.smtp, name, "", "the server, as smtp://user:pass@host:587")
	case "out":
		set.StringVar(&f.out, name, "", "the folder to write mails to")
	case "calendar":
		set.StringVar(&f.calendar, name, "", "the calendar of the organizer, as https://user:pass@host/")
	case "meeting":
		set.StringVar(&f.meeting, name, "", "the file that holds the meeting")
	case "policy":
		set.StringVar(&f.policy, name, "", "who may answer: strict, open, or neither")
		set.StringVar(&f.authServID, "authserv-id", "", "the name of your own server in Authentication-Results")
	case "said":
		set.StringVar(&f.as, "as", "", "the attendee who answers")
		set.StringVar(&f.status, "status", "", "accepted, declined or tentative")
	case "via":
		set.StringVar(&f.via, name, "invitectl", "the way that the answer came, such as link or phone")
	case "hide-guests":
		set.BoolVar(&f.hideGuests, name, false, "hide the attendees from each other")
	case "unknown":
		set.BoolVar(&f.unknown, name, false, "send again also mails that may have arrived")
	case "occurrence":
		set.Func(name, "the original start of the occurrence, RFC 3339", timeFlag(&f.occurrence))
	case "from":
		set.Func(name, "the original start of the first occurrence to cancel, RFC 3339", timeFlag(&f.from))
	case "comment":
		set.StringVar(&f.comment, name, "", "words to the reader")
	}
}

// timeFlag returns a function that parses an RFC 3339 time into to, or the date of an
// all-day meeting, such as 2027-03-09.
func timeFlag(to *time.Time) func(string) error {
	return func(s string) (err error) {
		if *to, err = time.Parse(time.DateOnly, s); err == nil {
			return nil
		}
		if *to, err = time.Parse(time.RFC3339, s); err != nil {
			return errors.New("not an RFC 3339 time")
		}
		return nil
	}
}

// setNow reads the time once, so that all parts of a run have the same time.
func (f *flags) setNow() (err error) {
	if f.now = time.Now(); f.nowText != "" {
		if f.now, err = time.Parse(time.RFC3339, f.nowText); err != nil {
			return fmt.Errorf("%w: -now: %q is not an RFC 3339 time", errUsage, f.nowText)
		}
	}
	return nil
}

// options returns the options of the library that the command line sets. m is the
// meeting before the call, and e is the event after it; both may be nil.
func (f *flags) options(m *invite.Meeting, e *ical.Event) *invite.Options {
	o := &invite.Options{Now: func() time.Time { return f.now }, NewID: f.newID}
	if f.nowText != "" || f.uid != "" {
		o.Random = f.random(m, e)
	}
	if f.meeting != "" {
		o.Ledger = invite.WholeMeeting(func(_ context.Context, m *invite.Meeting) error { return writeMeeting(f.meeting, m) })
	}
	return o
}

// random returns a source whose octets are computed from everything that decides
// about the mails of a call. So equal calls give equal Message-IDs. Two calls about
// one meeting give different Message-IDs, because its deliveries differ.
func (f *flags) random(m *invite.Meeting, e *ical.Event) io.Reader {
	h := sha256.New()
	// Plain data cannot fail. If the data is invalid, nothing is sent.
	_ = json.NewEncoder(h).Encode([]any{f.command, f.nowText, f.uid, f.occurrence, f.from, f.comment, f.hideGuests, m, e})
	return rand.NewChaCha8([32]byte(h.Sum(nil)))
}

// answered returns the status in -status, and checks -as.
func (f *flags) answered() (ical.Status, error) {
	status := ical.Status(f.status)
	if f.as == "" || !slices.Contains([]ical.Status{ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative}, status) {
		return "", fmt.Errorf("%w: %s needs -as EMAIL and -status accepted, declined or tentative", errUsage, f.command)
	}
	return status, nil
}

// newID returns -uid, or a new identifier if it is not set.
func (f *flags) newID() string {
	if f.uid != "" {
		return f.uid
	}
	return uuid.NewString()
}
