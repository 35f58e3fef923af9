package invite

import (
	"slices"
	"time"

	"github.com/google/uuid"

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
	// NoAttachment leaves out the attached copy of the calendar object, which
	// helps Apple Mail and webmail.
	NoAttachment bool
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

var defaultBody = body.New(nil)
