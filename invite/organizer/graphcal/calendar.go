package graphcal

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
)

// DefaultBaseURL is the address of Microsoft Graph v1.0.
const DefaultBaseURL = "https://graph.microsoft.com/v1.0"

// Options are the options of [New]. Nil and zero values mean the defaults.
type Options struct {
	// Calendar is the identifier of a calendar of the mailbox. If it is empty, it is the
	// default calendar.
	Calendar string
	// Attendees returns the list of attendees that stands below the description. Nil means
	// [Attendees].
	Attendees func(e ical.Event) string
	// BaseURL is the address of Graph. If it is empty, it is DefaultBaseURL.
	BaseURL string
	// Timeout is the time for one request and its reply. Zero means one minute.
	Timeout time.Duration
	// Now is the clock for the window of occurrences, and for pauses that the server gives
	// as a date. Nil means time.Now.
	Now func() time.Time
}

// Calendar is a calendar of Exchange Online. It is safe for concurrent use.
type Calendar struct {
	api       jsonapi.Client
	user      string // the path of the mailbox
	calendar  string // the path of the calendar
	attendees func(e ical.Event) string
}

var (
	_ organizer.Calendar = (*Calendar)(nil)
	_ organizer.Reserver = (*Calendar)(nil)
)

// New returns a calendar of a mailbox, which is an address, or "me" for the user whose
// credentials client has. client adds the credentials to each request, like the client of
// golang.org/x/oauth2. Its redirects are not followed.
func New(client *http.Client, mailbox string, o *Options) *Calendar {
	if o == nil {
		o = &Options{}
	}
	c := &Calendar{
		api: jsonapi.Client{
			Service: "graphcal", Base: strings.TrimSuffix(cmp.Or(o.BaseURL, DefaultBaseURL), "/"),
			Timeout: cmp.Or(o.Timeout, jsonapi.DefaultTimeout), Explain: explain, Now: o.Now,
			// Without the preference, a body is HTML.
			Header: http.Header{"Prefer": {`outlook.body-content-type="text"`}},
		},
		user: "/users/" + url.PathEscape(mailbox), attendees: o.Attendees,
	}
	if mailbox == "me" {
		c.user = "/me"
	}
	c.calendar = c.user
	if o.Calendar != "" {
		c.calendar += "/calendars/" + url.PathEscape(o.Calendar)
	}
	if c.attendees == nil {
		c.attendees = Attendees
	}
	if c.api.Now == nil {
		c.api.Now = time.Now
	}
	c.api.Use(client)
	return c
}

func (c *Calendar) eventPath(id string) string { return c.user + "/events/" + url.PathEscape(id) }

// Get returns the entry, also one that was only reserved.
func (c *Calendar) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	s, err := c.read(ctx, o)
	if err != nil {
		return organizer.Object{}, err
	}
	if s == nil {
		return organizer.Object{}, fail(opGet, organizer.ErrGone)
	}
	return s.object(nil)
}

// Delete removes the entry. If o.Tag is empty, it does so whatever the entry is now, unless
// it has attendees: then the error is ErrWouldMail.
func (c *Calendar) Delete(ctx context.Context, o organizer.Object) error {
	s, err := c.read(ctx, o)
	switch {
	case err != nil:
		return err
	case s == nil:
		return fail(opDelete, organizer.ErrGone)
	case o.Tag != "" && s.tag() != o.Tag:
		return fail(opDelete, organizer.ErrChanged)
	case s.wouldMail():
		return fail(opDelete, organizer.ErrWouldMail)
	}
	// The tag is sent even if the caller has none, because somebody may invite people
	// meanwhile.
	return c.remove(ctx, s.series)
}

func (c *Calendar) remove(ctx context.Context, x *event) error {
	return c.api.Do(ctx, jsonapi.Request{Op: opDelete, Method: http.MethodDelete, Path: c.eventPath(x.ID), IfMatch: x.ETag}, nil)
}

// find searches the calendar with a filter, and returns the identifier of the event with a
// UID, or of any event if uid is empty. It returns "" if there is none.
func (c *Calendar) find(ctx context.Context, filter, uid string) (id, found string, err error) {
	list, err := c.pages(ctx, jsonapi.Request{
		Op: opFind, Method: http.MethodGet, Path: c.calendar + "/events",
		Query: url.Values{"$filter": {filter}, "$select": {"id,iCalUId,type"}, "$top": {"50"}},
	})
	if err != nil {
		return "", "", err
	}
	for _, x := range list {
		if x.ID != "" && (uid == "" || x.ICalUID == uid) {
			return x.ID, x.ICalUID, nil
		}
	}
	return "", "", nil
}

// quoted returns a string of OData.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

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
		all = append(all, p.Value...)
		if p.Next == "" {
			return all, nil
		}
		// The address of the next page is the server's, so only its query is used.
		next, err := url.Parse(p.Next)
		if err != nil {
			return nil, fail(r.Op, errors.New("the address of the next page cannot be read"))
		}
		r.Query = next.Query()
	}
	return nil, fail(r.Op, errors.New("the list has too many pages"))
}
