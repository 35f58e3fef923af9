package ical

import (
	"cmp"
	"html"
	"net/url"
	"strings"
	"time"
)

// CalendarLink is a page of an online calendar that is filled in with an event. The
// reader only has to save it.
type CalendarLink struct {
	// Name is the name of the calendar, for people: "Google Calendar", "Outlook.com",
	// "Microsoft 365" or "Yahoo Calendar".
	Name string `json:"name"`
	// URL is the address of the page, an absolute URI of ASCII with at most 2,000
	// octets.
	URL string `json:"url"`
}

// Links returns pages that add an event to an online calendar, for readers who have no
// program that takes invitations. Such an entry has no connection with the invitation:
// no change and no cancellation reaches it, and nobody is told of an answer.
//
// The links have title, time, place and description. The description is cut if a link
// would become too long. If there is no place, Conference stands for it.
//
//   - Google's page alone takes a series. If the series has exceptions, other dates,
//     overrides or no IANA zone, there are no links.
//   - There are no links for an event that is cancelled, floating or without a start, nor
//     if its zone is not known.
//
// From documentation that the providers do not publish themselves. See
// docs/recipes.md.
func Links(e Event) []CalendarLink {
	x, ok := newLinkTexts(&e)
	if !ok {
		return nil
	}
	out := []CalendarLink{{"Google Calendar", x.google()}}
	if x.rule == "" {
		out = append(out,
			CalendarLink{"Outlook.com", x.outlook("https://outlook.live.com/calendar/0/deeplink/compose")},
			CalendarLink{"Microsoft 365", x.outlook("https://outlook.office.com/calendar/0/deeplink/compose")},
			CalendarLink{"Yahoo Calendar", x.yahoo()})
	}
	return out
}

// The limits of a link, in octets of the link. Every browser and mail program opens
// 2,000 of them.
const (
	mostLinkOctets = 2000
	mostLinkTitle  = 600
	mostLinkPlace  = 500
	mostLinkRule   = 150 // before it is escaped
)

// linkTexts has the parts of an event that a link has.
type linkTexts struct {
	title, place, details string
	start, end            time.Time
	allDay                bool
	zone                  string // IANA name; "" if there is none
	rule                  string // RRULE with its name; "" for a single event
}

// newLinkTexts reports false if no link can have the event.
func newLinkTexts(e *Event) (linkTexts, bool) {
	n, errs := e.inForm()
	if n.checkTime(&errs); e.Cancelled || e.Floating || len(errs) > 0 {
		return linkTexts{}, false
	}
	x := linkTexts{start: n.Start, end: n.End, allDay: n.AllDay}
	zone, err := n.zone()
	switch {
	case n.AllDay:
	case err != nil:
		return x, false
	case hasName(zone) && !strings.Contains(zone.String(), ":"): // not an offset
		x.zone = zone.String()
	}
	if x.end.IsZero() {
		x.end = x.start
	}
	if x.allDay && !x.end.After(x.start) {
		x.end = x.start.AddDate(0, 0, 1)
	}
	if n.Recurrence != nil && !x.setRule(n, zone) {
		return x, false
	}
	x.setTexts(n)
	return x, true
}

// setRule sets the rule of a series. It reports false if a link cannot say which dates
// the series has.
func (x *linkTexts) setRule(n *Event, zone *time.Location) bool {
	if len(n.Recurrence.Except)+len(n.Recurrence.Include)+len(n.Overrides) > 0 || len(n.Recurrence.check()) > 0 {
		return false
	}
	if !x.allDay && x.zone == "" && zone != time.UTC {
		return false
	}
	x.rule = string(n.Recurrence.appendRule([]byte("RRULE:"), timeForm{allDay: x.allDay}))
	return len(x.rule) <= mostLinkRule
}

// setTexts sets title, place and description.
func (x *linkTexts) setTexts(n *Event) {
	join := n.Conference
	if checkLink(join, linkStrict) != nil {
		join = ""
	}
	x.title = firstOctets(joinLines(cleanText(n.Summary), func(string) string { return " " }), mostLinkTitle)
	x.place = firstOctets(cmp.Or(locationLine(cleanText(n.Location)), join), mostLinkPlace)
	x.details = cleanText(n.Description)
	if join != "" && !strings.Contains(x.details, join) && x.place != join {
		x.details = strings.TrimSpace(join + "\n\n" + x.details)
	}
}

