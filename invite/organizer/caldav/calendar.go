package caldav

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// Calendar is a calendar on a CalDAV server. [Open] makes one. It is safe for concurrent
// use.
//
// The Tag of its objects is the ETag. The server's Schedule-Tag (RFC 6638, section 3.2.10)
// is not used: it stays the same if the server itself writes an attendee's answer into the
// entry, so a change with If-Schedule-Tag-Match would overwrite that answer if the server
// does not merge. With the ETag such a change is organizer.ErrChanged, and organizer.Sync
// reads the answer and merges it.
type Calendar struct {
	base      *url.URL // without user and query
	o         *Options
	auth      *authenticator
	transport *http.Transport

	finding chan struct{} // held by the call that looks for the calendar
	mu      sync.Mutex
	found   *Collection
	// silent has the ETag of the entries that Get has read last, by address, if all
	// attendees have SCHEDULE-AGENT=CLIENT. It saves one request for each change, because
	// organizer.Sync reads an entry before it writes.
	silent map[string]string
}

var _ organizer.Calendar = (*Calendar)(nil)

// Close ends idle connections. The calendar may still be used after it. Without Close
// they end by themselves after 15 seconds.
func (c *Calendar) Close() error {
	c.transport.CloseIdleConnections()
	return nil
}

// Get returns the entry of a meeting. Of o it uses UID and Href. If there is no entry at
// Href, it searches the calendar for the UID. If there is none, the error is
// organizer.ErrGone, and organizer.ErrNoCalendar if there is no calendar either.
func (c *Calendar) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	if err := checkUID(o.UID); err != nil {
		return organizer.Object{}, err
	}
	col, err := c.Collection(ctx)
	if err != nil {
		return organizer.Object{}, err
	}
	out, err := c.locate(ctx, col, o)
	if err == nil && len(readAgents(out.Data).others()) == 0 {
		if at, err := c.entryURL(col, out.Href); err == nil {
			c.remember(at, out.Tag)
		}
	}
	return out, err
}

// Put stores an entry. See [organizer.Calendar]. After a success it reads the entry, because
// servers rewrite entries and still return an ETag. If somebody else changes the entry
// between the two requests, the returned Tag is that of the entry as it was written, and
// the next Put fails with organizer.ErrChanged.
//
// The error is organizer.ErrWouldMail if an ATTENDEE of o.Data has no
// SCHEDULE-AGENT=CLIENT. Nothing was sent then.
func (c *Calendar) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	err := checkUID(o.UID)
	if err == nil {
		err = checkData(o)
	}
	if err != nil {
		return organizer.Object{}, fmt.Errorf("caldav: put: %w", err)
	}
	col, err := c.Collection(ctx)
	if err != nil {
		return organizer.Object{}, err
	}
	if o.Tag == "" {
		return c.create(ctx, col, o)
	}
	return c.replace(ctx, col, o)
}

// create makes a new entry. It searches first, because some servers keep two entries with
// one UID.
func (c *Calendar) create(ctx context.Context, col *Collection, o organizer.Object) (organizer.Object, error) {
	there, err := c.locate(ctx, col, organizer.Object{UID: o.UID})
	switch {
	case err == nil:
		return organizer.Object{}, &Error{Op: http.MethodPut, URL: bare(col.url), Href: there.Href, Err: organizer.ErrChanged}
	case !errors.Is(err, organizer.ErrGone):
		return organizer.Object{}, err
	}
	at := col.url.JoinPath(entryName(o.UID))
	return c.write(ctx, col, at, o, "If-None-Match", "*")
}

// replace replaces the entry that has o.Tag. Unless Get has just read the entry, it reads the
// entry first: SOGo makes a new entry if there is none to replace, whatever If-Match says.
func (c *Calendar) replace(ctx context.Context, col *Collection, o organizer.Object) (organizer.Object, error) {
	at, err := c.address(col, o)
	if err != nil {
		return organizer.Object{}, err
	}
	if !c.took(at, o.Tag) {
		now, err := c.locate(ctx, col, o)
		if err == nil && now.Tag != strong(o.Tag) {
			err = &Error{Op: http.MethodPut, URL: bare(at), Href: now.Href, Err: organizer.ErrChanged}
		}
		if err == nil {
			err = wrap(http.MethodPut, at, c.mayReplace(ctx, col, now))
		}
		if err == nil {
			at, err = c.entryURL(col, now.Href)
		}
		if err != nil {
			return organizer.Object{}, err
		}
	}
	return c.write(ctx, col, at, o, "If-Match", strong(o.Tag))
}

