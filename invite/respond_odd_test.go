package invite_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestRespondLanguage reads the text of answers. It is in the language of the
// invitation, of its mail, or of the client, in this order.
func TestRespondLanguage(t *testing.T) {
	invitation := func(language, header string) *invite.Inbound {
		lines := []string{organizerLine, bobWithout, "SUMMARY" + language + ":Review"}
		return readMail(t, []byte(answerMail("text/calendar; method=REQUEST", object("REQUEST", lines...), header)))
	}
	german := func(o *invite.Options) { o.Language = "de" }
	for _, tt := range []struct {
		name    string
		in      *invite.Inbound
		o       *invite.Options
		change  func(*invite.Response)
		subject string
		text    string // its first line
	}{
		{"nowhere", invitation("", "X-A: b"), fixed(), nil, "Accepted: Review, Tue Mar 2, 9:00 AM", "bob@example.test accepts the invitation."},
		{"client", invitation("", "X-A: b"), fixed(german), nil, "Zugesagt: Review, Di., 2. März, 09:00 Uhr", "bob@example.test nimmt die Einladung an."},
		{"mail", invitation("", "Content-Language: fr-CH, en"), fixed(german), nil, "Accepté : Review, mar. 2 mars, 09:00", "bob@example.test accepte l’invitation."},
		{"invitation", invitation(";LANGUAGE=es-MX", "Content-Language: fr"), fixed(german), nil, "Aceptado: Review, mar. 2 mar., 9:00", "bob@example.test acepta la invitación."},
		{"unknown language", invitation(";LANGUAGE=xx", "X-A: b"), fixed(german), nil, "Accepted: Review, Tue Mar 2, 9:00 AM", "bob@example.test accepts the invitation."},
		{"delegated", invitation("", "X-A: b"), fixed(german), func(r *invite.Response) { r.Status, r.DelegateTo = ical.StatusDelegated, "eve@example.test" },
			"Delegiert: Review, Di., 2. März, 09:00 Uhr", "bob@example.test schickt stattdessen eve@example.test."},
		{"another time", invitation("", "X-A: b"), fixed(), func(r *invite.Response) { r.Start, r.End = pinned(), pinned().Add(time.Hour) },
			"New time proposed: Review, Mon Feb 1, 8:00 AM", "bob@example.test proposes a new time."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := new(recorder)
			if err := invite.New(r, tt.o).Respond(t.Context(), tt.in, response("bob@example.test", ical.StatusAccepted, tt.change)); err != nil {
				t.Fatal(err)
			}
			got := readMail(t, r.mails[0].Data)
			first, _, _ := strings.Cut(got.Mail.Text, "\n")
			if got.Mail.Subject != tt.subject || first != tt.text {
				t.Errorf("subject %q, text %q\nwant    %q, %q", got.Mail.Subject, first, tt.subject, tt.text)
			}
		})
	}
}

// TestRespondToOddInvitations answers invitations with values that this library would
// not write. Their UID comes back as it was.
func TestRespondToOddInvitations(t *testing.T) {
	for name, lines := range map[string][]string{
		"long UID":                      {"UID:" + strings.Repeat("x", 400)},
		"UID of odd characters":         {`UID:a\nb\;c\,d\\e "{f}" %20 ü`},
		"end before the start":          {"DTEND:20270301T100000Z"},
		"end after 40 years":            {"DTEND:20670301T100000Z"},
		"role that is no word":          {"ATTENDEE;ROLE=NON SENSE;CUTYPE=X_Y:mailto:ann@example.test"},
		"delegated from no address":     {"ATTENDEE;DELEGATED-FROM=\"invalid:nomail\":mailto:ann@example.test"},
		"attendee in quotes":            {"ATTENDEE:mailto:'ann@example.test'"},
		"organizer with a name":         {"ORGANIZER:mailto:Desk%20%3Cdesk@example.test%3E"},
		"sequence of milliseconds":      {"SEQUENCE:1770000000000"},
		"rule that is not understood":   {"RRULE:FREQ=YEARLY;BYWEEKNO=20"},
		"no end, all-day from midnight": {"DTSTART;TZID=Europe/Berlin:20270302T000000", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"},
	} {
		defaults := []string{"UID:uid-1", "DTSTART:20270302T090000Z", "DTSTAMP:20270201T090000Z", organizerLine, "ATTENDEE:mailto:ann@example.test"}
		object := "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
		for _, line := range defaults {
			property, _, _ := strings.Cut(strings.NewReplacer(";", ":").Replace(line), ":")
			if !strings.Contains("\n"+strings.Join(lines, "\n"), "\n"+property) {
				object += line + "\n"
			}
		}
		object += strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
		in := readMail(t, []byte(answerMail("text/calendar; method=REQUEST", object)))
		r := new(recorder)
		if err := invite.New(r, fixed()).Respond(t.Context(), in, invite.Response{As: "ann@example.test", Status: ical.StatusAccepted}); err != nil {
			t.Errorf("%s: Respond = %v", name, err)
			continue
		}
		got := readMail(t, r.mails[0].Data)
		if got.Event.UID != in.Event.UID || !got.Event.Start.Equal(in.Event.Start) || got.Attendee.Email != "ann@example.test" || got.Attendee.Status != ical.StatusAccepted {
			t.Errorf("%s: answer of %+v about %+v", name, got.Attendee, got.Event)
		}
		if r.mails[0].To[0] != "desk@example.test" {
			t.Errorf("%s: answer goes to %s", name, r.mails[0].To)
		}
	}
}
