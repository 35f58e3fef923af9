package plan

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// Needed returns the earlier versions that are still needed. An attendee has such
// a version, or a mail that may be sent again needs it.
func (m *Meeting) Needed() []ical.Event {
	h := m.history()
	needed := make(map[*ical.Event]bool)
	for i := range m.Mails {
		if d := &m.Mails[i]; d.State.open() || d.State == MailUnknown {
			needed[h.version(address.Key(d.To), d.RecurrenceID, nil, m.Before)] = true
			needed[m.versionBefore(d.Sequence)] = true
		}
	}
	for _, w := range h.byAddress {
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
	return kept
}

// versionBefore returns the version before the change that had the sequence. It is
// nil if that version is not kept.
func (m *Meeting) versionBefore(sequence int) *ical.Event { return versionUpTo(m.Before, sequence-1) }

// versionUpTo returns the newest version with at most that sequence, or nil.
func versionUpTo(before []ical.Event, sequence int) *ical.Event {
	for i := len(before) - 1; i >= 0; i-- {
		if before[i].Sequence <= sequence {
			return &before[i]
		}
	}
	return nil
}

// versionFrom returns the version that a mail with that sequence was about: the
// oldest with at least that sequence, because one call may use two sequences. It is
// nil if that version is not kept.
func versionFrom(before []ical.Event, sequence int) *ical.Event {
	for i := range before {
		if before[i].Sequence >= sequence {
			return &before[i]
		}
	}
	return nil
}

// filledVersions has earlier versions with everybody's answers, by their place in
// Meeting.Before.
type filledVersions struct {
	meeting *Meeting
	filled  map[*ical.Event]*ical.Event
}

func newFilledVersions(m *Meeting) *filledVersions {
	return &filledVersions{m, make(map[*ical.Event]*ical.Event)}
}

// get returns an earlier version with everybody's answers. Nil stays nil.
func (v *filledVersions) get(kept *ical.Event) *ical.Event {
	if kept == nil {
		return nil
	}
	if v.filled[kept] == nil {
		filled := v.meeting.Filled(*kept)
		v.filled[kept] = &filled
	}
	return v.filled[kept]
}
