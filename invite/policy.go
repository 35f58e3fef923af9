package invite

import (
	"cmp"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/mailauth"
)

// Policy says who may answer.
//
// The zero value, which nil stands for, needs no setting:
//
//   - The mail's only From must be the attendee, or the assistant whom the meeting
//     names in the attendee's SentBy, or the SENT-BY of the answer in the attendee's
//     domain.
//   - Answers of people who are not invited are refused. If a group is invited, they
//     are held, because they may be of its members.
//   - If the topmost Authentication-Results field, or another field of the same
//     server directly below it, speaks of DKIM, SPF or DMARC, one of them must have
//     passed for the domain of From, and DMARC must not have failed. AuthServID has
//     the rules.
//
// It is as safe as the server that the mail came through. If the server neither
// checks nor says so, From alone decides, and anybody can write a From. If a wrong
// answer does harm, use [Strict] with the name of your own server, or a
// [ReplyAddress].
//
// If a webhook handed the mail over, ReadOptions.Verified takes the place of the
// fields in the mail, and AuthServID does not matter. An empty list that is not nil
// means that the service has no results, and RequireAuth refuses the mail.
// ReadOptions.Recipient is an address for ReplyAddress. It proves nothing else.
type Policy struct {
	// AuthServID is the identifier that your own server writes into
	// Authentication-Results (RFC 8601, section 2.5). The case of ASCII letters
	// does not matter. [NoAuthServID] stands for fields without an identifier,
	// which must be on top of all. "" stands for the server of the topmost field.
	//
	// The leading fields of that server are judged together. They end at the
	// first field of another server.
	//
	//   - The first of them that speaks of DMARC, DKIM or SPF decides. If it says
	//     only that SPF passed for the domain of From, the next decides with it.
	//   - No pass below the deciding field counts.
	//   - A failure of DMARC counts in each field of the server, and is stronger
	//     than a pass. A DKIM pass for exactly the domain of From remains.
	AuthServID string
	// RequireAuth asks for DMARC pass, or DKIM pass of a domain that is aligned
	// with From (RFC 7489, section 3.1.1), in the fields of AuthServID or in
	// ReadOptions.Verified. If there are no Verified results and AuthServID is
	// "", it refuses the mail, because nothing can be trusted then. Also, a
	// bounce must name the Message-ID of a mail. Otherwise the UID, the SEQUENCE
	// and the recipient are enough for a mail of the last seven days, and every
	// attendee can forge such a bounce. Every recipient of a mail to several
	// ([OneMail]) knows its Message-ID, so RequireAuth holds a bounce of it. An
	// answer by mail takes any bounce back. In any case a bounce in words alone must
	// name the Message-ID and the recipient, and is held otherwise.
	RequireAuth bool
	// ListedSentBy accepts an answer by an assistant only if the meeting names
	// the assistant in the attendee's SentBy, and holds others. Otherwise SENT-BY
	// in the answer counts if its domain is the attendee's. That is too lax if
	// the domain belongs to a public mail provider.
	ListedSentBy bool
	// InsecureAnyFrom accepts an answer from every mailbox, whatever a server
	// says of it. It also believes a bounce in words that would be held for a doubt.
	InsecureAnyFrom bool
	// Uninvited decides about answers of people who are not invited. If it is "",
	// they are refused, or held if a group is invited, see GroupMember.
	Uninvited Uninvited
	// GroupMember reports whether somebody who is not invited is a member of a
	// group that is invited (an attendee of [ical.KindGroup]). A member joins the
	// meeting by a reply, as with [UninvitedAdd], in the role of the group. If it
	// reports false, Uninvited decides. If it is nil, the members are not known.
	// Then [UninvitedRefuse] holds the answer, so that a person can decide. In any
	// case the mail must show that it comes from the person who answers, before
	// GroupMember is called, and SENT-BY does not count.
	GroupMember func(group, person ical.Attendee) bool
	// Delegates decides about delegates who are not invited yet. If it is "", an
	// attendee may have one delegate who has not answered, and others are held.
	Delegates Delegates
	// ReplyAddress verifies the tokens in the addresses that answers come to.
	// An answer with a valid token needs no other proof. An answer with only
	// invalid tokens is refused. If it is nil, tokens do not matter. Use the
	// same value as in [Options].
	ReplyAddress *ReplyAddress
	// Now is the clock by which tokens expire, and the time of receipt of a mail. No
	// DTSTAMP counts as later, see [Meeting.Apply]. It also gives the Time of a Delivery
	// that did not arrive. If it is nil, time.Now is used.
	Now func() time.Time
}

// Uninvited decides about answers of people who are not invited.
type Uninvited string

// The values of [Uninvited].
const (
	// UninvitedRefuse: the verdict is [VerdictUnknownAttendee], or [VerdictHeld] if
	// a group is invited whose members are not known. [Client.Refuse] tells the
	// person that they are not invited.
	UninvitedRefuse Uninvited = ""
	// UninvitedHold: the verdict is [VerdictHeld].
	UninvitedHold Uninvited = "hold"
	// UninvitedAdd: the person becomes an optional attendee by a reply, if the mail
	// is theirs. A proposal of theirs is held.
	UninvitedAdd Uninvited = "add"
)

