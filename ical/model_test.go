package ical_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

// tree is a model of one component with one property.
func tree(name, value string, params map[string][]string) *ics.Calendar {
	return &ics.Calendar{Components: []ics.Component{&ics.VEvent{ComponentBase: ics.ComponentBase{
		Properties: []ics.IANAProperty{{BaseProperty: ics.BaseProperty{IANAToken: name, Value: value, ICalParameters: params}}}}}}}
}

func TestWriteModelProperty(t *testing.T) {
	type params = map[string][]string
	for _, tt := range []struct {
		name, token, value string
		params             params
		want               string // the line
	}{
		{"name with a comma", "ATTENDEE", "mailto:a@example.test", params{"CN": {"Doe, John"}}, `ATTENDEE;CN="Doe, John":mailto:a@example.test`},
		{"name with quotes", "ATTENDEE", "mailto:a@example.test", params{"CN": {`a "b" ^c`}}, `ATTENDEE;CN=a 'b' ^^c:mailto:a@example.test`},
		{"always quoted", "ATTENDEE", "mailto:a@example.test", params{"SENT-BY": {"mailto:b@example.test"}, "MEMBER": {"mailto:c@example.test", "mailto:d@example.test"}},
			`ATTENDEE;SENT-BY="mailto:b@example.test";MEMBER="mailto:c@example.test","mailto:d@example.test":mailto:a@example.test`},
		{"line ends in a text", "DESCRIPTION", "a\r\nb\rc\nd", nil, `DESCRIPTION:a\nb\nc\nd`},
		{"text", "SUMMARY", `a\b;c,d:e"f`, nil, `SUMMARY:a\\b\;c\,d:e"f`},
		{"list", "CATEGORIES", `a,b\,c`, nil, `CATEGORIES:a,b\,c`},
		{"unknown name is a text", "X-FOO", "a,b", nil, `X-FOO:a\,b`},
		{"unknown name of another type", "X-FOO", "a,b", params{"VALUE": {"URI"}}, `X-FOO;VALUE=URI:a,b`},
		{"order of parameters", "DTSTART", "20260331T100000", params{"X-B": {"1"}, "TZID": {"Europe/Berlin"}, "A": {""}, "VALUE": {"DATE-TIME"}, "EMPTY": nil},
			`DTSTART;VALUE=DATE-TIME;TZID=Europe/Berlin;A=;X-B=1:20260331T100000`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			err := ical.WriteModel(&b, tree(tt.token, tt.value, tt.params))
			unfolded := strings.ReplaceAll(b.String(), "\r\n ", "")
			want := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + tt.want + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
			if diff := cmp.Diff(want, unfolded); err != nil || diff != "" {
				t.Errorf("WriteModel = %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestWriteModelRefuses(t *testing.T) {
	type params = map[string][]string
	inside := func(c ics.Component) *ics.Calendar { return &ics.Calendar{Components: []ics.Component{c}} }
	deep := ics.Component(&ics.GeneralComponent{Token: "X"})
	for range 200 {
		deep = &ics.GeneralComponent{Token: "X", ComponentBase: ics.ComponentBase{Components: []ics.Component{deep}}}
	}
	header := &ics.Calendar{CalendarProperties: []ics.CalendarProperty{{BaseProperty: ics.BaseProperty{IANAToken: "X\r\nY", Value: "1"}}}}
	for _, tt := range []struct {
		name  string
		in    *ics.Calendar
		field string
	}{
		{"nil", nil, "Model"},
		{"line end in a name", tree("ATTENDEE", "mailto:a@example.test", params{"CN": {"a\r\nX:y"}}), "VEVENT[0].ATTENDEE"},
		{"line end in a zone", tree("DTSTART", "20260331T100000", params{"TZID": {"a\nX:y"}}), "VEVENT[0].DTSTART"},
		{"line end in an address", tree("ATTENDEE", "mailto:a@example.test\r\nX:y", nil), "VEVENT[0].ATTENDEE"},
		{"line end in a URL", tree("URL", "https://example.test/\rX:y", nil), "VEVENT[0].URL"},
		{"NUL", tree("SUMMARY", "a\x00", nil), "VEVENT[0].SUMMARY"},
		{"not UTF-8", tree("SUMMARY", "a\xff", nil), "VEVENT[0].SUMMARY"},
		{"not UTF-8 in a parameter", tree("SUMMARY", "a", params{"LANGUAGE": {"\xff"}}), "VEVENT[0].SUMMARY"},
		{"parameter name", tree("SUMMARY", "a", params{"X;Y": {"1"}}), "VEVENT[0].SUMMARY"},
		{"property name", tree("X\r\nY", "a", nil), `VEVENT[0]."X\r\nY"`},
		{"no property name", tree("", "a", nil), `VEVENT[0].`},
		{"calendar property name", header, `"X\r\nY"`},
		{"component name", inside(&ics.GeneralComponent{Token: "X\r\nEND:VCALENDAR"}), `"X\r\nEND:VCALENDAR"[0]`},
		{"nil component", inside(nil), "[0]"},
		{"nil event", inside((*ics.VEvent)(nil)), "[0]"},
		{"nil general component", inside((*ics.GeneralComponent)(nil)), "[0]"},
		{"too deep", inside(deep), strings.TrimSuffix(strings.Repeat("X[0].", 101), ".")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			err := ical.WriteModel(&b, tt.in)
			var fe *ical.FieldError
			for errors.As(err, &fe) && errors.As(fe.Err, new(*ical.FieldError)) {
				err = fe.Err
			}
			if fe == nil || fe.Field != tt.field || b.Len() > 0 {
				t.Errorf("WriteModel = %v, wrote %d octets; want a *FieldError of %q", err, b.Len(), tt.field)
			}
		})
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }

func TestWriteModelBrokenWriter(t *testing.T) {
	if err := ical.WriteModel(brokenWriter{}, tree("X", "y", nil)); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("WriteModel = %v, want the writer's error", err)
	}
}

func TestWriteModelComponents(t *testing.T) {
	m := &ics.Calendar{Components: []ics.Component{
		&ics.VTodo{}, &ics.VJournal{}, &ics.VBusy{}, &ics.VAlarm{}, &ics.GeneralComponent{Token: "X-THING"},
		&ics.VTimezone{ComponentBase: ics.ComponentBase{Components: []ics.Component{&ics.Standard{}, &ics.Daylight{}}}},
	}}
	var b bytes.Buffer
	if err := ical.WriteModel(&b, m); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(b.String()) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "BEGIN:"); ok {
			got = append(got, name)
		}
	}
	want := []string{"VCALENDAR", "VTODO", "VJOURNAL", "VFREEBUSY", "VALARM", "X-THING", "VTIMEZONE", "STANDARD", "DAYLIGHT"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
}

func TestFromModel(t *testing.T) {
	if _, err := ical.FromModel(nil); err == nil {
		t.Error("FromModel(nil) = nil error")
	}
	m := tree("SUMMARY", "a, b", nil)
	m.Components = append(m.Components, nil, (*ics.VEvent)(nil), (*ics.VTimezone)(nil), &ics.VTimezone{}, &ics.VTodo{})
	got, err := ical.FromModel(m)
	want := &ical.Calendar{Events: []ical.Event{{Summary: "a, b"}}, Skipped: []string{"VTODO"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("FromModel = %v (-want +got):\n%s", err, diff)
	}
}

func TestModelIsExtensible(t *testing.T) {
	c := request(meeting())
	m, err := ical.Model(&c)
	if err != nil {
		t.Fatal(err)
	}
	event := m.Components[0].(*ics.VEvent)
	event.SetProperty(ics.ComponentProperty("X-ROOM-PIN"), "12, 34")
	var b bytes.Buffer
	if err := ical.WriteModel(&b, m); err != nil || !strings.Contains(b.String(), `X-ROOM-PIN:12\, 34`) {
		t.Errorf("WriteModel = %v:\n%s", err, b.String())
	}
	if _, err := ical.Model(nil); err == nil {
		t.Error("Model(nil) = nil error")
	}
}
