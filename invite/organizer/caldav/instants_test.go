package caldav_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"github.com/convene-go/convene/ical"
)

// instantsOf returns the instants of a meeting as testdata/instants.py prints them. A
// cancelled occurrence has none: it is an EXDATE in the entry.
func instantsOf(e ical.Event) (out []string) {
	cancelled := make(map[string]bool)
	for i := range e.Overrides {
		o := e.Override(i)
		if o.Cancelled {
			cancelled["at "+instant(o.RecurrenceID)] = true
			continue
		}
		out = append(out, fmt.Sprint("over ", instant(o.RecurrenceID), " ", instant(o.Start), " ", instant(o.End)))
	}
	plain := e.Clone()
	plain.Overrides = nil
	for o := range plain.Occurrences(time.Time{}, e.Start.AddDate(3, 0, 0)) {
		if line := "at " + instant(o.Start); !cancelled[line] {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// instantsRaw reads the instants with golang-ical, without package ical.
func instantsRaw(t *testing.T, data []byte) (out []string) {
	t.Helper()
	cal, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range cal.Events() {
		start := rawTime(t, e, ics.ComponentPropertyDtStart)
		if id := e.GetProperty(ics.ComponentPropertyRecurrenceId); id != nil {
			out = append(out, fmt.Sprint("over ", instant(rawTime(t, e, ics.ComponentPropertyRecurrenceId)), " ", instant(start), " ", instant(rawTime(t, e, ics.ComponentPropertyDtEnd))))
			continue
		}
		rule := e.GetProperty(ics.ComponentPropertyRrule)
		if rule == nil {
			out = append(out, "at "+instant(start))
			continue
		}
		o, err := rrule.StrToROption(rule.Value)
		if err != nil {
			t.Fatal(err)
		}
		o.Dtstart = start
		r, err := rrule.NewRRule(*o)
		if err != nil {
			t.Fatal(err)
		}
		var without []time.Time
		for _, p := range e.GetProperties(ics.ComponentPropertyExdate) {
			for _, v := range strings.Split(p.Value, ",") {
				without = append(without, rawValue(t, v, p.ICalParameters["TZID"]))
			}
		}
		for _, at := range r.All() {
			if !slices.ContainsFunc(without, at.Equal) {
				out = append(out, "at "+instant(at))
			}
		}
	}
	slices.Sort(out)
	return out
}

// rawTime returns the time in a property.
func rawTime(t *testing.T, e *ics.VEvent, name ics.ComponentProperty) time.Time {
	t.Helper()
	p := e.GetProperty(name)
	if p == nil {
		t.Fatalf("no %s", name)
	}
	return rawValue(t, p.Value, p.ICalParameters["TZID"])
}

// rawValue reads a time in UTC or in a zone with an IANA name.
func rawValue(t *testing.T, value string, tzid []string) time.Time {
	t.Helper()
	loc := time.UTC
	if len(tzid) > 0 {
		var err error
		if loc, err = time.LoadLocation(tzid[0]); err != nil {
			t.Fatal(err)
		}
	}
	at, err := time.ParseInLocation("20060102T150405", strings.TrimSuffix(value, "Z"), loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// pythonReaders are the libraries in Python that are installed.
var pythonReaders = sync.OnceValue(func() (out []string) {
	for _, name := range []string{"icalendar", "vobject"} {
		if exec.Command("/usr/bin/python3", "-c", "import dateutil, "+name).Run() == nil {
			out = append(out, name)
		}
	}
	return out
})

// snapshots are entries as a server had them, with the instants of their meetings.
type snapshots struct {
	files []string
	wants [][]string
}

// add keeps an entry and compares the readers in Go.
func (s *snapshots) add(t *testing.T, step string, want ical.Event, data []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), fmt.Sprintf("%d.ics", len(s.files)))
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	instants := instantsOf(want)
	s.files, s.wants = append(s.files, file), append(s.wants, instants)
	if got := instantsRaw(t, data); !slices.Equal(got, instants) {
		t.Errorf("%s: golang-ical reads\n%s\nwant\n%s", step, strings.Join(got, "\n"), strings.Join(instants, "\n"))
	}
}

// compare compares all entries with the readers in Python.
func (s *snapshots) compare(t *testing.T) {
	t.Helper()
	readers := pythonReaders()
	if len(readers) < 2 {
		t.Logf("SKIPPED: of icalendar and vobject for /usr/bin/python3, only %q are installed; the instants are compared with these alone", readers)
	}
	for _, name := range readers {
		cmd := exec.Command("/usr/bin/python3", append([]string{"testdata/instants.py", name}, s.files...)...)
		var text bytes.Buffer
		cmd.Stderr = &text
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, text.String())
		}
		parts := strings.Split(strings.TrimSuffix(string(out), "end\n"), "end\n")
		if len(parts) != len(s.files) {
			t.Fatalf("%s read %d entries, want %d", name, len(parts), len(s.files))
		}
		for i, part := range parts {
			if got := strings.TrimSpace(part); got != strings.Join(s.wants[i], "\n") {
				t.Errorf("entry %d: %s reads\n%s\nwant\n%s", i, name, got, strings.Join(s.wants[i], "\n"))
			}
		}
	}
}
