package caldav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/convene-go/convene/invite/organizer"
)

// Collection is a calendar of the server.
type Collection struct {
	// URL is the address of the calendar, without user and password.
	URL string
	// Name is the name that people see. It may be empty.
	Name string
	// Default says that the server puts new invitations here (RFC 6638, section 9.2).
	Default bool
	// ReadOnly says that the server lets this user only read.
	ReadOnly bool

	url *url.URL
}

// href returns the address of an entry as it is kept in an Object: a path if the entry is on
// the host of the calendar.
func (col *Collection) href(u *url.URL) string {
	if sameOrigin(u, col.url) {
		return u.EscapedPath()
	}
	return bare(u)
}

// Collection returns the calendar that is used. The first call looks for it, and the
// result is kept. After a failure the next call looks again. If there is no such calendar,
// the error is organizer.ErrNoCalendar.
func (c *Calendar) Collection(ctx context.Context) (*Collection, error) {
	select {
	case c.finding <- struct{}{}:
		defer func() { <-c.finding }()
	case <-ctx.Done():
		return nil, fmt.Errorf("caldav: discovery: %w", ctx.Err())
	}
	c.mu.Lock()
	found := c.found
	c.mu.Unlock()
	if found != nil {
		return found, nil
	}
	all, err := c.Collections(ctx)
	if err != nil {
		return nil, err
	}
	found, err = choose(all, c.o.Name)
	if err != nil {
		return nil, err
	}
	c.o.Logger.InfoContext(ctx, "caldav: calendar", "url", found.URL, "name", found.Name)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found = found
	return found, nil
}

// forget makes the next call look for the calendar again, if err says that it does not
// exist any more.
func (c *Calendar) forget(err error) {
	if errors.Is(err, organizer.ErrNoCalendar) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.found = nil
	}
}

// Collections returns the calendars that the user has at this server, in the server's
// order. If the URL of [Open] is that of a calendar, it is the only one.
func (c *Calendar) Collections(ctx context.Context) ([]Collection, error) {
	if c.base.Path != "/" {
		return c.from(ctx, c.base)
	}
	// RFC 6764, section 6: the well-known address first, which redirects.
	all, err := c.from(ctx, c.base.JoinPath(".well-known/caldav"))
	if err == nil || !isElsewhere(err) {
		return all, err
	}
	all, second := c.from(ctx, c.base)
	if second != nil && isElsewhere(second) && !isElsewhere(err) {
		return nil, err
	}
	return all, second
}

// isElsewhere reports whether an address speaks no CalDAV, so that another one may.
func isElsewhere(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Pause != 0 {
		return false
	}
	return e.Status/100 == 2 || e.Status/100 == 3 || e.Status/100 == 4 && e.Status != http.StatusUnauthorized && e.Status != http.StatusTooManyRequests ||
		e.Status == http.StatusNotImplemented || e.Status == 0 && errors.Is(err, organizer.ErrNoCalendar)
}

// The bodies of the three requests.
const (
	askWhere = `<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:resourcetype/><D:displayname/>` +
		`<D:current-user-principal/><C:calendar-home-set/><C:supported-calendar-component-set/><C:schedule-inbox-URL/></D:prop></D:propfind>`
	askCalendars = `<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:resourcetype/><D:displayname/>` +
		`<C:supported-calendar-component-set/><D:current-user-privilege-set/><C:schedule-default-calendar-URL/></D:prop></D:propfind>`
)

