package organizertest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

func checkSyncCreate(s *suite) error {
	st, err := s.send(s.meeting())
	if err != nil {
		return err
	}
	return st.clean()
}

// steps changes the meeting step by step. After each step, the entry must be equal to it.
func (st *stage) steps(list ...func(e *ical.Event)) error {
	if err := st.clean(); err != nil {
		return err
	}
	for i, change := range list {
		if err := st.update(change); err != nil {
			return err
		}
		if err := st.clean(); err != nil {
			return fmt.Errorf("after change %d of the meeting: %w", i+1, err)
		}
	}
	return nil
}

func checkSyncUpdate(s *suite) error {
	st, err := s.send(s.meeting())
	if err != nil {
		return err
	}
	list := []func(e *ical.Event){
		func(e *ical.Event) { e.Summary, e.Description = "Second review", "Another plan." },
		func(e *ical.Event) { e.Start, e.End = e.Start.Add(24*time.Hour), e.End.Add(25*time.Hour) },
		func(e *ical.Event) { e.Location = "" },
		func(e *ical.Event) {
			e.Attendees = append(e.Attendees, ical.Attendee{Name: "Cleo", Email: "cleo@example.com"})
		},
		func(e *ical.Event) { e.Attendees = e.Attendees[1:] },
	}
	if s.lacks(LackAttendees) {
		list = list[:3]
	}
	return st.steps(list...)
}

func checkSyncOccurrences(s *suite) error {
	e := s.series()
	id := func(week int) time.Time { return e.Start.AddDate(0, 0, 7*week) }
	st, err := s.send(e)
	if err != nil {
		return err
	}
	return st.steps(
		func(e *ical.Event) {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: id(2), Start: id(2).Add(26 * time.Hour), End: id(2).Add(27 * time.Hour)})
		},
		func(e *ical.Event) {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: id(4), Cancelled: true})
		},
		func(e *ical.Event) {
			e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: id(30), Summary: "Last review", Location: "Room 9"})
		},
		func(e *ical.Event) { e.Overrides = e.Overrides[1:] },
		func(e *ical.Event) { e.Recurrence.Count = 35 },
	)
}

func checkSyncCancel(s *suite) error {
	st, err := s.send(s.meeting())
	if err != nil {
		return err
	}
	if err := st.clean(); err != nil {
		return err
	}
	if st.meeting, err = st.client.Cancel(st.ctx, st.meeting); err != nil {
		return fmt.Errorf("organizertest: %w", err)
	}
	for range 2 {
		if err := st.sync(); err != nil {
			return fmt.Errorf("the meeting is cancelled: %w", err)
		}
		if err := st.gone(st.meeting.Event.UID); err != nil {
			return fmt.Errorf("the meeting is cancelled, and after Sync: %w", err)
		}
	}
	return nil
}

func checkSyncAnswers(s *suite) error {
	e := s.meeting()
	e.Attendees = people(50)
	st, err := s.send(e)
	if err != nil {
		return err
	}
	if err := st.clean(); err != nil {
		return err
	}
	if err := st.answerAll(50, 0, time.Time{}); err != nil {
		return err
	}
	if err := st.clean(); err != nil {
		return fmt.Errorf("after 50 answers: %w", err)
	}
	if err := st.call("p0@example.com", ical.StatusDeclined, "phone", time.Time{}); err != nil {
		return err
	}
	if err := st.clean(); err != nil {
		return fmt.Errorf("after another answer: %w", err)
	}
	return nil
}

func checkSyncOccurrenceAnswers(s *suite) error {
	e := s.series()
	e.Attendees = people(12)
	st, err := s.send(e)
	if err != nil {
		return err
	}
	if err := st.clean(); err != nil {
		return err
	}
	for i, start := range []time.Time{{}, e.Start.AddDate(0, 0, 21), e.Start.AddDate(0, 0, 210)} {
		if err := st.answerAll(12-3*i, i, start); err != nil {
			return err
		}
		if err := st.clean(); err != nil {
			return fmt.Errorf("after answers to %d occurrences: %w", i, err)
		}
	}
	return nil
}

// The title and the alarm that the organizer gives an entry.
const ownTitle = "Review of the organizer"

var ownAlarm = ical.Reminder{Before: 25 * time.Minute}

// hasOwn expects that the entry has the title and the alarm of the organizer.
func (st *stage) hasOwn(when string) error {
	o, err := st.get(st.meeting.Event.UID)
	if err != nil {
		return err
	}
	e, err := eventOf(o)
	switch {
	case err != nil:
		return err
	case e.Summary != ownTitle:
		return fmt.Errorf("%s, the title that the organizer gave the entry is lost: it is %q", when, e.Summary)
	case !st.lacks(LackAlarms) && !slices.Contains(e.Reminders, ownAlarm):
		return fmt.Errorf("%s, the alarm of the organizer is lost", when)
	}
	return nil
}

