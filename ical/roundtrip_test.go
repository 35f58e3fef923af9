package ical_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
)

// generator makes calendars that Encode accepts.
type generator struct {
	*rand.Rand
	t testing.TB
}

var genZones = []string{"Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "Asia/Kolkata", "Europe/Dublin", "America/St_Johns"}

func (g *generator) chance(n int) bool { return g.IntN(n) == 0 }

func pick[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

// text is a text of one line, or of several.
func (g *generator) text(lines bool) string {
	alphabet := []rune("abc ABC,;:\"'\\^n=%\tüß漢字🎉אבג\u2028\u0085")
	if lines {
		alphabet = append(alphabet, '\r', '\n', '\n')
	}
	out := make([]rune, g.IntN(60))
	for i := range out {
		out[i] = pick(g, alphabet...)
	}
	return string(out)
}

// noPath returns a text that is not a path of Windows. Encode refuses such a path in
// properties that it does not know.
func (g *generator) noPath() string {
	s := g.text(false)
	if strings.Contains(s, ":") || strings.HasPrefix(strings.TrimLeft(s, "\"' \t\u2028\u0085"), `\`) {
		s = strings.ReplaceAll(s, `\`, "=")
	}
	return s
}

// name is a text without a tab, which no name has.
func (g *generator) name() string { return strings.ReplaceAll(g.text(false), "\t", " ") }

func (g *generator) address(i int) string {
	return fmt.Sprintf("%s%d@%s", pick(g, "bob", "Ann.O'Neil", "a+b", "x%y", "q?&=/"), i, pick(g, "example.test", "Mail.Example.test", "bücher.example"))
}

func (g *generator) url() string {
	return pick(g, "https://example.test/a", "https://example.test/größe?q=a b", "https://example.test/x;y,z#f", "urn:uuid:1-2")
}

func (g *generator) attendee(i int) ical.Attendee {
	a := ical.Attendee{
		Name: g.name(), Email: g.address(i), NoReply: g.chance(4), Comment: g.text(true), Language: pick(g, "", "de"),
		Role:   pick(g, "", ical.RoleRequired, ical.RoleOptional, ical.RoleChair, ical.RoleInformational, "x-host"),
		Kind:   pick(g, "", ical.KindIndividual, ical.KindRoom, ical.KindResource, ical.KindGroup, "unknown"),
		Status: pick(g, "", ical.StatusNeedsAction, ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative, ical.StatusDelegated, "x-maybe"),
	}
	if g.chance(4) {
		a.SentBy, a.DelegatedTo, a.DelegatedFrom = g.address(100), g.address(101), g.address(102)
		a.Params = map[string][]string{"X-NUM": {g.noPath(), ""}, "MEMBER": {"mailto:l@example.test"}}
	}
	return a
}

func (g *generator) event(method ical.Method) ical.Event {
	loc := zone(g.t, pick(g, genZones...))
	if g.chance(3) {
		loc = time.UTC
	}
	start := time.Date(2020+g.IntN(20), time.Month(1+g.IntN(12)), 1+g.IntN(28), 6+g.IntN(12), g.IntN(60), g.IntN(60), g.IntN(2)*5e8, loc)
	e := ical.Event{
		UID: "uid-" + fmt.Sprint(g.Uint32()), Sequence: g.IntN(5), Summary: g.text(true), Description: g.text(true), Location: g.text(true),
		Language: pick(g, "", "de-CH"), Start: start, TimeZone: pick(g, "", loc.String()), AllDay: g.chance(4),
		Organizer:   ical.Person{Name: g.name(), Email: g.address(99), SentBy: pick(g, "", g.address(98))},
		ShowAs:      pick(g, "", ical.ShowBusy, ical.ShowFree, ical.ShowTentative, ical.ShowOutOfOffice, ical.ShowWorkingElsewhere, "x-away"),
		Sensitivity: pick(g, "", ical.SensitivityPublic, ical.SensitivityPrivate, ical.SensitivityConfidential, "x-secret"),
		Priority:    g.IntN(10), NoCounter: g.chance(3), NoForward: g.chance(3), Cancelled: g.chance(5),
	}
	if g.chance(3) { // the zone is named, the times are in another
		e.TimeZone, e.Start = loc.String(), e.Start.UTC()
	}
	g.extras(&e)
	for i := range pick(g, 1, 2, 5) {
		if method != ical.MethodReply || i == 0 {
			e.Attendees = append(e.Attendees, g.attendee(i))
		}
	}
	switch {
	case e.AllDay:
		e.Start = time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, loc)
		e.End = pick(g, time.Time{}, e.Start.AddDate(0, 0, 1+g.IntN(3)))
		if e.TimeZone != "" && g.chance(2) { // as a database gives them
			e.Start, e.End = e.Start.UTC(), e.End.UTC()
		}
	case g.chance(5):
	default:
		e.End = e.Start.Add(time.Duration(g.IntN(180)) * time.Minute)
	}
	if g.chance(2) && e.Validate() == nil {
		g.series(&e)
	}
	if method == ical.MethodCancel {
		e.Overrides = nil // cancelled with the series, so they come back as exceptions
	}
	return e
}

func (g *generator) extras(e *ical.Event) {
	if g.chance(2) {
		e.URL, e.Conference = pick(g, "", g.url()), pick(g, "", g.url())
	}
	for range g.IntN(3) {
		e.Categories = append(e.Categories, "x"+g.text(true))
		e.Reminders = append(e.Reminders, ical.Reminder{Before: time.Duration(g.IntN(100000)) * time.Second})
		e.Attachments = append(e.Attachments, ical.Link{URL: g.url(), MediaType: pick(g, "", "application/vnd.x+xml"), Name: g.text(false)})
		e.Extra = append(e.Extra, ical.Property{Name: pick(g, "X-ONE", "X-TWO", "CONTACT", "RESOURCES"), Value: g.noPath()},
			ical.Property{Name: "X-URI", Params: map[string][]string{"VALUE": {"URI"}, "X-P": {g.noPath(), ""}}, Value: "urn:x:" + g.text(false)})
		e.Created, e.Modified = stamp, stamp.Add(time.Duration(g.IntN(1e9)))
	}
}

// series makes e one, on a clock hour that no zone changes, with exceptions and
// overrides of occurrences that it has.
func (g *generator) series(e *ical.Event) {
	e.Recurrence = g.rule(e.Start)
	if !align(e) {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Interval: g.IntN(3)}
	}
	var starts []time.Time
	running := *e
	running.Cancelled = false
	for o := range running.Occurrences(time.Time{}, time.Time{}) {
		if starts = append(starts, o.Start); len(starts) == 12 {
			break
		}
	}
	r := e.Recurrence
	for _, at := range starts {
		switch {
		case g.chance(6):
			r.Except = append(r.Except, at)
		case g.chance(6):
			o := ical.Event{RecurrenceID: at, Summary: pick(g, "", g.text(true)), Cancelled: g.chance(3), Location: pick(g, "", "Room")}
			if g.chance(2) {
				o.Start = at.AddDate(0, 0, g.IntN(20)-10)
				o.Attendees = []ical.Attendee{g.attendee(7)}
			}
			e.Overrides = append(e.Overrides, o)
		}
	}
	if g.chance(6) {
		r.Include = append(r.Include, starts[0].AddDate(0, 0, 50))
	}
}

// rule is one that can be expanded, whether or not Outlook has it.
func (g *generator) rule(start time.Time) *ical.Recurrence {
	r := &ical.Recurrence{
		Freq: pick(g, ical.FreqDaily, ical.FreqWeekly, ical.FreqMonthly, ical.FreqYearly), Interval: g.IntN(4), WeekStart: pick(g, "", ical.DayMonday, ical.DaySunday),
		ByDay: pick(g, nil, nil, []ical.Day{"MO", "WE"}), ByMonth: pick(g, nil, nil, []int{1, 12}), BySetPos: pick(g, nil, nil, []int{-1, 1}),
		ByMonthDay: pick(g, nil, nil, []int{1, -1}),
	}
	if r.Freq == ical.FreqMonthly || r.Freq == ical.FreqYearly {
		r.ByDay = pick(g, r.ByDay, []ical.Day{"2TU", "-1FR"})
	}
	switch g.IntN(3) {
	case 0:
		r.Count = 1 + g.IntN(99)
	case 1:
		r.Until = start.AddDate(1+g.IntN(5), 0, 0)
	}
	return r
}

var proposed = regexp.MustCompile(`the first is (\S+)`)

// align moves a series to the start that Validate proposes.
func align(e *ical.Event) bool {
	err := e.Validate()
	if err == nil || !strings.Contains(err.Error(), "Start") {
		return err == nil
	}
	m := proposed.FindStringSubmatch(err.Error())
	if m == nil {
		return false
	}
	start, bad := time.Parse(time.RFC3339, m[1])
	if e.AllDay {
		start, bad = time.Parse(time.DateOnly, m[1])
	}
	length := e.End.Sub(e.Start)
	if bad != nil {
		return false
	}
	e.Start = start.In(e.Start.Location())
	if e.AllDay {
		y, mo, d := start.Date()
		e.Start = date(y, mo, d)
	}
	if !e.End.IsZero() {
		e.End = e.Start.Add(length)
	}
	return e.Validate() == nil
}

func TestDecodeOfEncode(t *testing.T) {
	g := &generator{rand.New(rand.NewPCG(1, 2)), t}
	for i := range 500 {
		method := pick(g, ical.MethodRequest, ical.MethodReply, ical.MethodCancel, ical.MethodPublish, "")
		c := object(method, g.event(method))
		data, err := ical.Encode(&c)
		if err != nil {
			t.Fatalf("event %d: Encode = %v of %+v", i, err, c)
		}
		got := decode(t, data)
		want := normal(&c)
		if diff := diffCalendars(want, normal(got)); diff != "" {
			t.Fatalf("event %d: Decode(Encode) (-want +got):\n%s\n%s", i, diff, data)
		}
	}
}

// diffCalendars compares normal calendars. A single event may have gone out in
// UTC, where its zone has no form that clients understand.
func diffCalendars(want, got *ical.Calendar) string {
	if len(want.Events) == len(got.Events) {
		for i := range want.Events {
			if got.Events[i].TimeZone == "" && want.Events[i].Recurrence == nil {
				want.Events[i].TimeZone = ""
			}
		}
	}
	return cmp.Diff(want, got, cmpopts.EquateEmpty())
}
