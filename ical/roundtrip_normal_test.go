package ical_test

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// normal is c in the form in which Decode gives it back, as the documentation
// of its fields says.
func normal(c *ical.Calendar) *ical.Calendar {
	out := *c
	out.ProductID = cmp.Or(c.ProductID, ical.DefaultProductID)
	out.Stamp, out.Skipped = c.Stamp.Truncate(time.Second), nil
	out.Events = nil
	for _, e := range c.Events {
		n := normalEvent(c.Method, e)
		n.Overrides = nil
		for i, o := range e.Overrides {
			if o.Cancelled { // an exception on the wire
				n.Recurrence.Except = append(n.Recurrence.Except, normalTimes(e.AllDay, o.RecurrenceID)...)
				continue
			}
			full := normalEvent(c.Method, e.Override(i))
			full.TimeZone = "" // that of the series
			n.Overrides = append(n.Overrides, full)
		}
		out.Events = append(out.Events, n)
	}
	return &out
}

func normalEvent(method ical.Method, e ical.Event) ical.Event {
	e.Start, e.End = inZone(&e, e.Start), inZone(&e, e.End)
	if e.Recurrence != nil {
		r := *e.Recurrence
		r.Until, e.Recurrence = inZone(&e, r.Until), &r
	}
	if loc, err := e.Zone(); err == nil && loc != time.UTC && loc.String() != "UTC" && !e.AllDay {
		e.TimeZone = loc.String()
	} else {
		e.TimeZone = ""
	}
	e.Summary, e.Description, e.Location = normalLines(e.Summary, " "), normalText(e.Description), normalLines(e.Location, ", ")
	e.URL, e.Conference = normalURI(e.URL), normalURI(e.Conference)
	if e.Conference != "" && e.Location == e.Conference {
		e.Location = ""
	}
	if e.URL == e.Conference {
		e.URL = ""
	}
	if e.Summary+e.Description+e.Location+e.Conference == "" {
		e.Language = ""
	}
	e.Categories = slices.Clone(e.Categories)
	for i, c := range e.Categories {
		e.Categories[i] = strings.TrimSpace(normalText(c))
	}
	e.Categories = slices.DeleteFunc(e.Categories, func(c string) bool { return c == "" })
	e.Organizer = ical.Person{Name: normalName(e.Organizer.Name), Email: ascii(e.Organizer.Email), SentBy: ascii(e.Organizer.SentBy)}
	e.Attendees = slices.Clone(e.Attendees)
	for i := range e.Attendees {
		normalAttendee(method, &e.Attendees[i])
	}
	e.Cancelled = e.Cancelled || method == ical.MethodCancel
	if slices.Contains([]ical.Method{ical.MethodReply, ical.MethodCancel, ical.MethodRefresh, ical.MethodDeclineCounter}, method) {
		e.Reminders = nil
	}
	e.ShowAs, e.Sensitivity = word(e.ShowAs, ical.ShowBusy), word(e.Sensitivity, ical.SensitivityPublic)
	if e.Priority == 5 {
		e.Priority = 0
	}
	e.Attachments, e.Extra = slices.Clone(e.Attachments), slices.Clone(e.Extra)
	for i, a := range e.Attachments {
		e.Attachments[i] = ical.Link{URL: normalURI(a.URL), MediaType: a.MediaType, Name: normalName(a.Name)}
	}
	for i, p := range e.Extra {
		e.Extra[i] = ical.Property{Name: p.Name, Params: normalParams(p.Params), Value: normalText(p.Value)}
	}
	normalWhen(&e)
	return e
}

func normalWhen(e *ical.Event) {
	if e.AllDay && e.End.IsZero() {
		e.End = e.Start.AddDate(0, 0, 1)
	}
	for _, t := range []*time.Time{&e.Start, &e.End, &e.RecurrenceID} {
		*t = normalTimes(e.AllDay, *t)[0]
	}
	e.Created, e.Modified = e.Created.Truncate(time.Second), e.Modified.Truncate(time.Second)
	if e.Recurrence == nil {
		return
	}
	r := *e.Recurrence
	if r.Interval == 1 {
		r.Interval = 0
	}
	r.WeekStart = word(r.WeekStart, ical.DayMonday)
	r.Until = normalTimes(e.AllDay, r.Until)[0]
	r.Except, r.Include = normalTimes(e.AllDay, r.Except...), normalTimes(e.AllDay, r.Include...)
	e.Recurrence = &r
}

// inZone is a time of an all-day event where it is midnight: its own Location, or
// TimeZone.
func inZone(e *ical.Event, t time.Time) time.Time {
	if loc, err := time.LoadLocation(e.TimeZone); e.AllDay && err == nil && t.Hour()+t.Minute() > 0 {
		return t.In(loc)
	}
	return t
}

func normalAttendee(method ical.Method, a *ical.Attendee) {
	a.Name, a.Email, a.SentBy = normalName(a.Name), ascii(a.Email), ascii(a.SentBy)
	a.DelegatedTo, a.DelegatedFrom = ascii(a.DelegatedTo), ascii(a.DelegatedFrom)
	a.Role, a.Kind, a.Status = word(a.Role, ical.RoleRequired), word(a.Kind, ical.KindIndividual), word(a.Status, ical.StatusNeedsAction)
	a.Language, a.TimeZone, a.Params = "", "", normalParams(a.Params)
	a.Comment = normalText(a.Comment)
	if answers := method == ical.MethodReply || method == ical.MethodCounter; !answers || strings.TrimSpace(a.Comment) == "" {
		a.Comment = ""
	}
}

func normalTimes(allDay bool, times ...time.Time) []time.Time {
	out := make([]time.Time, 0, len(times))
	for _, t := range times {
		if allDay && !t.IsZero() {
			y, m, d := t.Date()
			t = date(y, m, d)
		}
		out = append(out, t.Truncate(time.Second))
	}
	return out
}

func normalParams(in map[string][]string) map[string][]string {
	out := make(map[string][]string)
	for name, values := range in {
		for _, v := range values {
			out[name] = append(out[name], normalName(v))
		}
	}
	return out
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func normalText(s string) string { return lineEnds.Replace(s) }

// normalLines joins the lines of a title or a location. After a punctuation mark there
// is a space in any case.
func normalLines(s, joint string) string {
	lines := strings.Split(otherLineEnds.Replace(normalText(s)), "\n")
	if len(lines) == 1 {
		return s
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.TrimSpace(line) == "" })
	if len(lines) == 0 {
		return normalText(s)
	}
	out := ""
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if out += line; i == len(lines)-1 {
			break
		}
		if r, _ := utf8.DecodeLastRuneInString(line); strings.ContainsRune(",;:.!?-–—/、，。；：", r) {
			out += " "
			continue
		}
		out += joint
	}
	return out
}

var otherLineEnds = strings.NewReplacer("\u2028", "\n", "\u2029", "\n", "\u0085", "\n")

func normalName(s string) string { return strings.ReplaceAll(s, `"`, "'") }

// normalURI escapes what a URI cannot hold.
func normalURI(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' }) {
		if u, err := url.Parse(s); err == nil {
			return u.String()
		}
	}
	return s
}

func ascii(addr string) string {
	if a, err := address.ASCII(addr); err == nil {
		return a
	}
	return addr
}

// word returns "" for the default of the RFC.
func word[T ~string](v, standard T) T {
	if v == standard {
		return ""
	}
	return v
}
