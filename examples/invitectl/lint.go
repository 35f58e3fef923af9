package main

import (
	"context"
	"io"
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// lint prints the errors of an event, each property that some client will misread,
// and whether it lies in the past.
func lint(_ context.Context, f *flags, stdout io.Writer) error {
	e, err := readEvent(f.files[0])
	if err != nil {
		return err
	}
	findings := slices.Concat(invalid(e.Validate()), e.Lint(), past(f, &e))
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

// past returns a warning if the event can be sent, and nobody would be mailed. The
// reason is that it lies wholly in the past by the clock of the command line.
func past(f *flags, e *ical.Event) []ical.Finding {
	p, err := invite.New(nil, f.options(nil, e)).PlanSend(*e)
	if err != nil || len(p.Notices) > 0 {
		return nil
	}
	return []ical.Finding{{Rule: "start-past", Severity: ical.SeverityWarning, Field: "Start",
		Text: "the meeting lies wholly in the past, so nobody is mailed", Source: "invite.Client.Send", Clients: []string{}}}
}
