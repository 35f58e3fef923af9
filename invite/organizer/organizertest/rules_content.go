package organizertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// keeps makes an entry, and expects that Put and Get return an equal meeting.
func (s *suite) keeps(e *ical.Event) (organizer.Object, error) {
	put, err := s.create(e)
	if err != nil {
		return put, err
	}
	if err := s.same(*e, put); err != nil {
		return put, fmt.Errorf("calling Put: %w", err)
	}
	return s.expect(*e)
}

func checkTimes(s *suite) error {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return fmt.Errorf("%w: the machine does not know the zone %s", errNotApplicable, name)
		}
		for _, month := range []time.Month{time.January, time.July} {
			e := s.meeting()
			e.Start = time.Date(e.Start.Year()+1, month, 12, 23, 30, 0, 0, zone)
			e.End, e.TimeZone = e.Start.Add(95*time.Minute), name
			if _, err := s.keeps(&e); err != nil {
				return fmt.Errorf("a meeting in %s: %w", name, err)
			}
		}
	}
	return nil
}

func checkAllDay(s *suite) error {
	for days := range 3 {
		e := s.meeting()
		e.Start = time.Date(e.Start.Year(), e.Start.Month(), e.Start.Day(), 0, 0, 0, 0, time.UTC)
		e.End, e.AllDay, e.TimeZone = e.Start.AddDate(0, 0, days+1), true, ""
		if _, err := s.keeps(&e); err != nil {
			return fmt.Errorf("an all-day meeting of %d days: %w", days+1, err)
		}
	}
	return nil
}

func checkTexts(s *suite) error {
	for _, text := range []string{
		`Commas, semicolons; colons: "quotes" and \n \, \\ backslashes`,
		"Grüße, 会議, שלום, नमस्ते, 👩‍👩‍👧 and e\u0301",
		"<b>No HTML</b> &amp; %41 +x {y} $z '",
		"BEGIN:VEVENT", "A very long title without end: " + strings.Repeat("ä ß ", 40) + ".",
	} {
		e := s.meeting()
		e.Summary, e.Location = text, text
		e.Description = "First: " + text + "\nSecond line\n\n  indented\tby a tab\nBEGIN:VALARM\n.\nLast."
		if _, err := s.keeps(&e); err != nil {
			return err
		}
	}
	return nil
}

func checkLongText(s *suite) error {
	e := s.meeting()
	e.Description = strings.Repeat("Line of a long agenda, with ümlauts.\n", 560) + "The end."
	_, err := s.keeps(&e)
	return err
}

func checkSequence(s *suite) error {
	e := s.meeting()
	e.Sequence = 1
	o, err := s.keeps(&e)
	if err != nil {
		return err
	}
	for _, n := range []int{2, 2, 7} {
		e.Sequence, e.Location = n, e.Location+"."
		if o, err = s.change(o, e); err != nil {
			return fmt.Errorf("with SEQUENCE:%d: %w", n, err)
		}
		if _, err := s.expect(e); err != nil {
			return fmt.Errorf("with SEQUENCE:%d: %w", n, err)
		}
	}
	return nil
}

func checkAnswers(s *suite) error {
	e := s.meeting()
	all := []ical.Status{ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative, ical.StatusNeedsAction}
	e.Attendees = nil
	for i := range 50 {
		e.Attendees = append(e.Attendees, attendee(fmt.Sprintf("P%d", i), all[i%4]))
	}
	o, err := s.keeps(&e)
	if err != nil {
		return err
	}
	for i := range e.Attendees {
		e.Attendees[i].Status = all[(i+i/4)%4]
	}
	if _, err = s.change(o, e); err != nil {
		return fmt.Errorf("after other answers: %w", err)
	}
	if _, err = s.expect(e); err != nil {
		return fmt.Errorf("after other answers: %w", err)
	}
	return nil
}

func checkScheduleAgent(s *suite) error {
	e := s.meeting()
	o, err := s.keeps(&e)
	if err != nil {
		return err
	}
	got, err := eventOf(o)
	if err != nil {
		return err
	}
	for _, a := range got.Attendees {
		if agent := a.Params["SCHEDULE-AGENT"]; !slices.Equal(agent, []string{"CLIENT"}) {
			return fmt.Errorf("the attendee %s has SCHEDULE-AGENT = %q in the entry, want CLIENT", a.Email, agent)
		}
	}
	return nil
}

