package invite_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// object returns a calendar object with lines in its event. It has no METHOD if method
// is "".
func object(method string, lines ...string) string {
	if method != "" {
		method = "METHOD:" + method + "\n"
	}
	return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//test//EN\n" + method +
		"BEGIN:VEVENT\nUID:uid-1\nDTSTAMP:20270201T090000Z\nDTSTART:20270302T090000Z\nDTEND:20270302T100000Z\nSEQUENCE:1\n" +
		strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

// answerMail returns a mail from bob with one calendar part.
func answerMail(contentType, calendar string, header ...string) string {
	return "From: Bob <bob@example.test>\nTo: desk@example.test\nSubject: Accepted: Review\n" +
		strings.Join(append(header, ""), "\n") + "MIME-Version: 1.0\nContent-Type: " + contentType + "\n\n" + calendar
}

const (
	bobAccepts    = "ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:Bob@Example.test"
	zoeDeclines   = "ATTENDEE;PARTSTAT=DECLINED:mailto:zoe@example.test"
	aliasAccepts  = "ATTENDEE;PARTSTAT=ACCEPTED;X-RESPONSE-COMMENT=\"see you\":mailto:b.example@example.test"
	bobTentative  = "ATTENDEE;PARTSTAT=TENTATIVE:mailto:bob@example.test"
	bobWithout    = "ATTENDEE:mailto:bob@example.test"
	organizerLine = "ORGANIZER;CN=Room desk:mailto:desk@example.test"
)

// summary has the fields of an Inbound that the tests compare.
type summary struct {
	Kind     invite.Kind
	Method   ical.Method
	UID      string
	Attendee string
	Status   ical.Status
	Comment  string
	Reason   string // only its beginning
}

func TestRead(t *testing.T) {
	calendar := "text/calendar; charset=utf-8; method="
	todo := strings.ReplaceAll(object("REPLY", bobAccepts), "VEVENT", "VTODO")
	tests := []struct {
		name, in string
		want     summary
	}{
		{"reply", answerMail(calendar+"REPLY", object("REPLY", bobAccepts)),
			summary{invite.KindReply, "REPLY", "uid-1", "Bob@Example.test", ical.StatusAccepted, "", "Bob@Example.test answers: accepted"}},
		{"reply through an alias", answerMail(calendar+"REPLY", object("REPLY", aliasAccepts)),
			summary{invite.KindReply, "REPLY", "uid-1", "b.example@example.test", ical.StatusAccepted, "see you", "b.example@example.test answers: accepted"}},
		{"reply with COMMENT", answerMail(calendar+"REPLY", object("REPLY", bobAccepts, "COMMENT:with pleasure")),
			summary{invite.KindReply, "REPLY", "uid-1", "Bob@Example.test", ical.StatusAccepted, "with pleasure", "Bob@Example.test answers"}},
		{"reply without PARTSTAT", answerMail(calendar+"REPLY", object("REPLY", bobWithout)),
			summary{invite.KindReply, "REPLY", "uid-1", "bob@example.test", ical.StatusNeedsAction, "", "bob@example.test answers: needs-action"}},
		{"reply with two attendees, one of them From", answerMail(calendar+"REPLY", object("REPLY", zoeDeclines, bobAccepts)),
			summary{invite.KindReply, "REPLY", "uid-1", "Bob@Example.test", ical.StatusAccepted, "", "Bob@Example.test answers: accepted"}},
		{"reply with two attendees, none of them From", answerMail(calendar+"REPLY", object("REPLY", zoeDeclines, aliasAccepts)),
			summary{invite.KindReply, "REPLY", "uid-1", "", "", "", "has a METHOD REPLY with 2 attendees"}},
		{"reply of a program", answerMail(calendar+"REPLY", object("REPLY", bobAccepts), "Auto-Submitted: auto-replied"),
			summary{invite.KindReply, "REPLY", "uid-1", "Bob@Example.test", ical.StatusAccepted, "", "Bob@Example.test answers"}},
		{"counter", answerMail(calendar+"COUNTER", object("COUNTER", bobTentative)),
			summary{invite.KindCounter, "COUNTER", "uid-1", "bob@example.test", ical.StatusTentative, "", "bob@example.test proposes another time: tentative"}},
		{"counter as method=REPLY", answerMail(calendar+"REPLY", object("COUNTER", bobTentative)),
			summary{invite.KindCounter, "COUNTER", "uid-1", "bob@example.test", ical.StatusTentative, "", "bob@example.test proposes another time: tentative"}},
		{"refresh", answerMail(calendar+"REFRESH", object("REFRESH", bobWithout)),
			summary{invite.KindRefresh, "REFRESH", "uid-1", "bob@example.test", ical.StatusNeedsAction, "", "bob@example.test asks for the current version"}},
		{"request", answerMail(calendar+"REQUEST", object("REQUEST", organizerLine, bobWithout)),
			summary{invite.KindRequest, "REQUEST", "uid-1", "", "", "", "has a calendar object with METHOD REQUEST"}},
		{"cancel", answerMail(calendar+"CANCEL", object("CANCEL", organizerLine, bobWithout)),
			summary{invite.KindCancel, "CANCEL", "uid-1", "", "", "", "has a calendar object with METHOD CANCEL"}},
		{"method in the parameter only", answerMail(calendar+"reply", object("", bobAccepts)),
			summary{invite.KindReply, "REPLY", "uid-1", "Bob@Example.test", ical.StatusAccepted, "", "Bob@Example.test answers"}},
		{"method nowhere", answerMail("text/calendar", object("", bobAccepts)),
			summary{invite.KindOther, "", "uid-1", "", "", "", "has a calendar object without a METHOD"}},
		{"publish", answerMail(calendar+"PUBLISH", object("PUBLISH", bobAccepts)),
			summary{invite.KindOther, "PUBLISH", "uid-1", "", "", "", "has a calendar object with METHOD PUBLISH, which"}},
		{"task", answerMail(calendar+"REPLY", todo),
			summary{invite.KindOther, "", "", "", "", "", "has a calendar object without a meeting: VTODO"}},
		{"empty object", answerMail(calendar+"REPLY", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
			summary{invite.KindOther, "", "", "", "", "", "has a calendar object without a meeting: it is empty"}},
		{"broken object", answerMail(calendar+"REPLY", "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:uid-1\n"),
			summary{invite.KindOther, "", "", "", "", "", "has a calendar object that cannot be read: ical: "}},
		{"winmail.dat", answerMail("application/ms-tnef; name=winmail.dat", "x"),
			summary{invite.KindOther, "", "", "", "", "", "has a winmail.dat (TNEF) that cannot be read"}},
		{"auto-reply", answerMail("text/plain", "I am away.", "Auto-Submitted: auto-replied (vacation)"),
			summary{invite.KindAutoReply, "", "", "", "", "", "is sent by a program: Auto-Submitted: auto-replied"}},
		{"not by a program", answerMail("text/plain", "Yes.", "Auto-Submitted: no"),
			summary{invite.KindOther, "", "", "", "", "", "has no calendar object"}},
		{"plain", "From: bob@example.test\n\nYes, I will come.\n",
			summary{invite.KindOther, "", "", "", "", "", "has no calendar object"}},
	}
	for _, tt := range tests {
		for _, end := range []string{"\n", "\r\n"} {
			t.Run(fmt.Sprintf("%s/%q", tt.name, end), func(t *testing.T) {
				in, err := invite.Read(strings.NewReader(strings.ReplaceAll(tt.in, "\n", end)), nil)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, summarise(in, tt.want.Reason)); diff != "" {
					t.Errorf("Read (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// summarise returns the summary of in. The Reason is only the given one if it begins
// with it.
func summarise(in *invite.Inbound, reason string) summary {
	s := summary{Kind: in.Kind, Attendee: in.Attendee.Email, Status: in.Attendee.Status, Comment: in.Attendee.Comment, Reason: in.Reason}
	if strings.HasPrefix(in.Reason, reason) {
		s.Reason = reason
	}
	if in.Event != nil {
		s.Method, s.UID = in.Calendar.Method, in.Event.UID
	}
	return s
}

// bounce returns a report about an invitation, with more parts after the status.
func bounce(reportType, status string, parts ...string) string {
	b := "From: MAILER-DAEMON@example.test\nTo: desk@example.test\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n" +
		"Content-Type: multipart/report; report-type=" + reportType + "; boundary=b\n\n--b\nContent-Type: text/plain\n\nSorry.\n"
	for _, p := range append([]string{"Content-Type: message/" + reportType + "\n\n" + status}, parts...) {
		b += "--b\n" + p + "\n"
	}
	return b + "--b--\n"
}

func TestReadReport(t *testing.T) {
	invitation := "From: desk@example.test\nTo: bob@example.test\nMessage-ID: <1@example.test>\nMIME-Version: 1.0\n" +
		"Content-Type: text/calendar; method=REQUEST\n\n" + object("REQUEST", organizerLine, bobWithout)
	status := "Reporting-MTA: dns; mx.example.test\n\nFinal-Recipient: rfc822; bob@example.test\nAction: failed\n" +
		"Status: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n"
	tests := []struct {
		name, in string
		want     summary
	}{
		{"with the invitation", bounce("delivery-status", status, "Content-Type: message/rfc822\n\n"+invitation),
			summary{invite.KindBounce, "REQUEST", "uid-1", "", "", "", `failed for bob@example.test: 5.1.1: a report says "smtp; 550 no such user"`}},
		{"without", bounce("delivery-status", status),
			summary{invite.KindBounce, "", "", "", "", "", `failed for bob@example.test: 5.1.1: a report says "smtp; 550 no such user"`}},
		{"with the original address", bounce("delivery-status", status+"Original-Recipient: rfc822; team@example.test\n"),
			summary{invite.KindBounce, "", "", "", "", "", "failed for team@example.test: 5.1.1"}},
		{"without recipients", bounce("delivery-status", "Reporting-MTA: dns; mx.example.test\n"),
			summary{invite.KindBounce, "", "", "", "", "", "is a delivery report that names no recipient"}},
		{"with a broken object", bounce("delivery-status", status, "Content-Type: message/rfc822\n\n"+strings.Replace(invitation, "END:VEVENT\nEND:VCALENDAR\n", "", 1)),
			summary{invite.KindBounce, "", "", "", "", "", "failed for bob@example.test"}},
		{"read receipt", bounce("disposition-notification", "Final-Recipient: rfc822; bob@example.test\nDisposition: manual-action/MDN-sent-manually; displayed\n"),
			summary{invite.KindReceipt, "", "", "", "", "", "is a read receipt: displayed by bob@example.test"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := invite.Read(strings.NewReader(strings.ReplaceAll(tt.in, "\n", "\r\n")), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, summarise(in, tt.want.Reason)); diff != "" {
				t.Errorf("Read (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReadTwoObjects reads a mail whose first calendar object is broken and whose
// second one is the answer.
func TestReadTwoObjects(t *testing.T) {
	mail := "From: bob@example.test\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" +
		"--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n" +
		"--b\nContent-Type: application/ics\n\n" + object("REPLY", bobAccepts) + "--b--\n"
	in, err := invite.Read(strings.NewReader(mail), nil)
	if err != nil || in.Kind != invite.KindReply || in.Attendee.Status != ical.StatusAccepted {
		t.Errorf("Read = %+v, %v, want the answer of the second part", in, err)
	}
}

func TestReadTimes(t *testing.T) {
	in, err := invite.Read(strings.NewReader(answerMail("text/calendar", object("COUNTER", bobTentative))), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := []time.Time{in.Event.Start, in.Event.End, in.Calendar.Stamp}
	start := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	if diff := cmp.Diff([]time.Time{start, start.Add(time.Hour), time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)}, got); diff != "" || in.Event.Sequence != 1 {
		t.Errorf("sequence %d, times (-want +got):\n%s", in.Event.Sequence, diff)
	}
}

func TestReadErrors(t *testing.T) {
	reply := answerMail("text/calendar; method=REPLY", object("REPLY", bobAccepts))
	broken := errors.New("broken pipe")
	tests := []struct {
		name string
		in   io.Reader
		o    *invite.ReadOptions
	}{
		{"reader", io.MultiReader(strings.NewReader(reply), iotest.ErrReader(broken)), nil},
		{"size", strings.NewReader(reply), &invite.ReadOptions{Mail: &mime.ReadOptions{MaxSize: 100}}},
		{"empty", strings.NewReader(""), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := invite.Read(tt.in, tt.o)
			if in != nil || err == nil || !strings.HasPrefix(err.Error(), "invite: read: mime: ") {
				t.Errorf("Read = %v, %v, want an error", in, err)
			}
			if tt.name == "reader" && !errors.Is(err, broken) {
				t.Errorf("Read = %v, want the cause in it", err)
			}
		})
	}
	in, err := invite.Read(strings.NewReader(reply), &invite.ReadOptions{Calendar: &ical.DecodeOptions{MaxBytes: 50}})
	if err != nil || in.Kind != invite.KindOther || !strings.Contains(in.Reason, "50 octets") {
		t.Errorf("Read over the limit of the object = %+v, %v, want other with the reason", in, err)
	}
}

// TestReadOwnMails reads the mails that Send writes.
func TestReadOwnMails(t *testing.T) {
	files, err := filepath.Glob("../testdata/mail/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no mails: %v", err)
	}
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		in, err := invite.Read(f, nil)
		f.Close()
		if err != nil || in.Kind != invite.KindRequest || in.Reason == "" || in.Event.Organizer.Email != "desk@example.test" || len(in.Mail.Problems) > 0 {
			t.Errorf("Read(%s) = %+v, %v, want a request without problems", path, in, err)
		}
	}
}

// TestKeys compares the keys by which a program finds the meeting of a mail.
func TestKeys(t *testing.T) {
	in, m := request(t, review(), 0, fixed())
	answer := answerOf(t, m, "bob@example.test", ical.StatusAccepted, nil)
	answer.Mail.InReplyTo = in.Mail.MessageID
	answer.Mail.DeliveredTo = []string{"Desk+token@example.test"}
	want := invite.Keys{UIDs: []string{"uid-1"}, MessageIDs: []string{in.Mail.MessageID}, ReplyAddresses: []string{"desk@example.test", "desk+token@example.test"}}
	if diff := cmp.Diff(want, answer.Keys()); diff != "" {
		t.Errorf("Keys (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(invite.Keys{}, new(invite.Inbound).Keys()); diff != "" {
		t.Errorf("Keys of nothing (-want +got):\n%s", diff)
	}
}

// TestReadOptions reads a mail with a recipient and authentication results, as a
// webhook gives them.
func TestReadOptions(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	r := new(recorder)
	in := &invite.Inbound{Kind: invite.KindRequest, Event: &m.Event, Mail: &mime.Received{}}
	if err := invite.New(r, fixed()).Respond(t.Context(), in, invite.Response{As: "bob@example.test", Status: ical.StatusAccepted}); err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]invite.Verdict{"pass": invite.VerdictApplied, "fail": invite.VerdictUnverified} {
		got, err := invite.Read(strings.NewReader(string(r.mails[0].Data)), &invite.ReadOptions{
			Recipient: "desk+token@example.test",
			Verified:  []mime.AuthResult{{Method: "dkim", Value: value, Domain: "example.test"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got.Mail.DeliveredTo[0] != "desk+token@example.test" {
			t.Errorf("DeliveredTo = %v, want the Recipient of the options first", got.Mail.DeliveredTo)
		}
		if _, o := m.Apply(got, invite.Strict("mx.example.test")); o.Verdict != want {
			t.Errorf("Apply with dkim=%s = %+v, want %s", value, o, want)
		}
	}
}
