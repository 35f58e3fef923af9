package invite_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestDeclineProposal tells the attendee who made a proposal that the meeting will not
// change.
func TestDeclineProposal(t *testing.T) {
	_, m := request(t, weeklyRequest(), 0, fixed())
	bob := m.Event.Attendees[0].Email
	second := time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	m, o := m.Apply(answerOf(t, m, bob, ical.StatusTentative, func(r *invite.Response) {
		r.Occurrence, r.Start, r.End = second, second.Add(time.Hour), second.Add(2*time.Hour)
	}), nil)
	open := m.OpenProposals()
	if len(open) != 1 || m.Tally().Proposals != 1 {
		t.Fatalf("Apply = %+v, proposals = %+v, want one open", o, m.Proposals)
	}
	e, err := open[0].Accept(m.Event)
	if err != nil || len(e.Overrides) != 1 || !e.Overrides[0].Start.Equal(second.Add(time.Hour)) || e.Validate() != nil {
		t.Errorf("Accept = overrides %+v, %v, want one with the proposed time", e.Overrides, err)
	}
	r := new(recorder)
	c := invite.New(r, fixed())
	after, err := c.DeclineProposal(context.Background(), m, open[0])
	if err != nil || len(after.OpenProposals()) != 0 || len(m.OpenProposals()) != 1 {
		t.Fatalf("DeclineProposal = %v with %d open proposals, want none", err, len(after.OpenProposals()))
	}
	got := readMail(t, r.mails[0].Data)
	if got.Calendar.Method != ical.MethodDeclineCounter || !got.Event.RecurrenceID.Equal(second) || !got.Event.Start.Equal(second) ||
		len(got.Event.Attendees) != 1 || got.Mail.Text == "" {
		t.Errorf("the mail is %s of %+v, want DECLINECOUNTER of the second occurrence", got.Calendar.Method, got.Event)
	}
	other := open[0]
	other.Email = "mallory@example.net"
	if _, err := c.DeclineProposal(context.Background(), m, other); err == nil {
		t.Error("DeclineProposal of a proposal that nobody made = nil, want an error")
	}
	other.RecurrenceID = second.Add(time.Minute)
	if _, err := c.DeclineProposal(context.Background(), m, other); err == nil {
		t.Error("DeclineProposal for an occurrence that does not exist = nil, want an error")
	}
	gone := must(t)(c.Cancel(context.Background(), m, invite.Occurrence(second)))
	if got, err := c.DeclineProposal(context.Background(), gone, open[0]); err == nil || !strings.Contains(err.Error(), "cancelled") || got != gone {
		t.Errorf("DeclineProposal for an occurrence that is cancelled = %v, want an error", err)
	}
	gone = must(t)(c.Cancel(context.Background(), m))
	if got, err := c.DeclineProposal(context.Background(), gone, open[0]); !errors.Is(err, invite.ErrCancelled) || got != gone {
		t.Errorf("DeclineProposal for a meeting that is cancelled = %v, want ErrCancelled", err)
	}
	cancelled, days := m.Event, open[0]
	cancelled.Cancelled, days.AllDay = true, true
	if _, err := open[0].Accept(cancelled); err == nil {
		t.Error("Accept for a cancelled meeting = nil, want an error")
	}
	if _, err := days.Accept(m.Event); err == nil {
		t.Error("Accept of whole days for an occurrence with a time = nil, want an error")
	}
	if _, err := other.Accept(m.Event); err == nil {
		t.Error("Accept for an occurrence that does not exist = nil, want an error")
	}
}
