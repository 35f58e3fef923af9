package invite_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// parts returns a mail from bob with one part for each content, which begins with its
// header.
func parts(contents ...string) string {
	return answerMail("multipart/mixed; boundary=b", "--b\n"+strings.Join(contents, "\n--b\n")+"\n--b--\n")
}

// TestReadOddKinds reads mails that are no answers, although they look like some.
func TestReadOddKinds(t *testing.T) {
	calendar := "text/calendar; charset=utf-8; method="
	named := func(component, method string) string {
		return answerMail(calendar+method, strings.ReplaceAll(object(method, bobAccepts), "VEVENT", component))
	}
	delivery := func(actions ...string) string {
		status := "Reporting-MTA: dns; mx.example.test\n"
		for i, a := range actions {
			status += fmt.Sprintf("\nFinal-Recipient: rfc822; r%d@example.test\nAction: %s\nStatus: 2.0.0\n", i, a)
		}
		return bounce("delivery-status", status)
	}
	const (
		signed = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n\nMIIBAAAA"
		tnef   = "Content-Type: application/ms-tnef; name=winmail.dat\n\nx"
		armor  = "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----"
	)
	for _, tt := range []struct {
		name, in string
		kind     invite.Kind
		reason   string
	}{
		{"proposal refused", answerMail(calendar+"DECLINECOUNTER", object("DECLINECOUNTER", organizerLine, bobTentative)), invite.KindDeclineCounter,
			"the organizer desk@example.test does not take the proposed time: the meeting stays as it is"},
		{"proposal refused, no organizer", answerMail(calendar+"DECLINECOUNTER", object("DECLINECOUNTER", bobTentative)), invite.KindDeclineCounter,
			"the organizer bob@example.test does not take the proposed time: the meeting stays as it is"},
		{"occurrence added", answerMail(calendar+"ADD", object("ADD", organizerLine, bobWithout)), invite.KindAdd, "the organizer desk@example.test adds an occurrence to the series"},
		{"task", named("VTODO", "REPLY"), invite.KindOther, "has a calendar object without a meeting: VTODO with UID uid-1: a task, with METHOD REPLY"},
		{"task to do", named("VTODO", "REQUEST"), invite.KindOther, "has a calendar object without a meeting: VTODO with UID uid-1: a task, with METHOD REQUEST"},
		{"journal entry", named("VJOURNAL", "REPLY"), invite.KindOther, "has a calendar object without a meeting: VJOURNAL with UID uid-1: a journal entry, with METHOD REPLY"},
		{"signed", answerMail("application/pkcs7-mime; smime-type=signed-data", "MIIBAAAA"), invite.KindOther, "is signed as a whole (S/MIME) and was not read"},
		{"encrypted", answerMail("application/pkcs7-mime; smime-type=enveloped-data", "MIIBAAAA"), invite.KindOther, "is encrypted (S/MIME) and was not read"},
		{"armored", answerMail("text/plain", armor), invite.KindOther, "is encrypted (OpenPGP) and was not read"},
		{"signed, in a list's mail", parts(signed, "Content-Type: text/plain\n\nfooter"), invite.KindOther, "is signed as a whole (S/MIME) and was not read"},
		{"signed, beside an answer", parts("Content-Type: text/calendar; method=REPLY\n\n"+object("REPLY", bobAccepts), signed), invite.KindReply, "Bob@Example.test answers: accepted"},
		{"signed, beside a broken object", parts("Content-Type: text/calendar\n\nBEGIN:VCALENDAR", signed), invite.KindOther,
			"has a calendar object that cannot be read: ical: no END:VCALENDAR: component is not closed; is signed as a whole (S/MIME) and was not read"},
		{"rich text", parts(tnef), invite.KindOther, "has a winmail.dat (TNEF) that cannot be read"},
		{"signed rich text", parts(tnef, signed), invite.KindOther, "has a winmail.dat (TNEF) that cannot be read; is signed as a whole (S/MIME) and was not read"},
		{"delivered", delivery("delivered"), invite.KindReceipt, "is a delivery receipt: delivered for r0@example.test: 2.0.0; it changes nothing"},
		{"relayed and expanded", delivery("relayed", "Expanded"), invite.KindReceipt, "is a delivery receipt: relayed for r0@example.test: 2.0.0; it changes nothing"},
		{"delivered to one, not to another", delivery("delivered", "failed"), invite.KindBounce, "failed for r1@example.test: 2.0.0"},
		{"delayed", delivery("delayed"), invite.KindBounce, "delayed for r0@example.test: 2.0.0; it changes nothing, because it reports no failure"},
		{"deleted", bounce("disposition-notification", "Original-Recipient: rfc822; team@example.test\nFinal-Recipient: rfc822; bob@example.test\nDisposition: automatic-action/MDN-sent-automatically; deleted\n"),
			invite.KindReceipt, "is a read receipt: deleted by team@example.test"},
		{"receipt without its part", answerMail("multipart/report; report-type=disposition-notification; boundary=b", "--b\n\nRead.\n--b--\n"),
			invite.KindReceipt, "is a read receipt that names nothing"},
		{"complaint", bounce("feedback-report", "Feedback-Type: abuse\n"), invite.KindOther, "is a report: feedback-report"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := readMail(t, []byte(tt.in))
			if in.Kind != tt.kind || in.Reason != tt.reason {
				t.Errorf("Read = %s, %q, want %s, %q", in.Kind, in.Reason, tt.kind, tt.reason)
			}
			m := invited(t, false)
			if after, o := m.Apply(in, nil); tt.kind != invite.KindReply && tt.kind != invite.KindBounce && (after != m || o.Verdict != invite.VerdictNotAnAnswer || o.Reason != tt.reason) {
				t.Errorf("Apply = %+v, want not-an-answer with the reason of Read", o)
			}
		})
	}
	in := readMail(t, []byte(bounce("disposition-notification", "Original-Message-ID: <1@example.test>\nDisposition: x; displayed\n")))
	if got := in.Keys().MessageIDs; !cmp.Equal(got, []string{"<1@example.test>"}) {
		t.Errorf("MessageIDs of a receipt = %q, want that of the mail", got)
	}
}

