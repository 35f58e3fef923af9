package main

import (
	"context"
	"io"
	"slices"
	"strings"

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
	findings := slices.Concat(invalid(e.Validate()), misread(f, e), past(f, &e))
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

// misread returns the findings about a request that is sent now. Its time decides
// which occurrences of an old series the zone must be right for.
func misread(f *flags, e ical.Event) []ical.Finding {
	c := &ical.Calendar{Method: ical.MethodRequest, Stamp: f.now, Events: []ical.Event{e}}
	found := c.Lint()
	for i := range found {
		found[i].Field = strings.TrimPrefix(found[i].Field, "Events[0].")
	}
	return found
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
