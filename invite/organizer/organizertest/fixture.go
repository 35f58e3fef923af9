package organizertest

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// client is the parameter of each attendee that keeps a CalDAV server from mailing them.
var client = map[string][]string{"SCHEDULE-AGENT": {"CLIENT"}}

// attendee returns an attendee with an answer.
func attendee(name string, status ical.Status) ical.Attendee {
	return ical.Attendee{Name: name, Email: strings.ToLower(name) + "@example.com", Status: status, Params: client}
}

// meeting returns a meeting of an hour with two attendees, about 30 days from now, on a
// Monday at 10:00 in Berlin. It has a new UID.
func (s *suite) meeting() ical.Event {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		zone = time.UTC
	}
	now := time.Now()
	start := time.Date(now.Year(), now.Month(), now.Day()+30, 10, 0, 0, 0, zone)
	start = start.AddDate(0, 0, (8-int(start.Weekday()))%7)
	e := ical.Event{
		UID: newUID(), Summary: "Review", Description: "The plan.", Location: "Room 4",
		Start: start, End: start.Add(time.Hour), TimeZone: zone.String(),
		Organizer: s.Organizer,
	}
	if e.Organizer.Email == "" {
		e.Organizer = ical.Person{Name: "Olga", Email: "organizer@example.com"}
	}
	if !s.lacks(LackAttendees) {
		e.Attendees = []ical.Attendee{attendee("Ann", ""), attendee("Bob", ical.StatusAccepted)}
	}
	return e
}

// newUID returns a random UID.
func newUID() string { return strings.ToLower(rand.Text()) + "@convene.example" }

// object returns an Object with a meeting. Its Tag is empty.
func object(e ical.Event) (organizer.Object, error) {
	data, err := ical.Encode(&ical.Calendar{Stamp: time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC), Events: []ical.Event{e}})
	if err != nil {
		return organizer.Object{}, fmt.Errorf("organizertest: %w", err)
	}
	return organizer.Object{UID: e.UID, Event: e, Data: data}, nil
}

// create makes an entry of e. If the server makes the UIDs, e gets one.
func (s *suite) create(e *ical.Event) (organizer.Object, error) {
	tag, href := "", ""
	if s.lacks(LackUIDs) {
		was, err := s.reserve(e)
		if err != nil {
			return organizer.Object{}, err
		}
		tag, href = was.Tag, was.Href
	}
	o, err := object(*e)
	if err != nil {
		return organizer.Object{}, err
	}
	o.Tag, o.Href = tag, href
	return s.put(o)
}

// reserve makes an entry without attendees, and sets the UID of e.
func (s *suite) reserve(e *ical.Event) (organizer.Object, error) {
	r, ok := s.calendar.(organizer.Reserver)
	if !ok {
		return organizer.Object{}, errors.New("the place lacks UIDs, and the calendar is no organizer.Reserver")
	}
	uid, err := r.Reserve(s.ctx, rand.Text(), *e)
	if err != nil {
		return organizer.Object{}, fmt.Errorf("calling Reserve returned %w, want nil", err)
	}
	e.UID = uid
	s.made = append(s.made, uid)
	return s.get(uid)
}

// put calls Put, which must succeed.
func (s *suite) put(o organizer.Object) (organizer.Object, error) {
	s.made = append(s.made, o.UID)
	got, err := s.calendar.Put(s.ctx, o)
	switch {
	case err != nil && o.Tag == "":
		return got, fmt.Errorf("calling Put with a new entry returned %w, want nil", err)
	case err != nil:
		return got, fmt.Errorf("calling Put with the tag that the entry has returned %w, want nil", err)
	case got.UID != o.UID:
		return got, fmt.Errorf("calling Put returned an Object with the UID %q, want %q", got.UID, o.UID)
	case got.Tag == "":
		return got, errors.New("calling Put returned an Object without Tag")
	case len(got.Data) == 0:
		return got, errors.New("calling Put returned an Object without Data")
	}
	return got, nil
}

// change puts a changed meeting with the tag of o.
func (s *suite) change(o organizer.Object, e ical.Event) (organizer.Object, error) {
	next, err := changed(o, e)
	if err != nil {
		return organizer.Object{}, err
	}
	return s.put(next)
}

