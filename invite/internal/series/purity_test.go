package series_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/series"
)

// rich returns a series with a value in everything that a copy could share.
func rich() ical.Event {
	e := *weekly(exceptional)
	e.Attendees[0].Params = map[string][]string{"X-NUM": {"1"}}
	e.Categories, e.Reminders = []string{"Team"}, []ical.Reminder{{Before: time.Hour}}
	e.Attachments = []ical.Link{{URL: "https://example.test/a"}}
	e.Extra = []ical.Property{{Name: "X-A", Params: map[string][]string{"X-B": {"c"}}, Value: "d"}}
	e.Recurrence.ByDay, e.Recurrence.Include = []ical.Day{ical.DayTuesday}, []time.Time{week(7)}
	e.Overrides[0].Attendees = []ical.Attendee{{Email: "eve@example.test", Params: map[string][]string{"X-NUM": {"2"}}}}
	e.Overrides[0].Categories = []string{"Roof"}
	return e
}

// TestArgumentsStay calls every function that promises to change nothing, with each
// occurrence of a series, and compares the arguments with copies.
func TestArgumentsStay(t *testing.T) {
	starts := []time.Time{{}, week(4), week(1), week(1).Add(time.Hour), week(2), week(3), week(0)}
	tests := map[string]func(e, other *ical.Event, start time.Time){
		"Occurrence":       func(e, _ *ical.Event, start time.Time) { series.Occurrence(e, start) },
		"InRuleOccurrence": func(e, _ *ical.Event, start time.Time) { series.InRuleOccurrence(e, start) },
		"End":              func(e, _ *ical.Event, start time.Time) { series.End(e, start) },
		"Exceptions":       func(e, other *ical.Event, _ time.Time) { series.Exceptions(e, other) },
		"Find":             func(e, _ *ical.Event, start time.Time) { series.Find(e, start) },
		"Event": func(e, _ *ical.Event, start time.Time) {
			at, _ := series.Find(e, start)
			at.Event(*e)
		},
		"Same":           func(e, _ *ical.Event, start time.Time) { series.Same(e, start, e.Start) },
		"OverrideIndex":  func(e, _ *ical.Event, start time.Time) { series.OverrideIndex(e, start) },
		"IsBare":         func(e, _ *ical.Event, _ time.Time) { series.IsBare(e.Overrides[0]) },
		"WithCancelled":  func(e, _ *ical.Event, _ time.Time) { series.WithCancelled(e, []int{0, 1}) },
		"CopyOccurrence": func(_, other *ical.Event, start time.Time) { series.CopyOccurrence(weekly(), other, start.Unix()) },
		"Rule":           func(e, _ *ical.Event, _ time.Time) { series.Rule(e) },
		"InRule":         func(e, _ *ical.Event, start time.Time) { series.InRule(e, start) },
		"StartsInRule":   func(e, _ *ical.Event, _ time.Time) { series.StartsInRule(e, starts) },
		"LastStart":      func(e, _ *ical.Event, _ time.Time) { series.LastStart(e) },
		"CountBefore":    func(e, _ *ical.Event, start time.Time) { series.CountBefore(e, start) },
		"EndBefore":      func(e, _ *ical.Event, start time.Time) { series.EndBefore(e, start) },
		"BeginAt":        func(e, other *ical.Event, start time.Time) { series.BeginAt(*e, other, start) },
		"Move": func(e, other *ical.Event, start time.Time) {
			other.Start, other.End = other.Start.Add(time.Hour), other.End.Add(time.Hour)
			v := series.NewMove(e, *other)
			v.Event(*other)
			v.Before(e)
			v.Names([]time.Time{start})
			other.Start, other.End = other.Start.Add(-time.Hour), other.End.Add(-time.Hour)
		},
		"Normalized":      func(e, _ *ical.Event, _ time.Time) { series.Normalized(*e) },
		"NormalizedStart": func(e, _ *ical.Event, start time.Time) { series.NormalizedStart(e, start) },
		"Length":          func(e, _ *ical.Event, _ time.Time) { series.Length(e) },
		"EndOf":           func(e, _ *ical.Event, _ time.Time) { series.EndOf(e) },
		"IsPast":          func(e, _ *ical.Event, start time.Time) { series.IsPast(e, start) },
	}
	for name, call := range tests {
		t.Run(name, func(t *testing.T) {
			e, other, given := rich(), rich(), slices.Clone(starts)
			other.Recurrence.Except = append(other.Recurrence.Except, week(4))
			want, wantOther := e.Clone(), other.Clone()
			for _, start := range given {
				call(&e, &other, start)
			}
			check(t, "the event", want, e, inZone)
			check(t, "the other version", wantOther, other, inZone)
			check(t, "the starts", given, starts, inZone)
		})
	}
}

// TestNormalizedSharesNothing changes everything in the copy and compares the
// original.
func TestNormalizedSharesNothing(t *testing.T) {
	e := rich()
	got := series.Normalized(e)
	spoil(reflect.ValueOf(&got))
	check(t, "the original", rich(), e, inZone)
	ends, _ := series.EndBefore(&e, week(5))
	spoil(reflect.ValueOf(&ends))
	check(t, "the original of EndBefore", rich(), e, inZone)
	after := rich()
	after.Start, after.End = after.Start.Add(time.Hour), after.End.Add(time.Hour)
	moved, _ := series.NewMove(&e, after).Event(after)
	spoil(reflect.ValueOf(&moved))
	rest := series.BeginAt(after, &e, week(2))
	spoil(reflect.ValueOf(&rest.Event))
	check(t, "the original of Move and BeginAt", rich(), e, inZone)
}

// spoil changes everything that v points to.
func spoil(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(1, 0)))
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem())
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			spoil(v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
		}
	case v.Kind() == reflect.Map:
		for _, key := range v.MapKeys() {
			spoil(v.MapIndex(key))
			v.SetMapIndex(key, reflect.Zero(v.Type().Elem()))
		}
	default:
		v.Set(reflect.Zero(v.Type()))
	}
}
