package rsvp

import (
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/internal/series"
)

// The pages of a link.
const (
	pageAnswer  = "answer"
	pagePropose = "propose" // also the query by which it is asked for
)

// mostDates is the number of dates of a series that a page offers.
const mostDates = 20

// mostSearched is the number of coming occurrences among which dates are searched that
// the reader is invited to.
const mostSearched = 400

// visit is a request for the page of a link that is valid, with the meeting and the
// reader.
type visit struct {
	token
	signer  signer
	link    string // the token as text
	now     time.Time
	meeting *invite.Meeting
	who     ical.Attendee
	loc     *time.Location // the reader's clock
	tag     string         // the language if neither the reader nor the event has one

	whole bool   // the reader is invited to the whole meeting
	dates []date // the coming dates of a series that the reader is invited to, one more than is shown
	about *date  // the date that the link is about; nil if there is none, or if it cannot be answered
}

// date is an occurrence of a series.
type date struct {
	ical.Occurrence
	status ical.Status
}

// visit reads the meeting of a token, and finds its attendee.
func (h *Handler) visit(r *http.Request, t token, k signer) (*visit, error) {
	m, err := h.store.Meeting(r.Context(), t.uid)
	if err == nil && m == nil {
		err = invite.ErrNoMeeting
	}
	if err != nil {
		return nil, fmt.Errorf("rsvp: %w", err)
	}
	v := &visit{token: t, signer: k, link: h.name(r), now: h.options.Now().UTC().Truncate(time.Second), meeting: m, tag: h.language(r)}
	if h.links.ended(t, &m.Event, v.now) {
		return nil, errExpired
	}
	found := false
	for a := range everybody(m) {
		if k.attendee(t.uid, a.Email) == t.attendee {
			v.who, found = *a, true
			break
		}
	}
	if !found {
		return nil, fmt.Errorf("rsvp: %w", invite.ErrNotInvited)
	}
	if v.loc, err = v.clock(); err != nil {
		return nil, fmt.Errorf("rsvp: %w", err)
	}
	v.whole = m.OccurrenceStatus(v.who.Email, time.Time{}) != ""
	if m.Event.Recurrence != nil && !m.Event.Cancelled {
		v.findDates()
		v.findAbout()
	}
	return v, nil
}

// everybody yields the attendees of the whole meeting, of its overrides and of
// Meeting.Joined.
func everybody(m *invite.Meeting) iter.Seq[*ical.Attendee] {
	return func(yield func(*ical.Attendee) bool) {
		for i := range m.Event.Attendees {
			if !yield(&m.Event.Attendees[i]) {
				return
			}
		}
		for i := range m.Event.Overrides {
			for j := range m.Event.Overrides[i].Attendees {
				if !yield(&m.Event.Overrides[i].Attendees[j]) {
					return
				}
			}
		}
		for i := range m.Joined {
			if !yield(&m.Joined[i].Attendee) {
				return
			}
		}
	}
}

// clock returns the reader's time zone, or the zone of the meeting if the reader's is not
// known.
func (v *visit) clock() (*time.Location, error) {
	if v.who.TimeZone != "" {
		if loc, err := ical.LoadLocation(v.who.TimeZone); err == nil {
			return loc, nil
		}
	}
	if v.meeting.Event.Floating {
		return time.UTC, nil
	}
	return v.meeting.Event.Zone()
}

// findDates collects the next dates of a series that the reader is invited to.
func (v *visit) findDates() {
	ids := make(map[int64]bool) // of the dates that an attendee without the series has
	for i := range v.meeting.Event.Overrides {
		ids[v.meeting.Event.Overrides[i].RecurrenceID.Unix()] = true
	}
	for i := range v.meeting.Joined {
		ids[v.meeting.Joined[i].RecurrenceID.Unix()] = true
	}
	searched := 0
	for o := range v.meeting.Event.Occurrences(v.now.Add(-longest(&v.meeting.Event)), time.Time{}) {
		if searched++; searched > mostSearched || len(v.dates) > mostDates {
			return
		}
		if !v.whole && !ids[o.RecurrenceID.Unix()] || v.isOver(o.Start, o.End) {
			continue
		}
		if s := v.meeting.OccurrenceStatus(v.who.Email, o.RecurrenceID); s != "" {
			v.dates = append(v.dates, date{o, s})
		}
	}
}

