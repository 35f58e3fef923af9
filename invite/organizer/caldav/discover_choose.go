package caldav

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/convene-go/convene/invite/organizer"
)

// isCalendar reports whether properties are those of a calendar (RFC 4791, section 4.2).
func isCalendar(props *element) bool {
	return props.child(davName("resourcetype")).child(calName("calendar")) != nil
}

// holdsEvents reports whether a calendar may hold events. Without a list of components it
// may hold everything (RFC 4791, section 5.2.3).
func holdsEvents(props *element) bool {
	set := props.child(calName("supported-calendar-component-set"))
	if set == nil {
		return true
	}
	return slices.ContainsFunc(set.Children, func(e *element) bool {
		return e.Name == calName("comp") && strings.EqualFold(e.attr("name"), "VEVENT")
	})
}

// collection returns the calendar that properties describe.
func collection(r resource) Collection {
	r.url.RawQuery = ""
	return Collection{
		URL:      bare(r.url),
		Name:     r.props.child(davName("displayname")).text(),
		ReadOnly: readOnly(r.props),
		url:      r.url,
	}
}

// readOnly reports whether the server says that the user cannot write (RFC 3744, section
// 5.5).
func readOnly(props *element) bool {
	set := props.child(davName("current-user-privilege-set"))
	if set == nil {
		return false
	}
	for _, name := range []string{"all", "write", "write-content", "bind"} {
		if set.find(davName(name)) != nil {
			return false
		}
	}
	return true
}

// choose returns the calendar with a name, by default the server's default calendar, and
// otherwise the first that can be written.
func choose(all []Collection, name string) (*Collection, error) {
	if name != "" {
		return byName(all, name)
	}
	for _, fits := range []func(c Collection) bool{
		func(c Collection) bool { return c.Default },
		func(c Collection) bool { return !c.ReadOnly },
		func(c Collection) bool { return true },
	} {
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("caldav: discovery: %w: the user has no calendar for events", organizer.ErrNoCalendar)
}

// byName returns the calendar with a name. The name that people see comes before the last
// part of the path.
func byName(all []Collection, name string) (*Collection, error) {
	var found []*Collection
	for i := range all {
		if all[i].Name == name {
			found = append(found, &all[i])
		}
	}
	for i := range all {
		if len(found) == 0 && path.Base(all[i].url.Path) == name {
			found = append(found, &all[i])
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("caldav: discovery: %w: none is named %q, there are %s", organizer.ErrNoCalendar, name, names(all))
	}
	return nil, fmt.Errorf("caldav: discovery: %w: %d are named %q, so take the address of one of them", organizer.ErrNoCalendar, len(found), name)
}

// names returns the names of the first ten calendars, for people.
func names(all []Collection) string {
	var out []string
	for _, c := range all[:min(len(all), 10)] {
		out = append(out, fmt.Sprintf("%q", c.Name))
	}
	if len(out) == 0 {
		return "no calendars"
	}
	return strings.Join(out, ", ")
}
