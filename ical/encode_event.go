package ical

import (
	"cmp"
	"net/url"
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"
)

// eventEncoder writes the properties of one calendar to a sink, line by line.
type eventEncoder struct {
	cal   *Calendar
	out   sink
	event *Event // the event that is being written

	// What the line being written consists of, used again for the next.
	line   contentLine
	values []string // of its parameters
	text   []byte
}

// newEventEncoder returns an encoder with room for an attendee's line, the
// longest that is common.
func newEventEncoder(c *Calendar, out sink) *eventEncoder {
	b := &eventEncoder{cal: c, out: out, values: make([]string, 0, 8), text: make([]byte, 0, 64)}
	b.line.params = make([]lineParam, 0, 8)
	return b
}

// header writes METHOD first. Some clients read it only in front of the first
// component.
func (b *eventEncoder) header() {
	b.put("METHOD", string(b.cal.Method))
	b.put("VERSION", "2.0")
	b.put("PRODID", cmp.Or(b.cal.ProductID, DefaultProductID))
	b.put("CALSCALE", "GREGORIAN")
}

// events writes the VEVENT of e and the VEVENTs of its overrides.
func (b *eventEncoder) events(e *Event, form timeForm) {
	b.vevent(e, form)
	for i := range e.Overrides {
		if e.Overrides[i].Cancelled {
			continue // an EXDATE
		}
		o := e.Override(i)
		b.vevent(&o, form)
	}
}

// vevent writes every property that Outlook needs, in one fixed order.
func (b *eventEncoder) vevent(e *Event, form timeForm) {
	b.event = e
	b.out.begin(ics.ComponentVEvent)
	b.put("UID", e.UID)
	b.put("SEQUENCE", strconv.Itoa(e.Sequence))
	b.putTimes("DTSTAMP", timeForm{loc: time.UTC}, b.cal.Stamp)
	b.times(form)
	b.people()
	b.texts()
	b.flags()
	b.links()
	for i := range e.Extra {
		p := &e.Extra[i]
		b.start(p.Name, p.Value)
		b.line.addParams(p.Params)
		b.out.property(&b.line)
	}
	if b.cal.Method.allowsAlarms() {
		for _, r := range e.Reminders {
			b.alarm(r)
		}
	}
	b.out.end()
}

// start begins a line without parameters.
func (b *eventEncoder) start(name, value string) {
	b.values = b.values[:0]
	b.line.name, b.line.value, b.line.params = name, value, b.line.params[:0]
}

// params adds parameters, names and values in turn, unless the value is empty.
func (b *eventEncoder) params(list ...string) {
	for i := 0; i+1 < len(list); i += 2 {
		if list[i+1] != "" {
			b.values = append(b.values, list[i+1])
			n := len(b.values)
			b.line.params = append(b.line.params, lineParam{list[i], b.values[n-1 : n : n]})
		}
	}
}

// put writes a property with its parameters if its value is not empty.
func (b *eventEncoder) put(name, value string, params ...string) {
	if value != "" {
		b.start(name, value)
		b.params(params...)
		b.out.property(&b.line)
	}
}

// putTimes writes times as one property with a list, because Outlook reads only
// the first EXDATE.
func (b *eventEncoder) putTimes(name string, form timeForm, times ...time.Time) {
	b.text = b.text[:0]
	for i, t := range times {
		b.text = form.append(appendComma(b.text, i), t)
	}
	value := ""
	if form.allDay {
		value = "DATE"
	}
	b.put(name, string(b.text), "VALUE", value, "TZID", form.tzid)
}

// appendComma appends a comma before every value of a list except the first.
func appendComma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

// times writes the start, the end and the rule. RECURRENCE-ID has the form of
// the series' DTSTART, because clients compare the two. One occurrence can have
// its other times in UTC.
func (b *eventEncoder) times(form timeForm) {
	e := b.event
	if !e.RecurrenceID.IsZero() {
		b.putTimes("RECURRENCE-ID", form.forID(e.RecurrenceID), e.RecurrenceID)
		switch {
		case form.allDay:
		case e.Floating != form.local:
			form = e.ownForm()
		case form.tzid != "" && !form.local && e.repeats(form.loc):
			form = timeForm{loc: time.UTC}
		}
	}
	if !e.Start.IsZero() {
		b.putTimes("DTSTART", form, e.Start)
	}
	switch {
	case !e.End.IsZero():
		b.putTimes("DTEND", form, e.End)
	case e.AllDay && !e.Start.IsZero() && b.cal.Method != MethodCounter: // without an end, a COUNTER keeps the length
		b.putTimes("DTEND", form, e.Start.AddDate(0, 0, 1))
	}
	if e.Recurrence != nil {
		b.recurrence(form)
	}
}

