package rsvp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/rsvp"
)

// TestAnswer answers by a link, and changes the answer.
func TestAnswer(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	w := s.answer(link, "comment", "I bring\r\ncake")
	check(t, "status", http.StatusSeeOther, w.Code)
	check(t, "Location", "?done=answer", w.Header().Get("Location"))
	m := s.store.meetings[uid]
	check(t, "answers", 1, len(m.Answers))
	a := m.Answers[0]
	want := invite.Answer{Email: ann, Status: ical.StatusAccepted, Comment: "I bring\ncake", Sequence: a.Sequence, Stamp: noon, Via: "link", MessageID: a.MessageID}
	if a != want || a.MessageID == "" {
		t.Errorf("answer = %+v, want %+v", a, want)
	}
	page := s.open(link + "?done=answer").text
	for _, text := range []string{"Thank you. Your answer has been saved.", "Your answer: Yes", "Change your answer"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q:\n%s", text, page)
		}
	}
	check(t, "the answer that is chosen after it was sent", "tentative", func() string {
		s.answer(link, "answer", "tentative")
		return s.open(link + "?done=answer").form().Get("answer")
	}())
	w = s.answer(link, "answer", "declined") // in the same second
	check(t, "status of the change", http.StatusSeeOther, w.Code)
	check(t, "answer", ical.StatusDeclined, s.status())
	check(t, "Bob's answer", ical.StatusNeedsAction, s.store.meetings[uid].Status(bob))
}

// TestReplay sends forms again. No form is taken in twice.
func TestReplay(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	first := s.open(link).form()
	check(t, "first", http.StatusSeeOther, s.post(link, first).Code)
	before := s.store.meetings[uid]
	for _, later := range []time.Duration{0, time.Second, time.Hour, 23 * time.Hour} {
		s.clock.now = noon.Add(later)
		check(t, "replay", http.StatusSeeOther, s.post(link, first).Code)
	}
	first.Set("answer", "declined")
	check(t, "another answer with the used token", http.StatusConflict, s.post(link, first).Code)
	if s.store.meetings[uid] != before {
		t.Error("a replay has changed the meeting")
	}
	check(t, "change", http.StatusSeeOther, s.answer(link, "answer", "tentative").Code)
	before = s.store.meetings[uid]
	first.Set("answer", "accepted")
	w := s.post(link, first)
	check(t, "replay of the first form after a change", http.StatusConflict, w.Code)
	if s.store.meetings[uid] != before {
		t.Error("a replay has changed the meeting")
	}
	// The page of the refusal holds a form that works, filled in as before.
	again := parse(t, w.Body.String()).form()
	check(t, "answer in the form", "accepted", again.Get("answer"))
	check(t, "the form of the refusal", http.StatusSeeOther, s.post(link, again).Code)
	check(t, "answer", ical.StatusAccepted, s.status())
}

// TestReplayAtOnce sends one form many times at once.
func TestReplayAtOnce(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	form := s.open(link).form()
	s.store.slow = 2 * time.Millisecond // so that requests meet between reading and storing
	var all sync.WaitGroup
	codes := make([]int, 50)
	for i := range codes {
		all.Go(func() { codes[i] = s.post(link, form).Code })
	}
	all.Wait()
	for _, code := range codes {
		check(t, "status", http.StatusSeeOther, code)
	}
	check(t, "answers that the Store got", 1, s.store.changes)
}

// TestReplayOnTwoMachines sends one form to several machines at once. They share a Store
// and no lock, and their clocks differ.
func TestReplayOnTwoMachines(t *testing.T) {
	for _, page := range []string{"", "?propose"} {
		s := serve(t, []*invite.Meeting{review()})
		link := s.link(ann, ical.StatusAccepted) + page
		form := s.open(link).form()
		if page != "" {
			form.Set("start", "2027-03-02T12:00")
			form.Set("end", "2027-03-02T13:00")
		}
		s.store.slow = 20 * time.Millisecond
		var all sync.WaitGroup
		codes := make([]int, 8)
		for i := range codes {
			now := noon.Add(time.Duration(i) * time.Second)
			machine := &site{t: t, Handler: rsvp.NewHandler(s.store, s.links, &rsvp.Options{Now: func() time.Time { return now }})}
			all.Go(func() { codes[i] = machine.post(link, form).Code })
		}
		all.Wait()
		for _, code := range codes {
			check(t, page+" status", http.StatusSeeOther, code)
		}
		m := s.store.meetings[uid]
		check(t, page+" answers and proposals", 1, len(m.Answers)+len(m.Proposals))
	}
}

