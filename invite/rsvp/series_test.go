package rsvp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// options returns the values of the dates that a page offers.
func (d *document) options() (out []string) {
	for _, n := range d.all("option") {
		v, _ := attr(n, "value")
		out = append(out, v)
	}
	return out
}

// week returns the start of an occurrence of a weekly series.
func week(n int) time.Time { return start.AddDate(0, 0, 7*n) }

// name returns the value of a date in a form.
func name(t time.Time) string { return fmt.Sprint(t.Unix()) }

// TestSeries answers a series as a whole and by date.
func TestSeries(t *testing.T) {
	s := serve(t, []*invite.Meeting{review(weekly)})
	link := s.link(ann, ical.StatusAccepted)
	check(t, "the series", http.StatusSeeOther, s.answer(link).Code)
	check(t, "one date", http.StatusSeeOther, s.answer(link, "date", name(week(2)), "answer", "declined").Code)
	m := s.store.meetings[uid]
	check(t, "series", ical.StatusAccepted, m.Status(ann))
	check(t, "date", ical.StatusDeclined, m.OccurrenceStatus(ann, week(2)))
	check(t, "other date", ical.StatusAccepted, m.OccurrenceStatus(ann, week(3)))
	page := s.open(link)
	check(t, "dates", 11, len(page.options()))
	for _, text := range []string{"The whole series", "Tuesday, March 16, 2027, 10:00 – 11:30 AM – No", "Tuesday, March 23, 2027, 10:00 – 11:30 AM – Yes"} {
		if !strings.Contains(plain(page.text), text) {
			t.Errorf("the page lacks %q:\n%s", text, page.text)
		}
	}
	for _, tt := range []struct {
		name, date string
	}{
		{"a date between", name(week(2).AddDate(0, 0, 1))}, {"a date after the series", name(week(10))},
		{"no number", "x"}, {"a huge number", "99999999999999999999"}, {"the year 200000", "6249271840000"},
	} {
		check(t, tt.name, http.StatusUnprocessableEntity, s.answer(link, "date", tt.date).Code)
	}
	s.clock.now = week(2).Add(2 * time.Hour)
	check(t, "a date that is over", http.StatusUnprocessableEntity, s.answer(link, "date", name(week(2))).Code)
	check(t, "dates that are left", 8, len(s.open(link).options()))
}

// plain replaces the spaces in times, and removes joiners.
func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2060", "").Replace(s)
}

// TestSeriesDates checks which dates are offered.
func TestSeriesDates(t *testing.T) {
	tests := []struct {
		name   string
		change func(e *ical.Event)
		want   int // dates, with the whole series
		more   bool
	}{
		{"ten weeks", func(*ical.Event) {}, 11, false},
		{"an endless series", func(e *ical.Event) { e.Recurrence.Count = 0 }, 21, true},
		{"20 weeks", func(e *ical.Event) { e.Recurrence.Count = 20 }, 21, false},
		{"21 weeks", func(e *ical.Event) { e.Recurrence.Count = 21 }, 21, true},
		{"an exception and a cancelled date", func(e *ical.Event) {
			e.Recurrence.Except = []time.Time{week(1)}
			e.Overrides = []ical.Event{{RecurrenceID: week(2), Cancelled: true}}
		}, 9, false},
		{"not invited to one date", func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: week(2), Attendees: e.Attendees[1:]}}
		}, 10, false},
		{"invited to one date alone", func(e *ical.Event) {
			e.Overrides = []ical.Event{{RecurrenceID: week(2), Attendees: e.Attendees}}
			e.Attendees = e.Attendees[1:]
		}, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, []*invite.Meeting{review(weekly, tt.change)})
			page := s.open(s.link(ann, ical.StatusAccepted))
			check(t, "dates", tt.want, len(page.options()))
			check(t, "says that there are more", tt.more, strings.Contains(page.text, "Only the next dates"))
		})
	}
}

