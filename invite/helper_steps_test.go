package invite_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
)

// steps are the calls that a generated test made, and their results. A test that
// fails prints them.
type steps struct {
	mu    sync.Mutex
	lines []string
	count int
}

// newSteps returns the steps of t. If t fails, they are printed with the seed and
// the command that repeats t. args are the arguments that the command needs.
func newSteps(t *testing.T, seed string, args ...string) *steps {
	s := new(steps)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s; %d steps:\n%s\nrepeat it: %s", seed, s.count, strings.Join(s.lines, "\n"), repeat(t, "./invite", args...))
		}
	})
	return s
}

// call adds a call with its arguments in short.
func (s *steps) call(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.lines = append(s.lines, fmt.Sprintf("%3d. ", s.count)+fmt.Sprintf(format, args...))
}

// result adds a line about the last call.
func (s *steps) result(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, "       "+fmt.Sprintf(format, args...))
}

// repeat returns the command that runs t alone.
func repeat(t *testing.T, pkg string, args ...string) string {
	names := strings.Split(t.Name(), "/")
	for i, name := range names {
		names[i] = "^" + regexp.QuoteMeta(name) + "$"
	}
	command := "go test " + pkg + " -count=1"
	if raceEnabled {
		command += " -race"
	}
	if testing.Short() {
		command += " -short"
	}
	command += " -run '" + strings.ReplaceAll(strings.Join(names, "/"), "'", `'\''`) + "'"
	if len(args) > 0 {
		command += " -args " + strings.Join(args, " ")
	}
	return command
}

// difference says in which fields after differs from before, as
// `location "Roof", no url`.
func difference(before, after *ical.Event) string {
	old, now := fields(before), fields(after)
	names := slices.Collect(maps.Keys(now))
	for name := range old {
		if now[name] == "" {
			names = append(names, name)
		}
	}
	var out []string
	for _, name := range slices.Sorted(slices.Values(names)) {
		switch {
		case now[name] == "":
			out = append(out, "no "+name)
		case now[name] != old[name]:
			out = append(out, name+" "+now[name])
		}
	}
	return cmp.Or(strings.Join(out, ", "), "nothing")
}

// fields are the fields of an event that are set, in JSON. Attendees are in short,
// and each override is a field of its own.
func fields(e *ical.Event) map[string]string {
	data, err := json.Marshal(e)
	var raw map[string]json.RawMessage
	if err == nil {
		err = json.Unmarshal(data, &raw)
	}
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	out := make(map[string]string)
	for name, value := range raw {
		out[name] = string(value)
	}
	var people []string
	for _, a := range e.Attendees {
		people = append(people, strings.TrimSpace(a.Email+" "+string(a.Role)))
	}
	delete(out, "overrides")
	if people != nil {
		out["attendees"] = strings.Join(people, " + ")
	}
	for _, o := range e.Overrides {
		id := o.RecurrenceID.UTC().Format(time.DateOnly)
		o.RecurrenceID = time.Time{}
		out["on "+id] = "{" + difference(&ical.Event{}, &o) + "}"
	}
	return out
}
