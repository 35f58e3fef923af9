package invitetest

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// object is a calendar object in the making. It is written line by line, not
// with ical.Encode, because no two clients write the same lines.
type object struct {
	l    *response
	zone string // what TZID says; "" writes times in UTC
	text strings.Builder
}

// add adds a content line, folded after 75 octets (RFC 5545, section 3.1).
func (o *object) add(line string) {
	line = oneLine(line)
	for room := 75; len(line) > room; room = 74 {
		at := room
		for !utf8.RuneStart(line[at]) {
			at--
		}
		o.text.WriteString(line[:at] + "\r\n ")
		line = line[at:]
	}
	o.text.WriteString(line + "\r\n")
}

func (o *object) lines(list ...string) {
	for _, s := range list {
		o.add(s)
	}
}

// time adds a date or time as the object writes it.
func (o *object) time(name string, t time.Time) {
	e := &o.l.event
	if e.AllDay {
		o.add(name + ";VALUE=DATE:" + t.Format("20060102"))
		return
	}
	loc, err := e.Zone()
	if o.zone == "" || err != nil {
		o.add(name + ":" + stamp(t))
		return
	}
	o.add(name + ";TZID=" + o.zone + ":" + t.In(loc).Format("20060102T150405"))
}

// times adds what the answer is about, and when that is or shall be.
func (o *object) times() {
	e, l := &o.l.event, o.l
	if !e.RecurrenceID.IsZero() {
		o.time("RECURRENCE-ID", e.RecurrenceID)
	}
	start, end := e.Start, e.End
	if l.proposes() {
		start, end = l.Start, l.End
	}
	o.time("DTSTART", start)
	if !end.IsZero() {
		o.time("DTEND", end)
	}
}

// rule adds the recurrence rule, which some clients repeat.
func (o *object) rule() {
	_, event, _ := strings.Cut(string(o.l.object), "BEGIN:VEVENT")
	for _, line := range unfold([]byte(event)) {
		if o.l.event.Recurrence != nil && strings.HasPrefix(line, "RRULE") {
			o.add(line)
			return
		}
	}
}

// attendee adds the line of who answers, with the parameters in the client's order.
func (o *object) attendee(params ...string) {
	o.add("ATTENDEE;" + strings.Join(params, ";") + ":mailto:" + o.l.attendee.Email)
}

// partstat is the parameter that is the answer.
func (l *response) partstat() string {
	s := "PARTSTAT=" + strings.ToUpper(string(l.status))
	if l.DelegateTo != "" {
		s += `;DELEGATED-TO="mailto:` + quoted(l.DelegateTo) + `"`
	}
	return s
}

// cn is the attendee's name, always quoted or only where it must be.
func (l *response) cn(always bool) string {
	name := quoted(l.name())
	if always || strings.ContainsAny(name, ",;:") {
		name = `"` + name + `"`
	}
	return "CN=" + name
}

func (l *response) name() string {
	if l.attendee.Name != "" {
		return l.attendee.Name
	}
	return l.attendee.Email
}

// organizer is the line that says who gets the answer.
func (l *response) organizer(always bool) string {
	o := l.event.Organizer
	params := ""
	if o.Name != "" {
		name := quoted(o.Name)
		if always || strings.ContainsAny(name, ",;:") {
			name = `"` + name + `"`
		}
		params = ";CN=" + name
	}
	return "ORGANIZER" + params + ":mailto:" + o.Email
}

// zoneLines are the content lines of the request's VTIMEZONE, without TZID; nil
// where it has none.
func (l *response) zoneLines() []string {
	var out []string
	inside := false
	for _, line := range unfold(l.object) {
		inside = inside || line == "BEGIN:VTIMEZONE"
		if inside && !strings.HasPrefix(line, "TZID") {
			out = append(out, line)
		}
		if line == "END:VTIMEZONE" {
			return out
		}
	}
	return nil
}

// zoneName is the IANA name of the meeting's zone; "" where its times are dates
// or in UTC.
func (l *response) zoneName() string {
	if l.event.AllDay || l.zoneLines() == nil {
		return ""
	}
	loc, err := l.event.Zone()
	if err != nil || loc == time.UTC {
		return ""
	}
	return loc.String()
}

// ownZone adds the VTIMEZONE of the request under its own name.
func (o *object) ownZone() {
	if o.zone == "" {
		return
	}
	for i, line := range o.l.zoneLines() {
		o.add(line)
		if i == 0 {
			o.add("TZID:" + o.zone)
		}
	}
}

func unfold(data []byte) []string {
	text := strings.ReplaceAll(string(data), "\r\n ", "")
	return strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
}

func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escaped is a TEXT value (RFC 5545, section 3.3.11).
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace(s)
}

// quoted is a parameter value for quotation marks, which it cannot hold itself.
func quoted(s string) string { return strings.ReplaceAll(oneLine(s), `"`, "'") }

// oneLine keeps a value from adding a line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// domain is what follows the @ of an address.
func domain(email string) string {
	key := address.Key(email)
	return key[strings.LastIndexByte(key, '@')+1:]
}

// said are a client's words for a status.
func said(s ical.Status, words map[ical.Status]string) string {
	if w, ok := words[s]; ok {
		return w
	}
	return words[ical.StatusTentative]
}