// google returns the page of Google Calendar. Times of a single event are instants, and
// ctz is the clock on which they are shown.
func (x *linkTexts) google() string {
	l := newLinkWriter("https://calendar.google.com/calendar/render", "action", "TEMPLATE")
	l.add("text", x.title)
	l.add("dates", x.span("20060102", "20060102T150405", "/", x.end))
	l.add("ctz", x.zone)
	l.add("recur", x.rule)
	l.add("location", x.place)
	return l.withDetails("details", x.details, false)
}

// outlook returns the page of Outlook on the web. Its body is HTML.
func (x *linkTexts) outlook(page string) string {
	l := newLinkWriter(page, "path", "/calendar/action/compose", "rru", "addevent")
	l.add("subject", x.title)
	start, end, _ := strings.Cut(x.span("2006-01-02", "2006-01-02T15:04:05", " ", x.end), " ")
	l.add("startdt", start)
	l.add("enddt", end)
	if x.allDay {
		l.add("allday", "true")
	}
	l.add("location", x.place)
	return l.withDetails("body", x.details, true)
}

// yahoo returns the page of Yahoo Calendar. Its end of an all-day event is the last day,
// unlike everywhere else.
func (x *linkTexts) yahoo() string {
	l := newLinkWriter("https://calendar.yahoo.com/", "v", "60")
	l.add("title", x.title)
	end := x.end
	if x.allDay {
		end = end.AddDate(0, 0, -1)
		l.add("dur", "allday")
	}
	start, last, _ := strings.Cut(x.span("20060102", "20060102T150405", " ", end), " ")
	l.add("st", start)
	l.add("et", last)
	l.add("in_loc", x.place)
	return l.withDetails("desc", x.details, false)
}

// span returns start and end. Times are in UTC, with a Z. Times of a series are on the
// clock of its zone, because its later dates are counted on it.
func (x *linkTexts) span(date, clock, separator string, end time.Time) string {
	if x.allDay {
		return x.start.Format(date) + separator + end.Format(date)
	}
	if x.rule != "" && x.zone != "" {
		if zone, err := LoadLocation(x.zone); err == nil {
			return x.start.In(zone).Format(clock) + separator + end.In(zone).Format(clock)
		}
	}
	return x.start.UTC().Format(clock+"Z") + separator + end.UTC().Format(clock+"Z")
}

// linkWriter writes a link with parameters.
type linkWriter struct{ b strings.Builder }

// newLinkWriter begins a link with fixed parameters, of which there is at least one.
func newLinkWriter(page string, fixed ...string) *linkWriter {
	l := new(linkWriter)
	l.b.WriteString(page)
	separator := byte('?')
	for i := 0; i < len(fixed); i += 2 {
		l.b.WriteByte(separator)
		l.b.WriteString(fixed[i] + "=" + escapeParam(fixed[i+1]))
		separator = '&'
	}
	return l
}

// add adds a parameter. An empty value is left out.
func (l *linkWriter) add(name, value string) {
	if value != "" {
		l.b.WriteString("&" + name + "=" + escapeParam(value))
	}
}

// withDetails returns the link with as much of a text as there is room for.
func (l *linkWriter) withDetails(name, text string, isHTML bool) string {
	encode := func(s string) string {
		if isHTML {
			s = strings.ReplaceAll(html.EscapeString(s), "\n", "<br>")
		}
		return escapeParam(s)
	}
	const more = " …"
	room := mostLinkOctets - l.b.Len() - len("&"+name+"=") - len(encode(more))
	size := 0
	for i, r := range text {
		n := len(encode(string(r)))
		if size+n > room {
			text = strings.TrimRight(text[:i], " \n") + more
			break
		}
		size += n
	}
	if text != "" && size > 0 {
		l.b.WriteString("&" + name + "=" + encode(text))
	}
	return l.b.String()
}

// escapeParam escapes a value of a parameter. A space becomes "%20", because Outlook
// shows a plus sign as it is.
func escapeParam(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// cleanText returns text with LF line ends and without control characters and invalid
// UTF-8.
func cleanText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || 0x7f <= r && r <= 0x9f {
			return -1
		}
		return r
	}, s))
}

// firstOctets returns the beginning of a text that takes at most that many octets in a
// link.
func firstOctets(s string, most int) string {
	const more = "…"
	size, end := 0, 0 // end is the last place to cut at
	for i, r := range s {
		if size <= most-len(more)*3 {
			end = i
		}
		if size += len(escapeParam(string(r))); size > most {
			return strings.TrimSpace(s[:end]) + more
		}
	}
	return s
}
