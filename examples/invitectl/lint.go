package main

import (
	"context"
	"io"

	"github.com/convene-go/convene/ical"
)

// lint prints the errors of an event, and each property that some client will
// misread.
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

// invalid turns the errors of Validate into findings.
func invalid(err error) (out []ical.Finding) {
	for _, e := range ical.FieldErrors(err) {
		out = append(out, ical.Finding{Rule: "invalid", Severity: ical.SeverityError, Field: e.Field,
			Text: e.Err.Error(), Source: "RFC 5545", Clients: []string{}})
	}
	return out
}
