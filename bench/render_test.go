package bench

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	netmail "net/mail"
	"os"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/jhillyerd/enmime/v2"
	"github.com/wneessen/go-mail"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
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

func texts(e *ical.Event) (text, html string) {
	text = fmt.Sprintf("%s invites you\n\n%s\n\nWhen: %s\nWhere: %s\n\n%s\n", e.Organizer.Name, e.Summary, e.Start.Format(time.RFC1123), e.Location, e.Description)
	html = "<html><body><p>" + text + "</p></body></html>"
	return text, html
}

func goMailPeer(e *ical.Event, a ical.Attendee) ([]byte, error) {
	cal := peerCalendar(e)
	text, html := texts(e)
	m := mail.NewMsg()
	if err := m.FromFormat(e.Organizer.Name, e.Organizer.Email); err != nil {
		return nil, err
	}
	if err := m.AddToFormat(a.Name, a.Email); err != nil {
		return nil, err
	}
	m.Subject("Invitation: " + e.Summary)
	m.SetDateWithValue(stamp)
	m.SetMessageID()
	m.SetBodyString(mail.TypeTextPlain, text)
	m.AddAlternativeString(mail.TypeTextHTML, html)
	m.AddAlternativeString(mail.ContentType("text/calendar; method=REQUEST"), cal, mail.WithPartEncoding(mail.EncodingB64))
	if err := m.AttachReader("invite.ics", bytes.NewReader([]byte(cal)), mail.WithFileContentType("application/ics")); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	_, err := m.WriteTo(&out)
	return out.Bytes(), err
}

func enmimePeer(e *ical.Event, a ical.Attendee) ([]byte, error) {
	cal := peerCalendar(e)
	text, html := texts(e)
	p, err := enmime.Builder().From(e.Organizer.Name, e.Organizer.Email).To(a.Name, a.Email).
		Subject("Invitation: "+e.Summary).Date(stamp).Text([]byte(text)).HTML([]byte(html)).
		AddAttachment([]byte(cal), "application/ics", "invite.ics").Build()
	if err != nil {
		return nil, err
	}
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

func inviter(s invite.Sender) *invite.Client {
	return invite.New(s, &invite.Options{Now: func() time.Time { return stamp }})
}

// writer makes the mails of one event and returns how many there were.
type writer func(e *ical.Event) (int, error)

// writers are this library and its peers, by name. Peers build each mail from
// the beginning, since they have nothing that would share a part.
var writers = []struct {
	name  string
	write writer
}{
	{"convene", func(e *ical.Event) (int, error) {
		s := new(discard)
		_, err := inviter(s).Send(context.Background(), *e)
		return s.mails, err
	}},
	{"convene-hidden-guests", func(e *ical.Event) (int, error) { // a calendar object of its own for each
		s := new(discard)
		_, err := inviter(s).Send(context.Background(), *e, invite.HideGuests)
		return s.mails, err
	}},
	{"go-mail", each(goMailPeer)},
	{"enmime", each(enmimePeer)},
}

func each(one func(*ical.Event, ical.Attendee) ([]byte, error)) writer {
	return func(e *ical.Event) (int, error) {
		for _, a := range e.Attendees {
			if _, err := one(e, a); err != nil {
				return 0, err
			}
		}
		return len(e.Attendees), nil
	}
}

// BenchmarkMails sends an event to 1, 10 and 100 attendees. Every event has
// another title, so that nothing of the one before can be used again.
func BenchmarkMails(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		for _, w := range writers {
			b.Run(fmt.Sprintf("%d/%s", n, w.name), func(b *testing.B) {
				e := meeting(b)
				e.Attendees = attendees(e.Attendees, n)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					e.Summary = fmt.Sprintf("Überblick %d", i)
					if got, err := w.write(&e); err != nil || got != n {
						b.Fatal(got, err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/mail")
			})
		}
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

// BenchmarkFloor is the least that a mail costs: one base64 pass over the
// calendar object and a copy of it.
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
	e.Attendees[0].Status = ical.Accepted
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
