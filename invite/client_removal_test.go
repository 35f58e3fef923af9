package invite_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
)

// TestRemovalWords removes an attendee from a series in three ways. The mail says whether
// they stay invited to some dates, and never that the series does not take place.
func TestRemovalWords(t *testing.T) {
	without := func(e *ical.Event) {
		e.Attendees = slices.DeleteFunc(slices.Clone(e.Attendees), func(a ical.Attendee) bool { return a.Email == "cy@example.test" })
	}
	date := func(e *ical.Event, of *ical.Event) {
		e.Overrides = append(slices.Clone(e.Overrides), ical.Event{RecurrenceID: e.Start.AddDate(0, 0, 7), Attendees: of.Attendees})
	}
	for name, tt := range map[string]struct {
		change  func(e *ical.Event)
		subject string
		want    []string // the first lines of the mails to cy
	}{
		"all": {without, "No longer invited: ", []string{"You are no longer invited to this series."}},
		"all but a date": {func(e *ical.Event) { was := *e; without(e); date(e, &was) }, "Invitation changed: ",
			[]string{"You are no longer invited to the whole series, only to single dates. You", "Tue Mar 9, "}},
		"one date": {func(e *ical.Event) { was := *e; without(&was); date(e, &was) }, "No longer invited: ",
			[]string{"You are no longer invited to one meeting of this series."}},
	} {
		s := new(recorder)
		m := mustSend(t, s.client(), weeklyTrio())
		s.take()
		after := m.Event
		tt.change(&after)
		must(t)(s.client().Update(t.Context(), m, after))
		var got []string
		for _, mail := range s.mails {
			if mail.To[0] != "cy@example.test" {
				continue
			}
			p := parseMail(t, mail.Data)
			text := string(p.of("text/plain")[0].data)
			line, _, _ := strings.Cut(text, "\r\n")
			if got = append(got, line); len(got) == 1 && !strings.HasPrefix(p.header.Get("Subject"), tt.subject) {
				t.Errorf("%s: Subject %q", name, p.header.Get("Subject"))
			}
			if strings.Contains(text, "cancel") || strings.Contains(text, "Join:") && len(got) == 1 {
				t.Errorf("%s: %s", name, text)
			}
		}
		if len(got) != len(tt.want) {
			t.Fatalf("%s: mails to cy: %q, want %q", name, got, tt.want)
		}
		for i := range got {
			if !strings.HasPrefix(got[i], tt.want[i]) {
				t.Errorf("%s: mail %d begins %q, want %q", name, i, got[i], tt.want[i])
			}
		}
	}
}
