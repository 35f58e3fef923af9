package ical

import "slices"

// Finding is one value that is legal but goes wrong in some client.
type Finding struct {
	// Rule is the stable identifier of the rule, such as "summary-length".
	Rule string `json:"rule"`
	// Severity says whether the event should be sent at all.
	Severity Severity `json:"severity"`
	// Field is the path of the value, such as "Attendees[2].Email".
	Field string `json:"field"`
	// Text is one sentence that names the client and its behaviour.
	Text string `json:"text"`
	// Source is the document that says so, or the way in which it was found.
	Source string `json:"source"`
	// Clients are the clients that behave so.
	Clients []string `json:"clients"`
}

// Severity is how bad a [Finding] is.
type Severity string

// The values of [Severity].
const (
	// SeverityError: a client refuses the mail, or shows another meeting than was meant.
	SeverityError Severity = "error"
	// SeverityWarning: a client shows less than was written.
	SeverityWarning Severity = "warning"
)

// Lint reports values that a client will refuse, cut off or misread, in the
// order of the rules in docs/lint.md. It returns nil if there are none. For an
// override, it reports only findings that the series does not have too. It
// expects an event that [Event.Validate] accepts.
//
// Zones are judged as in a mail that is sent before the event begins. For other
// mails, see [Calendar.Lint].
func (e Event) Lint() []Finding {
	n, _ := e.inForm()
	return n.lintAll(newZoneChooser(&Calendar{Events: []Event{*n}}))
}

// lintAll reports the findings of a normalized event of a calendar, with its
// overrides.
func (e *Event) lintAll(zones *zoneChooser) []Finding {
	out := e.lint(zones)
	if len(e.Overrides) == 0 {
		return out
	}
	type place struct{ rule, field string }
	known := make(map[place]bool, len(out))
	for _, f := range out {
		known[place{f.Rule, f.Field}] = true
	}
	for i := range e.Overrides {
		if e.Overrides[i].Cancelled {
			continue
		}
		o := e.Override(i)
		for _, f := range o.lint(newZoneChooser(&Calendar{Events: []Event{o}})) {
			if !known[place{f.Rule, f.Field}] {
				f.Field = indexed("Overrides", i, f.Field)
				out = append(out, f)
			}
		}
	}
	return out
}

// lint reports the findings of one event of a calendar, without its overrides.
func (e *Event) lint(zones *zoneChooser) []Finding {
	var out []Finding
	x := newLintTarget(e, zones)
	for i := range allRules {
		r := &allRules[i]
		for _, h := range r.check(x) {
			text := r.text
			if h.detail != "" {
				text += " (" + h.detail + ")"
			}
			out = append(out, Finding{r.id, r.severity, h.field, text, r.source, slices.Clone(r.clients)})
		}
	}
	return out
}

// LintRules returns the identifiers of all rules, in the order of docs/lint.md.
func LintRules() []string {
	out := make([]string, len(allRules))
	for i := range allRules {
		out[i] = allRules[i].id
	}
	return out
}

// allRules is the table of all rules; docs/lint.md shows it.
var allRules = slices.Concat(lintRules, textRules, peopleRules, sizeRules, zoneRules, recurrenceRules, occurrenceRules)
