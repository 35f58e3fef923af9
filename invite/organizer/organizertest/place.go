package organizertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// Place is a calendar under test, with the ways to look behind it. Only Open is required.
// A rule that needs another field is skipped if it is nil. The functions that have a
// testing.T run in the goroutine of the test, so they may call Fatal.
type Place struct {
	// Open returns the calendar. The suite calls it once for each rule. The calendar
	// may have entries already, because the UIDs of the suite are random. The other
	// functions are about the calendar that was opened last.
	Open func(t *testing.T) organizer.Calendar
	// Organizer is the owner of the calendar. If it is zero, the suite takes
	// organizer@example.com.
	Organizer ical.Person
	// Mails returns the number of mails that the server has sent so far.
	Mails func() int
	// LoseReply makes the server lose the reply to the next change, after it has made
	// the change: the connection breaks, or a gateway answers 502.
	LoseReply func()
	// Edit changes an entry as the organizer does with another program. If it is nil,
	// the suite does it with Get and Put of the calendar.
	Edit func(t *testing.T, uid string, change func(e *ical.Event))
	// Count returns the number of entries in the calendar, counted on the server. If it is
	// nil, some rules cannot see an entry that was made twice.
	Count func(t *testing.T) int
	// Missing returns a calendar that does not exist on the server, such as a name that
	// nobody has.
	Missing func(t *testing.T) organizer.Calendar
	// Denied returns a calendar in which this user may change nothing.
	Denied func(t *testing.T) organizer.Calendar
	// Away makes the server fail, as in maintenance. back brings it back, with all its
	// entries.
	Away func() (back func())
	// Lacks names the abilities that this server does not have, see [LackAnswers] and the
	// other constants. The name of a rule is allowed too. Such rules are skipped.
	Lacks []string
}

// The values of Place.Lacks.
const (
	// LackUIDs: the server makes the UIDs itself. The calendar is an
	// [organizer.Reserver] then, and the suite reserves its entries.
	LackUIDs = "uids"
	// LackAttendees: an entry has no attendees, because the server would mail them. It
	// implies LackAnswers, LackOccurrenceAnswers and LackScheduleAgent.
	LackAttendees = "attendees"
	// LackAnswers: the attendees' answers are not kept.
	LackAnswers = "answers"
	// LackOccurrenceAnswers: the answers are the same for all occurrences.
	LackOccurrenceAnswers = "occurrence answers"
	// LackScheduleAgent: SCHEDULE-AGENT=CLIENT is not kept.
	LackScheduleAgent = "schedule-agent"
	// LackRecurrence: an entry cannot be a series. It implies LackOverrides,
	// LackCancelledOccurrences and LackOccurrenceAnswers.
	LackRecurrence = "recurrence"
	// LackOverrides: all occurrences are alike. It implies LackOccurrenceAnswers.
	LackOverrides = "overrides"
	// LackCancelledOccurrences: no occurrence can be left out.
	LackCancelledOccurrences = "cancelled occurrences"
	// LackAllDay: an entry cannot last whole days.
	LackAllDay = "all-day"
	// LackSequence: the number of the revision is not kept.
	LackSequence = "sequence"
	// LackLongTexts: a description of 20,000 characters is not kept.
	LackLongTexts = "long texts"
	// LackAlarms: alarms are not kept.
	LackAlarms = "alarms"
	// LackCategories: categories are not kept.
	LackCategories = "categories"
	// LackProperties: properties that the server does not know are not kept.
	LackProperties = "other properties"
	// LackData: the server keeps the fields that it knows, and Data is made from them. It
	// implies LackScheduleAgent and LackProperties.
	LackData = "data"
)

// implied has the abilities that a place lacks if it lacks another one.
var implied = map[string][]string{
	LackAttendees:  {LackAnswers, LackOccurrenceAnswers, LackScheduleAgent},
	LackAnswers:    {LackOccurrenceAnswers},
	LackRecurrence: {LackOverrides, LackCancelledOccurrences, LackOccurrenceAnswers},
	LackOverrides:  {LackOccurrenceAnswers},
	LackData:       {LackScheduleAgent, LackProperties},
}

// abilities are the values that Place.Lacks may have, besides the names of rules.
var abilities = []string{
	LackUIDs, LackAttendees, LackAnswers, LackOccurrenceAnswers, LackScheduleAgent, LackRecurrence,
	LackOverrides, LackCancelledOccurrences, LackAllDay, LackSequence, LackLongTexts, LackAlarms,
	LackCategories, LackProperties, LackData,
}

// lacks reports whether the place lacks an ability.
func (p *Place) lacks(ability string) bool {
	return slices.ContainsFunc(p.Lacks, func(l string) bool {
		return l == ability || slices.Contains(implied[l], ability)
	})
}

// validate checks that the place can be tested.
func (p *Place) validate() error {
	if p.Open == nil {
		return fmt.Errorf("organizertest: Place.Open is nil")
	}
	for _, l := range p.Lacks {
		isRule := slices.ContainsFunc(rules, func(r rule) bool { return r.name == l })
		if !isRule && !slices.Contains(abilities, l) {
			return fmt.Errorf("organizertest: Place.Lacks has %q, which is neither the name of a rule nor one of %q", l, strings.Join(abilities, ", "))
		}
	}
	return nil
}
