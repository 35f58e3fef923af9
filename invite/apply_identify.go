package invite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/series"
)

// identify returns the attendee who answers, and checks that the mail comes from
// them. The attendee is found by the token in the address that the answer came
// to, by ATTENDEE, or by From, in this order. A token needs no other proof.
func (x *intake) identify(s statement, at series.Target) (ical.Attendee, error) {
	x.stranger = false
	said := s.attendee
	invited, known := x.m.attendee(said.Email, at)
	if x.token.email != "" && (!known || address.Same(said.Email, x.token.email)) {
		// An answer of another attendee of the meeting, to an invitation that
		// was forwarded, goes the ordinary way.
		return x.byToken(said, at)
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

// byToken returns the attendee whom a verified token names. The token of a group does
// not say which of its members answers, and nobody answers for all of them. If the attendee
// passes on the answer of somebody else, it is not theirs.
func (x *intake) byToken(said ical.Attendee, at series.Target) (ical.Attendee, error) {
	a, ok := x.m.attendee(x.token.email, at)
	switch {
	case !ok:
		return ical.Attendee{}, refuse(VerdictUnknownAttendee, "%s is not invited any more", x.token.email)
	case a.Kind == ical.KindGroup && said.Email != "" && !address.Same(said.Email, a.Email):
		return x.uninvited(said, at)
	case x.in.Quoted && said.Email != "" && !address.Same(said.Email, a.Email):
		return a, refuse(VerdictHeld, "came to the address of %s, but the answer of %.254s stands in a message that the mail passes on", a.Email, said.Email)
	}
	return a, nil
}

// uninvited decides on somebody who is not invited, as Policy.GroupMember and
// Policy.Uninvited say. It returns them as they join the meeting.
func (x *intake) uninvited(said ical.Attendee, at series.Target) (ical.Attendee, error) {
	if from, ok := x.m.attendee(said.DelegatedFrom, at); ok {
		return said, refuse(VerdictHeld, "%s answers for %s, who has not delegated to them", said.Email, from.Email)
	}
	guest := ical.Attendee{Name: foreignLine(said.Name, mostName), Email: said.Email, Role: ical.RoleOptional}
	groups := groupsOf(x.m.attendees(at))
	if x.p.Uninvited == UninvitedHold && x.p.GroupMember == nil || len(groups) > 0 && x.p.GroupMember == nil && x.p.Uninvited != UninvitedAdd {
		return guest, refuse(VerdictHeld, "%s", notInvited(said.Email, groups, false))
	}
	// An assistant cannot bring anybody in, so SENT-BY does not count. Nobody is asked
	// about an address that the mail is not proven to come from.
	if err := x.p.check(&x.in, guest, ical.Attendee{Email: said.Email}); err != nil {
		return guest, err
	}
	if err := validAddress(said.Email); err != nil {
		return guest, err
	}
	i := x.group(groups, guest)
	switch {
	case i >= 0:
		guest.Role = groups[i].Role
	case x.p.Uninvited == UninvitedHold:
		return guest, refuse(VerdictHeld, "%s", notInvited(said.Email, groups, true))
	case x.p.Uninvited != UninvitedAdd:
		return guest, refuse(VerdictUnknownAttendee, "%s", notInvited(said.Email, groups, true))
	default:
		x.stranger = true
	}
	if x.in.Kind != KindReply {
		return guest, refuse(VerdictHeld, "%s is not invited, and does not answer", said.Email)
	}
	if x.joined++; x.joined > mostJoined && !at.Start.IsZero() {
		return guest, refuse(VerdictHeld, "%s is not invited, and answers more than %d occurrences", said.Email, mostJoined)
	}
	return guest, nil
}

// group returns the index of the first group that somebody is a member of, or -1. It
// asks Policy.GroupMember once for each group and mail.
func (x *intake) group(groups []ical.Attendee, guest ical.Attendee) int {
	if x.p.GroupMember == nil {
		return -1
	}
	return slices.IndexFunc(groups, func(g ical.Attendee) bool {
		pair := [2]string{address.Key(g.Email), address.Key(guest.Email)}
		is, asked := x.members[pair]
		if !asked {
			is = x.p.GroupMember(g, guest)
			if x.members == nil {
				x.members = make(map[[2]string]bool)
			}
			x.members[pair] = is
		}
		return is
	})
}

// groupsOf returns the groups among some attendees.
func groupsOf(list []ical.Attendee) (out []ical.Attendee) {
	for i := range list {
		if list[i].Kind == ical.KindGroup {
			out = append(out, list[i])
		}
	}
	return out
}

// mostGroups limits the groups that a reason names.
const mostGroups = 3

// notInvited says that an address is not invited, and which groups are. checked says
// that the address is known to be in none of them.
func notInvited(email string, groups []ical.Attendee, checked bool) string {
	text := fmt.Sprintf("%.254s is not invited", email)
	if len(groups) == 0 {
		return text
	}
	var names []string
	for _, g := range groups[:min(len(groups), mostGroups)] {
		names = append(names, g.Email)
	}
	named := strings.Join(names, ", ")
	if n := len(groups) - len(names); n > 0 {
		named += fmt.Sprintf(" and %d more", n)
	}
	switch {
	case checked:
		return text + ", and is no member of " + named
	case len(groups) == 1:
		return fmt.Sprintf("%s; %s is a group, and %.254s may be one of its members", text, named, email)
	}
	return fmt.Sprintf("%s; %s are groups, and %.254s may be a member of one", text, named, email)
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
	if err != nil || n < 0 || n > mostGuests {
		return 0
	}
	return n
}
