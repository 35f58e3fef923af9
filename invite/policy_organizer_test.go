package invite_test

import (
	"strings"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// organizerMail returns a request of some organizer below a From and further fields.
func organizerMail(from, organizer, method string, fields ...string) string {
	lines := append(fields, "From: "+from, "To: room@example.test", "Subject: Review", "MIME-Version: 1.0",
		"Content-Type: text/calendar; method="+method+"; charset=utf-8", "",
		"BEGIN:VCALENDAR", "METHOD:"+method, "VERSION:2.0", "BEGIN:VEVENT", "UID:uid-1", "DTSTAMP:20270202T090000Z",
		"SEQUENCE:0", "DTSTART:20270302T090000Z", "DTEND:20270302T100000Z", organizer,
		"ATTENDEE;RSVP=TRUE:mailto:room@example.test", "END:VEVENT", "END:VCALENDAR", "")
	return strings.Join(lines, "\r\n")
}

// TestVerifyOrganizer judges mails in the name of desk@example.test.
func TestVerifyOrganizer(t *testing.T) {
	const (
		desk   = "ORGANIZER:mailto:desk@example.test"
		byAnn  = "ORGANIZER;SENT-BY=\"mailto:ann@example.test\":mailto:desk@example.test"
		byEve  = "ORGANIZER;SENT-BY=\"mailto:eve@other.test\":mailto:desk@example.test"
		pass   = "Authentication-Results: mx.example.test; dmarc=pass header.from=example.test"
		fail   = "Authentication-Results: mx.example.test; dmarc=fail header.from=example.test"
		others = "Authentication-Results: mx.example.test; dmarc=pass header.from=other.test"
	)
	for _, tt := range []struct {
		name, from, organizer, method string
		fields                        []string
		none, strict                  string // a part of the error of the nil policy, and of Strict
	}{
		{"no results", "desk@example.test", desk, "REQUEST", nil, "", "no result of mx.example.test"},
		{"pass", "Desk <DESK@example.test>", desk, "REQUEST", []string{pass}, "", ""},
		{"cancel", "desk@example.test", desk, "CANCEL", []string{pass}, "", ""},
		{"fail", "desk@example.test", desk, "CANCEL", []string{fail}, "is not proven", "is not proven"},
		{"another author", "eve@other.test", desk, "REQUEST", []string{others}, "its organizer is desk@example.test", "its organizer is desk@example.test"},
		{"two authors", "desk@example.test, eve@other.test", desk, "REQUEST", []string{pass}, "has 2 authors", "has 2 authors"},
		{"a token", "desk@example.test", "ORGANIZER:mailto:desk+abc@example.test", "REQUEST", []string{pass}, "", ""},
		{"another token", "desk+x@example.test", "ORGANIZER:mailto:desk+abc@example.test", "REQUEST", []string{pass}, "its organizer is", "its organizer is"},
		{"the token of the author", "desk+x@example.test", desk, "REQUEST", []string{pass}, "its organizer is", "its organizer is"},
		{"an assistant", "ann@example.test", byAnn, "REQUEST", []string{pass}, "", "says to act for"},
		{"an assistant elsewhere", "eve@other.test", byEve, "REQUEST", []string{others}, "says to act for", "says to act for"},
		{"no organizer", "desk@example.test", "LOCATION:x", "REQUEST", []string{pass}, "names no organizer", "names no organizer"},
		{"an answer", "room@example.test", desk, "REPLY", []string{pass}, "is no mail of an organizer", "is no mail of an organizer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := readMail(t, []byte(organizerMail(tt.from, tt.organizer, tt.method, tt.fields...)))
			for p, want := range map[*invite.Policy]string{nil: tt.none, invite.Strict("mx.example.test"): tt.strict} {
				err := p.VerifyOrganizer(in)
				if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
					t.Errorf("VerifyOrganizer(%v) = %v, want %q", p, err, want)
				}
			}
		})
	}
}

// TestVerifyOrganizerOfEmpty gives it no calendar object.
func TestVerifyOrganizerOfEmpty(t *testing.T) {
	in := readMail(t, []byte("From: desk@example.test\r\nSubject: Hello\r\n\r\nHello\r\n"))
	if err := invite.InsecureAcceptAny().VerifyOrganizer(in); err == nil {
		t.Error("VerifyOrganizer of a letter = nil, want an error")
	}
	for name, verified := range map[string][]mime.AuthResult{"none": {}, "spf": {{Method: "spf", Value: "pass", Domain: "example.test"}}} {
		in := readMail(t, []byte(organizerMail("desk@example.test", "ORGANIZER:mailto:desk@example.test", "REQUEST")))
		in.Verified = verified
		if err := invite.Strict("").VerifyOrganizer(in); err == nil {
			t.Errorf("%s: VerifyOrganizer = nil, want an error", name)
		}
	}
}

// TestRespondAutomatic looks at the header of a room's answer.
func TestRespondAutomatic(t *testing.T) {
	for _, automatic := range []bool{false, true} {
		in, m := request(t, review(), 0, fixed())
		as := in.Event.Attendees[0].Email
		r := new(recorder)
		answer := response(as, "accepted", func(r *invite.Response) { r.Automatic = automatic })
		if err := invite.New(r, fixed()).Respond(t.Context(), in, answer); err != nil {
			t.Fatal(err)
		}
		got := readMail(t, r.mails[0].Data)
		if (got.Mail.AutoSubmitted == "auto-generated") != automatic {
			t.Errorf("Auto-Submitted = %q of an answer with Automatic %t", got.Mail.AutoSubmitted, automatic)
		}
		if _, o := m.Apply(got, nil); o.Verdict != invite.VerdictApplied {
			t.Errorf("Apply = %+v, want applied", o)
		}
	}
}
