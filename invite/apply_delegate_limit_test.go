package invite_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

const (
	annEmail = "ann@example.test"
	anyDate  = -1 // the whole series
)

// endlessSeries is a weekly series without an end, for some attendees.
func endlessSeries(t *testing.T, emails ...string) *invite.Meeting {
	t.Helper()
	e := weeklyRequest()
	e.TimeZone, e.Recurrence = "UTC", &ical.Recurrence{Freq: ical.FreqWeekly}
	e.Attendees = nil
	for _, email := range emails {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: email})
	}
	return must(t)(invite.New(nowhere, fixed()).Send(context.Background(), e))
}

// part is the part of an answer that is about one date of [endlessSeries], or about the
// whole series.
type part struct {
	date int
	to   string // the delegate; "" accepts
}

// partsMail returns an answer of an attendee with some parts. The number orders the mails.
func partsMail(t *testing.T, who string, number int, parts ...part) *invite.Inbound {
	t.Helper()
	var b strings.Builder
	stamp := pinned().Add(time.Duration(number) * time.Minute).Format("20060102T150405Z")
	for _, p := range parts {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:%s\r\nSEQUENCE:0\r\n", weeklyRequest().UID, stamp)
		if p.date != anyDate {
			fmt.Fprintf(&b, "RECURRENCE-ID:%s\r\n", dateOf(p.date).Format("20060102T150405Z"))
		}
		if p.to == "" {
			fmt.Fprintf(&b, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:%s\r\nEND:VEVENT\r\n", who)
			continue
		}
		fmt.Fprintf(&b, "ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:%s\":mailto:%s\r\nEND:VEVENT\r\n", p.to, who)
	}
	return readMail(t, []byte(fmt.Sprintf("From: %s\r\nTo: desk@example.test\r\nSubject: Answer\r\nMessage-ID: <%d.%s>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"+
		"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nVERSION:2.0\r\n%sEND:VCALENDAR\r\n", who, number, who, b.String())))
}

// dateOf returns the start of an occurrence of [endlessSeries].
func dateOf(week int) time.Time { return weeklyRequest().Start.AddDate(0, 0, 7*week) }

// stranger returns an address of another domain than the attendees have.
func stranger(i int) string { return fmt.Sprintf("stranger%d@elsewhere.example.test", i) }

// strangers are delegations to different strangers, one for each date.
func strangers(n int) (out []part) {
	for i := range n {
		out = append(out, part{i, stranger(i)})
	}
	return out
}

// TestDelegatesOfOneMail applies one mail with many delegates by each policy.
func TestDelegatesOfOneMail(t *testing.T) {
	tests := []struct {
		name    string
		policy  invite.Delegates
		parts   []part
		invited int
		verdict invite.Verdict
		reason  string
	}{
		{"170 dates", invite.DelegatesOne, strangers(170), 1, invite.VerdictApplied, "another delegate of the attendee has not answered"},
		{"500 delegates", invite.DelegatesOne, strangers(500), 1, invite.VerdictApplied, "another delegate of the attendee has not answered"},
		{"500 allowed", invite.DelegatesAllow, strangers(500), 5, invite.VerdictApplied, "an attendee may have 5 delegates"},
		{"170 dates held", invite.DelegatesHold, strangers(170), 0, invite.VerdictHeld, "the policy holds every new delegate"},
		{"170 dates of another domain", invite.DelegatesDomain, strangers(170), 0, invite.VerdictHeld, "the policy allows delegates of the domain example.test alone"},
		{"the domain", invite.DelegatesDomain, []part{{anyDate, "Eve@EXAMPLE.test"}}, 1, invite.VerdictApplied, ""},
		{"two of the domain", invite.DelegatesDomain, []part{{0, eve}, {1, "dan@example.test"}}, 1, invite.VerdictApplied, "another delegate of the attendee has not answered"},
		{"a domain that ends alike", invite.DelegatesDomain, []part{{anyDate, "eve@notexample.test"}}, 0, invite.VerdictHeld, "domain example.test alone"},
		{"a subdomain", invite.DelegatesDomain, []part{{anyDate, "eve@sub.example.test"}}, 0, invite.VerdictHeld, "domain example.test alone"},
		{"the Kelvin sign", invite.DelegatesDomain, []part{{anyDate, "eve@e\u212aample.test"}}, 0, invite.VerdictHeld, ""},
		{"an attendee", invite.DelegatesHold, []part{{anyDate, "bob@example.test"}}, 0, invite.VerdictApplied, ""},
		{"one for three dates", invite.DelegatesOne, []part{{0, eve}, {1, eve}, {2, eve}}, 1, invite.VerdictApplied, ""},
		{"one for 40 dates", invite.DelegatesAllow, forDates(eve, 40), 1, invite.VerdictApplied, ""},
		{"the series, and a date", invite.DelegatesOne, []part{{anyDate, eve}, {1, stranger(1)}}, 1, invite.VerdictApplied, "another delegate of the attendee has not answered"},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			m := endlessSeries(t, annEmail, "bob@example.test")
			after, o := m.Apply(partsMail(t, annEmail, 1, x.parts...), &invite.Policy{Delegates: x.policy})
			if o.Verdict != x.verdict || len(o.Invite) != x.invited || !strings.Contains(o.Reason, x.reason) {
				t.Errorf("%s, %q, %s; want %s, %d invited, %q", o.Verdict, o.Invite, o.Reason, x.verdict, x.invited, x.reason)
			}
			if n := len(after.Joined) + len(after.Event.Attendees) - 2; n > 10 {
				t.Errorf("%d delegates or dates are added, want 10 at most", n)
			}
		})
	}
}

