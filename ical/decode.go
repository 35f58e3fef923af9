package ical

import (
	"cmp"
	"fmt"
	"io"
)

// DecodeOptions are the limits of [Decode]. Nil and zero values mean the defaults.
type DecodeOptions struct {
	// MaxBytes is the size of the input in octets; 0 is 8 MiB.
	MaxBytes int
	// MaxDepth is how deep components may nest, at most 1,000; 0 is 16.
	MaxDepth int
	// MaxProperties is the number of properties in the object; 0 is 100,000.
	MaxProperties int
	// MaxParams is the number of parameter values of one property; 0 is 256.
	MaxParams int
	// Skipped, if it is not nil, is called for every line that is not a content
	// line and was passed over.
	Skipped func(*SyntaxError)
}

func (o *DecodeOptions) withDefaults() DecodeOptions {
	var out DecodeOptions
	if o != nil {
		out = *o
	}
	out.MaxBytes = cmp.Or(out.MaxBytes, 8<<20)
	out.MaxDepth = cmp.Or(out.MaxDepth, 16)
	out.MaxProperties = cmp.Or(out.MaxProperties, 100_000)
	out.MaxParams = cmp.Or(out.MaxParams, 256)
	if out.Skipped == nil {
		out.Skipped = func(*SyntaxError) {}
	}
	return out
}

// Decode reads an iCalendar object leniently. It accepts names in any case,
// every kind of line end, a byte order mark, and text before and after the
// object. If several objects follow each other, Decode joins all that have the
// METHOD of the first. An object without METHOD has an empty Method.
//
// An object that is cut off or nested wrongly is passed over if there is a whole
// one beside it. If only the last END:VCALENDAR is missing, the object counts as
// whole. [Calendar.Skipped] says so in both cases.
//
// The error is a [*SyntaxError] if there is no whole object, or if the input is
// over a limit. Decode takes time linear in the input. If the zones, rules and dates
// of the input need more work than that, they are over a limit too.
func Decode(r io.Reader, o *DecodeOptions) (*Calendar, error) {
	opts := o.withDefaults()
	data, err := io.ReadAll(io.LimitReader(r, int64(opts.MaxBytes)+1))
	if err != nil {
		return nil, fmt.Errorf("ical: read: %w", err)
	}
	if len(data) > opts.MaxBytes {
		return nil, &SyntaxError{0, fmt.Errorf("%w: more than %d octets", ErrLimit, opts.MaxBytes)}
	}
	p, err := parseObjects(data, &opts)
	if err != nil {
		return nil, err
	}
	return p.calendar(newWorkBudget(len(data), len(p.objects)))
}

// calendar joins the objects. If none of them can be read, it returns the error
// of the first broken one.
func (p *objectParser) calendar(work *workBudget) (*Calendar, error) {
	var out *Calendar
	var skipped skipList
	for _, obj := range p.objects {
		c, err := obj.calendar(work)
		switch {
		case isLimit(err):
			return nil, err
		case err != nil:
			p.tellBroken(err)
			continue
		case out != nil && out.Method != c.Method:
			p.skipped.addf("another object, with METHOD %.40q", c.Method)
			continue
		}
		skipped.add(c.Skipped...)
		out = merge(out, c)
	}
	if out == nil {
		return nil, p.broken
	}
	skipped.add(p.skipped.texts...)
	out.Skipped = skipped.texts
	if len(p.objects) > 1 {
		out.Events = group(out.Events, out.Method)
	}
	return out, nil
}

// merge adds the events of another object to c, which may be nil.
func merge(c, more *Calendar) *Calendar {
	if c == nil {
		return more
	}
	c.Events = append(c.Events, more.Events...)
	if more.Stamp.After(c.Stamp) {
		c.Stamp = more.Stamp
	}
	return c
}
