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

// letter is a mail and the notices that it carries out.
type letter struct {
	notices []Notice
	action  body.Action
	comment string
	stamp   time.Time
	id      string // Message-ID
	entries []int  // its places in Meeting.Deliveries

	message *mime.Message // once it is rendered
}

// letters makes one letter of each notice, or one of all that show the same
// object where they are shared.
func letters(p *Plan, action body.Action, o *Options) []letter {
	var out []letter
	stamp := o.Now().UTC().Truncate(time.Second)
	for i, n := range p.Notices {
		if o.Shared {
			if at := slices.IndexFunc(out, func(l letter) bool { return l.sameObject(n) }); at >= 0 {
				out[at].notices = append(out[at].notices, n)
				continue
			}
		}
		out = append(out, letter{notices: p.Notices[i : i+1 : i+1], action: actionOf(n, action), comment: o.call.comment, stamp: stamp})
	}
	for i := range out {
		out[i].id = out[i].messageID()
	}
	return out
}

func (l *letter) sameObject(n Notice) bool {
	first := l.notices[0]
	return first.Event == n.Event && first.Method == n.Method && first.Sequence == n.Sequence && first.Before == n.Before &&
		first.replyTo == n.replyTo
}

// actionOf is what a notice's mail does, where the call does not say.
func actionOf(n Notice, action body.Action) body.Action {
	switch {
	case action != "":
		return action
	case n.Method == ical.MethodCancel:
		return body.Cancellation
	case n.Before != nil:
		return body.Update
	}
	return body.Invitation
}

// enter adds the letters to the ledger, as pending.
func (m *Meeting) enter(list []letter) {
	for i := range list {
		l := &list[i]
		for _, n := range l.notices {
			l.entries = append(l.entries, len(m.Deliveries))
			m.Deliveries = append(m.Deliveries, Delivery{
				To: n.Attendee.Email, Method: n.Method, Sequence: n.Sequence, RecurrenceID: n.Event.RecurrenceID,
				Action: l.action, Comment: l.comment, Stamp: l.stamp, MessageID: l.id, State: Pending,
			})
		}
	}
}

// mostKept is how many octets of finished mails wait in memory for their turn.
// Those beyond it are built twice: once to see that they can be, once to be sent.
const mostKept = 32 << 20

// render builds all mails, so that nothing is sent where one of them cannot be built.
func render(list []letter, about *Meeting, o *Options) (*renderer, error) {
	r := &renderer{options: o, meeting: about, rosters: make(rosters)}
	kept := 0
	for i := range list {
		m, err := r.message(&list[i])
		if err != nil {
			return nil, fmt.Errorf("invite: mail to %s: %w", addresses(list[i].notices), err)
		}
		if kept += len(m.Data); kept <= mostKept {
			list[i].message = m
		}
	}
	return r, nil
}

// finished is the mail of a letter, built again where it was not kept.
func (r *renderer) finished(l *letter) (*mime.Message, error) {
	if l.message != nil {
		return l.message, nil
	}
	return r.message(l)
}

// renderer builds the mails of one call. What successive mails share is encoded once.
type renderer struct {
	options *Options
	meeting *Meeting
	builder mime.Builder
	rosters rosters

	last     objectKey // of the object below
	calendar []byte
}

type objectKey struct {
	event    *ical.Event
	method   ical.Method
	sequence int
	stamp    time.Time
	replyTo  string
}

