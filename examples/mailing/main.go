// Command mailing invites many people to one event, through a mail server that takes
// so many mails a second and a day. Cron starts it every minute. It may be killed at
// any moment: the next run goes on.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "modernc.org/sqlite"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/smtpsend"
)

// settings are the flags of the program.
type settings struct {
	db, event, guests, smtp string
	perSecond               float64
	perDay                  int
	during                  time.Duration
	report                  bool
	arrived, missed         string
	now                     func() time.Time
}

func flags() *settings {
	s := &settings{now: time.Now}
	flag.StringVar(&s.db, "db", "mailing.db", "the database, a `file`")
	flag.StringVar(&s.event, "event", "event.json", "the event, a `file`; its uid names the mailing")
	flag.StringVar(&s.guests, "guests", "guests.txt", "the guests, a `file` with an address on each line")
	flag.StringVar(&s.smtp, "smtp", "", "the `URL` of the mail server (default $SMTP_URL)")
	flag.Float64Var(&s.perSecond, "second", 20, "mails a second that the server takes")
	flag.IntVar(&s.perDay, "day", 10000, "mails in 24 hours that the server takes")
	flag.DurationVar(&s.during, "during", 50*time.Second, "time after which a run ends")
	flag.BoolVar(&s.report, "report", false, "send nothing, and print what became of the mails")
	flag.StringVar(&s.arrived, "arrived", "", "the unknown mail with this `Message-ID` has arrived")
	flag.StringVar(&s.missed, "missed", "", "the unknown mail with this `Message-ID` has not arrived: send it again")
	flag.Parse()
	if s.smtp == "" { // no default of the flag, because -h prints those, and the URL has a password
		s.smtp = os.Getenv("SMTP_URL")
	}
	return s
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, flags()); err != nil {
		log.Fatal(err)
	}
}

// run does one run of the program.
func run(ctx context.Context, s *settings) error {
	event, err := readEvent(s.event, s.guests)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", desk.SQLiteDSN(s.db))
	if err != nil {
		return err
	}
	defer db.Close()
	limits := newLimits(s.perSecond)
	sender, err := smtpsend.Open(s.smtp, func(o *smtpsend.Options) { o.Limiter, o.Connections = limits, 2 })
	if err != nil {
		return err
	}
	defer sender.Close()
	d, err := desk.Open(ctx, db, invite.New(sender, &invite.Options{Parallel: 4, Now: s.now}), &desk.Options{Now: s.now})
	if err != nil {
		return err
	}
	return s.do(ctx, d, event, limits)
}

// do does what the flags ask for.
func (s *settings) do(ctx context.Context, d *desk.Desk, event ical.Event, limits *limits) error {
	switch {
	case s.report:
		return report(ctx, os.Stdout, d, event.UID)
	case s.arrived != "":
		_, err := d.Resolve(ctx, event.UID, s.arrived, true)
		return err
	case s.missed != "":
		_, err := d.Resolve(ctx, event.UID, s.missed, false)
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.during)
	defer cancel()
	return s.send(ctx, d, event, limits)
}

// send queues the invitations that are new, and sends those that are due. It must not
// run twice at a time.
func (s *settings) send(ctx context.Context, d *desk.Desk, event ical.Event, limits *limits) error {
	m, err := queue(ctx, d, event)
	if err != nil {
		return err
	}
	if _, err := d.Leftovers(ctx, s.now()); err != nil { // of a run that was killed
		return err
	}
	left := s.perDay - handedOver(m, s.now().Add(-24*time.Hour))
	if left <= 0 {
		return nil
	}
	limits.today(left)
	return d.Deliver(ctx, event.UID)
}

// queue stores the mailing at the first run. Later it stores the changes of its files.
func queue(ctx context.Context, d *desk.Desk, event ical.Event) (*invite.Meeting, error) {
	_, err := d.Meeting(ctx, event.UID)
	if errors.Is(err, desk.ErrNotFound) {
		return d.Send(ctx, event, invite.HideGuests())
	}
	if err != nil {
		return nil, err
	}
	return d.Update(ctx, event.UID, func(e *ical.Event) error {
		*e = event
		return nil
	})
}
