package invite_test

import (
	"context"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// answerTo is an answer of ann about a meeting that came to addr.
func answerTo(t *testing.T, m *invite.Meeting, addr string) *invite.Inbound {
	t.Helper()
	return readMail(t, []byte("From: ann@example.test\nTo: "+addr+"\nContent-Type: text/calendar\n\n"+objectOf(map[string]string{
		"method": "REPLY", "uid": m.Event.UID, "seq": "9", "at": "10:00", "as": "ann@example.test", "part": "ACCEPTED"})))
}

// policyAt is a policy for the addresses of [tokens], with a clock that stands at now.
func policyAt(now time.Time) *invite.Policy {
	return &invite.Policy{ReplyAddress: fixed(tokens).ReplyAddress, Now: func() time.Time { return now }}
}

// TestReplyAddressOfReinvited removes an attendee and invites them again. All mails have
// the one address, which counts only while they are invited.
func TestReplyAddressOfReinvited(t *testing.T) {
	r := new(recorder)
	c := invite.New(r, fixed(tokens))
	m := must(t)(c.Send(context.Background(), trio()))
	given := m.ReplyAddresses["ann@example.test"]
	without := m.Event.Clone()
	without.Attendees = without.Attendees[1:]
	m = must(t)(c.Update(context.Background(), m, without))
	if cancel := readMail(t, r.mails[3].Data); len(r.mails) != 4 || cancel.Calendar.Method != ical.MethodCancel || cancel.Event.Organizer.Email != given {
		t.Errorf("the cancellation has the organizer %s, want %s", cancel.Event.Organizer.Email, given)
	}
	m = reload(t, m)
	if after, o := m.Apply(answerTo(t, m, given), policyAt(pinned())); after != m || o.Verdict != invite.VerdictUnverified && o.Verdict != invite.VerdictUnknownAttendee {
		t.Errorf("Apply while not invited = %+v, want a refusal", o)
	}
	again := m.Event.Clone()
	again.Attendees = append(again.Attendees, ical.Attendee{Email: "Ann@Example.test"})
	m = must(t)(c.Update(context.Background(), m, again))
	if request := readMail(t, r.mails[4].Data); len(r.mails) != 5 || request.Event.Organizer.Email != given {
		t.Errorf("the new invitation has the organizer %s, want %s", request.Event.Organizer.Email, given)
	}
	if after, o := m.Apply(answerTo(t, m, given), policyAt(pinned())); o.Verdict != invite.VerdictApplied || after.Status("ann@example.test") != ical.StatusAccepted {
		t.Errorf("Apply after the new invitation = %+v, want applied", o)
	}
}

// TestReplyAddressOfFollowing divides a series. The old series keeps its addresses. The
// rest is another meeting, so it has its own, and each counts for its meeting alone.
func TestReplyAddressOfFollowing(t *testing.T) {
	c := invite.New(nowhere, fixed(tokens, func(o *invite.Options) { o.NewID = func() string { return "uid-rest" } }))
	m := must(t)(c.Send(context.Background(), weeklyTrio()))
	e := m.Event.Clone()
	e.Location = "Elsewhere"
	old, rest, err := c.UpdateFollowing(context.Background(), m, m.Event.Start.AddDate(0, 0, 28), e)
	if err != nil || rest == nil {
		t.Fatal(err)
	}
	check(t, "addresses of the old series", m.ReplyAddresses, old.ReplyAddresses)
	if len(rest.ReplyAddresses) != 3 {
		t.Errorf("the rest has %d addresses, want 3", len(rest.ReplyAddresses))
	}
	given := map[*invite.Meeting]string{old: old.ReplyAddresses["ann@example.test"], rest: rest.ReplyAddresses["ann@example.test"]}
	if given[old] == given[rest] {
		t.Error("both halves have one address")
	}
	for _, to := range []*invite.Meeting{old, rest} {
		for _, by := range []*invite.Meeting{old, rest} {
			_, o := to.Apply(answerTo(t, to, given[by]), policyAt(pinned()))
			if (o.Verdict == invite.VerdictApplied) != (to == by) {
				t.Errorf("Apply to %s by the address of %s = %+v", to.Event.UID, by.Event.UID, o)
			}
		}
	}
}

// TestReplyAddressOfCancelledEndless cancels an endless series. The cancellation has the
// addresses that were given, and an answer to them is late, but not forged, however
// long ago that was.
func TestReplyAddressOfCancelledEndless(t *testing.T) {
	r := new(recorder)
	c := invite.New(r, fixed(tokens))
	e := trio()
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
	m := must(t)(c.Send(context.Background(), e))
	given := m.ReplyAddresses["ann@example.test"]
	m = must(t)(c.Cancel(context.Background(), m))
	check(t, "address", given, m.ReplyAddresses["ann@example.test"])
	check(t, "organizer of the cancellation", given, readMail(t, r.mails[3].Data).Event.Organizer.Email)
	for _, now := range []time.Time{pinned(), pinned().AddDate(30, 0, 0)} {
		if after, o := m.Apply(answerTo(t, m, given), policyAt(now)); after != m || o.Verdict != invite.VerdictStale {
			t.Errorf("Apply in %d = %+v, want stale", now.Year(), o)
		}
	}
}
