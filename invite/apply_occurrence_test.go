package invite_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// answerWith returns the mail of an answer by Bob with the times given as lines.
func answerWith(method, status string, lines ...string) string {
	return "From: bob@example.test\nTo: desk@example.test\nDate: Mon, 01 Feb 2027 09:00:00 +0000\nMessage-ID: <a@example.test>\n" +
		"Content-Type: text/calendar; charset=utf-8; method=" + method + "\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:" + method +
		"\nBEGIN:VEVENT\nUID:uid-1\nSEQUENCE:0\nDTSTAMP:20270201T090000Z\nATTENDEE;PARTSTAT=" + status + ":mailto:bob@example.test\n" +
		strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

// TestApplyOccurrence applies answers that name their occurrence in other forms than
// the series has it. The series is on Tuesdays at 10:00 in Berlin.
func TestApplyOccurrence(t *testing.T) {
	twice := func(e *ical.Event) {
		e.Recurrence.Include = []time.Time{time.Date(2027, 3, 9, 15, 0, 0, 0, time.UTC)}
	}
	moved := func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC), Start: time.Date(2027, 3, 11, 9, 0, 0, 0, time.UTC)}}
	}
	dropped := func(e *ical.Event) {
		e.Overrides = []ical.Event{{RecurrenceID: time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC), Cancelled: true}}
	}
	const start = "DTSTART;TZID=Europe/Berlin:20270309T100000"
	tests := []struct {
		name, id, start string
		change          func(*ical.Event)
		verdict         invite.Verdict
		reason          string
	}{
		{"floating", ":20270309T100000", start, nil, invite.VerdictApplied, ""},
		{"floating, and DTSTART too", ":20270309T100000", "DTSTART:20270309T100000", nil, invite.VerdictApplied, ""},
		{"a date", ";VALUE=DATE:20270309", start, nil, invite.VerdictApplied, ""},
		{"a date, and DTSTART too", ";VALUE=DATE:20270309", "DTSTART;VALUE=DATE:20270309", nil, invite.VerdictApplied, ""},
		{"midnight", ";TZID=Europe/Berlin:20270309T000000", start, nil, invite.VerdictApplied, ""},
		{"midnight in UTC", ":20270309T000000Z", start, nil, invite.VerdictApplied, ""},
		{"the clock of the series in another zone", ";TZID=America/New_York:20270309T100000", start, nil, invite.VerdictApplied, ""},
		{"the instant in another zone", ";TZID=America/New_York:20270309T040000", start, nil, invite.VerdictApplied, ""},
		{"a zone that is not known", ";TZID=Lummerland:20270309T100000", "DTSTART;TZID=Lummerland:20270309T100000", nil, invite.VerdictApplied, ""},
		{"a display name", `;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna":20270309T100000`, start, nil, invite.VerdictApplied, ""},
		{"a date of two occurrences", ";VALUE=DATE:20270309", start, twice, invite.VerdictHeld, "2 occurrences on 2027-03-09"},
		{"a date without an occurrence", ";VALUE=DATE:20270310", start, nil, invite.VerdictHeld, "no occurrence on 2027-03-10"},
		{"the day to which the occurrence was moved", ";VALUE=DATE:20270311", start, moved, invite.VerdictHeld, "no occurrence on 2027-03-11"},
		{"the day from which the occurrence was moved", ";VALUE=DATE:20270309", start, moved, invite.VerdictApplied, ""},
		{"a date that is cancelled", ";VALUE=DATE:20270309", start, dropped, invite.VerdictStale, "cancelled"},
		{"an instant at which there is none", ":20270310T090000Z", start, nil, invite.VerdictUnknownEvent, "does not have"},
		{"an hour of the series at which there is none", ";TZID=Europe/Berlin:20270309T110000", start, nil, invite.VerdictUnknownEvent, "does not have"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := weeklyRequest()
			if tt.change != nil {
				tt.change(&e)
			}
			o := fixed()
			m := must(t)(invite.New(nowhere, o).Send(context.Background(), e, invite.AllowLint("recurrence-include", "occurrence-day")))
			after, got := m.Apply(readMail(t, []byte(answerWith("REPLY", "DECLINED", "RECURRENCE-ID"+tt.id, tt.start))), nil)
			if got.Verdict != tt.verdict || !strings.Contains(got.Reason, tt.reason) {
				t.Fatalf("Apply = %+v, want %s and %q", got, tt.verdict, tt.reason)
			}
			if tt.verdict != invite.VerdictApplied {
				return
			}
			if a := after.Answers[len(after.Answers)-1]; !a.RecurrenceID.Equal(time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)) {
				t.Errorf("the answer is about %v, want 9 March, 10:00 in Berlin", a.RecurrenceID)
			}
		})
	}
}

