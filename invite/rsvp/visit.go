package rsvp

import (
	"cmp"
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

// zones is more than the difference of the times at which a date ends somewhere.
const zones = 24 * time.Hour

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
	if !v.findReader() {
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

// findReader finds the attendee of the link. An attendee can occur in hundreds of
// overrides, so each address is tried once.
func (v *visit) findReader() bool {
	tried := make(map[string]bool)
	for a := range everybody(v.meeting) {
		if tried[a.Email] {
			continue
		}
		if tried[a.Email] = true; v.signer.attendee(v.uid, a.Email) == v.attendee {
			v.who = *a
			return true
		}
	}
	return false
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
	if v.meeting.Event.Floating {
		return time.UTC, nil // the clock of every reader
	}
	if v.who.TimeZone != "" {
		if loc, err := ical.LoadLocation(v.who.TimeZone); err == nil {
			return loc, nil
		}
	}
	return v.meeting.Event.Zone()
}

// findDates collects the next dates of a series that the reader is invited to.
func (v *visit) findDates() {
	if !v.whole {
		v.findSingleDates()
		return
	}
	searched := 0
	for o := range v.meeting.Event.Occurrences(v.now.Add(-series.Longest(&v.meeting.Event)-zones), time.Time{}) {
		if searched++; searched > mostSearched || len(v.dates) > mostDates {
			return
		}
		v.addDate(o)
	}
}

// findSingleDates is findDates for a reader who is not invited to the series, but to
// single dates, which can lie in years.
func (v *visit) findSingleDates() {
	e := &v.meeting.Event
	var list []ical.Occurrence
	for i := range e.Overrides {
		if slices.ContainsFunc(e.Overrides[i].Attendees, v.isReader) {
			o := e.Override(i)
			list = append(list, ical.Occurrence{RecurrenceID: o.RecurrenceID, Start: o.Start, End: series.EndOf(&o), Override: i})
		}
	}
	for i := range v.meeting.Joined {
		if j := &v.meeting.Joined[i]; v.isReader(j.Attendee) {
			if o, ok := e.Occurrence(j.RecurrenceID); ok {
				list = append(list, o)
			}
		}
	}
	slices.SortFunc(list, func(a, b ical.Occurrence) int {
		return cmp.Or(a.Start.Compare(b.Start), a.RecurrenceID.Compare(b.RecurrenceID))
	})
	list = slices.CompactFunc(list, func(a, b ical.Occurrence) bool { return a.RecurrenceID.Equal(b.RecurrenceID) })
	for _, o := range list {
		if v.addDate(o); len(v.dates) > mostDates {
			return
		}
	}
}

// isReader reports whether an attendee is the reader.
func (v *visit) isReader(a ical.Attendee) bool { return address.Same(a.Email, v.who.Email) }

// addDate adds a date if it is not over and the reader is invited to it.
func (v *visit) addDate(o ical.Occurrence) {
	if v.isOver(o.Start, o.End) {
		return
	}
	if s := v.meeting.OccurrenceStatus(v.who.Email, o.RecurrenceID); s != "" {
		v.dates = append(v.dates, date{o, s})
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

// event returns the meeting as the reader may see it. A reader who is not invited to the
// series sees one of their dates, as in the mail about it.
func (v *visit) event() *ical.Event {
	e := &v.meeting.Event
	if v.whole || e.Recurrence == nil {
		return e
	}
	var id time.Time
	switch {
	case v.about != nil:
		id = v.about.RecurrenceID
	case len(v.dates) > 0:
		id = v.dates[0].RecurrenceID
	default:
		id = v.lastDate()
	}
	i := slices.IndexFunc(e.Overrides, func(o ical.Event) bool { return o.RecurrenceID.Equal(id) })
	if i < 0 {
		plain := *e
		plain.Overrides, i = []ical.Event{{RecurrenceID: id}}, 0
		e = &plain
	}
	o := e.Override(i)
	o.Cancelled = o.Cancelled || e.Cancelled
	return &o
}

// lastDate returns the original start of the last date to which the reader was invited
// without the series.
func (v *visit) lastDate() (id time.Time) {
	for i := range v.meeting.Event.Overrides {
		if o := &v.meeting.Event.Overrides[i]; slices.ContainsFunc(o.Attendees, v.isReader) {
			id = series.Later(id, o.RecurrenceID)
		}
	}
	for i := range v.meeting.Joined {
		if j := &v.meeting.Joined[i]; v.isReader(j.Attendee) {
			id = series.Later(id, j.RecurrenceID)
		}
	}
	return id
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
	own := *v.meeting // the answers of others do not matter, and can be many
	own.Proposals = of(own.Proposals, func(p *invite.Proposal) bool { return address.Same(p.Email, v.who.Email) })
	if len(own.Proposals) == 0 {
		return nil
	}
	own.Answers = of(own.Answers, func(a *invite.Answer) bool { return address.Same(a.Email, v.who.Email) })
	if open := own.OpenProposals(); len(open) > 0 {
		return &open[len(open)-1]
	}
	return nil
}

// of returns the elements of a list that a function chooses.
func of[T any](list []T, choose func(*T) bool) (out []T) {
	for i := range list {
		if choose(&list[i]) {
			out = append(out, list[i])
		}
	}
	return out
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
