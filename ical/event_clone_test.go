package ical_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

// TestClone fills every list and map of an event, and changes them in a copy. A
// field that is added to Event is filled, too.
func TestClone(t *testing.T) {
	var e ical.Event
	fill(reflect.ValueOf(&e).Elem(), 3)
	var want ical.Event
	fill(reflect.ValueOf(&want).Elem(), 3)
	c := e.Clone()
	if diff := cmp.Diff(e, c); diff != "" {
		t.Fatalf("Clone (-want +got):\n%s", diff)
	}
	spoil(reflect.ValueOf(&c).Elem())
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("the original after its copy was changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(ical.Event{}, ical.Event{}.Clone()); diff != "" {
		t.Errorf("Clone of nothing (-want +got):\n%s", diff)
	}
}

// fill sets every field, lists to one element, to a depth.
func fill(v reflect.Value, depth int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth)
	case reflect.Slice:
		if depth > 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), depth-1)
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string][]string{"X": {"y"}}))
	case reflect.String:
		v.SetString("text")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic(fmt.Sprint("no value for ", v.Type()))
	}
}

// spoil zeroes what lists, maps and pointers lead to.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[time.Time]() {
				spoil(v.Field(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem())
			v.Elem().SetZero()
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
			v.Index(i).SetZero()
		}
	case reflect.Map:
		for _, list := range v.Seq2() {
			list.Index(0).SetZero()
		}
		v.Clear()
	}
}

func ExampleEvent_Clone() {
	before := review()
	after := before.Clone()
	after.Attendees[0].Name = "Somebody else"
	fmt.Println(before.Attendees[0].Name)
	// Output:
	// Doe, Bob
}
