package invite_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
)

// attack is a mail about the review, written by a stranger.
type attack struct{ from, head, method, rows string }

// says returns the rows of an attendee.
func says(email, status string, params ...string) string {
	return "DTSTAMP:20270201T070000Z\r\nATTENDEE;PARTSTAT=" + status + strings.Join(params, "") + ":mailto:" + email + "\r\n"
}

func (a attack) mail() string {
	return "From: " + a.from + "\r\nTo: desk@example.test\r\nDate: Mon, 01 Feb 2027 07:00:00 +0000\r\nMessage-ID: <a@evil.test>\r\n" + a.head +
		"Content-Type: text/calendar; charset=utf-8; method=" + a.method + "\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:" + a.method +
		"\r\nBEGIN:VEVENT\r\nUID:uid-1\r\n" + a.rows + "END:VEVENT\r\nEND:VCALENDAR\r\n"
}

// TestAttackAuthors hides an author of a mail from the reader, or shows one who is none.
// A server may have checked the mail for the other author.
func TestAttackAuthors(t *testing.T) {
	const bob = "bob@example.test"
	spaces := strings.Repeat("\r\n ", 30_000)
	for name, from := range map[string]attack{
		"behind the limit of a field":      {from: bob + "," + spaces + "eve@evil.test"},
		"behind a long name":               {from: bob + ",\r\n \"" + strings.Repeat("\r\n x", 30_000) + "\" <eve@evil.test>"},
		"behind the limit of fields":       {from: bob, head: strings.Repeat("X-A: 1\r\n", 1100) + "From: eve@evil.test\r\n"},
		"behind the limit of lists":        {from: bob, head: strings.Repeat("Cc: "+strings.Repeat("\r\n x@y.test,", 4500)+" b@c.test\r\n", 6) + "From: eve@evil.test\r\n"},
		"a second field that is broken":    {from: bob, head: "From: eve at evil.test\r\n"},
		"a second field that is empty":     {from: bob, head: "From:\r\n"},
		"a second field in the old syntax": {from: bob, head: "From : eve@evil.test\r\n"},
		"the same author twice":            {from: bob, head: "From: " + bob + "\r\n"},
		"a route":                          {from: "<@evil.test:" + bob + ">"},
		"a comment":                        {from: "eve@evil.test(<" + bob + ">)"},
		"the name":                         {from: "\"" + bob + "\" <eve@evil.test>"},
		"the name without quotes":          {from: bob + " <eve@evil.test>"},
		"two brackets":                     {from: "<" + bob + "> <eve@evil.test>"},
		"a bracket that is not closed":     {from: "<" + bob + ", <eve@evil.test>"},
		"an encoded name":                  {from: "=?utf-8?q?bob=40example.test?= <eve@evil.test>"},
		"an encoded NUL":                   {from: bob + "=?utf-8?q?=00?=<eve@evil.test>"},
	} {
		t.Run(name, func(t *testing.T) {
			_, m := request(t, review(), 0, fixed())
			from.method, from.rows = "REPLY", says(bob, "DECLINED")
			if after, o := m.Apply(readMail(t, []byte(from.mail())), nil); o.Verdict != invite.VerdictUnverified || after != m {
				t.Errorf("Apply = %.200v, want unverified", o)
			}
		})
	}
}

// TestAttackReceived forges the time of receipt. No other server may have written one.
func TestAttackReceived(t *testing.T) {
	for _, date := range []string{"1 Jan 0000 00:00:00 +2359", "1 Jan 0000 00:00:00 -2359", "31 Dec 9999 23:59:59 -2359", "; ; ;", ""} {
		_, m := request(t, review(), 0, fixed())
		a := attack{from: "bob@example.test", head: "Received: x; " + date + "\r\n", method: "REPLY", rows: says("bob@example.test", "ACCEPTED")}
		after, o := m.Apply(readMail(t, []byte(a.mail())), &invite.Policy{Now: pinned})
		data, err := json.Marshal(after)
		if err != nil {
			t.Errorf("Received on %q, %+v: the meeting cannot be stored: %v", date, o, err)
			continue
		}
		decode(t, data, new(invite.Meeting))
	}
}

