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

// TestAttackUninvited brings in somebody else, or has a directory asked about anything.
func TestAttackUninvited(t *testing.T) {
	sentBy := func(by string) string { return ";SENT-BY=\"mailto:" + by + "\"" }
	strict := *invite.Strict("mx.example.test")
	tests := []struct {
		name   string
		attack attack
		policy invite.Policy
		want   invite.Verdict
		asked  int
	}{
		{"an assistant of a stranger", attack{from: "eve@mail.test", rows: says("victim@mail.test", "ACCEPTED", sentBy("eve@mail.test"))}, invite.Policy{Uninvited: invite.UninvitedAdd}, invite.VerdictUnverified, 0},
		{"an assistant of a member", attack{from: "eve@mail.test", rows: says("victim@mail.test", "ACCEPTED", sentBy("eve@mail.test"))}, invite.Policy{}, invite.VerdictUnverified, 0},
		{"a member, from another address", attack{from: "eve@mail.test", rows: says("victim@mail.test", "ACCEPTED")}, invite.Policy{}, invite.VerdictUnverified, 0},
		{"a member without proof", attack{from: "victim@mail.test", rows: says("victim@mail.test", "ACCEPTED")}, strict, invite.VerdictUnverified, 0},
		{"a filter instead of an address", attack{from: "eve@mail.test", rows: says("*)(uid=*", "ACCEPTED")}, invite.Policy{}, invite.VerdictUnverified, 0},
		{"an address that cannot be mailed", attack{from: "<eve@mail..test>", rows: says("eve@mail..test", "ACCEPTED")}, invite.Policy{}, invite.VerdictHeld, 0},
		{"many dates of nobody", attack{from: "eve@mail.test", rows: says("eve@mail.test", "ACCEPTED") + strings.ReplaceAll(onDates(0, 400, "ACCEPTED", ""), "bob@example.test", "eve@mail.test")}, invite.Policy{}, invite.VerdictUnknownAttendee, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := 0
			if tt.policy.Uninvited == "" {
				tt.policy.GroupMember = func(ical.Attendee, ical.Attendee) bool { asked++; return false }
			}
			_, m := request(t, withGroups(team), 0, fixed())
			tt.attack.method = "REPLY"
			after, o := m.Apply(readMail(t, []byte(tt.attack.mail())), &tt.policy)
			if o.Verdict != tt.want || after != m || asked != tt.asked {
				t.Errorf("Apply = %.300v, and GroupMember was asked %d times, want %s and %d", o, asked, tt.want, tt.asked)
			}
		})
	}
}

// TestAttackJoined lets strangers in whose names and addresses are odd. The next update
// still goes out, and no field of it is theirs.
func TestAttackJoined(t *testing.T) {
	names := []string{"a\\nATTENDEE:mailto:x@evil.test", "^nX^'", strings.Repeat("ü", 300), "\xff\xfe", "x;y:z,", "\u2028BCC:x@evil.test", "=?utf-8?q?=0D=0ABcc:_x=40evil.test?="}
	emails := []string{"eve@localhost", "a@bücher.example", strings.Repeat("a", 64) + "@evil.test", "e'x@evil.test", "e/x@evil.test", "-oQ/tmp@evil.test", "{e}@evil.test"}
	for _, name := range names {
		for _, email := range emails {
			var r invitetest.Recorder
			c := invite.New(&r, fixed())
			m := must(t)(c.Send(context.Background(), review()))
			a := attack{from: "<" + email + ">", method: "REPLY", rows: says(email, "ACCEPTED", ";CN=\""+name+"\"")}
			m, o := m.Apply(readMail(t, []byte(a.mail())), &invite.Policy{Uninvited: invite.UninvitedAdd})
			if o.Verdict != invite.VerdictApplied {
				t.Fatalf("%q %q: Apply = %+v", name, email, o)
			}
			m = reload(t, m)
			after := m.Event.Clone()
			after.Location = "Room 5"
			r.Reset()
			must(t)(c.Update(context.Background(), m, after))
			for _, mail := range r.Messages() {
				for _, line := range append(unfold(invitetest.Calendar(mail)), strings.Split(string(mail.Data), "\r\n")...) {
					if strings.HasPrefix(line, "ATTENDEE:") || strings.HasPrefix(strings.ToLower(line), "bcc:") {
						t.Errorf("%q %q: a line of the stranger: %s", name, email, line)
					}
				}
			}
		}
	}
}

// TestAttackPushOut has some attendees propose as many times as are kept. The proposal of
// another one stays, and the answers of others too.
func TestAttackPushOut(t *testing.T) {
	_, m := request(t, endlessWeekly(120), 0, fixed())
	propose := func(email string, date, n int) {
		p := invite.Proposal{Email: email, RecurrenceID: m.Event.Start.AddDate(0, 0, 7*date), Stamp: pinned().Add(time.Duration(n) * time.Second), Via: "link"}
		p.Start = p.RecurrenceID.Add(time.Duration(n+1) * time.Minute)
		next, o := m.Propose(p)
		if m = next; o.Verdict != invite.VerdictApplied {
			t.Fatalf("Propose = %+v", o)
		}
	}
	m = said(t, m, "bob@example.test", ical.StatusAccepted)
	propose("bob@example.test", 0, 0)
	for i := range 100 {
		for n := range 20 {
			propose(fmt.Sprintf("guest%02d@example.test", i), n%4, n)
		}
	}
	of := map[string]int{}
	for _, p := range m.Proposals {
		of[p.Email]++
	}
	if len(m.Proposals) != 1000 || of["bob@example.test"] != 1 || of["guest00@example.test"] < 5 || m.Status("bob@example.test") != ical.StatusAccepted {
		t.Errorf("of %d proposals bob has %d and the first guest %d; bob has %s", len(m.Proposals), of["bob@example.test"], of["guest00@example.test"], m.Status("bob@example.test"))
	}
}

