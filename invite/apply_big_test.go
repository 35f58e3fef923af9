package invite_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// bigMeeting returns a meeting with n guests, guest0@example.test and so on, each of
// whom got a mail and has answered. It has no reply addresses.
func bigMeeting(n int) *invite.Meeting {
	e := review()
	e.Attendees = make([]ical.Attendee, n)
	m := &invite.Meeting{Event: e, Answers: make([]invite.Answer, n), Deliveries: make([]invite.Delivery, n)}
	m.Event.UID = "big@example.test"
	for i := range n {
		email := fmt.Sprintf("guest%d@example.test", i)
		m.Event.Attendees[i] = ical.Attendee{Email: email, Status: ical.StatusNeedsAction}
		m.Answers[i] = invite.Answer{Email: email, Status: ical.StatusTentative, Stamp: pinned().AddDate(0, -3, 0)}
		m.Deliveries[i] = invite.Delivery{N: i, To: email, MessageID: fmt.Sprintf("<%d@example.test>", i), State: invite.DeliveryDelivered}
	}
	return m
}

// bigPolicy verifies tokens with two keys.
func bigPolicy() *invite.Policy {
	return &invite.Policy{Now: pinned, ReplyAddress: &invite.ReplyAddress{
		Mailbox: "desk@example.test", Keys: [][]byte{bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{8}, 32)},
	}}
}

// garbage returns n addresses with forged tokens that expire on different days, all of
// them late.
func garbage(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("desk+7%c%s@example.test", 'a'+i, strings.Repeat("a", 27)))
	}
	return strings.Join(list, ", ")
}

// bigAnswer returns the answer of a guest, with these addresses in Cc.
func bigAnswer(tb testing.TB, guest int, cc string) *invite.Inbound {
	tb.Helper()
	as := fmt.Sprintf("guest%d@example.test", guest)
	text := "From: " + as + "\nTo: boss@example.test\n"
	if cc != "" {
		text += "Cc: " + cc + "\n"
	}
	text += "Content-Type: text/calendar; method=REPLY\n\n" + objectOf(map[string]string{
		"method": "REPLY", "uid": "big@example.test", "seq": "0", "at": "10:00", "as": as, "part": "ACCEPTED"})
	in, err := invite.Read(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n")), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return in
}

// BenchmarkApplyBig takes one answer, and one with ten forged tokens, into meetings
// whose guests have all answered.
func BenchmarkApplyBig(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		m := bigMeeting(n)
		for _, tt := range []struct {
			name string
			in   *invite.Inbound
			want invite.Verdict
		}{
			{"answer", bigAnswer(b, n-1, ""), invite.VerdictApplied},
			{"garbage", bigAnswer(b, n-1, garbage(10)), invite.VerdictUnverified},
		} {
			b.Run(fmt.Sprintf("%s/%d", tt.name, n), func(b *testing.B) {
				p := bigPolicy()
				for b.Loop() {
					if _, o := m.Apply(tt.in, p); o.Verdict != tt.want {
						b.Fatalf("Apply = %+v, want %s", o, tt.want)
					}
				}
			})
		}
	}
}

// TestApplyGarbageIsCheap counts the allocations for ten forged tokens in answers to a
// meeting of 2,000 guests: with its UID, with another one, and with expired tokens.
func TestApplyGarbageIsCheap(t *testing.T) {
	m := bigMeeting(2000)
	other := bigMeeting(2000)
	other.Event.UID = "other@example.test"
	for name, tt := range map[string]struct {
		m  *invite.Meeting
		cc string
	}{
		"this meeting":    {m, garbage(10)},
		"another meeting": {other, garbage(10)},
		"expired tokens":  {m, strings.ReplaceAll(garbage(10), "desk+7", "desk+a")},
	} {
		in, p := bigAnswer(t, 1, tt.cc), bigPolicy()
		n := testing.AllocsPerRun(1, func() {
			if after, o := tt.m.Apply(in, p); after != tt.m {
				t.Errorf("%s: Apply = %+v, want a refusal", name, o)
			}
		})
		if n > 10_000 {
			t.Errorf("%s: Apply makes %v allocations, want 10,000 at most", name, n)
		}
	}
}

// TestApplyReplacedToken answers from an alias, to a token that the meeting has in
// ReplyAddresses or not. If it does not, only a small meeting is searched.
func TestApplyReplacedToken(t *testing.T) {
	in, m := request(t, review(), 0, fixed(tokens))
	r := new(recorder)
	err := invite.New(r, fixed()).Respond(t.Context(), in,
		invite.Response{As: "me@home.example.test", Status: ical.StatusAccepted, Uninvited: true})
	if err != nil {
		t.Fatal(err)
	}
	p := invite.Strict("mx.example.test")
	p.ReplyAddress, p.Now = fixed(tokens).ReplyAddress, pinned
	answer := readMail(t, r.mails[0].Data)
	try := func(name string, m invite.Meeting, want invite.Verdict) {
		if _, o := m.Apply(answer, p); o.Verdict != want {
			t.Errorf("%s: Apply = %+v, want %s", name, o, want)
		}
	}
	lost := *m
	lost.ReplyAddresses = nil
	try("an address that the meeting has", *m, invite.VerdictApplied)
	try("an address that was replaced", lost, invite.VerdictApplied)
	lost.Event.Attendees = append(bigMeeting(30_000).Event.Attendees, m.Event.Attendees...)
	try("among more guests than are searched", lost, invite.VerdictUnverified)
	lost.ReplyAddresses = m.ReplyAddresses
	try("one that the meeting has, among as many", lost, invite.VerdictApplied)
}