// checkOwn puts an entry with something of the organizer, and expects that it stays
// through two changes of the meeting.
func (s *suite) checkOwn(what string, add func(e *ical.Event), has func(e ical.Event) bool) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	add(&e)
	for _, place := range []string{"Room 5", "Room 6"} {
		e.Location = place
		if o, err = s.change(o, e); err != nil {
			return fmt.Errorf("with %s: %w", what, err)
		}
		got, err := s.expect(e)
		if err != nil {
			return fmt.Errorf("with %s: %w", what, err)
		}
		now, err := eventOf(got)
		if err != nil {
			return err
		}
		if !has(now) {
			return fmt.Errorf("calling Put had Data with %s, and calling Get returned Data without that", what)
		}
	}
	return nil
}

func checkAlarms(s *suite) error {
	quarter := ical.Reminder{Before: 15 * time.Minute}
	return s.checkOwn("a VALARM of 15 minutes",
		func(e *ical.Event) { e.Reminders = []ical.Reminder{quarter} },
		func(e ical.Event) bool { return slices.Contains(e.Reminders, quarter) })
}

func checkCategories(s *suite) error {
	return s.checkOwn("a category",
		func(e *ical.Event) { e.Categories = []string{"Red team"} },
		func(e ical.Event) bool { return slices.Contains(e.Categories, "Red team") })
}

func checkProperties(s *suite) error {
	note := ical.Property{Name: "X-CONVENE-NOTE", Value: "keep, this; too"}
	return s.checkOwn("the property "+note.Name,
		func(e *ical.Event) { e.Extra = []ical.Property{note} },
		func(e ical.Event) bool {
			return slices.ContainsFunc(e.Extra, func(p ical.Property) bool { return p.Name == note.Name && p.Value == note.Value })
		})
}

// series returns a weekly series that crosses at least one change of the clock.
func (s *suite) series() ical.Event {
	e := s.meeting()
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 40}
	return e
}

func checkSeries(s *suite) error {
	rules := []*ical.Recurrence{
		{Freq: ical.FreqWeekly, Count: 40}, {Freq: ical.FreqDaily, Interval: 2, Count: 10},
		{Freq: ical.FreqWeekly, ByDay: []ical.Day{ical.DayMonday, ical.DayThursday}, Count: 9},
	}
	for _, r := range rules {
		e := s.meeting()
		e.Recurrence = r
		if _, err := s.keeps(&e); err != nil {
			return fmt.Errorf("a %s series: %w", r.Freq, err)
		}
	}
	return nil
}

func checkCancelled(s *suite) error {
	e := s.series()
	o, err := s.keeps(&e)
	if err != nil {
		return err
	}
	for _, week := range []int{3, 30} {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 7*week), Cancelled: true})
		if o, err = s.change(o, e); err != nil {
			return fmt.Errorf("with a cancelled occurrence: %w", err)
		}
		if _, err := s.expect(e); err != nil {
			return fmt.Errorf("with a cancelled occurrence: %w", err)
		}
	}
	return nil
}

func checkMoved(s *suite) error {
	e := s.series()
	o, err := s.keeps(&e)
	if err != nil {
		return err
	}
	id := e.Start.AddDate(0, 0, 14)
	moved := ical.Event{RecurrenceID: id, Start: id.Add(26 * time.Hour), End: id.Add(28 * time.Hour)}
	other := ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 7*30), Summary: "Last review", Location: "Room 9", Description: "Bring the numbers."}
	for _, list := range [][]ical.Event{{moved}, {moved, other}, {other}, nil} {
		e.Overrides = list
		if o, err = s.change(o, e); err != nil {
			return fmt.Errorf("with %d changed occurrences: %w", len(list), err)
		}
		if _, err := s.expect(e); err != nil {
			return fmt.Errorf("with %d changed occurrences: %w", len(list), err)
		}
	}
	return nil
}

func checkOccurrenceAnswers(s *suite) error {
	e := s.series()
	for i, status := range []ical.Status{ical.StatusDeclined, ical.StatusTentative, ical.StatusAccepted} {
		people := []ical.Attendee{attendee("Ann", status), attendee("Bob", ical.StatusDeclined)}
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 7*(i+1)), Attendees: people})
	}
	o, err := s.keeps(&e)
	if err != nil {
		return err
	}
	e.Overrides[1].Attendees[1].Status = ical.StatusAccepted
	if _, err := s.change(o, e); err != nil {
		return fmt.Errorf("after another answer: %w", err)
	}
	got, err := s.expect(e)
	if err != nil {
		return fmt.Errorf("after another answer: %w", err)
	}
	if len(got.Data) == 0 {
		return errors.New("the entry has no Data")
	}
	return nil
}
