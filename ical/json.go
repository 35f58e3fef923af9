package ical

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/wallclock"
)

// MarshalJSON writes the event in the form of [Event.Normalized]. It fills in
// TimeZone if only a Location names the zone, because an RFC 3339 time has no room
// for the name. It leaves the TimeZone of an override empty, which means the zone
// of the series. Of a zone that only a file describes, no more than the name is
// kept. A RecurrenceID that Decode could not relate to a series keeps its form: it
// is a date, a time without offset, or a time with "-00:00" if it came in UTC.
func (e Event) MarshalJSON() ([]byte, error) {
	type plain Event // without this method
	n, _ := e.inForm()
	e = *n
	loc, err := e.zone()
	var other *otherZoneError
	switch {
	case e.TimeZone != "" || e.AllDay:
	case errors.As(err, &other):
		e.TimeZone = other.iana
	case err == nil && loc != time.UTC && e.needsZone(loc):
		e.TimeZone = loc.String()
	}
	e.toMinutes()
	e.Overrides = slices.Clone(e.Overrides)
	for i := range e.Overrides {
		e.Overrides[i].forgetZones()
	}
	if id := jsonID(e.RecurrenceID); id != "" && !e.AllDay {
		return json.Marshal(struct {
			plain
			RecurrenceID string `json:"recurrenceId"`
		}{plain(e), id})
	}
	return json.Marshal(plain(e))
}

// The forms of a RecurrenceID that is more than an instant. RFC 3339, section 4.3,
// has "-00:00" for a time in UTC whose local offset is not known.
const (
	jsonLocal = "2006-01-02T15:04:05"
	jsonZulu  = "-00:00"
)

// jsonID returns a RecurrenceID in one of these forms, and "" if it is an instant.
func jsonID(id time.Time) string {
	switch id.Location() {
	case wallclock.Date:
		return id.Format(time.DateOnly)
	case wallclock.Local:
		return id.Format(jsonLocal)
	case wallclock.Zulu:
		return id.Format(jsonLocal) + jsonZulu
	}
	return ""
}

// needsZone reports whether JSON loses loc, the zone of the event. The zone of an
// occurrence stays if it is no more than the offset of its RecurrenceID.
func (e *Event) needsZone(loc *time.Location) bool {
	_, offset := parseOffsetName(loc.String())
	return e.RecurrenceID.IsZero() || !offset
}

// toMinutes puts times whose offset has seconds into UTC, as local mean times had
// before 1940. RFC 3339 would cut the seconds, and the time would be another one.
func (e *Event) toMinutes() {
	in := func(t *time.Time) {
		if _, offset := t.Zone(); offset%60 != 0 {
			*t = t.UTC()
		}
	}
	e.Recurrence = e.Recurrence.clone()
	for _, t := range []*time.Time{&e.RecurrenceID, &e.Start, &e.End} {
		in(t)
	}
	if r := e.Recurrence; r != nil {
		in(&r.Until)
		for _, list := range [][]time.Time{r.Except, r.Include} {
			for i := range list {
				in(&list[i])
			}
		}
	}
}

// forgetZones reduces the Locations of an override to their offsets, so that it is
// written without a TimeZone if it has none.
func (e *Event) forgetZones() {
	for _, t := range []*time.Time{&e.RecurrenceID, &e.Start} {
		if !t.IsZero() && !wallclock.IsForm(t.Location()) {
			_, offset := t.Zone()
			*t = t.In(fixedZone("", offset))
		}
	}
}

// UnmarshalJSON reads an event strictly: an unknown key is an error that names
// it, so that a misspelt field is not lost. Times are RFC 3339. All-day events
// also accept dates such as "2026-03-31", which are midnight in UTC. The result
// has the form of [Event.Normalized].
func (e *Event) UnmarshalJSON(data []byte) error {
	if err := e.unmarshal(data, false); err != nil {
		return fmt.Errorf("ical: event: %w", err)
	}
	n, _ := e.inForm() // Validate reports times that are no dates
	*e = *n
	return nil
}

