package organizertest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

func checkEndedContext(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	next := e
	next.Summary = "Another review"
	change, err := changed(o, next)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(s.ctx)
	stop()
	_, getErr := s.calendar.Get(ctx, organizer.Object{UID: e.UID})
	_, putErr := s.calendar.Put(ctx, change)
	deleteErr := s.calendar.Delete(ctx, organizer.Object{UID: e.UID})
	for name, err := range map[string]error{"Get": getErr, "Put": putErr, "Delete": deleteErr} {
		if err := wantError("the context has ended, and calling "+name, err, context.Canceled); err != nil {
			return err
		}
	}
	if err := s.unchanged(o); err != nil {
		return fmt.Errorf("after calls whose context had ended: %w", err)
	}
	return nil
}

// race calls Put with n versions of a meeting at once, and returns the index of the
// version that was stored. Its error is nil, and the others must be ErrChanged.
func (s *suite) race(versions []organizer.Object) (winner int, err error) {
	errs := make([]error, len(versions))
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, o := range versions {
		wg.Go(func() {
			<-start
			_, errs[i] = s.calendar.Put(s.ctx, o)
		})
	}
	close(start)
	wg.Wait()
	winner = -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			return 0, fmt.Errorf("%d calls of Put at once: more than one returned nil, so a change was overwritten unseen", len(versions))
		case err == nil:
			winner = i
		default:
			if err := wantError("calling Put at the same time as others", err, organizer.ErrChanged); err != nil {
				return 0, err
			}
		}
	}
	if winner < 0 {
		return 0, fmt.Errorf("%d calls of Put at once: none returned nil, want one", len(versions))
	}
	return winner, nil
}

// versions returns n versions of a meeting with the tag and href of o.
func versions(n int, o organizer.Object, e ical.Event) (events []ical.Event, objects []organizer.Object, err error) {
	for i := range n {
		// No version is equal to the entry, which an earlier race may have made.
		e.Summary = fmt.Sprintf("Review %d after %.40q", i, o.Tag)
		next, err := changed(o, e)
		if err != nil {
			return nil, nil, err
		}
		events, objects = append(events, e), append(objects, next)
	}
	return events, objects, nil
}

const racers = 8

func checkRacingChanges(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	for range 3 {
		events, objects, err := versions(racers, o, e)
		if err != nil {
			return err
		}
		winner, err := s.race(objects)
		if err != nil {
			return err
		}
		if o, err = s.expect(events[winner]); err != nil {
			return fmt.Errorf("after %d calls of Put at once: %w", racers, err)
		}
	}
	return nil
}

// counted returns a function that expects n more entries than there are now, if the place
// can count them.
func (s *suite) counted() (more func(n int) error) {
	if s.Count == nil {
		return func(int) error { return nil }
	}
	before := s.Count(s.t)
	return func(n int) error {
		if now := s.Count(s.t); now != before+n {
			return fmt.Errorf("the calendar has %d more entries than before, want %d", now-before, n)
		}
		return nil
	}
}

func checkRacingNews(s *suite) error {
	for range 3 {
		e, more := s.meeting(), s.counted()
		s.made = append(s.made, e.UID)
		events, objects, err := versions(racers, organizer.Object{}, e)
		if err != nil {
			return err
		}
		winner, err := s.race(objects)
		if err != nil {
			return err
		}
		o, err := s.expect(events[winner])
		if err == nil {
			err = more(1)
		}
		if err != nil {
			return fmt.Errorf("after %d calls of Put at once: %w", racers, err)
		}
		if err := s.delete(o); err != nil {
			return err
		}
		if err := s.gone(e.UID); err != nil {
			return fmt.Errorf("%d calls of Put at once made one entry, and it was deleted: %w", racers, err)
		}
	}
	return nil
}

// lose loses the reply of the next change.
func (s *suite) lose() error {
	if s.LoseReply == nil {
		return fmt.Errorf("%w: the Place has no LoseReply", errNotApplicable)
	}
	s.LoseReply()
	return nil
}

func checkLostNew(s *suite) error {
	e, more := s.meeting(), s.counted()
	o, err := object(e)
	if err != nil {
		return err
	}
	s.made = append(s.made, e.UID)
	if err := s.lose(); err != nil {
		return err
	}
	_, err = s.calendar.Put(s.ctx, o)
	if err := unclear("the reply was lost, and calling Put with a new entry", err); err != nil {
		return err
	}
	got, err := s.expect(e)
	if err != nil {
		return fmt.Errorf("the server made the entry, and its reply was lost: %w", err)
	}
	_, err = s.calendar.Put(s.ctx, o)
	if err := wantError("after a lost reply, calling Put again without Tag", err, organizer.ErrChanged); err != nil {
		return err
	}
	e.Location = "Room 5"
	if got, err = s.change(got, e); err == nil {
		err = more(1)
	}
	if err != nil {
		return fmt.Errorf("after a lost reply and Get: %w", err)
	}
	if err := s.delete(got); err != nil {
		return err
	}
	if err := s.gone(e.UID); err != nil {
		return fmt.Errorf("after a lost reply, Put again and Delete: %w", err)
	}
	return nil
}

