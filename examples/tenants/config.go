package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"golang.org/x/time/rate"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/smtpsend"
	"github.com/convene-go/convene/smtpsend/dkim"
)

// config is the configuration of a tenant, as JSON.
type config struct {
	Name       string      `json:"name"`
	Token      string      `json:"token"` // of the tenant's programs, in the field Authorization
	SMTP       string      `json:"smtp"`  // the URL of the tenant's mail server
	Organizer  ical.Person `json:"organizer"`
	Language   string      `json:"language"`
	Brand      string      `json:"brand"`
	Colour     string      `json:"colour"`
	DKIM       keyFile     `json:"dkim"`       // if the mail server does not sign
	Maildir    string      `json:"maildir"`    // the mailbox of the organizer
	AuthServID string      `json:"authServId"` // of the server that writes into the Maildir
	PerSecond  float64     `json:"perSecond"`  // mails that the server takes; 0 is no limit
	MaxGuests  int         `json:"maxGuests"`  // guests of a meeting
}

// keyFile is a DKIM key in a PEM file.
type keyFile struct {
	Domain   string `json:"domain"`
	Selector string `json:"selector"`
	File     string `json:"file"`
}

// readConfigs reads the tenants from a JSON file.
func readConfigs(file string) ([]config, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list []config
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	names, tokens := make(map[string]bool), make(map[string]bool)
	for _, c := range list {
		if c.Name == "" || c.Token == "" || names[c.Name] || tokens[c.Token] {
			return nil, fmt.Errorf("%s: %q: every tenant needs a name and a token of their own", file, c.Name)
		}
		names[c.Name], tokens[c.Token] = true, true
	}
	return list, nil
}

// open returns the client of a tenant, and the sender that is to be closed.
func (c *config) open() (*invite.Client, *smtpsend.Sender, error) {
	texts, err := body.New(&body.Options{Brand: body.Brand{Name: c.Brand, Colour: c.Colour}})
	if err != nil {
		return nil, nil, err
	}
	sender, err := smtpsend.Open(c.SMTP, func(o *smtpsend.Options) {
		if c.PerSecond > 0 {
			o.Limiter = rate.NewLimiter(rate.Limit(c.PerSecond), 1)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	signed, err := c.signed(sender)
	if err != nil {
		return nil, nil, errors.Join(err, sender.Close())
	}
	return invite.New(signed, &invite.Options{Body: texts, Language: c.Language}), sender, nil
}

// signed returns a sender that signs for the tenant if they have a key.
func (c *config) signed(sender *smtpsend.Sender) (invite.Sender, error) {
	if c.DKIM.File == "" {
		return sender, nil
	}
	data, err := os.ReadFile(c.DKIM.File)
	if err != nil {
		return nil, err
	}
	key, err := dkim.ParseKey(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.DKIM.File, err)
	}
	return dkim.New(sender, dkim.Key{Domain: c.DKIM.Domain, Selector: c.DKIM.Selector, Signer: key}, nil)
}