// forDates delegates n dates to one person.
func forDates(to string, n int) (out []part) {
	for i := range n {
		out = append(out, part{i, to})
	}
	return out
}

// TestDelegatesOfManyMails applies mails one after another, each with one delegate or
// some, and counts the different people who are to be mailed.
func TestDelegatesOfManyMails(t *testing.T) {
	guests := make([]string, 30)
	for i := range guests {
		guests[i] = fmt.Sprintf("guest%d@example.test", i)
	}
	tests := []struct {
		name   string
		policy invite.Delegates
		mail   func(i int) (who string, parts []part)
		mails  int
		want   int
	}{
		{"again and again", invite.DelegatesOne, func(i int) (string, []part) { return guests[0], []part{{anyDate, stranger(i)}} }, 100, 1},
		{"for each date", invite.DelegatesOne, func(i int) (string, []part) { return guests[0], []part{{i, stranger(i)}} }, 100, 1},
		{"allowed", invite.DelegatesAllow, func(i int) (string, []part) { return guests[0], []part{{i % 7, stranger(i)}} }, 100, 5},
		{"taken back each time", invite.DelegatesOne, func(i int) (string, []part) {
			if i%2 == 0 {
				return guests[0], []part{{anyDate, stranger(i)}}
			}
			return guests[0], []part{{anyDate, ""}}
		}, 100, 5},
		{"delegates who answer", invite.DelegatesOne, func(i int) (string, []part) {
			if i%2 == 0 {
				return guests[0], []part{{anyDate, stranger(i)}}
			}
			return stranger(i - 1), []part{{anyDate, ""}}
		}, 100, 5},
		{"a chain", invite.DelegatesOne, func(i int) (string, []part) {
			if i == 0 {
				return guests[0], []part{{anyDate, stranger(0)}}
			}
			return stranger(i - 1), []part{{anyDate, stranger(i)}}
		}, 100, 5},
		{"a tree", invite.DelegatesAllow, func(i int) (string, []part) {
			if i < 5 {
				return guests[0], []part{{i, stranger(i)}}
			}
			return stranger(i % 5), []part{{i % 5, stranger(i)}}
		}, 100, 5},
		{"all guests of a meeting", invite.DelegatesAllow, func(i int) (string, []part) { return guests[i%30], []part{{i / 30, stranger(i)}} }, 300, 100},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			m, invited := endlessSeries(t, guests...), map[string]bool{}
			for i := range x.mails {
				who, parts := x.mail(i)
				var o invite.Outcome
				m, o = m.Apply(partsMail(t, who, i+1, parts...), &invite.Policy{Delegates: x.policy})
				for _, to := range o.Invite {
					invited[to] = true
				}
			}
			if len(invited) != x.want {
				t.Errorf("%d people are to be invited, want %d", len(invited), x.want)
			}
		})
	}
}

