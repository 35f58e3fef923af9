package ical

// Lint reports the findings of [Event.Lint] for every event, as [Encode] would
// write the calendar: with its Stamp, ExactZones, and one VTIMEZONE for all events
// in a zone. The fields begin with "Events[i].".
func (c *Calendar) Lint() []Finding {
	c = c.inForm()
	zones := newZoneChooser(c)
	var out []Finding
	for i := range c.Events {
		for _, f := range c.Events[i].lintAll(zones) {
			f.Field = indexed("Events", i, f.Field)
			out = append(out, f)
		}
	}
	return out
}
