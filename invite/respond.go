package invite

import (
	"cmp"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/internal/wallclock"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
	"github.com/convene-go/convene/mime"
)

// Response is the answer that [Client.Respond] sends.
type Response struct {
	// As is the address of the attendee who answers.
	As string
	// Status is the answer: accepted, declined, tentative or delegated.
	Status ical.Status
	// Comment is a line for the organizer.
	Comment string
	// Start and End propose another time, which makes the answer a COUNTER (RFC
	// 5546, section 3.2.7). Set both or none.
	Start, End time.Time
	// Occurrence is the original start of the occurrence that is answered. If it
	// is zero, everything is answered that the invitation is about.
	Occurrence time.Time
	// DelegateTo is the address of the delegate if Status is delegated.
	DelegateTo string
	// OnBehalfOf is the address of the invited attendee, if As is another
	// address: an assistant's, or an alias of the invited address (SENT-BY, RFC
	// 5545, section 3.2.18).
	OnBehalfOf string
	// Uninvited allows As to be an address that the invitation does not name, for
	// example because it was forwarded.
	Uninvited bool
	// Automatic says that no person decided, for example because a room answers by
	// itself. The mail then has "Auto-Submitted: auto-generated" (RFC 3834, section 5),
	// so that out-of-office programs do not answer it.
	Automatic bool
}

// answerMail is an answer on its way out.
type answerMail struct {
	Response
	*Options
}

// message makes the answer to an invitation.
func (r *answerMail) message(in *Inbound) (*mime.Message, error) {
	if in.Kind != KindRequest || in.Event == nil {
		return nil, fmt.Errorf("%s: only a request can be answered", in.Kind)
	}
	if err := r.checkHeader(); err != nil {
		return nil, err
	}
	e, err := r.event(in.Event)
	if err != nil {
		return nil, err
	}
	was := e.Event
	method := ical.MethodReply
	if r.proposes() {
		method = ical.MethodCounter
		if err := e.propose(r); err != nil {
			return nil, err
		}
	}
	now := r.Now().Truncate(time.Second)
	data, err := encodeReply(&ical.Calendar{
		Method: method, ProductID: r.ProductID, Stamp: now, ExactZones: r.ExactZones, Events: []ical.Event{e.Event},
	})
	if err != nil {
		return nil, err
	}
	text, err := r.text(in, &was, &e.Event, method)
	if err != nil {
		return nil, err
	}
	d := &mime.Draft{
		From:    mail.Address{Name: e.name(r), Address: r.As},
		To:      []mail.Address{{Name: e.Organizer.Name, Address: e.Organizer.Email}},
		Subject: text.Subject, Text: text.Text, HTML: text.HTML, Inline: inline(text.Inline), Date: now,
		Calendar: data, Method: string(method), NoAttachment: true, Header: r.Header,
	}
	if in.Mail != nil && in.Mail.MessageID != "" {
		d.InReplyTo = in.Mail.MessageID
		d.References = append(lastOf(in.Mail.References, mostReferences), in.Mail.MessageID)
	}
	if r.Automatic {
		d.Header = append([]mime.Field{autoSubmitted}, d.Header...)
	}
	return mime.Build(d)
}

// mostReferences limits the Message-IDs of the thread that an answer repeats.
const mostReferences = 50

// lastOf returns a copy of the last n elements of a list.
func lastOf(list []string, n int) []string { return slices.Clone(list[max(0, len(list)-n):]) }

// proposes reports whether the answer is a COUNTER.
func (r *answerMail) proposes() bool { return !r.Start.IsZero() || !r.End.IsZero() }

// answerEvent is the component of an answer.
type answerEvent struct{ ical.Event }

// mostEcho limits the title and the place that an answer repeats, in octets. A forged
// invitation names any organizer, and its text would be sent to them.
const mostEcho = 1024