// TestOneDelegateForManyDates delegates one date after another to the same person. A
// delegate who answers may have more dates.
func TestOneDelegateForManyDates(t *testing.T) {
	for answers, want := range map[bool]int{false: 10, true: 50} {
		m, n := endlessSeries(t, annEmail), 0
		var o invite.Outcome
		for i := range 60 {
			if m, o = m.Apply(partsMail(t, annEmail, i+1, part{i, eve}), nil); o.Verdict == invite.VerdictApplied {
				n++
			}
			if answers {
				m, _ = m.Apply(partsMail(t, eve, i+1, part{i, ""}), nil)
			}
		}
		if n != want {
			t.Errorf("answers %v: %d dates are delegated, want %d", answers, n, want)
		}
		if !strings.Contains(o.Reason, "delegations") {
			t.Errorf("answers %v: the last is %+v", answers, o)
		}
	}
}

// TestDelegatesOfStrangers lets people in who are not invited. They cannot delegate by
// the same answer, and later have the limits of an attendee. Members of a group may.
func TestDelegatesOfStrangers(t *testing.T) {
	add := &invite.Policy{Uninvited: invite.UninvitedAdd}
	m, o := endlessSeries(t, annEmail).Apply(partsMail(t, eve, 1, part{anyDate, stranger(1)}), add)
	if o.Verdict != invite.VerdictHeld || len(o.Invite) > 0 || m.Status(eve) != "" || !strings.HasSuffix(o.Reason, "an attendee who is not invited cannot delegate") {
		t.Errorf("a stranger delegates: %+v, %q", o, m.Status(eve))
	}
	add.Delegates = invite.DelegatesAllow
	m, _ = m.Apply(partsMail(t, eve, 2, part{anyDate, ""}), add)
	n := 0
	for i := range 20 {
		m, o = m.Apply(partsMail(t, eve, 3+i, part{anyDate, stranger(i)}), add)
		n += len(o.Invite)
	}
	if n != 5 {
		t.Errorf("a stranger who has joined delegates to %d, want 5", n)
	}
	if _, o = m.Apply(partsMail(t, annEmail, 99, part{anyDate, "dan@example.test"}), nil); len(o.Invite) != 1 {
		t.Errorf("the delegate of another attendee: %+v", o)
	}

	e := withGroups(team)
	members := &invite.Policy{GroupMember: func(g, p ical.Attendee) bool { return p.Email == eve }}
	m = must(t)(invite.New(nowhere, fixed()).Send(context.Background(), e))
	m, o = m.Apply(partsMail(t, eve, 1, part{anyDate, stranger(1)}), members)
	if diff := cmp.Diff([]string{stranger(1)}, o.Invite); diff != "" || m.Status(eve) != ical.StatusDelegated {
		t.Errorf("a member delegates: %+v, %q (-want +got):\n%s", o, m.Status(eve), diff)
	}
	if _, o = m.Apply(partsMail(t, eve, 2, part{anyDate, stranger(2)}), members); o.Verdict != invite.VerdictHeld {
		t.Errorf("a member delegates again: %+v", o)
	}
}

