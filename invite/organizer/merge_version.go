package organizer

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/internal/wallclock"
	"github.com/convene-go/convene/invite/internal/series"
)

// version is one version of an entry, in the form in which versions are compared.
type version struct {
	event     ical.Event
	stamp     time.Time
	items     map[key]string
	people    map[int64]map[string]*ical.Attendee // by occurrence and address
	overrides map[int64]*ical.Event               // by original start, with every field filled in
	gone      map[int64]bool                      // the occurrences that do not take place
	marks     map[int64]int                       // the numbers of the overrides in the object, by original start
	object    []*component                        // the VCALENDARs; nil if they are not needed
	master    *component                          // the VEVENT of the event
	singles   []*component                        // the VEVENTs of the overrides, in the order of the object
}

// key names one thing in an entry that can change.
type key struct {
	date  int64 // the original start of an occurrence as a Unix time, or whole
	field Field
	email string // the address of an attendee, as a key
}

// whole stands for the whole meeting among original starts.
const whole = -1 << 63

// fieldSequence is never reported.
const fieldSequence Field = "sequence"

// dateKey returns the name of an occurrence in a key.
func dateKey(t time.Time) int64 {
	if t.IsZero() {
		return whole
	}
	return t.Unix()
}

// errNoEvent refuses data that has no event with the UID of the meeting.
var errNoEvent = errors.New("has no event with the UID of the meeting")

// read reads the data of an entry. Times without a zone are clocks in zone.
func read(data []byte, uid string, zone *time.Location) (*version, error) {
	cal, err := ical.Decode(bytes.NewReader(data), nil)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(cal.Events, func(e ical.Event) bool { return e.UID == uid && e.RecurrenceID.IsZero() })
	if i < 0 {
		i = slices.IndexFunc(cal.Events, func(e ical.Event) bool { return e.UID == uid })
	}
	if i < 0 {
		return nil, errNoEvent
	}
	e := cal.Events[i]
	if people(&e) > maxPeople {
		return nil, errTooLarge
	}
	fixTimes(&e, zone)
	for i := range e.Overrides {
		e.Overrides[i].UID = strconv.Itoa(i) // see marks
		e.Overrides[i].Absent = slices.DeleteFunc(e.Overrides[i].Absent, func(s string) bool {
			return s == "organizer" || s == "attendees" // some programs leave them out and mean those of the series
		})
	}
	v := newVersion(e)
	v.stamp = cal.Stamp
	if v.object, err = components(data); err != nil {
		return nil, err
	}
	v.find(uid)
	return v, nil
}

// maxPeople limits the attendees of all overrides together. A meeting that can be written
// as an entry has fewer. In an entry that somebody else has written, few lines can stand for
// millions, because an override without attendees has those of its series.
const maxPeople = 250_000

// people returns the number of attendees of an event and its overrides.
func people(e *ical.Event) int {
	n := len(e.Attendees)
	for i := range e.Overrides {
		n += cmp.Or(len(e.Overrides[i].Attendees), len(e.Attendees))
	}
	return n
}

// find finds the VEVENTs of the event and of its overrides. If they are not as many
// as the overrides, nobody knows which belong together, and there are none.
func (v *version) find(uid string) {
	for _, o := range v.object {
		for _, c := range o.part("VEVENT") {
			switch single := c.named("RECURRENCE-ID") != ""; {
			case textOf(c, "UID") != plainText(uid) && len(o.part("VEVENT")) > 1:
			case !single || v.event.Recurrence == nil && v.master == nil:
				if v.master == nil {
					v.master = c
				}
			default:
				v.singles = append(v.singles, c)
			}
		}
	}
	if len(v.singles) != len(v.event.Overrides) {
		v.singles = nil
	}
}

// fixTimes gives the times of an event that have no zone the zone of the meeting. Some
// servers write clocks without one.
func fixTimes(e *ical.Event, zone *time.Location) {
	fix := func(t *time.Time, floating bool) {
		if !t.IsZero() && (floating || wallclock.IsLabel(t.Location())) {
			*t = wallclock.In(*t, zone)
		}
	}
	own := func(o *ical.Event, floating bool) {
		fix(&o.Start, floating)
		fix(&o.End, floating)
		o.Floating = false
	}
	if e.AllDay || zone == nil {
		return
	}
	floating := e.Floating
	for i := range e.Overrides {
		o := &e.Overrides[i]
		fix(&o.RecurrenceID, floating)
		if own(o, o.Floating || floating && o.TimeZone == ""); floating {
			o.TimeZone = ""
		}
	}
	fix(&e.RecurrenceID, floating)
	own(e, floating)
	if !floating {
		return
	}
	e.TimeZone = zone.String()
	if r := e.Recurrence; r != nil {
		fix(&r.Until, true)
		for _, list := range [][]time.Time{r.Except, r.Include} {
			for i := range list {
				fix(&list[i], true)
			}
		}
	}
}