// changed returns o with another meeting, for a Put that replaces o.
func changed(o organizer.Object, e ical.Event) (organizer.Object, error) {
	next, err := object(e)
	next.Href, next.Tag = o.Href, o.Tag
	return next, err
}

// get calls Get with the UID alone, which must succeed.
func (s *suite) get(uid string) (organizer.Object, error) {
	got, err := s.calendar.Get(s.ctx, organizer.Object{UID: uid})
	if err != nil {
		return got, fmt.Errorf("calling Get with the UID alone returned %w, want the entry", err)
	}
	return got, nil
}

// expect gets the entry of a meeting, which must be equal to want.
func (s *suite) expect(want ical.Event) (organizer.Object, error) {
	got, err := s.get(want.UID)
	if err != nil {
		return got, err
	}
	return got, s.same(want, got)
}

// same compares the meeting in an entry with want.
func (s *suite) same(want ical.Event, o organizer.Object) error {
	e, err := eventOf(o)
	if err != nil {
		return err
	}
	if err := s.compare(want, e); err != nil {
		return fmt.Errorf("the entry differs from the meeting: %w", err)
	}
	return nil
}

// eventOf returns the meeting that Data describes.
func eventOf(o organizer.Object) (ical.Event, error) {
	c, err := ical.Decode(bytes.NewReader(o.Data), nil)
	switch {
	case err != nil:
		return ical.Event{}, fmt.Errorf("reading Data of the entry: %w", err)
	case c.Method != "":
		return ical.Event{}, fmt.Errorf("the entry has METHOD %s", c.Method)
	case len(c.Events) != 1:
		return ical.Event{}, fmt.Errorf("the entry has %d meetings, want one", len(c.Events))
	}
	return c.Events[0], nil
}

// edit changes an entry as the organizer does with another program.
func (s *suite) edit(uid string, f func(e *ical.Event)) error {
	if s.Edit != nil {
		s.Edit(s.t, uid, f)
		return nil
	}
	o, err := s.get(uid)
	if err != nil {
		return err
	}
	next := o
	if next.Data, err = edited(o.Data, f); err != nil {
		return err
	}
	if next.Event, err = eventOf(next); err != nil {
		return err
	}
	_, err = s.put(next)
	return err
}

// gone expects that there is no entry.
func (s *suite) gone(uid string) error {
	_, err := s.calendar.Get(s.ctx, organizer.Object{UID: uid})
	return wantError("calling Get for an entry that does not exist", err, organizer.ErrGone)
}

// wantError compares an error with the errors that are allowed.
func wantError(action string, err error, allowed ...error) error {
	var names []string
	for _, want := range allowed {
		if errors.Is(err, want) {
			return others(action, err, allowed)
		}
		names = append(names, nameOf(want))
	}
	return fmt.Errorf("%s returned %w, want %s", action, cmp.Or(err, errNil), strings.Join(names, " or "))
}

// errNil stands for nil in an error text.
var errNil = errors.New("nil")

// others returns an error if err is one of the errors that a program decides on, and is
// not allowed.
func others(action string, err error, allowed []error) error {
	for _, e := range decisive {
		ok := false
		for _, a := range allowed {
			ok = ok || a == e.err
		}
		if !ok && errors.Is(err, e.err) {
			return fmt.Errorf("%s returned %w, which is organizer.%s too", action, err, e.name)
		}
	}
	return nil
}

// decisive are the errors that a program decides on.
var decisive = []struct {
	err  error
	name string
}{
	{organizer.ErrChanged, "ErrChanged"}, {organizer.ErrGone, "ErrGone"}, {organizer.ErrNoCalendar, "ErrNoCalendar"},
	{organizer.ErrDenied, "ErrDenied"}, {organizer.ErrWouldMail, "ErrWouldMail"},
}

// nameOf returns the name of an error for a text.
func nameOf(err error) string {
	for _, e := range decisive {
		if e.err == err {
			return "organizer." + e.name
		}
	}
	return err.Error()
}

// unclear expects an error that says nothing about the entry, or none.
func unclear(action string, err error) error { return others(action, err, nil) }