// TestClockOfAnotherMachine changes an answer on a machine whose clock is behind. The later
// form counts all the same.
func TestClockOfAnotherMachine(t *testing.T) {
	for _, behind := range []time.Duration{2 * time.Second, 4 * time.Minute} {
		s := serve(t, []*invite.Meeting{review()})
		link := s.link(ann, ical.StatusDeclined)
		s.clock.now = noon.Add(behind)
		check(t, "proposed", http.StatusSeeOther, s.answer(link+"?propose", "start", "2027-03-03T10:00", "end", "2027-03-03T11:00").Code)
		check(t, "declined", http.StatusSeeOther, s.answer(link).Code)
		s.clock.now = noon
		check(t, "accepted", http.StatusSeeOther, s.answer(link, "answer", "accepted").Code)
		check(t, "answer", ical.StatusAccepted, s.status())
		check(t, "proposed again", http.StatusSeeOther, s.answer(link+"?propose", "start", "2027-03-03T12:00", "end", "2027-03-03T13:00").Code)
		check(t, "proposals", 2, len(s.store.meetings[uid].Proposals))
	}
}

// TestFormsOnTwoMachines sends one form with different answers to two machines. The first
// counts, and the reader of the other is told.
func TestFormsOnTwoMachines(t *testing.T) {
	m := review()
	said := invite.Answer{Email: ann, Status: ical.StatusAccepted, Stamp: noon, Via: "link", MessageID: "form"}
	m, _ = m.Answer(said)
	for _, c := range []struct {
		name   string
		change func(a *invite.Answer)
		want   invite.Verdict
	}{
		{"the same a second later", func(a *invite.Answer) { a.Stamp = noon.Add(time.Second) }, invite.VerdictDuplicate},
		{"another answer", func(a *invite.Answer) { a.Status, a.Stamp = ical.StatusDeclined, noon.Add(time.Second) }, invite.VerdictStale},
		{"another comment", func(a *invite.Answer) { a.Comment = "late" }, invite.VerdictStale},
		{"another form", func(a *invite.Answer) { a.MessageID, a.Stamp = "form 2", noon.Add(time.Second) }, invite.VerdictApplied},
		{"another attendee", func(a *invite.Answer) { a.Email = bob }, invite.VerdictApplied},
		{"by telephone", func(a *invite.Answer) { a.Via, a.Stamp = "phone", noon.Add(time.Second) }, invite.VerdictApplied},
	} {
		a := said
		c.change(&a)
		after, o := m.Answer(a)
		check(t, c.name, c.want, o.Verdict)
		check(t, c.name+": changed", c.want == invite.VerdictApplied, after != m)
	}
}

// TestRefusedForms sends forms that must change nothing.
func TestRefusedForms(t *testing.T) {
	other := review(func(e *ical.Event) { e.UID = "other" })
	s := serve(t, []*invite.Meeting{review(), other})
	link, bobs := s.link(ann, ical.StatusAccepted), s.link(bob, ical.StatusAccepted)
	others := s.links.URL(other, ical.Attendee{Email: ann}, ical.StatusAccepted)
	token := func(link string) string { return s.open(link).form().Get("form") }
	tests := []struct {
		name   string
		pairs  []string
		header []string
		want   int
	}{
		{"without a token", []string{"form", ""}, nil, 403},
		{"a token of Bob's page", []string{"form", token(bobs)}, nil, 403},
		{"a token of the page of another meeting", []string{"form", token(others)}, nil, 403},
		{"a token of the link for another answer", []string{"form", token(s.link(ann, ical.StatusDeclined))}, nil, 403},
		{"a token of the page of a proposal", []string{"form", token(link + "?propose")}, nil, 403},
		{"a token in upper case", []string{"form", strings.ToUpper(token(link))}, nil, 403},
		{"a token with a line end", []string{"form", token(link) + "\n"}, nil, 403},
		{"a changed token", []string{"form", flip(token(link), 3)}, nil, 403},
		{"the link as a token", []string{"form", link[strings.LastIndexByte(link, '/')+1:]}, nil, 403},
		{"no answer", []string{"answer", ""}, nil, 422},
		{"an unknown answer", []string{"answer", "delegated"}, nil, 422},
		{"a date of a single meeting", []string{"date", "1772442000"}, nil, 422},
		{"a date that is no number", []string{"date", "tomorrow"}, nil, 422},
		{"a long comment", []string{"comment", strings.Repeat("é", 1001)}, nil, 422},
		{"a form of 20 KB", []string{"comment", strings.Repeat("a", 20<<10)}, nil, 413},
		{"from another site", nil, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"from a site of the same domain", nil, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"as JSON", nil, []string{"Content-Type", "application/json"}, 415},
		{"as multipart", nil, []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		{"without a type", nil, []string{"Content-Type", ""}, 415},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := s.send(http.MethodPost, link, s.open(link).form(tt.pairs...), tt.header...)
			check(t, "status", tt.want, w.Code)
			check(t, "changes", 0, s.store.changes)
			page := parse(t, w.Body.String())
			if !strings.Contains(page.text, `role="alert"`) || len(page.all("form")) != 1 {
				t.Errorf("the page has no message or no form:\n%s", page.text)
			}
			if w.Body.Len() > 12<<10 {
				t.Errorf("the page has %d octets", w.Body.Len())
			}
		})
	}
	t.Run("the token in the query", func(t *testing.T) {
		form := s.open(link).form()
		w := s.send(http.MethodPost, link+"?"+form.Encode(), nil)
		check(t, "status", 403, w.Code)
		check(t, "changes", 0, s.store.changes)
	})
	t.Run("after a day", func(t *testing.T) {
		form := s.open(link).form()
		s.clock.now = noon.Add(24*time.Hour + time.Second)
		check(t, "status", 409, s.post(link, form).Code)
		check(t, "changes", 0, s.store.changes)
	})
}

