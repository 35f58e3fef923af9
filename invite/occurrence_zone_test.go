package invite_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// lineOf returns the content line of a mail's calendar object that begins with name.
func lineOf(t *testing.T, mail *invite.Message, name string) string {
	t.Helper()
	for _, line := range unfold(parseMail(t, mail.Data).calendar(t)) {
		if strings.HasPrefix(line, name) {
			return line
		}
	}
	return ""
}

// TestRecurrenceIDKeepsZone changes one occurrence several times, each time from the
// stored meeting, and cancels it for its guest and for all. RECURRENCE-ID is in the
// zone of the series in every mail.
func TestRecurrenceIDKeepsZone(t *testing.T) {
	ctx := context.Background()
	late := time.Date(2027, 3, 9, 23, 30, 0, 0, inBerlin)
	offset := late.In(time.FixedZone("", 3600))
	for _, tt := range []struct {
		name  string
		start time.Time // of the series
		zone  string    // of the series
		own   string    // zone of the override
		want  string
	}{
		{"no zone of its own", offset, "Europe/Berlin", "", "RECURRENCE-ID;TZID=Europe/Berlin:20270323T233000"},
		{"another zone", offset, "Europe/Berlin", "America/New_York", "RECURRENCE-ID;TZID=Europe/Berlin:20270323T233000"},
		{"an offset", offset, "Europe/Berlin", "UTC+02:00", "RECURRENCE-ID;TZID=Europe/Berlin:20270323T233000"},
		{"a series in UTC", late.UTC(), "", "Asia/Tokyo", "RECURRENCE-ID;TZID=UTC:20270323T223000"},
		{"a series at an offset", offset, "", "Asia/Tokyo", `RECURRENCE-ID;TZID="UTC+01:00":20270323T233000`},
		{"a series of days", time.Date(2027, 3, 9, 0, 0, 0, 0, time.UTC), "Europe/Berlin", "Asia/Tokyo", "RECURRENCE-ID;VALUE=DATE:20270323"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := new(recorder)
			c := r.client()
			allDay := strings.Contains(tt.want, "DATE")
			event := vary(func(e *ical.Event) {
				e.Start, e.End, e.TimeZone, e.AllDay = tt.start, tt.start.Add(time.Hour), tt.zone, allDay
				if allDay {
					e.End = tt.start.AddDate(0, 0, 1)
				}
				e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 10}
			})
			m := reload(t, mustSend(t, c, event))
			id := tt.start.AddDate(0, 0, 14)
			r.take()
			for i, change := range []func(o *ical.Event){
				func(o *ical.Event) {
					o.Start, o.TimeZone = id.AddDate(0, 0, 5), tt.own
					o.Attendees = append(slices.Clone(event.Attendees), ical.Attendee{Email: "eve@example.test"})
				},
				func(o *ical.Event) { o.Location = "Room 9" },
				func(o *ical.Event) { o.Attendees = nil }, // cancels it for Eve
				func(o *ical.Event) { o.Cancelled = true },
			} {
				e := m.Event.Clone()
				if len(e.Overrides) == 0 {
					e.Overrides = []ical.Event{{RecurrenceID: id}}
				}
				change(&e.Overrides[0])
				m = reload(t, must(t)(c.Update(ctx, m, e)))
				if len(r.mails) == 0 {
					t.Errorf("change %d: no mail", i)
				}
				for _, mail := range r.mails {
					if got := lineOf(t, mail, "RECURRENCE-ID"); got != tt.want {
						t.Errorf("change %d, the %s to %s: %q, want %q", i, mail.Method, mail.To[0], got, tt.want)
					}
				}
				r.take()
			}
		})
	}
}

// requestMail returns a foreign invitation with these lines in its VEVENT.
func requestMail(lines ...string) string {
	return "From: o@example.test\r\nTo: a@example.test\r\nMessage-ID: <1@example.test>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n" +
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20270101T000000Z\r\n" +
		"ORGANIZER:mailto:o@example.test\r\nATTENDEE:mailto:a@example.test\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// TestRespondRecurrenceID: an answer to an occurrence goes back with the RECURRENCE-ID
// of the request.
func TestRespondRecurrenceID(t *testing.T) {
	second := time.Date(2027, 3, 9, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name       string
		lines      []string
		occurrence time.Time
		want       string
	}{
		{"alone, in another zone", []string{"RECURRENCE-ID;TZID=Europe/Berlin:20270323T233000", "DTSTART;TZID=America/New_York:20270329T120000"},
			time.Time{}, "RECURRENCE-ID;TZID=Europe/Berlin:20270323T233000"},
		{"alone, in UTC beside a zone", []string{"RECURRENCE-ID:20270323T223000Z", "DTSTART;TZID=America/New_York:20270329T120000"},
			time.Time{}, "RECURRENCE-ID:20270323T223000Z"},
		{"alone, in UTC", []string{"RECURRENCE-ID:20270323T223000Z", "DTSTART:20270329T160000Z"}, time.Time{}, "RECURRENCE-ID:20270323T223000Z"},
		{"alone, a date", []string{"RECURRENCE-ID;VALUE=DATE:20270323", "DTSTART;VALUE=DATE:20270329"}, time.Time{}, "RECURRENCE-ID;VALUE=DATE:20270323"},
		{"of a series", []string{"DTSTART;TZID=Europe/Berlin:20270302T100000", "RRULE:FREQ=WEEKLY;COUNT=6"}, second, "RECURRENCE-ID;TZID=Europe/Berlin:20270309T100000"},
		{"of a series in UTC", []string{"DTSTART:20270302T090000Z", "RRULE:FREQ=WEEKLY;COUNT=6"}, second, "RECURRENCE-ID:20270309T090000Z"},
		{"of a series in the zone UTC", []string{"DTSTART;TZID=UTC:20270302T090000", "RRULE:FREQ=WEEKLY;COUNT=6"}, second, "RECURRENCE-ID;TZID=UTC:20270309T090000"},
	} {
		for _, counter := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, counter=%v", tt.name, counter), func(t *testing.T) {
				r := new(recorder)
				in := readMail(t, []byte(requestMail(tt.lines...)))
				answer := invite.Response{As: "a@example.test", Status: ical.StatusTentative, Occurrence: tt.occurrence}
				if counter {
					answer.Start, answer.End = in.Event.Start.Add(24*time.Hour), in.Event.Start.Add(48*time.Hour)
				}
				if err := invite.New(r, fixed()).Respond(context.Background(), in, answer); err != nil {
					t.Fatal(err)
				}
				if got := lineOf(t, r.mails[0], "RECURRENCE-ID"); got != tt.want {
					t.Errorf("the answer has %q, want %q", got, tt.want)
				}
			})
		}
	}
}

