package ical

import (
	"errors"
	"fmt"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// object is one VCALENDAR, balanced, as properties from BEGIN to END.
type object struct {
	line  int // of its BEGIN
	props []*ics.BaseProperty
}

// normalise splits data into objects that golang-ical accepts: without what
// stands before, between and after them, every component closed.
func normalise(data []byte, opts *DecodeOptions) ([]*object, error) {
	n := &normaliser{opts: opts}
	lines := newUnfolder(data)
	for {
		raw, number, ok := lines.next()
		if !ok {
			return n.finish()
		}
		if err := n.line(raw, number); err != nil {
			return nil, &SyntaxError{number, err}
		}
	}
}

type normaliser struct {
	opts    *DecodeOptions
	objects []*object
	open    []string // names of the open components
	count   int      // of properties
}

func (n *normaliser) line(raw string, number int) error {
	if len(n.open) == 0 {
		// QUIRK: mailing lists put a footer after the object, some gateways a
		// header before it.
		raw = strings.TrimLeft(raw, " \t")
		name, value, _ := strings.Cut(raw, ":")
		if !strings.EqualFold(strings.TrimSpace(name), "BEGIN") || componentName(value) != "VCALENDAR" {
			return nil
		}
	}
	p, err := parseLine(raw, n.opts.MaxParams)
	if err != nil {
		if isLimit(err) {
			return err
		}
		n.opts.Skipped(&SyntaxError{number, err})
		return nil
	}
	if n.count++; n.count > n.opts.MaxProperties {
		return fmt.Errorf("%w: more than %d properties", ErrLimit, n.opts.MaxProperties)
	}
	switch p.IANAToken {
	case "BEGIN":
		return n.begin(p, number)
	case "END":
		return n.end(p)
	}
	n.add(p)
	return nil
}

func (n *normaliser) add(p *ics.BaseProperty) {
	o := n.objects[len(n.objects)-1]
	o.props = append(o.props, p)
}

func (n *normaliser) begin(p *ics.BaseProperty, number int) error {
	p.Value = componentName(p.Value)
	switch {
	case p.Value == "VCALENDAR" && len(n.open) > 0:
		return fmt.Errorf("VCALENDAR inside %s: %w", n.open[len(n.open)-1], ErrNotClosed)
	case len(n.open) == n.opts.MaxDepth:
		return fmt.Errorf("%w: components nested deeper than %d", ErrLimit, n.opts.MaxDepth)
	case len(n.open) == 0:
		n.objects = append(n.objects, &object{line: number})
	}
	n.open = append(n.open, p.Value)
	n.add(p)
	return nil
}

func (n *normaliser) end(p *ics.BaseProperty) error {
	p.Value = componentName(p.Value)
	last := n.open[len(n.open)-1]
	if p.Value != last {
		return fmt.Errorf("END:%.40s closes %s: %w", p.Value, last, ErrNotClosed)
	}
	n.open = n.open[:len(n.open)-1]
	n.add(p)
	return nil
}

func (n *normaliser) finish() ([]*object, error) {
	if len(n.open) > 0 {
		return nil, &SyntaxError{0, fmt.Errorf("no END:%.40s: %w", n.open[len(n.open)-1], ErrNotClosed)}
	}
	if len(n.objects) == 0 {
		return nil, &SyntaxError{0, ErrNoCalendar}
	}
	return n.objects, nil
}

func componentName(value string) string { return strings.ToUpper(strings.TrimSpace(value)) }

// calendar builds the model with golang-ical, which takes each line from our
// own parser, and reads it.
func (o *object) calendar() (*Calendar, error) {
	next := 0
	parse := func(ics.ContentLine) (*ics.BaseProperty, error) {
		if next == len(o.props) {
			return nil, ErrNotClosed
		}
		next++
		return o.props[next-1], nil
	}
	m, err := ics.ParseCalendarWithOptions(strings.NewReader(strings.Repeat("X\n", len(o.props))),
		ics.WithPropertyParser(parse), ics.WithUnknownPropertyHandler(ics.AcceptUnknownPropertyHandler))
	if errors.Is(err, ics.ErrComponentNestingTooDeep) {
		err = fmt.Errorf("%w: %w", ErrLimit, err)
	}
	if err != nil {
		return nil, &SyntaxError{o.line, err}
	}
	c, err := FromModel(m)
	if err != nil {
		var fe *FieldError
		if errors.As(err, &fe) {
			err = fmt.Errorf("%s: %w", fe.Field, fe.Err)
		}
		return nil, &SyntaxError{o.line, err}
	}
	return c, nil
}
