package invite

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/mime"
)

// Inbound is a mail that came in, and its meaning for a meeting.
type Inbound struct {
	// Kind is the kind of the mail.
	Kind Kind
	// Reason says in words why the mail has this kind, for people and logs. It also
	// says what was passed over in the calendar object, see [ical.Calendar.Skipped],
	// and which other meetings the mail is about.
	Reason string
	// Calendar is the calendar object that decided. It is nil if the mail has
	// none. Of a bounce or receipt it is the object that came back. If the mail has a
	// winmail.dat about a meeting instead, Calendar is made of it.
	Calendar *ical.Calendar
	// Event is the meeting, or occurrence, that the object is about. It is nil if
	// there is no object. If an answer is about several occurrences, Calendar has
	// the others, and [Meeting.Apply] takes all of them.
	Event *ical.Event
	// Attendee is the attendee who answers, with status and comment. It is the
	// zero value if the mail is no answer.
	Attendee ical.Attendee
	// Mail has all other contents of the mail.
	Mail *mime.Received
	// Verified are results that a trusted service gave with the mail, see
	// [ReadOptions].
	Verified []mime.AuthResult
	// Quoted says that the calendar object stands in a message that is attached to
	// the mail. Its author need not be the author of the mail.
	Quoted bool
}

// Kind is the meaning of a mail for a meeting.
type Kind string

// The values of [Kind].
const (
	// KindReply: an attendee accepts, declines, hesitates or delegates.
	KindReply Kind = "reply"
	// KindCounter: an attendee proposes another time.
	KindCounter Kind = "counter"
	// KindRefresh: an attendee asks for the current version.
	KindRefresh Kind = "refresh"
	// KindDeclineCounter: the organizer does not take a proposed time.
	KindDeclineCounter Kind = "decline-counter"
	// KindRequest: somebody invites, or changes an invitation.
	KindRequest Kind = "request"
	// KindAdd: the organizer adds an occurrence to a series.
	KindAdd Kind = "add"
	// KindCancel: somebody cancels.
	KindCancel Kind = "cancel"
	// KindBounce: a server reports that a mail did not arrive, or not yet. It may say
	// so in words alone, see mime.DeliveryReport.Prose.
	KindBounce Kind = "bounce"
	// KindReceipt: a server confirms that a mail arrived, or a recipient's program
	// that it was read or deleted.
	KindReceipt Kind = "receipt"
	// KindAutoReply: a program answered, such as an out-of-office notice.
	KindAutoReply Kind = "auto-reply"
	// KindOther: anything else. Reason says more.
	KindOther Kind = "other"
)

// ReadOptions are the limits of [Read], and facts about a mail that its text does
// not have. Nil and zero values are the defaults.
type ReadOptions struct {
	// Mail has the limits of the mail, and Calendar the limits of a calendar
	// object in it.
	Mail     *mime.ReadOptions
	Calendar *ical.DecodeOptions
	// Recipient is the envelope's recipient, if a webhook or a mail server gives
	// it. It counts as an address that the mail came to.
	Recipient string
	// Verified are the results of the checks of SPF, DKIM and DMARC by the service
	// that handed the mail over, such as an inbound webhook whose signature you
	// have checked. If there are any, a [Policy] takes them in place of the mail's
	// own Authentication-Results fields. If the list is empty but not nil, the
	// service found nothing: no field of the mail can satisfy RequireAuth.
	Verified []mime.AuthResult
}

// Read reads a mail and finds out its kind. r is the whole mail with its header,
// not the calendar object alone. It fails only if there is no mail to read: if r
// fails, if the mail is over the size limit, or if it has no header field.
func Read(r io.Reader, o *ReadOptions) (*Inbound, error) {
	if o == nil {
		o = new(ReadOptions)
	}
	m, err := mime.Read(r, o.Mail)
	if err != nil {
		return nil, fmt.Errorf("invite: read: %w", err)
	}
	in := &Inbound{Kind: KindOther, Mail: m, Verified: slices.Clone(o.Verified)}
	if o.Recipient != "" {
		m.DeliveredTo = append(m.DeliveredTo, o.Recipient)
	}
	in.classify(o)
	in.Reason = foreignLine(in.Reason, mostReason)
	return in, nil
}

