package invite_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// reportOf returns a report that a mail with the Message-ID id did not reach an
// attendee. If object is set, the calendar object of the mail comes back too.
func reportOf(to, id, object, text string) string {
	back := "Content-Type: text/rfc822-headers\n\nMessage-ID: " + id + "\n"
	if object != "" {
		back = "Content-Type: message/rfc822\n\nMessage-ID: " + id + "\nContent-Type: text/calendar; method=REQUEST\n\n" + object + "\n"
	}
	return bounce("delivery-status", "Final-Recipient: rfc822; "+to+"\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; "+text+"\n", back)
}

// TestMessageIDsAreRandom sends one meeting by clients that differ in Random alone.
// Each Message-ID has 24 characters of base 32, and none stands for two mails.
func TestMessageIDsAreRandom(t *testing.T) {
	seen := map[string]bool{}
	for i := range 3 {
		m := mustSend(t, invite.New(nowhere, fixed(func(o *invite.Options) { o.Random = invitetest.Random(uint64(i)) })), trio())
		for _, d := range m.Deliveries {
			left, _, _ := strings.Cut(strings.Trim(d.MessageID, "<>"), "@")
			if len(left) != 24 || seen[left] {
				t.Errorf("Message-ID = %s, want 24 new characters", d.MessageID)
			}
			seen[left] = true
		}
	}
	// Nothing of the event or the clock goes into it.
	other := trio()
	other.UID, other.Summary, other.Sequence = "uid-9", "Other", 4
	a := mustSend(t, invite.New(nowhere, fixed()), trio())
	b := mustSend(t, invite.New(nowhere, fixed(func(o *invite.Options) { o.Now = func() time.Time { return pinned().Add(time.Hour) } })), other)
	for i := range a.Deliveries {
		check(t, "Message-ID with the same randomness", a.Deliveries[i].MessageID, b.Deliveries[i].MessageID)
	}
}

// TestRemindTwice reminds twice in the same second. The mails have different
// Message-IDs.
func TestRemindTwice(t *testing.T) {
	c := invite.New(nowhere, fixed())
	m := mustSend(t, c, trio())
	for range 2 {
		m = must(t)(c.Remind(context.Background(), m))
	}
	seen := map[string]bool{}
	for _, d := range m.Deliveries {
		if seen[d.MessageID] {
			t.Errorf("two mails have the Message-ID %s", d.MessageID)
		}
		seen[d.MessageID] = true
	}
}

