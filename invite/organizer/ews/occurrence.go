package ews

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// replaceOccurrences makes the occurrences of a series equal to those of want, each
// with its own requests. It reports whether it has changed any.
func (c *Calendar) replaceOccurrences(ctx context.Context, e *entry, want ical.Event) (changed bool, err error) {
	if want.Recurrence == nil || e.event.Recurrence == nil {
		return false, nil
	}
	ids := differing(e.event, want)
	if len(ids) == 0 {
		return false, nil
	}
	n := numbersOf(want, ids[len(ids)-1])
	for _, id := range ids {
		ch, ok := changeOf(c.options.Version, e, want, id)
		if !ok || n.of(id) == 0 {
			continue
		}
		did, err := c.replaceOccurrence(ctx, e.id, id, n.of(id), ch)
		if err != nil {
			return changed, err
		}
		changed = changed || did
	}
	return changed, nil
}

// occurrencesDiffer reports whether a change of a series needs requests for its occurrences.
// If the series changes too, its occurrences are known only afterwards.
func occurrencesDiffer(v Version, e *entry, want ical.Event, seriesToo bool) bool {
	if want.Recurrence == nil {
		return false
	}
	if e.event.Recurrence == nil {
		return len(want.Overrides)+len(want.Recurrence.Except) > 0
	}
	return slices.ContainsFunc(differing(e.event, want), func(id time.Time) bool {
		_, differs := changeOf(v, e, want, id)
		return differs || seriesToo
	})
}

// differing returns the original starts of the occurrences that may have to change, in
// their order.
func differing(was, want ical.Event) []time.Time {
	var ids []time.Time
	add := func(t time.Time) {
		if !slices.ContainsFunc(ids, t.Equal) {
			ids = append(ids, t)
		}
	}
	for _, t := range want.Recurrence.Except {
		add(t)
	}
	for _, o := range slices.Concat(want.Overrides, was.Overrides) {
		add(o.RecurrenceID)
	}
	slices.SortFunc(ids, time.Time.Compare)
	return ids
}

// occurrenceChange is the work at an occurrence: its deletion, or updates.
type occurrenceChange struct {
	delete  bool
	updates []node
	zone    string
}

// changeOf returns the work at an occurrence, and false if there is none.
func changeOf(v Version, e *entry, want ical.Event, id time.Time) (occurrenceChange, bool) {
	if deleted(e.event, id) {
		return occurrenceChange{}, false // it cannot come back alone, see change.comesBack
	}
	if deleted(want, id) {
		return occurrenceChange{delete: true}, true
	}
	ch := change{version: v, was: occurrence(e.event, id), want: occurrence(want, id), zone: e.zone}
	updates := ch.texts()
	if ch.moved() {
		zone := ch.itemZone()
		updates = append(updates,
			set("calendar:Start", leaf("t:Start", instant(ch.want.Start, ch.want.AllDay, zone))),
			set("calendar:End", leaf("t:End", instant(endOf(ch.want), ch.want.AllDay, zone))))
	}
	// The occurrences of the MIME may lack attendees, see item.attendees. So only an
	// occurrence with attendees of its own is compared.
	if ownAttendees(ch.want, want) || ownAttendees(ch.was, e.event) {
		updates = append(updates, updateAttendees(ch.was, ch.want)...)
	}
	name, _ := windowsZone(want)
	return occurrenceChange{updates: updates, zone: name}, len(updates) > 0
}

