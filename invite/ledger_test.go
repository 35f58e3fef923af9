package invite_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
)

// trio is a meeting of three.
func trio() ical.Event {
	return vary(func(e *ical.Event) {
		e.Attendees = []ical.Attendee{{Name: "Ann", Email: "ann@example.test"}, {Name: "Bob", Email: "bob@example.test"}, {Name: "Cy", Email: "cy@example.test"}}
	})
}

// weeklyTrio is a series of three.
func weeklyTrio() ical.Event {
	e := trio()
	zone, err := ical.LoadLocation(e.TimeZone)
	if err != nil {
		panic(err)
	}
	e.Start, e.End = e.Start.In(zone), e.End.In(zone)
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 8}
	return e
}

func mustSend(t *testing.T, c *invite.Client, e ical.Event, opts ...invite.SendOption) *invite.Meeting {
	t.Helper()
	m, err := c.Send(context.Background(), e, opts...)
	if m == nil {
		t.Fatal(err)
	}
	return m
}

func states(m *invite.Meeting) []invite.DeliveryState {
	var out []invite.DeliveryState
	for _, d := range m.Deliveries {
		out = append(out, d.State)
	}
	return out
}

// said is the meeting after an attendee's answer to all of it.
func said(t *testing.T, m *invite.Meeting, email string, status ical.Status) *invite.Meeting {
	t.Helper()
	out, o := m.Answer(invite.Answer{Email: email, Status: status, Via: "phone", Stamp: pinned()})
	if o.Verdict != invite.VerdictApplied {
		t.Fatalf("%s %s: %+v", email, status, o)
	}
	return out
}

// reload is the meeting as a caller has it who keeps it as JSON.
func reload(t *testing.T, m *invite.Meeting) *invite.Meeting {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	out := new(invite.Meeting)
	if err := json.Unmarshal(data, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func check(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestResume(t *testing.T) {
	s := &recorder{fail: failures(errPlain, refusal, doubt)}
	c := s.client()
	m := reload(t, mustSend(t, c, trio()))
	check(t, "states", []invite.DeliveryState{invite.DeliveryPending, invite.DeliveryRefused, invite.DeliveryUnknown}, states(m))
	first := slices.Clone(s.mails)
	s.take()

	again, err := c.Resume(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "states after Resume", []invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryRefused, invite.DeliveryUnknown}, states(again))
	if len(s.mails) != 1 || !reflect.DeepEqual(s.mails[0], first[0]) {
		t.Errorf("Resume sent %d mails, want the first of the sending once more, byte for byte", len(s.mails))
	}
	s.take()

	if again, err = c.Resume(context.Background(), reload(t, again), invite.ResendUnknown()); err != nil {
		t.Fatal(err)
	}
	check(t, "states after ResendUnknown", []invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryRefused, invite.DeliveryDelivered}, states(again))
	if len(s.mails) != 1 || !reflect.DeepEqual(s.mails[0], first[2]) {
		t.Errorf("ResendUnknown sent %d mails, want the last of the sending once more, byte for byte", len(s.mails))
	}
	s.take()
	if _, err = c.Resume(context.Background(), again, invite.ResendUnknown()); err != nil || len(s.mails) > 0 {
		t.Errorf("Resume of nothing sent %q, %v", s.take(), err)
	}
	if _, err := invite.New(nil, nil).Resume(context.Background(), m); !errors.Is(err, invite.ErrNoSender) {
		t.Errorf("Resume = %v, want ErrNoSender", err)
	}
}

// TestResumeOvertaken leaves out what a later mail says as well.
func TestResumeOvertaken(t *testing.T) {
	week := func(n int) time.Time { return weeklyTrio().Start.AddDate(0, 0, 7*n) }
	tests := []struct {
		name   string
		change func(e *ical.Event)
		want   []string // the mails of Resume
	}{
		{"the whole again", func(e *ical.Event) { e.Location = "Roof" }, []string{"ann@example.test 1"}},
		{"one occurrence, which comes with the rest", func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: week(2), Location: "Roof"}}
		}, []string{"ann@example.test 1"}},
		{"no longer invited, which there is nothing to tell of", func(e *ical.Event) { e.Attendees = e.Attendees[1:] }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &recorder{fail: failures(errPlain)}
			c := s.client()
			m := mustSend(t, c, weeklyTrio())
			s.take()
			s.fail = failures(errPlain)
			after := weeklyTrio()
			tt.change(&after)
			m, err := c.Update(context.Background(), reload(t, m), after)
			if m == nil {
				t.Fatal(err)
			}
			s.take()
			if m, err = c.Resume(context.Background(), reload(t, m)); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, mail := range s.mails {
				got = append(got, mail.To[0]+" "+tag(t, mail.Data))
			}
			check(t, "mails of Resume", tt.want, got)
			if m.Before != nil {
				t.Errorf("Before = %+v, want nothing once all is delivered", m.Before)
			}
		})
	}
}

