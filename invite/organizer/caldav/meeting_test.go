package caldav_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/invite/organizer"
)

// desk is a program that sends meetings in ann's name and keeps them in her calendar.
type desk struct {
	s        *server
	calendar organizer.Calendar
	clock    *invitetest.Clock
	client   *invite.Client
	sender   *invitetest.Recorder
	meeting  *invite.Meeting
	entry    organizer.Object
	seen     snapshots
	answers  int // for the Message-IDs of answers
}

// newDesk returns a desk whose invitations have addresses with tokens to answer to.
func newDesk(t *testing.T, s *server) *desk {
	clock, sender := new(invitetest.Clock), new(invitetest.Recorder)
	o := invitetest.Options(clock)
	o.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.test", Keys: [][]byte{[]byte("0123456789abcdef")}}
	return &desk{s: s, calendar: s.open(t), clock: clock, sender: sender, client: invite.New(sender, o)}
}

// weekly returns a series of ten occurrences across a change of clocks, with n attendees.
func weekly(uid string, n int) ical.Event {
	zone, _ := time.LoadLocation("Europe/Berlin")
	e := ical.Event{
		UID: uid, Summary: "Review", Description: "First line.\nSecond; line, with \"quotes\".", Location: "Room 4",
		Start: time.Date(2027, 3, 1, 10, 0, 0, 0, zone), End: time.Date(2027, 3, 1, 11, 30, 0, 0, zone), TimeZone: "Europe/Berlin",
		Organizer:  ical.Person{Name: "Ann, the chair", Email: "ann@example.test"},
		Recurrence: &ical.Recurrence{Freq: ical.FreqWeekly, Count: 10},
	}
	for i := range n {
		e.Attendees = append(e.Attendees, ical.Attendee{Name: fmt.Sprintf("Guest %d", i), Email: guest(i)})
	}
	return e
}

func guest(i int) string { return fmt.Sprintf("guest%02d@example.com", i) }

// do takes the result of a call of the client, and lets the entry follow.
func (d *desk) do(t *testing.T, step string) func(m *invite.Meeting, err error) {
	t.Helper()
	return func(m *invite.Meeting, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		d.meeting = m
		d.sync(t, step)
	}
}

// sync lets the entry follow the meeting, and compares the two.
func (d *desk) sync(t *testing.T, step string) {
	t.Helper()
	entry, drift, err := organizer.Sync(t.Context(), d.calendar, d.meeting, d.entry)
	if err != nil || drift != nil {
		t.Fatalf("%s: Sync: %v, drift %+v", step, err, drift)
	}
	d.entry = entry
	if d.meeting.Event.Cancelled {
		if _, err := d.calendar.Get(t.Context(), organizer.Object{UID: d.meeting.Event.UID}); !errors.Is(err, organizer.ErrGone) {
			t.Fatalf("%s: Get: %v, want %v", step, err, organizer.ErrGone)
		}
		return
	}
	d.compare(t, step)
}

