package ical

import "sync"

// lintRule is one line of the rule tables.
type lintRule struct {
	id       string
	severity Severity
	field    string // the path that it reports, with i for an index
	text     string
	source   string
	clients  []string
	check    func(e *lintTarget) []hit
}

// lintTarget is an event with the results that several rules need.
type lintTarget struct {
	*Event
	zones *zoneChooser // of the object that has the event
	clock wallClock
	err   error              // why it has no clock
	reach func() Span        // its zoneSpan
	touch func() bool        // whether a change of the clock may touch its series
	wrong func() []wrongPair // the occurrences that are in each other's way
	vain  func() []vainException
}

// newLintTarget computes the zoneSpan and the clock changes only if a rule asks
// for them.
func newLintTarget(e *Event, zones *zoneChooser) *lintTarget {
	x := &lintTarget{Event: e, zones: zones}
	x.clock, x.err = e.wallClock()
	x.reach = sync.OnceValue(e.zoneSpan)
	x.touch = sync.OnceValue(x.mayTouch)
	x.wrong = sync.OnceValue(x.wrongNeighbours)
	x.vain = sync.OnceValue(x.vainExceptions)
	return x
}

// hit is a field that breaks a rule, with a detail if the field alone does not
// explain it.
type hit struct{ field, detail string }

// hitIf returns a hit on a field if broken is true.
func hitIf(broken bool, field string) []hit {
	if !broken {
		return nil
	}
	return []hit{{field, ""}}
}

// hitAt returns a hit on a value in a list, or on its field, if broken is true.
func hitAt(broken bool, list string, i int, field string) []hit {
	if !broken {
		return nil
	}
	return []hit{{indexed(list, i, field), ""}}
}

// The clients of the rules.
var (
	outlook = []string{"Outlook", "Exchange"}
	gmail   = []string{"Gmail"}
	every   = []string{"Outlook", "Gmail", "Apple Mail", "Thunderbird"}
)
