package graphcal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/internal/jsonapi"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// read finds the entry, and returns nil if there is none. An event is found by Href first.
// Its identifier changes if it moves to another folder, such as the deleted items.
func (c *Calendar) read(ctx context.Context, o organizer.Object) (*state, error) {
	if o.UID == "" {
		return nil, fail(opGet, errors.New("the UID is missing"))
	}
	if o.Href != "" {
		x, err := c.event(ctx, o.Href)
		if err == nil && x.ICalUID == o.UID {
			return c.occurrences(ctx, x)
		}
		if err != nil && !isMissing(err) {
			return nil, err
		}
	}
	id, _, err := c.find(ctx, "iCalUId eq "+quoted(o.UID), o.UID)
	if err != nil || id == "" {
		return nil, err
	}
	x, err := c.event(ctx, id)
	if errors.Is(err, organizer.ErrGone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c.occurrences(ctx, x)
}

// isMissing reports whether an identifier names nothing: the event is gone, or the
// identifier was never one of Graph.
func isMissing(err error) bool {
	var e *Error
	return errors.Is(err, organizer.ErrGone) || errors.As(err, &e) && e.Status == http.StatusBadRequest
}

// event reads one event with all fields.
func (c *Calendar) event(ctx context.Context, id string) (*event, error) {
	x := new(event)
	err := c.api.Do(ctx, jsonapi.Request{
		Op: opGet, Method: http.MethodGet, Path: c.eventPath(id),
		Query: url.Values{"$expand": {"singleValueExtendedProperties($filter=id eq " + quoted(propertyData) + ")"}},
	}, x)
	if err == nil && x.ID == "" {
		err = fail(opGet, errors.New("the reply has no event"))
	}
	return x, err
}

// The window of single occurrences around now.
const (
	before = 90 * 24 * time.Hour
	after  = 2 * 366 * 24 * time.Hour
)

// occurrences reads the occurrences of a series. Graph lists those that take place in a
// period. An occurrence that was moved lies between its neighbours, so a wider period has
// all that begin in the window.
func (c *Calendar) occurrences(ctx context.Context, x *event) (*state, error) {
	s := &state{series: x}
	if x.Type != typeSeries {
		return s, nil
	}
	e, err := decodeSeries(x)
	if err != nil {
		return nil, fail(opGet, err)
	}
	now := c.api.Now()
	s.window = window{now.Add(-before), now.Add(after)}
	margin := 31
	if e.Recurrence != nil && (e.Recurrence.Freq == ical.FreqMonthly || e.Recurrence.Freq == ical.FreqYearly) {
		margin = 400
	}
	list, err := c.pages(ctx, jsonapi.Request{
		Op: opInstances, Method: http.MethodGet, Path: c.eventPath(x.ID) + "/instances",
		Query: url.Values{
			"startDateTime": {s.window.from.AddDate(0, 0, -margin).UTC().Format(layout)},
			"endDateTime":   {s.window.to.AddDate(0, 0, margin).UTC().Format(layout)},
			"$select":       {"id,type,originalStart,originalStartTimeZone,start,end,isAllDay,attendees"},
			"$top":          {"500"},
		},
	})
	if err != nil {
		return nil, err
	}
	s.instances = make(map[string]event, len(list))
	for _, i := range list {
		id, err := originalStart(&i, e)
		if err != nil {
			return nil, fail(opInstances, err)
		}
		s.instances[dayOf(id, e)] = i
		if i.Type == typeException && s.window.has(id) {
			full, err := c.event(ctx, i.ID)
			if err != nil {
				return nil, err
			}
			full.OriginalStart = i.OriginalStart
			s.exceptions = append(s.exceptions, *full)
		}
	}
	return s, nil
}

// missing returns the original starts of the occurrences in the window that the rule has
// and the calendar has not.
func (s *state) missing() []time.Time {
	e, err := decodeSeries(s.series)
	if err != nil || e.Recurrence == nil {
		return nil
	}
	var out []time.Time
	for o := range e.Occurrences(s.window.from, s.window.to) {
		if _, ok := s.instances[dayOf(o.RecurrenceID, e)]; !ok {
			out = append(out, o.RecurrenceID)
		}
	}
	return out
}

// wouldMail reports whether the entry has attendees, whom Graph would mail.
func (s *state) wouldMail() bool {
	if len(s.series.Attendees) > 0 {
		return true
	}
	for _, x := range s.instances {
		if len(x.Attendees) > 0 {
			return true
		}
	}
	return slices.ContainsFunc(s.exceptions, func(x event) bool { return len(x.Attendees) > 0 })
}

// tag returns the version of the entry. A changed occurrence has a tag of its own, so it is
// a digest of all tags.
func (s *state) tag() string {
	list := []string{s.series.ID + " " + s.series.ETag}
	for _, x := range s.exceptions {
		list = append(list, x.ID+" "+x.ETag)
	}
	for _, at := range s.missing() {
		list = append(list, at.UTC().Format(layout))
	}
	return shadow.Tag(list)
}

// object returns the entry. put is the data that was just written, or nil.
func (s *state) object(put []byte) (organizer.Object, error) {
	o := organizer.Object{UID: s.series.ICalUID, Href: s.series.ID, Tag: s.tag(), Reserved: s.reserved()}
	now, err := decode(s, s.missing())
	if err != nil {
		return organizer.Object{}, fail(opGet, err)
	}
	kept, ok := s.copy()
	var made ical.Event
	if ok {
		made, err = s.shown(kept.Event)
		ok = err == nil
	}
	if o, err = shadow.Complete(o, kept, made, ok, now, put); err != nil {
		return organizer.Object{}, fail(opGet, err)
	}
	return o, nil
}

// copy returns the data that was written last.
func (s *state) copy() (shadow.Copy, bool) {
	return shadow.ReadCopy(s.series.property(propertyData), s.series.ICalUID)
}

// shown returns a meeting as the calendar shows it if nobody changes anything. Outside of
// the window nobody looks.
func (s *state) shown(e ical.Event) (ical.Event, error) {
	made, err := encode(e)
	if err != nil {
		return ical.Event{}, err
	}
	made.exceptions = slices.DeleteFunc(made.exceptions, func(x event) bool {
		at, err := time.Parse(time.RFC3339, x.OriginalStart)
		return err != nil || !s.window.has(at)
	})
	return decode(made, slices.DeleteFunc(cancelled(e), func(at time.Time) bool { return !s.window.has(at) }))
}