// flip changes one character of a text in base 32.
func flip(s string, i int) string {
	c := byte('a')
	if s[i] == c {
		c = 'b'
	}
	return s[:i] + string(c) + s[i+1:]
}

// TestFormOfAnOldVersion opens a form, and sends it after a change that asked everybody
// anew.
func TestFormOfAnOldVersion(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	form := s.open(link).form()
	moved := review(func(e *ical.Event) { e.Sequence, e.Start, e.End = 2, start.Add(time.Hour), start.Add(2*time.Hour) })
	moved.Revised = 2
	s.store.meetings[uid] = moved
	w := s.post(link, form)
	check(t, "status", http.StatusConflict, w.Code)
	check(t, "changes", 0, s.store.changes)
	if !strings.Contains(w.Body.String(), "11:00\u00a0AM") {
		t.Errorf("the page does not show the new time:\n%s", w.Body)
	}
	check(t, "the new form", http.StatusSeeOther, s.post(link, parse(t, w.Body.String()).form()).Code)
}

// TestMailAndLink gives answers by mail and by link in every order. The later one counts.
func TestMailAndLink(t *testing.T) {
	t.Run("the mail before the link", func(t *testing.T) {
		s := serve(t, []*invite.Meeting{review()})
		form := s.open(s.link(ann, ical.StatusAccepted)).form()
		s.mail("DECLINED", noon.Add(time.Minute))
		s.clock.now = noon.Add(2 * time.Minute)
		check(t, "status", http.StatusSeeOther, s.post(s.link(ann, ical.StatusAccepted), form).Code)
		check(t, "answer", ical.StatusAccepted, s.status())
	})
	t.Run("the mail after the link", func(t *testing.T) {
		s := serve(t, []*invite.Meeting{review()})
		s.answer(s.link(ann, ical.StatusAccepted))
		s.mail("DECLINED", noon.Add(time.Minute))
		check(t, "answer", ical.StatusDeclined, s.status())
		if page := s.open(s.link(ann, "")).text; !strings.Contains(page, "Your answer: No") {
			t.Errorf("the page does not show the answer of the mail:\n%s", page)
		}
	})
	t.Run("a mail that was written before the link, and comes after it", func(t *testing.T) {
		s := serve(t, []*invite.Meeting{review()})
		s.answer(s.link(ann, ical.StatusAccepted))
		s.mail("DECLINED", noon.Add(-time.Minute))
		check(t, "answer", ical.StatusAccepted, s.status())
	})
	t.Run("link, mail, link", func(t *testing.T) {
		s := serve(t, []*invite.Meeting{review()})
		s.answer(s.link(ann, ical.StatusAccepted))
		s.mail("DECLINED", noon.Add(time.Minute))
		s.clock.now = noon.Add(2 * time.Minute)
		s.answer(s.link(ann, ical.StatusTentative))
		check(t, "answer", ical.StatusTentative, s.status())
	})
}

