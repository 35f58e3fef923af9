package ical

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

// lintTarget is an event with the results that several rules need. Each is computed if
// a rule asks for it.
type lintTarget struct {
	*Event
	zones *zoneChooser // of the object that has the event
	clock wallClock
	err   error // why it has no clock

	span       *Span
	touched    *bool
	neighbours *[]wrongPair
	exceptions *[]vainException
}

func newLintTarget(e *Event, zones *zoneChooser) *lintTarget {
	x := &lintTarget{Event: e, zones: zones}
	x.clock, x.err = e.wallClock()
	return x
}

// once returns the value of a field of a lintTarget. It is made if there is none yet.
func once[T any](field **T, make func() T) T {
	if *field == nil {
		v := make()
		*field = &v
	}
	return **field
}

// reach returns the zoneSpan of the event.
func (e *lintTarget) reach() Span { return once(&e.span, e.zoneSpan) }

// touch reports whether a change of the clock may touch the series.
func (e *lintTarget) touch() bool { return once(&e.touched, e.mayTouch) }

// wrong returns the occurrences that are in each other's way.
func (e *lintTarget) wrong() []wrongPair { return once(&e.neighbours, e.wrongNeighbours) }

// vain returns the exceptions that exclude nothing.
func (e *lintTarget) vain() []vainException { return once(&e.exceptions, e.vainExceptions) }

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