// TestReadNotes reads answers of which something was passed over.
func TestReadNotes(t *testing.T) {
	reply := func(object string) string { return answerMail("text/calendar; method=REPLY", object) }
	whole := object("REPLY", bobAccepts)
	other := strings.Replace(whole, "UID:uid-1", "UID:uid-2", 1)
	event := func(s string) string { return s[strings.Index(s, "BEGIN:VEVENT"):strings.Index(s, "END:VCALENDAR")] }
	const said = "Bob@Example.test answers: accepted"
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", reply(whole), said},
		{"no END", reply(strings.TrimSuffix(whole, "END:VCALENDAR\n")), said + "; passed over: END:VCALENDAR is missing"},
		{"broken object behind", reply(whole + "BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VEVENT\nEND:VCALENDAR\n"),
			said + "; passed over: a broken object: line 16: END:VEVENT closes VTODO: component is not closed"},
		{"broken object before", reply("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\n" + whole),
			said + "; passed over: a broken object: line 4: VCALENDAR inside VEVENT: component is not closed"},
		{"two identifiers", reply(object("REPLY", bobAccepts, "UID:uid-2")), said + `; passed over: UID stands twice: "uid-1" counts, and "uid-2" does not`},
		{"two starts", reply(object("REPLY", bobAccepts, "DTSTART:20270303T090000Z")),
			said + `; passed over: DTSTART stands twice: "20270302T090000Z" counts, and "20270303T090000Z" does not`},
		{"identifier that is cut", reply(strings.Replace(whole, "UID:uid-1", "UID:uid\n-1", 1)), said + "; passed over: line 7, after UID: no colon after the name and parameters"},
		{"no identifier", reply(strings.Replace(whole, "UID:uid-1\n", "", 1)), said + "; it has no UID"},
		{"two meetings", reply(strings.Replace(whole, "END:VCALENDAR", event(other)+"END:VCALENDAR", 1)), said + "; it is about 2 meetings, of which uid-1 counts, and not uid-2"},
		{"two meetings in two objects", reply(whole + other), said + "; it is about 2 meetings, of which uid-1 counts, and not uid-2"},
		{"two meetings in two parts", parts("Content-Type: text/calendar; method=REPLY\n\n"+whole, "Content-Type: text/calendar; method=REPLY\n\n"+other),
			said + "; passed over: another calendar object, which is about the meeting uid-2"},
		{"two objects about one meeting", reply(object("REPLY", bobAccepts) + object("REPLY")), said},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := readMail(t, []byte(tt.in)).Reason; got != tt.want {
				t.Errorf("Reason = %q, want %q", got, tt.want)
			}
		})
	}
	many := readMail(t, []byte(parts(strings.Split(strings.Repeat("Content-Type: text/calendar\n\n"+whole+"\x00", 25), "\x00")[:25]...)))
	if want := said + "; passed over: 5 of 25 calendar objects"; many.Reason != want {
		t.Errorf("Reason = %q, want %q", many.Reason, want)
	}
}

