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

// tenant is a customer. All tenants share one desk, and each knows the meetings with their
// own name as Meeting.Tag.
type tenant struct {
	config
	client *invite.Client
	sender *smtpsend.Sender
	desk   *desk.Desk // knows the meetings of this tenant alone
}

// tenants are all of them, by their name.
type tenants map[string]*tenant

// openTenants opens the desk, and a client for each tenant.
func openTenants(ctx context.Context, db *sql.DB, list []config) (tenants, *desk.Desk, error) {
	all := make(tenants)
	for _, c := range list {
		client, sender, err := c.open()
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("tenant %s: %w", c.Name, err), all.close())
		}
		all[c.Name] = &tenant{config: c, client: client, sender: sender}
	}
	d, err := desk.Open(ctx, db, nil, &desk.Options{Clients: all.clientOf, Policies: all.policyOf})
	if err != nil {
		return nil, nil, errors.Join(err, all.close())
	}
	for _, t := range all {
		t.desk = d.WithTag(t.Name)
	}
	return all, d, nil
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

// policyOf is Strict if the tenant's server says whether a mail is genuine.
func (all tenants) policyOf(m *invite.Meeting) *invite.Policy {
	if t := all[m.Tag]; t != nil && t.AuthServID != "" {
		return invite.Strict(t.AuthServID)
	}
	return nil
}

// errGuests reports a meeting with more guests than the tenant may invite.
var errGuests = errors.New("too many guests")

// book stores a meeting of the tenant and queues its mails.
func (t *tenant) book(ctx context.Context, e ical.Event) (*invite.Meeting, error) {
	if t.MaxGuests > 0 && len(e.Attendees) > t.MaxGuests {
		return nil, fmt.Errorf("%w: %d, and the limit is %d", errGuests, len(e.Attendees), t.MaxGuests)
	}
	e.UID, e.Organizer = "", t.Organizer
	return t.desk.Send(ctx, e)
}

// move gives a meeting another time.
func (t *tenant) move(ctx context.Context, uid string, start time.Time) (*invite.Meeting, error) {
	return t.desk.Update(ctx, uid, func(e *ical.Event) error {
		e.Start, e.End = start, start.Add(e.End.Sub(e.Start))
		return nil
	})
}

// receive takes in a mail that came to the mailbox of the tenant.
func (t *tenant) receive(ctx context.Context, mail *inbox.Mail) error {
	got, err := t.desk.Receive(ctx, mail)
	if err != nil {
		return err
	}
	log.Printf("%s: %s: %s %s", t.Name, mail.ID, got.Outcome.Verdict, got.Outcome.Reason)
	return nil
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
