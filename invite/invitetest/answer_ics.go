package invitetest

import (
	"strings"
	"time"
	"unicode/utf8"
)

// icsWriter writes the calendar object of an answer. It writes line by line and
// not with ical.Encode, because no two clients write the same lines.
type icsWriter struct {
	response *response
	zone     string // the TZID; if it is "", times are written in UTC
	text     strings.Builder
}

// addLine adds a content line, folded after 75 octets (RFC 5545, section 3.1).
func (w *icsWriter) addLine(line string) {
	line = oneLine(line)
	for room := 75; len(line) > room; room = 74 {
		at := room
		for !utf8.RuneStart(line[at]) {
			at--
		}
		w.text.WriteString(line[:at] + "\r\n ")
		line = line[at:]
	}
	w.text.WriteString(line + "\r\n")
}

func (w *icsWriter) addLines(list ...string) {
	for _, s := range list {
		w.addLine(s)
	}
}

// addTime adds a property with a date, a time in the writer's zone, or a time in
// UTC.
func (w *icsWriter) addTime(name string, t time.Time) {
	e := &w.response.event
	if e.AllDay {
		w.addLine(name + ";VALUE=DATE:" + t.Format("20060102"))
		return
	}
	loc, err := e.Zone()
	if w.zone == "" || err != nil {
		w.addLine(name + ":" + stamp(t))
		return
	}
	w.addLine(name + ";TZID=" + w.zone + ":" + t.In(loc).Format("20060102T150405"))
}

// addTimes adds the RECURRENCE-ID, if one occurrence is answered, and the start
// and end of the meeting, or the start and end that the answer proposes.
func (w *icsWriter) addTimes() {
	e, r := &w.response.event, w.response
	if !e.RecurrenceID.IsZero() {
		w.addTime("RECURRENCE-ID", e.RecurrenceID)
	}
	start, end := e.Start, e.End
	if r.proposes() {
		start, end = r.Start, r.End
	}
	w.addTime("DTSTART", start)
	if !end.IsZero() {
		w.addTime("DTEND", end)
	}
}

// addRule adds the recurrence rule of the request, which some clients repeat.
func (w *icsWriter) addRule() {
	_, event, _ := strings.Cut(string(w.response.requestICS), "BEGIN:VEVENT")
	for _, line := range unfold([]byte(event)) {
		if w.response.event.Recurrence != nil && strings.HasPrefix(line, "RRULE") {
			w.addLine(line)
			return
		}
	}
}

// addAttendee adds the ATTENDEE line, with the parameters in the client's order.
func (w *icsWriter) addAttendee(params ...string) {
	w.addLine("ATTENDEE;" + strings.Join(params, ";") + ":mailto:" + w.response.attendee.Email)
}

// addZone adds the VTIMEZONE of the request with the writer's TZID.
func (w *icsWriter) addZone() {
	if w.zone == "" {
		return
	}
	for i, line := range w.response.zoneLines() {
		w.addLine(line)
		if i == 0 {
			w.addLine("TZID:" + w.zone)
		}
	}
}
