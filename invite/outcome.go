package invite

import (
	"errors"
	"fmt"
)

// Outcome is what [Meeting.Apply] made of a mail.
type Outcome struct {
	// Verdict says it for programs.
	Verdict Verdict `json:"verdict"`
	// Reason says it for people and logs.
	Reason string `json:"reason"`
	// Invite are the attendees who should now get the current request: those
	// that somebody delegated to, and those who asked for it. Give them to
	// [Client.Reinvite].
	Invite []string `json:"invite,omitempty"`
}

// Verdict says what became of a mail. Only [VerdictApplied] and [VerdictUndeliverable] come
// with a changed Meeting.
type Verdict string

// The values of [Verdict].
const (
	// VerdictApplied: the meeting holds the answer or the proposal now.
	VerdictApplied Verdict = "applied"
	// VerdictDuplicate: the meeting holds it already.
	VerdictDuplicate Verdict = "duplicate"
	// VerdictStale: a later answer of the same attendee counts, or the meeting has
	// changed so that everybody was asked anew.
	VerdictStale Verdict = "stale"
	// VerdictUnknownEvent: it is about another meeting, or about an occurrence that
	// the series does not have.
	VerdictUnknownEvent Verdict = "unknown-event"
	// VerdictUnknownAttendee: who answers is not invited.
	VerdictUnknownAttendee Verdict = "unknown-attendee"
	// VerdictUnverified: the mail does not show that it comes from who answers.
	VerdictUnverified Verdict = "unverified"
	// VerdictNotAnAnswer: the mail answers nothing. Where Outcome.Invite is set, it asks.
	VerdictNotAnAnswer Verdict = "not-an-answer"
	// VerdictUndeliverable: a server reports that a mail of this meeting did not
	// arrive; its Delivery says so now.
	VerdictUndeliverable Verdict = "undeliverable"
	// VerdictHeld: a person has to decide.
	VerdictHeld Verdict = "held"
)

// refusal is why something is not applied.
type refusal Outcome

func (r *refusal) Error() string { return r.Reason }

func refuse(v Verdict, format string, args ...any) error {
	return &refusal{Verdict: v, Reason: fmt.Sprintf(format, args...)}
}

// outcome makes a verdict of what a step returned.
func outcome(done string, err error) Outcome {
	var r *refusal
	if errors.As(err, &r) {
		return Outcome(*r)
	}
	return Outcome{Verdict: VerdictApplied, Reason: done}
}
