package invite_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
)

// TestLetters applies letters in words. Only those that a person may have written, and
// that came to a valid token, are held.
func TestLetters(t *testing.T) {
	r := new(recorder)
	o := fixed(tokens)
	m := mustSend(t, invite.New(r, o), trio())
	policy := &invite.Policy{ReplyAddress: o.ReplyAddress, Now: pinned}
	ann := m.ReplyAddresses["ann@example.test"]
	forged := strings.Replace(ann, "@", "a@", 1)
	forged = forged[:len("Answers+")] + "a" + forged[len("Answers+")+1:len(forged)-len("a@example.test")] + "@example.test"
	const yes = "\n\nYes, I'll be there.\x07\u202e\nAnn"
	from := "From: Annie <annie@home.example.test>\n"
	shared := mustSend(t, invite.New(new(recorder), o), trio(), invite.OneMail())
	all := ""
	for _, a := range shared.ReplyAddresses {
		all = a
	}
	event := trio()
	event.UID = "uid-9"
	others := mustSend(t, invite.New(new(recorder), o), event).ReplyAddresses["ann@example.test"]
	tests := []struct {
		name, mail string
		m          *invite.Meeting
		p          *invite.Policy
		want       *invite.Letter
		kind       invite.Kind
	}{
		{"to the token", from + "To: " + ann + yes, m, policy, &invite.Letter{Email: "ann@example.test", From: "annie@home.example.test", Text: "Yes, I'll be there.\nAnn"}, invite.KindOther},
		{"to the token in upper case, which the server notes", from + "Delivered-To: " + strings.ToUpper(ann) + yes, m, policy, &invite.Letter{Email: "ann@example.test", From: "annie@home.example.test", Text: "Yes, I'll be there.\nAnn"}, invite.KindOther},
		{"to the token of all", from + "To: " + all + yes, shared, policy, &invite.Letter{From: "annie@home.example.test", Text: "Yes, I'll be there.\nAnn"}, invite.KindOther},
		{"without a text", from + "To: " + ann + "\n", m, policy, &invite.Letter{Email: "ann@example.test", From: "annie@home.example.test"}, invite.KindOther},
		{"with a long text", "To: " + ann + "\n\n" + strings.Repeat("y", 9000), m, policy, &invite.Letter{Email: "ann@example.test", Text: strings.Repeat("y", 8192) + " …"}, invite.KindOther},
		{"to no token", "From: ann@example.test\nTo: answers@example.test" + yes, m, policy, nil, invite.KindOther},
		{"with a calendar that has the token", from + "To: answers@example.test\nContent-Type: text/calendar\n\n" + object("PUBLISH", "ORGANIZER:mailto:"+ann, bobWithout), m, policy, nil, invite.KindOther},
		{"to a forged token", from + "To: " + forged + yes, m, policy, nil, invite.KindOther},
		{"to the token of another meeting", from + "To: " + others + yes, m, policy, nil, invite.KindOther},
		{"to an expired token", from + "To: " + ann + yes, m, &invite.Policy{ReplyAddress: o.ReplyAddress, Now: func() time.Time { return pinned().AddDate(9, 0, 0) }}, nil, invite.KindOther},
		{"without the keys", from + "To: " + ann + yes, m, &invite.Policy{Now: pinned}, nil, invite.KindOther},
		{"without the keys, believing all", from + "To: " + ann + yes, m, invite.InsecureAcceptAny(), nil, invite.KindOther},
		{"an out-of-office notice", "Auto-Submitted: auto-replied\n" + from + "To: " + ann + yes, m, policy, nil, invite.KindAutoReply},
		{"a program's letter", "Return-Path: <>\n" + from + "To: " + ann + yes, m, policy, nil, invite.KindOther},
		{"a list", "List-Id: <l.example.test>\n" + from + "To: " + ann + yes, m, policy, nil, invite.KindOther},
		{"advertising", "Precedence: bulk\n" + from + "To: " + ann + yes, m, policy, nil, invite.KindOther},
		{"a complaint", from + "To: " + ann + "\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nx\n--b--\n", m, policy, nil, invite.KindOther},
		{"a bounce", fromDaemon + "Delivered-To: " + ann + "\n\n<bob@example.test>: 550 5.1.1 User unknown", m, policy, nil, invite.KindBounce},
		{"an invitation", from + "To: " + ann + "\nContent-Type: text/calendar; method=REQUEST\n\n" + object("REQUEST", organizerLine, bobWithout), m, policy, nil, invite.KindRequest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := readMail(t, []byte(tt.mail))
			check(t, "kind", tt.kind, in.Kind)
			got, out := tt.m.Apply(in, tt.p)
			if got != tt.m {
				t.Error("Apply has changed the meeting")
			}
			check(t, "letter", fmt.Sprintf("%+v", tt.want), fmt.Sprintf("%+v", out.Letter))
			if held := out.Verdict == invite.VerdictHeld; held != (tt.want != nil) || out.Held != held {
				t.Errorf("Apply = %+v", out)
			}
		})
	}
}

