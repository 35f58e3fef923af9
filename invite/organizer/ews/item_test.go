package ews_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/google/go-cmp/cmp"
)

// people describes the attendees with their answers.
func people(e ical.Event) (out []string) {
	for _, a := range e.Attendees {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", a.Name, a.Email, a.Role, a.Kind, a.Status)))
	}
	return out
}

// TestAttendees checks the attendees that Get returns, also if the MIME has none, as with
// Exchange 2007 and 2010, and the answers that Exchange has counted.
func TestAttendees(t *testing.T) {
	for _, mime := range []bool{true, false} {
		f := newFake(t)
		c := f.open(t, nil)
		e := single()
		e.Attendees = append(e.Attendees, ical.Attendee{Name: "Room 4", Email: "room4@example.com", Kind: ical.KindResource}, ical.Attendee{Name: "Cid", Email: "cid@example.com"})
		last := follow(t, c, &invite.Meeting{Event: e}, organizer.Object{})
		f.with(func() { f.mimeAttendees = mime })
		f.edit(t, e.UID, func(i *mailItem) {
			i.answers = map[string]string{"ann@example.com": "Accept", "bob@example.com": "Decline", "room4@example.com": "Tentative", "cid@example.com": "NoResponseReceived"}
		})
		got, err := c.Get(t.Context(), last)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"Ann ann@example.com   accepted", "Cid cid@example.com", "Bob bob@example.com optional  declined",
			"Room 4 room4@example.com  resource tentative"}
		if diff := cmp.Diff(want, people(got.Event)); diff != "" {
			t.Errorf("with attendees in the MIME: %v: %s", mime, diff)
		}
		if !strings.Contains(string(got.Data), "PARTSTAT=DECLINED") || strings.Contains(string(got.Data), "METHOD") {
			t.Errorf("Data is\n%s", got.Data)
		}
	}
}

// TestAnswersStay checks which changes of the list of attendees keep the answers that
// Exchange has counted: those that only add people.
func TestAnswersStay(t *testing.T) {
	f := newFake(t)
	c := f.open(t, nil)
	m := &invite.Meeting{Event: single()}
	last := follow(t, c, m, organizer.Object{})
	f.edit(t, m.Event.UID, func(i *mailItem) { i.answers["ann@example.com"] = "Accept" })
	m, _ = m.Answer(invite.Answer{Email: "ann@example.com", Status: ical.StatusAccepted, Stamp: m.Event.Start.AddDate(0, -1, 0), Via: "link"})
	m.Event.Summary = "Review 2"
	m.Event.Attendees = append(m.Event.Attendees, ical.Attendee{Name: "Eve", Email: "eve@example.com"})
	last = follow(t, c, m, last)
	f.wants(t, "one more", m.Event)
	if f.items[0].answers["ann@example.com"] != "Accept" {
		t.Error("an attendee who joined made the server forget an answer")
	}
	m.Event.Attendees = m.Event.Attendees[:2] // without Eve
	follow(t, c, m, last)
	f.wants(t, "one less", m.Event)
}

// TestHand checks that what is the organizer's own stays.
func TestHand(t *testing.T) {
	f := newFake(t)
	c := f.open(t, nil)
	m := &invite.Meeting{Event: single()}
	last := follow(t, c, m, organizer.Object{})
	f.edit(t, m.Event.UID, func(i *mailItem) {
		i.event.Reminders, i.event.Categories = []ical.Reminder{{Before: 600e9}}, []string{"Green"}
	})
	m.Event.Summary = "Review 2"
	follow(t, c, m, last)
	f.wants(t, "changed", m.Event)
	if e := f.items[0].event; len(e.Reminders) != 1 || len(e.Categories) != 1 {
		t.Errorf("alarm %v, categories %v", e.Reminders, e.Categories)
	}
	if raw := f.last("UpdateItem", 0); strings.Count(raw, "<t:SetItemField>") != 1 || !strings.Contains(raw, "item:Subject") {
		t.Errorf("the change sets more than the subject:\n%s", raw)
	}
}

