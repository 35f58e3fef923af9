package invite_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/steps"
)

// newSteps returns the log of t. The command that repeats t needs the arguments args.
func newSteps(t *testing.T, seed string, args ...string) *steps.Log {
	return steps.New(t, seed, steps.Command{Package: "./invite", Race: raceEnabled, Args: args})
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
