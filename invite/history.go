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
	answered bool           // an invitation that came another way
	left     int            // what answers must be about to show an invitation after the last CANCEL of all
	behind   bool           // mails after the last that was handed over are not
	since    int            // the lowest sequence of these
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
	switch {
	case d.Method == ical.MethodDeclineCounter:
	case d.State.handedOver():
		w.behind = false
		w.hear(d, d.RecurrenceID.IsZero() || d.RecurrenceID.Equal(own))
	case !w.behind && !w.repeats(d):
		w.behind, w.since = true, d.Sequence
	}
}

// hear takes in what a mail that was handed over says.
func (w *heard) hear(d *Delivery, whole bool) {
	id := d.RecurrenceID.Unix()
	switch {
	case d.Method == ical.MethodRequest && whole:
		w.whole = true
	case d.Method == ical.MethodRequest:
		if w.alone == nil {
			w.alone = make(map[int64]bool)
		}
		w.alone[id] = true
	case d.Method == ical.MethodCancel && whole:
		w.whole, w.alone, w.left = false, nil, d.Sequence
	case d.Method == ical.MethodCancel:
		delete(w.alone, id)
	}
}

// repeats reports whether a request says only what the attendee has already: a
// reminder, or the invitation once more.
func (w *heard) repeats(d *Delivery) bool {
	if d.Method != ical.MethodRequest {
		return false
	}
	return d.Action == body.ActionReminder ||
		or(d.Action, body.ActionInvitation) == body.ActionInvitation && (w.whole || w.alone[d.RecurrenceID.Unix()])
}

// invited reports whether the attendee has an invitation.
func (w *heard) invited() bool { return w.whole || len(w.alone) > 0 || w.answered }

// invited reports whether the attendee with that key has an invitation.
func (h *history) invited(key string) bool {
	w := h.of[key]
	return !h.known || w != nil && w.invited()
}

// has returns the newest version that the attendee with that key has: now, unless
// mails about later changes are not handed over and the version before them is kept.
func (h *history) has(key string, now *ical.Event, before []ical.Event) *ical.Event {
	if w := h.of[key]; w != nil && w.behind {
		for i := len(before) - 1; i >= 0; i-- {
			if before[i].Sequence < w.since {
				return &before[i]
			}
		}
	}
	return now
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
			needed[h.has(address.Key(d.To), nil, m.Before)] = true
			needed[m.versionBefore(d.Sequence)] = true
		}
	}
	for key, w := range h.of {
		if w.behind && w.invited() {
			needed[h.has(key, nil, m.Before)] = true
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
func (m *Meeting) versionBefore(sequence int) *ical.Event {
	for i := len(m.Before) - 1; i >= 0; i-- {
		if m.Before[i].Sequence < sequence {
			return &m.Before[i]
		}
	}
	return nil
}
