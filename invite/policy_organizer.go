package invite

import (
	"fmt"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// VerifyOrganizer returns nil if a mail comes from the organizer whom its calendar object
// names, and otherwise an error that says why not. It is for the attendee's side: a
// program that answers by itself, such as a room, calls it before it believes a request or
// a cancellation. The rules are those for answers, with the organizer in place of the
// attendee: one author, the results of your own server, and SENT-BY.
//
// An organizer desk+TOKEN@example.com, see [ReplyAddress], is also believed from
// desk@example.com. Uninvited, GroupMember, Delegates and ReplyAddress of the policy do not
// matter. A mail of another kind, such as an answer, is an error.
//
// It does not say whether you know the organizer. Nor does it know the earlier mails: a
// later mail about a meeting counts only if its organizer is the organizer of the first.
func (p *Policy) VerifyOrganizer(in *Inbound) error {
	if err := p.withDefaults().checkOrganizer(in); err != nil {
		return fmt.Errorf("invite: the mail %w", err)
	}
	return nil
}

func (p *Policy) checkOrganizer(in *Inbound) error {
	switch in.Kind {
	case KindRequest, KindAdd, KindCancel, KindDeclineCounter:
	default:
		return refuse(VerdictNotAnAnswer, "is no mail of an organizer: %s", in.Kind)
	}
	if in.Event == nil || in.Event.Organizer.Email == "" {
		return refuse(VerdictUnverified, "names no organizer")
	}
	if p.InsecureAnyFrom {
		return nil
	}
	from, err := soleAuthor(in)
	if err != nil {
		return err
	}
	if err := p.mayInvite(from, in.Event.Organizer); err != nil {
		return err
	}
	if err := p.authenticated(in, domainOf(from)); err != nil {
		return err
	}
	if in.Quoted {
		return refuse(VerdictHeld, "is from %s, but the calendar object stands in a message that the mail passes on", from)
	}
	return nil
}

// mayInvite decides whether a mailbox speaks for an organizer.
func (p *Policy) mayInvite(from string, o ical.Person) error {
	switch {
	case address.Same(from, o.Email), address.Same(from, withoutDetail(o.Email)):
		return nil
	case o.SentBy == "" || !address.Same(from, o.SentBy):
		return refuse(VerdictUnverified, "is from %s, and its organizer is %.254s", from, o.Email)
	case p.ListedSentBy || domainOf(from) != domainOf(o.Email):
		return refuse(VerdictUnverified, "is from %s, who says to act for %.254s", from, o.Email)
	}
	return nil
}

// withoutDetail returns an address without the part from the first + to the @ (RFC 5233,
// section 4).
func withoutDetail(email string) string {
	at := strings.LastIndexByte(email, '@')
	if plus := strings.IndexByte(email, '+'); plus > 0 && plus < at {
		return email[:plus] + email[at:]
	}
	return email
}
