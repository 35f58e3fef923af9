package invite_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// throng is a meeting with so many mails that not all are kept in memory. Each has
// about 10 KB if guests are hidden.
func throng() ical.Event {
	return vary(func(e *ical.Event) {
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 4}
		for i := range 600 {
			e.Attendees = append(e.Attendees, ical.Attendee{Name: fmt.Sprint("Guest ", i), Email: fmt.Sprintf("guest%d@example.test", i)})
		}
		e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Attendees: e.Attendees[5:], Location: "Room 2"}}
	})
}

// TestManyMails compares mails of a large call with the mail that an attendee gets if
// invited alone. Some mails were kept in memory, and some were built again when they
// were sent.
func TestManyMails(t *testing.T) {
	e := throng()
	mails := send(t, e, invite.HideGuests())
	if len(mails) != len(e.Attendees) {
		t.Fatalf("%d mails, want %d", len(mails), len(e.Attendees))
	}
	for _, i := range []int{0, 4, 5, 300, len(e.Attendees) - 1} {
		alone := e
		alone.Attendees = e.Attendees[i : i+1]
		alone.Overrides = []ical.Event{e.Overrides[0]}
		if i < 5 {
			alone.Overrides[0].Cancelled = true
		} else {
			alone.Overrides[0].Attendees = alone.Attendees
		}
		want := send(t, alone, invite.HideGuests())[0]
		if diff := cmp.Diff(withoutID(want), withoutID(mails[i])); diff != "" {
			t.Errorf("mail %d (-alone +of many):\n%s", i, diff)
		}
	}
}

// TestManyLinks sends with answer links of which some cannot be written into a mail.
// Those are left out.
func TestManyLinks(t *testing.T) {
	o := fixed()
	o.AnswerURL = func(_ *invite.Meeting, a ical.Attendee, s ical.Status) string {
		return map[bool]string{true: "https://example.com/?a=" + a.Email, false: "https://example.com/\x00\xff"}[s == ical.StatusAccepted]
	}
	r := new(recorder)
	if _, err := invite.New(r, o).Send(context.Background(), throng(), invite.HideGuests()); err != nil {
		t.Fatal(err)
	}
	for i, m := range r.mails {
		text := strings.TrimSpace(readMail(t, m.Data).Mail.Text)
		if link := "https://example.com/?a=" + m.To[0]; strings.Count(text, "https://example.com/") != 1 || !strings.HasSuffix(text, link) {
			t.Fatalf("mail %d to %s:\n%s", i, m.To[0], text)
		}
	}
}

// TestManyReaders sends to attendees with several languages and time zones in turn, with
// different occurrences and links. Each gets the same text as if invited alone.
func TestManyReaders(t *testing.T) {
	o := fixed()
	o.AnswerURL = func(_ *invite.Meeting, a ical.Attendee, s ical.Status) string {
		if a.Language == "ar" && s != ical.StatusAccepted {
			return "" // no link for this answer
		}
		return "https://example.com/" + string(s) + "?a=" + a.Email
	}
	e := throng()
	e.Attendees = e.Attendees[:120]
	for i := range e.Attendees {
		a := &e.Attendees[i]
		a.Language, a.TimeZone, a.NoReply = []string{"", "de", "ar", "ja", "he"}[i%5], []string{"", "Asia/Tokyo"}[i/5%2], i%7 == 0
	}
	e.Overrides[0].Attendees = slices.Clone(e.Attendees[40:])
	text := func(e ical.Event) []string {
		r := new(recorder)
		must(t)(invite.New(r, o).Send(context.Background(), e, invite.HideGuests()))
		var out []string
		for _, m := range r.mails {
			p := parseMail(t, m.Data)
			out = append(out, p.header.Get("Subject")+"\n"+string(p.of("text/plain")[0].data)+string(p.of("text/html")[0].data))
		}
		return out
	}
	for i, got := range text(e) {
		alone := e.Clone()
		alone.Attendees = alone.Attendees[i : i+1]
		if i < 40 {
			alone.Overrides[0].Attendees, alone.Overrides[0].Cancelled = nil, true
		} else {
			alone.Overrides[0].Attendees = slices.Clone(alone.Attendees)
		}
		if diff := cmp.Diff(text(alone)[0], got); diff != "" {
			t.Fatalf("the mail to %s (-alone +of many):\n%s", e.Attendees[i].Email, diff)
		}
		if own := strings.Count(got, "?a="+e.Attendees[i].Email); own != strings.Count(got, "?a=") {
			t.Fatalf("%d of %d links in the mail to %s are their own, want all", own, strings.Count(got, "?a="), e.Attendees[i].Email)
		}
	}
}

// TestManyAllOrNothing resumes a meeting whose last mail cannot be built, because of its
// header or of its calendar object. No mail is sent.
func TestManyAllOrNothing(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(m *invite.Meeting)
		want  string
	}{
		{"nothing", func(*invite.Meeting) {}, ""},
		{"Message-ID", func(m *invite.Meeting) { m.Deliveries[len(m.Deliveries)-1].MessageID = "<a b>" }, "MessageID"},
		{"name", func(m *invite.Meeting) { m.Event.Attendees[len(m.Event.Attendees)-1].Name = "a\nb" }, "Name"},
		{"role", func(m *invite.Meeting) { m.Event.Attendees[len(m.Event.Attendees)-1].Role = "a\nb" }, "Role"},
	}
	r := new(recorder)
	c := invite.New(r, fixed())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := c.Send(context.Background(), throng(), invite.HideGuests(), invite.QueueOnly())
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil(m)
			r.mails = nil
			_, err = c.Resume(context.Background(), m)
			last := m.Event.Attendees[len(m.Event.Attendees)-1].Email
			switch {
			case tt.want == "" && (err != nil || len(r.mails) != len(m.Deliveries)):
				t.Errorf("Resume = %v with %d mails, want %d", err, len(r.mails), len(m.Deliveries))
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), last) || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("Resume = %v, want an error about %s and its %s", err, last, tt.want)
			case tt.want != "" && len(r.mails) > 0:
				t.Errorf("Resume sent %d mails, want none", len(r.mails))
			}
		})
	}
}
