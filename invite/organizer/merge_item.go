package organizer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// textField is a field that is compared as a text.
type textField struct {
	field Field
	item  func(e *ical.Event) string
	copy  func(to, from *ical.Event)
	names []string // of the fields in Event.Absent
}

// texts are the fields that are compared as texts.
var texts = []textField{
	{FieldSummary, func(e *ical.Event) string { return plainText(e.Summary) },
		func(to, from *ical.Event) { to.Summary = clean(from.Summary) }, []string{"summary"}},
	{FieldDescription, func(e *ical.Event) string { return plainText(e.Description) },
		func(to, from *ical.Event) { to.Description = clean(from.Description) }, []string{"description"}},
	{FieldLocation, func(e *ical.Event) string { return plainText(e.Location) },
		func(to, from *ical.Event) { to.Location = clean(from.Location) }, []string{"location"}},
	{FieldOther, otherItem, func(to, from *ical.Event) {
		to.URL, to.Conference, to.Attachments = from.URL, from.Conference, slices.Clone(from.Attachments)
	}, []string{"url", "conference", "attachments"}},
}

// plainText returns a text without the differences that servers make: the kind of
// line ends, and space at the ends of lines.
func plainText(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// clean removes octets from a text that no entry may have.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// otherItem joins the links of an event.
func otherItem(e *ical.Event) string {
	var out []string
	for _, s := range []string{e.URL, e.Conference} {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, a := range e.Attachments {
		out = append(out, a.URL)
	}
	return strings.Join(out, "\n")
}

// timeItem is equal for times that are equal, in whichever zone they are written.
func timeItem(e *ical.Event) string {
	if e.Start.IsZero() {
		return ""
	}
	if e.AllDay {
		return e.Start.Format(time.DateOnly) + "/" + endOf(e).Format(time.DateOnly)
	}
	return e.Start.UTC().Format(time.RFC3339) + "/" + endOf(e).UTC().Format(time.RFC3339)
}

// timeText returns the time of an event for people.
func timeText(e *ical.Event) string {
	start, end := e.Start, endOf(e)
	if start.IsZero() {
		return ""
	}
	if e.AllDay {
		if last := end.AddDate(0, 0, -1); last.After(start) {
			return start.Format(time.DateOnly) + " to " + last.Format(time.DateOnly)
		}
		return start.Format(time.DateOnly)
	}
	zone := zoneOf(e)
	start, end = start.In(zone), end.In(zone)
	const clock = "2006-01-02 15:04"
	if start.Format(time.DateOnly) == end.Format(time.DateOnly) {
		return start.Format(clock) + " to " + end.Format("15:04") + " " + zone.String()
	}
	return start.Format(clock) + " to " + end.Format(clock) + " " + zone.String()
}

// ruleItem returns a rule in the form of an RRULE, with its added dates. It is equal for
// equal rules.
func ruleItem(r *ical.Recurrence, allDay bool) string {
	if r == nil {
		return ""
	}
	layout := time.RFC3339
	if allDay {
		layout = time.DateOnly
	}
	var b strings.Builder
	fmt.Fprintf(&b, "FREQ=%s", strings.ToUpper(string(r.Freq)))
	if r.Interval > 1 {
		fmt.Fprintf(&b, ";INTERVAL=%d", r.Interval)
	}
	if r.Count > 0 {
		fmt.Fprintf(&b, ";COUNT=%d", r.Count)
	}
	if !r.Until.IsZero() {
		b.WriteString(";UNTIL=" + r.Until.UTC().Format(layout))
	}
	list(&b, "BYDAY", r.ByDay)
	list(&b, "BYMONTHDAY", r.ByMonthDay)
	list(&b, "BYMONTH", r.ByMonth)
	list(&b, "BYSETPOS", r.BySetPos)
	if r.WeekStart != "" && r.WeekStart != ical.DayMonday {
		b.WriteString(";WKST=" + string(r.WeekStart))
	}
	var dates []string
	for _, t := range r.Include {
		dates = append(dates, t.UTC().Format(layout))
	}
	list(&b, "RDATE", dates)
	return b.String()
}

// list writes a part of a rule in one order.
func list[T cmp.Ordered](b *strings.Builder, name string, values []T) {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	for i, v := range values {
		if i == 0 {
			b.WriteString(";" + name + "=")
		} else {
			b.WriteByte(',')
		}
		fmt.Fprint(b, v)
	}
}

// roleItem returns the role of an attendee, which says that they are invited.
func roleItem(a *ical.Attendee) string { return string(cmp.Or(a.Role, ical.RoleRequired)) }

// statusItem returns the answer of an attendee.
func statusItem(a *ical.Attendee) string { return string(cmp.Or(a.Status, ical.StatusNeedsAction)) }

// show returns the value of a key in a version for people.
func (v *version) show(k key) string {
	switch k.field {
	case FieldTime:
		if k.date != whole && v.gone[k.date] {
			return ""
		}
		return timeText(v.at(k.date))
	default:
		value, _ := v.item(k)
		return value
	}
}
