package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// notice is the line that plan prints for one mail.
type notice struct {
	To       string `json:"to"`
	Method   string `json:"method"`
	Sequence int    `json:"sequence"`
	Reason   string `json:"reason"`
}

// plan prints the notices that update would send. For attendees who would get no
// notice, it prints the reasons to standard error.
func plan(_ context.Context, f *flags, stdout io.Writer) error {
	m, err := readMeeting(f.files[0])
	if err != nil {
		return err
	}
	after, err := readEvent(f.files[1])
	if err != nil {
		return err
	}
	p, err := invite.New(nil, f.options(m, &after)).PlanUpdate(m, after)
	if err != nil {
		return err
	}
	for _, n := range p.Notices {
		if err := printLine(stdout, notice{n.Attendee.Email, string(n.Method), n.Sequence, n.Reason}); err != nil {
			return err
		}
	}
	for _, n := range p.Skipped {
		fmt.Fprintf(f.stderr, "%s: %s\n", n.Attendee.Email, n.Reason)
	}
	return nil
}

// update changes a meeting to the event in a file.
func update(ctx context.Context, f *flags, stdout io.Writer) error {
	after, err := readEvent(f.files[0])
	if err != nil {
		return err
	}
	return change(f, stdout, &after, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		return c.Update(ctx, m, after)
	})
}

// cancel cancels a meeting, one occurrence, or one occurrence and all later ones.
func cancel(ctx context.Context, f *flags, stdout io.Writer) error {
	var opts []invite.CancelOption
	switch {
	case !f.occurrence.IsZero() && !f.from.IsZero():
		return fmt.Errorf("%w: -occurrence and -from exclude each other", errUsage)
	case !f.occurrence.IsZero():
		opts = append(opts, invite.Occurrence(f.occurrence))
	case !f.from.IsZero():
		opts = append(opts, invite.OccurrenceAndLater(f.from))
	}
	if f.comment != "" {
		opts = append(opts, invite.Comment(f.comment))
	}
	return change(f, stdout, nil, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		return c.Cancel(ctx, m, opts...)
	})
}

// resume sends the mails that an earlier command could not send.
func resume(ctx context.Context, f *flags, stdout io.Writer) error {
	var opts []invite.ResumeOption
	if f.unknown {
		opts = append(opts, invite.ResendUnknown())
	}
	return change(f, stdout, nil, func(c *invite.Client, m *invite.Meeting) (*invite.Meeting, error) {
		after, err := c.Resume(ctx, m, opts...)
		if n := after.Tally().Unknown; n > 0 {
			fmt.Fprintf(f.stderr, "%d may have arrived: resume -unknown sends them again\n", n)
		}
		return after, err
	})
}

// change makes one call about a stored meeting and prints the fate of its mails.
// The ledger stores the meeting. e is the event of an update, and otherwise nil.
func change(f *flags, stdout io.Writer, e *ical.Event, call func(*invite.Client, *invite.Meeting) (*invite.Meeting, error)) error {
	m, err := readMeeting(f.meeting)
	if err != nil {
		return err
	}
	sender, done, err := openSender(f)
	if err != nil {
		return err
	}
	defer done()
	after, err := call(invite.New(sender, f.options(m, e)), m)
	return errors.Join(report(after, m.Deliveries, stdout), err)
}
