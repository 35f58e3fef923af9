package invite_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// mostOfOne is the number of octets by which one attendee can enlarge a stored meeting
// (docs/answers.md).
const mostOfOne = 4 << 20

// endlessWeekly is a weekly series without end.
func endlessWeekly(guests int) ical.Event {
	return vary(func(e *ical.Event) {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		for i := range guests {
			e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("guest%02d@example.test", i)})
		}
	})
}

// onDates returns further components of bob for n dates of an endless series.
func onDates(from, n int, status, comment string) string {
	var b strings.Builder
	for i := range n {
		id := berlinAt("2027-03-02", 10).AddDate(0, 0, 7*(from+i)).UTC()
		fmt.Fprintf(&b, "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:uid-1\r\nSEQUENCE:0\r\nRECURRENCE-ID:%s\r\nATTENDEE;PARTSTAT=%s:mailto:bob@example.test\r\nCOMMENT:%s\r\n",
			id.Format("20060102T150405Z"), status, comment)
	}
	return b.String()
}

// TestGrowthOfManyMails lets one attendee send many mails. The stored meeting stays
// within a bound, and the last answer counts.
func TestGrowthOfManyMails(t *testing.T) {
	long := strings.Repeat("<&\"ü>", 3000)
	address := strings.Repeat("a", 60) + "@" + strings.Repeat(strings.Repeat("b", 60)+".", 3) + "test"
	for name, rows := range map[string]func(i int) (method, rows string){
		"answers": func(i int) (string, string) { return "REPLY", "COMMENT:" + long + "\r\n" },
		"answers to dates": func(i int) (string, string) {
			return "REPLY", onDates(i*37%900, 60, "DECLINED", strings.Repeat("<x>", 900))
		},
		"answers to a date": func(i int) (string, string) { return "REPLY", onDates(3, 1, "DECLINED", fmt.Sprint(i, long)) },
		"proposals": func(i int) (string, string) {
			return "COUNTER", fmt.Sprintf("DTSTART:20270302T14%02d00Z\r\nLOCATION:%s\r\n", i%60, long)
		},
		"proposals to dates": func(i int) (string, string) {
			date := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC).AddDate(0, 0, 7*(i%3))
			return "COUNTER", fmt.Sprintf("RECURRENCE-ID:%s\r\nDTSTART:%s\r\nLOCATION:%d%s\r\nCOMMENT:%s\r\n",
				date.Format("20060102T150405Z"), date.Add(time.Hour).Format("20060102T150405Z"), i, long, long)
		},
		"an assistant": func(i int) (string, string) {
			return "REPLY", "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:uid-1\r\nSEQUENCE:0\r\nATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-TO=\"mailto:" + address + "\":mailto:" + address + "\r\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, m := request(t, endlessWeekly(0), 0, fixed())
			before, status := len(encode(t, m)), ical.StatusDeclined
			mails := 600
			if strings.Contains(name, "dates") {
				mails = 60
			}
			for i := range mails {
				s := stamped{
					now: "2027-04-01T00:00:00Z", dtstamp: pinned().Add(time.Duration(i) * time.Minute).Format("20060102T150405Z"),
					id: fmt.Sprint(i, strings.Repeat("<", 200)), status: []string{"ACCEPTED", "DECLINED"}[i%2],
				}
				s.method, s.rows = rows(i)
				m, _ = m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
			}
			if grown := len(encode(t, m)) - before; grown > mostOfOne {
				t.Errorf("the meeting grew by %d octets, want at most %d", grown, mostOfOne)
			}
			if strings.HasPrefix(name, "answers") && m.Status("bob@example.test") != status {
				t.Errorf("status = %s, want %s", m.Status("bob@example.test"), status)
			}
			if !utf8.Valid(encode(t, m)) {
				t.Error("the stored meeting is not UTF-8")
			}
		})
	}
}

// TestHistory sends answers in turn, and checks which answers are kept.
func TestHistory(t *testing.T) {
	_, m := request(t, endlessWeekly(1), 0, fixed())
	m, _ = m.Answer(invite.Answer{Email: "guest00@example.test", Status: ical.StatusAccepted, Stamp: pinned(), Via: "link"})
	for i := range 40 {
		s := stamped{now: "2027-04-01T00:00:00Z", dtstamp: pinned().Add(time.Duration(i) * time.Minute).Format("20060102T150405Z"), id: fmt.Sprint(i), status: []string{"ACCEPTED", "DECLINED"}[i%2]}
		m, _ = m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
	}
	if n := len(m.Answers); n != 11 || m.Answers[10].MessageID != "<39@example.test>" || m.Answers[1].MessageID != "<30@example.test>" {
		t.Errorf("%d answers are kept: %+v, want the last 10 of bob and one of another attendee", n, m.Answers)
	}
	first := stamped{now: "2027-04-01T00:00:00Z", dtstamp: "20270201T080000Z", id: "0", status: "ACCEPTED"}
	if _, o := m.Apply(readMail(t, []byte(first.mail())), first.policy(t)); o.Verdict != invite.VerdictStale {
		t.Errorf("the first answer again = %+v, want stale", o)
	}
}

