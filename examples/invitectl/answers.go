package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// verdict is the line that apply prints for one mail.
type verdict struct {
	File string `json:"file"`
	invite.Outcome
}

// apply takes answers into a meeting, in the order of the command line. The file
// is replaced once, at the end, so a command that was stopped can be repeated.
func apply(_ context.Context, f *flags, stdout io.Writer) error {
	if f.meeting == "" {
		return fmt.Errorf("%w: apply needs -meeting M.json", errUsage)
	}
	p, err := f.answerPolicy()
	if err != nil {
		return err
	}
	before, err := readMeeting(f.meeting)
	if err != nil {
		return err
	}
	m := before
	var lines []verdict
	var unread error
	for _, path := range f.files {
		in, err := openMail(path)
		if err != nil {
			unread = errRefused
			lines = append(lines, verdict{path, invite.Outcome{Verdict: invite.VerdictNotAnAnswer, Reason: err.Error()}})
			continue
		}
		after, o := m.Apply(in, p)
		m = after
		lines = append(lines, verdict{path, o})
	}
	if m != before { // store the meeting before printing the verdicts
		if err := writeMeeting(f.meeting, m); err != nil {
			return err
		}
	}
	for _, l := range lines {
		unread = errors.Join(unread, printLine(stdout, l))
	}
	return unread
}

// answerPolicy returns the policy of the command line. Its clock is -now.
func (f *flags) answerPolicy() (*invite.Policy, error) {
	p := new(invite.Policy)
	switch f.policy {
	case "":
		p.AuthServID = f.authServID
	case "strict":
		p = invite.Strict(f.authServID)
	case "open":
		p = invite.InsecureAcceptAny()
	default:
		return nil, fmt.Errorf("%w: -policy: %q is neither strict nor open", errUsage, f.policy)
	}
	p.Now = func() time.Time { return f.now }
	return p, nil
}

// answer takes in an answer that came by a link or by telephone.
func answer(_ context.Context, f *flags, stdout io.Writer) error {
	status, err := f.answered()
	if err != nil {
		return err
	}
	before, err := readMeeting(f.meeting)
	if err != nil {
		return err
	}
	m, o := before.Answer(invite.Answer{
		Email: f.as, Status: status, Comment: f.comment, RecurrenceID: f.occurrence, Stamp: f.now, Via: f.via,
	})
	if m != before {
		if err := writeMeeting(f.meeting, m); err != nil {
			return err
		}
	}
	err = printLine(stdout, o)
	if err == nil && o.Verdict != invite.VerdictApplied && o.Verdict != invite.VerdictDuplicate {
		err = errRefused
	}
	return err
}

// respond answers an invitation as one of its attendees.
func respond(ctx context.Context, f *flags, stdout io.Writer) error {
	status, err := f.answered()
	if err != nil {
		return err
	}
	in, err := openMail(f.files[0])
	if err != nil {
		return err
	}
	sender, done, err := openSender(f)
	if err != nil {
		return err
	}
	defer done()
	err = invite.New(sender, f.options(nil, nil)).Respond(ctx, in, invite.Response{
		As: f.as, Status: status, Comment: f.comment, Occurrence: f.occurrence,
	})
	if err != nil {
		return err
	}
	return printLine(stdout, sentAnswer{f.as, in.Event.Organizer.Email, in.Event.UID, status, in.Reason})
}

// sentAnswer is the line that respond prints.
type sentAnswer struct {
	From   string      `json:"from"`
	To     string      `json:"to"`
	UID    string      `json:"uid"`
	Status ical.Status `json:"status"`
	Reason string      `json:"reason"` // what the invitation is, and what was passed over in it
}

func openMail(path string) (*invite.Inbound, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return invite.Read(file, nil)
}
