package main

import (
	"context"
	"errors"
	"io"

	"github.com/convene-go/convene/ical"
)

// lint prints what is wrong with an event, and what some client will misread.
func lint(_ context.Context, f *flags, stdout io.Writer) error {
	e, err := readEvent(f.files[0])
	if err != nil {
		return err
	}
	findings := append(invalid(e.Validate()), e.Lint()...)
	refused := false
	for _, found := range findings {
		refused = refused || found.Severity == ical.SeverityError
		if err := printLine(stdout, found); err != nil {
			return err
		}
	}
	if refused {
		return errRefused
	}
	return nil
}

// invalid makes findings of the errors of Validate.
func invalid(err error) []ical.Finding {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var out []ical.Finding
	for _, part := range joined.Unwrap() {
		var fe *ical.FieldError
		if errors.As(part, &fe) {
			out = append(out, ical.Finding{Rule: "invalid", Severity: ical.SeverityError, Field: fe.Field,
				Text: fe.Err.Error(), Source: "RFC 5545", Clients: []string{}})
		}
	}
	return out
}
