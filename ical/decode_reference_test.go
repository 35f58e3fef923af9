package ical_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/convene-go/convene/ical"
)

// objects is the number of objects that TestTimesOfOthers reads:
//
//	go test ./ical -run TestTimesOfOthers -args -objects 20000
var objects = flag.Int("objects", 200, "the number of objects whose times TestTimesOfOthers reads")

// toldEvent has the times of an event as testdata/reference/times.py prints them.
type toldEvent struct {
	Start        string   `json:"start"`
	End          *string  `json:"end"`
	AllDay       bool     `json:"allDay"`
	Floating     *string  `json:"floating"` // the unknown TZID
	Starts       []string `json:"starts"`
	RecurrenceID *string  `json:"recurrenceId"`
}

// TestTimesOfOthers compares the times of generated objects with a reference in
// Python. Several programs run at once, each with its own seed.
func TestTimesOfOthers(t *testing.T) {
	const dir, part = "../testdata/reference/", 5000
	if err := exec.Command("python3", "-c", "import zoneinfo; zoneinfo.ZoneInfo('US/Eastern')").Run(); err != nil {
		t.Skipf("SKIPPED: Python with zoneinfo and its zones is not installed: %v", err)
	}
	read := 0
	for seed := 1; read < *objects; seed++ {
		n := min(part, *objects-read)
		inputs := pythonLines(t, nil, dir+"times_generate.py", strconv.Itoa(n), strconv.Itoa(seed))
		wants := pythonLines(t, bytes.Join(inputs, []byte("\n")), dir+"times.py")
		if len(inputs) != n || len(wants) != n {
			t.Fatalf("%d objects and %d results, want %d of each", len(inputs), len(wants), n)
		}
		for i := range inputs {
			var object string
			var want []toldEvent
			if err := json.Unmarshal(inputs[i], &object); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(wants[i], &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, toldEvents(decode(t, []byte(object))), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("seed %d, object %d (-reference +Decode):\n%s\n%s", seed, i, diff, object)
			}
		}
		read += n
	}
	t.Logf("%d objects read as the reference reads them", read)
}

// pythonLines runs a program and returns the lines of its output.
func pythonLines(t *testing.T, input []byte, program ...string) [][]byte {
	t.Helper()
	c := exec.Command("python3", program...)
	var out, errors bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(input), &out, &errors
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(program, " "), err, errors.Bytes())
	}
	return bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
}

// toldEvents returns the times of the events of a calendar, each series before its
// overrides.
func toldEvents(c *ical.Calendar) (out []toldEvent) {
	for _, e := range c.Events {
		starts := map[string]bool{}
		told := toldTimes(e, nil)
		if e.Recurrence != nil {
			plain := e
			plain.Overrides = nil
			for o := range plain.Occurrences(time.Time{}, e.Start.AddDate(3, 0, 0)) {
				text := toldTime(o.Start)
				if starts[text] = true; len(told.Starts) < 20 {
					told.Starts = append(told.Starts, text)
				}
			}
		}
		out = append(out, told)
		for _, o := range e.Overrides {
			out = append(out, toldTimes(o, starts))
		}
	}
	return out
}

// toldTimes returns the times of one event. starts are the occurrences of its
// series, nil if it has none.
func toldTimes(e ical.Event, starts map[string]bool) toldEvent {
	out := toldEvent{Start: toldTime(e.Start), AllDay: e.AllDay}
	if !e.End.IsZero() {
		end := toldTime(e.End)
		out.End = &end
	}
	if e.Floating {
		out.Floating = &e.TimeZone
	}
	if id := e.RecurrenceID; !id.IsZero() {
		text := toldTime(id)
		switch id.Location().String() {
		case "DATE":
			text = "DATE " + id.Format("20060102")
		case "local":
			text = "local " + id.Format("20060102T150405")
		}
		if starts == nil || starts[text] {
			out.RecurrenceID = &text
		}
	}
	return out
}

func toldTime(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
