package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/smtpsend"
)

// tenant is a customer. All tenants share the tables of one desk, and see their own meetings
// alone: those with their name as Meeting.Tag.
type tenant struct {
	config
	client *invite.Client
	sender *smtpsend.Sender
	desk   *desk.Desk // with the policy of the tenant
}

// tenants are all of them, by their name.
type tenants map[string]*tenant

// openTenants opens a client and a desk for each tenant.
func openTenants(ctx context.Context, db *sql.DB, list []config) (tenants, error) {
	all := make(tenants)
	for _, c := range list {
		client, sender, err := c.open()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("tenant %s: %w", c.Name, err), all.close())
		}
		all[c.Name] = &tenant{config: c, client: client, sender: sender}
	}
	for _, t := range all {
		var err error
		if t.desk, err = desk.Open(ctx, db, nil, &desk.Options{Clients: all.clientOf, Policy: t.policy()}); err != nil {
			return nil, errors.Join(err, all.close())
		}
	}
	return all, nil
}

func (all tenants) close() error {
	var failed []error
	for _, t := range all {
		failed = append(failed, t.sender.Close())
	}
	return errors.Join(failed...)
}

// clientOf returns the client of the tenant to whom a meeting belongs.
func (all tenants) clientOf(_ context.Context, m *invite.Meeting) (*invite.Client, error) {
	t := all[m.Tag]
	if t == nil {
		return nil, fmt.Errorf("no tenant %q", m.Tag)
	}
	return t.client, nil
}

// policy is Strict if the tenant's server says whether a mail is genuine.
func (t *tenant) policy() *invite.Policy {
	if t.AuthServID == "" {
		return nil
	}
	return invite.Strict(t.AuthServID)
}

// errGuests reports a meeting with more guests than the tenant may invite.
var errGuests = errors.New("too many guests")

// book stores a meeting of the tenant and queues its mails.
func (t *tenant) book(ctx context.Context, e ical.Event) (*invite.Meeting, error) {
	if t.MaxGuests > 0 && len(e.Attendees) > t.MaxGuests {
		return nil, fmt.Errorf("%w: %d, and the limit is %d", errGuests, len(e.Attendees), t.MaxGuests)
	}
	e.UID, e.Organizer = "", t.Organizer // the UID is ours, so that no tenant can take that of another
	return t.desk.Send(ctx, e, invite.Tag(t.Name))
}

// meeting returns a meeting of the tenant.
func (t *tenant) meeting(ctx context.Context, d *desk.Desk, uid string) (*invite.Meeting, error) {
	m, err := d.Meeting(ctx, uid)
	if err == nil && m.Tag != t.Name {
		return nil, desk.ErrNotFound
	}
	return m, err
}

// move gives a meeting of the tenant another time.
func (t *tenant) move(ctx context.Context, uid string, start time.Time) (m *invite.Meeting, err error) {
	err = t.desk.InTx(ctx, func(_ *sql.Tx, d *desk.Desk) error {
		if _, err := t.meeting(ctx, d, uid); err != nil {
			return err
		}
		m, err = d.Update(ctx, uid, func(e *ical.Event) error {
			e.Start, e.End = start, start.Add(e.End.Sub(e.Start))
			return nil
		})
		return err
	})
	return m, err
}

// cancel cancels a meeting of the tenant.
func (t *tenant) cancel(ctx context.Context, uid string) (m *invite.Meeting, err error) {
	err = t.desk.InTx(ctx, func(_ *sql.Tx, d *desk.Desk) error {
		if _, err := t.meeting(ctx, d, uid); err != nil {
			return err
		}
		m, err = d.Cancel(ctx, uid)
		return err
	})
	return m, err
}

// errForeign undoes the work of a mail about a meeting of another tenant.
var errForeign = errors.New("the mail is about a meeting of another tenant")

// receive takes in a mail that came to the mailbox of the tenant. It changes no meeting of
// another tenant, whose policy may be stricter.
func (t *tenant) receive(ctx context.Context, mail *inbox.Mail) error {
	own := *mail
	own.ID = t.Name + "/" + mail.ID // two mailboxes may use the same ID
	var got desk.Received
	err := t.desk.InTx(ctx, func(_ *sql.Tx, d *desk.Desk) (err error) {
		if got, err = d.Receive(ctx, &own); err != nil || got.UID == "" {
			return err
		}
		_, err = t.meeting(ctx, d, got.UID)
		if errors.Is(err, desk.ErrNotFound) {
			return errForeign
		}
		return err
	})
	if errors.Is(err, errForeign) {
		log.Printf("%s: %s: %v", t.Name, mail.ID, err)
		return nil
	}
	log.Printf("%s: %s: %s %s", t.Name, mail.ID, got.Outcome.Verdict, got.Outcome.Reason)
	return err
}

// read reads the tenant's Maildir until ctx ends. If the folder cannot be read, the other
// tenants go on.
func (t *tenant) read(ctx context.Context) {
	for t.Maildir != "" && ctx.Err() == nil {
		if err := inbox.Run(ctx, inbox.Maildir(t.Maildir), t.receive); err != nil {
			log.Printf("%s: %v", t.Name, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Minute):
		}
	}
}