// TestAnswersToManyDates answers more dates of an endless series than are kept.
func TestAnswersToManyDates(t *testing.T) {
	_, m := request(t, endlessWeekly(59), 0, fixed())
	first := encode(t, m)
	s := stamped{now: "2027-02-03T00:00:00Z", dtstamp: "20270202T090000Z", id: "1", status: "ACCEPTED", rows: onDates(0, 170, "DECLINED", "")}
	m, o := m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
	answered := len(m.Answers)
	if n := len(encode(t, m)) - len(first); o.Verdict != invite.VerdictApplied || answered != 171 || n > 100_000 {
		t.Fatalf("Apply = %s with %d answers, and the meeting grew by %d octets, want at most 100,000", o.Verdict, answered, n)
	}
	for from := 170; from < 600; from += 20 { // a mail of more would be searched in too many days
		s.id, s.rows = fmt.Sprint(from), onDates(from, 20, "DECLINED", "")
		m, o = m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
	}
	if n := len(encode(t, m)) - len(first); n > 200_000 {
		t.Errorf("the meeting grew by %d octets, want at most 200,000", n)
	}
	if n := len(m.Answers); n != 501 || !strings.Contains(o.Reason, "and no more are kept") {
		t.Errorf("%d answers are kept, and the last Apply = %.300s, want about 500 and the rest held", n, o.Reason)
	}
	// Ten years later, the answers to dates that are over make room.
	s.now, s.id, s.rows = "2037-02-03T00:00:00Z", "late", onDates(600, 20, "TENTATIVE", "")
	m, _ = m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
	tentative := 0
	for _, a := range m.Answers {
		if a.Status == ical.StatusTentative {
			tentative++
		}
	}
	if n := len(m.Answers); n != 501 || tentative != 20 {
		t.Errorf("%d answers are kept, %d of them new, want about 500 with the 20 new ones", n, tentative)
	}
}

// TestAnswersOfOneInMailsToOthers updates a series of which one guest has answered many
// dates. No mail to another guest grows, and the guest's own grows by a little each date.
func TestAnswersOfOneInMailsToOthers(t *testing.T) {
	_, m := request(t, endlessWeekly(3), 0, fixed())
	s := stamped{now: "2027-02-03T00:00:00Z", dtstamp: "20270202T090000Z", id: "1", status: "ACCEPTED", rows: "COMMENT:" + strings.Repeat("x", 9000) + "\r\n" + onDates(0, 100, "DECLINED", strings.Repeat("y", 2000))}
	said, _ := m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
	var sizes [2]map[string]int
	for i, m := range []*invite.Meeting{m, said} {
		r := new(recorder)
		after := m.Event.Clone()
		after.Description = "Bring figures"
		must(t)(invite.New(r, fixed()).Update(context.Background(), m, after))
		sizes[i] = make(map[string]int)
		for _, mail := range r.mails {
			sizes[i][mail.To[0]] = len(mail.Data)
		}
	}
	for to, n := range sizes[1] {
		limit := 500 // the PARTSTAT of bob
		if to == "bob@example.test" {
			limit = 1536 * len(said.Answers)
		}
		if grown := n - sizes[0][to]; grown > limit {
			t.Errorf("the mail to %s grew by %d octets, want at most %d", to, grown, limit)
		}
	}
	if len(sizes[1]) != 5 {
		t.Errorf("%d mails, want 5", len(sizes[1]))
	}
}

// TestAcceptedPlace accepts a proposal whose place has three megabytes and control
// characters. Nothing of it goes out to everybody except its beginning.
func TestAcceptedPlace(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	s := stamped{
		now: "2027-02-03T00:00:00Z", dtstamp: "20270202T090000Z", id: "1", status: "TENTATIVE", method: "COUNTER",
		rows: another + "LOCATION:Room\\n\x07 Å\u202e 5 " + strings.Repeat("ü", 1500_000) + "\r\n",
	}
	m, o := m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
	if len(m.Proposals) != 1 {
		t.Fatalf("Apply = %.300s, want a proposal", o.Reason)
	}
	stored := m.Proposals[0]
	stored.Location = strings.Repeat("x", 3<<20) // of an earlier version
	for _, p := range []invite.Proposal{m.Proposals[0], stored} {
		e, err := p.Accept(m.Event)
		if err != nil || len(e.Location) > 1100 || !utf8.ValidString(e.Location) || !strings.HasSuffix(e.Location, " …") || strings.ContainsAny(e.Location, "\x07\n\u202e") {
			t.Fatalf("Accept = location of %d octets, %v, want at most 1100 with a mark", len(e.Location), err)
		}
		r := new(recorder)
		must(t)(invite.New(r, fixed()).Update(context.Background(), m, e))
		for _, mail := range r.mails {
			if len(mail.Data) > 40_000 {
				t.Errorf("the mail to %s has %d octets", mail.To, len(mail.Data))
			}
		}
	}
	if len(o.Reason) > 5000 {
		t.Errorf("the reason has %d octets", len(o.Reason))
	}
}

