package invite

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/series"
)

// sending returns the options that an invitation needs. planning adds the others.
func (s *settings) sending() *plan.Options {
	return &plan.Options{Now: s.Now, NewID: s.NewID, Check: s.check, AllowPast: s.allowPast, WholeSeries: s.WholeSeries}
}

// planned returns the part of a meeting that a plan is made from.
func (s *settings) planned(m *Meeting) *plan.Meeting {
	out := m.planned()
	out.WholeSeries = s.WholeSeries
	return out
}

// planning returns the options of a plan.
func (s *settings) planning() *plan.Options {
	o := s.sending()
	o.Levels, o.TellDeclined = s.levels(), s.TellDeclined
	return o
}

// cancelling returns the options of a plan that takes something out of a meeting. The
// rest was sent before, whatever the lint rules of this version say of it.
func (s *settings) cancelling() *plan.Options {
	o := s.planning()
	o.Check = s.checkValid
	return o
}

// levels returns the level of every field. If guests are hidden, nobody sees a
// change of the list of attendees, so it is silent. With [TellAll] it is at least
// minor.
func (s *settings) levels() plan.Levels {
	out := s.Levels.all()
	switch {
	case s.hideGuests:
		out["attendees"] = plan.LevelSilent
	case s.tellAll:
		out["attendees"] = max(out["attendees"], plan.LevelMinor)
	}
	return out
}

// allows reports whether a call is sent even if a lint rule has findings. Package
// plan says itself if an invitation has nobody to go to, because an update may
// remove all attendees.
func (s *settings) allows(rule string) bool {
	return rule == "organizer-alone" || s.allowPast && rule == "start-past" || slices.Contains(s.allowLint, rule)
}

// checkCall refuses options of the client and of the call that no mail can have.
func (s *settings) checkCall() error {
	if err := s.checkRules(); err != nil {
		return err
	}
	if err := s.checkHeader(); err != nil {
		return err
	}
	return s.checkFiles()
}

// checkRules refuses a name in [AllowLint] that no rule has. A misspelt name would
// allow nothing.
func (s *settings) checkRules() error {
	if len(s.allowLint) == 0 {
		return nil
	}
	known := ical.LintRules()
	for _, rule := range s.allowLint {
		if !slices.Contains(known, rule) {
			return fieldError("AllowLint", fmt.Sprintf("%.60q is not a lint rule; the rules are %s", rule, strings.Join(known, ", ")))
		}
	}
	return nil
}

// check returns an error if an event must not be sent by the call.
func (s *settings) check(e *ical.Event) error {
	if err := s.checkValid(e); err != nil {
		return err
	}
	var bad []ical.Finding
	for _, f := range e.Lint() {
		if f.Severity == ical.SeverityError && !s.allows(f.Rule) {
			bad = append(bad, f)
		}
	}
	if len(bad) > 0 {
		return &LintError{bad}
	}
	return nil
}

// checkValid is check without the lint rules.
func (s *settings) checkValid(e *ical.Event) error {
	if s.oneMail && s.hideGuests {
		return errors.New("invite: OneMail and HideGuests exclude each other: a mail to all shows all addresses")
	}
	err := e.Validate()
	if err != nil && s.stored != nil {
		err = s.withoutStoredLinks(e).Validate()
	}
	if err != nil {
		return invalid(err)
	}
	if err := s.Levels.check(); err != nil {
		return err
	}
	return checkOverrides(e)
}

// checkOverrides refuses overrides of occurrences that the series does not have,
// and overrides with another organizer.
func checkOverrides(e *ical.Event) error {
	if len(e.Overrides) == 0 {
		return nil
	}
	starts := make([]time.Time, len(e.Overrides))
	for i := range e.Overrides {
		starts[i] = e.Overrides[i].RecurrenceID
	}
	inRule := series.StartsInRule(e, starts)
	for i, o := range e.Overrides {
		if !inRule[o.RecurrenceID.Unix()] {
			return fieldError(fmt.Sprintf("Overrides[%d].RecurrenceID", i), plan.NoOccurrence(e, o.RecurrenceID))
		}
		if by := o.Organizer.Email; by != "" && !address.Same(by, e.Organizer.Email) {
			return fieldError(fmt.Sprintf("Overrides[%d].Organizer.Email", i), "is not that of the series")
		}
	}
	return nil
}