// event returns the invitation with one attendee and the fields that the
// organizer's program matches. No other field goes back, because an answer
// changes nothing.
func (r *answerMail) event(invited *ical.Event) (*answerEvent, error) {
	if !roster.IsAnswer(r.Status) {
		return nil, fmt.Errorf("Status: %.40q is none of accepted, declined, tentative, delegated", r.Status)
	}
	if (r.Status == ical.StatusDelegated) != (r.DelegateTo != "") {
		return nil, errors.New("status delegated and DelegateTo belong together")
	}
	if r.proposes() && (r.Start.IsZero() || r.End.Before(r.Start)) {
		return nil, errors.New("the proposal has no start, or ends before it")
	}
	if invited.Organizer.Email == "" {
		return nil, errors.New("the invitation names no organizer")
	}
	src, err := r.source(invited)
	if err != nil {
		return nil, err
	}
	if isRanged(&src) {
		return nil, errRanged
	}
	a, err := r.attendee(&src)
	if err != nil {
		return nil, err
	}
	if src.Floating {
		src.Recurrence = nil // DTSTART goes back as it came; a rule would need its zone
	}
	return &answerEvent{ical.Event{
		UID: src.UID, Sequence: src.Sequence, RecurrenceID: src.RecurrenceID,
		Start: src.Start, End: src.End, TimeZone: src.TimeZone, AllDay: src.AllDay, Floating: src.Floating,
		Recurrence: src.Recurrence,
		Summary:    cut(src.Summary, mostEcho), Location: cut(src.Location, mostEcho), Language: src.Language,
		Organizer: ical.Person{Name: cut(src.Organizer.Name, mostName), Email: src.Organizer.Email},
		Attendees: []ical.Attendee{a},
	}}, nil
}

// source returns the meeting, or the one occurrence that is answered.
func (r *answerMail) source(e *ical.Event) (ical.Event, error) {
	if r.Occurrence.IsZero() || series.Same(e, e.RecurrenceID, r.Occurrence) {
		return *e, nil
	}
	at, ok := series.Find(e, r.Occurrence)
	if !ok {
		return *e, fmt.Errorf("Occurrence: the invitation has no occurrence with the original start %s", r.Occurrence.Format(time.RFC3339))
	}
	out := at.Event(*e)
	if !e.AllDay && !e.Floating && e.TimeZone == "" && e.Start.Location() == time.UTC {
		out.RecurrenceID = asUTC(out.RecurrenceID) // as the series of the invitation was written
	}
	return out, nil
}

// asUTC returns an original start that is written in UTC, see
// [ical.Event.RecurrenceID].
func asUTC(id time.Time) time.Time { return id.In(wallclock.Zulu) }

// attendee returns the attendee who answers, as the invitation names them.
func (r *answerMail) attendee(e *ical.Event) (ical.Attendee, error) {
	email := cmp.Or(r.OnBehalfOf, r.As)
	a := ical.Attendee{Email: email}
	if i := roster.IndexOf(e.Attendees, email); i >= 0 {
		from := e.Attendees[i]
		a.Email, a.Name, a.Role, a.Kind = from.Email, cut(from.Name, mostName), from.Role, from.Kind
		a.DelegatedFrom = bare(from.DelegatedFrom)
	} else if !r.Uninvited {
		return a, fmt.Errorf("%.80s %w of the invitation; if it was forwarded, set Uninvited", email, ErrNotInvited)
	}
	if !address.Same(r.As, email) {
		a.SentBy = r.As
	}
	a.Status, a.Comment, a.DelegatedTo = r.Status, r.Comment, r.DelegateTo
	return a, nil
}

// encodeReply writes an answer. If a value of the invitation cannot be written, the
// answer goes without the rule, the zone and whatever else the organizer's program
// knows itself. It changes c then.
func encodeReply(c *ical.Calendar) ([]byte, error) {
	data, err := ical.Encode(c)
	if err == nil {
		return data, nil
	}
	e := &c.Events[0]
	e.Recurrence, e.TimeZone, e.Language = nil, "", ""
	e.Attendees[0].Role, e.Attendees[0].Kind, e.Attendees[0].DelegatedFrom = "", "", ""
	if !e.AllDay {
		e.Start, e.End = e.Start.UTC(), inUTC(e.End)
		if !e.RecurrenceID.IsZero() {
			e.RecurrenceID = asUTC(e.RecurrenceID)
		}
	}
	if data, err = ical.Encode(c); err != nil && c.Method == ical.MethodReply {
		e.End = time.Time{}
		data, err = ical.Encode(c)
	}
	return data, err
}

// inUTC returns t in UTC. The zero time, which stands for no time, stays.
func inUTC(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}
