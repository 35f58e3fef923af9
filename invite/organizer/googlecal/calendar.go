package googlecal

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/internal/jsonapi"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// DefaultBaseURL is the address of the Google Calendar API v3.
const DefaultBaseURL = "https://www.googleapis.com/calendar/v3"

// Options are the options of [New]. Nil and zero values mean the defaults.
type Options struct {
	// BaseURL is the address of the API. If it is empty, it is DefaultBaseURL.
	BaseURL string
	// Timeout is the time for one request and its reply. Zero means one minute.
	Timeout time.Duration
	// Now is the clock for pauses that the server gives as a date. Nil means time.Now.
	Now func() time.Time
}

// Calendar is a Google calendar. It is safe for concurrent use.
type Calendar struct {
	api  jsonapi.Client
	path string // the path of the events
}

var _ organizer.Calendar = (*Calendar)(nil)

// New returns the calendar with an identifier: "primary" for the main calendar of the
// user, or an address such as "team@group.calendar.google.com". client adds the
// credentials to each request, like the client of golang.org/x/oauth2. Its redirects are
// not followed.
func New(client *http.Client, calendarID string, o *Options) *Calendar {
	if o == nil {
		o = &Options{}
	}
	c := &Calendar{
		api: jsonapi.Client{
			Service: "googlecal", Base: strings.TrimSuffix(cmp.Or(o.BaseURL, DefaultBaseURL), "/"),
			Timeout: cmp.Or(o.Timeout, jsonapi.DefaultTimeout), Explain: explain, Now: o.Now,
		},
		path: "/calendars/" + url.PathEscape(calendarID) + "/events",
	}
	if c.api.Now == nil {
		c.api.Now = time.Now
	}
	c.api.Use(client)
	return c
}

// The names of the requests in errors.
const (
	opList      = "list"
	opImport    = "import"
	opPatch     = "patch"
	opDelete    = "delete"
	opInstances = "instances"
	opPut       = "put"
	opGet       = "get"
)

func fail(op string, err error) error { return &Error{Service: "googlecal", Op: op, Err: err} }

// Get returns the entry. Object.Href is not used, because one search by UID finds the
// series and its changed occurrences.
func (c *Calendar) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	s, err := c.read(ctx, o.UID)
	if err != nil {
		return organizer.Object{}, err
	}
	if s.series == nil {
		return organizer.Object{}, fail(opGet, organizer.ErrGone)
	}
	return s.object(nil)
}

// Delete removes the entry. If o.Tag is empty, it does so whatever the entry is now.
func (c *Calendar) Delete(ctx context.Context, o organizer.Object) error {
	s, err := c.read(ctx, o.UID)
	if err != nil {
		return err
	}
	if s.series == nil {
		return fail(opDelete, organizer.ErrGone)
	}
	match := ""
	if o.Tag != "" {
		if s.tag() != o.Tag {
			return fail(opDelete, organizer.ErrChanged)
		}
		match = s.series.ETag
	}
	return c.api.Do(ctx, jsonapi.Request{
		Op: opDelete, Method: http.MethodDelete, Path: c.eventPath(s.series.ID), IfMatch: match, Query: silent(),
	}, nil)
}

// silent returns the parameter with which Google mails nobody.
func silent() url.Values { return url.Values{"sendUpdates": {"none"}} }

func (c *Calendar) eventPath(id string) string { return c.path + "/" + url.PathEscape(id) }

// maxPages is the number of pages of a list that are read.
const maxPages = 40

// pages reads all pages of a list.
func (c *Calendar) pages(ctx context.Context, r jsonapi.Request) ([]event, error) {
	var all []event
	for range maxPages {
		var p page
		if err := c.api.Do(ctx, r, &p); err != nil {
			return nil, err
		}
		all = append(all, p.Items...)
		if p.NextPageToken == "" {
			return all, nil
		}
		r.Query.Set("pageToken", p.NextPageToken)
	}
	return nil, fail(r.Op, errors.New("the list has too many pages"))
}

// read finds the entry with a UID: the series and its changed and cancelled occurrences.
func (c *Calendar) read(ctx context.Context, uid string) (*state, error) {
	if uid == "" {
		return nil, fail(opList, errors.New("the UID is missing"))
	}
	all, err := c.pages(ctx, jsonapi.Request{
		Op: opList, Method: http.MethodGet, Path: c.path,
		Query: url.Values{"iCalUID": {uid}, "showDeleted": {"true"}, "maxResults": {"250"}},
	})
	if err != nil {
		return nil, err
	}
	s := &state{}
	for i := range all {
		x := &all[i]
		if x.RecurringEventID != "" || x.ICalUID != uid {
			continue
		}
		if x.Status == statusCancelled {
			s.deleted = max(s.deleted, x.Sequence)
		} else if s.series == nil {
			s.series = x
		}
	}
	for _, x := range all {
		if s.series != nil && x.RecurringEventID == s.series.ID {
			s.exceptions = append(s.exceptions, x)
		}
	}
	return s, nil
}

// tag returns the version of the entry. Google gives a tag to each changed occurrence, so
// it is a digest of all tags.
func (s *state) tag() string {
	list := []string{s.series.ID + " " + s.series.ETag}
	for _, x := range s.exceptions {
		list = append(list, x.ID+" "+x.ETag)
	}
	return shadow.Tag(list)
}

// object returns the entry. put is the data that was just written, or nil.
func (s *state) object(put []byte) (organizer.Object, error) {
	now, err := decode(s)
	if err != nil {
		return organizer.Object{}, fail(opGet, err)
	}
	o := organizer.Object{UID: s.series.ICalUID, Href: s.series.ID, Tag: s.tag()}
	kept, ok := s.copy()
	var made ical.Event
	if ok {
		made, err = shown(kept.Event)
		ok = err == nil
	}
	if o, err = shadow.Complete(o, kept, made, ok, now, put); err != nil {
		return organizer.Object{}, fail(opGet, err)
	}
	return o, nil
}

// shown returns a meeting as the calendar shows it if nobody changes anything.
func shown(e ical.Event) (ical.Event, error) {
	s, err := encode(e)
	if err != nil {
		return ical.Event{}, err
	}
	return decode(s)
}