// tag is the sequence of a request, or CANCEL.
func tag(t *testing.T, data []byte) string {
	t.Helper()
	cal := string(parseMail(t, data).calendar(t))
	if strings.Contains(cal, "METHOD:CANCEL") {
		return "CANCEL"
	}
	_, rest, _ := strings.Cut(cal, "SEQUENCE:")
	n, _, _ := strings.Cut(rest, "\r\n")
	return n
}

// TestResumeAfterLaterChange still owes a cancellation that a later change,
// which is not about the attendee, came after.
func TestResumeAfterLaterChange(t *testing.T) {
	for _, opts := range [][]invite.SendOption{nil, {invite.HideGuests()}} {
		s := new(recorder)
		c := s.client()
		m := mustSend(t, c, trio(), opts...)
		s.take()
		s.fail = failures(errPlain)
		without := trio()
		without.Attendees = without.Attendees[1:]
		m, err := c.Update(context.Background(), m, without)
		if m == nil || len(s.mails) != 1 {
			t.Fatalf("Update = %v with %d mails, want one", err, len(s.mails))
		}
		owed := s.mails[0]
		s.take()
		s.fail = failures(errPlain)
		secret := without
		secret.Location = "Secret place"
		if m, err = c.Update(context.Background(), reload(t, m), secret); m == nil {
			t.Fatal(err)
		}
		s.take()
		if len(m.Before) != 2 {
			t.Errorf("%d versions kept, want the two that are owed", len(m.Before))
		}
		if m, err = c.Resume(context.Background(), reload(t, m)); err != nil {
			t.Fatal(err)
		}
		if len(s.mails) != 2 || !reflect.DeepEqual(s.mails[0], owed) {
			t.Errorf("Resume sent %q, want the cancellation as it was and the change", s.take())
		}
		if m.Before != nil {
			t.Errorf("Before = %v, want none", m.Before)
		}
	}
}

// TestResumeHidesGuests looks for other guests in what is sent again.
func TestResumeHidesGuests(t *testing.T) {
	s := &recorder{fail: failures(errPlain, errPlain, errPlain)}
	m := mustSend(t, s.client(), trio(), invite.HideGuests())
	s.take()
	m, err := s.client().Resume(context.Background(), reload(t, m)) // a client that does not hide by itself
	if err != nil || len(s.mails) != 3 {
		t.Fatalf("Resume = %v with %d mails", err, len(s.mails))
	}
	if _, err := s.client().Cancel(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	for i, mail := range s.mails {
		shown := everything(t, mail.Data)
		for j, a := range trio().Attendees {
			if strings.Contains(shown, a.Email) != (i%3 == j) {
				t.Errorf("mail %d to %s shows %s: %v", i, mail.To[0], a.Email, i%3 != j)
			}
		}
	}
}

// TestResumeShared sends again one mail to those who lack it.
func TestResumeShared(t *testing.T) {
	s := &recorder{fail: failures(errors.Join(about{"ann@example.test", errPlain}, about{"cy@example.test", errPlain}))}
	m := mustSend(t, s.client(), trio(), invite.OneMail())
	id := s.mails[0].ID
	check(t, "first", []string{"ann@example.test bob@example.test cy@example.test"}, s.take())
	m, err := s.client().Resume(context.Background(), reload(t, m))
	if err != nil {
		t.Fatal(err)
	}
	if s.mails[0].ID != id {
		t.Errorf("Message-ID = %s, want %s", s.mails[0].ID, id)
	}
	check(t, "again", []string{"ann@example.test cy@example.test"}, s.take())
	after := weeklyTrio()
	after.Overrides = []ical.Event{{RecurrenceID: after.Start.AddDate(0, 0, 7), Location: "A"}, {RecurrenceID: after.Start.AddDate(0, 0, 14), Location: "B"}}
	if m, err = s.client().Update(context.Background(), m, weeklyTrio()); err != nil {
		t.Fatal(err)
	}
	s.take()
	if _, err = s.client().Update(context.Background(), m, after); err != nil {
		t.Fatal(err)
	}
	all := "ann@example.test bob@example.test cy@example.test"
	check(t, "two occurrences", []string{all, all}, s.take())
}

// TestOrderForOneAttendee holds back an occurrence while the cancellation of the
// series, which would take it too, is not delivered.
func TestOrderForOneAttendee(t *testing.T) {
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, weeklyTrio())
	s.take()
	s.fail = failures(errPlain)
	after := weeklyTrio()
	after.Attendees = after.Attendees[1:]
	after.Overrides = []ical.Event{{RecurrenceID: after.Start.AddDate(0, 0, 7), Attendees: trio().Attendees}}
	m, err := c.Update(context.Background(), m, after)
	var de *invite.DeliveryError
	if !errors.As(err, &de) || len(de.Recipients) != 2 || len(s.mails) != 1 {
		t.Fatalf("Update = %v with %d mails, want one tried and two not delivered", err, len(s.mails))
	}
	s.take()
	if _, err = c.Resume(context.Background(), reload(t, m)); err != nil || len(s.mails) != 2 {
		t.Fatalf("Resume = %v with %d mails", err, len(s.mails))
	}
	check(t, "order", []string{"CANCEL", "2"}, []string{tag(t, s.mails[0].Data), tag(t, s.mails[1].Data)})
}

