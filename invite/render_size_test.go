package invite_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// guests returns n attendees.
func guests(n int) (out []ical.Attendee) {
	for i := range n {
		out = append(out, ical.Attendee{Name: fmt.Sprintf("Guest Number %d", i), Email: fmt.Sprintf("guest%03d@example.test", i)})
	}
	return out
}

// longSeries returns a series with a description of a usual length.
func longSeries(freq ical.Frequency, dates, people int) ical.Event {
	return vary(func(e *ical.Event) {
		zone, err := ical.LoadLocation("Europe/Berlin")
		if err != nil {
			panic(err)
		}
		e.Start = time.Date(2027, 3, 2, 10, 0, 0, 0, zone)
		e.End, e.TimeZone, e.Location = e.Start.Add(30*time.Minute), "Europe/Berlin", "Room 4"
		e.Description = strings.Repeat("Please read the minutes of the last meeting beforehand. ", 10)
		e.Recurrence = &ical.Recurrence{Freq: freq, Count: dates}
		e.Attendees = guests(people)
	})
}

// refusing lets every guest accept the series and decline some dates of it.
func refusing(t testing.TB, m *invite.Meeting, dates int) *invite.Meeting {
	t.Helper()
	var starts []time.Time
	for o := range m.Event.Occurrences(time.Time{}, time.Time{}) {
		starts = append(starts, o.RecurrenceID)
	}
	for i, a := range m.Event.Attendees {
		for n := range dates + 1 {
			said := invite.Answer{Email: a.Email, Status: ical.StatusAccepted, Via: "test", Stamp: pinned()}
			if n > 0 {
				said.Status, said.RecurrenceID = ical.StatusDeclined, starts[(i*7+n*3)%len(starts)]
			}
			next, o := m.Answer(said)
			if o.Verdict != invite.VerdictApplied {
				t.Fatalf("%+v: %+v", said, o)
			}
			m = next
		}
	}
	return m
}

// otherWords updates a meeting with another description, and returns the mails.
func otherWords(t testing.TB, m *invite.Meeting) []*invite.Message {
	t.Helper()
	r := new(recorder)
	after := m.Event.Clone()
	after.Description += "It is short."
	o := fixed(func(o *invite.Options) { o.Now = func() time.Time { return pinned().Add(time.Hour) } })
	if _, err := invite.New(r, o).Update(context.Background(), m, after); err != nil {
		t.Fatal(err)
	}
	return r.mails
}

func total(mails []*invite.Message) (n int) {
	for _, m := range mails {
		n += len(m.Data)
	}
	return n
}

// TestAnswersDoNotGrowMails compares the mails of a small change with and without
// answers to single dates. The answers of other attendees cost nothing, and the
// attendee's own answers cost little.
func TestAnswersDoNotGrowMails(t *testing.T) {
	tests := []struct {
		name                  string
		freq                  ical.Frequency
		dates, people, refuse int
		most                  float64 // how much whole mails may grow, with own answers
	}{
		{"weekly, 12 people, 52 dates, 5 refused each", ical.FreqWeekly, 52, 12, 5, 2},
		{"daily, 15 people, 250 dates, 16 refused each", ical.FreqDaily, 250, 15, 16, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sent := must(t)(invite.New(nowhere, fixed()).Send(context.Background(), longSeries(tt.freq, tt.dates, tt.people)))
			plain, refused := otherWords(t, refusing(t, sent, 0)), otherWords(t, refusing(t, sent, tt.refuse))
			own := 0
			for _, m := range refused {
				in := readMail(t, m.Data)
				for _, o := range in.Event.Overrides {
					if len(o.Attendees) != 1 || o.Attendees[0].Email != m.To[0] || o.Attendees[0].Status != ical.StatusDeclined {
						t.Errorf("the mail to %s shows the answer of %+v", m.To[0], o.Attendees)
					}
				}
				if len(in.Event.Overrides) != tt.refuse {
					t.Errorf("the mail to %s has %d own answers, want %d", m.To[0], len(in.Event.Overrides), tt.refuse)
				}
				own += ownOctets(t, m)
			}
			ratio := float64(total(refused)) / float64(total(plain))
			without := float64(total(refused)-own) / float64(total(plain))
			t.Logf("octets of a mail: %d without answers, %d with; × %.3f, × %.3f without own answers",
				total(plain)/len(plain), total(refused)/len(refused), ratio, without)
			if ratio > tt.most || without > 1.2 {
				t.Errorf("mails grow × %.2f, × %.2f without own answers, want at most %.1f and 1.2", ratio, without, tt.most)
			}
		})
	}
}

