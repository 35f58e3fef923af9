package plan

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
)

// Mail is the part of an invite.Delivery that a plan needs.
type Mail struct {
	To           string
	Method       ical.Method
	Sequence     int
	RecurrenceID time.Time
	Action       Action
	State        MailState
}

// MailState says how far a mail came, as far as a plan asks.
type MailState int

// The values of [MailState], in an order that its methods rely on.
const (
	MailFailed     MailState = iota // it did not reach its recipient and will not, or a later one took its place
	MailPending                     // it was not handed over yet
	MailSending                     // it is being handed over
	MailUnknown                     // it may have been handed over
	MailHandedOver                  // it was handed over
)

// open reports whether the mail may still be sent.
func (s MailState) open() bool { return s == MailPending || s == MailSending }

// mayHaveArrived reports whether the recipient may have the mail.
func (s MailState) mayHaveArrived() bool { return s >= MailSending }

// history says which mails the attendees have received, by the deliveries of a
// meeting.
type history struct {
	byAddress map[string]*received // by the key of the address
	known     bool                 // the meeting has deliveries that tell it to attendees; otherwise everybody counts as invited
}

// received says which mails one attendee has received, and which are owed to them.
type received struct {
	whole    bool           // a request for the whole meeting
	singles  map[int64]bool // requests for single occurrences
	next     int            // the sequence after the highest so far
	leaving  bool           // a CANCEL of the whole meeting is still to be sent
	reached  bool           // a mail was handed over, or may have been
	answered bool           // they answered by mail, so they have an invitation, perhaps by another way
	left     int            // the sequence of the last CANCEL of the whole meeting; an answer to this or a later one proves a new invitation

	// owed are mails that were not handed over: for each occurrence the lowest
	// sequence since a mail about it, or about the whole meeting, was handed
	// over.
	owed map[int64]int
	// got are mails about single occurrences that were handed over while a mail about
	// the whole meeting was owed: their sequences, by occurrence.
	got map[int64]int
}

// ShowsMeeting reports whether a mail with a method and an action shows its attendee a
// version of the meeting. The answer to a proposal does not, nor does a reminder without a
// calendar object. Mails of older stored meetings may have neither method nor action.
func ShowsMeeting(method ical.Method, action Action) bool {
	return method != ical.MethodDeclineCounter && (method != MethodNone || action != ActionReminder)
}

// tells reports whether the mail tells an attendee of the meeting. A refusal does not.
func (d *Mail) tells() bool {
	return d.Action != ActionRefusal && ShowsMeeting(d.Method, d.Action)
}

// history reads the deliveries. A meeting without any came from elsewhere, so its
// attendees count as invited, unless the meeting is unsent.
func (m *Meeting) history() *history {
	h := &history{byAddress: make(map[string]*received)}
	h.known = m.Unsent || slices.ContainsFunc(m.Mails, func(d Mail) bool { return d.tells() })
	for i := range m.Mails {
		h.at(m.Mails[i].To).add(&m.Mails[i], m.Event.RecurrenceID)
	}
	for _, a := range m.Given {
		if a.MessageID != "" && a.Via == "" {
			w := h.at(a.Email)
			w.answered = w.answered || a.Sequence >= w.left
		}
	}
	return h
}

// at returns the entry of an address, made if it does not exist.
func (h *history) at(email string) *received {
	key := address.Key(email)
	if h.byAddress[key] == nil {
		h.byAddress[key] = new(received)
	}
	return h.byAddress[key]
}

// add takes a mail in. self is the occurrence that the meeting itself is.
func (w *received) add(d *Mail, self time.Time) {
	id := d.RecurrenceID.Unix()
	if d.RecurrenceID.Equal(self) {
		id = roster.Whole
	}
	switch {
	case !ShowsMeeting(d.Method, d.Action):
	case d.State.mayHaveArrived():
		w.leaving = w.leaving && id != roster.Whole
		w.reached = true
		w.settle(d, id)
		w.receive(d, id)
	case !w.repeats(d, id):
		w.leaving = w.leaving || d.Method == ical.MethodCancel && id == roster.Whole && d.State.open()
		w.owe(d, id)
	}
	w.next = max(w.next, d.Sequence+1)
}