// address returns the address of an entry, or the address that a new one gets.
func (c *Calendar) address(col *Collection, o organizer.Object) (*url.URL, error) {
	if o.Href != "" {
		return c.entryURL(col, o.Href)
	}
	return col.url.JoinPath(entryName(o.UID)), nil
}

// wrap returns err as an *Error, nil if err is nil.
func wrap(method string, at *url.URL, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Op: method, URL: bare(at), Err: err}
}

// write sends a PUT with a condition and reads the entry after it.
func (c *Calendar) write(ctx context.Context, col *Collection, at *url.URL, o organizer.Object, condition, value string) (organizer.Object, error) {
	data := withAgent(o.Data)
	out, err := c.send(ctx, col, at, o, data, condition, value)
	if err != nil {
		return out, err
	}
	if condition == "If-Match" && isSOGo(at) && forgetsAnswers(data, out) {
		if again, err := c.send(ctx, col, at, o, data, condition, out.Tag); err == nil {
			out = again
		}
	}
	if !bytes.Equal(out.Data, o.Data) {
		out.Written = bytes.Clone(o.Data)
	}
	return out, nil
}

// send sends a PUT once.
func (c *Calendar) send(ctx context.Context, col *Collection, at *url.URL, o organizer.Object, data []byte, condition, value string) (organizer.Object, error) {
	r, err := c.do(ctx, request{http.MethodPut, at, map[string]string{
		"Content-Type": "text/calendar; charset=utf-8",
		condition:      value,
		// An organizer who also is an attendee must not answer by this change
		// (RFC 6638, section 8.1).
		"Schedule-Reply": "F",
	}, data})
	if err != nil {
		return organizer.Object{}, err
	}
	if !r.ok() {
		return organizer.Object{}, c.explain(ctx, col, c.failure(http.MethodPut, r, organizer.ErrGone), at, o)
	}
	c.remember(at, "")
	wrote := strong(r.header.Get("ETag"))
	if to, err := resolve(r.url, r.header.Get("Location")); err == nil && sameOrigin(to, at) {
		at = to // the server has another name for it
	}
	out, err := c.read(ctx, col, at, o.UID)
	switch {
	case err != nil && wrote == "":
		return organizer.Object{}, err
	case err != nil && !errors.Is(err, organizer.ErrGone):
		// The changes of the server to the entry would later look like the organizer's
		// change. No error of package organizer may say that nothing was stored.
		return organizer.Object{}, &Error{
			Op: http.MethodPut, URL: bare(at), Pause: organizer.RetryAfter(err),
			Err: fmt.Errorf("the entry was stored and cannot be read: %v", err),
		}
	case err != nil || wrote != "" && out.Tag != wrote:
		// Somebody has changed or deleted the entry since. The next call finds out, with
		// the tag of the data that was written.
		out, err = object(o.UID, data)
		out.Href, out.Tag = col.href(at), wrote
	}
	return out, err
}

// forgetsAnswers reports whether the server has other answers or another SEQUENCE than data.
// QUIRK: SOGo sets all answers back and counts SEQUENCE up if a change makes new answers
// necessary, and takes them if nothing else changes.
func forgetsAnswers(data []byte, kept organizer.Object) bool {
	sent, err := object(kept.UID, data)
	return err == nil && !slices.Equal(answers(sent.Event), answers(kept.Event))
}

// answers returns SEQUENCE and the answers of a meeting and its overrides, in one order.
func answers(e ical.Event) []string {
	out := []string{fmt.Sprint(e.RecurrenceID.Unix(), e.Sequence)}
	for _, a := range e.Attendees {
		out = append(out, fmt.Sprint(e.RecurrenceID.Unix(), " ", strings.ToLower(a.Email), " ", cmp.Or(a.Status, ical.StatusNeedsAction)))
	}
	slices.Sort(out)
	for i := range e.Overrides {
		out = append(out, answers(e.Override(i))...)
	}
	return out
}

