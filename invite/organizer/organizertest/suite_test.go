package organizertest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// memoryPlace returns a place over m.
func memoryPlace(m *Memory) Place {
	failing := func(err error) func(*testing.T) organizer.Calendar {
		return func(*testing.T) organizer.Calendar {
			c := new(Memory)
			c.Fail(err)
			return c
		}
	}
	return Place{
		Open:      func(*testing.T) organizer.Calendar { return m },
		Mails:     m.Mails,
		LoseReply: func() { m.LoseReplies(1) },
		Edit: func(t *testing.T, uid string, change func(e *ical.Event)) {
			if err := m.Edit(uid, change); err != nil {
				t.Fatal(err)
			}
		},
		Missing: failing(organizer.ErrNoCalendar),
		Denied:  failing(organizer.ErrDenied),
		Away: func() func() {
			m.Fail(ErrDown)
			return func() { m.Fail(nil) }
		},
	}
}

// TestMemoryKeepsTheRules checks that a calendar in memory passes the suite.
func TestMemoryKeepsTheRules(t *testing.T) {
	TestCalendar(t, memoryPlace(new(Memory)))
}

// TestMemoryThatRewrites checks that a server which gives zones other names, and writes
// properties in another order, can keep all rules.
func TestMemoryThatRewrites(t *testing.T) {
	m := &Memory{Rewrite: func(data []byte) []byte {
		out := strings.ReplaceAll(string(data), "Europe/Berlin", "W. Europe Standard Time")
		out = strings.ReplaceAll(out, "PRODID:-", "PRODID:-//server//")
		out = strings.ReplaceAll(out, "TRANSP:OPAQUE\r\nCLASS:PUBLIC\r\n", "CLASS:PUBLIC\r\nTRANSP:OPAQUE\r\n")
		return []byte(strings.ReplaceAll(out, "BEGIN:VEVENT\r\n", "BEGIN:VEVENT\r\nLAST-MODIFIED:20270201T080000Z\r\n"))
	}}
	if got, skipped := broken(t, memoryPlace(m), rules); len(got) > 0 || !slices.Equal(skipped, []string{"Reserve", "LostReserve"}) {
		t.Errorf("broken: %q. Skipped: %q", got, skipped)
	}
}

// TestMailsThatComeLate checks that a mail between two rules counts.
func TestMailsThatComeLate(t *testing.T) {
	p := memoryPlace(new(Memory))
	n, sent, last := 0, 0, safeRules[len(safeRules)-1:]
	p.Open = func(*testing.T) organizer.Calendar {
		if n++; n == 3 {
			sent++
		}
		return new(Memory)
	}
	p.Mails = func() int { return sent }
	if got, _ := broken(t, p, slices.Concat(entryRules[:3], last)); !slices.Equal(got, []string{"Mails"}) {
		t.Errorf("broken: %q, want Mails", got)
	}
	sent = 7 // before the suite began
	if got, _ := broken(t, p, last); len(got) > 0 {
		t.Errorf("broken: %q, although no mail was sent meanwhile", got)
	}
}

// broken returns the names of the rules of a list that a place breaks, and of the rules
// that are skipped.
func broken(t *testing.T, p Place, list []rule) (names, skipped []string) {
	t.Helper()
	mails := &mailCount{moment: time.Millisecond} // no mail of the test comes late
	for _, r := range list {
		switch err := r.run(t, p, mails); {
		case errors.Is(err, errNotApplicable):
			skipped = append(skipped, r.name)
		case err != nil:
			names = append(names, r.name)
		}
	}
	return names, skipped
}