func TestLedger(t *testing.T) {
	broken := errors.New("disk full")
	pending, sending, delivered := invite.DeliveryPending, invite.DeliverySending, invite.DeliveryDelivered
	tests := []struct {
		name  string
		fail  int // the call of the store that fails, from 0; 0 is Begin
		mails int
		want  []invite.DeliveryState
	}{
		{"never", -1, 3, []invite.DeliveryState{delivered, delivered, delivered}},
		{"before the first", 1, 0, []invite.DeliveryState{pending, pending, pending}},
		{"after the first", 2, 1, []invite.DeliveryState{delivered, pending, pending}},
		{"after the second", 3, 2, []invite.DeliveryState{delivered, delivered, pending}},
		{"after the last", 4, 3, []invite.DeliveryState{delivered, delivered, delivered}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(recorder)
			calls := 0
			var stored []*invite.Meeting
			c := s.client().WithLedger(invite.WholeMeeting(func(_ context.Context, m *invite.Meeting) error {
				if calls++; calls-1 == tt.fail {
					return broken
				}
				stored = append(stored, reload(t, m))
				return nil
			}))
			m, err := c.Send(context.Background(), trio())
			if errors.Is(err, broken) != (tt.fail >= 0) {
				t.Errorf("Send = %v", err)
			}
			check(t, "states", tt.want, states(m))
			if len(s.mails) != tt.mails {
				t.Errorf("%d mails, want %d", len(s.mails), tt.mails)
			}
			check(t, "stored at the end", tt.want, states(stored[len(stored)-1]))
			for i, m := range stored[:min(tt.mails+1, len(stored))] {
				want := []invite.DeliveryState{pending, pending, pending}
				for n := range i {
					want[n] = delivered
				}
				if i > 0 {
					want[i-1] = sending
				}
				check(t, fmt.Sprint("stored ", i), want, states(m))
			}
		})
	}
}

// TestLedgerBegin sends nothing if the meeting cannot be stored.
func TestLedgerBegin(t *testing.T) {
	broken := errors.New("disk full")
	s := new(recorder)
	m := mustSend(t, s.client(), trio())
	s.take()
	c := s.client().WithLedger(invite.WholeMeeting(func(context.Context, *invite.Meeting) error { return broken }))
	after := trio()
	after.Location = "Roof"
	if got, err := c.Update(context.Background(), m, after); got != m || !errors.Is(err, broken) || len(s.mails) > 0 {
		t.Errorf("Update = %p, %v with %d mails, want the meeting as it was", got, err, len(s.mails))
	}
}

