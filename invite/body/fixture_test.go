package body_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// newRenderer returns a renderer with the given options.
func newRenderer(t testing.TB, o *body.Options) *body.Renderer {
	t.Helper()
	r, err := body.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func render(t testing.TB, r *body.Renderer, v *body.View) *body.Body {
	t.Helper()
	b, err := r.Render(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// meeting has a value in every field that package body reads.
func meeting(t testing.TB) *ical.Event {
	start := time.Date(2027, 3, 2, 10, 0, 0, 0, berlin(t))
	return &ical.Event{
		UID: "0b5c8f3e-6a2d-4b1f-9c70-5e8d1a2b3c4d", Summary: "Q3 – R&D",
		Description: "1 + 1 < 3\n\nhttps://example.com/plans?a=1&b=2.",
		Location:    "4.12", Conference: "https://meet.example.com/q3", URL: "https://example.com/q3",
		Start: start, End: start.Add(90 * time.Minute), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Zoë Ørsted", Email: "desk@example.com"},
		Attendees: []ical.Attendee{
			{Name: "Bob", Email: "bob@example.test", TimeZone: "America/New_York"},
			{Email: "ann@example.com"},
			{Name: "Łucja", Email: "lucja@example.com", Role: ical.RoleOptional},
			{Name: "4.12", Email: "room412@example.com", Kind: ical.KindRoom},
		},
		Attachments: []ical.Link{{URL: "https://example.com/a.pdf", Name: "a.pdf"}},
	}
}

// series is a meeting with everything that a series can have.
func series(t testing.TB) *ical.Event {
	e := meeting(t)
	e.Recurrence = &ical.Recurrence{
		Freq: ical.FreqWeekly, Interval: 2, ByDay: []ical.Day{ical.DayThursday, ical.DayTuesday},
		Until:  time.Date(2027, 6, 29, 8, 0, 0, 0, time.UTC),
		Except: []time.Time{e.Start.AddDate(0, 0, 28), e.Start.AddDate(0, 0, 14)},
	}
	e.Overrides = []ical.Event{
		{RecurrenceID: e.Start.AddDate(0, 0, 42), Start: e.Start.AddDate(0, 0, 43), Location: "5.01"},
		{RecurrenceID: e.Start.AddDate(0, 0, 56), Cancelled: true},
	}
	return e
}

// answers returns the answer links of one attendee.
func answers(token string) []body.AnswerLink {
	return []body.AnswerLink{
		{Status: ical.StatusAccepted, URL: "https://example.com/answer?t=" + token + "&s=yes"},
		{Status: ical.StatusTentative, URL: "https://example.com/answer?t=" + token + "&s=maybe"},
		{Status: ical.StatusDeclined, URL: "https://example.com/answer?t=" + token + "&s=no"},
	}
}

// views returns one mail for each action. Everything that a mail can show is in one of
// them.
func views(t testing.TB) map[body.Action]*body.View {
	moved, before, cancelled := series(t), series(t), meeting(t)
	before.Summary, before.Start, before.End = "Q2", before.Start.Add(-time.Hour), before.End.Add(-time.Hour)
	before.Location, before.Conference = "3.07", ""
	before.Attendees = append(before.Attendees[1:], ical.Attendee{Name: "Max", Email: "max@example.test"})
	before.Recurrence.Until, before.Recurrence.Count = time.Time{}, 10
	for i := range before.Recurrence.Except {
		before.Recurrence.Except[i] = before.Recurrence.Except[i].Add(-time.Hour)
	}
	for i := range before.Overrides {
		before.Overrides[i].RecurrenceID = before.Overrides[i].RecurrenceID.Add(-time.Hour)
	}
	cancelled.RecurrenceID = cancelled.Start
	allDay := meeting(t)
	allDay.AllDay, allDay.Start, allDay.End = true, time.Date(2027, 12, 30, 0, 0, 0, 0, time.UTC), time.Date(2028, 1, 2, 0, 0, 0, 0, time.UTC)
	reader := meeting(t).Attendees[0]
	return map[body.Action]*body.View{
		body.ActionInvitation:   {Event: series(t), Attendee: reader, Answers: answers("a1")},
		body.ActionUpdate:       {Event: moved, Before: before, Attendee: reader},
		body.ActionCancellation: {Event: cancelled, Method: ical.MethodCancel, Comment: "☂ 10:00"},
		body.ActionReminder:     {Event: allDay, HideGuests: true},
		body.ActionProposalDeclined: {
			Event: meeting(t), Method: ical.MethodDeclineCounter, Attendee: reader,
			Proposed: ical.Span{Start: cancelled.Start.Add(24 * time.Hour), End: cancelled.Start.Add(25 * time.Hour)},
		},
		body.ActionAnswer: {Event: meeting(t), Method: ical.MethodReply, Attendee: reader, Status: ical.StatusAccepted},
	}
}

// each calls f for every language and action.
func each(t *testing.T, f func(t *testing.T, language string, a body.Action, b *body.Body)) {
	r := newRenderer(t, nil)
	for _, language := range append(body.Languages(), "en-GB") {
		for a, v := range views(t) {
			v.Action, v.Attendee.Language = a, language
			t.Run(language+"/"+string(a), func(t *testing.T) { f(t, language, a, render(t, r, v)) })
		}
	}
}
