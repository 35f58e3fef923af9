package invite_test

import (
	"mime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestHideGuests looks for every other guest in the mail of each guest: in its octets,
// its decoded header and its decoded parts.
func TestHideGuests(t *testing.T) {
	e := vary(func(e *ical.Event) {
		e.Attendees = append(e.Attendees, ical.Attendee{Name: "Desk: East; \"2\"", Email: "east@other.example"},
			ical.Attendee{Name: "Meeting Room 9", Email: "room9@rooms.example", Kind: ical.KindRoom},
			ical.Attendee{Name: "山田", Email: "yamada@日本.example"})
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		e.Overrides = []ical.Event{
			{RecurrenceID: e.Start.AddDate(0, 0, 7), Attendees: e.Attendees[:1]},
			{RecurrenceID: e.Start.AddDate(0, 0, 14), Summary: "Elsewhere"},
			{RecurrenceID: e.Start.AddDate(0, 0, 21), Attendees: e.Attendees},
		}
		e.Overrides[0].Summary = "Elsewhere"
	})
	mails := send(t, e, invite.HideGuests())
	if len(mails) != len(e.Attendees) {
		t.Fatalf("%d mails, want %d", len(mails), len(e.Attendees))
	}
	for i, m := range mails {
		shown := everything(t, m.Data) + "\n" + strings.Join(m.To, " ") + m.From + m.ID
		if !strings.Contains(shown, "ATTENDEE;") || !strings.Contains(shown, secrets(e.Attendees[i])[3]) {
			t.Errorf("the mail to %s does not show their own name", e.Attendees[i].Email)
		}
		for j, other := range e.Attendees {
			for _, secret := range secrets(other) {
				if i != j && strings.Contains(shown, secret) {
					t.Errorf("the mail to %s shows %q", e.Attendees[i].Email, secret)
				}
			}
		}
	}
}

// secrets returns the strings by which a mail could show an attendee.
func secrets(a ical.Attendee) []string {
	local, _, _ := strings.Cut(a.Email, "@")
	return []string{a.Email, local + "@", a.Name, strings.ReplaceAll(a.Name, `"`, "'"), mime.QEncoding.Encode("utf-8", a.Name)}
}

// TestHideGuestsOverride sends a series in which one guest is not invited to one
// occurrence. The mail to that guest must except the occurrence, which otherwise would
// inherit the guest from the series.
func TestHideGuestsOverride(t *testing.T) {
	e := vary(func(e *ical.Event) {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly}
		e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Attendees: e.Attendees[:1], Location: "Room 2"}}
	})
	var got [][]string
	for _, m := range send(t, e, invite.HideGuests()) {
		var lines []string
		for _, line := range unfold(parseMail(t, m.Data).calendar(t)) {
			if name, _, _ := strings.Cut(shape(line), ";"); name == "RECURRENCE-ID" || name == "EXDATE" || name == "ATTENDEE" {
				lines = append(lines, name+line[strings.LastIndexByte(line, ':'):])
			}
		}
		got = append(got, lines)
	}
	want := [][]string{
		{"ATTENDEE:bob@example.test", "RECURRENCE-ID:20270309T100000", "ATTENDEE:bob@example.test"},
		{"EXDATE:20270309T100000", "ATTENDEE:zoe@example.test"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calendar objects (-want +got):\n%s", diff)
	}
}
