package main

import (
	"cmp"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/desk"
)

// inputTime is the form of a time in an input field (HTML, "datetime-local").
const inputTime = "2006-01-02T15:04"

// doneTexts has a sentence for each change.
var doneTexts = map[string]string{
	"booked":    "The room is booked, and the invitations are on their way.",
	"moved":     "The meeting was moved. Everybody is asked again.",
	"cancelled": "The meeting was cancelled, and the room is free.",
	"declined":  "The attendee is told that the meeting stays as it is.",
	"decided":   "The mail is dealt with.",
	"answered":  "The answer was sent.",
}

// fieldNames has the names of an event's fields on the page.
var fieldNames = map[string]string{
	"Summary": "Title", "Location": "Room", "Start": "Start", "End": "Length", "Attendees": "People", "Description": "Agenda",
}

// explain returns the HTTP status of an error, and a sentence for each of its causes.
func explain(err error) (status int, causes []string) {
	for _, f := range ical.FieldErrors(err) {
		name, _, _ := strings.Cut(f.Field, "[")
		causes = append(causes, cmp.Or(fieldNames[name], f.Field)+": "+f.Err.Error())
	}
	var lint *invite.LintError
	switch {
	case errors.Is(err, errTaken), errors.Is(err, errStillHeld), errors.Is(err, desk.ErrConflict):
		status = http.StatusConflict
	case len(causes) > 0:
		status = http.StatusUnprocessableEntity
	case errors.As(err, &lint):
		status = http.StatusUnprocessableEntity
	case errors.Is(err, invite.ErrCancelled):
		status = http.StatusConflict
	case errors.Is(err, desk.ErrNotFound):
		status = http.StatusNotFound
	default:
		return http.StatusInternalServerError, nil
	}
	if len(causes) == 0 {
		causes = []string{err.Error()}
	}
	return status, causes
}

// emptyForm is the form before anybody fills it in.
func (p *page) emptyForm() form {
	y, m, d := time.Now().In(p.zone).AddDate(0, 0, 1).Date()
	f := form{Title: "Review", Room: rooms[0], Start: time.Date(y, m, d, 10, 0, 0, 0, p.zone).Format(inputTime), Minutes: "60"}
	if p.demo != nil {
		for _, a := range people {
			f.People += a.Name + " <" + a.Email + ">\n"
		}
	}
	return f
}

// functions are the functions of the templates.
func (p *page) functions() template.FuncMap {
	return template.FuncMap{
		"when":      p.when,
		"clock":     func(t time.Time) string { return t.In(p.zone).Format("2 Jan 15:04:05") },
		"zone":      p.zone.String,
		"rooms":     func() []string { return rooms },
		"attendees": func(m *invite.Meeting) []ical.Attendee { return m.Attendees(time.Time{}) },
		"who":       func(name, email string) string { return cmp.Or(name, email) },
		"status":    func(s ical.Status) string { return cmp.Or(statusTexts[s], string(s)) },
		"action": func(a body.Action) string {
			return strings.ReplaceAll(string(cmp.Or(a, body.ActionInvitation)), "-", " ")
		},
		"clients": func() any { return clients },
	}
}

// statusTexts says each answer in words.
var statusTexts = map[ical.Status]string{
	"": "no answer yet", ical.StatusNeedsAction: "no answer yet", ical.StatusAccepted: "accepted",
	ical.StatusTentative: "tentative", ical.StatusDeclined: "declined", ical.StatusDelegated: "sends somebody else",
}

// when returns a period on the clock of the rooms.
func (p *page) when(start, end time.Time) string {
	start, end = start.In(p.zone), end.In(p.zone)
	to := end.Format("15:04")
	if start.YearDay() != end.YearDay() || start.Year() != end.Year() {
		to = end.Format("Mon 2 Jan 2006, 15:04")
	}
	return start.Format("Mon 2 Jan 2006, 15:04") + " to " + to
}
