package main

import (
	"context"
	"errors"

	"github.com/convene-go/convene/invite"
)

// queue adds the requests that an outcome asks for to the meeting, as pending mails:
// to the delegates whom the policy let in, and to an attendee who sent a REFRESH. It
// sends nothing, so that the answer and its requests are stored in one step.
func queue(ctx context.Context, m *invite.Meeting, o invite.Outcome) (*invite.Meeting, error) {
	if len(o.Invite) == 0 {
		return m, nil
	}
	return invite.New(nil, nil).Reinvite(ctx, m, o.Invite, invite.QueueOnly())
}

// send hands the pending mails of all meetings over. Each mail is claimed in the file
// of its meeting before it is handed over, so it is never sent twice, except with
// the flag -resend. A mail that the server does not take now stays pending.
func (w *worker) send(ctx context.Context) error {
	if w.client == nil {
		return nil
	}
	meetings, err := w.meetings.read()
	if err != nil {
		return err
	}
	failed := false
	for i := range meetings {
		if err := w.resume(ctx, &meetings[i]); err != nil {
			w.log.Error("mails are not sent", "meeting", meetings[i].path, "error", err)
			failed = true
		}
	}
	w.resend = false // a mail is sent again once, and not at every look
	if failed && w.once {
		return errors.New("mails are not sent")
	}
	return nil
}

// resume hands the pending mails of one meeting over.
func (w *worker) resume(ctx context.Context, s *stored) error {
	if err := s.dropClaims(w.step); err != nil {
		return err
	}
	defer func() {
		if n := s.meeting.Tally().Unknown; n > 0 {
			w.log.Warn("mails may or may not have arrived: -resend sends them again", "meeting", s.path, "mails", n)
		}
	}()
	tally := s.meeting.Tally()
	var opts []invite.ResumeOption
	switch {
	case tally.Unknown > 0 && w.resend:
		opts = append(opts, invite.ResendUnknown())
	case tally.Pending == 0:
		return nil
	}
	ledger := invite.WholeMeeting(func(_ context.Context, m *invite.Meeting) error {
		err := s.write(m, w.step)
		w.step("recorded")
		return err
	})
	_, err := w.client.WithLedger(ledger).Resume(ctx, s.meeting, opts...)
	return err
}

// dropClaims marks the mails as unknown that a program was sending when it was
// killed. No other program is sending, because only one works on the folder.
func (s *stored) dropClaims(step func(string)) error {
	var left []invite.Delivery
	for _, d := range s.meeting.Deliveries {
		if d.State == invite.DeliverySending {
			d.State, d.Reply = invite.DeliveryUnknown, "the program ended while it handed the mail over"
			left = append(left, d)
		}
	}
	if len(left) == 0 {
		return nil
	}
	s.meeting.Merge(left)
	return s.write(s.meeting, step)
}