// compare compares the entry on the server with the meeting.
func (d *desk) compare(t *testing.T, step string) {
	t.Helper()
	got, err := d.s.open(t).Get(t.Context(), organizer.Object{UID: d.meeting.Event.UID})
	if err != nil {
		t.Fatalf("%s: Get: %v", step, err)
	}
	if got.Event.UID != d.meeting.Event.UID {
		t.Errorf("%s: UID %q", step, got.Event.UID)
	}
	want, have := d.answersOf(d.meeting.Event, nil), d.answersOf(d.meeting.Event, &got.Event)
	if !slices.Equal(want, have) {
		for i := range want {
			if i >= len(have) || want[i] != have[i] {
				t.Errorf("%s: the entry has %q, want %q", step, at(have, i), want[i])
			}
		}
	}
	encoded, err := organizer.Encode(d.meeting)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := instantsOf(got.Event), instantsOf(encoded.Event); !slices.Equal(got, want) {
		t.Errorf("%s: the entry has the instants\n%s\nwant\n%s", step, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	d.seen.add(t, step, encoded.Event, got.Data)
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// answersOf returns the answers of each attendee to the series and to each occurrence: those
// of the meeting, or those that entry has.
func (d *desk) answersOf(e ical.Event, entry *ical.Event) (out []string) {
	from := &e
	if entry != nil {
		from = entry
	}
	for o := range from.Occurrences(time.Time{}, from.Start.AddDate(3, 0, 0)) {
		for _, a := range e.Attendees {
			status, series := d.meeting.OccurrenceStatus(a.Email, o.RecurrenceID), d.meeting.Status(a.Email)
			if entry != nil {
				status, series = statusIn(one(*entry, o), a.Email), statusIn(*entry, a.Email)
			}
			out = append(out, fmt.Sprintf("%s %s-%s %s: %s, series %s", o.RecurrenceID.UTC().Format(time.RFC3339), instant(o.Start), instant(o.End), a.Email, none(status), none(series)))
		}
	}
	return out
}

// none returns a status, and needs-action for none.
func none(s ical.Status) ical.Status {
	if s == "" {
		return ical.StatusNeedsAction
	}
	return s
}

// one returns an occurrence as an event.
func one(e ical.Event, o ical.Occurrence) ical.Event {
	if o.Override >= 0 {
		return e.Override(o.Override)
	}
	return e
}

// statusIn returns the answer of an attendee in an event.
func statusIn(e ical.Event, email string) ical.Status {
	for _, a := range e.Attendees {
		if strings.EqualFold(a.Email, email) {
			return a.Status
		}
	}
	return "not invited"
}

// reply is an answer by mail.
type reply struct {
	method    string // "" is REPLY
	email     string
	partstat  string
	organizer string    // "" leaves ORGANIZER out, as Exchange does
	date      time.Time // the RECURRENCE-ID
	start     time.Time // another time that is proposed
}

// mail returns the answer as a mail to the address that the meeting has given the attendee.
func (d *desk) mail(r reply) string {
	d.answers++
	d.clock.Advance(time.Minute)
	const stamp = "20060102T150405Z"
	method, now := r.method, d.clock.Now().UTC()
	if method == "" {
		method = "REPLY"
	}
	start, end := d.meeting.Event.Start, d.meeting.Event.End
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other//Program//EN", "METHOD:" + method, "BEGIN:VEVENT",
		"UID:" + d.meeting.Event.UID, fmt.Sprint("SEQUENCE:", d.meeting.Event.Sequence), "DTSTAMP:" + now.Format(stamp)}
	if !r.date.IsZero() {
		lines = append(lines, "RECURRENCE-ID;TZID=Europe/Berlin:"+r.date.Format("20060102T150405"))
		start, end = r.date, r.date.Add(end.Sub(start))
	}
	if !r.start.IsZero() {
		start, end = r.start, r.start.Add(end.Sub(start))
	}
	if r.organizer != "" {
		lines = append(lines, "ORGANIZER:mailto:"+r.organizer)
	}
	lines = append(lines, "ATTENDEE;PARTSTAT="+r.partstat+":mailto:"+r.email, "DTSTART:"+start.UTC().Format(stamp), "DTEND:"+end.UTC().Format(stamp),
		"SUMMARY:"+d.meeting.Event.Summary, "END:VEVENT", "END:VCALENDAR", "")
	header := []string{"From: " + r.email, "To: " + d.meeting.ReplyAddresses[r.email], "Subject: Re: Review", "Date: " + now.Format(time.RFC1123Z),
		fmt.Sprintf("Message-ID: <answer-%d@example.com>", d.answers), "MIME-Version: 1.0", "Content-Type: text/calendar; method=" + method + "; charset=utf-8", ""}
	return strings.Join(append(header, lines...), "\r\n")
}

// apply takes a mail in.
func (d *desk) apply(t *testing.T, mail string) {
	t.Helper()
	in, err := invite.Read(strings.NewReader(mail), nil)
	if err != nil {
		t.Fatal(err)
	}
	m, outcome := d.meeting.Apply(in, invite.InsecureAcceptAny())
	if outcome.Verdict != invite.VerdictApplied {
		t.Fatalf("Apply: %+v\n%s", outcome, mail)
	}
	d.meeting = m
}

// answer lets a guest answer in one of five ways.
func (d *desk) answer(t *testing.T, i int) {
	t.Helper()
	email, partstat := guest(i), []string{"ACCEPTED", "DECLINED", "TENTATIVE"}[i/5%3]
	token := d.meeting.ReplyAddresses[email]
	if token == "" {
		t.Fatalf("%s has no address with a token", email)
	}
	date := d.meeting.Event.Start.AddDate(0, 0, 7*(5+i%3))
	switch i % 5 {
	case 0: // as Exchange does
		d.apply(t, d.mail(reply{email: email, partstat: partstat}))
	case 1:
		d.apply(t, d.mail(reply{email: email, partstat: partstat, organizer: token}))
	case 2:
		d.clock.Advance(time.Minute)
		m, outcome := d.meeting.Answer(invite.Answer{Email: email, Status: ical.Status(strings.ToLower(partstat)), Stamp: d.clock.Now(), Via: "link"})
		if outcome.Verdict != invite.VerdictApplied {
			t.Fatalf("Answer: %+v", outcome)
		}
		d.meeting = m
	case 3:
		d.apply(t, d.mail(reply{method: "COUNTER", email: email, partstat: "TENTATIVE", organizer: token, date: date, start: date.Add(time.Hour)}))
	case 4: // all, and then one occurrence otherwise
		d.apply(t, d.mail(reply{email: email, partstat: "ACCEPTED", organizer: token}))
		d.apply(t, d.mail(reply{email: email, partstat: "DECLINED", date: date}))
	}
}

// testMeeting leads a meeting through its life. After each step the entry on the server equals
// the meeting, and four readers find the same instants.
func testMeeting(t *testing.T, s *server) {
	d := newDesk(t, s)
	ctx := t.Context()
	d.do(t, "create")(d.client.Send(ctx, weekly("6a1f9d52-0d0b-4a67-9c4e-3f7b3a0a7c11", 50)))

	after := d.meeting.Event.Clone()
	after.Summary, after.Location = "Second review", "Room 5"
	d.clock.Advance(time.Hour)
	d.do(t, "update")(d.client.Update(ctx, d.meeting, after))

	after = d.meeting.Event.Clone()
	third := after.Start.AddDate(0, 0, 14)
	after.Overrides = append(after.Overrides, ical.Event{RecurrenceID: third, Start: third.Add(26 * time.Hour), End: third.Add(27 * time.Hour), Location: "Room 6"})
	d.clock.Advance(time.Hour)
	d.do(t, "one occurrence moved")(d.client.Update(ctx, d.meeting, after))

	d.clock.Advance(time.Hour)
	d.do(t, "one occurrence cancelled")(d.client.Cancel(ctx, d.meeting, invite.Occurrence(after.Start.AddDate(0, 0, 21))))

	for i := range 50 {
		d.answer(t, i)
		if i%10 == 9 {
			d.sync(t, fmt.Sprintf("%d answers", i+1))
		}
	}
	if n := len(d.meeting.OpenProposals()); n != 10 {
		t.Errorf("%d proposals, want 10", n)
	}

	after = d.meeting.Event.Clone()
	after.Description = "Another text."
	d.clock.Advance(time.Hour)
	d.do(t, "update after answers")(d.client.Update(ctx, d.meeting, after))

	d.clock.Advance(time.Hour)
	d.do(t, "series cancelled")(d.client.Cancel(ctx, d.meeting))
	d.seen.compare(t)
	s.mailed(t, 0)
}
