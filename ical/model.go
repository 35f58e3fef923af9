package ical

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/convene-go/convene/internal/address"
)

// Model returns c as a golang-ical tree, for those who add to it before
// [WriteModel]: a VCALENDAR with its VTIMEZONE components and one VEVENT for
// each event and each override. The errors are those of [Encode].
func Model(c *Calendar) (*ics.Calendar, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	m := &modeler{cal: c, zones: make(map[string]*zoneUse)}
	var events []ics.Component
	for i := range c.Events {
		list, err := m.event(&c.Events[i])
		if err != nil {
			return nil, &FieldError{indexed("Events", i, "TimeZone"), err}
		}
		events = append(events, list...)
	}
	out := &ics.Calendar{CalendarProperties: m.header()}
	for _, tz := range m.order {
		out.Components = append(out.Components, tz)
	}
	out.Components = append(out.Components, events...)
	return out, nil
}

// modeler builds the tree of one calendar.
type modeler struct {
	cal   *Calendar
	zones map[string]*zoneUse
	order []*ics.VTimezone
}

// header puts METHOD first: clients that read it only in front of the first
// component find it, and so do people.
func (m *modeler) header() []ics.CalendarProperty {
	var out []ics.CalendarProperty
	for _, kv := range [][2]string{
		{"METHOD", string(m.cal.Method)}, {"VERSION", "2.0"},
		{"PRODID", or(m.cal.ProductID, DefaultProductID)}, {"CALSCALE", "GREGORIAN"},
	} {
		if kv[1] != "" {
			out = append(out, ics.CalendarProperty{BaseProperty: property(kv[0], kv[1]).BaseProperty})
		}
	}
	return out
}

// event returns the VEVENT of e and those of its overrides.
func (m *modeler) event(e *Event) ([]ics.Component, error) {
	zone, err := m.zone(e)
	if err != nil {
		return nil, err
	}
	out := []ics.Component{m.vevent(e, zone)}
	for i := range e.Overrides {
		o := e.Override(i)
		if o.Cancelled {
			continue // an EXDATE
		}
		out = append(out, m.vevent(&o, zone))
	}
	return out, nil
}

// vevent writes every property that Outlook needs, in one fixed order.
func (m *modeler) vevent(e *Event, z wallZone) *ics.VEvent {
	b := &builder{method: m.cal.Method, event: e}
	b.text("UID", e.UID)
	b.text("SEQUENCE", strconv.Itoa(e.Sequence))
	b.text("DTSTAMP", m.cal.Stamp.UTC().Format(layoutUTC))
	b.times(z)
	b.people()
	b.texts()
	b.flags()
	b.links()
	for _, p := range e.Extra {
		b.props = append(b.props, ics.IANAProperty{BaseProperty: ics.BaseProperty{
			IANAToken: p.Name, ICalParameters: cloneParams(p.Params), Value: p.Value}})
	}
	v := &ics.VEvent{ComponentBase: ics.ComponentBase{Properties: b.props}}
	for _, r := range e.Reminders {
		if m.cal.Method.remind() {
			v.Components = append(v.Components, r.component())
		}
	}
	return v
}

// builder collects the properties of one VEVENT.
type builder struct {
	method Method
	event  *Event
	props  []ics.IANAProperty
}

func (b *builder) add(p ics.IANAProperty) { b.props = append(b.props, p) }

// text adds a property unless its value is empty.
func (b *builder) text(name, value string, params ...string) {
	if value != "" {
		b.add(property(name, value, params...))
	}
}

// times writes RECURRENCE-ID as the series writes DTSTART, for that is what
// clients compare it with. One occurrence can have its times in UTC.
func (b *builder) times(z wallZone) {
	e := b.event
	if !e.RecurrenceID.IsZero() {
		b.add(z.property("RECURRENCE-ID", e.RecurrenceID))
		if z.tzid != "" && e.repeats(z.loc) {
			z = wallZone{loc: time.UTC}
		}
	}
	if !e.Start.IsZero() {
		b.add(z.property("DTSTART", e.Start))
	}
	switch {
	case !e.End.IsZero():
		b.add(z.property("DTEND", e.End))
	case e.AllDay && !e.Start.IsZero():
		b.add(z.property("DTEND", e.Start.AddDate(0, 0, 1)))
	}
	if e.Recurrence != nil {
		b.recurrence(z)
	}
}

func (b *builder) recurrence(z wallZone) {
	r := b.event.Recurrence
	if r.Freq != "" {
		b.text("RRULE", r.rule(z.allDay))
	}
	except := r.Except
	for _, o := range b.event.Overrides {
		if o.Cancelled {
			except = append(except[:len(except):len(except)], o.RecurrenceID)
		}
	}
	if len(except) > 0 {
		b.add(z.property("EXDATE", except...))
	}
	if len(r.Include) > 0 {
		b.add(z.property("RDATE", r.Include...))
	}
}

func (b *builder) people() {
	e := b.event
	if o := e.Organizer; o.Email != "" {
		b.text("ORGANIZER", mailto(o.Email), "CN", safeName(o.Name), "SENT-BY", mailto(o.SentBy))
	}
	for i := range e.Attendees {
		b.add(e.Attendees[i].property(b.method))
	}
	if b.method == MethodReply || b.method == MethodCounter {
		for _, a := range e.Attendees {
			b.text("COMMENT", a.Comment)
		}
	}
}

