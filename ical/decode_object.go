package ical

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// parsedObject is one VCALENDAR of the input, with every component closed.
type parsedObject struct {
	line    int // line of its BEGIN
	depth   int // the deepest nesting of components in it
	model   modelBuilder
	skipped skipList
}

// begun reports whether the object has a component. Without one, nothing in it
// can be of use.
func (o *parsedObject) begun() bool { return len(o.model.calendar.Components) > 0 }

// maxNesting is the number of levels below VCALENDAR that the decoder takes,
// whatever [DecodeOptions] says.
const maxNesting = 1000

// calendar reads the object.
func (o *parsedObject) calendar(work *workBudget) (*Calendar, error) {
	if o.depth > maxNesting {
		return nil, &SyntaxError{o.line, fmt.Errorf("%w: components nested deeper than %d", ErrLimit, maxNesting)}
	}
	c, err := fromModel(o.model.calendar, work)
	if err != nil {
		var fe *FieldError
		if errors.As(err, &fe) {
			err = fmt.Errorf("%s: %w", fe.Field, fe.Err)
		}
		return nil, &SyntaxError{o.line, err}
	}
	o.skipped.add(c.Skipped...)
	c.Skipped = o.skipped.texts
	return c, nil
}

// parseObjects reads the iCalendar objects in data. It drops the text before,
// between and after them, and the objects that are broken. It returns an error if
// no object is left.
//
// The objects become golang-ical trees directly. The parser of golang-ical is
// not used, because it knows none of the limits in [DecodeOptions] and refuses
// the whole input for one malformed line.
func parseObjects(data []byte, opts *DecodeOptions) (*objectParser, error) {
	p := &objectParser{opts: opts}
	lines := newUnfolder(data)
	for {
		raw, number, ok := lines.next()
		if !ok {
			return p, p.finish()
		}
		err := p.line(raw, number)
		if err != nil && !isLimit(err) {
			p.drop(&SyntaxError{number, err})
			err = p.line(raw, number) // it may begin another object
		}
		switch {
		case err == nil:
		case p.broken != nil && !p.whole():
			return nil, p.broken
		default:
			return nil, &SyntaxError{number, err}
		}
	}
}

// objectParser makes objects of unfolded lines.
type objectParser struct {
	opts    *DecodeOptions
	objects []*parsedObject
	open    []string // names of the open components, VCALENDAR first
	count   int      // of properties
	last    string   // name of the property that was read last
	skipped skipList // about objects as a whole
	broken  error    // of the first object that was dropped
}

// line takes one unfolded line. Outside of an object, everything except its
// BEGIN is passed over.
func (p *objectParser) line(raw string, number int) error {
	if len(p.open) == 0 {
		// QUIRK: mailing lists put a footer after the object, some gateways a
		// header before it.
		raw = strings.TrimLeft(raw, " \t")
		name, value, _ := strings.Cut(raw, ":")
		if !strings.EqualFold(strings.TrimSpace(name), "BEGIN") || componentName(value) != "VCALENDAR" {
			return nil
		}
	}
	prop, err := parseLine(raw, p.opts.MaxParams)
	if err != nil {
		if isLimit(err) {
			return err
		}
		p.opts.Skipped(&SyntaxError{number, err})
		if len(p.open) > 0 {
			p.object().skipped.addf("line %d, after %.40s: %v", number, p.last, err)
		}
		return nil
	}
	p.last = prop.IANAToken
	if p.count++; p.count > p.opts.MaxProperties {
		return fmt.Errorf("%w: more than %d properties", ErrLimit, p.opts.MaxProperties)
	}
	switch prop.IANAToken {
	case "BEGIN":
		return p.begin(componentName(prop.Value), number)
	case "END":
		return p.end(componentName(prop.Value))
	}
	p.object().model.addProperty(prop)
	return nil
}

// object returns the object that is being read.
func (p *objectParser) object() *parsedObject { return p.objects[len(p.objects)-1] }

// begin opens a component.
func (p *objectParser) begin(name string, number int) error {
	if name == "VCALENDAR" {
		p.closeLast()
	}
	switch {
	case name == "VCALENDAR" && len(p.open) > 0:
		return fmt.Errorf("VCALENDAR inside %.40s: %w", p.open[len(p.open)-1], ErrNotClosed)
	case len(p.open) == p.opts.MaxDepth:
		return fmt.Errorf("%w: components nested deeper than %d", ErrLimit, p.opts.MaxDepth)
	case len(p.open) == 0:
		p.objects = append(p.objects, &parsedObject{line: number, model: modelBuilder{calendar: new(ics.Calendar)}})
	default:
		o := p.object()
		o.depth = max(o.depth, len(p.open))
		o.model.begin(ics.ComponentType(name))
	}
	p.open = append(p.open, name)
	return nil
}

// end closes the component that was opened last.
func (p *objectParser) end(name string) error {
	last := len(p.open) - 1
	if name != p.open[last] {
		return fmt.Errorf("END:%.40s closes %.40s: %w", name, p.open[last], ErrNotClosed)
	}
	p.open = p.open[:last]
	if last > 0 {
		p.object().model.end()
	}
	return nil
}

// closeLast closes the open object if nothing is missing in it except its END.
//
// QUIRK: some exports of Outlook, and gateways that cut the last line, leave
// END:VCALENDAR out: testdata/ics/quirks/outlook-no-end.ics.
func (p *objectParser) closeLast() {
	if len(p.open) == 1 && p.object().begun() {
		p.object().skipped.addf("END:VCALENDAR is missing")
		p.open = p.open[:0]
	}
}

// drop removes the open object, which is broken.
func (p *objectParser) drop(err error) {
	p.tellBroken(err)
	p.objects, p.open = p.objects[:len(p.objects)-1], p.open[:0]
}

// tellBroken notes that an object was passed over.
func (p *objectParser) tellBroken(err error) {
	if p.broken == nil {
		p.broken = err
	}
	p.skipped.addf("a broken object: %s", strings.TrimPrefix(err.Error(), "ical: "))
}

// finish closes the last object. It is an error if there is no whole one.
func (p *objectParser) finish() error {
	p.closeLast()
	if n := len(p.open); n > 0 {
		p.drop(&SyntaxError{0, fmt.Errorf("no END:%.40s: %w", p.open[n-1], ErrNotClosed)})
	}
	switch {
	case p.broken != nil && !p.whole():
		return p.broken
	case len(p.objects) == 0:
		return &SyntaxError{0, ErrNoCalendar}
	}
	return nil
}

// whole reports whether an object that is closed has a component.
func (p *objectParser) whole() bool {
	closed := p.objects
	if len(p.open) > 0 {
		closed = closed[:len(closed)-1]
	}
	return slices.ContainsFunc(closed, (*parsedObject).begun)
}

// componentName returns the name in a BEGIN or END as the parser compares it.
func componentName(value string) string { return strings.ToUpper(strings.TrimSpace(value)) }