// TestOneDateAlone answers in the name of an attendee who is invited to one date alone.
func TestOneDateAlone(t *testing.T) {
	s := serve(t, []*invite.Meeting{review(weekly, func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: week(2), Attendees: e.Attendees}}
		e.Attendees = e.Attendees[1:]
	})})
	link := s.link(ann, ical.StatusAccepted)
	check(t, "the whole series", http.StatusUnprocessableEntity, s.answer(link, "date", "").Code)
	check(t, "another date", http.StatusUnprocessableEntity, s.answer(link, "date", name(week(3))).Code)
	check(t, "the date", http.StatusSeeOther, s.answer(link).Code)
	check(t, "answer", ical.StatusAccepted, s.store.meetings[uid].OccurrenceStatus(ann, week(2)))
}

// TestPropose asks for another time.
func TestPropose(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted) + "?propose"
	form := s.open(link).form()
	check(t, "start", "2027-03-02T10:00", form.Get("start")) // in Berlin
	check(t, "end", "2027-03-02T11:30", form.Get("end"))
	w := s.answer(link, "start", "2027-03-03T14:00", "end", "2027-03-03T15:00", "comment", "I am travelling")
	check(t, "status", http.StatusSeeOther, w.Code)
	check(t, "Location", "?done=propose", w.Header().Get("Location"))
	m := s.store.meetings[uid]
	if len(m.Proposals) != 1 {
		t.Fatalf("%d proposals", len(m.Proposals))
	}
	p := m.Proposals[0]
	want := invite.Proposal{ID: p.ID, Email: ann, Start: p.Start, End: p.End, Comment: "I am travelling", Sequence: p.Sequence, Stamp: noon, Via: "link", MessageID: p.MessageID}
	if p != want || p.MessageID == "" || !p.Start.Equal(time.Date(2027, 3, 3, 13, 0, 0, 0, time.UTC)) || p.End.Sub(p.Start) != time.Hour {
		t.Errorf("proposal = %+v", p)
	}
	check(t, "answer", ical.StatusNeedsAction, s.status())
	page := plain(s.open(s.link(ann, ical.StatusAccepted) + "?done=propose").text)
	for _, text := range []string{"Your proposal has been sent to the organizer.", "You have proposed another time: Wednesday, March 3, 2027, 2:00 – 3:00 PM"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q:\n%s", text, page)
		}
	}
}

// TestProposeReplay sends the form of a proposal again.
func TestProposeReplay(t *testing.T) {
	s := serve(t, []*invite.Meeting{review()})
	link := s.link(ann, ical.StatusAccepted) + "?propose"
	form := s.open(link).form("start", "2027-03-03T14:00", "end", "2027-03-03T15:00")
	for i := range 3 {
		s.clock.now = noon.Add(time.Duration(i) * time.Minute)
		check(t, "status", http.StatusSeeOther, s.post(link, form).Code)
	}
	check(t, "proposals", 1, len(s.store.meetings[uid].Proposals))
	form.Set("start", "2027-03-03T14:30")
	check(t, "another time with the used token", http.StatusConflict, s.post(link, form).Code)
	check(t, "changes", 1, s.store.changes)
}

// TestProposeRefused sends times that cannot be proposed.
func TestProposeRefused(t *testing.T) {
	tests := []struct {
		name, start, end, text string
	}{
		{"nothing", "", "", "valid date and time"},
		{"no time", "2027-03-03", "2027-03-03", "valid date and time"},
		{"words", "tomorrow", "2027-03-03T10:00", "valid date and time"},
		{"a time that the clock skips", "2027-03-28T02:30", "2027-03-28T04:00", "valid date and time"},
		{"the year 10000", "10000-03-03T10:00", "10000-03-03T11:00", "valid date and time"},
		{"the past", "2027-01-31T10:00", "2027-01-31T11:00", "start in the future"},
		{"six years later", "2033-03-03T10:00", "2033-03-03T11:00", "start in the future"},
		{"the end before the start", "2027-03-03T10:00", "2027-03-03T09:00", "end that is after the start"},
		{"the present time", "2027-03-02T10:00", "2027-03-02T11:30", "already has this time"},
		{"no length", "2027-03-03T10:00", "2027-03-03T10:00", "end that is after the start"},
		{"two months", "2027-03-03T10:00", "2027-05-03T10:00", "end that is after the start"},
		{"a very long text", strings.Repeat("2", 5000), "2027-03-03T10:00", "valid date and time"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, []*invite.Meeting{review()})
			w := s.answer(s.link(ann, "")+"?propose", "start", tt.start, "end", tt.end)
			check(t, "status", http.StatusUnprocessableEntity, w.Code)
			check(t, "changes", 0, s.store.changes)
			if !strings.Contains(w.Body.String(), tt.text) || w.Body.Len() > 12<<10 {
				t.Errorf("the page does not say %q:\n%s", tt.text, w.Body)
			}
		})
	}
	for _, good := range []string{"2027-03-03 10:00", " 2027-03-03T10:00:00 "} {
		s := serve(t, []*invite.Meeting{review()})
		check(t, good, http.StatusSeeOther, s.answer(s.link(ann, "")+"?propose", "start", good, "end", "2027-03-03T11:00").Code)
	}
}

