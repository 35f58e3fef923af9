package invite

import (
	"errors"
	"fmt"
)

// Outcome says what [Meeting.Apply], [Meeting.Answer], [Meeting.Propose] or
// [Meeting.Undelivered] did with the mail, answer, proposal or report.
type Outcome struct {
	// Verdict is the result for programs.
	Verdict Verdict `json:"verdict"`
	// Reason is the result in words, for people and logs.
	Reason string `json:"reason"`
	// Held reports whether a person has to decide: about the mail, or about a part of it
	// if the mail says several things. Then Reason begins with the part that is held, and
	// the mail should be kept. It can be applied again later.
	Held bool `json:"held,omitempty"`
	// Invite has the attendees who should get the current request now, because
	// somebody delegated to them or because they asked for it. Give them to
	// [Client.Reinvite]. Somebody who asks too often is not named.
	Invite []string `json:"invite,omitempty"`
	// Letter is the letter of a person that is held, and nil in all other cases.
	// Applying it again changes nothing. If it is an answer, give it to
	// [Meeting.Answer].
	Letter *Letter `json:"letter,omitempty"`
}

// Letter is a mail in which a person writes to a meeting in words alone, as "Yes, I'll be
// there". Nothing in it is understood, so a person has to read it. It is held only if it
// came to an address with a valid token of the meeting, see [ReplyAddress].
type Letter struct {
	// Email is the attendee whom the token names. It is "" if the token is of all
	// attendees together ([OneMail]).
	Email string `json:"email,omitempty"`
	// From is the author of the mail, which nothing proves. It is "" if there is not
	// exactly one.
	From string `json:"from,omitempty"`
	// Text is the text of the mail without control characters, and at most 8 KiB of it.
	// It is the text of a stranger, so escape it. It is "" if there is none, or if the
	// mail is encrypted.
	Text string `json:"text,omitempty"`
}

// isFiled reports whether nobody looks at a mail with this verdict.
func isFiled(v Verdict) bool {
	switch v {
	case VerdictDuplicate, VerdictStale, VerdictUnknownEvent, VerdictNotAnAnswer:
		return true
	}
	return false
}

// Verdict is the result of taking in a mail, an answer, a proposal or a report.
// Only [VerdictApplied] and [VerdictUndeliverable] come with a changed Meeting.
type Verdict string

// The values of [Verdict].
const (
	// VerdictApplied: the meeting holds the answer or the proposal now.
	VerdictApplied Verdict = "applied"
	// VerdictDuplicate: the meeting holds it already.
	VerdictDuplicate Verdict = "duplicate"
	// VerdictStale: a later answer of the same attendee counts, or a change of the
	// meeting has asked everybody anew, or the attendee was invited anew since, or
	// the series has moved since and the answer is about one occurrence, or the
	// meeting or the occurrence is cancelled.
	VerdictStale Verdict = "stale"
	// VerdictUnknownEvent: it is about another meeting, or about an occurrence that
	// the series does not have.
	VerdictUnknownEvent Verdict = "unknown-event"
	// VerdictUnknownAttendee: the attendee who answers is not invited, although the
	// mail is theirs as far as the policy asks, or a report names a recipient to
	// whom no mail of this meeting went.
	VerdictUnknownAttendee Verdict = "unknown-attendee"
	// VerdictUnverified: the mail does not show that it comes from the attendee, or
	// the token in its address is not valid.
	VerdictUnverified Verdict = "unverified"
	// VerdictNotAnAnswer: the mail answers nothing. If Outcome.Invite is set, it
	// asks.
	VerdictNotAnAnswer Verdict = "not-an-answer"
	// VerdictUndeliverable: a server reports that a mail of this meeting did not
	// arrive. Its Delivery says so now.
	VerdictUndeliverable Verdict = "undeliverable"
	// VerdictHeld: a person has to decide. If Outcome.Letter is set, about the words of
	// a letter.
	VerdictHeld Verdict = "held"
)

// refusal is the error of a step whose verdict is not [VerdictApplied].
type refusal Outcome

func (r *refusal) Error() string { return r.Reason }

// refuse returns a refusal with that verdict and reason.
func refuse(v Verdict, format string, args ...any) error {
	return &refusal{Verdict: v, Reason: fmt.Sprintf(format, args...)}
}

// outcomeOf returns the outcome of a step: applied with the description done if err
// is nil, and otherwise the refusal that err is.
func outcomeOf(done string, err error) Outcome {
	var r *refusal
	if errors.As(err, &r) {
		o := Outcome(*r)
		o.Held = o.Verdict == VerdictHeld
		return o
	}
	return Outcome{Verdict: VerdictApplied, Reason: done}
}
