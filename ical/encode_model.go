package ical

import (
	"fmt"
	"io"

	ics "github.com/arran4/golang-ical"
)

// WriteModel writes any golang-ical tree strictly: CRLF line ends, folding at
// rune borders, quoting and escaping as RFC 5545 requires.
//
// Values of type TEXT are written from the text that people read. All other
// values, and the lists CATEGORIES and RESOURCES and the structured
// REQUEST-STATUS, must already have the form of the wire. Names that are not
// tokens, control characters and invalid UTF-8 are refused. The error has a
// [*FieldError] whose Field is a path such as "VEVENT[1].SUMMARY".
func WriteModel(w io.Writer, m *ics.Calendar) error {
	if m == nil {
		return refuse(&FieldError{Field: "Model", Err: errMissing})
	}
	out := newLineWriter(0)
	for i := range m.CalendarProperties {
		out.model(&m.CalendarProperties[i].BaseProperty)
	}
	out.components(m.Components)
	data, err := out.finish()
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("ical: write: %w", err)
	}
	return nil
}

func (w *lineWriter) timezone(tz *ics.VTimezone) { w.component(tz) }

// maxDepth is the limit of nesting for writing. Reading has a limit of its own.
const maxDepth = 100

func (w *lineWriter) components(list []ics.Component) {
	for _, c := range list {
		if w.err != nil {
			return
		}
		w.component(c)
	}
}

// component writes a component of the model, with everything in it.
func (w *lineWriter) component(c ics.Component) {
	name, base, ok := component(c)
	w.begin(name)
	switch {
	case !ok:
		w.fail(w.path(), fmt.Errorf("%T is not a component", c))
	case len(w.open)-1 > maxDepth:
		w.fail(w.path(), fmt.Errorf("is nested deeper than %d", maxDepth))
	case !isToken(string(name)):
		w.fail(w.path(), fmt.Errorf("%.40q is not a component name", name))
	default:
		for i := range base.Properties {
			w.model(&base.Properties[i].BaseProperty)
		}
		w.components(base.Components)
	}
	w.end()
}

// model writes a property of the model.
func (w *lineWriter) model(p *ics.BaseProperty) {
	w.line.name, w.line.value, w.line.params = p.IANAToken, p.Value, w.line.params[:0]
	w.line.addParams(p.ICalParameters)
	w.property(&w.line)
}
