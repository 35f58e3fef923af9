package desktest

import (
	"context"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/invitetest"
)

// readable is the ledger of a desk, which the suite can read.
type readable struct {
	invite.Ledger
	desk *desk.Desk
}

var _ invitetest.LedgerReader = readable{}

func (r readable) Meeting(ctx context.Context, uid string) (*invite.Meeting, error) {
	return r.desk.Meeting(ctx, uid)
}

// TestLedger runs the conformance suite of ledgers.
func TestLedger(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		d := open(t, x.open(t), nil)
		invitetest.TestLedger(t, func(*testing.T) invite.Ledger { return readable{d.Ledger(), d} })
	})
}
