package invite

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// Inbound is a mail that came in, and what it is to a meeting.
type Inbound struct {
	// Kind says what the mail is.
	Kind Kind
	// Reason says in words why it is taken for that, for people and logs.
	Reason string
	// Calendar is the object that decided; nil where the mail has none.
	Calendar *ical.Calendar
	// Event is the meeting, or occurrence, that the object is about; nil
	// where there is none.
	Event *ical.Event
	// Attendee is who answers, with status and comment; the zero value where
	// the mail is no answer.
	Attendee ical.Attendee
	// Mail is everything else that the mail says.
	Mail *mime.Received
}

// Kind says what a mail is to a meeting.
type Kind string

// The values of [Kind].
const (
	// Reply: an attendee accepts, declines, hesitates or delegates.
	Reply Kind = "reply"
	// Counter: an attendee proposes another time.
	Counter Kind = "counter"
	// Refresh: an attendee asks for the current version.
	Refresh Kind = "refresh"
	// Request: somebody invites, or changes what they invited to.
	Request Kind = "request"
	// Cancel: somebody cancels.
	Cancel Kind = "cancel"
	// Bounce: a server reports what became of a mail.
	Bounce Kind = "bounce"
	// AutoReply: a program answered, such as an out-of-office notice.
	AutoReply Kind = "auto-reply"
	// Other: anything else; Reason says what.
	Other Kind = "other"
)

// ReadOptions are the limits of [Read]; nil and zero values are the defaults.
type ReadOptions struct {
	// Mail are the limits of the mail, Calendar those of a calendar object in it.
	Mail     *mime.ReadOptions
	Calendar *ical.DecodeOptions
}

// Read reads a mail and says what it is. It fails only where there is no mail
// to read: on errors of r, over the size limit, and without any header field.
func Read(r io.Reader, o *ReadOptions) (*Inbound, error) {
	if o == nil {
		o = new(ReadOptions)
	}
	m, err := mime.Read(r, o.Mail)
	if err != nil {
		return nil, fmt.Errorf("invite: read: %w", err)
	}
	in := &Inbound{Kind: Other, Mail: m}
	in.classify(o)
	return in, nil
}

// classify puts reports first: what they return is our own invitation.
func (in *Inbound) classify(o *ReadOptions) {
	m := in.Mail
	switch {
	case m.Report != nil:
		in.Kind, in.Reason = Bounce, bounceReason(m.Report)
		if m.Returned != nil {
			in.choose(m.Returned.Calendars, o)
		}
	case m.ReportType != "":
		in.Reason = "is a report: " + m.ReportType
	case in.choose(m.Calendars, o):
		in.byMethod()
	case m.AutoSubmitted != "" && m.AutoSubmitted != "no":
		in.Kind, in.Reason = AutoReply, "is sent by a program: Auto-Submitted: "+m.AutoSubmitted
	case in.Reason != "": // says what is wrong with the object
	case m.TNEF:
		in.Reason = "has its calendar object in a winmail.dat, which is not supported"
	default:
		in.Reason = "has no calendar object"
	}
}

func bounceReason(r *mime.DeliveryReport) string {
	if len(r.Recipients) == 0 {
		return "is a delivery report that names no recipient"
	}
	d := r.Recipients[0]
	return strings.TrimSpace(fmt.Sprintf("%s for %s: %s %s", d.Action, or(d.OriginalRecipient, d.FinalRecipient),
		d.Status, d.DiagnosticCode))
}

// choose takes the first object that holds a meeting; the same one often comes
// twice. It notes in Reason why there is none.
func (in *Inbound) choose(parts []mime.Part, o *ReadOptions) bool {
	for _, p := range parts {
		c, err := ical.Decode(bytes.NewReader(p.Data), o.Calendar)
		switch {
		case err != nil:
			in.explain("has a calendar object that cannot be read: " + err.Error())
		case len(c.Events) == 0:
			in.explain("has a calendar object without a meeting: " + or(strings.Join(c.Skipped, ", "), "it is empty"))
		default:
			if c.Method == "" { // QUIRK: Zimbra and some gateways drop METHOD and keep the parameter
				c.Method = ical.Method(p.Method)
			}
			in.Calendar, in.Event = c, &c.Events[0]
			return true
		}
	}
	return false
}

// explain keeps the first reason.
func (in *Inbound) explain(reason string) { in.Reason = or(in.Reason, reason) }

// methodKinds are the kinds by the object's METHOD. The Content-Type's parameter
// counts only where the object has none.
//
// QUIRK: Google sends a COUNTER as method=REPLY.
var methodKinds = map[ical.Method]Kind{
	ical.MethodReply: Reply, ical.MethodCounter: Counter, ical.MethodRefresh: Refresh,
	ical.MethodRequest: Request, ical.MethodCancel: Cancel,
}

func (in *Inbound) byMethod() {
	method := in.Calendar.Method
	kind, ok := methodKinds[method]
	switch {
	case method == "":
		in.Reason = "has a calendar object without a METHOD, so it asks for nothing"
	case !ok:
		in.Reason = fmt.Sprintf("has a calendar object with METHOD %.40s, which is no part of this conversation", method)
	default:
		in.Kind = kind
		in.Reason = fmt.Sprintf("has a calendar object with METHOD %s", method)
		if kind == Reply || kind == Counter || kind == Refresh {
			in.answer()
		}
	}
}

// answer finds who answers: the only attendee, or the one that sent the mail.
func (in *Inbound) answer() {
	list := in.Event.Attendees
	for _, a := range list {
		if len(list) == 1 || in.isFrom(a.Email) {
			in.Attendee = a
			in.Attendee.Status = or(a.Status, ical.NeedsAction)
			in.Reason = fmt.Sprintf("%s answers: %s", a.Email, in.Attendee.Status)
			return
		}
	}
	in.Reason = fmt.Sprintf("has a METHOD %s with %d attendees, none of which is its sender", in.Calendar.Method, len(list))
}

func (in *Inbound) isFrom(email string) bool {
	for _, f := range in.Mail.From {
		if address.Same(f.Address, email) {
			return true
		}
	}
	return false
}

// or returns the first value that is not zero.
func or[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}
