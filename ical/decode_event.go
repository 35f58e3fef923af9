package ical

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// eventReader reads one VEVENT. Fields that depend on several properties are
// set at the end, by finish.
type eventReader struct {
	method  Method
	zones   *objectZones
	skipped *skipList
	first   [len(onceNames)]*ics.BaseProperty // see again

	event    Event
	stamp    time.Time
	rule     string
	duration string
	comments []string
	transp   string
	busy     string // X-MICROSOFT-CDO-BUSYSTATUS
	intended string // X-MICROSOFT-CDO-INTENDEDSTATUS
	allDay   bool   // X-MICROSOFT-CDO-ALLDAYEVENT
	ranged   string // the RANGE of RECURRENCE-ID
	except   []time.Time
	include  []time.Time

	base       *ics.ComponentBase
	index      int          // of the component in the object
	series     *eventReader // the series of an override, nil if the object does not have it
	own        zoneRef      // the zone of times that name none
	floating   bool         // all times are clocks, labelled UTC
	clockID    bool         // RECURRENCE-ID is a time without a zone of its own
	ownID      bool         // RECURRENCE-ID is in the zone of DTSTART
	exceptDays []time.Time  // the dates of EXDATE in an event of hours

	foreign map[time.Time]bool // the times in another zone than DTSTART
}

// read reads all properties and alarms of the event. series is the series of an
// override, nil if the object does not have it.
func (x *eventReader) read(series *eventReader) error {
	base := x.base
	x.readStart(base.Properties, series)
	for i := range base.Properties {
		p := &base.Properties[i].BaseProperty
		if x.passOverLink(p) || x.again(p) {
			continue
		}
		if p.IANAToken == "RECURRENCE-ID" {
			if err := x.readRecurrenceID(p); err != nil {
				return err
			}
			continue
		}
		dates := len(x.except) + len(x.include)
		if x.readText(p) || x.readTime(p) || x.readPeople(p) || x.readFlag(p) || x.readList(p) {
			x.tellDates(p, len(x.except)+len(x.include)-dates)
			continue
		}
		if !eventProperties[p.IANAToken] {
			x.event.Extra = append(x.event.Extra, Property{p.IANAToken, x.extraParams(p), p.Value})
		}
	}
	for _, c := range base.Components {
		if alarm, ok := c.(*ics.VAlarm); ok && alarm != nil {
			x.readAlarm(alarm.Properties)
		}
	}
	x.finish()
	return nil
}

// readText reads p if it is a text, and reports whether it is.
func (x *eventReader) readText(p *ics.BaseProperty) bool {
	e := &x.event
	switch p.IANAToken {
	case "UID":
		e.UID = cmp.Or(e.UID, unwrapUID(p.Value))
	case "SUMMARY":
		e.Summary = cmp.Or(e.Summary, p.Value)
		e.Language = cmp.Or(e.Language, language(p))
	case "DESCRIPTION":
		e.Description = cmp.Or(e.Description, p.Value)
		e.Language = cmp.Or(e.Language, language(p))
	case "LOCATION":
		e.Location = cmp.Or(e.Location, p.Value)
		e.Language = cmp.Or(e.Language, language(p))
	case "URL":
		e.URL = cmp.Or(e.URL, p.Value)
	case "CONFERENCE":
		if e.Conference != "" {
			return false
		}
		e.Conference = p.Value
	case "COMMENT":
		// QUIRK: Evolution writes an empty COMMENT with every answer.
		if !x.method.isAnswer() {
			return p.Value == ""
		}
		x.comments = append(x.comments, p.Value)
	default:
		return false
	}
	return true
}

