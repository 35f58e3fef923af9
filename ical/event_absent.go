package ical

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// absentFields are the fields that Absent can name: those that an override takes
// from its series, by JSON name, with their names in [Event].
var absentFields = func() map[string]string {
	out := make(map[string]string)
	for _, name := range []string{"Summary", "Description", "Location", "URL", "Conference", "Categories", "Language",
		"End", "Organizer", "Attendees", "ShowAs", "Sensitivity", "Priority", "Reminders", "NoCounter", "NoForward", "Attachments", "Extra"} {
		f, _ := reflect.TypeFor[Event]().FieldByName(name)
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[key] = name
	}
	return out
}()

// lacks reports whether an override has no value in a field although its series
// has one.
func (e *Event) lacks(field string) bool { return slices.Contains(e.Absent, field) }

// markAbsent lists in Absent the fields that the series has and the override, as
// it was read, does not have.
//
// QUIRK: Some programs repeat neither ORGANIZER nor ATTENDEE in an override of a
// request, where both are required (RFC 5546, section 3.2.2). They mean the
// people of the series.
func (e *Event) markAbsent(series *Event, method Method) {
	own, whole := reflect.ValueOf(e).Elem(), reflect.ValueOf(series).Elem()
	e.Absent = nil
	for key, name := range absentFields {
		if (key == "organizer" || key == "attendees") && method != "" && method != MethodPublish {
			continue
		}
		if isEmpty(own.FieldByName(name)) && !isEmpty(whole.FieldByName(name)) {
			e.Absent = append(e.Absent, key)
		}
	}
	slices.Sort(e.Absent)
}

// isEmpty reports whether a field has no value. An empty list is none.
func isEmpty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() == 0
	}
	return v.IsZero()
}

// checkAbsent reports names in Absent that are no fields of an override, and
// fields that have a value.
func (e *Event) checkAbsent(errs *fieldErrors) {
	v := reflect.ValueOf(e).Elem()
	for i, key := range e.Absent {
		name, ok := absentFields[key]
		switch {
		case !ok:
			errs.addf(indexed("Absent", i, ""), "%.40q is none of %s", key, strings.Join(slices.Sorted(maps.Keys(absentFields)), ", "))
		case !isEmpty(v.FieldByName(name)):
			errs.addf(indexed("Absent", i, ""), "names %s, which has a value", name)
		case slices.Index(e.Absent, key) < i:
			errs.addf(indexed("Absent", i, ""), "names %q twice", key)
		}
	}
}

// checkPeopleOfOverrides refuses overrides without an organizer or attendees.
func (e *Event) checkPeopleOfOverrides(errs *fieldErrors) {
	for i := range e.Overrides {
		o := &e.Overrides[i]
		for j, key := range o.Absent {
			if key == "organizer" || key == "attendees" {
				errs.addf(indexed("Overrides", i, indexed("Absent", j, "")),
					"names %q, which a mail about a meeting needs; a date that nobody attends is Cancelled", key)
			}
		}
	}
}