// Delegates decides about delegates who are not invited yet. In any case these limits
// hold:
//
//   - A mail may name 10 new delegates, and a meeting may have 100 delegates.
//   - An attendee may have five delegates, for 50 dates together. At most 10 of their
//     delegations may be waiting for the answer of the delegate. The delegates of
//     delegates count for the first attendee.
//   - A person whom [UninvitedAdd] lets in cannot delegate by the same answer.
//   - If an Update removes a delegate, the attendee does not wait for their answer any
//     more, and may name another. The removed delegate still counts among the five and
//     the 100 as long as the meeting has the answer that names them. If they are named
//     again, the delegation is held.
//
// If the policy or a limit keeps a delegate out, the answer is held, and
// [Outcome].Reason says why. To let the delegate in, apply the same mail with another
// value of Delegates, or add them to the attendees with [Client.Update], which also
// works beyond the limits. [Meeting.Answer] decides as the zero Policy does.
type Delegates string

// The values of [Delegates].
const (
	// DelegatesOne: an attendee may have one delegate who has not answered, in the
	// whole meeting and all occurrences. Others are held.
	DelegatesOne Delegates = ""
	// DelegatesHold: every new delegate is held, so that a person can decide.
	DelegatesHold Delegates = "hold"
	// DelegatesDomain: as DelegatesOne, and only in the domain of the attendee.
	DelegatesDomain Delegates = "domain"
	// DelegatesAllow: an attendee may have several delegates, up to the limits.
	DelegatesAllow Delegates = "allow"
)

// NoAuthServID is the Policy.AuthServID of a server that writes
// Authentication-Results without an identifier, as Exchange Online does. The
// topmost field of all must have none. Otherwise nothing is trusted.
const NoAuthServID = "-"

// Strict returns the policy that trusts the checks of your own mail server alone.
// authServID is the name that the server writes into the Authentication-Results
// fields of every mail. It is often its host name, such as mx.example.com. If it
// is "", only ReadOptions.Verified is trusted. See [NoAuthServID].
func Strict(authServID string) *Policy {
	return &Policy{AuthServID: authServID, RequireAuth: true, ListedSentBy: true}
}

// InsecureAcceptAny returns the policy that believes every answer in the name of
// an attendee. It is for tests, and for mailboxes that only the program itself
// can write to.
func InsecureAcceptAny() *Policy { return &Policy{InsecureAnyFrom: true} }

// withDefaults returns a copy of p with a clock. Nil stands for the zero value.
func (p *Policy) withDefaults() *Policy {
	out := new(Policy)
	if p != nil {
		*out = *p
	}
	if out.Now == nil {
		out.Now = time.Now
	}
	return out
}

// check refuses a mail that does not show that it comes from an attendee. said is
// the attendee as the answer has it.
func (p *Policy) check(in *Inbound, invited, said ical.Attendee) error {
	if p.InsecureAnyFrom {
		return nil
	}
	from, err := soleAuthor(in)
	if err != nil {
		return err
	}
	if err := p.mayAnswer(from, invited, said); err != nil {
		return err
	}
	if err := p.authenticated(in, domainOf(from)); err != nil {
		return err
	}
	if in.Quoted {
		return refuse(VerdictHeld, "is from %s, but the answer stands in a message that the mail passes on", from)
	}
	return nil
}

// soleAuthor returns the only author of a mail.
func soleAuthor(in *Inbound) (string, error) {
	from := author(in.Mail)
	if from == "" {
		return "", refuse(VerdictUnverified, "has %d authors, one is needed", len(in.Mail.From))
	}
	if address.HasLookalike(from) {
		return "", refuse(VerdictUnverified, "is from %+q, which has a character that mail servers take for ASCII", from)
	}
	return from, nil
}

// mayAnswer decides whether a mailbox speaks for an attendee.
func (p *Policy) mayAnswer(from string, invited, said ical.Attendee) error {
	switch {
	case address.Same(from, invited.Email):
		return nil
	case invited.SentBy != "" && address.Same(from, invited.SentBy):
		return nil
	case said.SentBy == "" || !address.Same(from, said.SentBy):
		return refuse(VerdictUnverified, "is from %s, and answers for %s", from, invited.Email)
	case p.ListedSentBy:
		return refuse(VerdictHeld, "%s says to act for %s, which the meeting does not know", from, invited.Email)
	case domainOf(from) != domainOf(invited.Email):
		return refuse(VerdictUnverified, "%s says to act for %s of another domain", from, invited.Email)
	}
	return nil
}

// authenticated checks the results of a server.
func (p *Policy) authenticated(in *Inbound, domain string) error {
	if len(in.Verified) > 0 || in.Verified != nil && p.RequireAuth {
		return p.proven(mailauth.All(in.Verified, domain), domain, "the service that handed it over")
	}
	if p.RequireAuth && p.AuthServID == "" {
		return refuse(VerdictUnverified, "no server is named whose Authentication-Results count")
	}
	by := cmp.Or(p.AuthServID, "a server")
	if by == NoAuthServID {
		by = "a server without an identifier"
	}
	return p.proven(mailauth.Leading(in.Mail.Auth, p.AuthServID, domain), domain, by)
}

// proven decides on the results of a server that is trusted. by is its name.
func (p *Policy) proven(v mailauth.Result, domain, by string) error {
	switch {
	case v.DMARC || v.DKIM, !p.RequireAuth && (v.SPF || !v.Checked):
		return nil
	case !v.Checked:
		return refuse(VerdictUnverified, "no result of %s says that it is from %s", by, domain)
	}
	return refuse(VerdictUnverified, "is not proven to be from %s: %s", domain, v.Text)
}

// domainOf returns the domain of an address, in the form of [address.Key].
func domainOf(email string) string {
	key := address.Key(email)
	return key[strings.LastIndexByte(key, '@')+1:]
}
