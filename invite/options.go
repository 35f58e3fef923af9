package invite

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// Options are what a [Client] does beyond its one duty. Nil and zero values are
// right and safe.
type Options struct {
	// Now is the clock for Date and DTSTAMP; nil is time.Now.
	Now func() time.Time
	// NewID makes the UID of a meeting that has none; nil makes random UUIDs.
	NewID func() string
	// ProductID names your program in the calendar object (RFC 5545, section
	// 3.7.3); "" is [ical.DefaultProductID].
	ProductID string
	// Body writes what people read; nil is body.New(nil).
	Body Renderer
	// Language is that of the mails' text where neither the attendee nor the
	// event names one, as a BCP 47 tag; "" is English.
	Language string
	// AnswerURL, where set, gives the links by which the reader of a request
	// can answer without buttons: what is accepted, tentative and declined. ""
	// leaves a link out. What the links lead to is the caller's; they should be
	// hard to guess, since whoever follows one answers as that attendee.
	AnswerURL func(m *Meeting, a ical.Attendee, s ical.Status) string
	// Shared sends one mail to all attendees together instead of one to each.
	// Each then sees all addresses in To, and one refused recipient is a
	// result of its own only where the Sender says so.
	Shared bool
	// HideGuests shows each attendee only themselves and the organizer. It
	// cannot be combined with Shared.
	HideGuests bool
	// AllowLint are the identifiers of error-level lint rules that do not stop
	// a sending, see [ical.Event.Lint].
	AllowLint []string
	// Levels says which changes need a new answer, a mail or nothing, where this
	// is to differ from [DefaultLevels].
	Levels Levels
	// TellAll mails all attendees when only the list of attendees changed;
	// otherwise only those who were added or removed hear of it.
	TellAll bool
	// TellDeclined mails minor changes also to those who declined.
	TellDeclined bool
	// MailPast sends changes, cancellations and reminders also for meetings
	// that lie wholly in the past.
	MailPast bool
	// Record is called with the meeting before and after each mail: who stores it
	// there can stop at any point and go on with [Client.Resume].
	// The Meeting must not be kept or changed. An error ends the call; what was
	// not sent by then stays pending. Nil records nothing.
	Record func(ctx context.Context, m *Meeting) error
	// NoAttachment leaves out the attached copy of the calendar object, which
	// helps Apple Mail and webmail.
	NoAttachment bool
	// ReplyAddress gives each attendee a signed address to answer to, as the
	// organizer of the calendar object and as Reply-To; nil has all answer to
	// the organizer's own. Give it to [Policy] too.
	ReplyAddress *ReplyAddress

	call callOptions
}

// callOptions belong to one call alone; functions that return a [SendOption] set them.
type callOptions struct {
	occurrence    time.Time
	from          time.Time
	comment       string
	only          []string
	resendUnknown bool
	later         bool
}

// Renderer writes the text of a mail. [body.Renderer] is one.
type Renderer interface {
	Render(v *body.View) (*body.Body, error)
}

var _ Renderer = (*body.Renderer)(nil)

// SendOption changes the [Options] for one call. Any func(*Options) is one:
//
//	client.Send(ctx, event, func(o *invite.Options) { o.HideGuests = true })
type SendOption func(*Options)

// HideGuests is the [SendOption] that sets Options.HideGuests.
func HideGuests(o *Options) { o.HideGuests = true }

// Shared is the [SendOption] that sets Options.Shared.
func Shared(o *Options) { o.Shared = true }

// Occurrence limits a [Client.Cancel] to the occurrence with that original start.
func Occurrence(id time.Time) SendOption {
	return func(o *Options) { o.call.occurrence = id }
}

// From limits a [Client.Cancel] to the occurrence with that original start and
// all that follow it.
func From(id time.Time) SendOption {
	return func(o *Options) { o.call.from = id }
}

// Comment adds the organizer's words to the text of the mails of a call.
func Comment(text string) SendOption {
	return func(o *Options) { o.call.comment = text }
}

// Only limits a [Client.Remind] to the attendees of these addresses, also those
// who have answered.
func Only(emails ...string) SendOption {
	return func(o *Options) { o.call.only = emails }
}

// ResendUnknown makes [Client.Resume] send again what may have arrived. The
// mail is the same, so that a receiver can tell.
func ResendUnknown(o *Options) { o.call.resendUnknown = true }

// Later sends nothing: the mails of the call are checked, and pending in the
// Meeting that comes back, for [Client.Resume]. So the Meeting can be stored in one
// transaction with what it is about, and the mails go out when that is committed;
// examples/outbox does it. The client needs no Sender for it.
func Later(o *Options) { o.call.later = true }

var (
	_ SendOption = HideGuests
	_ SendOption = Shared
)

// withDefaults returns a copy of o, changed by opts, with no field left unset.
func (o *Options) withDefaults(opts []SendOption) *Options {
	out := new(Options)
	if o != nil {
		*out = *o
	}
	out.AllowLint = slices.Clip(out.AllowLint) // an option may append
	for _, change := range opts {
		change(out)
	}
	if out.Now == nil {
		out.Now = time.Now
	}
	if out.NewID == nil {
		out.NewID = uuid.NewString
	}
	if out.Body == nil {
		out.Body = defaultBody
	}
	return out
}

// forMeeting returns the options of a call about a meeting, which stays as
// private as it was sent.
func (o *Options) forMeeting(m *Meeting, opts []SendOption) *Options {
	out := o.withDefaults(opts)
	if out.HideGuests && out.Shared {
		return out // which is refused
	}
	out.HideGuests = out.HideGuests || m.HideGuests
	out.Shared = (out.Shared || m.Shared) && !out.HideGuests
	return out
}

// defaultBody cannot fail: it has no templates of a caller.
var defaultBody = must(body.New(nil))

func must(r *body.Renderer, err error) *body.Renderer {
	if err != nil {
		panic(err)
	}
	return r
}