// TestProposeDate asks for another time of one date of a series.
func TestProposeDate(t *testing.T) {
	s := serve(t, []*invite.Meeting{review(weekly)})
	link := s.link(ann, "") + "?propose"
	page := s.open(link)
	check(t, "dates", 10, len(page.options())) // the series itself is not among them
	check(t, "the series", http.StatusUnprocessableEntity, s.answer(link, "date", "").Code)
	w := s.answer(link, "date", name(week(2)), "start", "2027-03-17T10:00", "end", "2027-03-17T11:00")
	check(t, "status", http.StatusSeeOther, w.Code)
	p := s.store.meetings[uid].Proposals[0]
	if !p.RecurrenceID.Equal(week(2)) {
		t.Errorf("proposal = %+v", p)
	}
}

// TestProposeDays asks for other days of an all-day meeting.
func TestProposeDays(t *testing.T) {
	s := serve(t, []*invite.Meeting{review(func(e *ical.Event) {
		e.AllDay, e.Start, e.End = true, time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC), time.Date(2027, 3, 4, 0, 0, 0, 0, time.UTC)
	})})
	link := s.link(ann, "") + "?propose"
	form := s.open(link).form()
	check(t, "start", "2027-03-02", form.Get("start"))
	check(t, "last day", "2027-03-03", form.Get("end"))
	check(t, "status", http.StatusSeeOther, s.answer(link, "start", "2027-03-09", "end", "2027-03-09").Code)
	p := s.store.meetings[uid].Proposals[0]
	if !p.AllDay || !p.Start.Equal(time.Date(2027, 3, 9, 0, 0, 0, 0, time.UTC)) || !p.End.Equal(time.Date(2027, 3, 10, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("proposal = %+v", p)
	}
}

// TestReaderZone shows and reads times on the reader's clock.
func TestReaderZone(t *testing.T) {
	s := serve(t, []*invite.Meeting{review(func(e *ical.Event) { e.Attendees[0].TimeZone = "America/New_York" })})
	link := s.link(ann, "") + "?propose"
	check(t, "start", "2027-03-02T04:00", s.open(link).form().Get("start"))
	s.answer(link, "start", "2027-03-03T08:00", "end", "2027-03-03T09:00")
	if p := s.store.meetings[uid].Proposals[0]; !p.Start.Equal(time.Date(2027, 3, 3, 13, 0, 0, 0, time.UTC)) {
		t.Errorf("proposal = %+v", p)
	}
}

// TestNoCounter offers no other time for a meeting that does not allow it.
func TestNoCounter(t *testing.T) {
	s := serve(t, []*invite.Meeting{review(func(e *ical.Event) { e.NoCounter = true })})
	link := s.link(ann, "")
	if page := s.open(link + "?propose"); strings.Contains(page.text, "ropose") || !strings.Contains(page.text, "Will you attend?") {
		t.Errorf("the page is\n%s", page.text)
	}
	other := serve(t, []*invite.Meeting{review()})
	form := other.open(link + "?propose").form()
	if w := s.post(link+"?propose", form); w.Code < 400 || s.store.changes != 0 {
		t.Errorf("a proposal: %d", w.Code)
	}
}