// replaceOccurrence changes one occurrence. It reads the occurrence first, because a
// change needs its own identifier, and because its number is only computed: nothing is
// changed if the server has another original start for it.
func (c *Calendar) replaceOccurrence(ctx context.Context, series string, id time.Time, index int, ch occurrenceChange) (bool, error) {
	const op = "GetItem"
	m, err := c.doOne(ctx, op, getOccurrence(series, index), "")
	if isCode(err, "ErrorCalendarOccurrenceIsDeletedFromRecurrence") && ch.delete {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if len(m.Items.List) != 1 || m.Items.List[0].ID.ID == "" {
		return false, surprise(op, "the response does not name the occurrence")
	}
	i := m.Items.List[0]
	original := i.OriginalStart
	if original == "" {
		original = i.Start
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(original))
	if err != nil || !at.Equal(id) && !sameDay(at, id) {
		return false, surprise(op, "occurrence %d is that of %s, want %s", index, oneLine(original), id.UTC().Format(time.RFC3339))
	}
	if ch.delete {
		return true, c.delete(ctx, i.ID.ID, i.ID.Key)
	}
	_, err = c.doOne(ctx, "UpdateItem", updateItem(itemID(i.ID.ID, i.ID.Key), ch.updates), ch.zone)
	return true, err
}

// sameDay reports whether an instant can be the start of an all-day occurrence, whose date
// is a midnight in UTC. Midnight somewhere on earth is at most 14 hours away.
func sameDay(at, date time.Time) bool {
	const most = 14 * time.Hour
	isDate := date.Equal(time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, date.Location()))
	return isDate && at.Sub(date).Abs() <= most
}

// getOccurrence returns the request for the n-th occurrence of a series (MS-OXWSCORE,
// OccurrenceItemIdType). Deleted occurrences count.
func getOccurrence(series string, index int) node {
	id := node{name: "t:OccurrenceItemId"}.with("RecurringMasterId", series).with("InstanceIndex", strconv.Itoa(index))
	return elem("m:GetItem",
		elem("m:ItemShape", leaf("t:BaseShape", "IdOnly"),
			elem("t:AdditionalProperties", field("calendar:Start"), field("calendar:OriginalStart"))),
		elem("m:ItemIds", id))
}

// maxNumber is the largest number of an occurrence that is looked for.
const maxNumber = 5000

// numbers are the numbers of the occurrences of a rule, from 1, by their original starts.
// Deleted occurrences have numbers too.
type numbers map[int64]int

// numbersOf returns the numbers of a series, up to an original start.
func numbersOf(e ical.Event, last time.Time) numbers {
	series := e.Clone()
	if series.Overrides = nil; series.Recurrence == nil || last.IsZero() {
		return nil
	}
	series.Recurrence.Except = nil
	n := make(numbers)
	for o := range series.Occurrences(time.Time{}, last.AddDate(0, 0, 2)) {
		n[o.RecurrenceID.Unix()] = len(n) + 1
		if len(n) == maxNumber {
			break
		}
	}
	return n
}

// of returns the number of the occurrence with an original start, and 0 if there is none.
func (n numbers) of(id time.Time) int { return n[id.Unix()] }

// deleted reports whether an occurrence of a series does not take place.
func deleted(e ical.Event, id time.Time) bool {
	if e.Recurrence != nil && slices.ContainsFunc(e.Recurrence.Except, id.Equal) {
		return true
	}
	i := overrideOf(e, id)
	return i >= 0 && e.Overrides[i].Cancelled
}

// overrideOf returns the index of the override of an occurrence, and -1 if there is none.
func overrideOf(e ical.Event, id time.Time) int {
	return slices.IndexFunc(e.Overrides, func(o ical.Event) bool { return o.RecurrenceID.Equal(id) })
}

// ownAttendees reports whether an occurrence has other attendees than its series.
func ownAttendees(one, series ical.Event) bool {
	return len(one.Attendees) > 0 && len(updateAttendees(series, one)) > 0
}

// occurrence returns an occurrence of a series as an event of its own.
func occurrence(e ical.Event, id time.Time) ical.Event {
	if i := overrideOf(e, id); i >= 0 {
		return e.Override(i)
	}
	length := endOf(e).Sub(e.Start)
	one := e.Clone()
	one.Recurrence, one.Overrides, one.RecurrenceID = nil, nil, id
	one.Start, one.End = id, id.Add(length)
	if one.AllDay {
		one.End = id.AddDate(0, 0, int((length+12*time.Hour)/(24*time.Hour)))
	}
	return one
}
