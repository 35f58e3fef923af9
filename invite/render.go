package invite

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/mime"
)

// letter is a rendered mail and the notices that it carries out.
type letter struct {
	message *mime.Message
	notices []Notice
}

// render builds all mails of a plan, so that nothing is sent where one of them
// cannot be built.
func render(p *Plan, o *Options) ([]letter, error) {
	r := &renderer{options: o, now: o.Now().Truncate(time.Second)}
	var out []letter
	for _, group := range grouped(p.Notices, o.Shared) {
		m, err := r.message(group)
		if err != nil {
			return nil, fmt.Errorf("invite: mail to %s: %w", addresses(group), err)
		}
		out = append(out, letter{m, group})
	}
	return out, nil
}

// grouped puts the notices of a shared mail together; else each is alone.
func grouped(list []Notice, shared bool) [][]Notice {
	if shared {
		return [][]Notice{list}
	}
	out := make([][]Notice, len(list))
	for i := range list {
		out[i] = list[i : i+1]
	}
	return out
}

// renderer builds the mails of one call. What successive notices share is
// encoded once.
type renderer struct {
	options *Options
	now     time.Time

	event    *ical.Event // of the object below
	method   ical.Method
	replyTo  string
	calendar []byte
}

func (r *renderer) message(group []Notice) (*mime.Message, error) {
	n := &group[0]
	calendar, err := r.object(n)
	if err != nil {
		return nil, err
	}
	view := &body.View{Event: n.Event, Method: n.Method}
	if len(group) == 1 {
		view.Attendee = n.Attendee
	}
	text, err := r.options.Body.Render(view)
	if err != nil {
		return nil, err
	}
	d := &mime.Draft{
		From:    mail.Address{Name: n.Event.Organizer.Name, Address: n.Event.Organizer.Email},
		Subject: text.Subject, Date: r.now, MessageID: r.messageID(group),
		Text: text.Text, HTML: text.HTML,
		Calendar: calendar, Method: string(n.Method), NoAttachment: r.options.NoAttachment,
		// A mail of a service: out-of-office programs do not answer it (RFC 3834, section 2).
		Header: []mime.Field{{Name: "Auto-Submitted", Value: "auto-generated"}},
	}
	if by := n.Event.Organizer.SentBy; by != "" {
		d.Sender = &mail.Address{Address: by}
	}
	if n.replyTo != "" {
		d.ReplyTo = []mail.Address{{Name: n.Event.Organizer.Name, Address: n.replyTo}}
	}
	for _, n := range group {
		d.To = append(d.To, mail.Address{Name: n.Attendee.Name, Address: n.Attendee.Email})
	}
	return mime.Build(d)
}

// object returns the calendar object of a notice.
func (r *renderer) object(n *Notice) ([]byte, error) {
	if r.event == n.Event && r.method == n.Method && r.replyTo == n.replyTo {
		return r.calendar, nil
	}
	data, err := ical.Encode(&ical.Calendar{
		Method: n.Method, ProductID: r.options.ProductID, Stamp: r.now, Events: []ical.Event{n.answeredTo()},
	})
	if err != nil {
		return nil, err
	}
	r.event, r.method, r.replyTo, r.calendar = n.Event, n.Method, n.replyTo, data
	return data, nil
}

// answeredTo is the event with the organizer that the answer is to come to.
func (n *Notice) answeredTo() ical.Event {
	e := *n.Event
	if n.replyTo == "" {
		return e
	}
	e.Organizer.Email = n.replyTo
	e.Overrides = slices.Clone(e.Overrides)
	for i := range e.Overrides {
		if o := &e.Overrides[i].Organizer; o.Email != "" {
			o.Email = n.replyTo
		}
	}
	return e
}

// messageID makes the same identifier for the same mail, so that a receiver who
// gets it twice can tell. Its right side is the organizer's domain (RFC 5322,
// section 3.6.4).
func (r *renderer) messageID(group []Notice) string {
	n := &group[0]
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%d\n%s\n%d\n", n.Event.UID, n.Method, n.Sequence,
		n.Event.RecurrenceID.UTC().Format(time.RFC3339), r.now.Unix())
	for _, n := range group {
		fmt.Fprintln(h, address.Key(n.Attendee.Email))
	}
	id := base32.StdEncoding.EncodeToString(h.Sum(nil)[:15])
	domain := "invalid"
	if ascii, err := address.ASCII(n.Event.Organizer.Email); err == nil {
		domain = ascii[strings.LastIndexByte(ascii, '@')+1:]
	}
	return "<" + strings.ToLower(id) + "@" + domain + ">"
}