func (r *renderer) message(l *letter) (*mime.Message, error) {
	n := r.shown(l.notices[0])
	calendar, err := r.object(n, l.stamp)
	if err != nil {
		return nil, err
	}
	text, err := r.options.Body.Render(r.view(n, l))
	if err != nil {
		return nil, err
	}
	d := &mime.Draft{
		From:    mail.Address{Name: n.Event.Organizer.Name, Address: n.Event.Organizer.Email},
		Subject: text.Subject, Date: l.stamp, MessageID: l.id,
		Text: text.Text, HTML: text.HTML, Inline: inline(text.Inline),
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
	for _, n := range l.notices {
		d.To = append(d.To, mail.Address{Name: n.Attendee.Name, Address: n.Attendee.Email})
	}
	return r.builder.Build(d)
}

// shown is a notice as its attendee may see it.
func (r *renderer) shown(n Notice) *Notice {
	if r.options.HideGuests {
		n.Event, n.Before = r.rosters.only(n.Event, n.Attendee), r.rosters.only(n.Before, n.Attendee)
	}
	return &n
}

// view is what the mail's text is about.
func (r *renderer) view(n *Notice, l *letter) *body.View {
	v := &body.View{
		Event: n.Event, Before: n.Before, Action: l.action, Method: n.Method,
		Language: r.options.Language, HideGuests: r.options.HideGuests, Comment: l.comment,
	}
	if r.options.HideGuests {
		// Without the one attendee that the object names it is equal for all of
		// them, and a Renderer can use its text again.
		if v.Event = nobody(n.Event); n.Before != nil {
			v.Before = nobody(n.Before)
		}
	}
	if len(l.notices) == 1 {
		v.Attendee = n.Attendee
		v.Answers = r.answerLinks(n)
	}
	return v
}

// answerLinks are the links by which the reader of a request can answer without
// buttons.
func (r *renderer) answerLinks(n *Notice) []body.AnswerLink {
	if r.options.AnswerURL == nil || n.Method != ical.MethodRequest || n.Attendee.NoReply {
		return nil
	}
	var out []body.AnswerLink
	for _, s := range []ical.Status{ical.Accepted, ical.Tentative, ical.Declined} {
		if u := r.options.AnswerURL(r.meeting, n.Attendee, s); u != "" {
			out = append(out, body.AnswerLink{Status: s, URL: u})
		}
	}
	return out
}

// inline hands the pictures of the text to the mail.
func inline(list []body.Image) []mime.File {
	var out []mime.File
	for _, i := range list {
		out = append(out, mime.File{Name: i.Name, MediaType: i.MediaType, ContentID: i.ContentID, Data: i.Data})
	}
	return out
}

// object returns the calendar object of a notice.
func (r *renderer) object(n *Notice, stamp time.Time) ([]byte, error) {
	key := objectKey{n.Event, n.Method, n.Sequence, stamp, n.replyTo}
	if r.last == key {
		return r.calendar, nil
	}
	e := n.answeredTo()
	e.Sequence = n.Sequence
	e.Overrides = slices.DeleteFunc(slices.Clone(e.Overrides), func(o ical.Event) bool { return onlyAnswers(&o, e.Attendees) })
	data, err := ical.Encode(&ical.Calendar{
		Method: n.Method, ProductID: r.options.ProductID, Stamp: stamp, Events: []ical.Event{e},
	})
	if err != nil {
		return nil, err
	}
	r.last, r.calendar = key, data
	return data, nil
}

// onlyAnswers reports whether an override says nothing but what its attendees
// answered, which a client would show as an exception of the series.
func onlyAnswers(o *ical.Event, series []ical.Attendee) bool {
	return isBare(*o) && (o.Attendees == nil || slices.EqualFunc(o.Attendees, series, func(a, b ical.Attendee) bool {
		return address.Same(a.Email, b.Email) && a.Name == b.Name && a.NoReply == b.NoReply &&
			or(a.Role, ical.RoleRequired) == or(b.Role, ical.RoleRequired) &&
			or(a.Kind, ical.KindIndividual) == or(b.Kind, ical.KindIndividual)
	}))
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
func (l *letter) messageID() string {
	n := &l.notices[0]
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%d\n%s\n%d\n", n.Event.UID, n.Method, n.Sequence,
		n.Event.RecurrenceID.UTC().Format(time.RFC3339), l.stamp.Unix())
	for _, n := range l.notices {
		fmt.Fprintln(h, address.Key(n.Attendee.Email))
	}
	id := base32.StdEncoding.EncodeToString(h.Sum(nil)[:15])
	domain := "invalid"
	if ascii, err := address.ASCII(n.Event.Organizer.Email); err == nil {
		domain = ascii[strings.LastIndexByte(ascii, '@')+1:]
	}
	return "<" + strings.ToLower(id) + "@" + domain + ">"
}