// TestAttackRefresh asks for the current version over and over. The attendee is not
// flooded, and the meeting does not grow.
func TestAttackRefresh(t *testing.T) {
	now := pinned()
	var r invitetest.Recorder
	c := invite.New(&r, fixed(func(o *invite.Options) { o.Now = func() time.Time { return now } }))
	m := must(t)(c.Send(context.Background(), trio()))
	ask := func(email string) {
		now = now.Add(time.Minute)
		a := attack{from: email, method: "REFRESH", rows: says(email, "NEEDS-ACTION")}
		_, o := m.Apply(readMail(t, []byte(a.mail())), &invite.Policy{Now: func() time.Time { return now }})
		if o.Verdict != invite.VerdictNotAnAnswer || !strings.Contains(o.Reason, "asks for the current version") {
			t.Fatalf("Apply = %+v", o)
		}
		if len(o.Invite) > 0 {
			m = must(t)(c.Reinvite(context.Background(), m, o.Invite))
		}
	}
	for range 100 {
		ask("bob@example.test")
	}
	if n := len(r.MessagesTo("bob@example.test")); n != 10 {
		t.Errorf("%d mails went to one attendee in one day, want 10", n)
	}
	ask("ann@example.test")
	if n := len(r.MessagesTo("ann@example.test")); n != 2 {
		t.Errorf("%d mails went to another attendee who asked once, want 2", n)
	}
	now = now.AddDate(0, 0, 1)
	ask("bob@example.test")
	if n := len(r.MessagesTo("bob@example.test")); n != 11 {
		t.Errorf("%d mails after a day, want 11", n)
	}
}

// longReplies is a server that refuses every recipient with a long text.
type longReplies struct{}

func (longReplies) Send(context.Context, *mime.Message) error {
	return errors.New(strings.Repeat("no\x1b ", 200_000))
}

// TestAttackServerText lets a server answer with a long text for each recipient.
func TestAttackServerText(t *testing.T) {
	m, err := invite.New(longReplies{}, fixed()).Send(context.Background(), review())
	if err == nil || len(m.Deliveries) != 2 {
		t.Fatalf("Send = %.80v, with %d deliveries", err, len(m.Deliveries))
	}
	if data := encode(t, m); len(data) > 10_000 || strings.Contains(string(data), `\u001b`) {
		t.Errorf("the meeting has %d octets", len(data))
	}
}

// TestAttackHiddenGuests delegates to an address to find out whether it is invited. The
// own mail of the attendee must be the same if it is and if it is not.
func TestAttackHiddenGuests(t *testing.T) {
	for name, mails := range map[string][]string{
		"spelling":           {"ann@example.test"},
		"behind an open one": {"sock@evil.test", "ann@example.test"},
		"before a second":    {"ann@example.test", "sock@evil.test"},
	} {
		t.Run(name, func(t *testing.T) {
			var seen [2]string
			for i, invited := range []string{"Ann@Example.test", "other@example.test"} {
				var r invitetest.Recorder
				c := invite.New(&r, fixed())
				e := trio()
				e.Attendees[0] = ical.Attendee{Name: "Ann", Email: invited}
				m := must(t)(c.Send(context.Background(), e, invite.HideGuests()))
				for n, to := range mails {
					rows := strings.Replace(says("bob@example.test", "DELEGATED", ";DELEGATED-TO=\"mailto:"+to+"\""), "T07", fmt.Sprintf("T0%d", n), 1)
					m, _ = m.Apply(readMail(t, []byte(attack{from: "bob@example.test", method: "REPLY", rows: rows}.mail())), nil)
				}
				r.Reset()
				must(t)(c.Reinvite(context.Background(), m, []string{"bob@example.test"}))
				seen[i] = string(invitetest.Calendar(r.MessagesTo("bob@example.test")[0]))
			}
			if diff := cmp.Diff(seen[0], seen[1]); diff != "" || !strings.Contains(seen[0], "DELEGATED") {
				t.Errorf("the attendee sees who is invited (-invited +not invited):\n%s\n%s", diff, seen[0])
			}
		})
	}
}

// TestAttackHiddenGuestsCount delegates to many hidden guests, one after the other.
func TestAttackHiddenGuestsCount(t *testing.T) {
	_, m := request(t, endlessWeekly(30), 0, fixed(), invite.HideGuests())
	taken := 0
	for i := range 30 {
		for j, status := range []ical.Status{ical.StatusDelegated, ical.StatusAccepted} {
			a := invite.Answer{Email: "bob@example.test", Status: status, Via: "link", Stamp: pinned().Add(time.Duration(2*i+j) * time.Minute)}
			if j == 0 {
				a.DelegatedTo = fmt.Sprintf("guest%02d@example.test", i)
			}
			next, o := m.Answer(a)
			if m = next; j == 0 && o.Verdict == invite.VerdictApplied {
				taken++
			}
		}
	}
	if taken != 5 {
		t.Errorf("%d hidden guests were found out, want the 5 that an attendee may delegate to", taken)
	}
	if _, o := m.Answer(invite.Answer{Email: "guest00@example.test", Status: ical.StatusDelegated, DelegatedTo: "new@example.test", Via: "link", Stamp: pinned()}); o.Verdict != invite.VerdictApplied {
		t.Errorf("a guest whom another one named = %+v, want their own delegation applied", o)
	}
}
