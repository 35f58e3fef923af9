package invitetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
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

// queued returns a meeting whose mails are pending.
func queued(n int, opts ...invite.SendOption) (*invite.Meeting, error) {
	start := time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, 30)
	e := ical.Event{
		Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
	}
	for i := range n {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.com", i)})
	}
	m, err := invite.New(nil, nil).Send(context.Background(), e, append(opts, invite.QueueOnly())...)
	if err != nil {
		return nil, fmt.Errorf("invitetest: %w", err)
	}
	return m, nil
}

// begun is a meeting that a ledger was given by Begin. Its mails are numbered from 0.
type begun struct {
	*invite.Meeting
	ledger invite.Ledger
	ctx    context.Context
}

// begin queues a meeting and gives it to the ledger.
func begin(ctx context.Context, l invite.Ledger, n int, opts ...invite.SendOption) (*begun, error) {
	m, err := queued(n, opts...)
	if err != nil {
		return nil, err
	}
	if err := l.Begin(ctx, m); err != nil {
		return nil, fmt.Errorf("calling Begin with a new meeting returned %w", err)
	}
	return &begun{m, l, ctx}, nil
}

// rows are deliveries of the meeting in another state.
func (b *begun) rows(state invite.DeliveryState, numbers ...int) []invite.Delivery {
	var out []invite.Delivery
	for _, n := range numbers {
		d := b.Deliveries[n]
		d.State, d.Time = state, time.Now().UTC().Truncate(time.Second)
		out = append(out, d)
	}
	return out
}

// set records a state that holds for each of some mails.
func (b *begun) set(state invite.DeliveryState, numbers ...int) error {
	return b.try(nil, b.rows(state, numbers...)...)
}

// refuses claims mails, and expects that none of them can be claimed.
func (b *begun) refuses(numbers ...int) error {
	return b.try(numbers, b.rows(invite.DeliverySending, numbers...)...)
}

// try records changes, and compares the numbers that are lost.
func (b *begun) try(want []int, changed ...invite.Delivery) error {
	lost, err := b.ledger.Record(b.ctx, b.Event.UID, changed)
	if err != nil {
		return fmt.Errorf("calling Record with %s returned %w", shown(changed), err)
	}
	slices.Sort(lost)
	if !slices.Equal(lost, want) {
		return fmt.Errorf("calling Record with %s returned lost = %v, want %v", shown(changed), lost, want)
	}
	return nil
}

// shown are changes for an error text.
func shown(changed []invite.Delivery) string {
	out := ""
	for i, d := range changed {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("%d %s", d.N, d.State)
	}
	return "[" + out + "]"
}

// steps are what a rule does in order, up to the first error.
func steps(list ...func() error) error {
	for _, f := range list {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}
