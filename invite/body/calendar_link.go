package body

// calendars adds a row with the pages that add the event to an online calendar.
func (p *Page) calendars(v *View) {
	if p.Action != ActionInvitation && p.Action != ActionReminder {
		return
	}
	row := Row{ID: "calendars", Label: p.c.text("label.calendars")}
	for _, l := range v.Calendars {
		if x := named(clean(l.Name, maxName), l.URL); x.Link != "" && x.Text != "" {
			row.Values = append(row.Values, x)
		}
	}
	if len(row.Values) > 0 {
		p.Rows = append(p.Rows, row)
	}
}
