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

const (
	team  = "team@example.test"
	staff = "staff@example.test"
	eve   = "eve@example.test"
)

// withGroups is a weekly series for bob and some groups.
func withGroups(groups ...string) ical.Event {
	e := weeklyRequest()
	e.Attendees = e.Attendees[:1]
	for _, g := range groups {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: g, Kind: ical.KindGroup})
	}
	return e
}

// fromEve is the answer of eve, who is not invited, in the shape of a client. Her mail
// program is served by a group, or has taken her for an attendee of a passed-on mail.
func fromEve(t *testing.T, m *invite.Meeting, client invitetest.Client, id time.Time) *invite.Inbound {
	t.Helper()
	r, e := new(invitetest.Recorder), m.Event.Clone()
	e.Attendees = []ical.Attendee{{Email: eve}}
	mustSend(t, invite.New(r, fixed()), e)
	return readMail(t, r.Reply(eve, ical.StatusAccepted, client, func(a *invitetest.Answer) { a.Occurrence = id }))
}

// TestGroup takes in the answers of somebody who is not invited, to meetings with and
// without groups.
func TestGroup(t *testing.T) {
	member := func(of ...string) func(g, p ical.Attendee) bool {
		return func(g, p ical.Attendee) bool {
			return p.Email == eve && strings.Contains(strings.Join(of, " "), g.Email)
		}
	}
	second := weeklyRequest().Start.AddDate(0, 0, 7)
	tests := []struct {
		name    string
		groups  []string
		policy  *invite.Policy
		id      time.Time
		verdict invite.Verdict
		reason  string
	}{
		{"no group", nil, nil, time.Time{}, invite.VerdictUnknownAttendee, "eve@example.test is not invited"},
		{"a group", []string{team}, nil, time.Time{}, invite.VerdictHeld,
			"eve@example.test is not invited; team@example.test is a group, and eve@example.test may be one of its members"},
		{"two groups, one date", []string{team, staff}, nil, second, invite.VerdictHeld,
			"eve@example.test is not invited; team@example.test, staff@example.test are groups, and eve@example.test may be a member of one"},
		{"five groups", []string{team, staff, "a@x.test", "b@x.test", "c@x.test"}, nil, time.Time{}, invite.VerdictHeld,
			"eve@example.test is not invited; team@example.test, staff@example.test, a@x.test and 2 more are groups, and eve@example.test may be a member of one"},
		{"a group, and strangers are held", []string{team}, &invite.Policy{Uninvited: invite.UninvitedHold}, time.Time{}, invite.VerdictHeld,
			"eve@example.test is not invited; team@example.test is a group, and eve@example.test may be one of its members"},
		{"a group, and strangers are added", []string{team}, &invite.Policy{Uninvited: invite.UninvitedAdd}, time.Time{}, invite.VerdictApplied, "eve@example.test: accepted"},
		{"a member", []string{team, staff}, &invite.Policy{GroupMember: member(staff)}, time.Time{}, invite.VerdictApplied, "eve@example.test: accepted"},
		{"a member, one date", []string{team}, &invite.Policy{GroupMember: member(team)}, second, invite.VerdictApplied, "eve@example.test: accepted, on 2027-03-09T"},
		{"no member", []string{team}, &invite.Policy{GroupMember: member(staff)}, time.Time{}, invite.VerdictUnknownAttendee,
			"eve@example.test is not invited, and is no member of team@example.test"},
		{"no member, and strangers are held", []string{team}, &invite.Policy{GroupMember: member(), Uninvited: invite.UninvitedHold}, time.Time{}, invite.VerdictHeld,
			"eve@example.test is not invited, and is no member of team@example.test"},
		{"nobody asks who is a member of no group", nil, &invite.Policy{GroupMember: member(team)}, time.Time{}, invite.VerdictUnknownAttendee, "eve@example.test is not invited"},
		{"a member without proof", []string{team}, &invite.Policy{GroupMember: member(team), RequireAuth: true, AuthServID: "mx.example.com"}, time.Time{},
			invite.VerdictUnverified, "no result of mx.example.com says that it is from example.test"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, client := range invitetest.Clients() {
				m := mustSend(t, invite.New(nowhere, fixed()), withGroups(tt.groups...))
				after, o := m.Apply(fromEve(t, m, client, tt.id), tt.policy)
				if o.Verdict != tt.verdict || !strings.HasPrefix(o.Reason, tt.reason) || strings.Count(o.Reason, ";") != strings.Count(tt.reason, ";") {
					t.Errorf("%s: Apply = %+v, want %s because %q", client, o, tt.verdict, tt.reason)
				}
				want := ical.Status("")
				if tt.verdict == invite.VerdictApplied {
					want = ical.StatusAccepted
				}
				if got := after.OccurrenceStatus(eve, second); got != want {
					t.Errorf("%s: status of eve = %q, want %q", client, got, want)
				}
				for _, g := range tt.groups {
					if after.Status(g) != ical.StatusNeedsAction {
						t.Errorf("%s: the answer of one member counts for %s", client, g)
					}
				}
			}
		})
	}
}