// newVersion returns an event in the form in which versions are compared.
func newVersion(e ical.Event) *version {
	e = series.Normalized(e)
	v := &version{event: e, items: make(map[key]string), people: make(map[int64]map[string]*ical.Attendee),
		overrides: make(map[int64]*ical.Event), gone: make(map[int64]bool), marks: make(map[int64]int)}
	v.add(whole, &v.event)
	v.items[key{whole, fieldSequence, ""}] = strconv.Itoa(e.Sequence)
	v.items[key{whole, FieldTime, ""}] = timeItem(&e)
	v.items[key{whole, FieldRecurrence, ""}] = ruleItem(e.Recurrence, e.AllDay)
	if e.Cancelled {
		v.items[key{whole, FieldCancelled, ""}] = cancelled
	}
	if e.Recurrence != nil {
		for _, t := range e.Recurrence.Except {
			v.cancel(t.Unix())
		}
	}
	for i := range e.Overrides {
		id := e.Overrides[i].RecurrenceID
		if e.Overrides[i].Cancelled {
			v.cancel(id.Unix())
			continue
		}
		if _, again := v.overrides[id.Unix()]; again || id.IsZero() {
			continue
		}
		full := e.Override(i)
		v.overrides[id.Unix()] = &full
		if n, err := strconv.Atoi(e.Overrides[i].UID); err == nil {
			v.marks[id.Unix()] = n
		}
		v.add(id.Unix(), &full)
		v.items[key{id.Unix(), FieldTime, ""}] = timeItem(&full)
		if v.isRegular(&full) {
			v.items[key{id.Unix(), FieldTime, ""}] = ""
		}
	}
	return v
}

// cancelled is the value of FieldCancelled.
const cancelled = "cancelled"

// cancel notes that an occurrence does not take place.
func (v *version) cancel(date int64) {
	v.gone[date] = true
	v.items[key{date, FieldCancelled, ""}] = cancelled
}

// isRegular reports whether an occurrence takes place when the series says.
func (v *version) isRegular(o *ical.Event) bool {
	return o.Start.Equal(o.RecurrenceID) && endOf(o).Sub(o.Start) == endOf(&v.event).Sub(v.event.Start)
}

// endOf returns the end of an event, also if it names none.
func endOf(e *ical.Event) time.Time {
	switch {
	case !e.End.IsZero():
		return e.End
	case e.AllDay && !e.Start.IsZero():
		return e.Start.AddDate(0, 0, 1)
	}
	return e.Start
}

// add adds the texts and the attendees of an event, or of an occurrence.
func (v *version) add(date int64, e *ical.Event) {
	for i := range texts {
		v.items[key{date, texts[i].field, ""}] = texts[i].item(e)
	}
	people := make(map[string]*ical.Attendee, len(e.Attendees))
	for i := range e.Attendees {
		a := &e.Attendees[i]
		email := address.Key(a.Email)
		if _, again := people[email]; again || email == "" {
			continue
		}
		people[email] = a
		v.items[key{date, FieldAttendee, email}] = roleItem(a)
		v.items[key{date, FieldStatus, email}] = statusItem(a)
	}
	v.people[date] = people
}

// item returns the value of a key, and reports whether it is the value of the
// series.
func (v *version) item(k key) (value string, ofSeries bool) {
	value, own := v.items[k], k.date == whole
	if own {
		return value, false
	}
	if k.field == FieldCancelled {
		return value, value == ""
	}
	of := ""
	if k.field != FieldTime {
		of = v.items[key{whole, k.field, k.email}]
	}
	if _, own = v.overrides[k.date]; !own {
		return of, true
	}
	return value, value == of
}

// at returns an event with the fields of an occurrence, or the event itself.
func (v *version) at(date int64) *ical.Event {
	if date == whole {
		return &v.event
	}
	if o := v.overrides[date]; o != nil {
		return o
	}
	o := v.event
	o.RecurrenceID = time.Unix(date, 0).In(o.Start.Location())
	o.Start = o.RecurrenceID
	o.End = series.End(&v.event, o.Start)
	o.Recurrence, o.Overrides = nil, nil
	return &o
}

// attendee returns an attendee of an occurrence or of the whole meeting, or nil.
func (v *version) attendee(k key) *ical.Attendee {
	people, own := v.people[k.date]
	if !own {
		people = v.people[whole]
	}
	return people[k.email]
}

// zone returns the zone of an event, and UTC if it has none.
func zoneOf(e *ical.Event) *time.Location {
	if z, err := e.Zone(); err == nil {
		return z
	}
	return time.UTC
}

// wrap says which data an error is about.
func wrap(what string, err error) error { return fmt.Errorf("organizer: %s: %w", what, err) }