// TestStates shows the pages of meetings that cannot be answered.
func TestStates(t *testing.T) {
	cancelled := review(func(e *ical.Event) { e.Cancelled = true })
	tests := []struct {
		name    string
		meeting *invite.Meeting
		now     time.Time
		code    int
		text    string
	}{
		{"cancelled", cancelled, noon, 200, "This meeting has been cancelled and does not take place."},
		{"before the end", review(), start.Add(89 * time.Minute), 200, "Will you attend?"},
		{"over", review(), start.Add(90 * time.Minute), 200, "This meeting is over."},
		{"a series that is over", review(weekly), start.AddDate(0, 0, 64), 200, "This meeting is over."},
		{"the link has expired", review(), start.AddDate(0, 0, 32), 410, "This link has expired"},
		{"not invited any more", review(func(e *ical.Event) { e.Attendees = e.Attendees[1:] }), noon, 403, "You are not invited to this meeting any more"},
		{"deleted", nil, noon, 410, "This link has expired"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, []*invite.Meeting{review()})
			link := s.link(ann, ical.StatusAccepted)
			form := s.open(link).form()
			s.store.meetings[uid], s.clock.now = tt.meeting, tt.now
			w := s.send(http.MethodGet, link, nil)
			check(t, "status", tt.code, w.Code)
			if !strings.Contains(w.Body.String(), tt.text) {
				t.Errorf("the page does not say %q:\n%s", tt.text, w.Body)
			}
			if tt.name == "before the end" {
				return
			}
			if strings.Contains(w.Body.String(), "<form") {
				t.Error("the page has a form")
			}
			if w = s.post(link, form); w.Code < 400 || s.store.changes != 0 {
				t.Errorf("POST: %d, %d changes", w.Code, s.store.changes)
			}
		})
	}
}

// TestStoreErrors checks that pages show nothing of the text of an error, and that the
// errors of package invite have messages of their own.
func TestStoreErrors(t *testing.T) {
	for _, tt := range []struct {
		err  error
		code int
		text string
	}{
		{errors.New("pq: secret"), 503, "Something went wrong, and nothing has been saved"},
		{fmt.Errorf("secret: %w", invite.ErrNoMeeting), 410, "This link has expired"},
		{fmt.Errorf("secret: %w", invite.ErrNotInvited), 403, "You are not invited to this meeting any more"},
	} {
		s := serve(t, []*invite.Meeting{review()})
		link := s.link(ann, ical.StatusAccepted)
		form := s.open(link).form()
		s.store.err = tt.err
		for _, w := range []string{s.post(link, form).Body.String(), s.send(http.MethodGet, link, nil).Body.String()} {
			if !strings.Contains(w, tt.text) || strings.Contains(w, "secret") {
				t.Errorf("%v: the page is\n%s", tt.err, w)
			}
		}
		check(t, "status", tt.code, s.send(http.MethodGet, link, nil).Code)
	}
}

// TestFormIsKept checks that a form is not lost if the Store fails.
func TestFormIsKept(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	for _, tt := range []struct {
		store writes
		code  int
	}{
		{writes{err: errors.New("secret")}, 503},
		{writes{err: fmt.Errorf("secret: %w", invite.ErrCancelled)}, 409},
		{writes{err: fmt.Errorf("secret: %w", invite.ErrPast)}, 409},
		{writes{outcome: invite.Outcome{Verdict: invite.VerdictStale}}, 409},
		{writes{outcome: invite.Outcome{Verdict: invite.VerdictUnknownEvent}}, 422},
		{writes{outcome: invite.Outcome{Verdict: invite.VerdictNotAnAnswer}}, 409},
		{writes{outcome: invite.Outcome{Verdict: invite.VerdictHeld}}, 409},
	} {
		tt.store.memory = s.store
		s.Handler = rsvp.NewHandler(tt.store, s.links, &rsvp.Options{Now: func() time.Time { return noon }})
		w := s.answer(link, "answer", "tentative", "comment", "I bring <cake>")
		check(t, "status", tt.code, w.Code)
		form := parse(t, w.Body.String()).form()
		check(t, "answer", "tentative", form.Get("answer"))
		check(t, "comment", "I bring <cake>", form.Get("comment"))
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("the page shows an error:\n%s", w.Body)
		}
	}
}

// writes is a Store whose Answer and Propose have a given result.
type writes struct {
	*memory
	outcome invite.Outcome
	err     error
}

func (w writes) Answer(context.Context, string, invite.Answer) (invite.Outcome, error) {
	return w.outcome, w.err
}

// TestUnknownZone opens the page of a meeting whose times nobody can read.
func TestUnknownZone(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted)
	form := s.open(link).form()
	for _, change := range []func(e *ical.Event){
		func(e *ical.Event) { e.TimeZone = "Mars/Olympus" },
		func(e *ical.Event) { weekly(e); e.TimeZone = "Mars/Olympus"; e.AllDay = true },
	} {
		s.store.meetings[uid] = review(change)
		check(t, "GET", http.StatusServiceUnavailable, s.send(http.MethodGet, link, nil).Code)
		check(t, "POST", http.StatusServiceUnavailable, s.post(link, form).Code)
	}
	check(t, "changes", 0, s.store.changes)
	s.store.meetings[uid] = review(func(e *ical.Event) { e.Start, e.End = time.Time{}, time.Time{} })
	check(t, "a meeting without a start", http.StatusOK, s.send(http.MethodGet, link, nil).Code)
}
