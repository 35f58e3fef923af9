package body_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// A renderer that has written other mails writes the same as a new one,
// whatever was changed in place since.
func TestCacheSeesChanges(t *testing.T) {
	r := newRenderer(t, nil)
	e, before := series(t), series(t)
	v := &body.View{Event: e, Before: before, Action: body.ActionUpdate, Attendee: ical.Attendee{Name: "N", Email: "n@example.com"}, Answers: answers("x")}
	for name, change := range map[string]func(){
		"nothing":         func() {},
		"summary":         func() { e.Summary += "x" },
		"description":     func() { e.Description += "x" },
		"location":        func() { e.Location += "x" },
		"url":             func() { e.URL += "x" },
		"conference":      func() { e.Conference += "x" },
		"start":           func() { e.Start = e.Start.Add(time.Minute) },
		"end":             func() { e.End = e.End.Add(time.Minute) },
		"zone":            func() { e.TimeZone = "Europe/London" },
		"all day":         func() { e.AllDay = !e.AllDay },
		"organizer":       func() { e.Organizer.Name += "x" },
		"guest":           func() { e.Attendees[1].Name += "x" },
		"role":            func() { e.Attendees[0].Role = ical.RoleOptional },
		"kind":            func() { e.Attendees[0].Kind = ical.KindRoom },
		"guests":          func() { e.Attendees = e.Attendees[1:] },
		"attachment":      func() { e.Attachments[0].Name += "x" },
		"rule":            func() { e.Recurrence.Interval++ },
		"rule days":       func() { e.Recurrence.ByDay[0] = ical.DayMonday },
		"exception":       func() { e.Recurrence.Except[0] = e.Recurrence.Except[0].Add(24 * time.Hour) },
		"override":        func() { e.Overrides[0].Location += "x" },
		"before":          func() { before.Location += "x" },
		"no before":       func() { v.Before = nil },
		"action":          func() { v.Action = body.ActionCancellation },
		"comment":         func() { v.Comment += "x" },
		"hide guests":     func() { v.HideGuests = true },
		"proposed":        func() { v.Action, v.Proposed.Start = body.ActionProposalDeclined, e.Start },
		"reader's zone":   func() { v.Attendee.TimeZone = "Asia/Tokyo" },
		"language":        func() { v.Attendee.Language = "de" },
		"status":          func() { v.Action, v.Status = body.ActionAnswer, ical.StatusDeclined },
		"who answers":     func() { v.Action, v.Attendee.Name = body.ActionAnswer, v.Attendee.Name+"x" },
		"answers":         func() { v.Answers = v.Answers[:1] },
		"answer's links":  func() { v.Answers = answers("y") },
		"no answers":      func() { v.Answers = nil },
		"another answer":  func() { v.Answers = answers("z")[1:2] },
		"unsafe answer":   func() { v.Answers = []body.AnswerLink{{Status: ical.StatusAccepted, URL: "javascript:x"}} },
		"a single event":  func() { e.Recurrence, e.Overrides = nil, nil },
		"cancelled alone": func() { e.RecurrenceID = e.Start },
	} {
		render(t, r, v)
		change()
		got, want := render(t, r, v), render(t, newRenderer(t, nil), v)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after a change of %s (-new +used):\n%s", name, diff)
		}
		if name == "nothing" && render(t, r, v).HTML != want.HTML {
			t.Error("the second mail differs from the first")
		}
		if v.Before == nil {
			v.Before = before
		}
		if e.Recurrence == nil {
			e.Recurrence, e.Overrides = series(t).Recurrence, series(t).Overrides
		}
		if len(e.Attendees) < 2 {
			e.Attendees = series(t).Attendees
		}
		if len(v.Answers) == 0 {
			v.Answers = answers("x")
		}
		v.Action = body.ActionUpdate
	}
}

// Rendering changes nothing in the view.
func TestViewUnchanged(t *testing.T) {
	for a, v := range views(t) {
		want := views(t)[a]
		render(t, newRenderer(t, nil), v)
		if diff := cmp.Diff(want, v, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
			t.Errorf("%s: the view is another (-want +got):\n%s", a, diff)
		}
	}
}

func TestConcurrent(t *testing.T) {
	r := newRenderer(t, nil)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				v := views(t)[body.ActionInvitation]
				v.Language = body.Languages()[(i+j)%16]
				v.Comment = string(rune('a' + j)) // more than are kept
				if _, err := r.Render(v); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// A mail to one more recipient costs little.
func TestAllocations(t *testing.T) {
	r := newRenderer(t, nil)
	v := views(t)[body.ActionInvitation]
	if got := testing.AllocsPerRun(100, func() { render(t, r, v) }); got > 150 {
		t.Errorf("%v allocations for a recipient, want at most 150", got)
	}
}

func BenchmarkRecipient(b *testing.B) {
	r := newRenderer(b, nil)
	v := views(b)[body.ActionInvitation]
	v.Attendee.Language = "de"
	b.ReportAllocs()
	for b.Loop() {
		render(b, r, v)
	}
}

// 500 guests in four languages and two zones, one after the other.
func BenchmarkMixedRecipients(b *testing.B) {
	r := newRenderer(b, nil)
	v := views(b)[body.ActionInvitation]
	for range 500 {
		v.Event.Attendees = append(v.Event.Attendees, ical.Attendee{Name: "Guest", Email: "guest@example.com"})
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		v.Attendee.Language = body.Languages()[i%4]
		v.Attendee.TimeZone = []string{"", "Asia/Tokyo"}[i/4%2]
		render(b, r, v)
		i++
	}
}

func BenchmarkFirst(b *testing.B) {
	r := newRenderer(b, nil)
	v := views(b)[body.ActionInvitation]
	b.ReportAllocs()
	for b.Loop() {
		v.Event.Start = v.Event.Start.Add(time.Hour)
		render(b, r, v)
	}
}
