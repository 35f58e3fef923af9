package invite_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
)

// TestTakeOver makes a Meeting by hand, as docs/from-go-mail.md says: an answer to a mail of
// the old program counts until a change asks everybody anew, an added attendee is invited,
// and a removed one gets a CANCEL.
func TestTakeOver(t *testing.T) {
	event := lunch.Clone()
	event.UID, event.Sequence = "order-4711@example.com", 2
	meeting := &invite.Meeting{Event: event}
	answer := func(sequence int) *invite.Inbound {
		mail := "From: ann@example.com\r\nTo: desk@example.com\r\nSubject: Accepted\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n" +
			"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:order-4711@example.com\r\n" +
			fmt.Sprintf("SEQUENCE:%d\r\nDTSTAMP:20270201T090000Z\r\n", sequence) +
			"ORGANIZER:mailto:desk@example.com\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		in, err := invite.Read(strings.NewReader(mail), nil)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	for sequence := range 3 {
		if _, out := meeting.Apply(answer(sequence), nil); out.Verdict != invite.VerdictApplied {
			t.Errorf("an answer to SEQUENCE %d: %s: %s", sequence, out.Verdict, out.Reason)
		}
	}

	var r invitetest.Recorder
	client := invite.New(&r, invitetest.Options(nil))
	after := event.Clone()
	after.Start, after.End = after.Start.Add(time.Hour), after.End.Add(time.Hour)
	after.Attendees[1] = ical.Attendee{Email: "cleo@example.com"}
	next, err := client.Update(t.Context(), meeting, after)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"ann@example.com": "REQUEST Updated: ", "bob@example.com": "CANCEL ", "cleo@example.com": "REQUEST Invitation: "}
	for _, m := range r.Messages() {
		_, subject, _ := strings.Cut(string(m.Data), "\r\nSubject: ")
		if got := m.Method + " " + subject; !strings.HasPrefix(got, want[m.To[0]]) {
			t.Errorf("%s got %.60q, want %q", m.To[0], got, want[m.To[0]])
		}
		delete(want, m.To[0])
		if m.UID != event.UID {
			t.Errorf("UID %q", m.UID)
		}
	}
	if len(want) > 0 || next.Event.Sequence != 3 {
		t.Errorf("no mail for %v; SEQUENCE %d", want, next.Event.Sequence)
	}
	if _, out := next.Apply(answer(2), nil); out.Verdict != invite.VerdictStale {
		t.Errorf("an answer to the version before: %s: %s", out.Verdict, out.Reason)
	}
}
