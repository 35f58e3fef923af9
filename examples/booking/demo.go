package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
)

// demo plays the attendees, their mailboxes and the mail server of the organizer.
type demo struct {
	server *mailServer
	// deliver brings an answer to the organizer's mailbox.
	deliver func(ctx context.Context, m *mime.Message) error
	// authServID is the name of the organizer's mail server. It checks where an answer
	// comes from, and notes the result in the answer.
	authServID string

	mu      sync.Mutex
	answers invitetest.Recorder // writes the answers, and counts them
}

// person is a simulated attendee, and the mail program that they like best.
type person struct {
	Name, Email string
	Client      invitetest.Client
}

// people are the attendees that the form proposes.
var people = []person{
	{"Ann", "ann@example.test", invitetest.ClientOutlook},
	{"Bob", "bob@example.test", invitetest.ClientGmail},
	{"Cleo", "cleo@example.test", invitetest.ClientApple},
	{"Dan", "dan@example.test", invitetest.ClientThunderbird},
}

// clients are the mail programs that an attendee can answer with.
var clients = []struct {
	Client invitetest.Client
	Name   string
}{
	{invitetest.ClientOutlook, "Outlook"}, {invitetest.ClientGmail, "Gmail"},
	{invitetest.ClientApple, "Apple Mail"}, {invitetest.ClientThunderbird, "Thunderbird"},
}

// choice is the answer that somebody chose.
type choice struct {
	Client  invitetest.Client
	Status  ical.Status
	Comment string
	Guest   string        // the address of somebody else, to whom the invitation was forwarded
	Later   time.Duration // proposes a start that is so much later, if it is not 0
}

// answer sends the answer of the recipient of a mail.
func (d *demo) answer(ctx context.Context, mail arrived, c choice) error {
	in, err := invite.Read(bytes.NewReader(mail.Data), nil)
	if err != nil {
		return err
	}
	if in.Kind != invite.KindRequest || in.Event == nil {
		return errors.New("this mail does not ask for an answer")
	}
	if c.Guest != "" {
		return d.answerAs(ctx, in, c)
	}
	data, err := d.write(ctx, mail, in.Event, c)
	if err != nil {
		return err
	}
	return d.deliver(ctx, &mime.Message{From: mail.To[0], To: []string{in.Event.Organizer.Email}, Data: data})
}

// answerAs sends the answer of somebody who is not invited. It is a mail of this library.
func (d *demo) answerAs(ctx context.Context, in *invite.Inbound, c choice) error {
	client := invite.New(invite.SenderFunc(func(ctx context.Context, m *mime.Message) error {
		_, domain, _ := strings.Cut(c.Guest, "@")
		checked := *m
		checked.Data = append([]byte("Authentication-Results: "+d.authServID+"; dmarc=pass header.from="+domain+"\r\n"), m.Data...)
		return d.deliver(ctx, &checked)
	}), nil)
	return client.Respond(ctx, in, invite.Response{As: c.Guest, Status: c.Status, Comment: c.Comment, Uninvited: true})
}

// write returns the answer to a request as the client writes it. The recorder answers the
// last request that it has, so it is given this request alone.
func (d *demo) write(ctx context.Context, mail arrived, e *ical.Event, c choice) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers.Reset()
	if err := d.answers.Send(ctx, mail.Message); err != nil {
		return nil, err
	}
	return d.answers.Reply(mail.To[0], c.Status, c.Client, func(a *invitetest.Answer) {
		a.Comment, a.Time, a.AuthServID = c.Comment, time.Now(), d.authServID
		if c.Later != 0 {
			a.Start, a.End = e.Start.Add(c.Later), e.End.Add(c.Later)
		}
	}), nil
}

// letter is a mail as its reader sees it.
type letter struct {
	N             int
	To            string
	Subject       string
	From          string
	Time          time.Time
	Text, HTML    string
	Calendar      string
	AsksForAnswer bool
	Client        invitetest.Client // the mail program of the reader
}

// open reads a mail.
func (m arrived) open() (*letter, error) {
	env, err := enmime.ReadEnvelope(bytes.NewReader(m.Data))
	if err != nil {
		return nil, fmt.Errorf("mail %d: %w", m.N, err)
	}
	l := &letter{
		N: m.N, To: m.To[0], Time: m.Time, Subject: env.GetHeader("Subject"), From: env.GetHeader("From"),
		Text: env.Text, HTML: env.HTML, Calendar: string(invitetest.Calendar(m.Message)), Client: invitetest.ClientOutlook,
	}
	in, err := invite.Read(bytes.NewReader(m.Data), nil)
	l.AsksForAnswer = err == nil && in.Kind == invite.KindRequest
	for _, p := range people {
		if p.Email == l.To {
			l.Client = p.Client
		}
	}
	return l, nil
}

// intoService returns the way of an answer without a mailbox: straight into the service.
func intoService(receive func(context.Context, *inbox.Mail) error) func(context.Context, *mime.Message) error {
	return func(ctx context.Context, m *mime.Message) error {
		return receive(ctx, &inbox.Mail{Data: m.Data, Recipient: m.To[0]})
	}
}
