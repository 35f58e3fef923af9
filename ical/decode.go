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
// The error is a [*SyntaxError] if the object is cut off, nested wrongly or
// over a limit. Decode takes time linear in the input.
func Decode(r io.Reader, o *DecodeOptions) (*Calendar, error) {
	opts := o.withDefaults()
	data, err := io.ReadAll(io.LimitReader(r, int64(opts.MaxBytes)+1))
	if err != nil {
		return nil, fmt.Errorf("ical: read: %w", err)
	}
	if len(data) > opts.MaxBytes {
		return nil, &SyntaxError{0, fmt.Errorf("%w: more than %d octets", ErrLimit, opts.MaxBytes)}
	}
	objects, err := parseObjects(data, &opts)
	if err != nil {
		return nil, err
	}
	var out *Calendar
	for _, obj := range objects {
		c, err := obj.calendar()
		if err != nil {
			return nil, err
		}
		out = merge(out, c)
	}
	if len(objects) > 1 {
		out.Events = group(out.Events, out.Method)
	}
	return out, nil
}

// merge adds the events of another object to c if both have the same method.
func merge(c, more *Calendar) *Calendar {
	if c == nil {
		return more
	}
	if c.Method == more.Method {
		c.Events = append(c.Events, more.Events...)
		c.Skipped = append(c.Skipped, more.Skipped...)
		if more.Stamp.After(c.Stamp) {
			c.Stamp = more.Stamp
		}
	}
	return c
}
