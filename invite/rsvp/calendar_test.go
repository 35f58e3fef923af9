package rsvp_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/rsvp"
)

// withCalendars is a setting of [serve].
func withCalendars(o *rsvp.Options) { o.CalendarLinks = true }

// external returns the links of a page that lead elsewhere, in their order.
func (d *document) external() (out []*url.URL) {
	d.t.Helper()
	for _, n := range d.all("a") {
		href, _ := attr(n, "href")
		u, err := url.Parse(href)
		if err != nil {
			d.t.Fatal(err)
		}
		if u.Host == "" {
			continue
		}
		if rel, _ := attr(n, "rel"); rel != "noopener noreferrer" {
			d.t.Errorf("%s has rel %q", href, rel)
		}
		out = append(out, u)
	}
	return out
}

// TestCalendarLinks checks which pages have links to online calendars. Only a reader who
// comes gets them, and only as long as the meeting can be answered.
func TestCalendarLinks(t *testing.T) {
	all := []string{"calendar.google.com", "outlook.live.com", "outlook.office.com", "calendar.yahoo.com"}
	tests := []struct {
		name   string
		change func(e *ical.Event)
		answer ical.Status
		query  string
		later  time.Duration
		off    bool
		want   []string
	}{
		{name: "yes", answer: ical.StatusAccepted, want: all},
		{name: "yes, the page that says so", answer: ical.StatusAccepted, query: "?done=answer", want: all},
		{name: "maybe", answer: ical.StatusTentative, want: all},
		{name: "no", answer: ical.StatusDeclined},
		{name: "no answer"},
		{name: "no option", answer: ical.StatusAccepted, off: true},
		{name: "the page of a proposal", answer: ical.StatusAccepted, query: "?propose"},
		{name: "over", answer: ical.StatusAccepted, later: 60 * 24 * time.Hour},
		{name: "an answer by mail", change: func(e *ical.Event) { e.Attendees[0].Status = ical.StatusAccepted }, want: all},
		{name: "cancelled", change: func(e *ical.Event) { e.Attendees[0].Status, e.Cancelled = ical.StatusAccepted, true }},
		{name: "series", change: weekly, answer: ical.StatusAccepted, want: all[:1]},
		{name: "series with an exception", answer: ical.StatusAccepted, change: func(e *ical.Event) {
			weekly(e)
			e.Recurrence.Except = []time.Time{start.AddDate(0, 0, 7)}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := review()
			if tt.change != nil {
				tt.change(&m.Event)
			}
			s := serve(t, []*invite.Meeting{m}, func(o *rsvp.Options) { o.CalendarLinks = !tt.off })
			link := s.link(ann, "")
			if tt.answer != "" {
				s.answer(link, "answer", string(tt.answer))
				check(t, "status", tt.answer, s.status())
			}
			s.clock.now = noon.Add(tt.later)
			var got []string
			for _, u := range s.open(link + tt.query).external() {
				got = append(got, u.Host)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("links = %v, want %v", got, tt.want)
			}
		})
	}
}

// TestCalendarLinkOfDate answers one date of a series, and gets the links of that date, at
// the time at which it takes place.
func TestCalendarLinkOfDate(t *testing.T) {
	third := start.AddDate(0, 0, 14)
	moved := third.Add(3 * time.Hour)
	m := review(weekly, func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: third, Start: moved, Location: "Harbour"}}
	})
	s := serve(t, []*invite.Meeting{m}, withCalendars)
	link := s.link(ann, "")
	dates := func(want ...time.Time) {
		t.Helper()
		page := s.open(link)
		links := page.external()
		if len(want) == 0 {
			check(t, "links", 0, len(links))
			return
		}
		if len(links) != 4 {
			t.Fatalf("the page has %d links, want 4", len(links))
		}
		q := links[0].Query()
		const form = "20060102T150405Z"
		check(t, "dates", want[0].Format(form)+"/"+want[0].Add(90*time.Minute).Format(form), q.Get("dates"))
		check(t, "recur", "", q.Get("recur"))
		day := "Tuesday, March " + want[0].Format("2")
		_, section, _ := strings.Cut(page.text, "<h2>Add to calendar</h2>")
		if section, _, _ = strings.Cut(section, "<ul"); !strings.Contains(strings.ReplaceAll(section, "\u00a0", " "), day) {
			t.Errorf("%q does not name %s", section, day)
		}
	}
	answer := func(id time.Time, status string) {
		t.Helper()
		s.answer(link, "answer", status, "date", fmt.Sprint(id.Unix()))
	}
	dates()
	answer(third, "accepted")
	dates(moved)
	check(t, "location", "Harbour", s.open(link).external()[0].Query().Get("location"))
	answer(start.AddDate(0, 0, 7), "tentative")
	dates(start.AddDate(0, 0, 7))
	answer(start.AddDate(0, 0, 7), "declined")
	dates(moved) // the other date is still answered
	answer(third, "declined")
	dates()
}

// TestCalendarLinksSize fills the links with long texts in every language of two bytes and
// more. The page stays short, and gives up the description before the links.
func TestCalendarLinksSize(t *testing.T) {
	for _, text := range []string{"会議室で", "Совещание ", "\"&<'", "اجتماع "} {
		long := strings.Repeat(text, 1000)
		for _, many := range []int{1, 40, 500} {
			short := string([]rune(long)[:many])
			m := review(func(e *ical.Event) {
				e.Summary, e.Location, e.Description = short, short, long
				e.Conference = "https://meet.example.test/" + strings.Repeat("a", many)
				e.Attendees[0].Status = ical.StatusAccepted
			})
			for _, tag := range []string{"ru", "ar", "ja"} {
				s := serve(t, []*invite.Meeting{m}, withCalendars, func(o *rsvp.Options) { o.Language, o.ShowGuests = tag, true })
				w := s.send("GET", s.link(ann, ""), nil)
				if w.Body.Len() > 12<<10 {
					t.Errorf("%s, %d of %q: %d octets", tag, many, text, w.Body.Len())
				}
				links := parse(t, w.Body.String()).external()
				if many < 100 && len(links) != 4 {
					t.Errorf("%s, %d of %q: %d links, want 4", tag, many, text, len(links))
				}
			}
		}
	}
}