// TestContextEnds stops in the middle; the rest is pending and can be resumed.
func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := new(recorder)
	records := 0
	c := s.client().WithLedger(invite.WholeMeeting(func(ctx context.Context, m *invite.Meeting) error {
		if records++; records == 2 {
			cancel() // between the claim and the mail: this is still sent
		}
		return ctx.Err()
	}))
	m, err := c.Send(ctx, trio())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Send = %v, want context.Canceled", err)
	}
	check(t, "states", []invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryPending, invite.DeliveryPending}, states(m))
	s.take()
	if _, err = s.client().Resume(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	check(t, "resumed", []string{"bob@example.test", "cy@example.test"}, s.take())
}

func TestRemind(t *testing.T) {
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, trio())
	s.take()
	m = said(t, said(t, m, "ann@example.test", ical.StatusAccepted), "bob@example.test", ical.StatusDeclined)
	tests := []struct {
		name string
		opts []invite.RemindOption
		want []string
	}{
		{"who has not answered", nil, []string{"cy@example.test"}},
		{"named", []invite.RemindOption{invite.OnlyTo("BOB@example.test", "ann@example.test")}, []string{"ann@example.test", "bob@example.test"}},
		{"who has not answered, one named of several calls", []invite.RemindOption{invite.OnlyTo("cy@example.test")}, []string{"cy@example.test"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := c.Remind(context.Background(), m, tt.opts...)
			if err != nil {
				t.Fatal(err)
			}
			last := got.Deliveries[len(got.Deliveries)-1]
			if last.Sequence != 0 || last.Action != body.ActionReminder || !last.Stamp.After(m.Deliveries[0].Stamp) || last.MessageID == m.Deliveries[2].MessageID {
				t.Errorf("the mail is %+v, want sequence 0, a later stamp and an identifier of its own", last)
			}
			check(t, "mails", tt.want, s.take())
			check(t, "event", m.Event, got.Event)
		})
	}
	if _, err := c.Remind(context.Background(), m, invite.OnlyTo("eve@example.test")); err == nil || !strings.Contains(err.Error(), "eve@example.test") || len(s.mails) > 0 {
		t.Errorf("Remind of a stranger = %v with %d mails, want a refusal", err, len(s.mails))
	}
	past := *m
	past.Event.Start, past.Event.End = m.Event.Start.AddDate(-1, 0, 0), m.Event.End.AddDate(-1, 0, 0)
	if _, err := c.Remind(context.Background(), &past); !errors.Is(err, invite.ErrPast) {
		t.Errorf("Remind of the past = %v, want ErrPast", err)
	}
	if _, err := c.Remind(context.Background(), &past, invite.AllowPast()); err != nil || len(s.take()) != 1 {
		t.Errorf("Remind with AllowPast = %v", err)
	}
	cancelled, err := c.Cancel(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Remind(context.Background(), cancelled); !errors.Is(err, invite.ErrCancelled) {
		t.Errorf("Remind of a cancelled meeting = %v, want ErrCancelled", err)
	}
}

// TestRemindOccurrence reminds who is invited to one occurrence only of that.
func TestRemindOccurrence(t *testing.T) {
	e := weeklyTrio()
	e.Attendees = e.Attendees[:1]
	e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Attendees: trio().Attendees[:2]}}
	s := new(recorder)
	m := mustSend(t, s.client(), e)
	m = said(t, m, "ann@example.test", ical.StatusAccepted)
	s.take()
	m, err := s.client().Remind(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "mails", []string{"bob@example.test"}, s.take())
	if got := m.Deliveries[len(m.Deliveries)-1].RecurrenceID; !got.Equal(e.Start.AddDate(0, 0, 7)) {
		t.Errorf("the reminder is of %v", got)
	}
}

