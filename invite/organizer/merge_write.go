package organizer

import (
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// merged returns the merged entry as data, and its event. stamp is its DTSTAMP. meeting
// is the event of the meeting as [Encode] returns it. changed reports whether the meeting
// has changed a property that no key stands for.
func (m *merger) merged(meeting *ical.Event, stamp time.Time) (data []byte, e ical.Event, changed bool, err error) {
	for _, kept := range [][]keptKey{m.kept, m.keptTexts(), nil} { // the lines of other programs may be invalid
		f := m.frame
		if len(kept) < len(m.kept) {
			f = frameOf(meeting, meeting)
		}
		e = f.move(meeting.Clone())
		x := edit(&e)
		for _, k := range kept {
			x.take(k.key, m.theirs)
		}
		x.done()
		m.finish(&e)
		if data, err = write(&e, stamp); err == nil {
			break
		}
	}
	if err != nil {
		return nil, e, false, wrap("merge", err)
	}
	data, changed, err = m.combine(data, &e)
	return data, e, changed, err
}

// keptTexts returns the kept texts of the whole meeting.
func (m *merger) keptTexts() (out []keptKey) {
	for _, k := range m.kept {
		if k.date == whole && (k.field == FieldSummary || k.field == FieldDescription || k.field == FieldLocation) {
			out = append(out, k)
		}
	}
	return out
}

// finish sets the fields of the merged event that no key stands for. SEQUENCE never
// falls, because some servers refuse that. Parameters that other programs have given to
// an attendee stay.
func (m *merger) finish(e *ical.Event) {
	e.Sequence = max(e.Sequence, m.theirs.event.Sequence)
	m.finishPeople(whole, e.Attendees)
	for i := range e.Overrides {
		o := &e.Overrides[i]
		date := dateKey(o.RecurrenceID)
		if is := m.theirs.overrides[date]; is != nil && is.Sequence > e.Sequence {
			o.Sequence = is.Sequence
		}
		m.finishPeople(date, o.Attendees)
	}
	m.finishOverrides(e)
}

// finishOverrides adds an override for each occurrence that has one in the calendar,
// because it may have properties of the organizer's own.
func (m *merger) finishOverrides(e *ical.Event) {
	if e.Recurrence == nil {
		return
	}
	taken := make(map[int64]bool)
	for _, t := range e.Recurrence.Except {
		taken[t.Unix()] = true
	}
	for i := range e.Overrides {
		taken[e.Overrides[i].RecurrenceID.Unix()] = true
	}
	for d := range m.theirs.overrides {
		if m.has[d] && !taken[d] {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: time.Unix(d, 0).In(e.Start.Location())})
		}
	}
	slices.SortStableFunc(e.Overrides, func(a, b ical.Event) int { return a.RecurrenceID.Compare(b.RecurrenceID) })
}

// finishPeople is finish for the attendees of a date.
func (m *merger) finishPeople(date int64, list []ical.Attendee) {
	for i := range list {
		a := &list[i]
		setAgent(a)
		is := m.theirs.attendee(key{date, FieldAttendee, address.Key(a.Email)})
		if is == nil {
			continue
		}
		for name, values := range is.Params {
			if _, has := a.Params[name]; !has && !isScheduling(name) {
				a.Params[name] = values
			}
		}
	}
}

// isScheduling reports whether a parameter is about the mails of the server (RFC 6638,
// section 7).
func isScheduling(name string) bool { return strings.HasPrefix(name, "SCHEDULE-") }

// combine adds the organizer's own properties to the data of a merged event.
func (m *merger) combine(data []byte, e *ical.Event) (out []byte, changed bool, err error) {
	objects, err := components(data)
	if err != nil || len(objects) != 1 {
		return nil, false, wrap("merge", errTooLarge)
	}
	o := objects[0]
	dates := []int64{whole}
	for i := range e.Overrides {
		if !e.Overrides[i].Cancelled {
			dates = append(dates, dateKey(e.Overrides[i].RecurrenceID))
		}
	}
	n := 0
	for i, p := range o.parts {
		if p.name != "VEVENT" || n >= len(dates) {
			continue
		}
		c, own := combined(p, m.theirs.single(dates[n]), m.base.was.single(dates[n]))
		o.parts[i], changed = c, changed || own
		n++
	}
	lines, parts := ofCalendar(m.theirs.object)
	o.lines, o.parts = append(o.lines, lines...), append(o.parts, parts...)
	return o.append(nil), changed, nil
}

// single returns the VEVENT of an occurrence, and otherwise that of the series. Nil
// has none.
func (v *version) single(date int64) *component {
	if v == nil {
		return nil
	}
	if n, ok := v.marks[date]; ok && date != whole && n < len(v.singles) {
		return v.singles[n]
	}
	return v.master
}
