package invite

import (
	"maps"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
)

// history says which mails the attendees have, by the ledger of a meeting.
type history struct {
	of    map[string]*heard // by the key of the address
	known bool              // the meeting has a ledger
	own   time.Time         // the occurrence that the meeting itself is
}

// heard says what one attendee has.
type heard struct {
	whole    bool                // the request for all of the meeting
	alone    map[int64]time.Time // the requests for single occurrences
	answered bool                // an invitation that came another way
	left     int                 // the sequence that an answer needs to show an invitation after the last CANCEL of all
	behind   []missed            // the mails that were not handed over, since a mail about the same was
	had      map[int64]int       // the sequence of the last mail about an occurrence that was handed over
}

// missed is the first of some mails about the whole meeting or one occurrence that
// were not handed over.
type missed struct {
	id       time.Time // the occurrence; zero is the whole
	sequence int
}

// history reads the ledger. A meeting without any delivery came from elsewhere:
// its attendees count as invited.
func (m *Meeting) history() *history {
	h := &history{of: make(map[string]*heard), known: len(m.Deliveries) > 0, own: m.Event.RecurrenceID}
	for i := range m.Deliveries {
		d := &m.Deliveries[i]
		h.at(d.To).take(d, h.about(d.RecurrenceID))
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

// about is the subject of a mail: an occurrence, or zero for the whole meeting,
// which may be one occurrence itself.
func (h *history) about(id time.Time) time.Time {
	if id.Equal(h.own) {
		return time.Time{}
	}
	return id
}

// take takes in a delivery about the whole meeting or an occurrence.
func (w *heard) take(d *Delivery, id time.Time) {
	switch {
	case d.Method == ical.MethodDeclineCounter:
	case d.State.handedOver():
		w.behind = slices.DeleteFunc(w.behind, func(x missed) bool { return id.IsZero() || x.id.Equal(id) })
		w.hear(d, id)
		if !id.IsZero() {
			if w.had == nil {
				w.had = make(map[int64]int)
			}
			w.had[id.Unix()] = max(w.had[id.Unix()], d.Sequence)
		}
	case !w.repeats(d, id) && w.missed(id) < 0:
		w.behind = append(w.behind, missed{id, d.Sequence})
	}
}

// missed is the place of an occurrence in behind, or -1.
func (w *heard) missed(id time.Time) int {
	return slices.IndexFunc(w.behind, func(x missed) bool { return x.id.Equal(id) })
}

// hear takes in what a mail that was handed over says.
func (w *heard) hear(d *Delivery, id time.Time) {
	switch request := d.Method == ical.MethodRequest; {
	case request && id.IsZero():
		w.whole = true
	case request:
		if w.alone == nil {
			w.alone = make(map[int64]time.Time)
		}
		w.alone[id.Unix()] = id
	case id.IsZero():
		w.whole, w.alone, w.left = false, nil, d.Sequence
	default:
		delete(w.alone, id.Unix())
	}
}

// repeats reports whether a request says only what the attendee has already: a
// reminder, or the invitation once more.
func (w *heard) repeats(d *Delivery, id time.Time) bool {
	if d.Method != ical.MethodRequest {
		return false
	}
	return d.Action == body.ActionReminder ||
		or(d.Action, body.ActionInvitation) == body.ActionInvitation && (w.whole || w.holds(id))
}

// invited reports whether the attendee has an invitation.
func (w *heard) invited() bool { return w.whole || len(w.alone) > 0 || w.answered }

// invited reports whether the attendee with that key has an invitation.
func (h *history) invited(key string) bool {
	w := h.of[key]
	return !h.known || w != nil && w.invited()
}

// holds reports whether the attendee with that key has an invitation to an
// occurrence.
func (h *history) holds(key string, id time.Time) bool {
	w := h.of[key]
	return !h.known || w != nil && (w.whole || w.answered || w.holds(h.about(id)))
}

// keeps reports whether the attendee with that key has an invitation to exactly
// this: the whole meeting, or an occurrence alone.
func (h *history) keeps(key string, id time.Time) bool {
	w := h.of[key]
	if id = h.about(id); id.IsZero() || !h.known || w == nil {
		return h.holds(key, id)
	}
	return w.answered || w.holds(id)
}

// holds reports whether the request for a single occurrence was handed over.
func (w *heard) holds(id time.Time) bool {
	_, ok := w.alone[id.Unix()]
	return ok
}

// single returns the occurrences that the attendee with that key is invited to
// alone.
func (h *history) single(key string) []time.Time {
	if w := h.of[key]; w != nil {
		return slices.SortedFunc(maps.Values(w.alone), time.Time.Compare)
	}
	return nil
}

// lacks returns the occurrences of which the attendee with that key has not got the
// last mail.
func (h *history) lacks(key string) (out []time.Time) {
	w := h.of[key]
	if w == nil {
		return nil
	}
	for _, x := range w.behind {
		if !x.id.IsZero() {
			out = append(out, x.id)
		}
	}
	return out
}

// has returns the newest version that the attendee with that key has of an
// occurrence, or of the whole meeting if id is zero: now, unless mails about it are
// not handed over and an earlier version is kept.
func (h *history) has(key string, id time.Time, now *ical.Event, before []ical.Event) *ical.Event {
	w := h.of[key]
	if w == nil || len(before) == 0 {
		return now
	}
	since, behind := 0, false
	id = h.about(id)
	for _, x := range w.behind {
		lacked := x.id.Equal(id) || x.id.IsZero() && w.had[id.Unix()] < x.sequence
		if lacked && (!behind || x.sequence < since) {
			since, behind = x.sequence, true
		}
	}
	if !behind {
		return now
	}
	for i := len(before) - 1; i > 0; i-- {
		if before[i].Sequence < since {
			return &before[i]
		}
	}
	return &before[0] // or the nearest to the version that they have, which is not kept
}

// oldest returns the oldest version that the attendee with that key has of anything.
func (h *history) oldest(key string, now *ical.Event, before []ical.Event) *ical.Event {
	out := h.has(key, time.Time{}, now, before)
	for _, id := range h.lacks(key) {
		if v := h.has(key, id, now, before); out == now || v != now && v.Sequence < out.Sequence {
			out = v
		}
	}
	return out
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
			needed[m.versionBefore(d.Sequence)] = true
			needed[h.oldest(address.Key(d.To), nil, m.Before)] = true
		}
	}
	for key, w := range h.of {
		if w.invited() {
			for _, x := range w.behind {
				needed[h.has(key, x.id, nil, m.Before)] = true
			}
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
