package invite

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/convene-go/convene/invite/internal/plan"
)

// Level is the weight of a change of a meeting.
type Level int

// The values of [Level], the lowest first.
const (
	// LevelSilent: nobody sees the change, so nobody gets a mail.
	LevelSilent Level = iota
	// LevelMinor: attendees get a mail, and their answers stay.
	LevelMinor
	// LevelMajor: attendees get a mail and have to answer anew (MS-OXOCAL,
	// section 3.1.4.7.4, and RFC 5546, section 3.2.2.1).
	LevelMajor
)

// String returns "silent", "minor" or "major", and the number of any other.
func (l Level) String() string {
	names := [...]string{"silent", "minor", "major"}
	if l < 0 || int(l) >= len(names) {
		return "Level(" + strconv.Itoa(int(l)) + ")"
	}
	return names[l]
}

// Levels has the levels of fields, by their JSON names. A field that is not in it
// has its level of [DefaultLevels].
type Levels map[string]Level

// DefaultLevels returns the levels that Outlook and Exchange give the fields:
// another time, rule or place needs a new answer.
func DefaultLevels() Levels {
	return Levels{
		"start": LevelMajor, "end": LevelMajor, "allDay": LevelMajor, "timeZone": LevelMajor, "recurrence": LevelMajor,
		"cancelled": LevelMajor, "location": LevelMajor,
		"summary": LevelMinor, "description": LevelMinor, "url": LevelMinor, "conference": LevelMinor, "categories": LevelMinor,
		"organizer": LevelMinor, "showAs": LevelMinor, "sensitivity": LevelMinor, "priority": LevelMinor, "attachments": LevelMinor,
		"language": LevelMinor, "attendees": LevelSilent,
		"reminders": LevelSilent, "noCounter": LevelSilent, "noForward": LevelSilent, "extra": LevelSilent, "created": LevelSilent, "modified": LevelSilent,
	}
}

// defaultLevels is never changed.
var defaultLevels = DefaultLevels()

// check refuses names that are no fields, because a misspelt name would change
// nothing.
func (l Levels) check() error {
	for _, name := range slices.Sorted(maps.Keys(l)) {
		if _, ok := defaultLevels[name]; !ok {
			return fmt.Errorf("invite: Levels: no field is named %.40q", name)
		}
	}
	return nil
}

// all returns the level of every field.
func (l Levels) all() plan.Levels {
	out := make(plan.Levels, len(defaultLevels))
	for name, level := range defaultLevels {
		out[name] = plan.Level(level)
	}
	for name, level := range l {
		out[name] = plan.Level(level)
	}
	return out
}
