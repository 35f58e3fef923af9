package body

import (
	"time"

	"github.com/convene-go/convene/ical"
)

// samples returns the views on which New tries templates. Each action occurs twice:
// with every field of a page, and with as few as possible.
func samples() []*View {
	full, bare := sampleEvent(), &ical.Event{Start: time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)}
	before := *full
	before.Summary, before.Location, before.Description = "Before", "", ""
	proposed := ical.Span{Start: full.Start.Add(time.Hour), End: full.End.Add(time.Hour)}
	links := []AnswerLink{
		{ical.StatusAccepted, "https://example.com/yes"}, {ical.StatusTentative, "https://example.com/maybe"},
		{ical.StatusDeclined, "https://example.com/no"},
	}
	var out []*View
	for _, a := range actions {
		out = append(out, &View{Event: bare, Action: a}, &View{
			Event: full, Before: &before, Action: a, Attendee: full.Attendees[0], Comment: "Comment",
			Proposed: proposed, Status: ical.StatusAccepted, Answers: links,
		})
	}
	return out
}

// actions are the values of [Action].
var actions = []Action{
	ActionInvitation, ActionUpdate, ActionCancellation, ActionReminder, ActionProposalDeclined, ActionRefusal, ActionRemoval,
	ActionPartialRemoval, ActionAnswer,
}

// sampleEvent is a series with a value in every field that mails show.
func sampleEvent() *ical.Event {
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	return &ical.Event{
		UID: "sample", Summary: "Title", Description: "Text with https://example.com/", Location: "Room",
		Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Conference: "https://example.com/join", URL: "https://example.com/page",
		Organizer: ical.Person{Name: "Organizer", Email: "organizer@example.com"},
		Attendees: []ical.Attendee{
			{Name: "One", Email: "one@example.com", TimeZone: "America/New_York"},
			{Name: "Two", Email: "two@example.com", Role: ical.RoleOptional},
			{Name: "Room", Email: "room@example.com", Kind: ical.KindRoom},
		},
		Recurrence:  &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4, Except: []time.Time{start.AddDate(0, 0, 7)}},
		Overrides:   []ical.Event{{RecurrenceID: start.AddDate(0, 0, 14), Location: "Elsewhere"}},
		Attachments: []ical.Link{{URL: "https://example.com/a.pdf", Name: "a.pdf"}},
	}
}
