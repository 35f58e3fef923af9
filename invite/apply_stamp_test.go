package invite_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// stamped is a mail of bob. Times are in the form of the field that they stand in, and
// "" if the field is missing.
type stamped struct {
	now                   string // RFC 3339
	dtstamp, date, arrive string // arrive is in the topmost Received
	method, rows          string // rows are added to the VEVENT; the method is REPLY if ""
	status                string
	sequence              string
	id                    string
}

func (s stamped) mail() string {
	var b strings.Builder
	if s.arrive != "" {
		b.WriteString("Received: from out.example.test by mx.example.test\r\n\twith ESMTP id 1; " + s.arrive + "\r\n")
		b.WriteString("Received: from phone by out.example.test; Fri, 1 Jan 2027 09:00:00 +0000\r\n")
	}
	if s.date != "" {
		b.WriteString("Date: " + s.date + "\r\n")
	}
	method, sequence := s.method, s.sequence
	if method == "" {
		method = "REPLY"
	}
	if sequence == "" {
		sequence = "0"
	}
	b.WriteString("From: bob@example.test\r\nTo: desk@example.test\r\nMessage-ID: <" + s.id + "@example.test>\r\nMIME-Version: 1.0\r\n")
	b.WriteString("Content-Type: text/calendar; charset=utf-8; method=" + method + "\r\n\r\n")
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:" + method + "\r\nBEGIN:VEVENT\r\nUID:uid-1\r\nSEQUENCE:" + sequence + "\r\n")
	if s.dtstamp != "" {
		b.WriteString("DTSTAMP:" + s.dtstamp + "\r\n")
	}
	b.WriteString("ATTENDEE;PARTSTAT=" + s.status + ":mailto:bob@example.test\r\n" + s.rows + "END:VEVENT\r\nEND:VCALENDAR\r\n")
	return b.String()
}

func (s stamped) policy(t testing.TB) *invite.Policy {
	now, err := time.Parse(time.RFC3339, s.now)
	if err != nil {
		t.Fatal(err)
	}
	return &invite.Policy{Now: func() time.Time { return now }}
}

const another = "DTSTART:20270302T140000Z\r\nDTEND:20270302T150000Z\r\n"

// TestStampsOfTheFuture applies mails, and says which answer counts at last. A clock that
// is ahead must not make later answers stale.
func TestStampsOfTheFuture(t *testing.T) {
	honest := stamped{now: "2027-02-03T09:00:10Z", dtstamp: "20270203T090000Z", date: "Wed, 3 Feb 2027 09:00:00 +0000", status: "ACCEPTED", id: "2"}
	late := func(s stamped) stamped { s.now = "2027-02-10T09:00:00Z"; return s }
	ahead := stamped{now: "2027-02-03T08:30:00Z", dtstamp: "20270203T093000Z", status: "DECLINED", id: "1"}
	far := stamped{now: "2027-02-02T09:00:10Z", dtstamp: "99991231T235959Z", date: "Tue, 2 Feb 2027 09:00:00 +0000", status: "DECLINED", id: "1"}
	vary := func(s stamped, change func(*stamped)) stamped { change(&s); return s }
	tests := []struct {
		name  string
		mails []stamped
		want  ical.Status
	}{
		{"the year 9999", []stamped{far, honest}, ical.StatusAccepted},
		{"the year 9999, and both are taken in later", []stamped{late(far), late(honest)}, ical.StatusAccepted},
		{"the year 9999, and both arrive in the other order", []stamped{late(honest), late(far)}, ical.StatusAccepted},
		{"the year 9999 without a Date", []stamped{vary(far, func(s *stamped) { s.date = "" }), honest}, ical.StatusAccepted},
		{"the year 9999 in the Date alone", []stamped{vary(far, func(s *stamped) { s.dtstamp, s.date = "", "Fri, 31 Dec 9999 23:59:59 +0000" }), honest}, ical.StatusAccepted},
		{"the highest SEQUENCE", []stamped{vary(far, func(s *stamped) { s.sequence, s.dtstamp = "2147483647", "20270202T090000Z" }), honest}, ical.StatusAccepted},
		{"the highest SEQUENCE and the year 9999", []stamped{vary(far, func(s *stamped) { s.sequence = "2147483647" }), honest}, ical.StatusAccepted},
		{"a proposal of the year 9999", []stamped{vary(far, func(s *stamped) { s.method, s.rows = "COUNTER", another }), honest}, ical.StatusAccepted},
		{"a proposal of the highest SEQUENCE", []stamped{
			vary(far, func(s *stamped) {
				s.method, s.rows, s.sequence, s.dtstamp = "COUNTER", another, "2147483647", "20270202T090000Z"
			}), honest,
		}, ical.StatusAccepted},
		{"an hour ahead, and an answer within the hour", []stamped{ahead, honest}, ical.StatusAccepted},
		{"an hour ahead, and both are taken in later, with the time of receipt", []stamped{
			late(vary(ahead, func(s *stamped) { s.arrive = "Wed, 3 Feb 2027 09:30:02 +0100 (CET)" })), late(honest),
		}, ical.StatusAccepted},
		{"a clock that is an hour ahead in all mails", []stamped{
			ahead, {now: "2027-02-03T08:40:00Z", dtstamp: "20270203T094000Z", status: "TENTATIVE", id: "2"},
		}, ical.StatusTentative},
		{"the mail of the year 9999 again, after the honest one", []stamped{far, honest, vary(far, func(s *stamped) { s.now = honest.now })}, ical.StatusAccepted},
		{"it again, without a Date", []stamped{
			vary(far, func(s *stamped) { s.date = "" }), honest, vary(far, func(s *stamped) { s.date, s.now = "", "2027-02-04T09:00:00Z" }),
		}, ical.StatusAccepted},
		{"an honest mail that is taken in late stays in order", []stamped{late(honest), late(vary(honest, func(s *stamped) { s.dtstamp, s.status, s.id = "20270203T080000Z", "DECLINED", "3" }))}, ical.StatusAccepted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, m := request(t, review(), 0, fixed())
			for _, s := range tt.mails {
				m, _ = m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
			}
			if got := m.Status("bob@example.test"); got != tt.want {
				t.Errorf("status = %s, want %s; answers %+v", got, tt.want, m.Answers)
			}
			if n := len(m.OpenProposals()); n > 0 {
				t.Errorf("%d proposals are open, want none after the answer", n)
			}
		})
	}
}