// TestAdmitHeldDelegate lets a held delegate in, in both ways that [invite.Delegates]
// names. After that the delegate can answer.
func TestAdmitHeldDelegate(t *testing.T) {
	mail := partsMail(t, annEmail, 1, part{anyDate, stranger(1)})
	m, o := endlessSeries(t, annEmail).Apply(mail, &invite.Policy{Delegates: invite.DelegatesHold})
	if o.Verdict != invite.VerdictHeld || len(o.Invite) > 0 {
		t.Fatalf("hold: %+v", o)
	}
	byPolicy, o := m.Apply(mail, &invite.Policy{Delegates: invite.DelegatesAllow})
	if o.Verdict != invite.VerdictApplied || len(o.Invite) != 1 {
		t.Errorf("by another policy: %+v", o)
	}
	r, e := new(recorder), m.Event.Clone()
	e.Attendees = append(e.Attendees, ical.Attendee{Email: stranger(1), DelegatedFrom: annEmail})
	byUpdate := must(t)(r.client().Update(context.Background(), m, e))
	if len(r.mails) != 1 || r.mails[0].To[0] != stranger(1) {
		t.Errorf("the update mails %d people, want the delegate alone", len(r.mails))
	}
	byUpdate, o = byUpdate.Apply(mail, &invite.Policy{Delegates: invite.DelegatesHold})
	if o.Verdict != invite.VerdictApplied || len(o.Invite) > 0 {
		t.Errorf("after an update: %+v", o)
	}
	for name, m := range map[string]*invite.Meeting{"policy": byPolicy, "update": byUpdate} {
		after, _ := m.Apply(partsMail(t, stranger(1), 2, part{anyDate, ""}), nil)
		if got := after.Tally(); got.Accepted != 1 || got.Delegated != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestRemovedDelegates removes delegates by Update. Others may take the place, and the
// limits of an attendee do not begin anew.
func TestRemovedDelegates(t *testing.T) {
	m := endlessSeries(t, annEmail, "bob@example.test")
	only := m.Event.Clone().Attendees
	client, invited := new(recorder).client(), 0
	late := &invite.Policy{Now: func() time.Time { return pinned().AddDate(0, 1, 0) }}
	for i := range 20 {
		var o invite.Outcome
		m, o = m.Apply(partsMail(t, annEmail, 20*i+1, part{anyDate, stranger(i)}), late)
		invited += len(o.Invite)
		for j := range 12 { // more answers than are kept
			m, _ = m.Apply(partsMail(t, annEmail, 20*i+2+j, part{anyDate, ""}), late)
		}
		e := m.Event.Clone()
		e.Attendees = only
		m = must(t)(client.Update(context.Background(), m, e))
	}
	if invited != 5 {
		t.Errorf("%d delegates are to be invited, want 5", invited)
	}
	_, o := m.Apply(partsMail(t, annEmail, 999, part{anyDate, stranger(0)}), &invite.Policy{Delegates: invite.DelegatesAllow, Now: late.Now})
	if o.Verdict != invite.VerdictHeld || !strings.Contains(o.Reason, "an update has removed this delegate") {
		t.Errorf("a removed delegate is named again: %+v", o)
	}
	if _, o = m.Apply(partsMail(t, "bob@example.test", 99, part{anyDate, "dan@example.test"}), nil); len(o.Invite) != 1 {
		t.Errorf("the delegate of another attendee: %+v", o)
	}
}

// TestDelegatesAreCountedOnce counts the allocations for the delegates of one mail. One
// more delegate costs no more in a large meeting, in which the others are counted anew.
func TestDelegatesAreCountedOnce(t *testing.T) {
	cost := func(guests, delegates int) float64 {
		emails := []string{annEmail}
		for i := range guests {
			emails = append(emails, fmt.Sprintf("guest%d@example.test", i))
		}
		m := endlessSeries(t, emails...)
		for i := range m.Event.Attendees[1:] { // delegates of others, whom a count visits
			m.Event.Attendees[i+1].DelegatedFrom = fmt.Sprintf("boss%d@example.test", i)
		}
		in := partsMail(t, annEmail, 1, strangers(delegates)...)
		return testing.AllocsPerRun(3, func() { m.Apply(in, &invite.Policy{Delegates: invite.DelegatesAllow}) })
	}
	small := cost(10, 9) - cost(10, 1)
	large := cost(2000, 9) - cost(2000, 1)
	if large > small+1000 {
		t.Errorf("eight more delegates cost %.0f allocations in a large meeting, and %.0f in a small one", large, small)
	}
	t.Logf("eight more delegates cost %.0f and %.0f allocations", small, large)
}