// TestBounceInWordsForged applies letters that an attendee can forge who does not know the
// Message-ID of another attendee's mail. They are weaker than a report.
func TestBounceInWordsForged(t *testing.T) {
	r := new(recorder)
	m := mustSend(t, invite.New(r, fixed()), trio())
	ann, bob := m.Deliveries[0], m.Deliveries[1]
	copied := func(id string) string { return strings.ReplaceAll(fill("COPY", r.mails[0]), ann.MessageID, id) }
	says := fromDaemon + "\nThis is the mail system at host mx.\n\n<ann@example.test>: 550 5.1.1 User unknown\n\nReturn-Path: <desk@example.test>\n"
	shared := mustSend(t, invite.New(new(recorder), fixed()), trio(), invite.OneMail())
	one := says + "Message-ID: " + shared.Deliveries[0].MessageID + "\nMIME-Version: 1.0\nSubject: x\n"
	soon, late := pinned().AddDate(0, 0, 1), pinned().AddDate(0, 0, 8)
	doubtful := attached(fromAdmin, "Az üzenetet nem sikerült kézbesíteni:\n\n  ann@example.test\n")
	tests := []struct {
		name, mail string
		m          *invite.Meeting
		p          invite.Policy
		now        time.Time
		want       invite.Verdict
	}{
		{"the Message-ID", says + copied(ann.MessageID), m, invite.Policy{}, soon, invite.VerdictUndeliverable},
		{"the UID alone", says + copied("<guess@example.test>"), m, invite.Policy{}, soon, invite.VerdictHeld},
		{"the UID alone, strict", says + copied("<guess@example.test>"), m, invite.Policy{RequireAuth: true}, soon, invite.VerdictUnknownAttendee},
		{"the UID alone, late", says + copied("<guess@example.test>"), m, invite.Policy{}, late, invite.VerdictUnknownAttendee},
		{"the forger's own Message-ID", says + copied(bob.MessageID), m, invite.Policy{RequireAuth: true}, soon, invite.VerdictHeld},
		{"a person believes the UID", says + copied("<guess@example.test>"), m, invite.Policy{InsecureAnyFrom: true}, soon, invite.VerdictUndeliverable},
		{"a doubt", fill(doubtful, r.mails[0]), m, invite.Policy{}, soon, invite.VerdictHeld},
		{"a person takes the doubt away", fill(doubtful, r.mails[0]), m, invite.Policy{InsecureAnyFrom: true}, soon, invite.VerdictUndeliverable},
		{"one mail to all", one, shared, invite.Policy{}, soon, invite.VerdictUndeliverable},
		{"one mail to all, late", one, shared, invite.Policy{}, late, invite.VerdictHeld},
		{"one mail to all, strict", one, shared, invite.Policy{RequireAuth: true}, soon, invite.VerdictHeld},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.p
			p.Now = func() time.Time { return tt.now }
			got, o := tt.m.Apply(readMail(t, []byte(tt.mail)), &p)
			check(t, "verdict", tt.want, o.Verdict)
			for i, d := range got.Deliveries {
				if (d.State == invite.DeliveryUndelivered) != (i == 0 && tt.want == invite.VerdictUndeliverable) {
					t.Errorf("the mail to %s is %s: %s", d.To, d.State, o.Reason)
				}
			}
		})
	}
	keys := readMail(t, []byte(tests[0].mail)).Keys()
	if fmt.Sprint(keys.MessageIDs) != "["+ann.MessageID+"]" || fmt.Sprint(keys.UIDs) != "["+m.Event.UID+"]" {
		t.Errorf("Keys = %+v, want the Message-ID and the UID", keys)
	}
}

// TestReportsThatChangeNothing applies reports about mails that are not lost.
func TestReportsThatChangeNothing(t *testing.T) {
	m := mustSend(t, invite.New(nowhere, fixed()), trio())
	ann, bob := m.Deliveries[0], m.Deliveries[1]
	back := "Content-Type: text/rfc822-headers\n\nMessage-ID: " + ann.MessageID + "\n"
	group := func(to, action, status string) string {
		return "Final-Recipient: rfc822; " + to + "\nAction: " + action + "\nStatus: " + status + "\n\n"
	}
	for _, action := range []string{"delayed", "relayed", "expanded", "delivered", "Delivered (to mailbox)"} {
		for _, status := range []string{"4.4.1", "2.0.0", "5.0.0"} {
			in := readMail(t, []byte(bounce("delivery-status", group(ann.To, action, status), back)))
			got, o := m.Apply(in, nil)
			if got != m || o.Verdict != invite.VerdictNotAnAnswer || !strings.Contains(in.Reason, "changes nothing") || !strings.Contains(o.Reason, strings.ToLower(action[:7])) {
				t.Errorf("%s, %s: Apply = %+v, Read: %s", action, status, o, in.Reason)
			}
		}
	}
	in := readMail(t, []byte(bounce("delivery-status", group(bob.To, "delayed", "4.4.1")+group(ann.To, "failed", "5.1.1"), back)))
	if got, o := m.Apply(in, nil); o.Verdict != invite.VerdictUndeliverable || got.Deliveries[0].State != invite.DeliveryUndelivered || !strings.HasPrefix(in.Reason, "failed for ann@") {
		t.Errorf("Apply = %+v, Read: %s", o, in.Reason)
	}
}
