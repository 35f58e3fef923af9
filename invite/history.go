package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
)

// history says which mails the attendees have, by the ledger of a meeting.
type history struct {
	of    map[string]*heard // by the key of the address
	known bool              // the meeting has a ledger
}

// heard says what one attendee has.
type heard struct {
	whole    bool           // the request for all of the meeting
	alone    map[int64]bool // the requests for single occurrences
	next     int            // the sequence after the highest so far
	leaving  bool           // a CANCEL of all waits
	answered bool           // an invitation that came another way
	left     int            // what answers must be about to show an invitation after the last CANCEL of all
	// owed are the lowest sequences of mails that are not handed over, by occurrence,
	// since the last about the same that was, or about all of the meeting.
	owed map[int64]int
	// got are the sequences of mails about single occurrences that were handed over
	// while one about all of the meeting was owed.
	got map[int64]int
}

// history reads the ledger. A meeting without any delivery came from elsewhere:
// its attendees count as invited.
func (m *Meeting) history() *history {
	h := &history{of: make(map[string]*heard), known: len(m.Deliveries) > 0}
	for i := range m.Deliveries {
		h.at(m.Deliveries[i].To).take(&m.Deliveries[i], m.Event.RecurrenceID)
	}
	for i := range m.Answers {
		if a := &m.Answers[i]; a.MessageID != "" {
			w := h.at(a.Email)
			w.answered = w.answered || a.Sequence >= w.left
		}
	}
	return h
}

func (h *history) at(email string) *heard {
	key := address.Key(email)
	if h.of[key] == nil {
		h.of[key] = new(heard)
	}
	return h.of[key]
}

// take takes a delivery in. own is the occurrence that the meeting itself is.
func (w *heard) take(d *Delivery, own time.Time) {
	id := d.RecurrenceID.Unix()
	if d.RecurrenceID.Equal(own) {
		id = wholeMeeting
	}
	switch {
	case d.Method == ical.MethodDeclineCounter:
	case d.State.handedOver():
		w.leaving = w.leaving && id != wholeMeeting
		w.settle(d, id)
		w.hear(d, id)
	case !w.repeats(d, id):
		w.leaving = w.leaving || d.Method == ical.MethodCancel && id == wholeMeeting && d.State.open()
		w.owe(d, id)
	}
	w.next = max(w.next, d.Sequence+1)
}

// owe takes in a mail that is not handed over. If all of the meeting is owed, so are
// its occurrences.
func (w *heard) owe(d *Delivery, id int64) {
	if _, ok := w.sinceOf(id); ok {
		return
	}
	if w.owed == nil {
		w.owed = make(map[int64]int)
	}
	w.owed[id] = d.Sequence
}

// settle takes in that a mail is handed over.
func (w *heard) settle(d *Delivery, id int64) {
	if id == wholeMeeting {
		w.owed, w.got = nil, nil
		return
	}
	delete(w.owed, id)
	if _, ok := w.owed[wholeMeeting]; ok {
		if w.got == nil {
			w.got = make(map[int64]int)
		}
		w.got[id] = d.Sequence
	}
}

// sinceOf is the sequence of the first mail that is owed of an occurrence.
func (w *heard) sinceOf(id int64) (sequence int, behind bool) {
	if n, ok := w.owed[id]; ok {
		return n, true
	}
	if _, ok := w.got[id]; ok {
		return 0, false
	}
	n, ok := w.owed[wholeMeeting]
	return n, ok
}

// since is the lowest sequence of the mails that are owed.
func (w *heard) since() (sequence int, behind bool) {
	for _, n := range w.owed {
		if !behind || n < sequence {
			sequence, behind = n, true
		}
	}
	return sequence, behind
}

// hear takes in what a mail that was handed over says.
func (w *heard) hear(d *Delivery, id int64) {
	switch {
	case d.Method == ical.MethodRequest && id == wholeMeeting:
		w.whole = true
	case d.Method == ical.MethodRequest:
		if w.alone == nil {
			w.alone = make(map[int64]bool)
		}
		w.alone[id] = true
	case d.Method == ical.MethodCancel && id == wholeMeeting:
		w.whole, w.alone, w.left = false, nil, d.Sequence
	case d.Method == ical.MethodCancel:
		delete(w.alone, id)
	}
}

// repeats reports whether a request says only what the attendee has already: a
// reminder, or the invitation once more.
func (w *heard) repeats(d *Delivery, id int64) bool {
	if d.Method != ical.MethodRequest {
		return false
	}
	return d.Action == body.ActionReminder || id == wholeMeeting && d.Sequence < w.next ||
		or(d.Action, body.ActionInvitation) == body.ActionInvitation && (w.whole || w.alone[id])
}

// has reports whether the attendee may have an occurrence that came alone.
func (w *heard) has(id int64) bool { return w.answered || w.alone[id] }

// invited reports whether the attendee has an invitation.
func (w *heard) invited() bool { return w.whole || len(w.alone) > 0 || w.answered }

// invited reports whether the attendee with that key has an invitation.
func (h *history) invited(key string) bool {
	w := h.of[key]
	return !h.known || w != nil && w.invited()
}

// has returns the newest version that the attendee with that key has of an
// occurrence, or all of if id is zero: now, unless mails about later changes are not
// handed over and the version before them is kept.
func (h *history) has(key string, id time.Time, now *ical.Event, before []ical.Event) *ical.Event {
	w := h.of[key]
	if w == nil {
		return now
	}
	since, behind := w.since()
	if !id.IsZero() {
		since, behind = w.sinceOf(id.Unix())
	}
	if !behind {
		return now
	}
	return or(versionUpTo(before, since-1), now)
}

// forget drops the earlier versions that nobody has any more, and that no mail
// that may be sent again needs.
func (m *Meeting) forget() {
	if len(m.Before) == 0 {
		return
	}
	h := m.history()
	needed := make(map[*ical.Event]bool)
	for i := range m.Deliveries {
		if d := &m.Deliveries[i]; d.State.open() || d.State == DeliveryUnknown {
			needed[h.has(address.Key(d.To), d.RecurrenceID, nil, m.Before)] = true
			needed[m.versionBefore(d.Sequence)] = true
		}
	}
	for _, w := range h.of {
		for id, n := range w.owed {
			if w.whole || w.has(id) {
				needed[m.versionBefore(n)] = true
			}
		}
		for _, n := range w.got {
			needed[versionFrom(m.Before, n)] = true
		}
	}
	var kept []ical.Event
	for i := range m.Before {
		if needed[&m.Before[i]] {
			kept = append(kept, m.Before[i])
		}
	}
	m.Before = kept
}

// versionBefore is the event before the change that had the sequence; nil if it is
// not kept.
func (m *Meeting) versionBefore(sequence int) *ical.Event { return versionUpTo(m.Before, sequence-1) }

// versionUpTo is the newest version with at most that sequence; nil if it is not
// kept.
func versionUpTo(before []ical.Event, sequence int) *ical.Event {
	for i := len(before) - 1; i >= 0; i-- {
		if before[i].Sequence <= sequence {
			return &before[i]
		}
	}
	return nil
}

// versionFrom is the version that a mail with that sequence was about: the oldest
// with at least that sequence, since a call may use two; nil if it is not kept.
func versionFrom(before []ical.Event, sequence int) *ical.Event {
	for i := range before {
		if before[i].Sequence >= sequence {
			return &before[i]
		}
	}
	return nil
}
