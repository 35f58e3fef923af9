package ical_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

var hostile = []string{
	"\r\n", "\n", "\r", "\x00", `"`, ";", ":", ",", "\u2028", "\xff",
	"\r\nATTENDEE:mailto:evil@example.test", "\r\nEND:VEVENT\r\n", "\n ", "^n", `\n`, "\x7f", "\x0b", `";X="`,
}

// everything has a harmless value in every string that Encode reads.
func everything(method ical.Method) *ical.Calendar {
	start := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	people := func() []ical.Attendee {
		return []ical.Attendee{{
			Name: "Bob", Email: "bob@example.test", Role: "optional", Kind: "room", Status: "delegated",
			DelegatedTo: "to@example.test", DelegatedFrom: "from@example.test", SentBy: "pa@example.test",
			Language: "de", TimeZone: "Europe/Berlin", Comment: "fine",
			Params: map[string][]string{"X-NUM": {"7"}},
		}}
	}
	full := func() ical.Event {
		return ical.Event{
			UID: "uid-1", Summary: "Review", Description: "About", Location: "Room", URL: "https://example.test/a",
			Conference: "https://example.test/b", Categories: []string{"red", "blue"}, Language: "en",
			Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
			Organizer: ical.Person{Name: "Desk", Email: "desk@example.test", SentBy: "pa@example.test"},
			Attendees: people(), ShowAs: "tentative", Sensitivity: "private",
			Attachments: []ical.Link{{URL: "https://example.test/c", MediaType: "text/plain", Name: "c.txt"}},
			Extra: []ical.Property{
				{Name: "X-TEXT", Params: map[string][]string{"X-P": {"1", "2"}}, Value: "text"},
				{Name: "X-URI", Params: map[string][]string{"VALUE": {"URI"}}, Value: "https://example.test/d"},
				{Name: "REQUEST-STATUS", Value: "2.0;Success"},
			},
		}
	}
	e := full()
	e.Recurrence = &ical.Recurrence{Freq: "weekly", ByDay: []ical.Day{"TU"}, WeekStart: "SU"}
	o := full()
	o.UID = "" // that of the series
	o.RecurrenceID = start.AddDate(0, 0, 7)
	e.Overrides = []ical.Event{o}
	return &ical.Calendar{Method: method, ProductID: "-//Test//EN", Stamp: stamp, Events: []ical.Event{e}}
}

// leaf is a string inside a value, and how to replace it.
type leaf struct {
	path string
	get  string
	set  func(string)
}

// leaves finds every string in v, the keys of maps included.
func leaves(path string, v reflect.Value, out *[]leaf) {
	switch v.Kind() {
	case reflect.String:
		*out = append(*out, leaf{path, v.String(), v.SetString})
	case reflect.Pointer:
		if !v.IsNil() {
			leaves(path, v.Elem(), out)
		}
	case reflect.Slice:
		for i := range v.Len() {
			leaves(fmt.Sprintf("%s[%d]", path, i), v.Index(i), out)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Skipped" {
				leaves(strings.TrimPrefix(path+"."+f.Name, "."), v.Field(i), out)
			}
		}
	case reflect.Map:
		for _, key := range slices.Sorted(maps.Keys(v.Interface().(map[string][]string))) {
			values := v.MapIndex(reflect.ValueOf(key))
			*out = append(*out, leaf{path, key, func(s string) {
				v.SetMapIndex(reflect.ValueOf(key), reflect.Value{})
				v.SetMapIndex(reflect.ValueOf(s), values)
			}})
			for i := range values.Len() {
				*out = append(*out, leaf{path + "." + key, values.Index(i).String(), values.Index(i).SetString})
			}
		}
	}
}

func TestEncodeInjection(t *testing.T) {
	for _, method := range []ical.Method{ical.MethodRequest, ical.MethodReply} {
		harmless := encode(t, *everything(method))
		want, model := shape(t, harmless), modelShape(harmless)
		var all []leaf
		leaves("", reflect.ValueOf(everything(method)).Elem(), &all)
		if len(all) < 60 {
			t.Fatalf("only %d strings found", len(all))
		}
		for i := range all {
			for _, payload := range hostile {
				values := []string{all[i].get + payload, payload + all[i].get}
				if method == ical.MethodReply {
					values = values[:1]
				}
				for _, value := range values {
					checkInjection(t, method, i, value, want, model)
				}
			}
		}
	}
}

// checkInjection puts value into string number i.
func checkInjection(t *testing.T, method ical.Method, i int, value string, want []string, model []int) {
	c := everything(method)
	var all []leaf
	leaves("", reflect.ValueOf(c).Elem(), &all)
	all[i].set(value)
	data, err := ical.Encode(c)
	if err != nil {
		if fields := fieldsOf(t, err); !slices.Contains(fields, all[i].path) {
			t.Errorf("Encode with %s = %q names the fields %q", all[i].path, value, fields)
		}
		return
	}
	checkWire(t, data)
	if diff := cmp.Diff(want, shape(t, data)); diff != "" {
		t.Errorf("Encode with %s = %q changes the object (-harmless +hostile):\n%s", all[i].path, value, diff)
	}
	if method != ical.MethodRequest {
		return // golang-ical is slow
	}
	if got := modelShape(data); got != nil && !slices.Equal(got, model) {
		t.Errorf("golang-ical reads %s = %q as %v properties, want %v", all[i].path, value, got, model)
	}
}

// modelShape is the number of properties of each component as golang-ical reads
// them; nil where it cannot.
func modelShape(data []byte) []int {
	m, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	out := []int{len(m.CalendarProperties)}
	for _, c := range m.Components {
		out = append(out, len(c.UnknownPropertiesIANAProperties()))
	}
	return out
}

func fieldsOf(t *testing.T, err error) []string {
	t.Helper()
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	var fields []string
	for _, err := range list {
		var fe *ical.FieldError
		if !errors.As(err, &fe) {
			t.Errorf("%v (%T) is no *FieldError", err, err)
			continue
		}
		fields = append(fields, fe.Field)
	}
	return fields
}

// shape returns every unfolded line without its values: "ATTENDEE 7" for an
// ATTENDEE with 7 parameter values. It knows no more than RFC 5545, section 3.1.
func shape(t *testing.T, data []byte) []string {
	t.Helper()
	text := strings.ReplaceAll(string(data), "\r\n ", "")
	if strings.ContainsAny(strings.ReplaceAll(text, "\r\n", ""), "\r\n") {
		t.Errorf("lone line end in %q", text)
	}
	var out []string
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		out = append(out, lineShape(line))
	}
	return out
}

func lineShape(line string) string {
	name, params, quoted := "", 0, false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ':' || c == ';' || c == ',':
			if name == "" {
				name = line[:i]
			}
			if c == ':' {
				if name == "BEGIN" || name == "END" {
					name = line
				}
				return fmt.Sprint(name, " ", params)
			}
			params++
		}
	}
	return "no colon: " + line
}