// TestReadCopies reads answers of Google, which have two copies of the object.
func TestReadCopies(t *testing.T) {
	body := func(o string) string { return "Content-Type: text/calendar; method=REPLY\n\n" + o }
	file := func(o string) string {
		return "Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment\n\n" + o
	}
	commented := strings.Replace(bobAccepts, ";", ";X-RESPONSE-COMMENT=\"don&#39\\;t wait\";", 1)
	occurrence := "RECURRENCE-ID:20270309T090000Z"
	for _, tt := range []struct{ name, in, want string }{
		{"in the copy alone", parts(body(object("REPLY", bobAccepts)), file(object("REPLY", commented))), "don't wait"},
		{"COMMENT in the copy alone", parts(body(object("REPLY", bobAccepts)), file(object("REPLY", bobAccepts, "COMMENT:one", "COMMENT:two"))), "one\ntwo"},
		{"in both", parts(body(object("REPLY", bobAccepts, "COMMENT:mine")), file(object("REPLY", commented))), "mine"},
		{"of one occurrence", parts(body(object("REPLY", bobAccepts, occurrence)), file(object("REPLY", commented, occurrence))), "don't wait"},
		{"of another occurrence", parts(body(object("REPLY", bobAccepts)), file(object("REPLY", commented, occurrence))), ""},
		{"of another answer", parts(body(object("REPLY", bobTentative)), file(object("REPLY", commented))), ""},
		{"of another attendee", parts(body(object("REPLY", bobAccepts)), file(object("REPLY", zoeDeclines, "COMMENT:x"))), ""},
		{"of another meeting", parts(body(object("REPLY", bobAccepts)), file(strings.Replace(object("REPLY", commented), "uid-1", "uid-2", 1))), ""},
		{"of a quoted mail", parts(body(object("REPLY", bobAccepts)), "Content-Type: message/rfc822\n\nFrom: bob@example.test\n"+body(object("REPLY", commented))), ""},
	} {
		if got := readMail(t, []byte(tt.in)).Attendee.Comment; got != tt.want {
			t.Errorf("%s: comment = %q, want %q", tt.name, got, tt.want)
		}
	}
	long := readMail(t, []byte(answerMail("text/calendar", object("REPLY", bobAccepts, "COMMENT:"+strings.Repeat("ä", 5000))))).Attendee.Comment
	if len(long) > 8200 || !strings.HasSuffix(long, "ä …") {
		t.Errorf("a comment of 10,000 octets has %d, ending in %q", len(long), long[len(long)-5:])
	}
}