// readFlag reads p if it has one of a few values or a number, and reports
// whether it has.
func (x *eventReader) readFlag(p *ics.BaseProperty) bool {
	e, v := &x.event, strings.TrimSpace(p.Value)
	switch p.IANAToken {
	case "SEQUENCE":
		e.Sequence = x.readSequence(v)
	case "PRIORITY":
		var err error
		if e.Priority, err = parseInt(v, 0, 9); e.Priority == 5 {
			e.Priority = 0
		}
		if err != nil && v != "" {
			x.skipped.addf("PRIORITY %.60q cannot be read", v)
		}
	case "STATUS":
		e.Cancelled = strings.EqualFold(v, "CANCELLED")
	case "CLASS":
		e.Sensitivity = readWord(v, wireClasses)
	case "TRANSP":
		x.transp = v
	case "X-MICROSOFT-CDO-BUSYSTATUS":
		x.busy = v
	case "X-MICROSOFT-CDO-INTENDEDSTATUS":
		x.intended = v
	case "X-MICROSOFT-CDO-ALLDAYEVENT":
		x.allDay = strings.EqualFold(v, "TRUE")
	case "X-MICROSOFT-DISALLOW-COUNTER":
		e.NoCounter = strings.EqualFold(v, "TRUE")
	case noForwardName:
		e.NoForward = strings.EqualFold(v, "TRUE")
	default:
		return false
	}
	return true
}

// readSequence reads a SEQUENCE. One that is too large counts as the largest
// (RFC 5545, section 3.3.8).
//
// QUIRK: some programs count in milliseconds since 1970:
// testdata/ics/quirks/sequence-milliseconds.ics.
func (x *eventReader) readSequence(v string) int {
	const most = 1<<31 - 1
	n, err := strconv.ParseInt(v, 10, 64)
	switch {
	case err == nil && n >= 0 && n <= most:
		return int(n)
	case n > most: // also if it is too large for an int64
		x.skipped.addf("SEQUENCE %.60q is above %d: that counts", v, most)
		return most
	case v != "":
		x.skipped.addf("SEQUENCE %.60q cannot be read", v)
	}
	return 0
}

// readList reads p if it is a category or an attachment, and reports whether it
// is.
func (x *eventReader) readList(p *ics.BaseProperty) bool {
	e := &x.event
	switch p.IANAToken {
	case "CATEGORIES":
		if !x.zones.spend(strings.Count(p.Value, ",")) {
			break
		}
		for c := range splitList(p.Value) {
			if c = strings.TrimSpace(unescapeText(c)); c != "" {
				e.Categories = append(e.Categories, c)
			}
		}
	case "ATTACH":
		if paramValue(p, "ENCODING") != "" || p.Value == "" {
			return false
		}
		name := cmp.Or(paramValue(p, "FILENAME"), paramValue(p, "X-FILENAME"))
		e.Attachments = append(e.Attachments, Link{p.Value, paramValue(p, "FMTTYPE"), name})
	default:
		return false
	}
	return true
}

// readAlarm reads an alarm that sounds before the start. Other alarms are
// passed over.
func (x *eventReader) readAlarm(props []ics.IANAProperty) {
	p := firstProperty(props, "TRIGGER")
	if p == nil || strings.EqualFold(paramValue(p, "RELATED"), "END") {
		return
	}
	if d, err := parseDuration(p.Value); err == nil && d <= 0 && -d <= 3650*day {
		x.event.Reminders = append(x.event.Reminders, Reminder{-d})
	}
}

// finish sets the fields that depend on several properties.
func (x *eventReader) finish() {
	e := &x.event
	x.tellUnreadable()
	x.finishDuration()
	x.finishRule()
	x.datesOfMidnights()
	if e.AllDay {
		endless := x.method == MethodCounter && e.End.IsZero() // the duration of the meeting stays
		e.keepDates()
		if endless {
			e.End = time.Time{}
		}
	}
	e.ShowAs = x.showAs()
	x.finishConference()
	if e.Conference != "" {
		if e.Location == e.Conference {
			e.Location = ""
		}
		if e.URL == e.Conference {
			e.URL = ""
		}
	}
	x.finishComments()
}