// brokenCalendars has the faults of a calendar, with the rules that each breaks.
var brokenCalendars = []struct {
	fault string
	want  []string
}{
	{"returns what was put", []string{"New"}},
	{"reads another stamp each time", []string{"New"}},
	{"does not find by Href", []string{"New"}},
	{"reads no Event", []string{"Event"}},
	{"returns no Event", []string{"Event"}},
	{"tells what was written always", []string{"Written"}},
	{"does not tell what was written", []string{"Written"}},
	{"keeps the memory of the caller", []string{"Values", "Edited", "LostChange"}},
	{"writes into the argument", []string{"Values"}},
	{"makes what exists", []string{"Twice", "RacingNews", "LostNew"}},
	{"returns the old tag", []string{"Written", "Replace", "Changed", "Apart", "DeleteChanged", "Sequence", "Alarms", "Categories", "Properties", "Cancelled", "Moved", "LostNew", "Mails"}},
	{"ignores the tag", []string{"Changed", "Edited", "RacingChanges"}},
	{"counts its own changes alone", []string{"Edited", "LostNew"}},
	{"makes what is gone", []string{"PutGone"}},
	{"makes nothing anew", []string{"Anew"}},
	{"touches the others", []string{"Apart", "UIDs"}},
	{"deletes everything", []string{"Apart", "UIDs"}},
	{"deletes nothing", []string{"PutGone", "Anew", "Apart", "Delete", "DeleteChanged", "DeleteAny", "DeleteTwice", "UIDs", "RacingNews", "LostNew", "LostDelete"}},
	{"finds deleted entries by Href", []string{"Delete"}},
	{"deletes with Href alone", []string{"Delete", "DeleteAny"}},
	{"deletes any version", []string{"DeleteChanged"}},
	{"deletes with a tag alone", []string{"DeleteAny"}},
	{"deletes what is gone", []string{"DeleteTwice", "LostDelete"}},
	{"deletes what never was", []string{"Unknown"}},
	{"says changed for gone", []string{"PutGone", "Anew", "Apart", "Delete", "DeleteAny", "DeleteTwice", "Unknown", "UIDs", "Refused", "RacingNews", "LostNew", "LostDelete"}},
	{"ignores case", []string{"UIDs"}},
	{"searches for parts", []string{"UIDs"}},
	{"compares 250 octets", []string{"UIDs"}},
	{"cannot hold long UIDs", []string{"UIDs"}},
	{"takes METHOD", []string{"Refused"}},
	{"takes another UID", []string{"Refused"}},
	{"takes broken data", []string{"Refused"}},
	{"mistakes zones", []string{"Times"}},
	{"forgets the end", []string{"Times"}},
	{"shifts dates", []string{"AllDay"}},
	{"makes dates times", []string{"AllDay"}},
	{"escapes for HTML", []string{"Texts"}},
	{"joins lines", []string{"Texts"}},
	{"cuts titles", []string{"Texts"}},
	{"loses the place", []string{"Texts"}},
	{"cuts texts", []string{"LongText"}},
	{"counts revisions", []string{"Sequence"}},
	{"loses attendees", []string{"Answers"}},
	{"knows no tentative answers", []string{"Answers"}},
	{"drops SCHEDULE-AGENT", []string{"ScheduleAgent", "Mails"}},
	{"drops alarms", []string{"Alarms"}},
	{"drops categories", []string{"Categories"}},
	{"drops properties", []string{"Properties"}},
	{"keeps series in UTC", []string{"Series", "Cancelled", "Moved", "OccurrenceAnswers"}},
	{"knows no interval", []string{"Series"}},
	{"brings cancelled occurrences back", []string{"Cancelled"}},
	{"moves times alone", []string{"Moved"}},
	{"moves texts alone", []string{"Moved"}},
	{"keeps changed occurrences", []string{"Moved"}},
	{"has answers of the series alone", []string{"OccurrenceAnswers"}},
	{"ignores the context", []string{"EndedContext"}},
	{"hides the end of the context", []string{"EndedContext"}},
	{"compares before the change", []string{"RacingChanges"}},
	{"stores what loses a race", []string{"RacingChanges"}},
	{"looks before it makes", []string{"RacingNews"}},
	{"repeats a change", []string{"LostNew", "LostChange"}},
	{"makes a second entry", []string{"LostNew"}},
	{"loses the entry with the reply", []string{"LostNew", "LostChange"}},
	{"repeats a deletion", []string{"LostDelete"}},
	{"takes a lost reply for a missing entry", []string{"LostNew", "LostChange", "LostDelete", "LostReserve"}},
	{"takes a missing calendar for a missing entry", []string{"NoCalendar"}},
	{"says gone and no calendar", []string{"NoCalendar"}},
	{"knows no denial", []string{"Denied"}},
	{"takes a pause for a missing entry", []string{"Away"}},
	{"hides a pause", []string{"Away"}},
	{"reserves nothing", []string{"Reserve", "LostReserve"}},
	{"reserves one entry for all keys", []string{"Reserve", "LostReserve"}},
	{"reserves a new entry each time", []string{"Reserve", "LostReserve"}},
	{"reserves without an entry", []string{"Reserve", "LostReserve"}},
	{"reserves again after a lost reply", []string{"LostReserve"}},
	{"reserves with attendees", []string{"Reserve"}},
	{"forgets the place of an entry", []string{"SyncCreate", "SyncUpdate", "SyncOccurrences", "SyncCancel", "SyncAnswers", "SyncOccurrenceAnswers", "SyncDrift", "SyncDeleted", "SyncRace", "SyncLost"}},
	{"keeps the first attendees", []string{"SyncUpdate", "SyncAnswers", "SyncOccurrenceAnswers"}},
	{"moves texts alone", []string{"SyncOccurrences"}},
	{"deletes nothing", []string{"SyncCancel", "SyncDeleted", "SyncLost"}},
	{"knows no tentative answers", []string{"SyncAnswers"}},
	{"has answers of the series alone", []string{"SyncOccurrenceAnswers"}},
	{"drops alarms", []string{"SyncDrift"}},
	{"counts its own changes alone", []string{"SyncRace"}},
	{"ignores the tag", []string{"SyncRace"}},
	{"loses the entry with the reply", []string{"SyncLost"}},
	{"mails at each change", []string{"Mails"}},
	{"mails at a deletion", []string{"Mails"}},
}

