package invite

import (
	"strconv"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
)

// identify returns the attendee who answers, and checks that the mail comes from
// them. The attendee is found by the token in the address that the answer came
// to, by ATTENDEE, or by From, in this order. A token needs no other proof.
func (x *intake) identify(s statement, at series.Target) (ical.Attendee, error) {
	said := s.attendee
	invited, known := x.m.attendee(said.Email, at)
	if x.token.email != "" && (!known || address.Same(said.Email, x.token.email)) {
		// An answer of another attendee of the meeting, to an invitation that
		// was forwarded, goes the ordinary way.
		return x.byToken(at)
	}
	switch {
	case known:
		return invited, x.p.check(&x.in, invited, said)
	case said.Email == "" && len(s.event.Attendees) == 0:
		return invited, refuse(VerdictNotAnAnswer, "names no attendee")
	case said.Email == "":
		return invited, refuse(VerdictHeld, "names %d attendees, none of which is its sender", len(s.event.Attendees))
	}
	if invited, known = x.m.attendee(author(x.in.Mail), at); known {
		return invited, x.p.check(&x.in, invited, said)
	}
	return x.uninvited(said, at)
}

// byToken returns the attendee whom a verified token names.
func (x *intake) byToken(at series.Target) (ical.Attendee, error) {
	if a, ok := x.m.attendee(x.token.email, at); ok {
		return a, nil
	}
	return ical.Attendee{}, refuse(VerdictUnknownAttendee, "%s is not invited any more", x.token.email)
}

// uninvited decides on somebody who is not invited, as [Policy].Uninvited says. It
// returns them as they join the meeting.
func (x *intake) uninvited(said ical.Attendee, at series.Target) (ical.Attendee, error) {
	if from, ok := x.m.attendee(said.DelegatedFrom, at); ok {
		return said, refuse(VerdictHeld, "%s answers for %s, who has not delegated to them", said.Email, from.Email)
	}
	switch x.p.Uninvited {
	case UninvitedHold:
		return said, refuse(VerdictHeld, "%s is not invited", said.Email)
	case UninvitedAdd:
		guest := ical.Attendee{Name: said.Name, Email: said.Email, Role: ical.RoleOptional}
		if err := x.p.check(&x.in, guest, said); err != nil {
			return guest, err
		}
		if x.in.Kind != KindReply {
			return guest, refuse(VerdictHeld, "%s is not invited, and does not answer", said.Email)
		}
		return guest, validAddress(said.Email)
	}
	return said, refuse(VerdictUnknownAttendee, "%s is not invited", said.Email)
}

// validAddress refuses an address that could not be written into the next
// request.
func validAddress(email string) error {
	if _, err := address.ASCII(email); err != nil {
		return refuse(VerdictHeld, "%.80q %v", email, err)
	}
	return nil
}

// guests returns the number of people that the attendee brings along. It is 0 if
// the answer gives none, or no number from 0 to 10,000.
//
// QUIRK: Google writes it as a parameter: testdata/replies/gmail.eml.
func guests(a ical.Attendee) int {
	v := a.Params["X-NUM-GUESTS"]
	if len(v) == 0 {
		return 0
	}
	n, err := strconv.Atoi(v[0])
	if err != nil || n < 0 || n > 10_000 {
		return 0
	}
	return n
}
