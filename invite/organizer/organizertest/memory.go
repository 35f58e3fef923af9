package organizertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

var (
	// ErrLost is the error of a change that was made, and whose reply was lost.
	ErrLost = errors.New("organizertest: the reply was lost")
	// ErrDown is an error for [Memory.Fail]: the server does not answer.
	ErrDown = errors.New("organizertest: the server does not answer")
)

// Memory is an [organizer.Calendar] in memory. The zero value is an empty calendar. It
// keeps all rules of [TestCalendar]. It is safe for concurrent use, and shares no memory
// with its callers.
type Memory struct {
	// Before is called before each Get, Put and Delete, if it is not nil. It may block,
	// and it may change the calendar. If it returns an error, the call returns that
	// error and does nothing else.
	Before func(c Call) error
	// Rewrite returns the Data to keep for the Data that is put, if it is not nil. It
	// stands for a server that drops properties, or gives time zones other names.
	Rewrite func(data []byte) []byte

	mu      sync.Mutex
	entries map[string]*memoryEntry // by UID
	names   int                     // the number of entries made so far
	tags    int                     // the number of versions made so far
	lose    int                     // the number of changes whose reply will be lost
	fail    error
	calls   Calls
	mails   int
}

var _ organizer.Calendar = (*Memory)(nil)

// memoryEntry is an entry of a [Memory].
type memoryEntry struct {
	uid, href, tag string
	data           []byte
	event          ical.Event // the meeting that data describes
}

// Call is a call of a method of [Memory].
type Call struct {
	// Method is "Get", "Put" or "Delete".
	Method string
	// N is the number of calls of this method so far, this one included.
	N int
	// Object is the argument of the call.
	Object organizer.Object
}

// Calls are numbers of calls, also of calls that failed.
type Calls struct {
	Gets, Puts, Deletes int
}

// Get implements [organizer.Calendar].
func (m *Memory) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	if err := m.begin(ctx, "Get", o); err != nil {
		return organizer.Object{}, err
	}
	defer m.mu.Unlock()
	e := m.entries[o.UID]
	if e == nil {
		return organizer.Object{}, organizer.ErrGone
	}
	return e.object(), nil
}

// Put implements [organizer.Calendar]. Data that has a METHOD, that has another UID than
// o, or that is no meeting, is an error.
func (m *Memory) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	if err := m.begin(ctx, "Put", o); err != nil {
		return organizer.Object{}, err
	}
	defer m.mu.Unlock()
	event, err := meetingOf(o.UID, o.Data)
	if err != nil {
		return organizer.Object{}, err
	}
	data := bytes.Clone(o.Data)
	if m.Rewrite != nil {
		data = bytes.Clone(m.Rewrite(data))
		if event, err = meetingOf(o.UID, data); err != nil {
			return organizer.Object{}, fmt.Errorf("after Rewrite: %w", err)
		}
	}
	if err := m.expect(o); err != nil {
		return organizer.Object{}, err
	}
	e := m.store(o.UID, data, event)
	if err := m.reply(); err != nil {
		return organizer.Object{}, err
	}
	out := e.object()
	if !bytes.Equal(data, o.Data) {
		out.Written = bytes.Clone(o.Data)
	}
	return out, nil
}

// Delete implements [organizer.Calendar].
func (m *Memory) Delete(ctx context.Context, o organizer.Object) error {
	if err := m.begin(ctx, "Delete", o); err != nil {
		return err
	}
	defer m.mu.Unlock()
	e := m.entries[o.UID]
	switch {
	case e == nil:
		return organizer.ErrGone
	case o.Tag != "" && o.Tag != e.tag:
		return organizer.ErrChanged
	}
	m.count(e.event)
	delete(m.entries, o.UID)
	return m.reply()
}

// begin counts a call, and returns its error if it cannot be made. Otherwise it leaves m
// locked.
func (m *Memory) begin(ctx context.Context, method string, o organizer.Object) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("organizertest: %w", err)
	}
	m.mu.Lock()
	n := m.calls.add(method)
	m.mu.Unlock()
	if m.Before != nil {
		o.Data, o.Written, o.Tried, o.Base = bytes.Clone(o.Data), bytes.Clone(o.Written), bytes.Clone(o.Tried), bytes.Clone(o.Base)
		o.Event = o.Event.Clone()
		if err := m.Before(Call{Method: method, N: n, Object: o}); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("organizertest: %w", err)
		}
	}
	m.mu.Lock()
	if m.fail != nil {
		defer m.mu.Unlock()
		return m.fail
	}
	return nil
}

// add counts a call of a method, and returns the number of its calls so far.
func (c *Calls) add(method string) int {
	n := map[string]*int{"Get": &c.Gets, "Put": &c.Puts, "Delete": &c.Deletes}[method]
	*n++
	return *n
}