// TestForgedBounce applies reports that an attendee can forge who has only their own mail,
// and reports that come too late or after an answer.
func TestForgedBounce(t *testing.T) {
	r := new(recorder)
	m := mustSend(t, invite.New(r, fixed()), trio())
	ann, bob := m.Deliveries[0], m.Deliveries[1]
	object := objectOf(map[string]string{"method": "REQUEST", "uid": m.Event.UID, "seq": "0", "at": "10:00", "as": ann.To, "part": "NEEDS-ACTION"})
	guess := "<abcdefghijklmnopqrstuvwx@example.test>"
	pending := *m
	pending.Deliveries = append([]invite.Delivery(nil), m.Deliveries...)
	pending.Deliveries[0].State = invite.DeliveryPending
	answered, _ := m.Apply(answerOf(t, m, ann.To, ical.StatusAccepted, nil), &invite.Policy{Now: pinned})
	soon := pinned().AddDate(0, 0, 1)
	tests := []struct {
		name   string
		m      *invite.Meeting
		mail   string
		strict bool
		now    time.Time
		want   invite.Verdict
	}{
		{"a guessed Message-ID", m, reportOf(ann.To, guess, "", "x"), false, soon, invite.VerdictUnknownEvent},
		{"the forger's own Message-ID", m, reportOf(ann.To, bob.MessageID, "", "x"), true, soon, invite.VerdictUndeliverable},
		{"the right Message-ID", m, reportOf(ann.To, ann.MessageID, "", "x"), true, soon, invite.VerdictUndeliverable},
		{"the UID and the recipient", m, reportOf(ann.To, guess, object, "x"), false, soon, invite.VerdictUndeliverable},
		{"the UID, strict", m, reportOf(ann.To, guess, object, "x"), true, soon, invite.VerdictUnknownAttendee},
		{"the UID, late", m, reportOf(ann.To, guess, object, "x"), false, pinned().AddDate(0, 0, 8), invite.VerdictUnknownAttendee},
		{"the UID, of a mail that was not sent", &pending, reportOf(ann.To, guess, object, "x"), false, soon, invite.VerdictUnknownAttendee},
		{"the UID, after an answer", answered, reportOf(ann.To, guess, object, "x"), false, soon, invite.VerdictStale},
		{"the Message-ID, after an answer", answered, reportOf(ann.To, ann.MessageID, "", "x"), true, soon, invite.VerdictStale},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &invite.Policy{Now: func() time.Time { return tt.now }}
			if tt.strict {
				p.RequireAuth, p.AuthServID = true, "mx.example.test"
			}
			got, o := tt.m.Apply(readMail(t, []byte(tt.mail)), p)
			if o.Verdict != tt.want || o.Verdict != invite.VerdictUndeliverable && got.Deliveries[0].State != tt.m.Deliveries[0].State {
				t.Errorf("Apply = %+v, want %s", o, tt.want)
			}
			if tt.name == "the forger's own Message-ID" && got.Deliveries[0].State != invite.DeliveryDelivered {
				t.Errorf("the mail to %s is %s, want delivered", ann.To, got.Deliveries[0].State)
			}
		})
	}
}

// TestAnswerTakesBounceBack answers a mail that was reported as undelivered.
func TestAnswerTakesBounceBack(t *testing.T) {
	r := new(recorder)
	m := mustSend(t, invite.New(r, fixed()), trio())
	ann := m.Deliveries[0]
	lost, _ := m.Apply(readMail(t, []byte(reportOf(ann.To, ann.MessageID, "", "x"))), nil)
	if lost.Deliveries[0].State != invite.DeliveryUndelivered {
		t.Fatalf("state = %s, want undelivered", lost.Deliveries[0].State)
	}
	if got := said(t, lost, ann.To, ical.StatusAccepted); got.Deliveries[0].State != invite.DeliveryUndelivered {
		t.Errorf("after an answer by telephone the state is %s, want undelivered", got.Deliveries[0].State)
	}
	got, o := lost.Apply(answerOf(t, m, ann.To, ical.StatusAccepted, nil), &invite.Policy{Now: pinned})
	if d := got.Deliveries[0]; d.State != invite.DeliveryDelivered || d.Reply != "" {
		t.Errorf("Apply = %+v, delivery = %+v, want delivered", o, d)
	}
}

// TestBounceText reports mails with the text of a hostile server.
func TestBounceText(t *testing.T) {
	m := mustSend(t, invite.New(nowhere, fixed()), trio())
	for _, text := range []string{strings.Repeat("ü", 100_000), "550 \u202egnorw\x07\x1b[31m", `no" and the answer is "yes`, "a\nb\x00c\u2028d", "\xff\xfe", ""} {
		got, o := m.Undelivered(m.Deliveries[0].MessageID, "", text)
		reply := got.Deliveries[0].Reply
		odd := strings.IndexFunc(reply, func(r rune) bool { return !unicode.IsPrint(r) })
		if len(reply) > 530 || odd >= 0 || strings.Count(reply, `"`)%2 != 0 || strings.Count(reply, `"`) > 2 || !strings.HasPrefix(reply, "a report ") || !strings.HasSuffix(o.Reason, reply) {
			t.Errorf("Undelivered(%.40q): Reply = %q, Reason = %.80q, want one short quotation", text, reply, fmt.Sprint(o))
		}
	}
}
