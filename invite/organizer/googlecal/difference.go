package googlecal

import (
	"strings"

	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// difference returns a patch with the fields of want that x does not show. The rule of a
// series is not part of it.
func difference(want, x *event) (map[string]any, error) {
	patch := make(map[string]any)
	text := func(name, want, have string) {
		if want != have {
			patch[name] = want
		}
	}
	text("summary", want.Summary, shadow.OneLine(x.Summary))
	text("description", trimmed(want.Description), trimmed(x.Description))
	text("location", want.Location, shadow.OneLine(x.Location))
	text("transparency", want.Transparency, orDefault(x.Transparency, "opaque"))
	text("visibility", want.Visibility, strings.ReplaceAll(orDefault(x.Visibility, "default"), "public", "default"))
	made, err := decodeOne(want)
	if err != nil {
		return nil, err
	}
	shows, err := decodeOne(x)
	sameZone := len(want.Recurrence) == 0 || made.TimeZone == shows.TimeZone
	if err != nil || !sameZone || !shadow.SameTime(made, shows) {
		patch["start"], patch["end"] = whole(want.Start), whole(want.End)
	}
	if list, changed := guests(want.Attendees, x.Attendees); changed {
		patch["attendees"] = list
	}
	return patch, nil
}

func trimmed(s string) string { return strings.TrimRight(s, "\r\n") }

func orDefault(s, standard string) string {
	if s == "" {
		return standard
	}
	return s
}

// whole returns a time for a patch, which deletes the fields of the other form.
func whole(m *moment) map[string]any {
	if m.Date != "" {
		return map[string]any{"date": m.Date, "dateTime": nil, "timeZone": nil}
	}
	return map[string]any{"date": nil, "dateTime": m.DateTime, "timeZone": m.TimeZone}
}

// guests returns the list of attendees for a patch, which replaces the whole list, and
// reports whether it differs from the list that is there. It keeps the additions of Google:
// the organizer's own place in the list, identifiers and further guests.
func guests(want, have []attendee) ([]attendee, bool) {
	old := make(map[string]attendee, len(have))
	list := make([]attendee, 0, len(want))
	for _, a := range have {
		old[strings.ToLower(a.Email)] = a
	}
	changed, organizers := false, 0
	named := make(map[string]bool, len(want))
	for _, a := range want {
		key := strings.ToLower(a.Email)
		b, ok := old[key]
		a.ID, a.Organizer, a.AdditionalGuests = b.ID, b.Organizer, b.AdditionalGuests
		changed = changed || !ok || !sameGuest(a, b)
		named[key] = true
		list = append(list, a)
	}
	for _, a := range have {
		if a.Organizer && !named[strings.ToLower(a.Email)] {
			organizers++
			list = append(list, a)
		}
	}
	return list, changed || len(want)+organizers != len(have)
}

func sameGuest(a, b attendee) bool {
	a.Email, a.DisplayName, b.Email, b.DisplayName = "", shadow.OneLine(a.DisplayName), "", shadow.OneLine(b.DisplayName)
	if b.DisplayName != "" && a.DisplayName == "" {
		a.DisplayName = b.DisplayName // Google knows the names of its users.
	}
	a.ResponseStatus, b.ResponseStatus = orDefault(a.ResponseStatus, "needsAction"), orDefault(b.ResponseStatus, "needsAction")
	return a == b
}