// TestTextsByHand enters texts that a stranger may have written into a form.
func TestTextsByHand(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	text := strings.Repeat("ü\x00\u202e", 1<<20)
	m, o := m.Answer(invite.Answer{
		Email: "bob@example.test", Status: ical.StatusDeclined, Stamp: pinned(), Via: "link" + text, Comment: "a\r\n\tb\u2028c" + text,
		AnsweredAs: text, SentBy: text, MessageID: text, Guests: 1 << 30,
	})
	m, p := m.Propose(invite.Proposal{Email: "bob@example.test", Start: pinned().AddDate(0, 2, 0), Stamp: pinned().Add(time.Hour), Via: "link", Comment: text, Location: text, MessageID: text})
	if o.Verdict != invite.VerdictApplied || p.Verdict != invite.VerdictApplied {
		t.Fatalf("Answer = %.200v, Propose = %.200v, want both applied", o, p)
	}
	data := encode(t, m)
	if len(data) > 60_000 || !utf8.Valid(data) || bytes.Contains(data, []byte("\u202e")) || bytes.Contains(data, []byte(`\u0000`)) {
		t.Errorf("the meeting has %d octets, want at most 60,000 without hidden characters", len(data))
	}
	if a := m.Answers[0]; !strings.HasPrefix(a.Comment, "a\n\tb\ncüü") || !strings.HasSuffix(a.Comment, " …") || a.MessageID != "" || a.Guests != 10_000 {
		t.Errorf("the answer is kept with %d guests, Message-ID %.20q, comment %.20q", a.Guests, a.MessageID, a.Comment)
	}
}

// TestOpenProposalsAreBounded proposes more times than are kept, by one attendee and by many.
func TestOpenProposalsAreBounded(t *testing.T) {
	e := endlessWeekly(1100)
	_, m := request(t, e, 0, fixed())
	for i := range 1100 {
		for j := range 1 + 30*(i/1099) {
			var o invite.Outcome
			m, o = m.Propose(invite.Proposal{Email: fmt.Sprintf("guest%02d@example.test", i), Start: m.Event.Start.Add(time.Duration(i+j) * time.Hour), Stamp: pinned().Add(time.Duration(j) * time.Hour), Via: "link"})
			if o.Verdict != invite.VerdictApplied {
				t.Fatalf("Propose = %+v", o)
			}
		}
	}
	last := 0
	for _, p := range m.Proposals {
		if p.Email == "guest1099@example.test" {
			last++
		}
	}
	if n := len(m.Proposals); n != 1000 || last > 20 || last < 1 || !m.Proposals[n-1].Stamp.Equal(pinned().Add(30*time.Hour)) {
		t.Errorf("%d proposals are kept, %d of the last attendee, want 1000 and at most 20 with the newest", n, last)
	}
}

// TestProposalBeyondAllYears proposes a time whose end cannot be written as JSON.
func TestProposalBeyondAllYears(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	s := stamped{now: "2027-02-03T00:00:00Z", dtstamp: "20270202T090000Z", id: "1", status: "TENTATIVE", method: "COUNTER", rows: "DTSTART:99991231T233000Z\r\n"}
	after, o := m.Apply(readMail(t, []byte(s.mail())), s.policy(t))
	if o.Verdict != invite.VerdictHeld || after != m {
		t.Errorf("Apply = %+v, want held", o)
	}
	encode(t, after)
}

// TestUninvitedOnManyDates lets a stranger in, who answers more dates than one mail may
// bring them to.
func TestUninvitedOnManyDates(t *testing.T) {
	_, m := request(t, endlessWeekly(0), 0, fixed())
	s := stamped{now: "2027-02-03T00:00:00Z", dtstamp: "20270202T090000Z", id: "1", status: "ACCEPTED", rows: onDates(0, 200, "ACCEPTED", "")}
	mail := strings.ReplaceAll(s.mail(), "mailto:bob@", "mailto:eve@")
	mail = strings.Replace(strings.ReplaceAll(mail, "From: bob@", "From: eve@"), "SEQUENCE:0\r\nDTSTAMP", "RECURRENCE-ID:20280104T090000Z\r\nSEQUENCE:0\r\nDTSTAMP", 1)
	p := s.policy(t)
	p.Uninvited = invite.UninvitedAdd
	m, o := m.Apply(readMail(t, []byte(mail)), p)
	if n := len(m.Joined); n == 0 || n > 50 {
		t.Errorf("Apply = %.300v, and %d joined, want at most 50", o, n)
	}
}