// TestAttackOneMailBounce forges a bounce of a mail that all attendees have. Each of them
// knows its Message-ID.
func TestAttackOneMailBounce(t *testing.T) {
	var r invitetest.Recorder
	c := invite.New(&r, fixed())
	m := must(t)(c.Send(context.Background(), trio(), invite.OneMail()))
	raw := "From: <bob@example.test>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" +
		"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; ann@example.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: " +
		m.Deliveries[1].MessageID + "\r\n--b--\r\n"
	strict := invite.Strict("mx.example.test")
	strict.Now = pinned
	late := &invite.Policy{Now: func() time.Time { return pinned().AddDate(0, 0, 8) }}
	for name, tt := range map[string]struct {
		policy *invite.Policy
		want   invite.Verdict
	}{
		"nil": {&invite.Policy{Now: pinned}, invite.VerdictUndeliverable}, "a week later": {late, invite.VerdictHeld}, "Strict": {strict, invite.VerdictHeld},
	} {
		if after, o := m.Apply(readMail(t, []byte(raw)), tt.policy); o.Verdict != tt.want || (after == m) != (tt.want == invite.VerdictHeld) {
			t.Errorf("%s: Apply = %+v, want %s", name, o, tt.want)
		}
	}
}

// TestAttackQuoted has an attendee pass on a mail with a forged answer, as people do who
// ask whether a mail is genuine.
func TestAttackQuoted(t *testing.T) {
	address := &invite.ReplyAddress{Mailbox: "desk@example.test", Keys: [][]byte{[]byte("the key of these reply addresses")}}
	_, m := request(t, review(), 0, fixed(func(o *invite.Options) { o.ReplyAddress = address }))
	inner := attack{from: "eve@evil.test", method: "REPLY", rows: says("bob@example.test", "DECLINED")}.mail()
	passedOn := func(to, inner string) *invite.Inbound {
		return readMail(t, []byte("From: bob@example.test\r\nTo: "+to+"\r\nDate: Mon, 01 Feb 2027 07:00:00 +0000\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"+
			"--b\r\nContent-Type: text/plain\r\n\r\nIs this yours?\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"+inner+"\r\n--b--\r\n"))
	}
	p := &invite.Policy{Now: pinned, ReplyAddress: address}
	if after, o := m.Apply(passedOn("desk@example.test", inner), p); o.Verdict != invite.VerdictHeld || after != m {
		t.Errorf("Apply = %+v, want held", o)
	}
	if _, o := m.Apply(passedOn(m.ReplyAddresses["bob@example.test"], inner), p); o.Verdict != invite.VerdictApplied {
		t.Errorf("to the address of the attendee: Apply = %+v, want applied", o)
	}
}

// TestAttackRespond answers a forged invitation, which names the organizer and the texts
// that the organizer is to get.
func TestAttackRespond(t *testing.T) {
	var r invitetest.Recorder
	long := strings.Repeat("Buy <b> ", 10_000)
	a := attack{from: "eve@evil.test", method: "REQUEST", head: "Content-Language: en" + strings.Repeat("-abcd", 1000) + "\r\nReferences:" + strings.Repeat(" <a@b.test>\r\n", 4000),
		rows: "ORGANIZER;CN=\"" + long[:60_000] + "\":mailto:victim@elsewhere.test\r\nDTSTART:20270302T090000Z\r\nSUMMARY:" + long + "\r\nLOCATION:" + long + "\r\n" +
			says("bob@example.test", "NEEDS-ACTION", ";CN=\""+long[:60_000]+"\"")}
	if err := invite.New(&r, fixed()).Respond(context.Background(), readMail(t, []byte(a.mail())), invite.Response{As: "bob@example.test", Status: ical.StatusAccepted}); err != nil {
		t.Fatal(err)
	}
	if n := len(r.Messages()[0].Data); n > 40_000 {
		t.Errorf("the answer has %d octets", n)
	}
}

// TestAttackComponents answers many dates of a large meeting in one mail. Each of them is
// looked for among all attendees and answers, so few are taken in.
func TestAttackComponents(t *testing.T) {
	m := &invite.Meeting{Event: endlessWeekly(50_000)}
	for i := range 50_000 {
		m.Answers = append(m.Answers, invite.Answer{Email: m.Event.Attendees[i].Email, Status: ical.StatusAccepted, Stamp: pinned()})
	}
	a := attack{from: "bob@example.test", method: "REPLY", rows: says("bob@example.test", "ACCEPTED") + onDates(0, 400, "NEEDS-ACTION", "")}
	after, o := m.Apply(readMail(t, []byte(a.mail())), nil)
	if n := len(after.Answers) - len(m.Answers); n < 1 || n > 60 || o.Verdict != invite.VerdictApplied {
		t.Errorf("%d answers of one mail are taken in, want at most 60: %.300s", n, o.Reason)
	}
}
