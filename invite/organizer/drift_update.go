package organizer

import (
	"errors"
	"slices"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/internal/series"
)

// ErrCancelled reports a Drift that is no update: the organizer has deleted the entry, or
// cancelled the whole meeting in the calendar.
var ErrCancelled = errors.New("organizer: the organizer has deleted or cancelled the meeting in the calendar: cancel it")

// Cancelled reports whether the organizer has cancelled the whole meeting in the calendar,
// without deleting the entry. The entry stays, and no one is told unless the program
// cancels the meeting.
func (d *Drift) Cancelled() bool {
	return d != nil && slices.ContainsFunc(d.Changes, func(c Change) bool {
		return c.Field == FieldCancelled && c.RecurrenceID.IsZero() && !c.Overwritten && d.Event.Cancelled
	})
}

// Update applies the changes to the event of the meeting, for Client.Update and
// Desk.Update: time, rule, cancelled occurrences, texts, links and attendees. It does
// not apply answers, see [Drift.Answers], and changes that are Overwritten. An attendee
// whom the organizer has added has the status that they have in the calendar.
//
// Everybody who can write to the calendar decides here about the event, and about the
// people who get mails. If others than the organizer can, look at Changes first. Some
// programs drop all attendees of an entry. So if none would be left, all stay.
//
// The event must be the one that the Drift was found with, or differ from it in other
// fields only. Otherwise Client.Update may refuse it. It is changed only if there is no
// error. If the entry was deleted or the whole meeting cancelled, the error is
// ErrCancelled. See [Drift.Cancelled].
func (d *Drift) Update(e *ical.Event) error {
	if d == nil {
		return nil
	}
	changes := slices.DeleteFunc(slices.Clone(d.Changes), func(c Change) bool { return c.Overwritten })
	if d.Deleted || slices.ContainsFunc(changes, func(c Change) bool { return c.Field == FieldCancelled && c.RecurrenceID.IsZero() }) {
		return ErrCancelled
	}
	theirs := newVersion(d.Event)
	out := series.Normalized(*e)
	clock, rule := &out, &out
	for _, c := range changes {
		switch {
		case !c.RecurrenceID.IsZero():
		case c.Field == FieldTime:
			clock = &theirs.event
		case c.Field == FieldRecurrence:
			rule = &theirs.event
		}
	}
	f := frameOf(clock, rule)
	out = f.move(out)
	theirs = theirs.in(&f)
	x := edit(&out)
	for _, c := range changes {
		if c.Field != FieldStatus {
			x.take(key{dateKey(c.RecurrenceID), c.Field, address.Key(c.Attendee)}, theirs)
		}
	}
	x.done()
	if len(out.Attendees) == 0 {
		out.Attendees = e.Clone().Attendees
	}
	plain(out.Attendees)
	for i := range out.Overrides {
		plain(out.Overrides[i].Attendees)
	}
	*e = out
	return nil
}

// Answers returns the answers that the calendar has and the meeting does not know, for
// [invite.Meeting.Answer] and Desk.Answer. Their Via is "calendar". The calendar does not
// say when an answer came, so their Stamp is the time of the last change of the entry. It
// is zero if the entry has none. Then set the time at which you found the answer.
func (d *Drift) Answers() []invite.Answer {
	if d == nil {
		return nil
	}
	theirs := newVersion(d.Event)
	var out []invite.Answer
	for _, c := range d.Changes {
		if c.Field != FieldStatus {
			continue
		}
		if a := theirs.attendee(key{dateKey(c.RecurrenceID), c.Field, address.Key(c.Attendee)}); a != nil {
			out = append(out, invite.Answer{
				Email: a.Email, Status: a.Status, Comment: a.Comment, DelegatedTo: a.DelegatedTo,
				RecurrenceID: c.RecurrenceID, Stamp: d.Event.Modified, Via: "calendar",
			})
		}
	}
	return out
}
