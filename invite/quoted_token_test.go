package invite_test

import (
	"testing"

	"github.com/convene-go/convene/internal/tnef/tneftest"
	"github.com/convene-go/convene/invite"
)

// TestQuotedToToken passes answers on to the reply address of an attendee. The answer of
// somebody else is not that of the attendee.
func TestQuotedToToken(t *testing.T) {
	single := tnefSeries(t)
	single.Recurrence = nil
	r := new(recorder)
	o := fixed()
	o.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.test", Keys: [][]byte{[]byte("sixteen octets!!")}}
	meeting := mustSend(t, invite.New(r, o), single)
	p := &invite.Policy{Now: received, ReplyAddress: o.ReplyAddress}
	to := meeting.ReplyAddresses["bob@example.test"]
	for from, want := range map[string]invite.Verdict{"bob@example.test": invite.VerdictApplied, "carl@example.net": invite.VerdictHeld} {
		answer := tnefAnswer(func(m *tneftest.Meeting) { m.From = from }).Bytes()
		note := tneftest.File(append([]tneftest.Attribute{{Level: 1, ID: 0x00078008, Data: []byte("IPM.Note\x00")}}, tneftest.Embedded("Accepted", answer)...)...)
		_, got := meeting.Apply(readText(t, tnefMail(answer, "Delivered-To: "+to)), p)
		check(t, "an answer of "+from, invite.VerdictApplied, got.Verdict)
		in := readText(t, tnefMail(note, "Delivered-To: "+to))
		if !in.Quoted {
			t.Fatal("not quoted")
		}
		_, got = meeting.Apply(in, p)
		check(t, "a quoted answer of "+from+": "+got.Reason, want, got.Verdict)
	}
}
