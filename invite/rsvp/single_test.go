package rsvp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/rsvp"
)

const far = "far@example.test"

// farDate makes a meeting an endless daily series, and invites a guest to the date that
// many days later alone.
func farDate(days int) func(e *ical.Event) {
	return func(e *ical.Event) {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily}
		e.Overrides = []ical.Event{{
			RecurrenceID: start.AddDate(0, 0, days), Summary: "Review with a guest",
			Attendees: append([]ical.Attendee{{Name: "Far", Email: far}}, e.Attendees...),
		}}
	}
}

// TestFarDateAlone opens the page of a guest who is invited to one date in five years. It
// shows that date and nothing of the series.
func TestFarDateAlone(t *testing.T) {
	for _, days := range []int{1, 5 * 364} {
		s := serve(t, []*invite.Meeting{review(farDate(days))}, func(o *rsvp.Options) { o.ShowGuests = true })
		link := s.link(far, ical.StatusAccepted)
		page := s.open(link)
		at := start.AddDate(0, 0, days)
		check(t, "dates", name(at), strings.Join(page.options(), " "))
		text := plain(page.text)
		for _, want := range []string{"Review with a guest", at.Format("Monday, January 2, 2006"), "Bob"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page lacks %q:\n%s", want, text)
			}
		}
		for _, bad := range []string{"Repeats", "Every day", "The whole series"} {
			if strings.Contains(text, bad) {
				t.Errorf("the page has %q:\n%s", bad, text)
			}
		}
		check(t, "answered", http.StatusSeeOther, s.answer(link).Code)
		check(t, "answer", ical.StatusAccepted, s.store.meetings[uid].OccurrenceStatus(far, at))

		s.clock.now = at.Add(24 * time.Hour)
		w := s.send(http.MethodGet, link, nil)
		text = plain(w.Body.String())
		check(t, "afterwards", true, strings.Contains(text, "This meeting is over") && strings.Contains(text, at.Format("January 2, 2006")))
		check(t, "afterwards: the guests or the rule of the series", false, strings.Contains(text, "Bob") || strings.Contains(text, "Every day"))
	}
}

// TestReaderIsSought finds the attendee of a link among many overrides with the same
// attendees: each address costs once.
func TestReaderIsSought(t *testing.T) {
	allocs := func(overrides int) float64 {
		m := review(func(e *ical.Event) {
			e.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily}
			for i := range 50 {
				e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("g%d@example.test", i)})
			}
			for i := range overrides {
				e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: start.AddDate(0, 0, i), Attendees: e.Attendees})
			}
		})
		s := serve(t, []*invite.Meeting{m})
		link := s.links.URL(m, ical.Attendee{Email: "gone@example.test"}, "")
		return testing.AllocsPerRun(2, func() { check(t, "status", http.StatusForbidden, s.send(http.MethodGet, link, nil).Code) })
	}
	if few, many := allocs(1), allocs(100); many > 2*few {
		t.Errorf("%.0f allocations with 100 overrides, and %.0f with one", many, few)
	}
}

// TestHostileNames shows names that would turn the text around them.
func TestHostileNames(t *testing.T) {
	m := review(func(e *ical.Event) {
		e.Attendees[0].Name = "\u202eAnn\u2069\u2069<b>\r\nX\x00\u2028"
		e.Attendees[1].Name = "\u2067Bob\u202e"
	})
	s := serve(t, []*invite.Meeting{m}, func(o *rsvp.Options) { o.ShowGuests = true })
	text := s.open(s.link(ann, "")).text
	if strings.ContainsAny(text, "\u202e\u2067\u2028\x00\r") || strings.Count(text, "\u2068") != strings.Count(text, "\u2069") {
		t.Errorf("the page turns texts:\n%q", text)
	}
	if !strings.Contains(text, "as \u2068Ann&lt;b&gt;  X\u2069.") || !strings.Contains(text, "<bdi>Bob</bdi>") {
		t.Errorf("the page lacks the names:\n%s", text)
	}
}

// TestFloatingTimes shows a time without a zone on the clock of every reader.
func TestFloatingTimes(t *testing.T) {
	m := review(func(e *ical.Event) { e.Floating, e.TimeZone, e.Attendees[0].TimeZone = true, "", "America/New_York" })
	s := serve(t, []*invite.Meeting{m})
	page := s.open(s.link(ann, "") + "?propose")
	check(t, "start of the form", "2027-03-02T09:00", page.form().Get("start"))
	if text := plain(page.text); !strings.Contains(text, "9:00 – 10:30 AM") {
		t.Errorf("the page shows another time:\n%s", text)
	}
}

// TestManyProposals opens the page of a meeting in which others have proposed and
// answered much. The proposals of others cost little.
func TestManyProposals(t *testing.T) {
	m := review()
	for i := range 1000 {
		email := fmt.Sprintf("g%d@example.test", i)
		m.Event.Attendees = append(m.Event.Attendees, ical.Attendee{Email: email})
		m.Proposals = append(m.Proposals, invite.Proposal{ID: email, Email: email, Start: start, End: start.Add(time.Hour), Sequence: 1, Stamp: noon})
		for range 10 {
			m.Answers = append(m.Answers, invite.Answer{Email: email, Status: ical.StatusAccepted, Sequence: 1, Stamp: noon})
		}
	}
	m.Proposals = append(m.Proposals, invite.Proposal{ID: "own", Email: ann, Start: start.Add(time.Hour), End: start.Add(2 * time.Hour), Sequence: 1, Stamp: noon})
	s := serve(t, []*invite.Meeting{m})
	begin := time.Now()
	text := plain(s.open(s.link(ann, "")).text)
	check(t, "took too long", false, time.Since(begin) > 10*time.Second)
	check(t, "shows the reader's own proposal", true, strings.Contains(text, "You have proposed another time: Tuesday, March 2, 2027, 11:00 AM – 12:00 PM"))
}
