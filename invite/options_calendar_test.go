package invite_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// calendarLink finds the links to calendars in a mail.
var calendarLink = regexp.MustCompile(`href="(https://(?:calendar|outlook)\.[^"]*)"`)

// TestCalendarLinks sends invitations with links to calendars. Without the option there
// are none, and a mail with them stays small.
func TestCalendarLinks(t *testing.T) {
	long := vary(func(e *ical.Event) { e.Description = strings.Repeat("Please read the minutes. ", 100) })
	for _, tt := range []struct {
		name  string
		on    bool
		event ical.Event
		want  int
	}{
		{"off", false, long, 0},
		{"on", true, long, 4},
		{"series", true, weeklyTrio(), 1},
		{"series with an exception", true, exceptSecond(weeklyTrio()), 0},
	} {
		s := new(recorder)
		c := s.client(func(o *invite.Options) { o.CalendarLinks = tt.on })
		m := mustSend(t, c, tt.event)
		html := string(parseMail(t, s.mails[0].Data).of("text/html")[0].data)
		n := 0
		for _, host := range []string{"https://calendar.google.com/", "https://outlook.live.com/", "https://outlook.office.com/", "https://calendar.yahoo.com/"} {
			n += strings.Count(html, `href="`+host)
		}
		if n != tt.want {
			t.Errorf("%s: %d links, want %d: %s", tt.name, n, tt.want, html)
		}
		if len(html) > 10<<10 {
			t.Errorf("%s: %d octets of HTML", tt.name, len(html))
		}
		size := 0
		for _, link := range calendarLink.FindAllStringSubmatch(html, -1) {
			size += len(strings.ReplaceAll(link[1], "&amp;", "&"))
		}
		if size > 1000 {
			t.Errorf("%s: %d octets of links", tt.name, size)
		}
		s.take()
		must(t)(c.Cancel(t.Context(), m))
		if html := string(parseMail(t, s.mails[0].Data).of("text/html")[0].data); strings.Contains(html, "calendar.google.com") {
			t.Errorf("%s: the cancellation has links", tt.name)
		}
	}
}

// exceptSecond leaves the second occurrence of a weekly series out.
func exceptSecond(e ical.Event) ical.Event {
	e.Recurrence.Except = append(e.Recurrence.Except, e.Start.AddDate(0, 0, 7))
	return e
}
