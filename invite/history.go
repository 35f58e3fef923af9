package invite

import (
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// history says which mails the attendees have, by the ledger of a meeting.
type history struct {
	of    map[string]*heard // by the key of the address
	known bool              // the meeting has a ledger
}

// heard says what one attendee has.
type heard struct {
	invited bool          // a REQUEST was handed over, or the attendee has answered one
	behind  map[int64]int // the lowest sequence of the mails that were not handed over, by occurrence, since a mail about it was
}

// history reads the ledger. A meeting without any delivery came from elsewhere:
// its attendees count as invited.
func (m *Meeting) history() *history {
	h := &history{of: make(map[string]*heard), known: len(m.Deliveries) > 0}
	for i := range m.Deliveries {
		h.at(m.Deliveries[i].To).take(&m.Deliveries[i])
	}
	for i := range m.Answers {
		if m.Answers[i].MessageID != "" {
			h.at(m.Answers[i].Email).invited = true // also by a forwarded invitation
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

func (w *heard) take(d *Delivery) {
	switch {
	case d.Method == ical.MethodDeclineCounter:
	case d.State.handedOver():
		w.invited = w.invited || d.Method == ical.MethodRequest
		w.catchUp(d.RecurrenceID)
	default:
		w.miss(d)
	}
}

// catchUp notes that a mail about the whole meeting or one occurrence was handed
// over. The whole says all of its occurrences too.
func (w *heard) catchUp(id time.Time) {
	delete(w.behind, id.Unix())
	if id.IsZero() {
		clear(w.behind)
	}
}

// miss notes that a mail was not handed over.
func (w *heard) miss(d *Delivery) {
	if w.behind == nil {
		w.behind = make(map[int64]int)
	}
	if _, ok := w.behind[d.RecurrenceID.Unix()]; !ok {
		w.behind[d.RecurrenceID.Unix()] = d.Sequence
	}
}

// since is the lowest sequence of all mails that the attendee lacks; false if they
// lack none.
func (w *heard) since() (lowest int, behind bool) {
	for _, n := range w.behind {
		if !behind || n < lowest {
			lowest, behind = n, true
		}
	}
	return lowest, behind
}

// invited reports whether the attendee with that key has an invitation.
func (h *history) invited(key string) bool {
	w := h.of[key]
	return !h.known || w != nil && w.invited
}

// has returns the newest version that the attendee with that key has: now, unless
// mails about later changes are not handed over and the version before them is kept.
func (h *history) has(key string, now *ical.Event, before []ical.Event) *ical.Event {
	w := h.of[key]
	if w == nil {
		return now
	}
	since, behind := w.since()
	for i := len(before) - 1; behind && i >= 0; i-- {
		if before[i].Sequence < since {
			return &before[i]
		}
	}
	return now
}

// forget drops the earlier versions that no recipient of an open mail has.
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