func TestUpdateFollowing(t *testing.T) {
	e := weeklyTrio()
	week := func(n int) time.Time { return e.Start.AddDate(0, 0, 7*n) }
	e.Overrides = []ical.Event{{RecurrenceID: week(1), Location: "Roof"}, {RecurrenceID: week(5), Location: "Cellar"}}
	e.Recurrence.Except = []time.Time{week(2), week(6)}
	accepted := func(m *invite.Meeting) *invite.Meeting {
		return said(t, m, "ann@example.test", ical.StatusAccepted)
	}
	tests := []struct {
		name   string
		change func(e *ical.Event)
		status ical.Status // of the first attendee, of the rest
		start  time.Time
	}{
		{"carried", func(e *ical.Event) { e.Summary = "Other" }, ical.StatusAccepted, week(3)},
		{"start given", func(e *ical.Event) { e.Start, e.End = week(3), week(3).Add(time.Hour) }, ical.StatusAccepted, week(3)},
		{"moved", func(e *ical.Event) {
			e.Start, e.End = week(3).Add(-time.Hour), week(3)
			e.Overrides, e.Recurrence.Except = nil, nil
		}, ical.StatusNeedsAction, week(3).Add(-time.Hour)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(recorder)
			c := s.client()
			m := accepted(mustSend(t, c, e))
			s.take()
			after := reload(t, m).Event
			tt.change(&after)
			old, rest, err := c.UpdateFollowing(context.Background(), m, week(3), after)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "mails", 6, len(s.take()))
			if old.Event.UID == rest.Event.UID || rest.Event.Sequence != 0 || old.Event.Sequence != 1 {
				t.Errorf("UIDs %q and %q, sequences %d and %d", old.Event.UID, rest.Event.UID, old.Event.Sequence, rest.Event.Sequence)
			}
			if got := old.Event.Recurrence; !got.Until.Equal(week(2)) || got.Count != 0 || len(got.Except) != 1 || len(old.Event.Overrides) != 1 {
				t.Errorf("old series: %+v with %d overrides", got, len(old.Event.Overrides))
			}
			if got := rest.Event; got.Recurrence.Count != 5 || !got.Start.Equal(tt.start) || !got.End.Equal(tt.start.Add(time.Hour)) {
				t.Errorf("rest: %v to %v, %+v, want five occurrences from %v", got.Start, got.End, got.Recurrence, tt.start)
			}
			check(t, "answer", tt.status, rest.Status("ann@example.test"))
			check(t, "answer of the old", ical.StatusAccepted, old.Status("ann@example.test"))
		})
	}
}

func TestUpdateFollowingRefuses(t *testing.T) {
	e := weeklyTrio()
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, e)
	s.take()
	week := func(n int) time.Time { return e.Start.AddDate(0, 0, 7*n) }
	tests := []struct {
		name   string
		id     time.Time
		change func(e *ical.Event)
		want   string
	}{
		{"no occurrence", week(1).Add(time.Hour), func(*ical.Event) {}, "RecurrenceID: the series has no occurrence"},
		{"begins before the split", week(3), func(e *ical.Event) { e.Start, e.End = week(1).Add(time.Hour), week(1).Add(2*time.Hour) }, "Start: is not after the last occurrence that stays"},
		{"override of no occurrence", week(3), func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: week(4).Add(time.Minute), Location: "x"}}
		}, "Overrides[0].RecurrenceID: the series has no occurrence"},
		{"not valid", week(3), func(e *ical.Event) { e.Attendees = nil }, "Attendees"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			after := e
			tt.change(&after)
			old, rest, err := c.UpdateFollowing(context.Background(), m, tt.id, after)
			if old != m || rest != nil || err == nil || !strings.Contains(err.Error(), tt.want) || len(s.mails) > 0 {
				t.Errorf("UpdateFollowing = %v, %v, %v with %d mails, want %q", old, rest, err, len(s.mails), tt.want)
			}
		})
	}
	after := e
	after.Location = "Roof"
	old, rest, err := c.UpdateFollowing(context.Background(), m, e.Start, after)
	if err != nil || rest != nil || old.Event.Location != "Roof" || len(s.take()) != 3 {
		t.Errorf("UpdateFollowing from the first = %v, %v, %v, want an update of the whole", old, rest, err)
	}
	if p, err := c.PlanUpdateFollowing(m, e.Start, after); err != nil || p.Rest != nil || len(p.Notices) != 3 {
		t.Errorf("PlanUpdateFollowing from the first = %+v, %v, want the plan of an update", p, err)
	}
	cancelled, err := c.Cancel(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.UpdateFollowing(context.Background(), cancelled, week(2), after); !errors.Is(err, invite.ErrCancelled) {
		t.Errorf("UpdateFollowing of a cancelled meeting = %v, want ErrCancelled", err)
	}
	s.take()
	s.fail = failures(nil, nil, errPlain) // the rest, to the second attendee
	old, rest, err = c.UpdateFollowing(context.Background(), m, week(2), after)
	if err == nil || states(rest)[1] != invite.DeliveryPending || states(old)[4] != invite.DeliveryPending {
		t.Errorf("UpdateFollowing with a failure = %v, want it pending in both meetings", err)
	}
}
