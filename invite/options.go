package invite

import (
	"context"
	"crypto/rand"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// Options say how a [Client] works, the same for all of its calls. Nil and zero
// values are right and safe. What belongs to one call is an option of that call,
// such as [Comment].
type Options struct {
	// Now is the clock for Date and DTSTAMP; nil is time.Now.
	Now func() time.Time
	// NewID makes the UID of a meeting that has none; nil makes random UUIDs.
	NewID func() string
	// Random is the source of the Message-IDs, read in the order of the plan; nil
	// is crypto/rand. Message-IDs must not be guessable, because a report that
	// names one counts as a bounce.
	Random io.Reader
	// ProductID names your program in the calendar object (RFC 5545, section
	// 3.7.3); "" is [ical.DefaultProductID].
	ProductID string
	// Body writes what people read; nil is body.New(nil).
	Body Renderer
	// Language is the language of the mails' text if neither the attendee nor the
	// event names one, as a BCP 47 tag; "" is English.
	Language string
	// AnswerURL gives the links by which the reader of a request can answer
	// without buttons, for the statuses accepted, tentative and declined. "" leaves
	// a link out, and nil leaves all out. The page behind a link is the caller's;
	// links should be hard to guess, since whoever follows one answers as that
	// attendee.
	AnswerURL func(m *Meeting, a ical.Attendee, s ical.Status) string
	// Levels says which changes need a new answer, a mail or nothing, if this is
	// to differ from [DefaultLevels].
	Levels Levels
	// TellDeclined mails minor changes also to attendees who declined.
	TellDeclined bool
	// Ledger stores what becomes of each mail before and after it is handed over,
	// so that a program can stop at any point and go on with [Client.Resume]. Nil
	// stores nothing; the result stands in the Meeting that comes back.
	Ledger Ledger
	// Parallel is the number of mails of one call that are handed over at the same
	// time; 0 is 1. Mails to one attendee keep their order. The Sender must be safe
	// for concurrent use if it is above 1.
	Parallel int
	// NoAttachment leaves out the attached copy of the calendar object, which
	// helps Apple Mail and webmail.
	NoAttachment bool
	// ReplyAddress gives each attendee a signed address to answer to, as the
	// organizer of the calendar object and as Reply-To; nil has all answer to
	// the organizer's own. Give it to [Policy] too.
	ReplyAddress *ReplyAddress
}

// Renderer writes the text of a mail. [body.Renderer] is one.
type Renderer interface {
	Render(v *body.View) (*body.Body, error)
}

var _ Renderer = (*body.Renderer)(nil)

// Ledger keeps the fate of every mail of the calls of a [Client]. With one, the
// stored meeting is the truth; the Meeting that a call returns is for reading,
// because storing it would undo answers that were applied meanwhile. The conformance
// suite is invitetest.TestLedger.
//
// The calls of Record for one meeting never overlap within a call of the Client.
// The values that it is given must not be kept or changed.
type Ledger interface {
	// Begin stores all meetings of one call in one step, before its first mail.
	// Mails that it has not seen are pending, and mails that they replace are
	// overtaken. It must return an error if a call was planned from what is no
	// longer true: a mail that it marks as overtaken is not pending any more, or
	// something is stored that the meeting does not know. After an error nothing is
	// handed over. [Client.Resume] does not call it.
	Begin(ctx context.Context, ms ...*Meeting) error
	// Record stores changes of deliveries in one step. A Delivery in state
	// [DeliverySending] is a claim, which holds only if the stored one was
	// pending. Deliveries with one Message-ID are one mail, claimed whole or not
	// at all. A Delivery in state [DeliveryPending] takes a mail back, which holds
	// only if the stored one is unknown, or was claimed by this call. [ResendUnknown]
	// also asks for mails that another call was sending; if the ledger does not give
	// these back, it refuses the claims that follow.
	//
	// lost are the numbers of the claims that were refused; these mails are not
	// handed over. After an error nothing more is handed over, and what the error
	// may have kept from being stored is recorded once again.
	Record(ctx context.Context, uid string, changed []Delivery) (lost []int, err error)
}

// clone is a copy of o that shares nothing with it that a caller could change.
func (o *Options) clone() Options {
	if o == nil {
		return Options{}
	}
	out := *o
	out.Levels = maps.Clone(o.Levels)
	out.ReplyAddress = o.ReplyAddress.clone()
	return out
}

// settings are all that one call is to do: the options of the client, none of
// them unset, and those of the call.
type settings struct {
	Options
	call
}

// settings joins the client's options with those of a call.
func (c *Client) settings(opts call) *settings {
	s := &settings{Options: c.options, call: opts}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.NewID == nil {
		s.NewID = uuid.NewString
	}
	if s.Random == nil {
		s.Random = rand.Reader
	}
	if s.Body == nil {
		s.Body = defaultBody
	}
	return s
}

// about are the settings of a call about a meeting, which stays as private as it
// was sent.
func (s *settings) about(m *Meeting) *settings {
	s.hideGuests, s.oneMail = m.HideGuests, m.OneMail
	return s
}

// levels are those of the options, with what else a call says of the list of
// attendees.
func (s *settings) levels() Levels {
	list := s.Levels.of("attendees")
	switch {
	case s.hideGuests:
		list = LevelSilent // nobody sees it
	case s.tellAll:
		list = max(list, LevelMinor)
	}
	out := maps.Clone(s.Levels)
	if out == nil {
		out = make(Levels)
	}
	out["attendees"] = list
	return out
}

// allows reports whether a call sends in spite of a lint rule.
func (s *settings) allows(rule string) bool { return slices.Contains(s.allowLint, rule) }

// defaultBody cannot fail: it has no templates of a caller.
var defaultBody = must(body.New(nil))

func must(r *body.Renderer, err error) *body.Renderer {
	if err != nil {
		panic(err)
	}
	return r
}
