package organizer

import (
	"context"
	"errors"
	"time"

	"github.com/convene-go/convene/ical"
)

// Calendar is the organizer's own calendar on some server. None of its methods makes
// the server mail anybody. It is safe for concurrent use. Package organizertest tests
// an implementation.
type Calendar interface {
	// Get returns the entry of a meeting as it is in the calendar now. Of the given
	// Object it uses UID, and Href if that is not empty, which saves a search. If
	// there is no such entry, the error is ErrGone.
	Get(ctx context.Context, o Object) (Object, error)
	// Put stores the entry. If o.Tag is empty, it makes a new entry, and the error is
	// ErrChanged if there is one with that UID already. Otherwise it replaces the
	// entry that has this Tag. The error is ErrChanged if the entry has another Tag
	// now, and ErrGone if it does not exist. It returns the entry as the server
	// keeps it. Written is then o.Data if the server has changed anything. After any
	// other error it is not known whether the entry was stored.
	Put(ctx context.Context, o Object) (Object, error)
	// Delete removes the entry. If o.Tag is empty, it does so whatever the entry is
	// now. Errors are those of Put. If there is no such entry, the error is ErrGone.
	Delete(ctx context.Context, o Object) error
}

// Object is the entry of one meeting in a calendar. A program keeps it as JSON beside
// the meeting.
type Object struct {
	// UID is the UID of the meeting.
	UID string `json:"uid"`
	// Href is the server's name of the entry, such as a path or an identifier. It is
	// empty if it is not known.
	Href string `json:"href,omitempty"`
	// Tag is the server's name of this version of the entry. It is empty for an entry
	// that was not stored.
	Tag string `json:"tag,omitempty"`
	// Reserved says that a [Reserver] has made the entry, and that it was not written and
	// not changed since. It is not kept in JSON.
	Reserved bool `json:"-"`
	// Event is the meeting that Data describes. It is not kept in JSON.
	Event ical.Event `json:"-"`
	// Data is a VCALENDAR without METHOD (RFC 4791, section 4.1).
	Data []byte `json:"data,omitempty"`
	// Written is the Data that was given to the calendar, if the server keeps something
	// else. Data is then as the server keeps it. In an Object that [Sync] returns, it is
	// the entry as [Encode] makes it of the meeting, without the things that the organizer has
	// changed. It is empty if Data is the same.
	Written []byte `json:"written,omitempty"`
	// Base is the entry as the server would keep it without what the organizer has
	// changed, which [Sync] reports as a Drift. It is empty if there is no such change. An
	// implementation of Calendar ignores it.
	Base []byte `json:"base,omitempty"`
	// Tried is Data that was given to the calendar without a clear reply, so nobody
	// knows whether it was stored. It has one VCALENDAR after the other if that happened
	// several times, at most the last eight.
	Tried []byte `json:"tried,omitempty"`
}

// The errors of a Calendar that a program decides on. All others may go away, so the
// call is repeated later.
var (
	// ErrChanged reports that somebody else has changed the entry meanwhile. Nothing was
	// stored.
	ErrChanged = errors.New("organizer: the entry was changed meanwhile")
	// ErrGone reports that the entry does not exist.
	ErrGone = errors.New("organizer: the entry does not exist")
	// ErrNoCalendar reports that the calendar itself does not exist, or has no such name.
	ErrNoCalendar = errors.New("organizer: the calendar does not exist")
	// ErrDenied reports that the server does not let this user do it.
	ErrDenied = errors.New("organizer: access denied")
	// ErrWouldMail reports a change that would make the server mail somebody. Nothing
	// was stored.
	ErrWouldMail = errors.New("organizer: the server would mail the attendees")
)

// Reserver is a server that makes the UID of an entry by itself. The UID is reserved
// first, and then used for the meeting.
type Reserver interface {
	// Reserve makes an entry without attendees and returns its UID. The same key
	// gives the same entry, so a call whose reply was lost is repeated. key has at
	// most 64 letters, digits and hyphens.
	Reserve(ctx context.Context, key string, e ical.Event) (uid string, err error)
}

// RetryAfter returns the pause that a server has asked for with an error of its
// Calendar, and 0 if it has asked for none.
func RetryAfter(err error) time.Duration {
	var r interface{ RetryAfter() time.Duration }
	if errors.As(err, &r) {
		return max(r.RetryAfter(), 0)
	}
	return 0
}