func checkLostChange(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	e.Location = "Room 5"
	next, err := changed(o, e)
	if err != nil {
		return err
	}
	if err := s.lose(); err != nil {
		return err
	}
	_, err = s.calendar.Put(s.ctx, next)
	if err := unclear("the reply was lost, and calling Put with a change", err); err != nil {
		return err
	}
	got, err := s.expect(e)
	if err != nil {
		return fmt.Errorf("the server made the change, and its reply was lost: %w", err)
	}
	if _, err := s.change(got, e); err != nil {
		return fmt.Errorf("after a lost reply and Get: %w", err)
	}
	_, err = s.expect(e)
	return err
}

func checkLostDelete(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	if err := s.lose(); err != nil {
		return err
	}
	err = s.calendar.Delete(s.ctx, organizer.Object{UID: o.UID, Href: o.Href, Tag: o.Tag})
	if err := unclear("the reply was lost, and calling Delete", err); err != nil {
		return err
	}
	if err := s.gone(e.UID); err != nil {
		return fmt.Errorf("the server deleted the entry, and its reply was lost: %w", err)
	}
	err = s.calendar.Delete(s.ctx, organizer.Object{UID: o.UID, Href: o.Href})
	return wantError("after a lost reply, calling Delete again", err, organizer.ErrGone)
}

// calls calls all methods of a calendar, and returns their errors by name. Put is called
// with and without Tag.
func (s *suite) calls(c organizer.Calendar) (map[string]error, error) {
	o, err := object(s.meeting())
	if err != nil {
		return nil, err
	}
	tagged := o
	tagged.Tag = "\"1\""
	errs := make(map[string]error)
	_, errs["Get"] = c.Get(s.ctx, organizer.Object{UID: o.UID})
	_, errs["Put without Tag"] = c.Put(s.ctx, o)
	_, errs["Put with a Tag"] = c.Put(s.ctx, tagged)
	errs["Delete"] = c.Delete(s.ctx, organizer.Object{UID: o.UID})
	return errs, nil
}

func checkNoCalendar(s *suite) error {
	if s.Missing == nil {
		return fmt.Errorf("%w: the Place has no Missing", errNotApplicable)
	}
	errs, err := s.calls(s.Missing(s.t))
	if err != nil {
		return err
	}
	for name, err := range errs {
		if err := wantError("the calendar does not exist, and calling "+name, err, organizer.ErrNoCalendar); err != nil {
			return err
		}
	}
	return nil
}

func checkDenied(s *suite) error {
	if s.Denied == nil {
		return fmt.Errorf("%w: the Place has no Denied", errNotApplicable)
	}
	o, err := object(s.meeting())
	if err != nil {
		return err
	}
	_, err = s.Denied(s.t).Put(s.ctx, o)
	return wantError("this user may change nothing, and calling Put", err, organizer.ErrDenied)
}

func checkAway(s *suite) error {
	if s.Away == nil {
		return fmt.Errorf("%w: the Place has no Away", errNotApplicable)
	}
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	back := s.Away()
	errs, err := s.calls(s.calendar)
	_, known := s.calendar.Get(s.ctx, organizer.Object{UID: o.UID, Href: o.Href})
	back()
	if err != nil {
		return err
	}
	errs["Get for an entry that exists"] = known
	for name, err := range errs {
		if err == nil {
			return fmt.Errorf("the server is away, and calling %s returned nil, want an error", name)
		}
		if err := unclear("the server is away, and calling "+name, err); err != nil {
			return err
		}
	}
	if err := s.unchanged(o); err != nil {
		return fmt.Errorf("the server was away, and is back: %w", err)
	}
	return nil
}

func checkMails(s *suite) error {
	if s.Mails == nil {
		return fmt.Errorf("%w: the Place has no Mails", errNotApplicable)
	}
	before := s.Mails()
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	changes := []func(){
		func() { e.Summary = "Another review" },
		func() { e.Start, e.End, e.Sequence = e.Start.Add(time.Hour), e.End.Add(time.Hour), e.Sequence+1 },
		func() { e.Attendees = append(e.Attendees, attendee("Cleo", "")) },
		func() { e.Attendees = e.Attendees[1:] },
		func() { e.Attendees[0].Status = ical.StatusDeclined },
	}
	if s.lacks(LackAttendees) {
		changes = changes[:2]
	}
	for _, change := range changes {
		change()
		if o, err = s.change(o, e); err != nil {
			return err
		}
	}
	if err := s.delete(o); err != nil {
		return err
	}
	time.Sleep(s.moment)
	if n := s.Mails() - before; n != 0 {
		return fmt.Errorf("the server sent %d mails because of an entry that was made, changed and deleted, want none", n)
	}
	if s.mails != 0 {
		return fmt.Errorf("the server sent %d mails because of the other rules, want none", s.mails)
	}
	return nil
}