// TestApplyOdd applies odd answers to a meeting.
func TestApplyOdd(t *testing.T) {
	m := must(t)(invite.New(nowhere, fixed()).Send(t.Context(), vary(func(e *ical.Event) { e.Sequence = 0 })))
	reply := func(lines ...string) string {
		return answerMail("text/calendar; method=REPLY", object("REPLY", append(lines, bobAccepts)...))
	}
	two := strings.Replace(object("REPLY", bobAccepts), "UID:uid-1", "UID:uid-0", 1)
	two = strings.Replace(two, "END:VCALENDAR\n", "", 1) + strings.SplitAfterN(object("REPLY", bobAccepts), "METHOD:REPLY\n", 2)[1]
	for _, tt := range []struct{ name, in, reason string }{
		{"huge sequence", strings.Replace(reply(), "SEQUENCE:1", "SEQUENCE:1770000000000", 1), `bob@example.test: accepted; passed over: SEQUENCE "1770000000000" is above 2147483647: that counts`},
		{"second meeting of the object", answerMail("text/calendar; method=REPLY", two), "bob@example.test: accepted; it is about 2 meetings, of which uid-1 counts, and not uid-0"},
		{"address in brackets", strings.Replace(reply(), "MAILTO:Bob@Example.test", "mailto:<bob@example.test>", 1), "bob@example.test: accepted"},
	} {
		after, o := m.Apply(readMail(t, []byte(tt.in)), nil)
		if o.Verdict != invite.VerdictApplied || o.Reason != tt.reason || after.Status("bob@example.test") != ical.StatusAccepted {
			t.Errorf("%s: Apply = %+v, want applied, %q", tt.name, o, tt.reason)
			continue
		}
		if later, o := after.Apply(readMail(t, []byte(strings.NewReplacer("ACCEPTED", "DECLINED", "20270201T090000Z", "20270201T100000Z").Replace(reply()))), nil); later.Status("bob@example.test") != ical.StatusDeclined {
			t.Errorf("%s: the next answer = %+v, want applied", tt.name, o)
		}
	}
	cut := strings.Replace(reply(), "UID:uid-1", "UID:uid\n-1", 1)
	if _, o := m.Apply(readMail(t, []byte(cut)), nil); o.Verdict != invite.VerdictUnknownEvent || !strings.Contains(o.Reason, "after UID") {
		t.Errorf("Apply with a cut UID = %+v, want unknown-event with the cause", o)
	}
}