// finishDuration sets the end by DURATION. A duration of whole days is counted on
// the clock, in which a day can have 23 or 25 hours (RFC 5545, section 3.3.6).
func (x *eventReader) finishDuration() {
	e := &x.event
	if x.duration == "" {
		return
	}
	d, err := parseDuration(x.duration)
	end := e.Start.Add(d)
	if d%day == 0 && !strings.ContainsAny(x.duration, "Tt") {
		end = e.Start.AddDate(0, 0, int(d/day))
	}
	switch {
	case err != nil:
		x.skipped.addf("DURATION %.60q cannot be read, or is longer than 100 years", x.duration)
	case d < 0:
		x.skipped.addf("DURATION %.60q is negative", x.duration)
	case e.Start.IsZero():
	case e.End.IsZero():
		e.End = end
	case !e.End.Equal(end):
		x.skipped.addf("DURATION %.60q contradicts DTEND, which counts", x.duration)
	}
}

// finishComments joins the comments of an answer, which may have several (RFC
// 5545, section 3.8.1.4), and leaves repetitions out. They are the words of the
// only attendee.
func (x *eventReader) finishComments() {
	e := &x.event
	said := x.comments
	if len(said) == 0 {
		return
	}
	var list []string
	if len(e.Attendees) == 1 {
		said = append([]string{e.Attendees[0].Comment}, said...)
	}
	seen := map[string]bool{"": true}
	for _, text := range said {
		if key := strings.TrimSpace(text); !seen[key] {
			seen[key] = true
			list = append(list, text)
		}
	}
	text := strings.Join(list, "\n")
	switch {
	case text == "":
	case len(e.Attendees) == 1:
		e.Attendees[0].Comment = text
	default:
		e.Extra = append(e.Extra, Property{Name: "COMMENT", Value: text})
	}
}

// finishRule sets the recurrence. A rule that no field can hold is kept in
// Extra. [Event.Validate] refuses it there, so that it cannot be sent on as
// another rule.
func (x *eventReader) finishRule() {
	e := &x.event
	if x.rule == "" && len(x.include) == 0 {
		return
	}
	r := new(Recurrence)
	if x.rule != "" {
		parsed, err := parseRule(x.rule, e.Start, x.until)
		if err != nil {
			e.Extra = append(e.Extra, Property{Name: "RRULE", Value: x.rule})
			x.skipped.addf("RRULE %.60q cannot be read", x.rule)
			return
		}
		r = parsed
	}
	r.Except, r.Include = x.except, x.include
	e.Recurrence = r
}

// showAs returns the value that the organizer intends. If there is none, it
// returns the value that the attendee's calendar shows until the answer.
func (x *eventReader) showAs() ShowAs {
	for _, v := range []string{x.intended, x.busy} {
		if v != "" {
			return readWord(v, wireShows)
		}
	}
	if strings.EqualFold(x.transp, "TRANSPARENT") && !x.event.Cancelled {
		return ShowFree
	}
	return ""
}

// language reads LANGUAGE.
//
// QUIRK: some programs write "de_DE".
func language(p *ics.BaseProperty) string {
	tag := strings.ReplaceAll(paramValue(p, "LANGUAGE"), "_", "-")
	if checkLanguage(tag) != nil {
		return ""
	}
	return tag
}

// unwrapUID returns the identifier inside a UID that a calendar export of
// Exchange has wrapped. The wrapping is 16 octets of signature, 20 of date and
// length, "vCal-Uid", 01 00 00 00, the identifier and a zero, all in
// hexadecimal (MS-OXOCAL, section 2.2.1.27).
func unwrapUID(uid string) string {
	const signature, marker = "040000008200E00074C5B7101A82E008", "7643616C2D55696401000000"
	upper := strings.ToUpper(strings.TrimSpace(uid))
	if !strings.HasPrefix(upper, signature) {
		return strings.TrimSpace(uid)
	}
	_, tail, ok := strings.Cut(upper, marker)
	if !ok || len(tail)%2 != 0 {
		return strings.TrimSpace(uid)
	}
	var b strings.Builder
	for ; len(tail) >= 2 && tail[:2] != "00"; tail = tail[2:] {
		n, err := strconv.ParseUint(tail[:2], 16, 8)
		if err != nil {
			return strings.TrimSpace(uid)
		}
		b.WriteByte(byte(n))
	}
	if plain := b.String(); plain != "" && checkLine(plain) == nil {
		return unwrapUID(plain)
	}
	return strings.TrimSpace(uid)
}
