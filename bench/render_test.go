package bench

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	netmail "net/mail"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/jhillyerd/enmime/v2"
	"github.com/wneessen/go-mail"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/mime"
)

func meeting(b testing.TB) ical.Event {
	data, err := os.ReadFile("testdata/weekly.json")
	if err != nil {
		b.Fatal(err)
	}
	var e ical.Event
	if err := json.Unmarshal(data, &e); err != nil {
		b.Fatal(err)
	}
	return e
}

var stamp = time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC)

// peerCalendar makes the object with golang-ical, as its README shows.
func peerCalendar(e *ical.Event) string {
	loc, _ := time.LoadLocation(e.TimeZone)
	cal := ics.NewCalendar()
	cal.SetMethod(ics.MethodRequest)
	tz := cal.AddTimezone(e.TimeZone)
	std := tz.AddStandard()
	std.AddProperty(ics.ComponentPropertyDtStart, "20261025T030000")
	std.AddProperty(ics.ComponentPropertyRrule, "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10")
	std.AddProperty(ics.ComponentProperty("TZOFFSETFROM"), "+0200")
	std.AddProperty(ics.ComponentProperty("TZOFFSETTO"), "+0100")
	v := cal.AddEvent(e.UID)
	v.SetDtStampTime(stamp)
	v.SetProperty(ics.ComponentPropertyDtStart, e.Start.In(loc).Format("20060102T150405"), ics.WithTZID(e.TimeZone))
	v.SetProperty(ics.ComponentPropertyDtEnd, e.End.In(loc).Format("20060102T150405"), ics.WithTZID(e.TimeZone))
	v.AddRrule("FREQ=WEEKLY;BYDAY=TU;COUNT=12")
	v.SetSummary(e.Summary)
	v.SetDescription(e.Description)
	v.SetLocation(e.Location)
	v.SetSequence(0)
	v.SetStatus(ics.ObjectStatusConfirmed)
	v.SetOrganizer(e.Organizer.Email, ics.WithCN(e.Organizer.Name))
	for _, a := range e.Attendees {
		v.AddAttendee(a.Email, ics.CalendarUserTypeIndividual, ics.ParticipationStatusNeedsAction, ics.ParticipationRoleReqParticipant, ics.WithRSVP(true), ics.WithCN(a.Name))
	}
	return cal.Serialize(ics.WithNewLineWindows)
}

// words are the two texts of a mail.
type words struct{ text, html string }

// few are three lines, the least that a user of a peer would write.
func few(e *ical.Event) words {
	text := fmt.Sprintf("%s invites you\n\n%s\n\nWhen: %s\nWhere: %s\n\n%s\n", e.Organizer.Name, e.Summary, e.Start.Format(time.RFC1123), e.Location, e.Description)
	return words{text, "<html><body><p>" + text + "</p></body></html>"}
}

// page returns the texts that convene writes, made by html/template, as a user of a
// peer would write them.
func page(b *testing.B) func(e *ical.Event) words {
	const footer = `{{define "footer"}}{{end}}`
	r, err := body.New(&body.Options{Templates: fstest.MapFS{"footer.html": {Data: []byte(footer)}}})
	if err != nil {
		b.Fatal(err)
	}
	return func(e *ical.Event) words {
		t, err := r.Render(&body.View{Event: e, Method: ical.MethodRequest})
		if err != nil {
			b.Fatal(err)
		}
		return words{t.Text, t.HTML}
	}
}

func goMailPeer(e *ical.Event, to []ical.Attendee, t words) ([]byte, error) {
	cal := peerCalendar(e)
	m := mail.NewMsg()
	if err := m.FromFormat(e.Organizer.Name, e.Organizer.Email); err != nil {
		return nil, err
	}
	for _, a := range to {
		if err := m.AddToFormat(a.Name, a.Email); err != nil {
			return nil, err
		}
	}
	m.Subject("Invitation: " + e.Summary)
	m.SetDateWithValue(stamp)
	m.SetMessageID()
	m.SetBodyString(mail.TypeTextPlain, t.text)
	m.AddAlternativeString(mail.TypeTextHTML, t.html)
	m.AddAlternativeString(mail.ContentType("text/calendar; method=REQUEST"), cal, mail.WithPartEncoding(mail.EncodingB64))
	if err := m.AttachReader("invite.ics", bytes.NewReader([]byte(cal)), mail.WithFileContentType("application/ics")); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	_, err := m.WriteTo(&out)
	return out.Bytes(), err
}

// enmimePeer adds the calendar part by hand, for which enmime's Builder has no
// method.
func enmimePeer(e *ical.Event, to []ical.Attendee, t words) ([]byte, error) {
	cal := peerCalendar(e)
	b := enmime.Builder().From(e.Organizer.Name, e.Organizer.Email).Subject("Invitation: "+e.Summary).Date(stamp).
		Text([]byte(t.text)).HTML([]byte(t.html)).AddAttachment([]byte(cal), "application/ics", "invite.ics")
	for _, a := range to {
		b = b.To(a.Name, a.Email)
	}
	p, err := b.Build()
	if err != nil {
		return nil, err
	}
	c := enmime.NewPart("text/calendar")
	c.ContentTypeParams["method"] = "REQUEST"
	c.Charset, c.ContentReader = "utf-8", strings.NewReader(cal)
	p.FirstChild.AddChild(c)
	var out bytes.Buffer
	err = p.Encode(&out)
	return out.Bytes(), err
}