// ownOctets returns the number of octets that own answers take in a mail, in the two
// encoded copies of the calendar object.
func ownOctets(t *testing.T, m *invite.Message) int {
	t.Helper()
	data := string(parseMail(t, m.Data).calendar(t))
	first := strings.Index(data, "END:VEVENT\r\n") + len("END:VEVENT\r\n")
	last := strings.LastIndex(data, "END:VEVENT\r\n") + len("END:VEVENT\r\n")
	return 2 * (last - first) * 78 / 57 // base64 in lines of 76 characters and their ends
}

// TestOwnAnswersAreSmall measures the calendar object of an attendee who refused
// five dates.
func TestOwnAnswersAreSmall(t *testing.T) {
	e := longSeries(ical.FreqWeekly, 26, 2)
	sent := must(t)(invite.New(nowhere, fixed()).Send(context.Background(), e))
	m := said(t, said(t, sent, e.Attendees[0].Email, ical.StatusAccepted), e.Attendees[1].Email, ical.StatusAccepted)
	before := otherWords(t, m)
	for n := range 5 {
		m, _ = m.Answer(invite.Answer{Email: e.Attendees[0].Email, Status: ical.StatusDeclined, Via: "test", Stamp: pinned(), RecurrenceID: e.Start.AddDate(0, 0, 7*n)})
	}
	mails := otherWords(t, m)
	bob, dora := parseMail(t, mails[0].Data).calendar(t), parseMail(t, mails[1].Data).calendar(t)
	t.Logf("five refusals: %d octets of calendar object, %d without", len(bob), len(parseMail(t, before[0].Data).calendar(t)))
	if len(bob) > 6<<10 {
		t.Errorf("the object with five refusals has %d octets, want at most 6 KB", len(bob))
	}
	if string(dora) != string(parseMail(t, before[1].Data).calendar(t)) {
		t.Errorf("the object of another attendee is changed by the refusals:\n%s", dora)
	}
}

// TestOneReplyOfManyDates applies one mail that answers for 173 dates of a series with
// 300 guests.
func TestOneReplyOfManyDates(t *testing.T) {
	m, after := manyDates(t)
	size := func(m *invite.Meeting) int { return len(encode(t, m)) }
	grown := size(after) - size(m)
	t.Logf("%d answers: the stored meeting grows from %d by %d octets", len(after.Answers), size(m), grown)
	if len(after.Answers) != 173 || grown > 60_000 {
		t.Errorf("%d answers, %d octets, want 173 and at most 60 KB", len(after.Answers), grown)
	}
	for i, mail := range otherWords(t, after) {
		if n := len(readMail(t, mail.Data).Event.Overrides); i > 0 && n > 0 {
			t.Errorf("the mail to %s has %d overrides", mail.To[0], n)
		} else if i == 0 && n != 173 {
			t.Errorf("the mail to the attendee who answered has %d own answers, want 173", n)
		}
	}
}

