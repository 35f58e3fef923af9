package invitetest

import (
	"context"
	"errors"
	"testing"

	"github.com/convene-go/convene/invite"
)

// LedgerReader is a ledger under test that can return a stored meeting. Without it
// the suite checks the states of mails alone, and skips the rule Stored.
type LedgerReader interface {
	invite.Ledger
	// Meeting returns the stored meeting with that UID.
	Meeting(ctx context.Context, uid string) (*invite.Meeting, error)
}

// TestLedger checks that a ledger keeps the rules that package invite relies on. If
// a rule is broken, the test prints the rule and how to keep it.
//
// newLedger is called for each rule. It may return a ledger that has meetings
// already, because the UIDs and Message-IDs of the suite are random. If the ledger is
// no [LedgerReader], rules that need one are skipped.
//
// [invite.WholeMeeting] is for programs that do one thing at a time, and does not
// keep the rules TakenBack, Late, Overtaken, Together, Kept and Resume.
//
// Run it with the race detector.
func TestLedger(t *testing.T, newLedger func(t *testing.T) invite.Ledger) {
	t.Helper()
	for _, r := range ledgerRules {
		t.Run(r.name, func(t *testing.T) {
			err := r.check(t.Context(), newLedger(t))
			switch {
			case errors.Is(err, errNoReader):
				t.Skip(err)
			case err != nil:
				t.Errorf("%v\nThe rule: %s\nTo keep it: %s", err, r.text, r.advice)
			}
		})
	}
}

// errNoReader is the result of a rule that needs a [LedgerReader].
var errNoReader = errors.New("not checked: the ledger does not implement LedgerReader")

// ledgerRule is a rule that a ledger must keep, with its check.
type ledgerRule struct {
	name   string
	text   string // the rule
	advice string // how an author keeps it
	check  func(ctx context.Context, l invite.Ledger) error
}

// ledgerRules are the rules for an [invite.Ledger].
var ledgerRules = []ledgerRule{
	{
		"Begin",
		"Begin stores all meetings of a call, and each of their mails can be claimed once.",
		"store every meeting in ms, and a row for each of its Deliveries.",
		checkBegin,
	}, {
		"Stored",
		"Begin and Record store their arguments with all fields, and a refused claim changes nothing.",
		"store the JSON of the Meeting and of each Delivery. If a claim is refused, leave the stored Delivery as it is.",
		checkStored,
	}, {
		"Stranger",
		"Record returns an error if the meeting was never stored.",
		"if no meeting has the UID, return an error. An empty lost would mean that all claims hold.",
		checkStranger,
	}, {
		"Values",
		"Begin and Record neither change their arguments nor keep them, because the caller goes on changing them.",
		"store copies: clone slices, or store JSON.",
		checkValues,
	}, {
		"Claim",
		"A claim, which is a Delivery in state sending, holds only if the stored mail is pending.",
		"change the row only if its stored state is pending, as UPDATE … WHERE state = 'pending' does. " +
			"If no row was changed, add the number to lost.",
		checkClaim,
	}, {
		"Claimants",
		"If several calls claim a mail at once, exactly one of them gets it.",
		"compare and change the state in one step: under a mutex, in one UPDATE, or in a transaction that locks the row first.",
		checkClaimants,
	}, {
		"Whole",
		"Deliveries with one Message-ID are one mail: they are claimed together or not at all.",
		"look at all claims of one Message-ID before the first of them is stored. If one is refused, add the numbers of all to lost.",
		checkWhole,
	}, {
		"Lost",
		"lost holds the number of each refused claim, and no other number.",
		"judge each mail by itself: beside a refused claim, other claims hold and results are stored.",
		checkLost,
	}, {
		"TakenBack",
		"A Delivery in state pending takes a mail back if the stored mail is unknown, or if this call is sending it. Otherwise nothing changes.",
		"if the stored state is delivered, refused, undelivered or overtaken, ignore the change. It is no claim, so its number is not lost.",
		checkTakenBack,
	}, {
		"Late",
		"If a result comes after the mail became unknown, it is stored, so that a delivered mail is not sent again.",
		"store a result even if the stored state is unknown.",
		checkLate,
	}, {
		"Overtaken",
		"Begin returns an error if it marks a mail as overtaken that is not pending any more. An overtaken mail cannot be claimed.",
		"store overtaken only if the stored state is pending. If it is not, return an error, because the call was planned from old data.",
		checkOvertaken,
	}, {
		"Together",
		"Begin stores all meetings of a call or, if it returns an error, nothing of any of them.",
		"do all of Begin in one transaction, and roll it back if there is an error.",
		checkTogether,
	}, {
		"Kept",
		"Begin of a later call leaves the stored mails as they are, except the mails that it marks as overtaken.",
		"insert only the Deliveries whose number is new. For the others the stored state counts, because the meeting may be older.",
		checkKept,
	}, {
		"Apart",
		"Calls about different meetings do not affect each other, although the numbers of their mails are the same.",
		"find a Delivery by the UID of its meeting together with its number.",
		checkApart,
	}, {
		"Resume",
		"If two programs resume a meeting at once, each mail is handed over once.",
		"keep the rules Claim, Claimants and Lost: a mail whose number is not in lost will be sent.",
		checkResume,
	},
}