// from returns the calendars that an address leads to. It is a calendar, a principal, a
// collection of calendars, or any other address that names the user's principal.
func (c *Calendar) from(ctx context.Context, u *url.URL) ([]Collection, error) {
	here, at, err := c.where(ctx, u)
	if err != nil {
		return nil, err
	}
	if isCalendar(here.props) {
		return []Collection{collection(resource{url: at, props: here.props})}, nil
	}
	if homes := hrefs(here.props.child(calName("calendar-home-set")), at); len(homes) > 0 {
		return c.homes(ctx, homes, here.props, at)
	}
	if u.Path != "/" && u == c.base {
		// The calendars of another user, of which this one is the delegate.
		if all, err := c.home(ctx, at, nil); err == nil && len(all) > 0 {
			return all, nil
		}
	}
	principal := hrefs(here.props.child(davName("current-user-principal")), at)
	if len(principal) == 0 {
		return nil, &Error{Op: "PROPFIND", URL: bare(at), Err: fmt.Errorf("%w: the server names no principal here", organizer.ErrNoCalendar)}
	}
	there, at, err := c.where(ctx, principal[0])
	if err != nil {
		return nil, err
	}
	homes := hrefs(there.props.child(calName("calendar-home-set")), at)
	if len(homes) == 0 {
		return nil, &Error{Op: "PROPFIND", URL: bare(at), Err: fmt.Errorf("%w: the user has no calendars", organizer.ErrNoCalendar)}
	}
	return c.homes(ctx, homes, there.props, at)
}

// where asks an address for itself. at is the address that answered.
func (c *Calendar) where(ctx context.Context, u *url.URL) (here resource, at *url.URL, err error) {
	list, at, err := c.list(ctx, "PROPFIND", u, "0", askWhere, organizer.ErrNoCalendar)
	if err != nil {
		return resource{}, nil, err
	}
	for _, r := range list {
		if same(r.url, at) {
			return r, at, nil
		}
	}
	if len(list) == 1 { // a server behind a proxy that moves paths
		return list[0], at, nil
	}
	return resource{}, nil, &Error{Op: "PROPFIND", URL: bare(at), Err: fmt.Errorf("%w: the answer is about something else", organizer.ErrNoCalendar)}
}

// maxHomes is the number of collections of calendars that are looked at.
const maxHomes = 8

// homes returns the calendars in some collections. principal has the properties of the user.
func (c *Calendar) homes(ctx context.Context, homes []*url.URL, principal *element, at *url.URL) ([]Collection, error) {
	inboxes := hrefs(principal.child(calName("schedule-inbox-URL")), at)
	var all []Collection
	for _, h := range homes[:min(len(homes), maxHomes)] {
		some, err := c.home(ctx, h, inboxes)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// home returns the calendars in a collection. The default calendar is named by the inbox
// (RFC 6638, section 9.2), which lies in the collection or at one of the addresses.
func (c *Calendar) home(ctx context.Context, u *url.URL, inboxes []*url.URL) ([]Collection, error) {
	list, _, err := c.list(ctx, "PROPFIND", u, "1", askCalendars, organizer.ErrNoCalendar)
	if err != nil {
		return nil, err
	}
	var all []Collection
	var main []*url.URL
	inbox := false
	for _, r := range list {
		if isCalendar(r.props) && holdsEvents(r.props) {
			all = append(all, collection(r))
		}
		main = append(main, hrefs(r.props.child(calName("schedule-default-calendar-URL")), r.url)...)
		for _, i := range inboxes {
			inbox = inbox || same(i, r.url)
		}
	}
	if len(main) == 0 && !inbox && len(inboxes) > 0 {
		// The inbox is elsewhere. If it cannot be read, there is no default calendar.
		if list, _, err := c.list(ctx, "PROPFIND", inboxes[0], "0", askCalendars, organizer.ErrNoCalendar); err == nil {
			for _, r := range list {
				main = append(main, hrefs(r.props.child(calName("schedule-default-calendar-URL")), r.url)...)
			}
		}
	}
	for i := range all {
		for _, m := range main {
			all[i].Default = all[i].Default || same(m, all[i].url)
		}
	}
	return all, nil
}

// hrefs returns the addresses in a property.
func hrefs(p *element, base *url.URL) []*url.URL {
	var out []*url.URL
	if p == nil {
		return nil
	}
	for _, h := range p.Children {
		if h.Name != davName("href") {
			continue
		}
		if u, err := resolve(base, h.text()); err == nil {
			u.RawQuery = ""
			out = append(out, u)
		}
	}
	return out
}