// manyDates returns a series with 300 guests, before and after one REPLY for 173 dates.
func manyDates(t testing.TB) (before, after *invite.Meeting) {
	t.Helper()
	before = must(t)(invite.New(nowhere, fixed()).Send(context.Background(), longSeries(ical.FreqDaily, 200, 300)))
	var answers []ical.Event
	for o := range before.Event.Occurrences(time.Time{}, time.Time{}) {
		if len(answers) == 173 {
			break
		}
		a := before.Event.Attendees[0]
		a.Status = ical.StatusDeclined
		answers = append(answers, ical.Event{UID: before.Event.UID, RecurrenceID: o.RecurrenceID, Start: o.Start, End: o.End,
			TimeZone: "Europe/Berlin", Organizer: before.Event.Organizer, Attendees: []ical.Attendee{a}})
	}
	calendar, err := ical.Encode(&ical.Calendar{Method: ical.MethodReply, Stamp: pinned().Add(time.Minute), Events: answers})
	if err != nil {
		t.Fatal(err)
	}
	in, err := invite.Read(strings.NewReader("From: guest000@example.test\r\nTo: desk@example.test\r\nMessage-ID: <one@example.test>\r\n"+
		"Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"+string(calendar)), nil)
	if err != nil {
		t.Fatal(err)
	}
	after, o := before.Apply(in, nil)
	if o.Verdict != invite.VerdictApplied {
		t.Fatalf("%+v", o)
	}
	return before, after
}

// BenchmarkUpdateAfterAnswers compares an update of a series with 300 guests with
// and without 173 answers to single dates. The ratio should stay below 2.
func BenchmarkUpdateAfterAnswers(b *testing.B) {
	before, after := manyDates(b)
	for range b.N {
		start := time.Now()
		otherWords(b, before)
		without := time.Since(start)
		start = time.Now()
		otherWords(b, after)
		b.ReportMetric(float64(time.Since(start))/float64(without), "ratio")
	}
}

// TestLintSizeIsRight compares what the lint rule mail-size says with a mail that is
// sent. The estimate may be wrong by a quarter.
func TestLintSizeIsRight(t *testing.T) {
	const most = 1 << 20
	for name, event := range map[string]func(n int) ical.Event{
		"description": func(n int) ical.Event {
			return vary(func(e *ical.Event) { e.Description = strings.Repeat("Please read. ", n*400) })
		},
		"description in Cyrillic": func(n int) ical.Event {
			return vary(func(e *ical.Event) { e.Description = strings.Repeat("Прочитайте. ", n*100) })
		},
		"guests": func(n int) ical.Event { return vary(func(e *ical.Event) { e.Attendees = guests(n * 40) }) },
		"overrides": func(n int) ical.Event {
			e := longSeries(ical.FreqDaily, 400, n*3)
			for i := range 20 {
				e.Overrides = append(e.Overrides, ical.Event{RecurrenceID: e.Start.AddDate(0, 0, i+40), Summary: "Other"})
			}
			return e
		},
		"properties": func(n int) ical.Event {
			return vary(func(e *ical.Event) {
				for i := range n {
					e.Extra = append(e.Extra, ical.Property{Name: fmt.Sprint("X-A", i), Value: strings.Repeat("x", 5000)})
				}
			})
		},
	} {
		below, above := 0, 0
		for n := 10; n <= 130; n += 20 {
			e := event(n)
			r, found := new(recorder), false
			must(t)(invite.New(r, fixed()).Send(context.Background(), e, invite.OneMail()))
			size := len(r.mails[0].Data)
			for _, f := range e.Lint() {
				found = found || f.Rule == "mail-size"
			}
			switch {
			case size < most*3/4:
				if below++; found {
					t.Errorf("%s: mail-size is reported for a mail of %d octets", name, size)
				}
			case size > most*5/4:
				if above++; !found {
					t.Errorf("%s: mail-size is not reported for a mail of %d octets", name, size)
				}
			}
		}
		if below == 0 || above == 0 {
			t.Errorf("%s: %d mails are small and %d are large, want some of both", name, below, above)
		}
	}
}
