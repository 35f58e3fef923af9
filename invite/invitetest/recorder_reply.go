package invitetest

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
)

// Answer holds the details of an answer beside the status. The zero value is a
// plain answer to the whole request.
type Answer struct {
	// Comment is the attendee's comment, on one line.
	Comment string
	// Occurrence is the original start of an occurrence, if the answer is for that
	// occurrence alone.
	Occurrence time.Time
	// Start and End propose another time (METHOD:COUNTER). Set both or neither.
	Start, End time.Time
	// DelegateTo is the address of the delegate, for [ical.StatusDelegated].
	DelegateTo string
	// From is the mailbox that sends the mail; "" is the attendee's own.
	From string
	// Time is DTSTAMP and Date. If it is zero, the time is a minute after the
	// request, or a minute after the Recorder's last answer if that is later.
	Time time.Time
	// AuthServID is the name of the receiving server. If it is set, the mail begins
	// with an Authentication-Results field of that server, which says that DKIM and
	// DMARC passed for the domain in From. [invite.Strict] asks for such a field.
	AuthServID string
}

// AnswerOption changes the [Answer] of one call. Any func(*Answer) is one:
//
//	r.Reply("ann@example.com", ical.StatusDeclined, invitetest.ClientGmail, func(a *invitetest.Answer) {
//		a.Comment = "On holiday"
//	})
type AnswerOption func(*Answer)

// Reply returns the mail with which an attendee answers the last request that
// arrived at their address, in the shape that the client gives it. Pass it to
// [invite.Read]. Equal calls in the same order return equal mails.
//
// Reply panics if no request arrived at the address, if the request does not list
// the address as an attendee, or if the client is unknown.
func (r *Recorder) Reply(email string, status ical.Status, as Client, opts ...AnswerOption) []byte {
	write, ok := writers[as]
	if !ok {
		panic(fmt.Sprintf("invitetest: no client %q", as))
	}
	out := r.request(email)
	out.status = status
	for _, change := range opts {
		change(&out.Answer)
	}
	out.number, out.Time = r.next(out.Time, out.in.Calendar.Stamp)
	out.complete()
	return []byte(out.trace() + write(out))
}

// response is an answer, with everything that a client needs to write it.
type response struct {
	Answer
	in         *invite.Inbound // the request
	requestICS []byte          // the calendar object of the request
	event      ical.Event      // the meeting or the occurrence that is answered
	attendee   ical.Attendee
	status     ical.Status
	number     int // counts the mails of the Recorder from 1
}

// request returns the response to the last request that arrived at an address. The
// caller fills in the answer.
func (r *Recorder) request(email string) *response {
	for _, m := range slices.Backward(r.MessagesTo(email)) {
		in, err := invite.Read(bytes.NewReader(m.Data), nil)
		if err != nil || in.Kind != invite.KindRequest {
			continue
		}
		i := slices.IndexFunc(in.Event.Attendees, func(a ical.Attendee) bool { return address.Same(a.Email, email) })
		if i < 0 {
			panic(fmt.Sprintf("invitetest: the request that arrived at %s does not list that address as an attendee", email))
		}
		return &response{in: in, requestICS: Calendar(m), event: *in.Event, attendee: in.Event.Attendees[i]}
	}
	panic(fmt.Sprintf("invitetest: no request arrived at %s", email))
}

// next returns the number and the time of the next mail. If no time is wanted, the
// time is a minute after the request or after the last mail.
func (r *Recorder) next(wanted, request time.Time) (int, time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replies++
	if wanted.IsZero() {
		if request.After(r.clock) {
			r.clock = request
		}
		wanted = r.clock.Add(time.Minute)
	}
	r.clock = wanted.UTC().Truncate(time.Second)
	return r.replies, r.clock
}

// complete fills in the author, and reduces the event to the occurrence that is
// answered.
func (r *response) complete() {
	if r.From == "" {
		r.From = r.attendee.Email
	}
	id := r.Occurrence
	if id.IsZero() {
		return
	}
	series := r.event
	for i, o := range series.Overrides {
		if o.RecurrenceID.Equal(id) {
			r.event = series.Override(i)
			return
		}
	}
	r.event.RecurrenceID, r.event.Start = id, id
	if !series.End.IsZero() {
		r.event.End = id.Add(series.End.Sub(series.Start))
	}
	r.event.Recurrence, r.event.Overrides = nil, nil
}

// proposes reports whether the answer proposes another time.
func (r *response) proposes() bool { return !r.Start.IsZero() }

func (r *response) method() ical.Method {
	if r.proposes() {
		return ical.MethodCounter
	}
	return ical.MethodReply
}