// calendarRules are the rules without the rules about [organizer.Sync]. A calendar that
// breaks one of them mostly breaks several of the others too.
var calendarRules = slices.Concat(entryRules, contentRules, safeRules)

// TestGood checks that a calendar of this test that has no fault keeps all rules, without a
// rule that is skipped.
func TestGood(t *testing.T) {
	if got, skipped := broken(t, newFaulty("").place(), rules); len(got) > 0 || len(skipped) > 0 {
		t.Errorf("broken: %q. Skipped: %q", got, skipped)
	}
}

// TestBroken checks that the suite finds each way to break a rule.
func TestBroken(t *testing.T) {
	tested := make(map[string]bool)
	for _, tt := range brokenCalendars {
		for _, name := range tt.want {
			tested[name] = true
		}
		t.Run(tt.fault, func(t *testing.T) {
			t.Parallel()
			list := calendarRules
			if strings.HasPrefix(tt.want[0], "Sync") {
				list = syncRules
			}
			if raceEnabled { // the others take minutes
				list = slices.DeleteFunc(slices.Clone(list), func(r rule) bool { return !slices.Contains(tt.want, r.name) })
			}
			got, skipped := broken(t, newFaulty(tt.fault).place(), list)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("broken rules: -want +got\n%s", diff)
			}
			if len(skipped) > 0 {
				t.Errorf("skipped: %q", skipped)
			}
		})
	}
	for _, r := range rules {
		if !tested[r.name] {
			t.Errorf("no calendar breaks the rule %s", r.name)
		}
	}
}

// TestWords checks that each rule has a text and an advice that are sentences.
func TestWords(t *testing.T) {
	names := make(map[string]bool)
	for _, r := range rules {
		if names[r.name] || !strings.HasSuffix(r.text, ".") || !strings.HasSuffix(r.advice, ".") {
			t.Errorf("%+v", r)
		}
		names[r.name] = true
	}
}

// TestUseless checks that each rule is broken by a calendar that does nothing of use.
func TestUseless(t *testing.T) {
	for _, fault := range []string{"returns no Tag", "returns no Data", "returns another UID", "fails always", "does nothing"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(fault)
			p := f.place()
			list, kept := rules, []string(nil) // the rules that the fault does not break
			switch fault {
			case "fails always":
				f.Fail(errOops)
				kept = []string{"NoCalendar", "Denied"}
			case "does nothing":
				nothing := func(*testing.T) organizer.Calendar { return useless{} }
				p.Open, p.Missing, p.Denied = nothing, nothing, nothing
			default:
				list = calendarRules // Sync reads such an entry anyhow
				kept = []string{"RacingNews", "NoCalendar", "Denied", "LostReserve"}
			}
			got, skipped := broken(t, p, list)
			for _, r := range list {
				if !slices.Contains(got, r.name) && !slices.Contains(skipped, r.name) && !slices.Contains(kept, r.name) {
					t.Errorf("the rule %s is kept", r.name)
				}
			}
		})
	}
}

// useless is a calendar whose methods do nothing.
type useless struct{}

func (useless) Get(context.Context, organizer.Object) (organizer.Object, error) {
	return organizer.Object{}, nil
}

func (useless) Put(context.Context, organizer.Object) (organizer.Object, error) {
	return organizer.Object{}, nil
}

