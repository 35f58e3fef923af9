package main

import (
	"net/mail"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/mime"
)

// choice is the choice of a reader of the page.
type choice struct {
	Language string
	Action   body.Action
	Reader   int // index into the attendees
}

// parts are the forms in which one mail is shown.
type parts struct {
	*body.Body
	Calendar, Raw string
}

// methods are the methods of the calendar objects for each action.
var methods = map[body.Action]ical.Method{
	body.ActionInvitation: ical.MethodRequest, body.ActionUpdate: ical.MethodRequest,
	body.ActionCancellation: ical.MethodCancel, body.ActionProposalDeclined: ical.MethodDeclineCounter,
	body.ActionRefusal: ical.MethodCancel, body.ActionRemoval: ical.MethodCancel, body.ActionPartialRemoval: ical.MethodCancel,
	body.ActionAnswer: ical.MethodReply,
}

// write makes the parts of the mail as the library would send it.
func (s *state) write(c choice) (*parts, error) {
	v := s.view(c)
	text, err := s.renderer.Render(v)
	if err != nil {
		return nil, err
	}
	out := &parts{Body: text}
	if err := out.calendar(v); err != nil {
		return nil, err
	}
	return out, out.build(v)
}

// view returns the input of the renderer. It makes up the data that the event does
// not have: a comment, a proposal, links for answers.
func (s *state) view(c choice) *body.View {
	e := *s.event
	v := &body.View{Event: &e, Action: c.Action, Method: methods[c.Action], Language: c.Language}
	if len(e.Attendees) > 0 {
		v.Attendee = e.Attendees[min(c.Reader, len(e.Attendees)-1)]
	}
	v.Attendee.Language = c.Language
	switch c.Action {
	case body.ActionUpdate:
		v.Before, e.Sequence = s.before, e.Sequence+1
	case body.ActionCancellation, body.ActionRefusal, body.ActionRemoval, body.ActionPartialRemoval:
		e.Cancelled, e.Sequence = true, e.Sequence+1
	case body.ActionProposalDeclined:
		v.Proposed = ical.Span{Start: e.Start.Add(2 * time.Hour), End: e.Start.Add(3 * time.Hour)}
	case body.ActionAnswer:
		v.Status = ical.StatusAccepted
		v.Attendee.Status = v.Status
		e.Attendees = []ical.Attendee{v.Attendee}
	}
	if c.Action == body.ActionInvitation || c.Action == body.ActionUpdate {
		v.Answers = []body.AnswerLink{
			{Status: ical.StatusAccepted, URL: "https://example.com/answer?yes"},
			{Status: ical.StatusTentative, URL: "https://example.com/answer?maybe"},
			{Status: ical.StatusDeclined, URL: "https://example.com/answer?no"},
		}
	} else if c.Action != body.ActionReminder {
		v.Comment = "The comment stands here, as it was written."
	}
	return v
}

// pinned is the time of every mail, so that the same files give the same page.
var pinned = time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)

// calendar encodes the calendar object. A reminder has none.
func (p *parts) calendar(v *body.View) error {
	if v.Method == "" {
		return nil
	}
	data, err := ical.Encode(&ical.Calendar{Method: v.Method, Stamp: pinned, Events: []ical.Event{*v.Event}})
	p.Calendar = string(data)
	return err
}

// build makes the raw message.
func (p *parts) build(v *body.View) error {
	d := &mime.Draft{
		From: mail.Address{Name: v.Event.Organizer.Name, Address: v.Event.Organizer.Email},
		To:   []mail.Address{{Name: v.Attendee.Name, Address: v.Attendee.Email}},
		Date: pinned, Subject: p.Subject, Text: p.Text, HTML: p.HTML,
		Calendar: []byte(p.Calendar), Method: string(v.Method),
	}
	if v.Action == body.ActionAnswer {
		d.From, d.To[0] = d.To[0], d.From
	}
	for _, i := range p.Inline {
		d.Inline = append(d.Inline, mime.File{Name: i.Name, MediaType: i.MediaType, ContentID: i.ContentID, Data: i.Data})
	}
	m, err := mime.Build(d)
	if err == nil {
		p.Raw = string(m.Data)
	}
	return err
}

// parseChoice returns the choice of a query. The defaults are English and an
// invitation.
func parseChoice(language, action string) choice {
	c := choice{Language: "en", Action: body.ActionInvitation}
	if slices.Contains(body.Languages(), language) {
		c.Language = language
	}
	if slices.Contains(actions, body.Action(action)) {
		c.Action = body.Action(action)
	}
	return c
}