// TestCounterZones applies proposals in several zones, and accepts them. The meeting is
// in Berlin.
func TestCounterZones(t *testing.T) {
	tests := []struct {
		name, tzid string
		verdict    invite.Verdict
		want       string // DTSTART of the update, or a part of the reason
	}{
		{"IANA", ";TZID=Europe/Berlin", invite.VerdictApplied, "20270303T150000"},
		{"display name", `;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"`, invite.VerdictApplied, "20270303T150000"},
		{"Notes", ";TZID=Western/Central Europe", invite.VerdictApplied, "20270303T150000"},
		{"an offset", ";TZID=GMT+0300", invite.VerdictApplied, "20270303T130000"},
		{"no zone", "", invite.VerdictApplied, "20270303T150000"},
		{"not known", ";TZID=Lummerland", invite.VerdictHeld, `zone "Lummerland", which is not known`},
		{"a display name of nobody", `;TZID="(UTC+01:00) Lummerland"`, invite.VerdictHeld, "which is not known"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r invitetest.Recorder
			c := invite.New(&r, fixed())
			m := must(t)(c.Send(context.Background(), review()))
			in := readMail(t, []byte(answerWith("COUNTER", "TENTATIVE", "DTSTART"+tt.tzid+":20270303T150000", "DTEND"+tt.tzid+":20270303T160000")))
			after, o := m.Apply(in, nil)
			if o.Verdict != tt.verdict {
				t.Fatalf("Apply = %+v, want %s", o, tt.verdict)
			}
			open := after.OpenProposals()
			if tt.verdict == invite.VerdictHeld {
				if len(open) > 0 || !strings.Contains(o.Reason, tt.want) || !strings.Contains(in.Reason, tt.want) {
					t.Errorf("%d proposals, Apply: %s, Read: %s; want none and %q", len(open), o.Reason, in.Reason, tt.want)
				}
				return
			}
			e, err := open[0].Accept(after.Event)
			if err != nil {
				t.Fatal(err)
			}
			must(t)(c.Update(context.Background(), after, e))
			mails := r.Messages()
			if data := string(invitetest.Calendar(mails[len(mails)-1])); !strings.Contains(data, "DTSTART;TZID=Europe/Berlin:"+tt.want+"\r\n") {
				t.Errorf("mailed, want %s in Berlin:\n%s", tt.want, data)
			}
		})
	}
}

// TestReplyInUnknownZone: the times of a plain answer do not matter.
func TestReplyInUnknownZone(t *testing.T) {
	m := must(t)(invite.New(nowhere, fixed()).Send(context.Background(), review()))
	in := readMail(t, []byte(answerWith("REPLY", "ACCEPTED", "DTSTART;TZID=Lummerland:20270302T100000")))
	if after, o := m.Apply(in, nil); o.Verdict != invite.VerdictApplied || after.Status("bob@example.test") != ical.StatusAccepted {
		t.Errorf("Apply = %+v, want it applied", o)
	}
}

