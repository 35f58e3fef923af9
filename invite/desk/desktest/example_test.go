package desktest

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
)

// A booking and its invitation commit together. The mail leaves after the commit, and the
// answer comes in as a mail.
func Example() {
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db, err := sql.Open("sqlite", desk.SQLiteDSN(filepath.Join(dir, "meetings.db")))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	if _, err := db.ExecContext(ctx, `CREATE TABLE booking (room TEXT, starts TEXT, uid TEXT, PRIMARY KEY (room, starts))`); err != nil {
		log.Fatal(err)
	}
	var mails invitetest.Recorder // in place of a mail server
	d, err := desk.Open(ctx, db, invite.New(&mails, invitetest.Options(nil)), &desk.Options{Policy: invite.InsecureAcceptAny()})
	if err != nil {
		log.Fatal(err)
	}

	start := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	var m *invite.Meeting
	err = d.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) (err error) {
		m, err = d.Send(ctx, ical.Event{
			Summary: "Haircut", Location: "Chair 1", Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
			Organizer: ical.Person{Name: "Salon", Email: "salon@example.com"},
			Attendees: []ical.Attendee{{Email: "ann@example.com"}},
		})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO booking VALUES ('Chair 1', $1, $2)`, start.Format(time.RFC3339), m.Event.UID)
		return err // if the chair is taken, nobody is invited
	})
	if err != nil {
		log.Fatal(err)
	}

	// A service has "go d.Run(ctx)" in place of this.
	if err := d.Deliver(ctx, m.Event.UID); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(mails.Messages()), "mail")

	raw := mails.Reply("ann@example.com", ical.StatusAccepted, invitetest.ClientOutlook)
	r, err := d.Receive(ctx, &inbox.Mail{Data: raw})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Outcome.Verdict, r.Events[0].Kind)
	if m, err = d.Meeting(ctx, m.Event.UID); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Tally())
	// Output:
	// 1 mail
	// applied answered
	// 1 accepted
}