// owe takes in a mail that was not handed over. If the whole meeting is owed, so are
// its occurrences.
func (w *received) owe(d *Mail, id int64) {
	if _, ok := w.owedSince(id); ok {
		return
	}
	if w.owed == nil {
		w.owed = make(map[int64]int)
	}
	w.owed[id] = d.Sequence
}

// settle removes the debt that a mail has paid. If a mail about the whole meeting is
// still owed, it notes in got that the occurrence is not.
func (w *received) settle(d *Mail, id int64) {
	if id == roster.Whole {
		w.owed, w.got = nil, nil
		return
	}
	delete(w.owed, id)
	if _, ok := w.owed[roster.Whole]; ok {
		if w.got == nil {
			w.got = make(map[int64]int)
		}
		w.got[id] = d.Sequence
	}
}

// receive takes in the content of a mail that was handed over, or may have been.
func (w *received) receive(d *Mail, id int64) {
	switch {
	case d.Method == ical.MethodRequest && id == roster.Whole:
		w.whole = true
	case d.Method == ical.MethodRequest:
		if w.singles == nil {
			w.singles = make(map[int64]bool)
		}
		w.singles[id] = true
	case d.Method == ical.MethodCancel && id == roster.Whole:
		w.whole, w.singles, w.left = false, nil, d.Sequence
	case d.Method == ical.MethodCancel:
		delete(w.singles, id)
	}
}

// repeats reports whether a request tells nothing new: it is a reminder, or the
// invitation once more, or a request for the whole meeting whose sequence is not above
// the sequences so far.
func (w *received) repeats(d *Mail, id int64) bool {
	if d.Method != ical.MethodRequest {
		return false
	}
	invites := d.Action == "" || d.Action == ActionInvitation
	return d.Action == ActionReminder || id == roster.Whole && d.Sequence < w.next ||
		invites && (w.whole || w.singles[id])
}

// owedSince returns the sequence of the first mail about an occurrence that is owed.
func (w *received) owedSince(id int64) (sequence int, owed bool) {
	if n, ok := w.owed[id]; ok {
		return n, true
	}
	if _, ok := w.got[id]; ok {
		return 0, false
	}
	n, ok := w.owed[roster.Whole]
	return n, ok
}

// anyOwedSince returns the lowest sequence of the mails that are owed.
func (w *received) anyOwedSince() (sequence int, owed bool) {
	for _, n := range w.owed {
		if !owed || n < sequence {
			sequence, owed = n, true
		}
	}
	return sequence, owed
}

// has reports whether the attendee may have an occurrence that came alone.
func (w *received) has(id int64) bool { return w.answered || w.singles[id] }

// invited reports whether the attendee has an invitation.
func (w *received) invited() bool { return w.whole || len(w.singles) > 0 || w.answered }

// invited reports whether the attendee with that key has an invitation.
func (h *history) invited(key string) bool {
	w := h.byAddress[key]
	return !h.known || w != nil && w.invited()
}

// reached reports whether any mail reached the attendee with that key, or may have.
func (h *history) reached(key string) bool {
	return h.byAddress[key] != nil && h.byAddress[key].reached
}

// version returns the newest version that the attendee with that key has of an
// occurrence, or of the whole meeting with all occurrences if id is zero. It is now,
// unless a mail about a later change was not handed over and the version before that
// change is kept in before.
func (h *history) version(key string, id time.Time, now *ical.Event, before []ical.Event) *ical.Event {
	w := h.byAddress[key]
	if w == nil {
		return now
	}
	since, owed := w.anyOwedSince()
	if !id.IsZero() {
		since, owed = w.owedSince(id.Unix())
	}
	if !owed {
		return now
	}
	if v := versionUpTo(before, since-1); v != nil {
		return v
	}
	return now
}