// findAbout finds the date that the link is about, which may come later than the other
// dates.
func (v *visit) findAbout() {
	d, ok := date{}, false
	if !v.token.date.IsZero() {
		d, ok = v.find(v.token.date)
	}
	if !ok {
		return
	}
	v.about = &d
	if !slices.ContainsFunc(v.dates, func(x date) bool { return x.id() == d.id() }) {
		v.dates = append(v.dates, d)
	}
}

// longest returns a duration that no occurrence of a meeting exceeds, with a day more for
// the zones of dates.
func longest(e *ical.Event) time.Duration {
	most := series.Length(e)
	for i := range e.Overrides {
		o := e.Override(i)
		most = max(most, series.Length(&o))
	}
	return max(most, 0) + 24*time.Hour
}

// isOver reports whether a time has passed. A date ends last in the zone twelve hours
// behind UTC.
func (v *visit) isOver(start, end time.Time) bool {
	last := series.Later(start, end)
	if v.meeting.Event.AllDay {
		last = last.Add(12 * time.Hour)
	}
	return !last.After(v.now)
}

// closed returns the reason why nothing can be answered any more, or nil.
func (v *visit) closed() error {
	switch e := &v.meeting.Event; {
	case e.Cancelled:
		return invite.ErrCancelled
	case e.Recurrence == nil && v.isOver(e.Start, series.EndOf(e)), e.Recurrence != nil && len(v.dates) == 0:
		return invite.ErrPast
	}
	return nil
}

// find returns the coming date with that original start.
func (v *visit) find(id time.Time) (date, bool) {
	o, ok := v.meeting.Event.Occurrence(id)
	if !ok || v.meeting.Event.Recurrence == nil || v.isOver(o.Start, o.End) {
		return date{}, false
	}
	s := v.meeting.OccurrenceStatus(v.who.Email, o.RecurrenceID)
	return date{o, s}, s != ""
}

// canPropose reports whether the reader can ask for another time.
func (v *visit) canPropose() bool { return !v.meeting.Event.NoCounter && v.closed() == nil }

// page returns the page that a query asks for.
func (v *visit) page(query url.Values) string {
	if query.Has(pagePropose) && v.canPropose() {
		return pagePropose
	}
	return pageAnswer
}

// lastByLink returns the last answer that the reader gave by a page; nil if there is
// none.
func (v *visit) lastByLink() *invite.Answer {
	for i := len(v.meeting.Answers) - 1; i >= 0; i-- {
		if a := &v.meeting.Answers[i]; a.Via == via && address.Same(a.Email, v.who.Email) {
			return a
		}
	}
	return nil
}

// lastProposal returns the last proposal of the reader that waits for the organizer; nil
// if there is none.
func (v *visit) lastProposal() *invite.Proposal {
	open := v.meeting.OpenProposals()
	for i := len(open) - 1; i >= 0; i-- {
		if address.Same(open[i].Email, v.who.Email) {
			return &open[i]
		}
	}
	return nil
}

// language returns the language of pages for which the meeting names none.
func (h *Handler) language(r *http.Request) string {
	if h.options.Language != "" {
		return h.options.Language
	}
	const most, mostTags = 500, 10 // octets and tags of the header field that are read
	field := r.Header.Get("Accept-Language")
	if len(field) > most {
		return ""
	}
	var tags []string
	for part := range strings.SplitSeq(field, ",") { // browsers send the preferred one first
		tag, _, _ := strings.Cut(part, ";")
		if tags = append(tags, strings.TrimSpace(tag)); len(tags) == mostTags {
			break
		}
	}
	return body.MatchLanguage(tags...)
}
