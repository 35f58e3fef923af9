package ical_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
)

func FuzzDecode(f *testing.F) {
	for _, pattern := range []string{"*.ics", "quirks/*.ics"} {
		files, err := filepath.Glob(filepath.Join(icsDir, pattern))
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds in %s (%v)", pattern, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := ical.Decode(bytes.NewReader(data), nil)
		if err != nil {
			return
		}
		fillIn(x)
		first, err := ical.Encode(x)
		if err != nil {
			fieldsOf(t, err)
			return
		}
		checkWire(t, first)
		y := decode(t, first)
		if manyComments(x) || x.Method == ical.MethodCancel && strings.Contains(string(data), "RECURRENCE-ID") {
			return // these come back as what they mean, not as what they were
		}
		if diff := diffCalendars(normal(x), normal(y)); diff != "" {
			t.Errorf("Decode(Encode(x)) (-x +got):\n%s\n%s", diff, first)
		}
		if second := encode(t, *y); !bytes.Equal(first, second) {
			t.Errorf("Encode(Decode(Encode(x))):\n%s\nwant\n%s", second, first)
		}
	})
}

// fillIn gives x what Encode asks for and answers leave out.
func fillIn(x *ical.Calendar) {
	if x.Stamp.IsZero() {
		x.Stamp = stamp
	}
	for i := range x.Events {
		e := &x.Events[i]
		if e.UID == "" {
			e.UID = "uid"
		}
		if e.Start.IsZero() {
			e.Start = stamp
		}
		if e.Organizer.Email == "" {
			e.Organizer.Email = "desk@example.test"
		}
	}
}

// manyComments reports whether an answer has a comment and not one attendee.
func manyComments(x *ical.Calendar) bool {
	for _, e := range x.Events {
		if len(e.Attendees) == 1 {
			continue
		}
		for _, a := range e.Attendees {
			if a.Comment != "" {
				return true
			}
		}
	}
	return false
}

func FuzzEncodeText(f *testing.F) {
	for _, s := range append(hostile, "plain", "a, b; c: d \\ e", "日本語 🎉", `say "hi"`, " edge ") {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, summary, description, name string) {
		c := request(meeting(func(e *ical.Event) {
			e.Summary, e.Description, e.Attendees[0].Name = summary, description, name
			e.Extra = []ical.Property{{Name: "X-TEXT", Params: map[string][]string{"X-P": {name}}, Value: summary}}
		}))
		data, err := ical.Encode(&c)
		if err != nil {
			fieldsOf(t, err)
			return
		}
		checkWire(t, data)
		if diff := diffCalendars(normal(&c), normal(decode(t, data))); diff != "" {
			t.Errorf("Decode(Encode) (-want +got):\n%s\n%s", diff, data)
		}
	})
}
