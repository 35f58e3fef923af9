package ical

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// MarshalJSON writes the event in the form of [Event.Normalized]. It fills in
// TimeZone if only a Location names the zone, because an RFC 3339 time has no room
// for the name. It leaves the TimeZone of an override empty, which means the zone
// of the series.
func (e Event) MarshalJSON() ([]byte, error) {
	type plain Event // without this method
	n, _ := e.inForm()
	e = *n
	if loc, err := e.Zone(); err == nil && e.TimeZone == "" && !e.AllDay && loc != time.UTC && e.needsZone(loc) {
		e.TimeZone = loc.String()
	}
	e.Overrides = slices.Clone(e.Overrides)
	for i := range e.Overrides {
		e.Overrides[i].forgetZones()
	}
	return json.Marshal(plain(e))
}

// needsZone reports whether JSON loses loc, the zone of the event. The zone of an
// occurrence stays if it is no more than the offset of its RecurrenceID.
func (e *Event) needsZone(loc *time.Location) bool {
	_, offset := parseOffsetName(loc.String())
	return e.RecurrenceID.IsZero() || !offset
}

// forgetZones reduces the Locations of an override to their offsets, so that it is
// written without a TimeZone if it has none.
func (e *Event) forgetZones() {
	for _, t := range []*time.Time{&e.RecurrenceID, &e.Start} {
		if !t.IsZero() {
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
	err := errors.Join(aux.RecurrenceID.store("recurrenceId", allDay, &e.RecurrenceID),
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
	set, date bool
	err       error
}

// store sets the time that was read. A date is accepted only in an all-day
// event.
func (t jsonTime) store(field string, allDay bool, to *time.Time) error {
	if t.err != nil {
		return fmt.Errorf("%s: %w", field, t.err)
	}
	if t.date && !allDay {
		return fmt.Errorf("%s: a date without a time needs allDay", field)
	}
	if t.set {
		*to = t.Time
	}
	return nil
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
	if err != nil {
		v, err = time.Parse(time.DateOnly, s)
		t.date = err == nil
	}
	if err != nil {
		t.err = fmt.Errorf("%.40q is neither an RFC 3339 time nor a date", s)
		return nil
	}
	_, offset := v.Zone() // time.Parse may say Local, which differs by machine
	t.Time, t.set = v.Truncate(time.Second).In(fixedZone("", offset)), true
	return nil
}
