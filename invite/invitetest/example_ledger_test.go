package invitetest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// The database fails when the second mail is claimed.
func ExampleNewLedger() {
	ledger := invitetest.NewLedger()
	ledger.Before = func(c invitetest.LedgerCall) error {
		if !c.IsBegin() && c.N == 2 {
			return errors.New("connection lost")
		}
		return nil
	}
	var r invitetest.Recorder
	o := invitetest.Options(nil)
	o.Ledger = ledger
	client := invite.New(&r, o)
	meeting, err := client.Send(context.Background(), lunch)
	fmt.Println(err)
	stored := ledger.Stored(meeting.Event.UID)
	fmt.Println(len(r.Messages()), "mail,", stored.Tally().Pending, "pending")

	if _, err := client.Resume(context.Background(), stored); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(r.Messages()), "mails,", ledger.Stored(meeting.Event.UID).Tally().Pending, "pending")
	// Output:
	// invite: ledger: connection lost
	// 1 mail, 1 pending
	// 2 mails, 0 pending
}

// An answer is stored while mails may be on their way.
func ExampleLedger_Change() {
	ledger := invitetest.NewLedger()
	o := invitetest.Options(nil)
	o.Ledger = ledger
	meeting, err := invite.New(new(invitetest.Recorder), o).Send(context.Background(), lunch)
	if err != nil {
		log.Fatal(err)
	}
	err = ledger.Change(meeting.Event.UID, func(m *invite.Meeting) (*invite.Meeting, error) {
		m, outcome := m.Answer(invite.Answer{
			Email: "ann@example.com", Status: ical.StatusAccepted, Via: "phone",
			Stamp: time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC),
		})
		fmt.Println(outcome.Verdict)
		return m, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ledger.Stored(meeting.Event.UID).Status("ann@example.com"))
	// Output:
	// applied
	// accepted
}
