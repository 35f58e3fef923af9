package ical

import "slices"

// Encode returns c as an iCalendar object (RFC 5545). The object has every
// property that mail clients need, in one order, with CRLF line ends and lines
// of at most 75 octets. Equal input gives equal bytes. The error has a
// [*FieldError] for each value that cannot be written, see [FieldErrors].
// Nothing in a field can add a line, a property or a parameter.
func Encode(c *Calendar) ([]byte, error) {
	w := newLineWriter(c.size())
	if err := c.write(w); err != nil {
		return nil, err
	}
	return w.finish()
}

// write writes c to out: the header, the time zones of the events, the events.
func (c *Calendar) write(out sink) error {
	if err := c.validate(); err != nil {
		return err
	}
	c = c.inForm()
	m := newZoneChooser(c)
	zones := make([]timeForm, len(c.Events))
	for i := range c.Events {
		var err error
		if zones[i], err = m.zone(&c.Events[i]); err != nil {
			return refuse(&FieldError{Field: indexed("Events", i, "TimeZone"), Err: err})
		}
	}
	b := newEventEncoder(c, out)
	b.header()
	for _, tz := range m.order {
		out.timezone(tz)
	}
	for i := range c.Events {
		b.events(&c.Events[i], zones[i])
	}
	return nil
}

// inForm returns c itself if the times of all events are normalized, and
// otherwise a copy with normalized events.
func (c *Calendar) inForm() *Calendar {
	for i := range c.Events {
		if !c.Events[i].isNormalized() {
			out := *c
			out.Events = slices.Clone(c.Events)
			for i := range out.Events {
				e, _ := out.Events[i].inForm() // validate has reported the errors
				out.Events[i] = *e
			}
			return &out
		}
	}
	return c
}

// size returns about the number of octets that c has on the wire. With it, the
// writer seldom has to grow its buffer.
func (c *Calendar) size() int {
	const header, event, attendee, most = 512, 640, 104, 1 << 20
	if c == nil {
		return 0
	}
	n := header
	for i := range c.Events {
		e := &c.Events[i]
		one := event + len(e.Summary) + len(e.Description) + len(e.Location)
		for j := range e.Attendees {
			one += attendee + len(e.Attendees[j].Name) + len(e.Attendees[j].Email)
		}
		n += one
		for j := range e.Overrides {
			if !e.Overrides[j].Cancelled {
				n += one
			}
		}
	}
	return min(n, most)
}
