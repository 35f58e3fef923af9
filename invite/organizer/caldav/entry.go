package caldav

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// maxUID is the length of a UID in octets. RFC 5545, section 3.8.4.7, says less than 255.
const maxUID = 1000

// checkUID returns an error for a UID that cannot be searched for.
func checkUID(uid string) error {
	switch {
	case uid == "":
		return errors.New("caldav: no UID")
	case len(uid) > maxUID:
		return fmt.Errorf("caldav: a UID of %d octets", len(uid))
	case strings.ContainsFunc(uid, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd || r == 0xfffe || r == 0xffff }):
		return errors.New("caldav: a UID with control characters or not in UTF-8")
	}
	return nil
}

// plainUID is a UID that is a file name on every server.
var plainUID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// entryName returns the name of a new entry. It is the UID, or a hash of it if the UID has
// characters that servers or file systems treat in their own way.
func entryName(uid string) string {
	if plainUID.MatchString(uid) {
		return uid + ".ics"
	}
	h := sha256.Sum256([]byte(uid))
	return hex.EncodeToString(h[:16]) + ".ics"
}

// entryURL returns the address of an entry. It must be on the host of the calendar.
func (c *Calendar) entryURL(col *Collection, href string) (*url.URL, error) {
	u, err := resolve(col.url, href)
	switch {
	case err != nil:
		return nil, fmt.Errorf("caldav: href: %w", err)
	case !sameOrigin(u, col.url):
		return nil, errors.New("caldav: href: the entry is on another host than the calendar")
	}
	return u, nil
}

// locate returns the entry: at its Href, under the name that we give, or by a search.
func (c *Calendar) locate(ctx context.Context, col *Collection, o organizer.Object) (organizer.Object, error) {
	at := col.url.JoinPath(entryName(o.UID))
	if o.Href != "" {
		u, err := c.entryURL(col, o.Href)
		if err != nil {
			return organizer.Object{}, err
		}
		at = u
	}
	out, err := c.read(ctx, col, at, o.UID)
	if !errors.Is(err, organizer.ErrGone) {
		return out, err
	}
	gone := err
	out, err = c.search(ctx, col, o.UID)
	if !errors.Is(err, organizer.ErrGone) {
		return out, err
	}
	// The calendar of the entry may be another one than that which was found today.
	if parent := at.JoinPath("../"); o.Href != "" && !same(parent, col.url) {
		if err := c.exists(ctx, parent); err != nil {
			return organizer.Object{}, err
		}
	}
	return organizer.Object{}, gone
}

// read returns the entry at an address. If it has another UID, the error is
// organizer.ErrGone.
func (c *Calendar) read(ctx context.Context, col *Collection, at *url.URL, uid string) (organizer.Object, error) {
	r, err := c.do(ctx, request{http.MethodGet, at, map[string]string{"Accept": "text/calendar"}, nil})
	if err != nil {
		return organizer.Object{}, err
	}
	if r.status != http.StatusOK {
		return organizer.Object{}, c.failure(http.MethodGet, r, organizer.ErrGone)
	}
	fail := func(err error) (organizer.Object, error) {
		return organizer.Object{}, &Error{Op: http.MethodGet, URL: bare(at), Status: r.status, Err: err}
	}
	out, err := object(uid, r.body)
	if err != nil {
		return fail(err)
	}
	out.Href, out.Tag = col.href(at), strong(r.header.Get("ETag"))
	if out.Tag == "" {
		if out.Tag, err = c.tag(ctx, at); err != nil {
			return organizer.Object{}, err
		}
	}
	if out.Tag == "" {
		return fail(errors.New("the server gives no ETag"))
	}
	return out, nil
}

// object returns an Object with data. The error is organizer.ErrGone if data has another UID.
func object(uid string, data []byte) (organizer.Object, error) {
	cal, err := ical.Decode(bytes.NewReader(data), &ical.DecodeOptions{MaxBytes: len(data) + 1})
	if err != nil {
		return organizer.Object{}, err
	}
	event, ok := pick(cal.Events, uid)
	if !ok {
		return organizer.Object{}, fmt.Errorf("%w: the entry has another UID", organizer.ErrGone)
	}
	return organizer.Object{UID: uid, Event: event, Data: data}, nil
}

// pick returns the event with that UID, a series before its occurrences.
func pick(events []ical.Event, uid string) (found ical.Event, ok bool) {
	for _, e := range events {
		if e.UID == uid && (!ok || !found.RecurrenceID.IsZero() && e.RecurrenceID.IsZero()) {
			found, ok = e, true
		}
	}
	return found, ok
}

// tag asks for the ETag of an entry, for servers that do not give it with the entry.
func (c *Calendar) tag(ctx context.Context, at *url.URL) (string, error) {
	list, _, err := c.list(ctx, "PROPFIND", at, "0", `<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>`, organizer.ErrGone)
	if err != nil {
		return "", err
	}
	for _, r := range list {
		if etag := r.props.child(davName("getetag")).text(); etag != "" {
			return strong(etag), nil
		}
	}
	return "", nil
}

// maxCandidates is the number of entries that a search may return. A server may match parts
// of a UID (RFC 4791, section 9.7.5).
const maxCandidates = 50

// search returns the entry with that UID, wherever it is in the calendar.
func (c *Calendar) search(ctx context.Context, col *Collection, uid string) (organizer.Object, error) {
	query := `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop>` +
		`<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID">` +
		`<C:text-match collation="i;octet">` + escape(uid) + `</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`
	list, _, err := c.list(ctx, "REPORT", col.url, "1", query, organizer.ErrNoCalendar)
	if err != nil {
		c.forget(err)
		return organizer.Object{}, err
	}
	tried, failed := 0, 0
	for _, r := range list {
		if r.status/100 == 5 {
			failed = r.status
		}
		if r.status != 0 || same(r.url, col.url) || !sameOrigin(r.url, col.url) {
			continue
		}
		if tried++; tried > maxCandidates {
			return organizer.Object{}, &Error{Op: "REPORT", URL: bare(col.url), Err: errors.New("the server finds too many entries with this UID")}
		}
		out, err := c.read(ctx, col, r.url, uid)
		if !errors.Is(err, organizer.ErrGone) {
			return out, err
		}
	}
	if failed != 0 { // such as 507: the answer is cut off (RFC 5323, section 5.17)
		return organizer.Object{}, &Error{Op: "REPORT", URL: bare(col.url), Status: failed, Err: errors.New("the server has not searched everything")}
	}
	return organizer.Object{}, &Error{Op: "REPORT", URL: bare(col.url), Err: organizer.ErrGone}
}

// exists returns organizer.ErrNoCalendar if there is no collection at an address.
func (c *Calendar) exists(ctx context.Context, u *url.URL) error {
	list, _, err := c.list(ctx, "PROPFIND", u, "0", `<D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/></D:prop></D:propfind>`, organizer.ErrNoCalendar)
	if err == nil && len(list) == 1 && list[0].status == http.StatusNotFound { // Xandikos
		err = &Error{Op: "PROPFIND", URL: bare(u), Status: list[0].status, Err: organizer.ErrNoCalendar}
	}
	return err
}