// TestRangeIsHeld: an answer to an occurrence and all later ones is not taken for an
// answer to one, and a request of that kind is told and not answered so.
func TestRangeIsHeld(t *testing.T) {
	const ranged = "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20270309T100000"
	m := mustSend(t, new(recorder).client(), vary(func(e *ical.Event) {
		e.UID, e.Attendees = "u", []ical.Attendee{{Email: "a@example.test"}}
		e.Start, e.End = tuesday(0), tuesday(0).Add(time.Hour)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 6}
	}))
	mail := requestMail(ranged, "DTSTART;TZID=Europe/Berlin:20270309T140000")
	reply := strings.NewReplacer("REQUEST", "REPLY", "ATTENDEE:", "ATTENDEE;PARTSTAT=DECLINED:", "From: o@", "From: a@").Replace(mail)
	in := readMail(t, []byte(reply))
	after, o := m.Apply(in, invite.InsecureAcceptAny())
	if o.Verdict != invite.VerdictHeld || !strings.Contains(o.Reason, "THISANDFUTURE") || len(after.Answers) != 0 {
		t.Errorf("Apply = %+v with %d answers, want it held, with a reason that names the range", o, len(after.Answers))
	}
	plain, o := m.Apply(readMail(t, []byte(strings.Replace(reply, "RANGE=THISANDFUTURE;", "", 1))), invite.InsecureAcceptAny())
	if o.Verdict != invite.VerdictApplied || plain.OccurrenceStatus("a@example.test", tuesday(1)) != ical.StatusDeclined {
		t.Errorf("Apply without a range = %+v, want it applied", o)
	}

	in = readMail(t, []byte(mail))
	if !strings.Contains(in.Reason, "THISANDFUTURE") {
		t.Errorf("the reason of the request is %q, want the range in it", in.Reason)
	}
	err := invite.New(new(recorder), fixed()).Respond(context.Background(), in, invite.Response{As: "a@example.test", Status: ical.StatusAccepted})
	if err == nil || !strings.Contains(err.Error(), "THISANDFUTURE") {
		t.Errorf("Respond = %v, want an error that names the range", err)
	}
}

// TestAbsentIsTold: the organizer clears the place of one date.
func TestAbsentIsTold(t *testing.T) {
	r := new(recorder)
	c := r.client()
	event := weeklyTrio()
	event.Location, event.Extra = "Room 1", []ical.Property{{Name: "X-COST-CENTRE", Value: "4711"}}
	event.Overrides = []ical.Event{{RecurrenceID: event.Start.AddDate(0, 0, 7)}}
	m := reload(t, mustSend(t, c, event))
	r.take()
	e := m.Event.Clone()
	e.Overrides = []ical.Event{{RecurrenceID: event.Start.AddDate(0, 0, 7), Absent: []string{"location", "extra"}}}
	p, err := c.PlanUpdate(m, e)
	if err != nil {
		t.Fatal(err)
	}
	if want := `only on Tue 9 Mar 2027 10:00: location "Room 1" was removed: needs a new answer`; len(p.Notices) != 3 || p.Notices[0].Reason != want {
		t.Errorf("%d notices, the first because %s, want 3 because %s", len(p.Notices), p.Notices[0].Reason, want)
	}
	m = reload(t, must(t)(c.Update(context.Background(), m, e)))
	check(t, "Absent of the stored meeting", []string{"location", "extra"}, m.Event.Overrides[0].Absent)
	for _, mail := range r.mails {
		if l, x := lineOf(t, mail, "LOCATION"), lineOf(t, mail, "X-COST-CENTRE"); l != "" || x != "" {
			t.Errorf("the mail to %s has %q and %q, want neither", mail.To[0], l, x)
		}
		text := string(parseMail(t, mail.Data).of("text/plain")[0].data)
		if !strings.Contains(text, "Room 1") || !strings.Contains(text, "Where") {
			t.Errorf("the text does not tell the removed place:\n%s", text)
		}
	}
	r.take()
	e = m.Event.Clone()
	e.Description = "Agenda" // a mail about the whole series names the date without a place
	must(t)(c.Update(context.Background(), m, e))
	text := string(parseMail(t, r.mails[0].Data).of("text/plain")[0].data)
	if !strings.Contains(text, "Where: –") {
		t.Errorf("the text does not say that one date has no place:\n%s", text)
	}
	e.Overrides[0].Absent = []string{"attendees"}
	if _, err := c.PlanUpdate(m, e); err == nil || !strings.Contains(err.Error(), "Overrides[0].Absent[0]") {
		t.Errorf("PlanUpdate without attendees = %v, want an error that names Absent", err)
	}
}