// discard counts the mails that it is given.
type discard struct{ mails int }

func (s *discard) Send(_ context.Context, _ *mime.Message) error {
	s.mails++
	return nil
}

func inviter(s invite.Sender, o *invite.Options) *invite.Client {
	if o == nil {
		o = new(invite.Options)
	}
	o.Now = func() time.Time { return stamp }
	return invite.New(s, o)
}

// BenchmarkMails sends an event to 1, 10 and 100 attendees, a mail for each.
// Peers build each mail from the beginning, because they cannot share parts between
// mails.
func BenchmarkMails(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		e := meeting(b)
		e.Attendees = attendees(e.Attendees, n)
		run := func(name string, o *invite.Options, opts ...invite.SendOption) {
			b.Run(fmt.Sprint(n, name), func(b *testing.B) { takeTurns(b, append([]client{convene(&e, n, o, opts...)}, peers(b, &e, n)...), n) })
		}
		run("", nil)
		run("/own-links", &invite.Options{AnswerURL: answerURL}) // texts of their own for each
		run("/hidden-guests", nil, invite.HideGuests())          // an object of its own for each
	}
}

// answerURL is a page on which one attendee answers.
func answerURL(_ *invite.Meeting, a ical.Attendee, s ical.Status) string {
	return "https://desk.example.com/answer?who=" + a.Email + "&how=" + string(s)
}

// BenchmarkOneMail sends the meeting of ten in one mail to all.
func BenchmarkOneMail(b *testing.B) {
	e := meeting(b)
	takeTurns(b, append([]client{convene(&e, 1, nil, invite.OneMail())}, peers(b, &e, 1)...), 1)
}

// convene is this library. Each call has another title, so that no part of the
// previous call can be used again.
func convene(e *ical.Event, mails int, o *invite.Options, opts ...invite.SendOption) client {
	s, calls := new(discard), 0
	c := inviter(s, o)
	return client{"convene", func() error {
		calls++
		s.mails = 0
		e.Summary = "Überblick " + strconv.Itoa(calls)
		if _, err := c.Send(context.Background(), *e, opts...); err != nil || s.mails != mails {
			return fmt.Errorf("%d mails: %w", s.mails, err)
		}
		return nil
	}}
}

// peers are the other libraries. Each of them runs with the page made for the call,
// with the page finished beforehand, and with three lines of text.
func peers(b *testing.B, e *ical.Event, mails int) []client {
	var out []client
	for _, p := range []struct {
		name  string
		build func(*ical.Event, []ical.Attendee, words) ([]byte, error)
	}{{"go-mail", goMailPeer}, {"enmime", enmimePeer}} {
		add := func(name string, text func(*ical.Event) words) {
			out = append(out, client{p.name + name, func() error {
				t := text(e) // once for all mails, as here
				for i := range mails {
					to := e.Attendees[i : i+1]
					if mails == 1 {
						to = e.Attendees
					}
					if _, err := p.build(e, to, t); err != nil {
						return err
					}
				}
				return nil
			}})
		}
		write := page(b)
		finished := write(e)
		add("", write)
		add("-finished", func(*ical.Event) words { return finished })
		add("-short", few)
	}
	return out
}

// BenchmarkAllocated measures the memory that convene alone allocates for these mails.
func BenchmarkAllocated(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e := meeting(b)
			e.Attendees = attendees(e.Attendees, n)
			c := convene(&e, n, nil)
			b.ReportAllocs()
			for b.Loop() {
				if err := c.send(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// attendees repeats the list until it has n, each with an address of its own.
func attendees(list []ical.Attendee, n int) []ical.Attendee {
	out := make([]ical.Attendee, n)
	for i := range out {
		out[i] = list[i%len(list)]
		out[i].Email = fmt.Sprintf("p%d@example.test", i)
	}
	return out
}

// BenchmarkFloor measures the least that a mail costs: one base64 pass over the
// calendar object, and a copy of it.
func BenchmarkFloor(b *testing.B) {
	e := meeting(b)
	object := []byte(peerCalendar(&e))
	out := make([]byte, 0, 64<<10)
	for b.Loop() {
		out = base64.StdEncoding.AppendEncode(out[:0], object)
		out = append(out, object...)
	}
}

// reply is an answer with a long description in its calendar object, which also
// comes as an attachment.
func reply(b *testing.B) []byte {
	e := meeting(b)
	e.Attendees = e.Attendees[:1]
	e.Attendees[0].Status = ical.StatusAccepted
	e.Description = strings.Repeat("Bitte die Zahlen für Österreich mitbringen.\n", 45)
	object, err := ical.Encode(&ical.Calendar{Method: ical.MethodReply, Stamp: stamp, Events: []ical.Event{e}})
	if err != nil {
		b.Fatal(err)
	}
	m, err := mime.Build(&mime.Draft{
		From: netmail.Address{Address: e.Attendees[0].Email}, To: []netmail.Address{{Address: e.Organizer.Email}},
		Subject: "Accepted: " + e.Summary, Date: stamp, Text: "I come.", Calendar: object, Method: "REPLY",
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(m.Data)), "octets")
	return m.Data
}

// BenchmarkRead reads an answer of 10 KB.
func BenchmarkRead(b *testing.B) {
	data := reply(b)
	b.Run("convene", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := mime.Read(bytes.NewReader(data), nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("enmime", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := enmime.ReadEnvelope(bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