// expect returns an error if the entry does not have the Tag of o.
func (m *Memory) expect(o organizer.Object) error {
	e := m.entries[o.UID]
	switch {
	case e == nil && o.Tag != "":
		return organizer.ErrGone
	case e != nil && o.Tag != e.tag:
		return organizer.ErrChanged
	}
	return nil
}

// store keeps a new version of an entry, and counts the mails.
func (m *Memory) store(uid string, data []byte, event ical.Event) *memoryEntry {
	e := m.entries[uid]
	if e == nil {
		m.names++
		e = &memoryEntry{uid: uid, href: fmt.Sprintf("entry-%d", m.names)}
		if m.entries == nil {
			m.entries = make(map[string]*memoryEntry)
		}
		m.entries[uid] = e
	}
	m.set(e, data, event)
	m.count(event)
	return e
}

// set gives an entry new content, and a new tag.
func (m *Memory) set(e *memoryEntry, data []byte, event ical.Event) {
	m.tags++
	e.tag, e.data, e.event = fmt.Sprintf("tag-%d", m.tags), data, event
}

// reply returns ErrLost if the reply is lost.
func (m *Memory) reply() error {
	if m.lose == 0 {
		return nil
	}
	m.lose--
	return ErrLost
}

// object returns the entry as an Object, which shares no memory with it.
func (e *memoryEntry) object() organizer.Object {
	return organizer.Object{UID: e.uid, Href: e.href, Tag: e.tag, Event: e.event.Clone(), Data: bytes.Clone(e.data)}
}

// meetingOf returns the meeting that Data describes.
func meetingOf(uid string, data []byte) (ical.Event, error) {
	c, err := ical.Decode(bytes.NewReader(data), nil)
	switch {
	case err != nil:
		return ical.Event{}, fmt.Errorf("organizertest: data: %w", err)
	case c.Method != "":
		return ical.Event{}, fmt.Errorf("organizertest: data: it has METHOD %s, and an entry has none", c.Method)
	case len(c.Events) != 1:
		return ical.Event{}, fmt.Errorf("organizertest: data: it has %d meetings, want one", len(c.Events))
	case c.Events[0].UID != uid:
		return ical.Event{}, fmt.Errorf("organizertest: data: its UID is %q, want %q", c.Events[0].UID, uid)
	}
	return c.Events[0], nil
}

// count counts the mails that a CalDAV server sends because of a change of an entry.
func (m *Memory) count(e ical.Event) {
	mailed := make(map[string]bool)
	for _, one := range append([]ical.Event{e}, e.Overrides...) {
		for _, a := range one.Attendees {
			if agent := a.Params["SCHEDULE-AGENT"]; len(agent) != 1 || !strings.EqualFold(agent[0], "CLIENT") {
				mailed[strings.ToLower(a.Email)] = true
			}
		}
	}
	m.mails += len(mailed)
}

// Mails returns the number of mails that a CalDAV server would have sent: for each change
// of an entry, one to each attendee without SCHEDULE-AGENT=CLIENT (RFC 6638, section 7.1).
func (m *Memory) Mails() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mails
}

// LoseReplies makes the next n changes return [ErrLost] after they were made. A call that
// changes nothing does not count.
func (m *Memory) LoseReplies(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lose = n
}

// Fail makes all calls return err without doing anything, until Fail is called with nil.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// Calls returns the numbers of calls so far.
func (m *Memory) Calls() Calls {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}

// Entries returns all entries, in the order of their UIDs.
func (m *Memory) Entries() []organizer.Object {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []organizer.Object
	for _, uid := range slices.Sorted(maps.Keys(m.entries)) {
		out = append(out, m.entries[uid].object())
	}
	return out
}

// Edit changes an entry as the organizer does with another program. The error is
// [organizer.ErrGone] if there is no such entry, and an [ical.FieldError] if the changed
// event cannot be written.
func (m *Memory) Edit(uid string, change func(e *ical.Event)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.entries[uid]
	if e == nil {
		return organizer.ErrGone
	}
	data, err := edited(e.data, change)
	if err != nil {
		return err
	}
	event, err := meetingOf(uid, data)
	if err == nil {
		m.set(e, data, event)
	}
	return err
}

// edited returns data with a changed meeting.
func edited(data []byte, change func(e *ical.Event)) ([]byte, error) {
	c, err := ical.Decode(bytes.NewReader(data), nil)
	if err != nil {
		return nil, err
	}
	if len(c.Events) == 0 {
		return nil, errors.New("organizertest: data: it has no meeting")
	}
	change(&c.Events[0])
	return ical.Encode(c)
}

// Remove deletes an entry as the organizer does with another program. It reports whether
// there was one.
func (m *Memory) Remove(uid string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.entries[uid] != nil
	delete(m.entries, uid)
	return was
}