// property writes an attendee. RSVP is asked for in a request only.
func (a *Attendee) property(method Method) ics.IANAProperty {
	rsvp := ""
	if method == MethodRequest {
		rsvp = strings.ToUpper(strconv.FormatBool(!a.NoReply))
	} else if a.NoReply {
		rsvp = "FALSE"
	}
	p := property("ATTENDEE", mailto(a.Email),
		"CUTYPE", wireName(a.Kind, wireKinds), "ROLE", wireName(a.Role, wireRoles),
		"PARTSTAT", wireName(a.Status, wireStatuses), "RSVP", rsvp,
		"DELEGATED-TO", mailto(a.DelegatedTo), "DELEGATED-FROM", mailto(a.DelegatedFrom),
		"SENT-BY", mailto(a.SentBy), "CN", safeName(a.Name))
	for name, values := range a.Params {
		p.ICalParameters[name] = append([]string(nil), values...)
	}
	return p
}

func (b *builder) texts() {
	e := b.event
	b.text("SUMMARY", e.Summary, "LANGUAGE", e.Language)
	b.text("LOCATION", or(e.Location, asciiURI(e.Conference)), "LANGUAGE", e.Language)
	b.text("DESCRIPTION", e.Description, "LANGUAGE", e.Language)
}

// flags adds what Outlook makes its appointment's state of (MS-OXCICAL, section
// 2.1.3.1.1.20.31 and following).
func (b *builder) flags() {
	e := b.event
	status, busy, intended := "CONFIRMED", "TENTATIVE", wireName(e.ShowAs, wireShows)
	transp := "OPAQUE"
	if e.ShowAs == ShowFree {
		transp, busy = "TRANSPARENT", "FREE"
	}
	switch {
	case e.Cancelled || b.method == MethodCancel:
		status, transp, busy = "CANCELLED", "TRANSPARENT", "FREE"
	case b.method != MethodRequest:
		busy = intended
	}
	b.text("STATUS", status)
	b.text("TRANSP", transp)
	b.text("CLASS", wireName(e.Sensitivity, wireClasses))
	b.text("PRIORITY", strconv.Itoa(or(e.Priority, 5)))
	b.text("X-MICROSOFT-CDO-BUSYSTATUS", busy)
	b.text("X-MICROSOFT-CDO-INTENDEDSTATUS", intended)
	b.text("X-MICROSOFT-CDO-ALLDAYEVENT", strings.ToUpper(strconv.FormatBool(e.AllDay)))
	if e.NoCounter {
		b.text("X-MICROSOFT-DISALLOW-COUNTER", "TRUE")
	}
}

func (b *builder) links() {
	e := b.event
	if len(e.Categories) > 0 {
		list := make([]string, len(e.Categories))
		for i, c := range e.Categories {
			list[i] = escapeText(c)
		}
		b.text("CATEGORIES", strings.Join(list, ","))
	}
	b.text("URL", asciiURI(or(e.URL, e.Conference)))
	if e.Conference != "" {
		b.text("CONFERENCE", asciiURI(e.Conference), "VALUE", "URI")
	}
	for _, a := range e.Attachments {
		b.text("ATTACH", asciiURI(a.URL), "FMTTYPE", a.MediaType, "FILENAME", safeName(a.Name))
	}
	for _, t := range []struct {
		name string
		time time.Time
	}{{"CREATED", e.Created}, {"LAST-MODIFIED", e.Modified}} {
		if !t.time.IsZero() {
			b.text(t.name, t.time.UTC().Format(layoutUTC))
		}
	}
}

// component is a VALARM that shows a text, the one action of a request that
// all clients accept.
func (r Reminder) component() ics.Component {
	return &ics.VAlarm{ComponentBase: ics.ComponentBase{Properties: []ics.IANAProperty{
		property("ACTION", "DISPLAY"), property("DESCRIPTION", "Reminder"),
		property("TRIGGER", "-"+formatDuration(r.Before)),
	}}}
}

// safeName puts an apostrophe in place of a double quote, which a parameter
// cannot hold; Outlook does not know the escapes of RFC 6868.
func safeName(name string) string { return strings.ReplaceAll(name, `"`, "'") }

// mailto makes a URI of an address (RFC 6068, section 2); empty stays empty.
func mailto(addr string) string {
	if addr == "" {
		return ""
	}
	ascii, err := address.ASCII(addr)
	if err != nil {
		ascii = addr // validate has refused it where it matters
	}
	var b strings.Builder
	b.WriteString("mailto:")
	for i := range len(ascii) {
		if c := ascii[i]; strings.IndexByte("%/?#[]^`{|}\"\\<> ", c) >= 0 {
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c), 16)))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// asciiURI escapes what a URI cannot hold as it is (RFC 3986, section 2); one
// that needs nothing stays as it was given.
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

func cloneParams(in map[string][]string) map[string][]string {
	out := make(map[string][]string, len(in))
	for name, values := range in {
		out[name] = append([]string(nil), values...)
	}
	return out
}

// property makes a property of the model; params are names and values in turn.
func property(name, value string, params ...string) ics.IANAProperty {
	p := ics.BaseProperty{IANAToken: name, Value: value, ICalParameters: make(map[string][]string, len(params)/2)}
	for i := 0; i+1 < len(params); i += 2 {
		if params[i+1] != "" {
			p.ICalParameters[params[i]] = append(p.ICalParameters[params[i]], params[i+1])
		}
	}
	return ics.IANAProperty{BaseProperty: p}
}
