package invitetest

import (
	"context"
	"errors"
	"testing"

	"github.com/convene-go/convene/invite"
)

// LedgerReader is a ledger under test that can tell what it stores. Without it
// the rules about what is stored beside the states cannot be checked.
type LedgerReader interface {
	invite.Ledger
	// Meeting returns the stored meeting with that UID.
	Meeting(ctx context.Context, uid string) (*invite.Meeting, error)
}

// TestLedger checks that a ledger keeps the rules that package invite relies on.
// newLedger is called for each rule, and may return a ledger that has meetings
// already, because the UIDs and Message-IDs of the suite are random. Rules that need
// a [LedgerReader] are skipped for others.
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
				t.Errorf("%v\nThe rule: %s", err, r.text)
			}
		})
	}
}

// errNoReader is the result of a rule that needs a [LedgerReader].
var errNoReader = errors.New("the ledger is no LedgerReader")

// ledgerRule is something that a ledger must keep.
type ledgerRule struct {
	name  string
	text  string
	check func(ctx context.Context, l invite.Ledger) error
}

// ledgerRules are those of a ledger.
var ledgerRules = []ledgerRule{
	{"Begin", "Begin stores all meetings of a call, and each of their mails can be claimed once.", checkBegin},
	{"Stored", "What Begin and Record are given is stored as it is, and a refused claim changes nothing.", checkStored},
	{"Stranger", "Record of a meeting that was never stored is an error.", checkStranger},
	{"Values", "What Begin and Record are given is neither changed nor kept: the caller goes on changing it.", checkValues},
	{"Claim", "A claim (DeliverySending) holds only if the stored mail is pending.", checkClaim},
	{"Claimants", "If several calls claim a mail at once, exactly one of them gets it.", checkClaimants},
	{"Whole", "Deliveries with one Message-ID are one mail: they are claimed whole or not at all.", checkWhole},
	{"Lost", "lost has the number of each refused claim, and no other number.", checkLost},
	{"TakenBack", "DeliveryPending takes back a mail that is unknown, or sending by this call, and no other.", checkTakenBack},
	{"Late", "A result that comes after the mail was called unknown is stored: a mail that was delivered is not sent again.", checkLate},
	{"Overtaken", "Begin returns an error if a mail that it marks as overtaken is not pending any more; an overtaken mail cannot be claimed.", checkOvertaken},
	{"Together", "Begin stores all meetings of a call or, if it returns an error, none of them and nothing of them.", checkTogether},
	{"Kept", "Begin of a later call leaves the stored mails as they are, except those that it marks as overtaken: the meeting may say less of them than the ledger knows.", checkKept},
	{"Apart", "Calls about different meetings do not touch each other, though the numbers of their mails are the same.", checkApart},
	{"Resume", "Two programs that resume a meeting at once hand over each mail once.", checkResume},
}
