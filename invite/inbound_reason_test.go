package invite_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/convene-go/convene/invite"
)

// mostReason is the number of octets of a reason (docs/answers.md), with the mark of a
// text that was cut.
const mostReason = 4<<10 + len(" …")

// foreign is a stranger's text with characters that must not reach a log.
var foreign = strings.Repeat("x\x1b[2J\u202e\u0085\x07ü\u2028y", 5000)

// TestReasonsAreBounded puts a long text with control characters into each field of a
// mail that a reason can name. The reasons of Read and of Apply stay short and clean.
func TestReasonsAreBounded(t *testing.T) {
	line := strings.ReplaceAll(foreign, "\u0085", "")
	report := func(fields string) string {
		return bounce("delivery-status", "Reporting-MTA: dns; mx.example.test\n\n"+fields,
			"Content-Type: message/rfc822\n\nMessage-ID: <"+line[:40]+"@x>\nSubject: "+line+"\n\nx")
	}
	reply := func(lines ...string) string {
		return answerMail("text/calendar; charset=utf-8; method=REPLY", object("REPLY", lines...))
	}
	for _, tt := range []struct {
		name, mail string
		most       int
	}{
		{"diagnostic code", report("Final-Recipient: rfc822; bob@example.test\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: " + line + "\n"), 620},
		{"diagnostic code of a delay", report("Final-Recipient: rfc822; bob@example.test\nAction: delayed\nStatus: 4.1.1\nDiagnostic-Code: " + line + "\n"), 640},
		{"diagnostic code of a receipt", report("Final-Recipient: rfc822; bob@example.test\nAction: delivered\nStatus: 2.0.0\nDiagnostic-Code: " + line + "\n"), 640},
		{"status", report("Final-Recipient: rfc822; bob@example.test\nAction: failed\nStatus: " + line + "\n"), 620},
		{"action", report("Final-Recipient: rfc822; bob@example.test\nAction: " + line + "\n"), 620},
		{"recipient", report("Final-Recipient: rfc822; " + line + "\nAction: failed\n"), 620},
		{"original recipient", report("Original-Recipient: rfc822; " + line + "\nFinal-Recipient: rfc822; x@y\nAction: failed\n"), 620},
		{"disposition", bounce("disposition-notification", "Final-Recipient: rfc822; "+line+"\nDisposition: x; "+line+"\n"), 640},
		{"kind of report", bounce("x"+strings.Repeat("y", 5000), "A: b\n"), 640},
		{"auto-submitted", "Auto-Submitted: " + line + "\nFrom: bob@example.test\n\nx", mostReason},
		{"method", answerMail("text/calendar; charset=utf-8", object(line, bobAccepts)), mostReason},
		{"component", answerMail("text/calendar; charset=utf-8; method=REPLY", strings.ReplaceAll(object("REPLY", bobAccepts), "VEVENT", "X-"+strings.Repeat("y", 5000))), mostReason},
		{"organizer", answerMail("text/calendar; charset=utf-8; method=DECLINECOUNTER", object("DECLINECOUNTER", "ORGANIZER:mailto:"+line, bobAccepts)), mostReason},
		{"attendee", reply("ATTENDEE;PARTSTAT=ACCEPTED:mailto:" + line), mostReason},
		{"status of the attendee", reply("ATTENDEE;PARTSTAT=\"" + line + "\":mailto:bob@example.test"), mostReason},
		{"name of the attendee", reply("ATTENDEE;PARTSTAT=ACCEPTED;CN=\"" + line + "\":mailto:eve@example.test"), mostReason},
		{"delegate", reply("ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:" + line + "\":mailto:bob@example.test"), mostReason},
		{"zone", reply("RECURRENCE-ID;TZID=\""+line+"\":20270302T100000", bobAccepts), mostReason},
		{"meeting", strings.ReplaceAll(reply(bobAccepts), "UID:uid-1", "UID:"+line), mostReason},
		{"link", reply("URL:javascript:"+line, bobAccepts), mostReason},
		{"author", strings.Replace(reply(bobAccepts), "From: ", "From: \""+line+"\" <"+strings.Repeat("z", 3000)+"@example.test>\nX-Was: ", 1), mostReason},
		{"recipient with a forged token", strings.Replace(reply(bobAccepts), "From: ", "To: desk+"+strings.Repeat("a", 29)+"@example.test, "+strings.Repeat("b", 5000)+"@x\nFrom: ", 1), mostReason},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := readMail(t, []byte(tt.mail))
			wantClean(t, "Read", in.Reason, tt.most)
			for _, p := range []*invite.Policy{nil, invite.InsecureAcceptAny(), invite.Strict("mx.example.test"),
				{Uninvited: invite.UninvitedAdd, ReplyAddress: fixed(tokens).ReplyAddress}} {
				_, o := invited(t, false).Apply(in, p)
				wantClean(t, "Apply", o.Reason, max(tt.most, 700))
			}
		})
	}
}

// TestReasonsByHand gives such texts to the calls that take no mail.
func TestReasonsByHand(t *testing.T) {
	m := invited(t, false)
	id := m.Deliveries[0].MessageID
	start := m.Event.Start.Add(time.Hour)
	for i, call := range []func() (*invite.Meeting, invite.Outcome){
		func() (*invite.Meeting, invite.Outcome) { return m.Undelivered(foreign, foreign, foreign) },
		func() (*invite.Meeting, invite.Outcome) { return m.Undelivered(id, "", foreign) },
		func() (*invite.Meeting, invite.Outcome) {
			return m.Answer(invite.Answer{Email: foreign, Status: "accepted", Via: "link", Stamp: pinned()})
		},
		func() (*invite.Meeting, invite.Outcome) {
			return m.Answer(invite.Answer{Email: "bob@example.test", Status: "x" + "y", Comment: foreign, Via: foreign, Stamp: pinned()})
		},
		func() (*invite.Meeting, invite.Outcome) {
			return m.Answer(invite.Answer{Email: "bob@example.test", Status: "delegated", DelegatedTo: foreign, Via: "link", Stamp: pinned()})
		},
		func() (*invite.Meeting, invite.Outcome) {
			return m.Propose(invite.Proposal{Email: foreign, Start: start, Via: "link", Stamp: pinned()})
		},
		func() (*invite.Meeting, invite.Outcome) {
			return m.Propose(invite.Proposal{Email: "bob@example.test", Start: start, Location: foreign, Comment: foreign, Via: "link", Stamp: pinned()})
		},
	} {
		_, o := call()
		wantClean(t, fmt.Sprintf("call %d", i), o.Reason, mostReason)
	}
}

// wantClean reports a text that is longer than most octets, or has characters that are
// not seen, or is no UTF-8, or says nothing.
func wantClean(t *testing.T, call, text string, most int) {
	t.Helper()
	hidden := func(r rune) bool {
		return unicode.IsControl(r) || r == '\u202e' || r == '\u2028' || r == utf8.RuneError
	}
	if text == "" || len(text) > most || !utf8.ValidString(text) || strings.ContainsFunc(text, hidden) {
		t.Errorf("%s: reason of %d octets, %.200q, want at most %d without hidden characters", call, len(text), text, most)
	}
}
