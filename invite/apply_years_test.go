package invite_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestYears takes in mails with times beyond the years that JSON can hold. The meeting
// can be stored afterwards, and an answer is not lost.
func TestYears(t *testing.T) {
	answer := func(stamp string) string { return strings.Replace(forgedReply, "20270202T090000Z", stamp, 1) }
	zone := "BEGIN:VTIMEZONE\nTZID:West\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:-1200\nTZOFFSETTO:-1200\nEND:STANDARD\nEND:VTIMEZONE\n"
	west := strings.Replace(counterMail("DTSTART;TZID=West:99991231T230000", "DTEND;TZID=West:99991231T233000"), "BEGIN:VEVENT", zone+"BEGIN:VEVENT", 1)
	for name, tt := range map[string]struct {
		mail string
		want invite.Verdict
	}{
		"DTSTAMP of 9999":              {answer("99991231T235959Z"), invite.VerdictApplied},
		"DTSTAMP of the year 0":        {answer("00000101T000000Z"), invite.VerdictApplied},
		"Date of 9999 west of UTC":     {"Date: Fri, 31 Dec 9999 23:59:59 -1200\n" + strings.Replace(answer("x"), "DTSTAMP:x\n", "", 1), invite.VerdictApplied},
		"a proposal that ends later":   {counterMail("DTSTART:99991231T235959Z", "DURATION:P9999W"), invite.VerdictHeld},
		"a proposal without an end":    {counterMail("DTSTART:99991231T235959Z"), invite.VerdictHeld},
		"a proposal west of UTC":       {west, invite.VerdictHeld},
		"a proposal for the year 0":    {counterMail("DTSTART:00000101T000000Z", "DTEND:00000101T010000Z"), invite.VerdictHeld},
		"a proposal for a date":        {counterMail("DTSTART;VALUE=DATE:99991231"), invite.VerdictHeld},
		"a proposal with a late stamp": {strings.Replace(counterMail("DTSTART:20270303T090000Z"), "20270202T", "99991231T", 1), invite.VerdictApplied},
	} {
		t.Run(name, func(t *testing.T) {
			_, m := request(t, review(), 0, fixed())
			got, o := m.Apply(readMail(t, []byte(tt.mail)), nil)
			if o.Verdict != tt.want {
				t.Errorf("Apply = %+v, want %s", o, tt.want)
			}
			storable(t, "Apply", got)
		})
	}
}

// TestYearsByHand does the same with answers and proposals that a program gives.
func TestYearsByHand(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	late := time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -12*3600))
	const bob = "bob@example.test"
	_, a := m.Answer(invite.Answer{Email: bob, Status: ical.StatusAccepted, Stamp: late, Via: "link"})
	_, b := m.Propose(invite.Proposal{Email: bob, Start: late, Stamp: pinned(), Via: "link"})
	_, c := m.Propose(invite.Proposal{Email: bob, Start: pinned(), End: late, Stamp: pinned(), Via: "link"})
	_, d := m.Propose(invite.Proposal{Email: bob, Start: pinned(), Stamp: late, Via: "link"})
	for i, tt := range []struct {
		o    invite.Outcome
		want string
	}{{a, "Stamp"}, {b, "Start"}, {c, "End"}, {d, "Stamp"}} {
		if want := tt.want + ": the year 10000 is not between 1 and 9998"; tt.o.Verdict != invite.VerdictNotAnAnswer || tt.o.Reason != want {
			t.Errorf("%d: %+v, want %s", i, tt.o, want)
		}
	}
}