// explain returns the error of a change that was refused. A condition that does not hold
// may mean that the entry or the calendar does not exist, so it asks for them.
func (c *Calendar) explain(ctx context.Context, col *Collection, refusal *Error, at *url.URL, o organizer.Object) error {
	switch refusal.Status {
	case http.StatusPreconditionFailed, http.StatusConflict, http.StatusNotFound, http.StatusGone, http.StatusForbidden:
	default:
		return refusal
	}
	if refusal.Status == http.StatusForbidden || refusal.Condition != "" && refusal.Err != nil && o.Tag == "" {
		return refusal
	}
	_, err := c.locate(ctx, col, organizer.Object{UID: o.UID, Href: col.href(at)})
	switch {
	case err == nil && refusal.Err == nil:
		return refusal
	case err == nil:
		refusal.Err = organizer.ErrChanged
	case errors.Is(err, organizer.ErrNoCalendar):
		refusal.Err = organizer.ErrNoCalendar
	case errors.Is(err, organizer.ErrGone) && o.Tag != "":
		refusal.Err = organizer.ErrGone
	case errors.Is(err, organizer.ErrGone):
		// Another entry has the name, or the server gives no reason.
	default:
		return errors.Join(refusal, err)
	}
	return refusal
}

// Delete removes an entry. See [organizer.Calendar]. The error is organizer.ErrWouldMail if the
// entry has an attendee without SCHEDULE-AGENT=CLIENT, because the server would send
// a cancellation. Store it with SCHEDULE-AGENT=CLIENT first.
func (c *Calendar) Delete(ctx context.Context, o organizer.Object) error {
	if err := checkUID(o.UID); err != nil {
		return err
	}
	col, err := c.Collection(ctx)
	if err != nil {
		return err
	}
	const tries = 3
	for try := 1; ; try++ {
		err = c.remove(ctx, col, o)
		if o.Tag != "" || try == tries || !errors.Is(err, organizer.ErrChanged) {
			return err
		}
	}
}

// remove reads the entry, unless Get has just read it, and deletes it as it was read.
func (c *Calendar) remove(ctx context.Context, col *Collection, o organizer.Object) error {
	at, err := c.address(col, o)
	if err != nil {
		return err
	}
	if !c.took(at, o.Tag) || isSOGo(at) {
		now, err := c.locate(ctx, col, o)
		if err != nil {
			return err
		}
		if o.Tag != "" && strong(o.Tag) != now.Tag {
			return &Error{Op: http.MethodDelete, URL: bare(at), Href: now.Href, Err: organizer.ErrChanged}
		}
		if err := wrap(http.MethodDelete, at, c.mayDelete(ctx, col, now)); err != nil {
			return err
		}
		o.Tag, o.Href = now.Tag, now.Href
		if at, err = c.entryURL(col, now.Href); err != nil {
			return err
		}
	}
	r, err := c.do(ctx, request{http.MethodDelete, at, map[string]string{"If-Match": strong(o.Tag), "Schedule-Reply": "F"}, nil})
	if err != nil {
		return err
	}
	if !r.ok() {
		return c.explain(ctx, col, c.failure(http.MethodDelete, r, organizer.ErrGone), at, o)
	}
	return nil
}

// maxSilent is the number of entries that are remembered.
const maxSilent = 256

// remember keeps the tag of an entry that may be changed without mails. An empty tag forgets the
// entry.
func (c *Calendar) remember(at *url.URL, tag string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.silent, bare(at))
	if tag == "" {
		return
	}
	for old := range c.silent {
		if len(c.silent) < maxSilent {
			break
		}
		delete(c.silent, old)
	}
	c.silent[bare(at)] = tag
}

// took reports whether Get has just read the entry with that tag, and a change of it mails
// nobody. The answer holds once.
func (c *Calendar) took(at *url.URL, tag string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.silent[bare(at)]
	delete(c.silent, bare(at))
	return tag != "" && known == strong(tag)
}

// strong returns an ETag without the mark of a weak one. QUIRK: a proxy that compresses
// weakens the ETag, and the server takes it only as it gave it.
func strong(etag string) string { return strings.TrimPrefix(etag, "W/") }
