package invite_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// movingCourse is a series of an hour at 10:00 on Tuesdays and Thursdays from 2 March
// 2027 on. Guest is invited to 9 and 11 March alone.
func movingCourse() ical.Event {
	e := weeklyTrio()
	e.Start, e.End, e.TimeZone = berlinAt("2027-03-02", 10), berlinAt("2027-03-02", 11), "Europe/Berlin"
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 8, ByDay: []ical.Day{ical.DayTuesday, ical.DayThursday}}
	for _, date := range []string{"2027-03-09", "2027-03-11"} {
		e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: berlinAt(date, 10),
			Attendees: append(trio().Attendees, ical.Attendee{Email: guest})})
	}
	return e
}

// toThursday moves the course to Thursdays and Saturdays.
func toThursday(e ical.Event) ical.Event {
	e = e.Clone()
	e.Start, e.End = berlinAt("2027-03-04", 10), berlinAt("2027-03-04", 11)
	e.Recurrence.ByDay = []ical.Day{ical.DayThursday, ical.DaySaturday}
	return e
}

func berlinAt(date string, hour int) time.Time {
	zone, _ := ical.LoadLocation("Europe/Berlin")
	t, _ := time.ParseInLocation(time.DateOnly, date, zone)
	return t.Add(time.Duration(hour) * time.Hour)
}

// minorTimes are levels by which a move asks nobody anew.
var minorTimes = invite.Levels{"start": invite.LevelMinor, "recurrence": invite.LevelMinor}

