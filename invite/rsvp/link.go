package rsvp

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/mailauth"
	"github.com/convene-go/convene/invite/internal/series"
)

// Links makes the links of answer pages: one for each meeting, attendee and answer.
// A link is signed, so nobody can guess or change it. It names no attendee in
// readable form. Everybody who has a link can see the meeting and answer in the attendee's
// name, also somebody to whom the mail is forwarded.
type Links struct {
	// Base is the address at which the [Handler] is reached from outside, such as
	// "https://example.com/answer". A link is Base, a slash, and a token.
	Base string
	// Keys are secrets of at least 16 octets. The first signs, and all verify. To
	// change the key, put a new one in front, and remove the old one when its
	// meetings are over.
	Keys [][]byte
	// Lifetime is the time for which a link is valid after the end of the meeting.
	// Until then, its page says that the meeting is over. A link has a day and no
	// hour, so it can be valid for up to two days longer. 0 is 30 days.
	//
	// If the meeting gets a later end, its links are valid for longer too. For a
	// series, the end of its last occurrence counts, as it is when the link is
	// opened. A link of an endless series is valid as long as the series has no end.
	Lifetime time.Duration
}

// The limits of links.
const (
	month   = 30 * 24 * time.Hour // the default of Links.Lifetime
	maxUID  = 700                 // octets of a UID in a link
	maxLink = 2048                // octets of a link that every browser opens
)

// Validate reports a setting that cannot work. The error names the field.
func (l *Links) Validate() error {
	if l == nil {
		return errors.New("rsvp: Links: is missing")
	}
	u, err := url.Parse(l.Base)
	switch {
	case l.Base == "":
		return errors.New("rsvp: Links.Base: is missing")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("rsvp: Links.Base: %.100q is no absolute http or https URL", l.Base)
	case u.User != nil || strings.ContainsAny(l.Base, "?#"):
		return errors.New("rsvp: Links.Base: has a user name, a query or a fragment")
	case !strings.HasSuffix(l.Base, u.EscapedPath()):
		return fmt.Errorf("rsvp: Links.Base: the path %.100q must be percent-encoded, as %.100q", u.Path, u.EscapedPath())
	case len(l.Base) > maxLink/2:
		return fmt.Errorf("rsvp: Links.Base: has %d octets, %d are the most", len(l.Base), maxLink/2)
	}
	if err := l.tokens().CheckKeys(); err != nil {
		return fmt.Errorf("rsvp: Links.%w", err)
	}
	return nil
}

// URL returns the link for an attendee of a meeting. Its page proposes the answer s,
// and the reader still has to send the form. If s is "" or [ical.StatusNeedsAction],
// the page proposes none. Equal arguments give equal links. Use URL as
// Options.AnswerURL of package invite. If m.Event is a series and has a RecurrenceID, as
// in a mail about one occurrence, the page proposes the answer to that occurrence alone.
//
// URL returns "" for other answers, for a meeting without a UID or with a very long
// one, and if [Links.Validate] fails.
func (l *Links) URL(m *invite.Meeting, a ical.Attendee, s ical.Status) string {
	code := slices.Index(statuses, s)
	if s == ical.StatusNeedsAction {
		code = 0
	}
	if m == nil || m.Event.UID == "" || len(m.Event.UID) > maxUID || a.Email == "" || code < 0 || l.Validate() != nil {
		return ""
	}
	k := signer{l.Keys[0]}
	t := token{status: statuses[code], day: l.day(&m.Event), uid: m.Event.UID}
	t.attendee = k.attendee(t.uid, a.Email)
	if m.Event.Recurrence != nil {
		t.date = m.Event.RecurrenceID
	}
	return strings.TrimSuffix(l.Base, "/") + "/" + k.seal(t)
}

// day returns the day in a link. The link of a series has the one of an endless series,
// because a mail to thousands would take seconds to find the end of a long series for
// each reader. So the end of a series is found when a link is opened.
func (l *Links) day(e *ical.Event) mailauth.Token {
	end := series.Forever
	if e.Recurrence == nil {
		end = series.LastEnd(e)
	}
	return mailauth.Day(end.Add(l.lifetime()))
}

// open returns the token in the last part of a link, and the signer that made it.
func (l *Links) open(text string) (token, signer, error) {
	for _, key := range l.Keys {
		if t, ok := (signer{key}).open(text); ok {
			return t, signer{key}, nil
		}
	}
	return token{}, signer{}, errInvalid
}

// ended reports whether a link is not valid any more.
func (l *Links) ended(t token, e *ical.Event, now time.Time) bool {
	if !t.day.Expired(now) && !t.day.IsEndless() {
		return false // the end of the meeting does not matter
	}
	return l.tokens().Ended(t.day, series.LastEnd(e), now)
}

// lifetime returns the Lifetime or its default.
func (l *Links) lifetime() time.Duration {
	if l.Lifetime == 0 {
		return month
	}
	return l.Lifetime
}

// tokens returns the settings of l that it shares with reply addresses.
func (l *Links) tokens() *mailauth.Tokens {
	return &mailauth.Tokens{Keys: l.Keys, Lifetime: l.lifetime()}
}

// clone returns a copy of l that shares nothing with it. Nil stays nil.
func (l *Links) clone() *Links {
	if l == nil {
		return nil
	}
	out := *l
	out.Keys = slices.Clone(l.Keys)
	for i := range out.Keys {
		out.Keys[i] = slices.Clone(out.Keys[i])
	}
	return &out
}

// String returns the address, and no key, so that a log cannot show one.
func (l Links) String() string {
	return fmt.Sprintf("Links of %s with %d keys", l.Base, len(l.Keys))
}

// GoString is [Links.String], for the format %#v.
func (l Links) GoString() string { return l.String() }
