package invite_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// berlinDay returns midnight of a day of March 2027 in Berlin, as a database gives it:
// in UTC, an hour before the day begins there.
func berlinDay(day int) time.Time { return time.Date(2027, 3, day-1, 23, 0, 0, 0, time.UTC) }

// holiday returns an all-day meeting of 2 March whose dates came from a database.
func holiday(changes ...func(*ical.Event)) ical.Event {
	e := trio()
	e.AllDay, e.Start, e.End = true, berlinDay(2), berlinDay(3)
	for _, change := range changes {
		change(&e)
	}
	return e
}

// holidays makes an all-day series of six Tuesdays.
func holidays(e *ical.Event) {
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Until: berlinDay(37).Add(-time.Hour)} // 6 April, in summer
}

// TestDatesFromDatabase sends dates of Berlin that came as instants in UTC.
func TestDatesFromDatabase(t *testing.T) {
	tests := []struct {
		name string
		e    ical.Event
		want []string
	}{
		{"a meeting", holiday(), []string{"DTSTART;VALUE=DATE:20270302", "DTEND;VALUE=DATE:20270303"}},
		{"without an end", holiday(func(e *ical.Event) { e.End = time.Time{} }),
			[]string{"DTSTART;VALUE=DATE:20270302", "DTEND;VALUE=DATE:20270303"}},
		{"the end of a rule", holiday(holidays), []string{"DTSTART;VALUE=DATE:20270302", "UNTIL=20270406"}},
		{"an exception", holiday(holidays, func(e *ical.Event) { e.Recurrence.Except = []time.Time{berlinDay(9)} }),
			[]string{"EXDATE;VALUE=DATE:20270309"}},
		{"an override", holiday(holidays, func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: berlinDay(16), Start: berlinDay(17), End: berlinDay(19)}}
		}), []string{"RECURRENCE-ID;VALUE=DATE:20270316", "DTSTART;VALUE=DATE:20270317", "DTEND;VALUE=DATE:20270319"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := new(recorder)
			m, err := invite.New(r, fixed()).Send(context.Background(), tt.e)
			if err != nil {
				t.Fatal(err)
			}
			object := string(parseMail(t, r.mails[0].Data).calendar(t))
			for _, want := range tt.want {
				if !strings.Contains(object, want) {
					t.Errorf("the object lacks %s:\n%s", want, object)
				}
			}
			kept, err := tt.e.Normalized()
			if err != nil || !m.Event.Start.Equal(kept.Start) || m.Event.Start.Day() != 2 {
				t.Errorf("the meeting keeps %v, want 2 March: %v", m.Event.Start, err)
			}
			p, err := invite.New(r, fixed()).PlanUpdate(reload(t, m), tt.e)
			if err != nil || len(p.Notices)+len(p.Skipped) > 0 {
				t.Errorf("PlanUpdate with the same event = %+v, %v, want nothing", p, err)
			}
		})
	}
}