// unmarshal reads an event, or an override of a series that may be all-day.
func (e *Event) unmarshal(data []byte, allDay bool) error {
	type plain Event // without the method above
	aux := struct {
		*plain
		RecurrenceID jsonTime          `json:"recurrenceId"`
		Start        jsonTime          `json:"start"`
		End          jsonTime          `json:"end"`
		Recurrence   json.RawMessage   `json:"recurrence"`
		Overrides    []json.RawMessage `json:"overrides"`
	}{plain: (*plain)(e)}
	if err := strictUnmarshal(data, &aux); err != nil {
		return err
	}
	allDay = allDay || e.AllDay
	err := errors.Join(aux.RecurrenceID.storeID(allDay, &e.RecurrenceID),
		aux.Start.store("start", allDay, &e.Start), aux.End.store("end", allDay, &e.End))
	if err != nil {
		return err
	}
	if len(aux.Recurrence) > 0 && string(aux.Recurrence) != "null" {
		e.Recurrence = new(Recurrence)
		if err := e.Recurrence.unmarshal(aux.Recurrence, allDay); err != nil {
			return fmt.Errorf("recurrence: %w", err)
		}
	}
	if aux.Overrides != nil {
		e.Overrides = make([]Event, len(aux.Overrides))
	}
	for i, raw := range aux.Overrides {
		if err := e.Overrides[i].unmarshal(raw, allDay); err != nil {
			return fmt.Errorf("%s: %w", indexed("overrides", i, ""), err)
		}
	}
	return nil
}

// UnmarshalJSON reads a rule as strictly as [Event.UnmarshalJSON] reads an
// event. Dates are accepted.
func (r *Recurrence) UnmarshalJSON(data []byte) error {
	if err := r.unmarshal(data, true); err != nil {
		return fmt.Errorf("ical: recurrence: %w", err)
	}
	return nil
}

func (r *Recurrence) unmarshal(data []byte, allDay bool) error {
	type plain Recurrence
	aux := struct {
		*plain
		Until   jsonTime   `json:"until"`
		Except  []jsonTime `json:"except"`
		Include []jsonTime `json:"include"`
	}{plain: (*plain)(r)}
	if err := strictUnmarshal(data, &aux); err != nil {
		return err
	}
	except, errExcept := storeAll("except", allDay, aux.Except)
	include, errInclude := storeAll("include", allDay, aux.Include)
	r.Except, r.Include = except, include
	return errors.Join(aux.Until.store("until", allDay, &r.Until), errExcept, errInclude)
}

// storeAll returns the times of a list.
func storeAll(field string, allDay bool, in []jsonTime) ([]time.Time, error) {
	var out []time.Time
	for i, t := range in {
		var v time.Time
		if err := t.store(indexed(field, i, ""), allDay, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func strictUnmarshal(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

// jsonTime is an RFC 3339 time or a plain date. Its store method, which knows
// the field, reports any other text as an error.
type jsonTime struct {
	time.Time
	set  bool
	form *time.Location // of package wallclock; nil for an instant
	err  error
}

// store sets the time that was read. A date is accepted only in an all-day
// event.
func (t jsonTime) store(field string, allDay bool, to *time.Time) error {
	if t.err != nil {
		return fmt.Errorf("%s: %w", field, t.err)
	}
	switch {
	case t.form == wallclock.Date && !allDay:
		return fmt.Errorf("%s: a date without a time needs allDay", field)
	case t.form == wallclock.Local:
		return fmt.Errorf("%s: %w", field, errJSONTime(t.Format(jsonLocal)))
	}
	if t.set {
		*to = t.Time
	}
	return nil
}

// storeID is store for a RecurrenceID, which may have any form.
func (t jsonTime) storeID(allDay bool, to *time.Time) error {
	if t.err == nil && t.form != nil && !allDay {
		*to = t.In(t.form)
		return nil
	}
	return t.store("recurrenceId", allDay, to)
}

// errJSONTime is the error for a text that is no time.
func errJSONTime(text string) error {
	return fmt.Errorf("%.40q is neither an RFC 3339 time nor a date", text)
}

func (t *jsonTime) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var s string
	if json.Unmarshal(data, &s) != nil {
		t.err = fmt.Errorf("%.40s is not a time in quotes", data)
		return nil
	}
	v, err := time.Parse(time.RFC3339Nano, s)
	if err == nil && strings.HasSuffix(s, jsonZulu) {
		t.form = wallclock.Zulu
	}
	if err != nil {
		v, err = time.Parse(time.DateOnly, s)
		t.form = wallclock.Date
	}
	if err != nil {
		v, err = time.Parse(jsonLocal, s)
		t.form = wallclock.Local
	}
	if err != nil {
		t.err = errJSONTime(s)
		return nil
	}
	_, offset := v.Zone() // time.Parse may say Local, which differs by machine
	t.Time, t.set = v.Truncate(time.Second).In(fixedZone("", offset)), true
	return nil
}