func (useless) Delete(context.Context, organizer.Object) error { return nil }

// TestLacks checks that a place which says what its server lacks passes the suite, and
// fails if it does not say so.
func TestLacks(t *testing.T) {
	tests := map[string]struct {
		fault   string
		skipped []string
	}{
		LackAnswers:              {"has no answers", []string{"Answers", "OccurrenceAnswers", "SyncAnswers", "SyncOccurrenceAnswers"}},
		LackAttendees:            {"has no attendees", []string{"Answers", "ScheduleAgent", "OccurrenceAnswers", "SyncAnswers", "SyncOccurrenceAnswers"}},
		LackOccurrenceAnswers:    {"has answers of the series alone", []string{"OccurrenceAnswers", "SyncOccurrenceAnswers"}},
		LackScheduleAgent:        {"drops SCHEDULE-AGENT", []string{"ScheduleAgent"}},
		LackRecurrence:           {"knows no series", []string{"Series", "Cancelled", "Moved", "OccurrenceAnswers", "SyncOccurrences", "SyncOccurrenceAnswers"}},
		LackOverrides:            {"knows no overrides", []string{"Moved", "OccurrenceAnswers", "SyncOccurrences", "SyncOccurrenceAnswers"}},
		LackCancelledOccurrences: {"brings cancelled occurrences back", []string{"Cancelled", "SyncOccurrences"}},
		LackAllDay:               {"makes dates times", []string{"AllDay"}},
		LackSequence:             {"counts nothing", []string{"Sequence"}},
		LackLongTexts:            {"cuts texts", []string{"LongText"}},
		LackAlarms:               {"drops alarms", []string{"Alarms"}},
		LackCategories:           {"drops categories", []string{"Categories"}},
		LackProperties:           {"drops properties", []string{"Properties"}},
		LackData:                 {"keeps fields alone", []string{"ScheduleAgent", "Properties"}},
		LackUIDs:                 {"makes the UIDs", []string{"Anew", "UIDs", "RacingNews", "LostNew"}},
		"Texts":                  {"escapes for HTML", []string{"Texts"}},
	}
	for ability, tt := range tests {
		t.Run(ability, func(t *testing.T) {
			t.Parallel()
			p := newFaulty(tt.fault).place()
			if ability == LackScheduleAgent || ability == LackData {
				p.Mails = func() int { return 0 } // such a server is told in another way that it must not mail
			}
			if got, _ := broken(t, p, calendarRules); len(got) == 0 {
				t.Error("the rules are kept, although the server lacks something")
			}
			p.Lacks = []string{ability}
			got, skipped := broken(t, p, rules)
			if diff := cmp.Diff(tt.skipped, skipped); diff != "" || len(got) > 0 {
				t.Errorf("broken: %q. Skipped: -want +got\n%s", got, diff)
			}
		})
	}
	for _, a := range abilities {
		if _, ok := tests[a]; !ok {
			t.Errorf("no test for the ability %q", a)
		}
	}
}

// TestBarePlace checks that a place with Open alone passes the suite.
func TestBarePlace(t *testing.T) {
	m := new(Memory)
	got, skipped := broken(t, Place{Open: func(*testing.T) organizer.Calendar { return m }}, rules)
	want := []string{"SyncLost", "LostNew", "LostChange", "LostDelete", "NoCalendar", "Denied", "Away", "Reserve", "LostReserve", "Mails"}
	if diff := cmp.Diff(want, skipped); diff != "" || len(got) > 0 {
		t.Errorf("broken: %q. Skipped: -want +got\n%s", got, diff)
	}
	if n := len(m.Entries()); n != 0 {
		t.Errorf("%d entries are left", n)
	}
}

// TestPlace checks that a place that cannot be tested is an error.
func TestPlace(t *testing.T) {
	open := func(*testing.T) organizer.Calendar { return new(Memory) }
	for name, tt := range map[string]struct {
		p  Place
		ok bool
	}{
		"no Open":    {Place{}, false},
		"Open":       {Place{Open: open}, true},
		"an ability": {Place{Open: open, Lacks: []string{LackAlarms}}, true},
		"a rule":     {Place{Open: open, Lacks: []string{"Texts"}}, true},
		"neither":    {Place{Open: open, Lacks: []string{"wings"}}, false},
	} {
		if err := tt.p.validate(); (err == nil) != tt.ok {
			t.Errorf("%s: validate() = %v", name, err)
		}
	}
}