// TestGlobalObjectID checks the identifier that the server is asked for.
func TestGlobalObjectID(t *testing.T) {
	const head = "\x04\x00\x00\x00\x82\x00\xE0\x00\x74\xC5\xB7\x10\x1A\x82\xE0\x08"
	zeros := strings.Repeat("\x00", 20)
	for uid, want := range map[string]string{
		"u-1@convene.example": head + zeros + "\x20\x00\x00\x00vCal-Uid\x01\x00\x00\x00u-1@convene.example\x00",
		// A UID that Exchange has made, of an occurrence on 1 March 2027 and of the whole.
		"040000008200E00074C5B7101A82E00807EB0301D0D6B94D0D6BDC01000000000000000010000000AABBCCDDEEFF00112233445566778899": head +
			"\x00\x00\x00\x00\xD0\xD6\xB9\x4D\x0D\x6B\xDC\x01" + zeros[:8] + "\x10\x00\x00\x00\xAA\xBB\xCC\xDD\xEE\xFF\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99",
		"040000008200e00074c5b7101a82e008": head + zeros + "\x2D\x00\x00\x00vCal-Uid\x01\x00\x00\x00040000008200e00074c5b7101a82e008\x00",
		"ABCDEF":                           head + zeros + "\x13\x00\x00\x00vCal-Uid\x01\x00\x00\x00ABCDEF\x00",
	} {
		f := newFake(t)
		if _, err := f.open(t, nil).Get(t.Context(), organizer.Object{UID: uid}); describe(err) != "gone" {
			t.Fatal(err)
		}
		constant := f.requests[0].kid("m:Restriction", "t:Or").at("t:IsEqualTo/t:FieldURIOrConstant/t:Constant/@Value")
		got, err := base64.StdEncoding.DecodeString(constant)
		if err != nil || string(got) != want {
			t.Errorf("%s: the identifier is %x, want %x (%v)", uid, got, want, err)
		}
	}
}

// TestBadMime checks items that cannot be read.
func TestBadMime(t *testing.T) {
	item := func(content string) string {
		return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + messages("GetItem", success("GetItem", "<m:Items>"+content+"</m:Items>")) + `</s:Body></s:Envelope>`
	}
	calendar := func(events string) string {
		return "<t:MimeContent>" + base64.StdEncoding.EncodeToString([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"+events+"END:VCALENDAR\r\n")) + "</t:MimeContent>"
	}
	const event = "BEGIN:VEVENT\r\nUID:x\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:20270301T080000Z\r\nDTEND:20270301T090000Z\r\nEND:VEVENT\r\n"
	for name, tt := range map[string]struct{ body, want string }{
		"no item":         {"", "0 items"},
		"two items":       {"<t:CalendarItem/><t:CalendarItem/>", "2 items"},
		"no MIME":         {"<t:CalendarItem/>", "MimeContent"},
		"no base64":       {"<t:CalendarItem><t:MimeContent>***</t:MimeContent></t:CalendarItem>", "base64"},
		"no calendar":     {"<t:CalendarItem><t:MimeContent>AAAA</t:MimeContent></t:CalendarItem>", "MimeContent"},
		"no meeting":      {"<t:CalendarItem>" + calendar("") + "</t:CalendarItem>", "0 meetings"},
		"no version":      {"<t:CalendarItem>" + calendar(event) + `<t:ItemId Id="A"/></t:CalendarItem>`, "ChangeKey"},
		"another meeting": {"<t:CalendarItem>" + calendar(event+strings.Replace(event, "UID:x", "UID:y", 1)) + `<t:ItemId Id="A" ChangeKey="B"/></t:CalendarItem>`, "2 meetings"},
	} {
		f := newFake(t)
		f.fail = func(string, int) *failure { return &failure{status: 200, body: item(tt.body)} }
		_, err := f.open(t, nil).Get(t.Context(), organizer.Object{UID: "x", Href: "AAMk0001="})
		if err == nil || !strings.Contains(err.Error(), tt.want) || describe(err) != "temporary" {
			t.Errorf("%s: error %v, want %q in it", name, err, tt.want)
		}
	}
}

// TestRefusedData checks that Put refuses what is no entry, before it sends anything.
func TestRefusedData(t *testing.T) {
	good := single()
	encode := func(c ical.Calendar) []byte {
		c.Stamp = good.Start
		data, err := ical.Encode(&c)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	other := good.Clone()
	other.UID = "u-2@convene.example"
	alone := good.Clone()
	alone.RecurrenceID = good.Start
	for name, o := range map[string]organizer.Object{
		"no data":            {UID: good.UID, Event: good},
		"no calendar":        {UID: good.UID, Data: []byte("x")},
		"a method":           {UID: good.UID, Data: encode(ical.Calendar{Method: ical.MethodRequest, Events: []ical.Event{good}})},
		"another UID":        {UID: other.UID, Data: encode(ical.Calendar{Events: []ical.Event{good}})},
		"no UID":             {Data: encode(ical.Calendar{Events: []ical.Event{good}})},
		"two meetings":       {UID: good.UID, Data: encode(ical.Calendar{Events: []ical.Event{good, other}})},
		"an occurrence only": {UID: good.UID, Data: encode(ical.Calendar{Events: []ical.Event{alone}})},
	} {
		f := newFake(t)
		if _, err := f.open(t, nil).Put(t.Context(), o); describe(err) != "permanent" || f.count("") != 0 {
			t.Errorf("%s: error %v, %d requests", name, err, f.count(""))
		}
	}
	f := newFake(t)
	if _, err := f.open(t, nil).Get(t.Context(), organizer.Object{}); describe(err) != "permanent" || f.count("") != 0 {
		t.Errorf("get without a UID: error %v, %d requests", err, f.count(""))
	}
}