// TestGroupMemberLater lets a member in, and then changes the meeting: they get the
// change once, as an update.
func TestGroupMemberLater(t *testing.T) {
	second := weeklyRequest().Start.AddDate(0, 0, 7)
	p := &invite.Policy{GroupMember: func(g, _ ical.Attendee) bool { return g.Email == team }}
	for _, id := range []time.Time{{}, second} {
		r := new(invitetest.Recorder)
		c := invite.New(r, fixed())
		e := withGroups(team)
		e.Attendees[1].Role = ical.RoleChair
		m := mustSend(t, c, e)
		in := fromEve(t, m, invitetest.ClientGmail, id)
		m, o := m.Apply(in, p)
		list := m.Attendees(id)
		if o.Verdict != invite.VerdictApplied || len(list) != 3 || list[2].Email != eve || list[2].Role != ical.RoleChair || (len(m.Joined) == 1) != (id == second) {
			t.Fatalf("Apply = %+v with %+v, want eve as an attendee in the role of the group", o, list)
		}
		if _, o := m.Apply(in, p); o.Verdict != invite.VerdictDuplicate {
			t.Errorf("the same mail again = %+v, want duplicate", o)
		}
		r.Reset()
		after := m.Event.Clone()
		after.Location = "Room 5"
		must(t)(c.Update(context.Background(), m, after))
		mails := r.MessagesTo(eve)
		if len(mails) != 1 || len(r.MessagesTo(team)) != 1 {
			t.Fatalf("eve got %d mails, and the group %d, want one each", len(mails), len(r.MessagesTo(team)))
		}
		if subject := parseMail(t, mails[0].Data).header.Get("Subject"); !strings.HasPrefix(subject, "Updated") {
			t.Errorf("subject = %s, want an update", subject)
		}
	}
}

// TestGroupByHand enters an answer of somebody who is not invited.
func TestGroupByHand(t *testing.T) {
	_, m := request(t, withGroups(team), 0, fixed())
	got, o := m.Answer(invite.Answer{Email: eve, Status: ical.StatusAccepted, Stamp: pinned(), Via: "phone"})
	if got != m || o.Verdict != invite.VerdictUnknownAttendee || !strings.Contains(o.Reason, "team@example.test is a group") {
		t.Errorf("Answer = %+v, want unknown-attendee with the group", o)
	}
}

// TestGroupToken answers to the address that the group got. The token says that the
// answer comes from a member of the group, but not for the group.
func TestGroupToken(t *testing.T) {
	address := &invite.ReplyAddress{Mailbox: "desk@example.test", Keys: [][]byte{[]byte("the key of these reply addresses")}}
	_, m := request(t, withGroups(team), 0, fixed(func(o *invite.Options) { o.ReplyAddress = address }))
	written := func(as string) *invite.Inbound {
		return readMail(t, fmt.Appendf(nil, "From: %s\nTo: %s\nDate: Mon, 01 Feb 2027 09:00:00 +0000\nContent-Type: text/calendar; method=REPLY\n\n"+
			"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:%s\nDTSTAMP:20270201T090000Z\nDTSTART:20270302T090000Z\n"+
			"ATTENDEE;PARTSTAT=DECLINED:mailto:%s\nEND:VEVENT\nEND:VCALENDAR\n", as, m.ReplyAddresses[team], m.Event.UID, as))
	}
	p := &invite.Policy{ReplyAddress: address, Now: pinned}
	if after, o := m.Apply(written(eve), p); o.Verdict != invite.VerdictHeld || after.Status(team) != ical.StatusNeedsAction {
		t.Errorf("the answer of a member = %+v, and the group has %s, want held", o, after.Status(team))
	}
	if after, o := m.Apply(written(team), p); o.Verdict != invite.VerdictApplied || after.Status(team) != ical.StatusDeclined {
		t.Errorf("the answer of the group = %+v, want applied", o)
	}
}