// replyOn returns a mail with the answer of an attendee to one occurrence.
func replyOn(t *testing.T, uid, email string, sequence int, id time.Time) *invite.Inbound {
	t.Helper()
	const form = "From: <%[1]s>\r\nTo: <desk@example.test>\r\nMessage-ID: <late@example.test>\r\nDate: Mon, 01 Feb 2027 09:00:00 +0000\r\n" +
		"Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:%[2]s\r\n" +
		"SEQUENCE:%[3]d\r\nDTSTAMP:20270201T090000Z\r\nRECURRENCE-ID:%[4]s\r\nDTSTART:%[4]s\r\nATTENDEE;PARTSTAT=DECLINED:mailto:%[1]s\r\n" +
		"END:VEVENT\r\nEND:VCALENDAR\r\n"
	in, err := invite.Read(strings.NewReader(fmt.Sprintf(form, email, uid, sequence, id.UTC().Format("20060102T150405Z"))), nil)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestMovedLateAnswer applies answers to the original starts of an earlier version. Some
// of these are other occurrences now.
func TestMovedLateAnswer(t *testing.T) {
	for name, levels := range map[string]invite.Levels{"asks anew": nil, "asks nobody": minorTimes} {
		t.Run(name, func(t *testing.T) {
			c := new(recorder).client(func(o *invite.Options) { o.Levels = levels })
			m := mustSend(t, c, movingCourse())
			moved := reload(t, must(t)(c.Update(context.Background(), m, toThursday(m.Event))))
			check(t, "Renamed", 1, moved.Renamed)
			tests := []struct {
				name, email string
				sequence    int
				id          time.Time
				want        invite.Verdict
			}{
				{"an original start that is gone", "ann@example.test", 0, berlinAt("2027-03-16", 10), invite.VerdictStale},
				{"one that another occurrence has now", "ann@example.test", 0, berlinAt("2027-03-18", 10), invite.VerdictStale},
				{"the same of a guest", guest, 0, berlinAt("2027-03-11", 10), invite.VerdictStale},
				{"no original start of any version", "ann@example.test", 1, berlinAt("2027-03-17", 10), invite.VerdictUnknownEvent},
				{"the present version", "ann@example.test", 1, berlinAt("2027-03-18", 10), invite.VerdictApplied},
				{"the present version of a guest", guest, 1, berlinAt("2027-03-11", 10), invite.VerdictApplied},
			}
			for _, tt := range tests {
				t.Run(tt.name, func(t *testing.T) {
					after, o := moved.Apply(replyOn(t, m.Event.UID, tt.email, tt.sequence, tt.id), &invite.Policy{InsecureAnyFrom: true})
					check(t, "verdict: "+o.Reason, tt.want, o.Verdict)
					if tt.want != invite.VerdictApplied && after != moved {
						t.Error("Apply changes the meeting")
					}
				})
			}
		})
	}
}

// TestMovedAnswers checks that everything in a meeting that is about an occurrence goes
// with it, and is not about the occurrence that has its original start now.
func TestMovedAnswers(t *testing.T) {
	c := new(recorder).client(func(o *invite.Options) { o.Levels = minorTimes })
	m := mustSend(t, c, movingCourse())
	m.Joined = append(m.Joined, invite.Joined{RecurrenceID: berlinAt("2027-03-18", 10), Attendee: ical.Attendee{Email: "dora@example.test"}})
	for _, a := range []invite.Answer{
		{Email: "ann@example.test", Status: ical.StatusAccepted},
		{Email: "ann@example.test", Status: ical.StatusDeclined, RecurrenceID: berlinAt("2027-03-11", 10)},
		{Email: guest, Status: ical.StatusTentative, RecurrenceID: berlinAt("2027-03-09", 10)},
	} {
		a.Stamp, a.Via = pinned(), "phone"
		var o invite.Outcome
		if m, o = m.Answer(a); o.Verdict != invite.VerdictApplied {
			t.Fatalf("Answer = %+v", o)
		}
	}
	m, o := m.Propose(invite.Proposal{Email: "bob@example.test", RecurrenceID: berlinAt("2027-03-16", 10), Start: berlinAt("2027-03-16", 15), Stamp: pinned(), Via: "phone"})
	if o.Verdict != invite.VerdictApplied {
		t.Fatalf("Propose = %+v", o)
	}
	was := encode(t, m)
	moved := reload(t, must(t)(c.Update(context.Background(), m, toThursday(m.Event))))
	check(t, "the meeting given", string(was), string(encode(t, m)))
	for date, want := range map[string][2]ical.Status{ // of ann and of the guest
		"2027-03-11": {ical.StatusAccepted, ical.StatusTentative},
		"2027-03-13": {ical.StatusDeclined, ical.StatusNeedsAction},
		"2027-03-18": {ical.StatusAccepted, ""},
	} {
		id := berlinAt(date, 10)
		check(t, "statuses on "+date, want, [2]ical.Status{moved.OccurrenceStatus("ann@example.test", id), moved.OccurrenceStatus(guest, id)})
	}
	check(t, "the attendee who joined", true, moved.Joined[0].RecurrenceID.Equal(berlinAt("2027-03-20", 10)))
	check(t, "the proposal", true, moved.Proposals[0].RecurrenceID.Equal(berlinAt("2027-03-18", 10)))
	if _, err := c.DeclineProposal(context.Background(), moved, moved.Proposals[0]); err != nil {
		t.Errorf("DeclineProposal = %v, want no error", err)
	}
}

// TestMovedFollowing moves the rest of a series, with the answers and the attendees of
// its occurrences.
func TestMovedFollowing(t *testing.T) {
	s := new(recorder)
	c := s.client(func(o *invite.Options) { o.Levels = minorTimes })
	e := movingCourse()
	e.Recurrence.Include = []time.Time{berlinAt("2027-03-05", 10), berlinAt("2027-03-19", 10)}
	e.Recurrence.Except = []time.Time{berlinAt("2027-03-04", 10), berlinAt("2027-03-18", 10)}
	include := invite.AllowLint("recurrence-include")
	m := mustSend(t, c, e, include)
	m.Joined = []invite.Joined{{RecurrenceID: berlinAt("2027-03-16", 10), Attendee: ical.Attendee{Email: "dora@example.test"}}}
	m, o := m.Answer(invite.Answer{Email: guest, Status: ical.StatusTentative, RecurrenceID: berlinAt("2027-03-11", 10), Stamp: pinned(), Via: "phone"})
	if o.Verdict != invite.VerdictApplied {
		t.Fatalf("Answer = %+v", o)
	}
	after := m.Event.Clone()
	after.Start, after.End = berlinAt("2027-03-11", 11), berlinAt("2027-03-11", 12)
	old, rest, err := c.UpdateFollowing(context.Background(), m, berlinAt("2027-03-11", 10), after, include)
	if err != nil {
		t.Fatal(err)
	}
	dates := func(list []time.Time) (out []string) {
		for _, t := range list {
			out = append(out, t.In(e.Start.Location()).Format("2 Jan 15:04"))
		}
		return out
	}
	check(t, "the old series: exceptions and added dates", []string{"4 Mar 10:00", "5 Mar 10:00"},
		append(dates(old.Event.Recurrence.Except), dates(old.Event.Recurrence.Include)...))
	check(t, "the rest: exceptions and added dates", []string{"18 Mar 11:00", "19 Mar 11:00"},
		append(dates(rest.Event.Recurrence.Except), dates(rest.Event.Recurrence.Include)...))
	check(t, "the rest: COUNT", 5, rest.Event.Recurrence.Count)
	check(t, "overrides", []int{1, 1}, []int{len(old.Event.Overrides), len(rest.Event.Overrides)})
	check(t, "the override of the rest", []string{"11 Mar 11:00"}, dates([]time.Time{rest.Event.Overrides[0].RecurrenceID}))
	check(t, "the guest's answer", ical.StatusTentative, rest.OccurrenceStatus(guest, berlinAt("2027-03-11", 11)))
	check(t, "who joined", []string{"16 Mar 11:00"}, dates([]time.Time{rest.Joined[0].RecurrenceID}))
}

// TestMovedLost changes a series so that the changed form of a date has no place.
// Nothing is sent.
func TestMovedLost(t *testing.T) {
	s := new(recorder)
	c := s.client()
	e := movingCourse()
	m := mustSend(t, c, e)
	s.take()
	after := m.Event.Clone()
	after.Recurrence.ByDay = after.Recurrence.ByDay[:1]
	same, err := c.Update(context.Background(), m, after)
	const want = "invite: Overrides[1].RecurrenceID: Thu 11 Mar 2027 10:00 is no occurrence of the changed series: remove it, or give it another original start"
	if same != m || err == nil || err.Error() != want || len(s.take()) > 0 {
		t.Errorf("Update = %v, want %s, and no mail", err, want)
	}
	if list := ical.FieldErrors(err); len(list) != 1 || list[0].Field != "Overrides[1].RecurrenceID" {
		t.Errorf("FieldErrors = %v", list)
	}
	after.Overrides[0].RecurrenceID = berlinAt("2027-03-04", 10) // before the rest
	_, _, err = c.UpdateFollowing(context.Background(), m, berlinAt("2027-03-09", 10), after)
	if err == nil || err.Error() != want {
		t.Errorf("UpdateFollowing = %v, want %s", err, want)
	}
}

// TestMovedLater loads a meeting that says that a later version than its own moved.
func TestMovedLater(t *testing.T) {
	s := new(recorder)
	c := s.client()
	m := mustSend(t, c, movingCourse())
	m.Renamed = 1<<31 - 1
	m = reload(t, m)
	if _, o := m.Apply(replyOn(t, m.Event.UID, "ann@example.test", 0, berlinAt("2027-03-16", 10)), &invite.Policy{InsecureAnyFrom: true}); o.Verdict != invite.VerdictApplied {
		t.Errorf("Apply = %+v, want applied", o)
	}
	s.take()
	must(t)(c.Cancel(context.Background(), m, invite.Occurrence(berlinAt("2027-03-16", 10))))
	check(t, "outbox", []string{"ann Cancelled", "bob Cancelled", "cy Cancelled"}, s.outbox(t))
}