// TestApplyOddCounters applies proposals to a timed, an all-day and a weekly meeting.
func TestApplyOddCounters(t *testing.T) {
	send := func(change func(*ical.Event)) *invite.Meeting {
		return must(t)(invite.New(nowhere, fixed()).Send(t.Context(), vary(change)))
	}
	day := func(d int) time.Time { return time.Date(2027, 3, d, 0, 0, 0, 0, time.UTC) }
	timed := send(func(*ical.Event) {})
	days := send(func(e *ical.Event) { e.AllDay, e.Start, e.End = true, day(2), day(4) })
	weekly := send(func(e *ical.Event) { *e = weeklyRequest() })
	const flag = "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"
	berlin := func(from, to int) []string {
		return []string{fmt.Sprintf("DTSTART;TZID=Europe/Berlin:202703%02dT000000", from), fmt.Sprintf("DTEND;TZID=Europe/Berlin:202703%02dT000000", to)}
	}
	at := func(d, h int) time.Time { return time.Date(2027, 3, d, h, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name   string
		m      *invite.Meeting
		lines  []string
		want   []time.Time // start and end; none for a plain answer
		allDay bool
	}{
		{"start alone", timed, []string{"DTSTART:20270303T140000Z"}, []time.Time{at(3, 14), at(3, 15)}, false},
		{"start and duration", timed, []string{"DTSTART:20270303T140000Z", "DURATION:PT2H"}, []time.Time{at(3, 14), at(3, 16)}, false},
		{"start and a duration that cannot be read", timed, []string{"DTSTART:20270303T140000Z", "DURATION:P100000W"}, []time.Time{at(3, 14), at(3, 15)}, false},
		{"same time", timed, []string{"DTSTART:20270302T090000Z", "DTEND:20270302T100000Z"}, nil, false},
		{"same start alone", timed, []string{"DTSTART:20270302T090000Z"}, nil, false},
		{"same start and duration", timed, []string{"DTSTART:20270302T090000Z", "DURATION:PT60M"}, nil, false},
		{"same time in another zone", timed, []string{"DTSTART;TZID=Asia/Tokyo:20270302T180000"}, nil, false},
		{"no time", timed, nil, nil, false},
		{"a day", timed, []string{"DTSTART;VALUE=DATE:20270303"}, []time.Time{day(3), day(4)}, true},
		{"day alone", days, []string{"DTSTART;VALUE=DATE:20270304"}, []time.Time{day(4), day(6)}, true},
		{"midnights", days, append(berlin(4, 6), flag), []time.Time{day(4), day(6)}, true},
		{"midnights, not flagged", days, berlin(4, 5), []time.Time{day(4), day(5)}, true},
		{"midnight alone", days, append(berlin(4, 5)[:1], flag), []time.Time{day(4), day(6)}, true},
		{"same day alone", days, []string{"DTSTART;VALUE=DATE:20270302"}, nil, true},
		{"same midnights", days, append(berlin(2, 4), flag), nil, true},
		{"same midnights, not flagged", days, berlin(2, 4), nil, true},
		{"same midnight without a zone", days, []string{"DTSTART:20270302T000000"}, nil, true},
		{"midnights without a zone", days, []string{"DTSTART:20270304T000000", "DTEND:20270305T000000"}, []time.Time{day(4), day(5)}, true},
		{"midnights in an unknown zone", days, []string{"DTSTART;TZID=Lummerland:20270304T000000"}, []time.Time{day(4), day(6)}, true},
		{"hours of an all-day meeting", days, []string{"DTSTART:20270302T090000Z", "DTEND:20270302T100000Z"}, []time.Time{at(2, 9), at(2, 10)}, false},
		{"start alone of an occurrence", weekly, []string{"RECURRENCE-ID:20270309T090000Z", "DTSTART:20270309T140000Z"}, []time.Time{at(9, 14), at(9, 15)}, false},
		{"same start of an occurrence", weekly, []string{"RECURRENCE-ID:20270309T090000Z", "DTSTART:20270309T090000Z"}, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			counter := "BEGIN:VCALENDAR\nMETHOD:COUNTER\nBEGIN:VEVENT\nUID:uid-1\nDTSTAMP:20270201T090000Z\n" + strings.Join(append(tt.lines, bobTentative), "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
			after, o := tt.m.Apply(readMail(t, []byte(answerMail("text/calendar; method=COUNTER", counter))), nil)
			if o.Verdict != invite.VerdictApplied || len(after.Answers) != 1 || after.Answers[0].Status != ical.StatusTentative {
				t.Fatalf("Apply = %+v with %+v, want applied", o, after.Answers)
			}
			var got []time.Time
			for _, p := range after.Proposals {
				got = append(got, p.Start.UTC(), p.End.UTC())
				if p.AllDay != tt.allDay {
					t.Errorf("AllDay = %v, want %v", p.AllDay, tt.allDay)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("proposals (-want +got):\n%s", diff)
			}
		})
	}
	backwards := answerMail("text/calendar; method=COUNTER", strings.Replace(object("COUNTER", bobTentative), "DTEND:20270302", "DTEND:20270301", 1))
	if after, o := timed.Apply(readMail(t, []byte(backwards)), nil); o.Verdict != invite.VerdictHeld || after != timed {
		t.Errorf("a proposal that ends before it starts = %+v, want held", o)
	}
}
