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

// Client is a program that answers invitations, each in a shape of its own.
type Client string

// The values of [Client]. Their answers differ in all that a reader must not
// rely on: the structure of the mail, the language, where the organizer and the
// attendee's words stand, what time zones are called.
const (
	ClientOutlook     Client = "outlook"     // with Exchange: no ORGANIZER, Windows time zones, German
	ClientGmail       Client = "gmail"       // the same object twice, in UTC
	ClientApple       Client = "apple"       // an attachment without method
	ClientThunderbird Client = "thunderbird" // 8bit, and a text that may say the contrary
	ClientEvolution   Client = "evolution"   // the whole mail is the object
)

// Clients returns all clients, for tests that try each.
func Clients() []Client {
	return []Client{ClientOutlook, ClientGmail, ClientApple, ClientThunderbird, ClientEvolution}
}

// Answer is what an attendee says beside the status. The zero value is a plain
// answer to all that the request is about.
type Answer struct {
	// Comment is what they write with it, on one line.
	Comment string
	// Occurrence answers for one occurrence of a series: its original start.
	Occurrence time.Time
	// Start and End propose another time (METHOD:COUNTER). Both or none are set.
	Start, End time.Time
	// DelegateTo is the address of who comes instead, with [ical.StatusDelegated].
	DelegateTo string
	// From is the mailbox that the mail comes from; "" is the attendee's own.
	From string
	// Time is DTSTAMP and Date; zero is a minute after the request, or after
	// the last answer that the Recorder gave, whichever is later.
	Time time.Time
	// AuthServID puts Authentication-Results of a server with that name on top,
	// which say that the mail is from its author's domain; "" puts none. It is
	// what [invite.Strict] asks for.
	AuthServID string
}

// AnswerOption changes the [Answer] of one call. Any func(*Answer) is one:
//
//	r.Reply("ann@example.com", ical.StatusDeclined, invitetest.ClientGmail, func(a *invitetest.Answer) {
//		a.Comment = "On holiday"
//	})
type AnswerOption func(*Answer)

// Reply returns the mail, for [invite.Read], with which an attendee answers the
// last request that arrived at their address, written as the client writes it.
// Equal calls in the same order return equal mails.
//
// As it is for tests, it panics where no request arrived, where the attendee is
// not among those of the request, and for a client that it does not know.
func (r *Recorder) Reply(email string, status ical.Status, as Client, opts ...AnswerOption) []byte {
	write, ok := writers[as]
	if !ok {
		panic(fmt.Sprintf("invitetest: no client %q", as))
	}
	l := r.request(email)
	l.status = status
	for _, change := range opts {
		change(&l.Answer)
	}
	l.number, l.Time = r.next(l.Time, l.in.Calendar.Stamp)
	l.settle()
	return []byte(l.trace() + write(l))
}

// response is an answer on its way out.
type response struct {
	Answer
	in       *invite.Inbound // the request
	object   []byte          // its calendar object
	event    ical.Event      // what is answered: all, or one occurrence
	attendee ical.Attendee
	status   ical.Status
	number   int // of the answer
}

// request finds the last request to an attendee.
func (r *Recorder) request(email string) *response {
	for _, m := range slices.Backward(r.MessagesTo(email)) {
		in, err := invite.Read(bytes.NewReader(m.Data), nil)
		if err != nil || in.Kind != invite.KindRequest {
			continue
		}
		i := slices.IndexFunc(in.Event.Attendees, func(a ical.Attendee) bool { return address.Same(a.Email, email) })
		if i < 0 {
			panic(fmt.Sprintf("invitetest: %s is no attendee of the request that arrived there", email))
		}
		return &response{in: in, object: Calendar(m), event: *in.Event, attendee: in.Event.Attendees[i]}
	}
	panic(fmt.Sprintf("invitetest: no request arrived at %s", email))
}

// next counts the answers, a minute apart.
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

// settle narrows the answer to the occurrence that it is about.
func (l *response) settle() {
	if l.From == "" {
		l.From = l.attendee.Email
	}
	id := l.Occurrence
	if id.IsZero() {
		return
	}
	series := l.event
	for i, o := range series.Overrides {
		if o.RecurrenceID.Equal(id) {
			l.event = series.Override(i)
			return
		}
	}
	l.event.RecurrenceID, l.event.Start = id, id
	if !series.End.IsZero() {
		l.event.End = id.Add(series.End.Sub(series.Start))
	}
	l.event.Recurrence, l.event.Overrides = nil, nil
}

// proposes tells whether the answer asks for another time.
func (l *response) proposes() bool { return !l.Start.IsZero() }

func (l *response) method() ical.Method {
	if l.proposes() {
		return ical.MethodCounter
	}
	return ical.MethodReply
}
