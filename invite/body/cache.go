package body

import (
	"hash/maphash"
	"slices"
	"sync"

	"github.com/convene-go/convene/ical"
)

// mail is what was written for a view, and a copy of all that it was made from:
// an event that its owner changes is another one here.
type mail struct {
	view     View
	language *language
	answers  []ical.Status

	subject    string
	text, html *spliced
}

func newMail(v *View, l *language, answers []ical.Status) *mail {
	m := &mail{view: *v, language: l, answers: answers}
	m.view.Action = v.action()
	m.view.Event, m.view.Before, m.view.Answers = copyEvent(v.Event), copyEvent(v.before()), nil
	return m
}

// is reports whether the mail says what another view needs.
func (m *mail) is(v *View, l *language, answers []ical.Status) bool {
	w := &m.view
	return m.language == l && slices.Equal(m.answers, answers) && w.Action == v.action() &&
		w.Attendee.TimeZone == v.Attendee.TimeZone && w.HideGuests == v.HideGuests &&
		w.Comment == v.Comment && w.Status == v.Status && w.Proposed == v.Proposed && w.Method == v.Method &&
		(w.Action != ActionAnswer || w.Attendee.Name == v.Attendee.Name && w.Attendee.Email == v.Attendee.Email) &&
		sameEvent(w.Event, v.Event) && sameEvent(w.Before, v.before())
}

// copyEvent copies an event as deep as callers may change it, but for what
// nobody reads.
func copyEvent(e *ical.Event) *ical.Event {
	if e == nil {
		return nil
	}
	c := *e
	c.Attendees, c.Attachments = slices.Clone(e.Attendees), slices.Clone(e.Attachments)
	c.Categories, c.Reminders, c.Extra, c.Overrides = nil, nil, nil, nil
	for i := range c.Attendees {
		c.Attendees[i].Params = nil
	}
	if e.Recurrence != nil {
		r := *e.Recurrence
		r.ByDay, r.ByMonthDay, r.ByMonth, r.BySetPos = slices.Clone(r.ByDay), slices.Clone(r.ByMonthDay), slices.Clone(r.ByMonth), slices.Clone(r.BySetPos)
		r.Except, r.Include = slices.Clone(r.Except), slices.Clone(r.Include)
		c.Recurrence = &r
	}
	for i := range e.Overrides {
		c.Overrides = append(c.Overrides, *copyEvent(&e.Overrides[i]))
	}
	return &c
}

// sameEvent reports whether two events read the same. Times must be of the same
// location too, because an event's zone may come from there.
func sameEvent(a, b *ical.Event) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Summary == b.Summary && a.Description == b.Description && a.Location == b.Location &&
		a.URL == b.URL && a.Conference == b.Conference && a.Start == b.Start && a.End == b.End &&
		a.TimeZone == b.TimeZone && a.AllDay == b.AllDay && a.RecurrenceID == b.RecurrenceID &&
		a.Cancelled == b.Cancelled && a.Organizer == b.Organizer &&
		sameGuests(a.Attendees, b.Attendees) && slices.Equal(a.Attachments, b.Attachments) &&
		sameRule(a.Recurrence, b.Recurrence) && sameOverrides(a.Overrides, b.Overrides)
}

func sameOverrides(a, b []ical.Event) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a { // not by value: an event is large
		if !sameEvent(&a[i], &b[i]) {
			return false
		}
	}
	return true
}

func sameGuests(list, other []ical.Attendee) bool {
	if len(list) != len(other) {
		return false
	}
	for i := range list {
		if a, b := &list[i], &other[i]; a.Name != b.Name || a.Email != b.Email || a.Role != b.Role || a.Kind != b.Kind {
			return false
		}
	}
	return true
}

func sameRule(a, b *ical.Recurrence) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Freq == b.Freq && a.Interval == b.Interval && a.Count == b.Count && a.Until == b.Until &&
		slices.Equal(a.ByDay, b.ByDay) && slices.Equal(a.ByMonthDay, b.ByMonthDay) &&
		slices.Equal(a.ByMonth, b.ByMonth) && slices.Equal(a.BySetPos, b.BySetPos) &&
		slices.Equal(a.Except, b.Except) && slices.Equal(a.Include, b.Include)
}

// cache keeps the mails written last.
type cache struct {
	mu    sync.Mutex
	mails []cached // the one used last is the first
}

// cached is a mail and the fingerprint of its view: most of those that are not
// looked for differ in it, and their events need not be read.
type cached struct {
	print uint64
	mail  *mail
}

// maxMails is how many a cache keeps: about that many languages and zones.
const maxMails = 32

var printSeed = maphash.MakeSeed()

// fingerprint is equal for views that read the same.
func fingerprint(v *View, l *language) uint64 {
	return maphash.Comparable(printSeed, struct {
		language       *language
		action         Action
		zone, title    string
		start, instant int64
	}{l, v.action(), v.Attendee.TimeZone, v.Event.Summary, v.Event.Start.Unix(), v.Event.RecurrenceID.Unix()})
}

// find returns the mail of a view, nil where it was not written lately.
func (c *cache) find(print uint64, v *View, l *language, answers []ical.Status) *mail {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, m := range c.mails {
		if m.print == print && m.mail.is(v, l, answers) {
			copy(c.mails[1:i+1], c.mails[:i])
			c.mails[0] = m
			return m.mail
		}
	}
	return nil
}

// add keeps a mail, and drops the one that was not used for longest.
func (c *cache) add(print uint64, m *mail) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.mails) < maxMails {
		c.mails = append(c.mails, cached{})
	}
	copy(c.mails[1:], c.mails)
	c.mails[0] = cached{print, m}
}
