package invite_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// scriptLines are lines of an event with links that a person must not open.
const scriptLines = "URL:javascript:alert(1)\r\nCONFERENCE;VALUE=URI:JAVA%53CRIPT:alert(1)\r\nATTACH:file:///etc/passwd\r\n" +
	"X-GOOGLE-CONFERENCE:javascript:alert(1)\r\nCONTACT;ALTREP=\"data:text/html,javascript\":Bob\r\n"

// linkMail is a mail of Bob with links that a person must not open.
func linkMail(method ical.Method, attendee string) []byte {
	return []byte("From: bob@example.test\r\nTo: desk@example.test\r\nMessage-ID: <1@example.test>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/calendar; charset=utf-8; method=" + string(method) + "\r\n\r\n" +
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:" + string(method) + "\r\nBEGIN:VEVENT\r\nUID:uid-1\r\nSEQUENCE:0\r\n" +
		"DTSTAMP:20270201T080000Z\r\nDTSTART:20270302T100000Z\r\nDTEND:20270302T110000Z\r\nSUMMARY:Review\r\n" +
		"ORGANIZER;DIR=\"javascript:alert(1)\":mailto:desk@example.test\r\n" + attendee + "\r\n" + scriptLines +
		"END:VEVENT\r\nEND:VCALENDAR\r\n")
}

// badLink reports whether data holds one of the links of linkMail.
func badLink(data []byte) bool {
	low := bytes.ToLower(data)
	return bytes.Contains(low, []byte("script:")) || bytes.Contains(low, []byte("file:")) || bytes.Contains(low, []byte("data:text"))
}

// TestReadLinks reads a request with such links, which says what was passed over, and
// answers it.
func TestReadLinks(t *testing.T) {
	in := readMail(t, linkMail(ical.MethodRequest, "ATTENDEE;DIR=\"vbscript:x\":mailto:zoe@example.test"))
	stored := asJSON(t, in.Event)
	if badLink(stored) || len(in.Calendar.Skipped) != 6 || !strings.Contains(in.Reason, "URL") {
		t.Errorf("Read = %s, skipped %q, reason %q, want no link, and a line about each", stored, in.Calendar.Skipped, in.Reason)
	}
	r := new(recorder)
	err := invite.New(r, fixed()).Respond(t.Context(), in, invite.Response{As: "zoe@example.test", Status: ical.StatusAccepted})
	if err != nil || len(r.mails) != 1 {
		t.Fatalf("Respond = %v with %d mails, want one", err, len(r.mails))
	}
	if got := readMail(t, r.mails[0].Data); len(got.Calendar.Skipped) > 0 || badLink(r.mails[0].Data) {
		t.Errorf("the answer has one of the links:\n%s", r.mails[0].Data)
	}
}

// TestAcceptLinks accepts a proposal whose object has such links. None of them gets into
// the meeting or into a mail.
func TestAcceptLinks(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	in := readMail(t, linkMail(ical.MethodCounter, "ATTENDEE;PARTSTAT=TENTATIVE;DIR=\"vbscript:x\":mailto:bob@example.test"))
	m, o := m.Apply(in, invite.InsecureAcceptAny())
	if o.Verdict != invite.VerdictApplied || len(m.OpenProposals()) != 1 {
		t.Fatalf("Apply = %+v, want a proposal", o)
	}
	e, err := m.OpenProposals()[0].Accept(m.Event)
	if err != nil {
		t.Fatal(err)
	}
	r := new(recorder)
	m, err = invite.New(r, fixed()).Update(t.Context(), m, e)
	if err != nil || len(r.mails) == 0 {
		t.Fatalf("Update = %v with %d mails", err, len(r.mails))
	}
	if stored := asJSON(t, m); badLink(stored) {
		t.Errorf("the meeting has one of the links: %s", stored)
	}
	for _, mail := range r.mails {
		in := readMail(t, mail.Data)
		if got := asJSON(t, in.Event); badLink(got) || badLink([]byte(in.Mail.Text)) {
			t.Errorf("the mail has one of the links: %s", got)
		}
	}
}

// TestSendLinks sends nothing for an event with such a link, and nothing for a change
// that brings one into a meeting. The error names the field.
func TestSendLinks(t *testing.T) {
	for field, value := range map[string]string{
		"URL":                "{\"url\": \"javascript:alert(1)\"}",
		"Conference":         "{\"conference\": \"data:text/html,x\"}",
		"Attachments[0].URL": "{\"attachments\": [{\"url\": \"file://host/share\"}]}",
		"Extra[0].Value":     "{\"extra\": [{\"name\": \"X-GOOGLE-CONFERENCE\", \"value\": \"vbscript:x\"}]}",
	} {
		e := review()
		if err := json.Unmarshal([]byte(value), &e); err != nil {
			t.Fatal(err)
		}
		r := new(recorder)
		c := invite.New(r, fixed())
		_, err := c.Send(t.Context(), e)
		wantField(t, "Send", err, field)

		_, m := request(t, review(), 0, fixed())
		_, err = c.Update(t.Context(), m, e)
		wantField(t, "Update", err, field)
		if len(r.mails) > 0 {
			t.Errorf("%s: %d mails were sent", field, len(r.mails))
		}
	}
}

func wantField(t *testing.T, call string, err error, field string) {
	t.Helper()
	var fields []string
	for _, f := range ical.FieldErrors(err) {
		fields = append(fields, f.Field)
	}
	if !slices.Contains(fields, field) {
		t.Errorf("%s = %v, want an error about %s", call, err, field)
	}
}

func asJSON(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
