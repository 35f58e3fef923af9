package ical

import (
	"errors"
	"fmt"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// parsedObject is one VCALENDAR of the input, with every component closed.
type parsedObject struct {
	line  int // line of its BEGIN
	depth int // the deepest nesting of components in it
	model modelBuilder
}

// maxNesting is the number of levels below VCALENDAR that the decoder takes,
// whatever [DecodeOptions] says.
const maxNesting = 1000

// calendar reads the object.
func (o *parsedObject) calendar() (*Calendar, error) {
	if o.depth > maxNesting {
		return nil, &SyntaxError{o.line, fmt.Errorf("%w: components nested deeper than %d", ErrLimit, maxNesting)}
	}
	c, err := FromModel(o.model.calendar)
	if err != nil {
		var fe *FieldError
		if errors.As(err, &fe) {
			err = fmt.Errorf("%s: %w", fe.Field, fe.Err)
		}
		return nil, &SyntaxError{o.line, err}
	}
	return c, nil
}

// parseObjects returns the iCalendar objects in data. It drops the text before,
// between and after them. An object with a component that is not closed is an
// error.
//
// The objects become golang-ical trees directly. The parser of golang-ical is
// not used, because it knows none of the limits in [DecodeOptions] and refuses
// the whole input for one malformed line.
func parseObjects(data []byte, opts *DecodeOptions) ([]*parsedObject, error) {
	p := &objectParser{opts: opts}
	lines := newUnfolder(data)
	for {
		raw, number, ok := lines.next()
		if !ok {
			return p.finish()
		}
		if err := p.line(raw, number); err != nil {
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
		return nil
	}
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
	switch {
	case name == "VCALENDAR" && len(p.open) > 0:
		return fmt.Errorf("VCALENDAR inside %s: %w", p.open[len(p.open)-1], ErrNotClosed)
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
		return fmt.Errorf("END:%.40s closes %s: %w", name, p.open[last], ErrNotClosed)
	}
	p.open = p.open[:last]
	if last > 0 {
		p.object().model.end()
	}
	return nil
}

// finish returns the objects, or an error if a component is still open or the
// input had none.
func (p *objectParser) finish() ([]*parsedObject, error) {
	if len(p.open) > 0 {
		return nil, &SyntaxError{0, fmt.Errorf("no END:%.40s: %w", p.open[len(p.open)-1], ErrNotClosed)}
	}
	if len(p.objects) == 0 {
		return nil, &SyntaxError{0, ErrNoCalendar}
	}
	return p.objects, nil
}

// componentName returns the name in a BEGIN or END as the parser compares it.
func componentName(value string) string { return strings.ToUpper(strings.TrimSpace(value)) }
