package invite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Plan is what a call will send, before anything is sent.
type Plan struct {
	// Event is the meeting as it will be.
	Event ical.Event
	// Notices are the mails, in the order of the attendees.
	Notices []Notice
}

// Notice is one calendar object for one attendee, and why they get it.
type Notice struct {
	// Attendee is the recipient.
	Attendee ical.Attendee
	// Method and Sequence are those of the object.
	Method   ical.Method
	Sequence int
	// Reason says in words why the attendee gets this.
	Reason string
	// Event is the meeting as the attendee may see it. Notices that show the
	// same share one value, which must not be changed.
	Event *ical.Event
}

// PlanSend returns what [Client.Send] sends for e, and sends nothing. Only the
// options about who sees what, the clock and the identifiers matter to it.
func PlanSend(e ical.Event, o *Options) (*Plan, error) {
	return planSend(e, o.withDefaults(nil))
}

func planSend(e ical.Event, o *Options) (*Plan, error) {
	if e.UID == "" {
		e.UID = o.NewID()
	}
	if err := check(&e, o); err != nil {
		return nil, err
	}
	p := &Plan{Event: own(e)}
	for _, a := range p.Event.Attendees {
		if address.Same(a.Email, e.Organizer.Email) {
			continue // a request to its organizer makes Outlook show two meetings
		}
		p.Notices = append(p.Notices, Notice{
			Attendee: a, Method: ical.MethodRequest, Sequence: e.Sequence,
			Reason: "is invited", Event: &p.Event,
		})
	}
	if len(p.Notices) == 0 {
		return nil, fmt.Errorf("invite: %w", &ical.FieldError{Field: "Attendees", Err: errors.New("has nobody but the organizer")})
	}
	if o.HideGuests {
		p.hideGuests()
	}
	return p, nil
}

// hideGuests gives each notice an event of its own, with one attendee. An
// occurrence with attendees of its own does not take place for those who are
// not among them; without anyone it would inherit those of the series.
func (p *Plan) hideGuests() {
	for i := range p.Notices {
		n := &p.Notices[i]
		e := *n.Event
		e.Attendees = []ical.Attendee{n.Attendee}
		e.Overrides = slices.Clone(e.Overrides)
		for j := range e.Overrides {
			list := e.Overrides[j].Attendees
			e.Overrides[j].Attendees = only(list, n.Attendee.Email)
			if len(list) > 0 && len(e.Overrides[j].Attendees) == 0 {
				e.Overrides[j].Cancelled = true
			}
		}
		n.Event = &e
	}
}

// only returns the attendees of that address.
func only(list []ical.Attendee, email string) []ical.Attendee {
	var out []ical.Attendee
	for _, a := range list {
		if address.Same(a.Email, email) {
			out = append(out, a)
		}
	}
	return out
}

// check refuses an event before anything is sent.
func check(e *ical.Event, o *Options) error {
	if o.Shared && o.HideGuests {
		return errors.New("invite: Shared and HideGuests exclude each other: a shared mail shows all addresses")
	}
	if err := e.Validate(); err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	var bad []ical.Finding
	for _, f := range e.Lint() {
		if f.Severity == ical.Error && !slices.Contains(o.AllowLint, f.Rule) {
			bad = append(bad, f)
		}
	}
	if len(bad) > 0 {
		return &LintError{bad}
	}
	return nil
}

// addresses are the recipients of notices, for people.
func addresses(list []Notice) string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Attendee.Email
	}
	return strings.Join(out, ", ")
}