// TestDateIsNone names a date that is no midnight. Nothing is sent or changed.
func TestDateIsNone(t *testing.T) {
	r := new(recorder)
	c := invite.New(r, fixed())
	m, err := c.Send(context.Background(), holiday(holidays))
	if err != nil {
		t.Fatal(err)
	}
	sent := len(r.mails)
	noon := time.Date(2027, 3, 9, 12, 0, 0, 0, time.UTC)
	const want = "all-day times must be midnight; 2027-03-09T12:00Z is not midnight in UTC or Europe/Berlin"
	after := holiday(holidays, func(e *ical.Event) { e.Recurrence.Except = []time.Time{noon} })
	for call, f := range map[string]func() error{
		"RecurrenceID: Cancel":           func() error { _, err := c.Cancel(context.Background(), m, invite.Occurrence(noon)); return err },
		"RecurrenceID: Cancel and later": func() error { _, err := c.PlanCancel(m, invite.OccurrenceAndLater(noon)); return err },
		"RecurrenceID: UpdateFollowing": func() error {
			_, _, err := c.UpdateFollowing(context.Background(), m, noon, m.Event)
			return err
		},
		"Recurrence.Except[0]: Update": func() error { _, err := c.Update(context.Background(), m, after); return err },
		"Recurrence.Except[0]: Send":   func() error { _, err := c.Send(context.Background(), after); return err },
	} {
		field, _, _ := strings.Cut(call, ":")
		if err := f(); err == nil || err.Error() != "invite: "+field+": "+want {
			t.Errorf("%s: error %v, want %s: %s", call, err, field, want)
		}
	}
	a := invite.Answer{Email: "ann@example.test", Status: ical.StatusDeclined, Via: "phone", Stamp: pinned(), RecurrenceID: noon}
	if _, o := m.Answer(a); o.Verdict != invite.VerdictUnknownEvent || o.Reason != "RecurrenceID: "+want {
		t.Errorf("Answer = %+v, want the reason %s", o, want)
	}
	p := invite.Proposal{Email: "ann@example.test", AllDay: true, Start: noon, Via: "link", Stamp: pinned()}
	if _, o := m.Propose(p); o.Verdict != invite.VerdictNotAnAnswer || o.Reason != "Start: "+want {
		t.Errorf("Propose = %+v, want the reason %s", o, want)
	}
	if len(r.mails) != sent {
		t.Errorf("%d mails were sent, want none", len(r.mails)-sent)
	}
}

// TestDatesNamed names the occurrence of 9 March by each form of the date.
func TestDatesNamed(t *testing.T) {
	r := new(recorder)
	c := invite.New(r, fixed())
	m, err := c.Send(context.Background(), holiday(holidays))
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2027, 3, 9, 0, 0, 0, 0, time.UTC)
	for name, start := range map[string]time.Time{
		"midnight in UTC": want, "an instant": berlinDay(9), "with a fraction": berlinDay(9).Add(5),
		"at an offset": berlinDay(9).In(time.FixedZone("", 3600)), "elsewhere": berlinDay(9).In(time.FixedZone("", -5*3600)),
	} {
		t.Run(name, func(t *testing.T) {
			a := invite.Answer{Email: "ann@example.test", Status: ical.StatusDeclined, Via: "phone", Stamp: pinned(), RecurrenceID: start}
			answered, o := m.Answer(a)
			if o.Verdict != invite.VerdictApplied || !answered.Answers[0].RecurrenceID.Equal(want) {
				t.Errorf("Answer = %+v, %+v", answered.Answers, o)
			}
			if got := answered.OccurrenceStatus("ann@example.test", start); got != ical.StatusDeclined {
				t.Errorf("OccurrenceStatus = %s, want declined", got)
			}
			out, err := c.Cancel(context.Background(), m, invite.Occurrence(start))
			if err != nil || !out.Event.Overrides[0].RecurrenceID.Equal(want) {
				t.Errorf("Cancel = %+v, %v", out.Event.Overrides, err)
			}
			old, rest, err := c.UpdateFollowing(context.Background(), m, start, holiday(holidays, func(e *ical.Event) { e.Summary = "Other" }))
			if err != nil || rest == nil || !rest.Event.Start.Equal(want) || !old.Event.Recurrence.Until.Equal(want.AddDate(0, 0, -7)) {
				t.Errorf("UpdateFollowing = %+v, %+v, %v", old, rest, err)
			}
			p := invite.Proposal{Email: "ann@example.test", AllDay: true, Start: berlinDay(10), Via: "link", Stamp: pinned(), RecurrenceID: start}
			proposed, o := m.Propose(p)
			if o.Verdict != invite.VerdictApplied || proposed.Proposals[0].Start.Day() != 10 || proposed.Proposals[0].End.Day() != 11 {
				t.Errorf("Propose = %+v, %+v, want 10 March", proposed.Proposals, o)
			}
		})
	}
}