// requestWith returns the mail of an invitation to Bob with the lines given.
func requestWith(zone string, lines ...string) string {
	return "From: desk@example.test\nTo: bob@example.test\nDate: Mon, 01 Feb 2027 09:00:00 +0000\nMessage-ID: <r@example.test>\n" +
		"Content-Type: text/calendar; charset=utf-8; method=REQUEST\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:REQUEST\n" + zone +
		"BEGIN:VEVENT\nUID:uid-1\nSEQUENCE:3\nDTSTAMP:20270201T090000Z\nSUMMARY:Review\nORGANIZER:mailto:desk@example.test\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@example.test\n" +
		strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

// TestRespondAsItCame answers invitations whose zone nobody else knows.
func TestRespondAsItCame(t *testing.T) {
	const oldRules = "BEGIN:VTIMEZONE\nTZID:US/Eastern\nBEGIN:DAYLIGHT\nDTSTART:20000404T020000\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\n" +
		"BEGIN:STANDARD\nDTSTART:20001026T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE\n"
	later := time.Date(2027, 3, 9, 14, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		mail   string
		reason string // of the invitation
		change func(*invite.Response)
		want   []string
	}{
		{"old rules", requestWith(oldRules, "DTSTART;TZID=US/Eastern:20270308T090000", "DTEND;TZID=US/Eastern:20270308T100000", "RRULE:FREQ=WEEKLY;COUNT=4"), "",
			nil, []string{"TZID:US/Eastern", "DTSTART;TZID=US/Eastern:20270308T090000", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4", "RRULE:FREQ=WEEKLY;COUNT=4"}},
		{"old rules, one occurrence", requestWith(oldRules, "DTSTART;TZID=US/Eastern:20270308T090000", "DTEND;TZID=US/Eastern:20270308T100000", "RRULE:FREQ=WEEKLY;COUNT=4"), "",
			func(r *invite.Response) { r.Occurrence = time.Date(2027, 3, 22, 14, 0, 0, 0, time.UTC) },
			[]string{"RECURRENCE-ID;TZID=US/Eastern:20270322T090000", "DTSTART;TZID=US/Eastern:20270322T090000"}},
		{"old rules, another time", requestWith(oldRules, "DTSTART;TZID=US/Eastern:20270308T090000", "RRULE:FREQ=WEEKLY;COUNT=4"), "",
			func(r *invite.Response) { r.Start, r.End = later, later.Add(time.Hour) }, []string{"DTSTART;TZID=US/Eastern:20270309T090000", "TZID:US/Eastern"}},
		{"unknown zone", requestWith("", "DTSTART;TZID=Lummerland:20270308T090000", "RRULE:FREQ=WEEKLY;COUNT=4"), `its times are in the zone "Lummerland", which is not known`,
			nil, []string{"DTSTART;TZID=Lummerland:20270308T090000"}},
		{"unknown zone, one occurrence", requestWith("", "DTSTART;TZID=Lummerland:20270308T090000", "RRULE:FREQ=WEEKLY;COUNT=4"), "which is not known",
			func(r *invite.Response) { r.Occurrence = time.Date(2027, 3, 15, 9, 0, 0, 0, time.UTC) },
			[]string{"RECURRENCE-ID;TZID=Lummerland:20270315T090000", "DTSTART;TZID=Lummerland:20270315T090000"}},
		{"unknown zone, another time", requestWith("", "DTSTART;TZID=Lummerland:20270308T090000"), "which is not known",
			func(r *invite.Response) { r.Start, r.End = later, later.Add(time.Hour) }, []string{"DTSTART:20270309T140000Z", "DTEND:20270309T150000Z"}},
		{"no zone", requestWith("", "DTSTART:20270308T090000", "DTEND:20270308T100000"), "its times have no zone", nil, []string{"DTSTART:20270308T090000", "DTEND:20270308T100000"}},
		{"one occurrence by its date", requestWith("", "RECURRENCE-ID;VALUE=DATE:20270308", "DTSTART;TZID=Europe/Berlin:20270308T090000"), "",
			nil, []string{"RECURRENCE-ID;VALUE=DATE:20270308", "DTSTART;TZID=Europe/Berlin:20270308T090000"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := readMail(t, []byte(tt.mail))
			if !strings.Contains(in.Reason, tt.reason) || tt.reason == "" && strings.Contains(in.Reason, ";") {
				t.Errorf("Reason = %s, want %q in it", in.Reason, tt.reason)
			}
			var r invitetest.Recorder
			if err := invite.New(&r, fixed()).Respond(context.Background(), in, response("bob@example.test", ical.StatusTentative, tt.change)); err != nil {
				t.Fatal(err)
			}
			data := string(invitetest.Calendar(r.Messages()[0]))
			for _, line := range append(tt.want, "UID:uid-1", "SEQUENCE:3") {
				if !strings.Contains(data, "\r\n"+line+"\r\n") {
					t.Errorf("the answer lacks %q:\n%s", line, data)
				}
			}
		})
	}
	in := readMail(t, []byte(requestWith("", "RECURRENCE-ID;TZID=Lummerland:20270308T090000", "DTSTART;TZID=Lummerland:20270308T090000")))
	err := invite.New(nowhere, fixed()).Respond(context.Background(), in, response("bob@example.test", ical.StatusTentative, func(r *invite.Response) {
		r.Start, r.End = later, later.Add(time.Hour)
	}))
	if err == nil || !strings.Contains(fmt.Sprint(err), "no other time can be proposed for one occurrence") {
		t.Errorf("Respond with another time for one occurrence = %v, want an error that says why", err)
	}
}
