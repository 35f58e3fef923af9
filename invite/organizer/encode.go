package organizer

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// Encode returns the entry of a meeting as it should lie in the organizer's calendar. It
// has the real organizer, never an address with a token, and every attendee with the
// answer that counts now, also for single occurrences. SCHEDULE-AGENT=CLIENT on every
// ATTENDEE keeps a CalDAV server from mailing them (RFC 6638, section 7.1). Equal
// meetings give equal bytes: DTSTAMP is the time of the latest change, answer or mail
// in the meeting.
//
// An occurrence that somebody has answered otherwise than the series becomes an override
// with the answers of all. If such overrides would have more than 20,000 attendees, the
// earliest of them are left out, so that a server can take the entry.
func Encode(m *invite.Meeting) (Object, error) {
	e, err := eventOf(m)
	if err != nil {
		return Object{}, err
	}
	data, err := write(&e, stampOf(m))
	if err != nil {
		return Object{}, fmt.Errorf("organizer: encode: %w", err)
	}
	return Object{UID: e.UID, Event: e, Data: data}, nil
}

// write returns an event as the data of an entry.
func write(e *ical.Event, stamp time.Time) ([]byte, error) {
	return ical.Encode(&ical.Calendar{Stamp: stamp, Events: []ical.Event{*e}})
}

// eventOf returns the meeting as its entry shows it.
func eventOf(m *invite.Meeting) (ical.Event, error) {
	if m == nil || m.Event.UID == "" {
		return ical.Event{}, fmt.Errorf("organizer: %w", invite.ErrNoMeeting)
	}
	e := series.Normalized(m.Event)
	r := recordOf(m, &e)
	answers := r.Counting()
	dates := datesOf(&e, r)
	roster.Admit(&e, r.Joined...)
	own := make([]int, 0, len(e.Overrides)) // the overrides that are there for their answers alone
	at := make(map[int64]int, len(e.Overrides))
	for i := range e.Overrides {
		at[e.Overrides[i].RecurrenceID.Unix()] = i
	}
	plain := e.Attendees
	e.Attendees = forEntry(answers.Written(plain, time.Time{}, e.Organizer.Email))
	for _, d := range dates {
		i, ok := at[d.Unix()]
		list := plain
		if ok && len(e.Overrides[i].Attendees) > 0 {
			list = e.Overrides[i].Attendees
		}
		list = answers.Written(list, d, e.Organizer.Email)
		switch {
		case ok:
			e.Overrides[i].Attendees = forEntry(list)
		case !sameAnswers(list, e.Attendees):
			own = append(own, len(e.Overrides))
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: d, Attendees: forEntry(list)})
		}
	}
	dropEarliest(&e, own)
	return e, nil
}

// recordOf returns the part of m that says who answered, and how, for e, which is the
// event of m. It shares the answers with m.
func recordOf(m *invite.Meeting, e *ical.Event) *roster.Record {
	r := &roster.Record{Event: e, Revised: m.Revised}
	for i := range m.Answers {
		r.Given = append(r.Given, (*roster.Answer)(&m.Answers[i]))
	}
	for _, v := range m.Revisions {
		r.Revisions = append(r.Revisions, roster.Revision(v))
	}
	for _, j := range m.Joined {
		r.Joined = append(r.Joined, roster.Joined(j))
	}
	return r
}

// datesOf returns the original starts of the occurrences that take place and that the
// meeting has an override, an answer, a revision or attendees for, in order.
func datesOf(e *ical.Event, r *roster.Record) []time.Time {
	var list []time.Time
	for _, a := range r.Given {
		list = append(list, a.RecurrenceID)
	}
	for _, v := range r.Revisions {
		list = append(list, v.RecurrenceID)
	}
	for _, j := range r.Joined {
		list = append(list, j.RecurrenceID)
	}
	list = slices.DeleteFunc(list, time.Time.IsZero)
	gone := make(map[int64]bool)
	if e.Recurrence != nil {
		for _, t := range e.Recurrence.Except {
			gone[t.Unix()] = true
		}
	}
	has := series.StartsInRule(e, list)
	for i := range e.Overrides {
		o := &e.Overrides[i]
		list = append(list, o.RecurrenceID)
		has[o.RecurrenceID.Unix()], gone[o.RecurrenceID.Unix()] = true, o.Cancelled
	}
	return slices.DeleteFunc(series.Sorted(list), func(t time.Time) bool { return !has[t.Unix()] || gone[t.Unix()] })
}

// sameAnswers reports whether two lists have the same people with the same answers.
func sameAnswers(a, b []ical.Attendee) bool {
	return slices.EqualFunc(a, b, func(a, b ical.Attendee) bool {
		return a.Email == b.Email && a.Status == b.Status && a.DelegatedTo == b.DelegatedTo
	})
}

// agent is the parameter that says who mails an attendee (RFC 6638, section 7.1).
const agent = "SCHEDULE-AGENT"

// forEntry returns attendees as an entry has them. It copies the list.
func forEntry(list []ical.Attendee) []ical.Attendee {
	out := slices.Clone(list)
	for i := range out {
		setAgent(&out[i])
		out[i].Comment = "" // the organizer reads it in the program
	}
	return out
}

// setAgent says that the server must not mail the attendee.
func setAgent(a *ical.Attendee) {
	params := maps.Clone(a.Params)
	if params == nil {
		params = make(map[string][]string, 1)
	}
	params[agent] = []string{"CLIENT"}
	a.Params = params
}

// mostLines limits the attendees in overrides that are there for their answers alone.
const mostLines = 20_000

// dropEarliest removes the earliest of some overrides, given by index in the order of
// their dates, if they have too many attendees.
func dropEarliest(e *ical.Event, own []int) {
	lines, drop := 0, make(map[int]bool)
	for _, i := range slices.Backward(own) {
		if lines += len(e.Overrides[i].Attendees); lines > mostLines {
			drop[i] = true
		}
	}
	if len(drop) == 0 {
		return
	}
	var kept []ical.Event
	for i := range e.Overrides {
		if !drop[i] {
			kept = append(kept, e.Overrides[i])
		}
	}
	e.Overrides = kept
}

// stampOf returns the DTSTAMP of an entry: the latest time that the meeting knows of
// itself, and 1970 if it knows none.
func stampOf(m *invite.Meeting) time.Time {
	stamp := time.Unix(0, 0)
	for _, t := range []time.Time{m.Event.Created, m.Event.Modified} {
		stamp = series.Later(stamp, t)
	}
	for i := range m.Answers {
		stamp = series.Later(stamp, m.Answers[i].Stamp)
	}
	for i := range m.Deliveries {
		stamp = series.Later(stamp, m.Deliveries[i].Stamp)
	}
	return stamp.UTC().Truncate(time.Second)
}
