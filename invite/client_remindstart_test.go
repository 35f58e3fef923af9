package invite_test

import (
	"context"
	"errors"
	"mime"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestRemindStart reminds of a start by a mail without a calendar object, in the
// reader's language, and checks that it counts for no invitation.
func TestRemindStart(t *testing.T) {
	ctx := context.Background()
	s := new(recorder)
	c := s.client()
	e := trio()
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 5}
	e.Attendees[1].Language = "de"
	m := mustSend(t, c, e)
	s.mails = nil
	second := e.Start.AddDate(0, 0, 7)
	to := []string{e.Attendees[0].Email, e.Attendees[1].Email}
	out := must(t)(c.RemindStart(ctx, m, second, to))
	if len(s.mails) != 2 {
		t.Fatalf("%d mails, want 2", len(s.mails))
	}
	for i, word := range []string{"Reminder", "Erinnerung"} {
		p := parseMail(t, s.mails[i].Data)
		check(t, "tree", "alternative(text/plain text/html)", p.tree)
		if subject, err := new(mime.WordDecoder).DecodeHeader(p.header.Get("Subject")); err != nil || !strings.HasPrefix(subject, word) {
			t.Errorf("Subject: %q, %v, want %s", subject, err, word)
		}
	}
	last := out.Deliveries[len(out.Deliveries)-1]
	if last.Method != "" || last.Action != "reminder" || !last.RecurrenceID.Equal(second) || last.Sequence != m.Event.Sequence {
		t.Errorf("delivery = %+v", last)
	}
	check(t, "meeting", m.Event, reload(t, out).Event)

	// A queued reminder overtakes nothing, and is made again by Resume.
	queued := must(t)(c.Update(ctx, out, relocated(m), invite.QueueOnly()))
	queued = must(t)(c.RemindStart(ctx, queued, second, to, invite.QueueOnly()))
	check(t, "pending", 5, queued.Tally().Pending)
	s.mails = nil
	must(t)(c.Resume(ctx, reload(t, queued)))
	check(t, "mails", 5, len(s.mails))

	// A change of the time overtakes it.
	queued = must(t)(c.RemindStart(ctx, m, second, to, invite.QueueOnly()))
	after := m.Event.Clone()
	after.Start, after.End = after.Start.Add(time.Hour), after.End.Add(time.Hour)
	queued = must(t)(c.Update(ctx, queued, after, invite.QueueOnly()))
	check(t, "pending", 3, queued.Tally().Pending)

	for _, tt := range []struct {
		name   string
		start  time.Time
		emails []string
		want   error
	}{
		{"nobody", second, nil, nil},
		{"stranger", second, []string{"eve@example.test"}, invite.ErrNotInvited},
		{"no occurrence", second.Add(time.Hour), to, nil},
	} {
		got, err := c.RemindStart(ctx, m, tt.start, tt.emails)
		if err == nil || got != m || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: RemindStart = %v", tt.name, err)
		}
	}
}

// TestRemindStartWithoutInvitation checks that nobody is reminded who has no invitation,
// and that a reminder makes no invitation of itself.
func TestRemindStartWithoutInvitation(t *testing.T) {
	ctx := context.Background()
	c := new(recorder).client()
	m := must(t)(c.Send(ctx, trio(), invite.QueueOnly()))
	m = must(t)(c.RemindStart(ctx, m, time.Time{}, []string{trio().Attendees[0].Email}, invite.QueueOnly()))
	check(t, "pending", 3, m.Tally().Pending)
}

// relocated returns the event of m at another place.
func relocated(m *invite.Meeting) ical.Event {
	out := m.Event.Clone()
	out.Location = "Roof"
	return out
}