// TestStampOfOtherComponents applies a mail of two components, for the series and for one
// date, both of the year 9999, and then an answer for each.
func TestStampOfOtherComponents(t *testing.T) {
	_, m := request(t, vary(func(e *ical.Event) { e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly} }), 0, fixed())
	second := m.Event.Start.AddDate(0, 0, 7)
	for i, status := range []string{"DECLINED", "ACCEPTED"} {
		s := stamped{now: "2027-02-02T09:00:00Z", dtstamp: "99991231T235959Z", status: status, id: status}
		if i == 1 {
			s.now, s.dtstamp = "2027-02-03T09:00:05Z", "20270203T090000Z"
		}
		s.rows = "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:uid-1\r\nSEQUENCE:2147483647\r\nDTSTAMP:" + s.dtstamp +
			"\r\nRECURRENCE-ID:20270309T090000Z\r\nATTENDEE;PARTSTAT=" + status + ":mailto:bob@example.test\r\n"
		m, _ = m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
	}
	if a, b := m.Status("bob@example.test"), m.OccurrenceStatus("bob@example.test", second); a != ical.StatusAccepted || b != ical.StatusAccepted {
		t.Errorf("status = %s, and %s on the second date, want accepted for both", a, b)
	}
}

// TestStoredStamps applies an honest mail to meetings that hold an answer or a proposal
// with a DTSTAMP or SEQUENCE beyond all others, as earlier versions stored them.
func TestStoredStamps(t *testing.T) {
	far := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	answer := invite.Answer{Email: "bob@example.test", Status: ical.StatusDeclined, Stamp: far, MessageID: "<1@example.test>"}
	organizer := answer
	organizer.Via = "organizer"
	high := answer
	high.Stamp, high.Sequence = pinned(), 1<<31-1
	proposal := invite.Proposal{Email: "bob@example.test", Start: pinned(), End: pinned().Add(time.Hour), Stamp: far, MessageID: "<1@example.test>"}
	before := answer
	before.Stamp, before.Status, before.MessageID = pinned(), ical.StatusTentative, "<0@example.test>"
	for name, change := range map[string]func(m *invite.Meeting){
		"an answer":                  func(m *invite.Meeting) { m.Answers = []invite.Answer{before, answer} },
		"a status of the organizer":  func(m *invite.Meeting) { m.Answers = []invite.Answer{before, answer, organizer} },
		"the highest SEQUENCE":       func(m *invite.Meeting) { m.Answers = []invite.Answer{high} },
		"a proposal":                 func(m *invite.Meeting) { m.Proposals = []invite.Proposal{proposal} },
		"a proposal after an answer": func(m *invite.Meeting) { m.Answers, m.Proposals = []invite.Answer{before}, []invite.Proposal{proposal} },
	} {
		t.Run(name, func(t *testing.T) {
			_, m := request(t, review(), 0, fixed())
			change(m)
			var stored invite.Meeting
			data, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			decode(t, data, &stored)
			s := stamped{now: "2027-02-03T09:00:10Z", dtstamp: "20270203T090000Z", status: "ACCEPTED", id: "2"}
			after, o := stored.Apply(readMail(t, []byte(s.mail())), s.policy(t))
			if o.Verdict != invite.VerdictApplied || after.Status("bob@example.test") != ical.StatusAccepted || len(after.OpenProposals()) > 0 {
				t.Fatalf("Apply = %+v with %s, want accepted", o, after.Status("bob@example.test"))
			}
			s.dtstamp, s.status, s.id = "20270203T080000Z", "DECLINED", "3"
			if _, o := after.Apply(readMail(t, []byte(s.mail())), s.policy(t)); o.Verdict != invite.VerdictStale {
				t.Errorf("Apply of an earlier mail = %+v, want stale", o)
			}
		})
	}
}

// TestStampByHand enters answers that no earlier mail may make stale, and a time that
// cannot be stored.
func TestStampByHand(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	far := stamped{now: "2027-02-02T09:00:00Z", dtstamp: "99991231T235959Z", status: "DECLINED", id: "1", sequence: "2147483647"}
	m, _ = m.Apply(readMail(t, []byte(far.mail())), far.policy(t))
	a := invite.Answer{Email: "bob@example.test", Status: ical.StatusAccepted, Stamp: pinned().AddDate(0, 0, 2), Via: "phone"}
	after, o := m.Answer(a)
	if o.Verdict != invite.VerdictApplied || after.Status("bob@example.test") != ical.StatusAccepted {
		t.Errorf("Answer = %+v, want accepted", o)
	}
	a.Stamp = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	if got, o := m.Answer(a); got != m || o.Verdict != invite.VerdictNotAnAnswer || !strings.Contains(o.Reason, "Stamp") {
		t.Errorf("Answer in the year 10000 = %+v, want a refusal that names Stamp", o)
	}
}