// classify sets the kind and the reason. Reports come first, because the mail that
// they return is our own invitation.
func (in *Inbound) classify(o *ReadOptions) {
	m := in.Mail
	if in.report() {
		if m.Returned != nil {
			in.choose(m.Returned.Calendars, o)
		}
		return
	}
	switch chosen := in.choose(m.Calendars, o); {
	case in.fromTNEF(chosen):
		in.byMethod(tnefObject)
	case chosen:
		in.byMethod("a calendar object")
	case m.TNEF != nil:
		in.byTNEF(m.TNEF)
	}
	if closed := closedReasons[m.Closed]; closed != "" && in.Kind == KindOther {
		in.Reason = strings.TrimPrefix(in.Reason+"; "+closed, "; ")
	}
	in.explain("has no calendar object")
	// A program's answer may quote the invitation that it is about.
	if by := automatic(m, in.Calendar != nil); by != "" && !in.isAnswer() && in.Kind != KindReceipt && in.Kind != KindBounce {
		in.Kind, in.Reason = KindAutoReply, "is sent by a program: "+by
	}
	in.Reason += in.notes()
}

// automatic returns the field that shows that a program answers, or "". Calendar
// programs set Auto-Submitted too, on invitations as on answers (RFC 3834,
// section 5), so it counts only in a mail without a calendar object, unless it
// says auto-replied.
func automatic(m *mime.Received, calendar bool) string {
	switch m.AutoSubmitted {
	case "", "no":
	case "auto-replied":
		return "Auto-Submitted: auto-replied"
	default:
		if !calendar && len(m.Calendars) == 0 {
			return "Auto-Submitted: " + m.AutoSubmitted
		}
	}
	// QUIRK: programs older than RFC 3834 have fields of their own:
	// testdata/replies/auto-reply-old.eml.
	for _, name := range []string{"X-Autoreply", "X-Autorespond"} {
		if len(m.Values(name)) > 0 {
			return name
		}
	}
	for _, v := range m.Values("Precedence") {
		if strings.EqualFold(strings.TrimSpace(v), "auto_reply") {
			return "Precedence: auto_reply"
		}
	}
	return ""
}

// isAnswer reports whether an attendee speaks to the organizer: by a reply, a
// proposal, or a request for the current version.
func (in *Inbound) isAnswer() bool {
	return in.Kind == KindReply || in.Kind == KindCounter || in.Kind == KindRefresh
}

// methodKinds has the kinds by the object's METHOD. The parameter of the
// Content-Type counts only if the object has no METHOD.
//
// QUIRK: Google sends a COUNTER as method=REPLY:
// testdata/replies/google-counter.eml.
var methodKinds = map[ical.Method]Kind{
	ical.MethodReply: KindReply, ical.MethodCounter: KindCounter, ical.MethodRefresh: KindRefresh,
	ical.MethodRequest: KindRequest, ical.MethodCancel: KindCancel, ical.MethodAdd: KindAdd,
	ical.MethodDeclineCounter: KindDeclineCounter,
}

// byMethod sets the kind by the METHOD of the calendar object. object is the object in
// words.
func (in *Inbound) byMethod(object string) {
	method := in.Calendar.Method
	kind, ok := methodKinds[method]
	switch {
	case method == "":
		in.Reason = "has " + object + " without a METHOD, so it asks for nothing"
	case !ok:
		in.Reason = fmt.Sprintf("has %s with METHOD %.40s, which is no part of this conversation", object, method)
	default:
		in.Kind = kind
		in.Reason = fmt.Sprintf("has %s with METHOD %s", object, method)
		switch who := cmp.Or(in.Event.Organizer.Email, author(in.Mail)); {
		case in.isAnswer():
			in.answer()
		case kind == KindDeclineCounter:
			in.Reason = fmt.Sprintf("the organizer %.80s does not take the proposed time: the meeting stays as it is", who)
		case kind == KindAdd:
			in.Reason = fmt.Sprintf("the organizer %.80s adds an occurrence to the series", who)
		}
		if anyRanged(in.Event) {
			in.Reason += "; " + rangeReason
		}
		if zone := unknownZone(in.Event); zone != "" && kind != KindReply {
			in.Reason += "; " + zone
		}
	}
}

// answer sets the attendee who answers, and the reason.
func (in *Inbound) answer() {
	a, ok := answeringAttendee(in.Event, in.Mail)
	in.Attendee = a
	switch {
	case ok && in.Kind == KindRefresh:
		in.Reason = fmt.Sprintf("%.254s asks for the current version", a.Email)
	case ok && in.Kind == KindCounter:
		in.Reason = fmt.Sprintf("%.254s proposes another time: %.40s", a.Email, a.Status)
	case ok:
		in.Reason = fmt.Sprintf("%.254s answers: %.40s", a.Email, a.Status)
	default:
		in.Reason = fmt.Sprintf("has a METHOD %s with %d attendees, none of which is its sender",
			in.Calendar.Method, len(in.Event.Attendees))
	}
}
