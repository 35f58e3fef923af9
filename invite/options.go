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
	"github.com/convene-go/convene/mime"
)

// Options say how a [Client] works, for all of its calls. Nil and zero values are
// right and safe. Options of a single call, such as [Comment], are values of
// their own.
type Options struct {
	// Now is the clock for Date and DTSTAMP. If it is nil, time.Now is used.
	Now func() time.Time
	// NewID makes the UID of a meeting that has none. If it is nil, random UUIDs
	// are used.
	NewID func() string
	// Random is the source of the Message-IDs, read in the order of the plan. If
	// it is nil, crypto/rand is used. Message-IDs must not be guessable, because
	// a report that names one counts as a bounce.
	Random io.Reader
	// ProductID names your program in the calendar object (RFC 5545, section
	// 3.7.3). If it is "", it is [ical.DefaultProductID].
	ProductID string
	// Body writes the texts of the mails. If it is nil, body.New(nil) is used.
	Body Renderer
	// Language is the language of the mails' text if neither the attendee nor the
	// event names one, as a BCP 47 tag. If it is "", it is English.
	Language string
	// AnswerURL returns the links by which the reader of a request can answer
	// without buttons, for the statuses accepted, tentative and declined. If it
	// returns "", the link is left out. If it is nil, all links are left out. Package
	// rsvp makes the links and the pages behind them. Links of your own should be
	// hard to guess, because anybody who has one answers as that attendee. If the mail is
	// about one occurrence of a series, m.Event has its RecurrenceID, so that the link can
	// be about that occurrence alone.
	AnswerURL func(m *Meeting, a ical.Attendee, s ical.Status) string
	// CalendarLinks adds links to invitations and reminders that add the event to Google
	// Calendar, Outlook.com, Microsoft 365 or Yahoo Calendar, see [ical.Links]. They help
	// readers who have no program that takes invitations. The entries that they make are
	// not connected with the invitation.
	CalendarLinks bool
	// Levels says which changes need a new answer, a mail or nothing. If it is nil,
	// the levels are [DefaultLevels].
	Levels Levels
	// TellDeclined mails minor changes also to attendees who declined.
	TellDeclined bool
	// WholeSeries reports whether an attendee's calendar is kept by a server that
	// replaces everything it has of a meeting by every mail about it, as servers
	// based on sabre do: Nextcloud, ownCloud, Baïkal. A REQUEST for one occurrence
	// would remove the rest of the series there, and a CANCEL of one occurrence
	// would cancel all of it. So these attendees get a REQUEST for the whole
	// series, with its overrides and EXDATEs, if one occurrence changes or is
	// cancelled. An attendee who is invited to some occurrences alone gets all of
	// them with every mail. If one is cancelled, it has STATUS:CANCELLED in that
	// mail.
	//
	// WholeSeries is called several times for an attendee and must give the same
	// answer. If it is nil, no attendee is treated so, which is right for Outlook,
	// Google, Apple, Thunderbird and Evolution.
	WholeSeries func(a ical.Attendee) bool
	// Ledger stores the fate of each mail before and after it is handed over, so
	// that a program can stop at any point and go on with [Client.Resume]. If it
	// is nil, nothing is stored, and only the Meeting that comes back has the
	// results.
	Ledger Ledger
	// Files returns the data of a file that [Attach] sent, because the program keeps
	// the files and the Meeting does not. It is called if a mail is sent later than in
	// the call with Attach, by [Client.Resume] or by a call that takes the place of a
	// pending mail. It is called once for the successive mails that have the file. hash
	// is the SHA-256 of the file as [AttachedFile] has it, and other data is refused. If
	// the error is [ErrSkipFile], the mail goes without the file. With any other error
	// the mail is not sent, and later mails to its attendee wait for it. If Files is nil,
	// such mails cannot be sent, and QueueOnly excludes Attach. Files is called several
	// times at once if the Client is used so.
	Files func(ctx context.Context, uid, name, hash string) ([]byte, error)
	// Parallel is the number of mails of one call that are handed over at the
	// same time. 0 stands for 1. Mails to one attendee keep their order. If it is
	// above 1, the Sender must be safe for concurrent use. With a Ledger, a [Pacer]
	// may have room for fewer.
	Parallel int
	// NoAttachment leaves out the attached copy of the calendar object. The copy
	// helps Apple Mail and webmail.
	NoAttachment bool
	// ExactZones writes all rules of a series' zone in the calendar object, even if
	// Outlook refuses the mail for that. See [ical.Calendar.ExactZones].
	ExactZones bool
	// Header has further header fields for all mails, in this order, such as
	// X-SES-CONFIGURATION-SET, Feedback-ID or List-Unsubscribe. A name or a value that a
	// mail cannot have is an error of every call, and so is a field that the library or a
	// server writes, such as To, Message-ID, Content-Type or Auto-Submitted. Long values
	// are folded at their spaces. There are at most 50 fields with 16 KiB.
	Header []mime.Field
	// ReplyAddress gives each attendee a signed address to answer to, as the
	// organizer of the calendar object and as Reply-To. If it is nil, all answers
	// go to the organizer's own address. Give it to [Policy] too.
	ReplyAddress *ReplyAddress
	// Observe is told of each [Step] of the calls that send, for traces and counters. ctx
	// is the context of the call, so a span in it is the parent of the step. If Observe is
	// nil, it costs nothing: no clock is read, and no memory is used.
	//
	// One call tells its steps one after the other, also if several mails are in flight.
	// Calls that run at the same time tell theirs at the same time, so Observe must be safe
	// for concurrent use. The steps of one mail come in this order: planned, rendered,
	// handed over, result. Observe must not block, because the call waits for it. It must
	// not call the Client. If it panics, the step is lost, slog.Default is told, and the
	// call goes on.
	Observe func(ctx context.Context, s Step)
}