// TestFractionsOfSeconds changes nothing but nanoseconds.
func TestFractionsOfSeconds(t *testing.T) {
	fine := func(n time.Duration) ical.Event {
		e := weeklyTrio()
		e.Start, e.End = e.Start.Add(n), e.End.Add(n)
		e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Summary: "Other"}}
		return e
	}
	c := invite.New(new(recorder), fixed())
	m, err := c.Send(context.Background(), fine(123_456_789))
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string]time.Duration{"microseconds": 123_456_000, "none": 0, "others": 999_999_999} {
		p, err := c.PlanUpdate(reload(t, m), fine(n))
		if err != nil || len(p.Notices)+len(p.Skipped) > 0 {
			t.Errorf("PlanUpdate with %s = %+v, %v, want nothing", name, p, err)
		}
	}
	a := invite.Answer{Email: "ann@example.test", Status: ical.StatusDeclined, Via: "phone", Stamp: pinned(), RecurrenceID: fine(7).Overrides[0].RecurrenceID}
	if out, o := m.Answer(a); o.Verdict != invite.VerdictApplied || out.Answers[0].RecurrenceID.Nanosecond() != 0 {
		t.Errorf("Answer = %+v, %+v", out.Answers, o)
	}
}

// TestStoredFractions reads a meeting that was stored with fractions of seconds.
func TestStoredFractions(t *testing.T) {
	start := weeklyTrio().Start.AddDate(0, 0, 7).Add(5)
	m := &invite.Meeting{
		Event:     weeklyTrio(),
		Revisions: []invite.Revision{{RecurrenceID: start}}, Answers: []invite.Answer{{RecurrenceID: start}},
		Joined: []invite.Joined{{RecurrenceID: start}}, Proposals: []invite.Proposal{{RecurrenceID: start}},
		Deliveries: []invite.Delivery{{RecurrenceID: start}},
	}
	got := reload(t, m)
	want := []time.Time{start.Add(-5), start.Add(-5), start.Add(-5), start.Add(-5), start.Add(-5)}
	if diff := cmp.Diff(want, []time.Time{got.Revisions[0].RecurrenceID, got.Answers[0].RecurrenceID, got.Joined[0].RecurrenceID,
		got.Proposals[0].RecurrenceID, got.Deliveries[0].RecurrenceID}); diff != "" {
		t.Errorf("original starts (-want +got):\n%s", diff)
	}
}

// TestSendPast invites to a meeting that is over.
func TestSendPast(t *testing.T) {
	over := vary(func(e *ical.Event) { e.Start, e.End = e.Start.AddDate(-1, 0, 0), e.End.AddDate(-1, 0, 0) })
	long := vary(func(e *ical.Event) { e.Start, e.End = e.Start.AddDate(-2002, 0, 0), e.End.AddDate(-2002, 0, 0) })
	r := new(recorder)
	c := invite.New(r, fixed())
	m, err := c.Send(context.Background(), over)
	if err != nil || len(r.mails) > 0 || len(m.Deliveries) > 0 {
		t.Fatalf("Send to the past = %+v, %v with %d mails, want a meeting without mails", m, err, len(r.mails))
	}
	p, err := c.PlanSend(over)
	if err != nil || len(p.Notices) > 0 || len(p.Skipped) != 2 || !strings.Contains(p.Skipped[0].Reason, "the meeting lies in the past") {
		t.Errorf("PlanSend = %+v, %v, want two skipped notices", p, err)
	}
	if _, err := c.Send(context.Background(), over, invite.AllowPast()); err != nil || len(r.mails) != 2 {
		t.Errorf("Send with AllowPast = %v with %d mails, want 2", err, len(r.mails))
	}
	if m, err = c.Update(context.Background(), m, review()); err != nil || len(m.Deliveries) != 2 {
		t.Fatalf("Update into the future = %+v, %v, want two mails", m, err)
	}
	if subject := parseMail(t, r.mails[2].Data).header.Get("Subject"); strings.Contains(subject, "Updated") {
		t.Errorf("Subject = %q, want an invitation", subject)
	}
	if _, err := c.Send(context.Background(), long); err == nil || !strings.Contains(err.Error(), "start-past") {
		t.Errorf("Send to the year 25 = %v, want the lint rule start-past", err)
	}
	if _, err := c.Send(context.Background(), long, invite.AllowPast()); err != nil {
		t.Errorf("Send to the year 25 with AllowPast = %v", err)
	}
}
