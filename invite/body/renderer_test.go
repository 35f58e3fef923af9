package body_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// TestRenderKeepsNothing changes a view in place. A renderer that has written other
// mails must write the same as a new one.
func TestRenderKeepsNothing(t *testing.T) {
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
		"exception":       func() { e.Recurrence.Except[0] = e.Recurrence.Except[0].Add(48 * time.Hour) },
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

// TestViewUnchanged checks that rendering changes nothing in the view.
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

// prepare returns the function that puts links into the words of a view.
func prepare(t testing.TB, r *body.Renderer, v *body.View) func(links []body.AnswerLink) *body.Body {
	t.Helper()
	fill, err := r.Prepare(v)
	if err != nil {
		t.Fatal(err)
	}
	return func(links []body.AnswerLink) *body.Body {
		t.Helper()
		b, err := fill(links)
		if err != nil {
			t.Error(err)
			return new(body.Body)
		}
		return b
	}
}

// linkTemplates write links more than once and in places of several kinds.
var linkTemplates = folder(
	"answers.html", `{{define "answers"}}<p title="{{(index .Links 0).Link}}">{{range .Links}}<a href="{{.Link}}">{{.Link}}</a>{{end}}</p>{{end}}`,
	"body.txt", "{{.AnswerLinks}}{{.Lead}}\n",
)

// TestPrepare prepares words with the links of one reader, and puts other links in,
// which fit the words or do not. The result must be equal to a whole rendering.
func TestPrepare(t *testing.T) {
	unsafe := func(url string) []body.AnswerLink {
		return []body.AnswerLink{{Status: ical.StatusAccepted, URL: url}, answers("u")[1], answers("u")[2]}
	}
	lists := map[string][]body.AnswerLink{
		"own":           answers("a1"),
		"none":          nil,
		"one":           answers("one")[:1],
		"another order": {answers("o")[2], answers("o")[0], answers("o")[1]},
		"twice":         append(answers("t"), answers("t")...),
		"script":        unsafe("javascript:alert(1)"),
		"quote":         unsafe("https://example.com/\"><script>"),
		"user":          unsafe("https://a@example.com/"),
		"control":       unsafe("https://example.com/\x00answers\n"),
		"mark":          unsafe("https://example.com/<!--answers-->"),
		"placeholder":   unsafe("https://answer.invalid/2/"),
		"characters":    unsafe("https://example.com/ä'()&amp;%zz+?a=b&c={{.}}"),
		"no status":     {{URL: "https://example.com/"}},
	}
	for name, o := range map[string]*body.Options{"built in": nil, "own templates": {Templates: linkTemplates}} {
		r := newRenderer(t, o)
		for first, list := range lists {
			if name == "own templates" && (len(list) == 0 || first == "no status") {
				continue // its block has no answer to begin with
			}
			v := views(t)[body.ActionInvitation]
			v.Answers = list
			fill := prepare(t, r, v)
			for second, list := range lists {
				w := *v
				w.Answers = list
				if diff := cmp.Diff(render(t, r, &w), fill(list)); diff != "" {
					t.Errorf("%s: words for %s, links for %s (-Render +Prepare):\n%s", name, first, second, diff)
				}
			}
		}
	}
}

func TestPrepareErrors(t *testing.T) {
	e := meeting(t)
	e.TimeZone = "Europe/Atlantis"
	for name, v := range map[string]*body.View{"nil": nil, "no event": {}, "zone": {Event: e}} {
		_, want := newRenderer(t, nil).Render(v)
		if fill, err := newRenderer(t, nil).Prepare(v); fill != nil || err == nil || want == nil || err.Error() != want.Error() {
			t.Errorf("%s: Prepare = %v, Render = %v", name, err, want)
		}
	}
}

// checkReader fails t if a body lacks a link of the reader with that token, or has
// a link of somebody else.
func checkReader(t *testing.T, b *body.Body, token string) {
	t.Helper()
	for name, s := range map[string]string{"text": b.Text, "HTML": b.HTML} {
		all, own := strings.Count(s, "example.com/answer?t="), strings.Count(s, "example.com/answer?t="+token+"&")
		if all != own || own < 3 {
			t.Errorf("the %s for reader %s has %d links, %d of them their own", name, token, all, own)
		}
	}
}

// TestOwnLinks puts the links of many readers into the same words, in turns and at
// the same time. No reader may get a link of another.
func TestOwnLinks(t *testing.T) {
	for name, o := range map[string]*body.Options{"built in": nil, "own templates": {Templates: linkTemplates}} {
		t.Run(name, func(t *testing.T) {
			v := views(t)[body.ActionInvitation]
			fill := prepare(t, newRenderer(t, o), v)
			want := map[string]*body.Body{}
			for i := range 1000 {
				token := fmt.Sprintf("reader%d", i)
				want[token] = fill(answers(token))
				checkReader(t, want[token], token)
			}
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for token := range want {
						if b := fill(answers(token)); b.Text != want[token].Text || b.HTML != want[token].HTML {
							t.Errorf("the body for reader %s differs from the first one", token)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

// TestAllocations checks that a mail to one more reader costs little.
func TestAllocations(t *testing.T) {
	v := views(t)[body.ActionInvitation]
	fill := prepare(t, newRenderer(t, nil), v)
	if got := testing.AllocsPerRun(100, func() { fill(v.Answers) }); got > 50 {
		t.Errorf("%v allocations for a reader, want at most 50", got)
	}
}

// BenchmarkRecipient puts links into words, without writing the words.
func BenchmarkRecipient(b *testing.B) {
	v := views(b)[body.ActionInvitation]
	v.Attendee.Language = "de"
	fill := prepare(b, newRenderer(b, nil), v)
	b.ReportAllocs()
	for b.Loop() {
		fill(v.Answers)
	}
}

// BenchmarkMixedRecipients has 500 guests in four languages and two zones, one
// after the other, each with words that were prepared.
func BenchmarkMixedRecipients(b *testing.B) {
	r := newRenderer(b, nil)
	v := views(b)[body.ActionInvitation]
	for range 500 {
		v.Event.Attendees = append(v.Event.Attendees, ical.Attendee{Name: "Guest", Email: "guest@example.com"})
	}
	var fills []func([]body.AnswerLink) *body.Body
	for i := range 8 {
		v.Attendee.Language = body.Languages()[i%4]
		v.Attendee.TimeZone = []string{"", "Asia/Tokyo"}[i/4%2]
		fills = append(fills, prepare(b, r, v))
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		fills[i%8](v.Answers)
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
