package invite

import (
	"context"
	"errors"
	"fmt"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Invite sends the current request to some of the attendees again: to those that
// [Outcome] names because somebody delegated to them or because they asked with
// METHOD:REFRESH. Who is invited to single occurrences only gets these. The
// sequence stays, as nothing changes (RFC 5546, section 2.1.4). The Meeting that
// comes back records the mails; errors are those of [Client.Send].
func (c *Client) Invite(ctx context.Context, m *Meeting, emails []string, opts ...SendOption) (*Meeting, error) {
	o := c.options.forMeeting(m, opts)
	out := m.clone()
	p := newPlan(out.Event)
	for _, email := range emails {
		list := out.invitations(email, p.indexes)
		if len(list) == 0 {
			return nil, fmt.Errorf("invite: %.80q: is not an attendee of the meeting", email)
		}
		p.notices = append(p.notices, list...)
	}
	if len(p.notices) == 0 {
		return nil, errors.New("invite: nobody to invite")
	}
	return c.carryOut(ctx, p, out, "", o)
}

// invitations are what one attendee is invited to.
func (m *Meeting) invitations(email string, x indexes) []notice {
	if address.Same(email, m.Event.Organizer.Email) {
		return nil
	}
	var out []notice
	for _, e := range x.view(&m.Event, email).events() {
		out = append(out, request(&e.Attendees[x.find(e.Attendees, address.Key(email))], e))
	}
	return out
}

func request(a *ical.Attendee, e *ical.Event) notice {
	reason := "gets the current version"
	if a.DelegatedFrom != "" {
		reason = "comes instead of " + a.DelegatedFrom
	}
	return notice{attendee: a, content: &content{method: ical.MethodRequest, sequence: e.Sequence, reason: reason, event: e}}
}
