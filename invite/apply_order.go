package invite

import (
	"github.com/convene-go/convene/internal/address"
)

// checkOrder refuses an answer that [intake.checkNotOlder] refuses, or that the
// meeting holds already.
func (x *intake) checkOrder(a *Answer) error {
	last, ok, err := x.checkNotOlder(a)
	if err != nil {
		return err
	}
	if ok && (a.order().Compare(last.Order) == 0 && x.holds(a) || x.adjusted && x.holdsMail(a)) {
		return refuse(VerdictDuplicate, "is held already: %s", last)
	}
	return nil // a client that does not renew DTSTAMP: the later arrival counts
}

// checkNotOlder refuses an answer if a change has asked everybody anew since, or if
// the attendee's last answer or proposal for the occurrence is later. For a proposal,
// a has its attendee, occurrence, sequence, stamp and way. The DTSTAMP of the invitation
// is not compared, because clocks differ. checkNotOlder also returns that last answer or
// proposal. ok is false if there is none.
func (x *intake) checkNotOlder(a *Answer) (last answerOrProposal, ok bool, err error) {
	if floor := x.m.answerRecord().Floor(a.Email, a.RecurrenceID); a.Sequence < floor {
		return last, false, refuse(VerdictStale, "answers version %d; version %d asked everybody anew", a.Sequence, floor)
	}
	if anew := x.m.answerRecord().InvitedAnew(address.Key(a.Email), a.RecurrenceID); a.Sequence < anew {
		return last, false, refuse(VerdictStale, "answers version %d; with version %d %s was invited anew", a.Sequence, anew, a.Email)
	}
	if last, ok = x.latest(a); ok && a.order().Compare(last.Order) < 0 {
		return last, false, refuse(VerdictStale, "a later answer of %s counts: %s", a.Email, last)
	}
	return last, ok, nil
}

// holds reports whether the meeting has a already: as the last answer of the attendee
// for the occurrence, or as an earlier one that came in the same mail.
func (x *intake) holds(a *Answer) bool {
	newest := true
	for i := len(x.m.Answers) - 1; i >= 0; i-- {
		b := &x.m.Answers[i]
		if !address.Same(b.Email, a.Email) || !b.RecurrenceID.Equal(a.RecurrenceID) {
			continue
		}
		same := b.Sequence == a.Sequence && b.Stamp.Equal(a.Stamp) && b.Status == a.Status && b.Comment == a.Comment &&
			b.Guests == a.Guests && address.Same(b.DelegatedTo, a.DelegatedTo)
		if same && (newest || a.MessageID != "" && a.MessageID == b.MessageID) {
			return true
		}
		newest = false
	}
	return false
}

// checkRepeated refuses an answer that did not come by mail if the meeting has the
// answer of the same form or call, see [Meeting.Answer].
func (x *intake) checkRepeated(a *Answer) error {
	if a.MessageID == "" {
		return nil
	}
	for i := range x.m.Answers {
		b := &x.m.Answers[i]
		if b.MessageID != a.MessageID || b.Via != a.Via || !address.Same(b.Email, a.Email) {
			continue
		}
		same := b.Status == a.Status && b.Comment == a.Comment && b.RecurrenceID.Equal(a.RecurrenceID) &&
			b.Guests == a.Guests && address.Same(b.DelegatedTo, a.DelegatedTo)
		return repeated(same, b.describe())
	}
	return nil
}

// checkProposedAgain is checkRepeated for a proposal.
func (x *intake) checkProposedAgain(p *Proposal) error {
	if p.MessageID == "" {
		return nil
	}
	for i := range x.m.Proposals {
		if q := &x.m.Proposals[i]; q.MessageID == p.MessageID && q.Via == p.Via && address.Same(q.Email, p.Email) {
			return repeated(p.sameMail(*q), q.describe())
		}
	}
	return nil
}

// repeated refuses an answer that a form or a call gives again. same is false if it said something
// else before.
func repeated(same bool, before string) error {
	if same {
		return refuse(VerdictDuplicate, "is held already: %s", before)
	}
	return refuse(VerdictStale, "was taken in already, and said something else: %s", before)
}