// Renderer writes the text of a mail. [body.Renderer] is one.
type Renderer interface {
	Render(v *body.View) (*body.Body, error)
}

var _ Renderer = (*body.Renderer)(nil)

// clone returns a copy of o that shares nothing with it that a caller could
// change.
func (o *Options) clone() Options {
	if o == nil {
		return Options{}
	}
	out := *o
	out.Levels = maps.Clone(o.Levels)
	out.Header = slices.Clone(o.Header)
	out.ReplyAddress = o.ReplyAddress.clone()
	return out
}

// settings are the options of the client, with defaults for Now, NewID, Random
// and Body, and the options of one call.
type settings struct {
	Options
	callOptions
	began    time.Time      // of the call, for steps; zero if nobody observes them
	stored   *ical.Event    // the event of the meeting that the call is about; nil for a new meeting
	attached []AttachedFile // the files of the call, once they are checked
}

// newSettings joins the options of a client with the options of a call.
func newSettings(o *Options, opts callOptions) *settings {
	s := &settings{Options: *o, callOptions: opts, began: o.clock()}
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

// about takes HideGuests and OneMail from the meeting, because every later mail
// of the meeting keeps them. It also notes the event. It changes s and returns it.
func (s *settings) about(m *Meeting) *settings {
	s.stored = &m.Event
	s.hideGuests, s.oneMail = m.HideGuests, m.OneMail
	return s
}

// stamp is the DTSTAMP and Date of a call's mails.
func (s *settings) stamp() time.Time { return s.Now().UTC().Truncate(time.Second) }

// end tells a [WholeMeeting] ledger that the call about these meetings is over.
func (s *settings) end(ms ...*Meeting) {
	if h, ok := s.Ledger.(*wholeMeetings); ok {
		for _, m := range ms {
			h.release(m.Event.UID)
		}
	}
}

// defaultBody cannot fail: it has no templates of a caller.
var defaultBody = must(body.New(nil))

// must panics if err is not nil.
func must(r *body.Renderer, err error) *body.Renderer {
	if err != nil {
		panic(err)
	}
	return r
}
