package organizer

import (
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// editor writes values of another version into an event, one key after the other.
type editor struct {
	e     *ical.Event
	at    map[int64]int            // the indexes of the overrides, by original start
	lists map[int64]map[string]int // the indexes of the attendees, by occurrence and address

	removed bool // there are attendees without an address in place of those who were removed
}

// edit returns an editor of an event. The event must share no list with another one.
func edit(e *ical.Event) *editor {
	x := &editor{e: e, lists: make(map[int64]map[string]int)}
	x.index()
	return x
}

// index finds the overrides.
func (x *editor) index() {
	x.at = make(map[int64]int, len(x.e.Overrides))
	for i := range x.e.Overrides {
		x.at[dateKey(x.e.Overrides[i].RecurrenceID)] = i
	}
}

// event returns the event or the override of a date. It adds one if none exists.
func (x *editor) event(date int64) *ical.Event {
	if date == whole {
		return x.e
	}
	i, ok := x.at[date]
	if !ok {
		i = len(x.e.Overrides)
		x.at[date] = i
		x.e.Overrides = append(x.e.Overrides, ical.Event{RecurrenceID: time.Unix(date, 0).In(x.e.Start.Location())})
	}
	return &x.e.Overrides[i]
}

// take writes the value that a key has in another version.
func (x *editor) take(k key, from *version) {
	switch k.field {
	case FieldTime:
		x.takeTime(k, from)
	case FieldCancelled:
		x.takeCancelled(k, from)
	case FieldAttendee, FieldStatus:
		x.takeAttendee(k, from)
	case FieldRecurrence: // see frame
	default:
		for i := range texts {
			if t := &texts[i]; t.field == k.field {
				to := x.event(k.date)
				t.copy(to, from.at(k.date))
				x.setAbsent(to, t)
			}
		}
	}
}

// setAbsent lists the fields of a text that an override lacks and its series has.
func (x *editor) setAbsent(o *ical.Event, t *textField) {
	if o == x.e {
		return
	}
	o.Absent = slices.DeleteFunc(slices.Clone(o.Absent), func(s string) bool { return slices.Contains(t.names, s) })
	if t.item(o) == t.item(x.e) {
		return
	}
	lacks := map[string]bool{
		"summary":     o.Summary == "" && x.e.Summary != "",
		"description": o.Description == "" && x.e.Description != "",
		"location":    o.Location == "" && x.e.Location != "",
		"url":         o.URL == "" && x.e.URL != "",
		"conference":  o.Conference == "" && x.e.Conference != "",
		"attachments": len(o.Attachments) == 0 && len(x.e.Attachments) > 0,
	}
	for _, name := range t.names {
		if lacks[name] {
			o.Absent = append(o.Absent, name)
		}
	}
}

// takeTime moves one occurrence. The time of the whole meeting is part of its frame.
func (x *editor) takeTime(k key, from *version) {
	if k.date == whole {
		return
	}
	o := x.event(k.date)
	o.Start, o.End = time.Time{}, time.Time{}
	if is := from.overrides[k.date]; is != nil && !from.isRegular(is) {
		o.Start, o.End = is.Start, endOf(is)
	}
}

// takeCancelled cancels an occurrence, or lets it take place again.
func (x *editor) takeCancelled(k key, from *version) {
	if k.date == whole {
		x.e.Cancelled = from.event.Cancelled
		return
	}
	i, has := x.at[k.date]
	if from.gone[k.date] {
		x.event(k.date).Cancelled = true
		return
	}
	if has && x.e.Overrides[i].Cancelled {
		x.e.Overrides = slices.Delete(x.e.Overrides, i, i+1)
		clear(x.lists)
		x.index()
	}
	if r := x.e.Recurrence; r != nil {
		r.Except = slices.DeleteFunc(slices.Clone(r.Except), func(t time.Time) bool { return t.Unix() == k.date })
	}
}

// takeAttendee invites an attendee, removes them, or gives them the answer or role
// that they have in another version. In the series it does so too for the occurrences
// where the attendee is as in the series.
func (x *editor) takeAttendee(k key, from *version) {
	a := from.attendee(k)
	was := x.attendee(k.date, k.email)
	if k.date == whole {
		for i := range x.e.Overrides {
			o := &x.e.Overrides[i]
			if date := dateKey(o.RecurrenceID); len(o.Attendees) > 0 && same(x.attendee(date, k.email), was, k.field) {
				x.put(date, k, a)
			}
		}
	}
	x.put(k.date, k, a)
}

// same reports whether two attendees are equal in a field. Nil is an attendee who is
// not invited.
func same(a, b *ical.Attendee, f Field) bool {
	if a == nil || b == nil {
		return a == b
	}
	if f == FieldStatus {
		return statusItem(a) == statusItem(b)
	}
	return roleItem(a) == roleItem(b)
}

// list returns the attendees of a date, and their indexes. An override gets a list of
// its own.
func (x *editor) list(date int64) (*ical.Event, map[string]int) {
	o := x.event(date)
	if date != whole && len(o.Attendees) == 0 {
		o.Attendees = slices.Clone(x.e.Attendees)
		delete(x.lists, date)
	}
	at := x.lists[date]
	if at == nil {
		o.Attendees = slices.Clone(o.Attendees)
		at = make(map[string]int, len(o.Attendees))
		for i := range o.Attendees {
			at[address.Key(o.Attendees[i].Email)] = i
		}
		x.lists[date] = at
	}
	return o, at
}

// attendee returns an attendee of a date, or nil. It is a copy.
func (x *editor) attendee(date int64, email string) *ical.Attendee {
	o, at := x.list(date)
	if i, ok := at[email]; ok {
		a := o.Attendees[i]
		return &a
	}
	return nil
}

// put changes an attendee of a date to a.
func (x *editor) put(date int64, k key, a *ical.Attendee) {
	o, at := x.list(date)
	i, has := at[k.email]
	switch {
	case k.field == FieldStatus:
		if has && a != nil {
			o.Attendees[i].Status, o.Attendees[i].DelegatedTo = a.Status, a.DelegatedTo
		}
	case a == nil && has: // see done
		o.Attendees[i], x.removed = ical.Attendee{}, true
		delete(at, k.email)
	case a != nil && has:
		o.Attendees[i].Role = a.Role
	case a != nil:
		at[k.email] = len(o.Attendees)
		o.Attendees = append(o.Attendees, ical.Attendee{
			Name: clean(a.Name), Email: a.Email, Role: a.Role, Kind: a.Kind, NoReply: a.NoReply, Status: a.Status,
			DelegatedTo: validAddress(a.DelegatedTo), DelegatedFrom: validAddress(a.DelegatedFrom),
			Params: map[string][]string{agent: {"CLIENT"}},
		})
	}
}

// done ends the editing. It closes the gaps that removed attendees have left: one after the
// other would take too long if somebody has added thousands.
func (x *editor) done() {
	if !x.removed {
		return
	}
	isGap := func(a ical.Attendee) bool { return a.Email == "" }
	x.e.Attendees = slices.DeleteFunc(x.e.Attendees, isGap)
	for i := range x.e.Overrides {
		x.e.Overrides[i].Attendees = slices.DeleteFunc(x.e.Overrides[i].Attendees, isGap)
	}
}

// validAddress returns an address if it can be written, and "" otherwise.
func validAddress(s string) string {
	if _, err := address.ASCII(s); err != nil || !strings.Contains(s, "@") {
		return ""
	}
	return s
}
