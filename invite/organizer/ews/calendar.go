package ews

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/organizer"
)

// Calendar is a calendar on an Exchange server. It is safe for concurrent use. With NTLM
// its requests follow each other on one connection.
type Calendar struct {
	options *Options
	server  *server

	mu       sync.Mutex
	folderID string // of the calendar that Options.Calendar names, empty if not known
}

var _ organizer.Calendar = (*Calendar)(nil)

// Close closes the idle connections. The calendar can still be used.
func (c *Calendar) Close() error {
	c.server.close()
	return nil
}

// Get implements [organizer.Calendar]. If a Put was interrupted between its requests, Get
// does the rest of it first, so that nobody sees a half of a change.
func (c *Calendar) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	e, err := c.find(ctx, o)
	if err != nil {
		return organizer.Object{}, err
	}
	return result("GetItem", e, nil)
}

// Put implements [organizer.Calendar]. The meeting is that in Data. Event is not read.
//
// If two programs make an entry for the same meeting at the same time, one of them
// takes its own back and gets organizer.ErrChanged.
func (c *Calendar) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	want, err := meeting(o)
	if err != nil {
		return organizer.Object{}, err
	}
	var e *entry
	if o.Tag == "" {
		e, err = c.create(ctx, o, want)
	} else {
		e, err = c.replace(ctx, o, want)
	}
	if err != nil {
		return organizer.Object{}, err
	}
	return result("GetItem", e, o.Data)
}

// Delete implements [organizer.Calendar]. The entry goes to Deleted Items.
func (c *Calendar) Delete(ctx context.Context, o organizer.Object) error {
	if o.Tag == "" {
		found, err := c.search(ctx, o.UID)
		if err != nil {
			return err
		}
		return c.deleteAll(ctx, found)
	}
	e, err := c.current(ctx, o)
	if err != nil {
		return err
	}
	return c.delete(ctx, e.id, e.key)
}

// deleteAll deletes the items that a search has found.
func (c *Calendar) deleteAll(ctx context.Context, found []item) error {
	err := notFound("DeleteItem")
	for _, i := range found {
		switch e := c.delete(ctx, i.ID.ID, ""); {
		case isMissing(e): // somebody else has deleted it meanwhile
		case e != nil:
			return e
		default:
			err = nil
		}
	}
	return err
}

// find returns the entry of an Object, after finishing a change that was interrupted.
func (c *Calendar) find(ctx context.Context, o organizer.Object) (*entry, error) {
	e, err := c.look(ctx, o)
	if err != nil || e.unfinished == nil {
		return e, err
	}
	want, err := meeting(organizer.Object{UID: o.UID, Data: e.unfinished})
	if err != nil {
		want = e.event // there is nothing to do but to remove it
	}
	if e, err = c.finish(ctx, e, want); err != nil {
		return nil, afterwards(err)
	}
	return e, nil
}

// look returns the entry of an Object as it is. If nothing has its Href, look searches for its
// UID, because moving an item gives it another identifier.
func (c *Calendar) look(ctx context.Context, o organizer.Object) (*entry, error) {
	if o.Href != "" {
		e, err := c.get(ctx, o.Href, o.UID)
		if !isMissing(err) {
			return e, err
		}
	}
	found, err := c.search(ctx, o.UID)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, notFound("FindItem")
	}
	return c.get(ctx, found[0].ID.ID, o.UID)
}

// current returns the entry of an Object that must have the Object's Tag.
func (c *Calendar) current(ctx context.Context, o organizer.Object) (*entry, error) {
	e, err := c.find(ctx, o)
	switch {
	case err != nil:
		return nil, err
	case e.key != o.Tag:
		return nil, &Error{Op: "GetItem", Text: "the ChangeKey is another one now", kind: organizer.ErrChanged}
	}
	return e, nil
}

// isMissing reports whether an error says that there is no item with an identifier. A
// malformed identifier comes from another server, as after a migration.
func isMissing(err error) bool {
	return errors.Is(err, organizer.ErrGone) || isCode(err, "ErrorInvalidId", "ErrorInvalidIdEmpty", "ErrorInvalidIdMalformed",
		"ErrorInvalidIdMalformedEwsLegacyIdFormat", "ErrorInvalidIdMonikerTooLong", "ErrorInvalidIdStoreObjectIdTooLong")
}

// notFound returns the error for an entry that does not exist.
func notFound(op string) error {
	return &Error{Op: op, Text: "no entry has the UID", kind: organizer.ErrGone}
}

// meeting returns the meeting of an Object.
func meeting(o organizer.Object) (ical.Event, error) {
	const op = "put"
	if len(o.Data) == 0 {
		return ical.Event{}, refusal(op, "the Object has no Data")
	}
	c, err := ical.Decode(bytes.NewReader(o.Data), nil)
	switch {
	case err != nil:
		return ical.Event{}, refusal(op, "Data: %w", err)
	case c.Method != "":
		return ical.Event{}, refusal(op, "Data has METHOD %s", c.Method)
	case len(c.Events) != 1:
		return ical.Event{}, refusal(op, "Data has %d meetings, want one", len(c.Events))
	}
	e := c.Events[0]
	switch {
	case o.UID == "" || e.UID != o.UID:
		return ical.Event{}, refusal(op, "UID of Data is not UID of the Object")
	case e.Floating || !e.RecurrenceID.IsZero():
		return ical.Event{}, refusal(op, "Data is a floating event or a single occurrence")
	}
	for _, a := range e.Attendees {
		if _, err := address.ASCII(a.Email); err != nil {
			return ical.Event{}, refusal(op, "Data: the address of an attendee %w", err)
		}
	}
	return e, nil
}

// result returns the Object of an entry. written is the Data that was put, and nil after
// a Get.
func result(op string, e *entry, written []byte) (organizer.Object, error) {
	o, err := e.object()
	if err != nil {
		return organizer.Object{}, surprise(op, "the entry: %w", err)
	}
	if written != nil && !bytes.Equal(written, o.Data) {
		o.Written = bytes.Clone(written)
	}
	return o, nil
}
