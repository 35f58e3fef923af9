package desktest

import (
	"bytes"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// TestTakeOver stores a meeting that another program has sent, with an answer that it
// knew, as docs/from-go-mail.md shows. The first change is an update with the next
// SEQUENCE, the known answer stands, and an answer by mail is taken in.
func TestTakeOver(t *testing.T) {
	eachWorld(t, desk.Options{RemindBefore: []time.Duration{time.Hour}}, func(w *world) {
		event := lunch(2)
		event.UID, event.Sequence = "order-4711@example.com", 2
		m := &invite.Meeting{Event: event}
		m, out := m.Answer(invite.Answer{Email: address(0), Status: ical.StatusAccepted, Stamp: w.o.Now(), Via: "import"})
		check(w, "answer", invite.VerdictApplied, out.Verdict)
		if err := w.Ledger().Begin(w.Context(), m); err != nil {
			w.Fatal(err)
		}
		check(w, "mails before a change", 0, len(w.mails.Messages()))
		must(w.Update(w.Context(), event.UID, func(e *ical.Event) error { e.Description = "Bring an umbrella."; return nil }))(w)
		w.deliver(event.UID)
		mails := w.mails.Messages()
		check(w, "mails", 2, len(mails))
		for _, m := range mails {
			in := must(invite.Read(bytes.NewReader(m.Data), nil))(w)
			check(w, "kind", invite.KindRequest, in.Kind)
			check(w, "UID", event.UID, in.Event.UID)
			check(w, "sequence in the mail", 3, in.Event.Sequence)
		}
		check(w, "sequence", 3, w.meeting(event.UID).Event.Sequence)
		w.reply(address(1), ical.StatusDeclined)
		check(w, "tally", "1 accepted, 1 declined", w.meeting(event.UID).Tally().String())
	})
}