// recurrence writes RRULE, EXDATE and RDATE. A cancelled override is an EXDATE.
func (b *eventEncoder) recurrence(form timeForm) {
	r := b.event.Recurrence
	if r.Freq != "" {
		b.text = r.appendRule(b.text[:0], form)
		b.put("RRULE", string(b.text))
	}
	except := r.Except
	for i := range b.event.Overrides {
		if o := &b.event.Overrides[i]; o.Cancelled {
			except = append(except[:len(except):len(except)], o.RecurrenceID)
		}
	}
	if len(except) > 0 {
		b.putTimes("EXDATE", form, except...)
	}
	if len(r.Include) > 0 {
		b.putTimes("RDATE", form, r.Include...)
	}
}

func (b *eventEncoder) texts() {
	e := b.event
	b.put("SUMMARY", titleLine(e.Summary), "LANGUAGE", e.Language)
	b.put("LOCATION", cmp.Or(locationLine(e.Location), asciiURI(e.Conference)), "LANGUAGE", e.Language)
	b.put("DESCRIPTION", e.Description, "LANGUAGE", e.Language)
}

// flags writes the properties from which Outlook makes the state of its
// appointment (MS-OXCICAL, section 2.1.3.1.1.20.31 and following).
func (b *eventEncoder) flags() {
	e := b.event
	status, busy, intended := "CONFIRMED", "TENTATIVE", wireName(e.ShowAs, wireShows)
	transp, allDay := "OPAQUE", "FALSE"
	if e.ShowAs == ShowFree {
		transp, busy = "TRANSPARENT", "FREE"
	}
	if e.AllDay {
		allDay = "TRUE"
	}
	switch {
	case e.Cancelled || b.cal.Method == MethodCancel:
		status, transp, busy = "CANCELLED", "TRANSPARENT", "FREE"
	case b.cal.Method != MethodRequest:
		busy = intended
	case e.refused():
		busy = "FREE" // not TRANSPARENT, which clients keep if the attendee accepts after all
	}
	b.put("STATUS", status)
	b.put("TRANSP", transp)
	b.put("CLASS", wireName(e.Sensitivity, wireClasses))
	b.put("PRIORITY", strconv.Itoa(cmp.Or(e.Priority, 5)))
	b.put("X-MICROSOFT-CDO-BUSYSTATUS", busy)
	b.put("X-MICROSOFT-CDO-INTENDEDSTATUS", intended)
	b.put("X-MICROSOFT-CDO-ALLDAYEVENT", allDay)
	if e.NoCounter {
		b.put("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")
	}
	if e.NoForward {
		b.put(noForwardName, "TRUE")
	}
}

// links writes the categories, the links and the times of creation and change.
func (b *eventEncoder) links() {
	e := b.event
	if len(e.Categories) > 0 {
		b.text = b.text[:0]
		for i, c := range e.Categories {
			b.text = appendText(appendComma(b.text, i), c)
		}
		b.put("CATEGORIES", string(b.text))
	}
	b.put("URL", asciiURI(cmp.Or(e.URL, e.Conference)))
	b.put("CONFERENCE", asciiURI(e.Conference), "VALUE", "URI")
	if name := conferenceProperty(asciiURI(e.Conference)); name != "" && !e.hasExtra(name) {
		b.put(name, asciiURI(e.Conference))
	}
	for _, a := range e.Attachments {
		b.put("ATTACH", asciiURI(a.URL), "FILENAME", safeName(a.Name), "FMTTYPE", a.MediaType)
	}
	if !e.Created.IsZero() {
		b.putTimes("CREATED", timeForm{loc: time.UTC}, e.Created)
	}
	if !e.Modified.IsZero() {
		b.putTimes("LAST-MODIFIED", timeForm{loc: time.UTC}, e.Modified)
	}
}

// alarm writes a VALARM that shows a text. Of all actions, only this one is
// accepted by all clients in a request.
func (b *eventEncoder) alarm(r Reminder) {
	b.out.begin(ics.ComponentVAlarm)
	b.put("ACTION", "DISPLAY")
	b.put("DESCRIPTION", "Reminder")
	b.put("TRIGGER", "-"+formatDuration(r.Before))
	b.out.end()
}

// asciiURI escapes the characters that a URI cannot hold (RFC 3986, section 2).
// A URI without such characters is returned unchanged.
func asciiURI(raw string) string {
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] >= 0x7f || raw[i] == '"' {
			if u, err := url.Parse(raw); err == nil {
				return u.String()
			}
			break
		}
	}
	return raw
}