func checkSyncDrift(s *suite) error {
	st, err := s.send(s.meeting())
	if err != nil {
		return err
	}
	if err := st.clean(); err != nil {
		return err
	}
	err = st.edit(st.meeting.Event.UID, func(e *ical.Event) {
		e.Summary = ownTitle
		if !s.lacks(LackAlarms) {
			e.Reminders = append(e.Reminders, ownAlarm)
		}
	})
	if err != nil {
		return fmt.Errorf("changing the entry as the organizer does: %w", err)
	}
	renamed := func(c organizer.Change) bool { return c.Field == organizer.FieldSummary && c.After == ownTitle }
	for range 2 {
		if err := st.sync(); err != nil {
			return err
		}
		if st.drift == nil || !slices.ContainsFunc(st.drift.Changes, renamed) {
			return fmt.Errorf("the organizer has renamed the entry, and Sync returned the drift %.300s", shown(st.drift))
		}
		if err := st.hasOwn("after Sync"); err != nil {
			return err
		}
	}
	drift := st.drift
	if err := st.update(func(e *ical.Event) { e.Location = "Room 7" }); err != nil {
		return err
	}
	if err := st.sync(); err != nil {
		return err
	}
	if err := st.hasOwn("after a change of the place and Sync"); err != nil {
		return err
	}
	if err := st.adopt(drift); err != nil {
		return err
	}
	return st.hasOwn("after Drift.Update and Sync")
}

// adopt turns a drift into a change of the meeting.
func (st *stage) adopt(d *organizer.Drift) error {
	var failed error
	if err := st.update(func(e *ical.Event) { failed = d.Update(e) }); err != nil || failed != nil {
		return fmt.Errorf("calling Drift.Update: %w", errors.Join(failed, err))
	}
	if err := st.clean(); err != nil {
		return fmt.Errorf("after Drift.Update: %w", err)
	}
	return nil
}

func checkSyncDeleted(s *suite) error {
	st, err := s.send(s.meeting())
	if err != nil {
		return err
	}
	if err := st.clean(); err != nil {
		return err
	}
	uid := st.meeting.Event.UID
	if err := s.calendar.Delete(s.ctx, organizer.Object{UID: uid}); err != nil {
		return fmt.Errorf("deleting the entry as the organizer does: %w", err)
	}
	for range 2 {
		if err := st.sync(); err != nil {
			return err
		}
		if st.drift == nil || !st.drift.Deleted {
			return fmt.Errorf("the organizer has deleted the entry, and Sync returned the drift %.300s", shown(st.drift))
		}
		if err := st.gone(uid); err != nil {
			return fmt.Errorf("the organizer has deleted the entry, and after Sync: %w", err)
		}
	}
	if s.lacks(LackUIDs) {
		return nil // the server would give the new entry another UID
	}
	st.last = organizer.Object{}
	if err := st.clean(); err != nil {
		return fmt.Errorf("the entry was deleted, and Sync was called with the zero Object: %w", err)
	}
	return nil
}

func checkSyncRace(s *suite) error {
	st, err := s.send(s.meeting())
	if err != nil {
		return err
	}
	if err := st.clean(); err != nil {
		return err
	}
	if err := st.update(func(e *ical.Event) { e.Location = "Room 7" }); err != nil {
		return err
	}
	var failed error
	st.calendar.before = func() {
		failed = st.edit(st.meeting.Event.UID, func(e *ical.Event) { e.Description = "Words of the organizer." })
	}
	if err := st.sync(); err != nil || failed != nil {
		return fmt.Errorf("the organizer changes the entry between Get and Put of Sync: %w", errors.Join(failed, err))
	}
	want := st.want()
	want.Description = "Words of the organizer."
	if _, err := st.expect(want); err != nil {
		return fmt.Errorf("the organizer changed the entry between Get and Put of Sync, and a change was lost: %w", err)
	}
	return nil
}

func checkSyncLost(s *suite) error {
	st, err := s.send(s.meeting())
	if err != nil {
		return err
	}
	again := func(when string) error {
		if err := s.lose(); err != nil {
			return err
		}
		// The first call may return an error, and the next one must know the stored entry.
		out, _, _ := organizer.Sync(st.ctx, st.calendar, st.meeting, st.last)
		if err := st.keep(out); err != nil {
			return err
		}
		if st.meeting.Event.Cancelled {
			return nil
		}
		if err := st.sync(); err != nil {
			return fmt.Errorf("the reply to %s was lost: %w", when, err)
		}
		if st.drift != nil {
			return fmt.Errorf("the reply to %s was lost, and Sync took its own change for the organizer's: %.300s", when, shown(st.drift))
		}
		if err := st.equal(); err != nil {
			return fmt.Errorf("the reply to %s was lost, and after Sync: %w", when, err)
		}
		return st.quiet()
	}
	if err := again("a new entry"); err != nil {
		return err
	}
	if err := st.update(func(e *ical.Event) { e.Summary, e.Location = "Second review", "Room 7" }); err != nil {
		return err
	}
	if err := again("a change"); err != nil {
		return err
	}
	if st.meeting, err = st.client.Cancel(st.ctx, st.meeting); err != nil {
		return fmt.Errorf("organizertest: %w", err)
	}
	if err := again("a deletion"); err != nil {
		return err
	}
	if err := st.sync(); err != nil {
		return fmt.Errorf("the reply to a deletion was lost: %w", err)
	}
	return st.gone(st.meeting.Event.UID)
}
