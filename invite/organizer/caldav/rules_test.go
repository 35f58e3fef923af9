package caldav_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/caldav"
)

// operations is the number of changes in which a server must send no mail:
//
//	go test ./invite/organizer/caldav -run TestServers//Operations -args -operations 1000
var operations = flag.Int("operations", 60, "the number of changes of entries on each server")

const (
	carol = "ATTENDEE;SCHEDULE-AGENT=CLIENT;PARTSTAT=ACCEPTED:mailto:carol@example.com"
	bob   = "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.com"
)

// entryText returns an entry of ann with more lines.
func entryText(uid string, lines ...string) []byte {
	all := append([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other//Program//EN", "BEGIN:VEVENT", "UID:" + uid,
		"DTSTAMP:20261101T100000Z", "DTSTART:20270301T100000Z", "DTEND:20270301T110000Z", "SUMMARY:Review", "ORGANIZER:mailto:ann@example.test",
	}, lines...)
	return []byte(strings.Join(append(all, "END:VEVENT", "END:VCALENDAR", ""), "\r\n"))
}

// put stores an entry as ann's other program does.
func (s *server) put(t *testing.T, path string, data []byte) {
	t.Helper()
	if status, body, _ := s.do(t, http.MethodPut, path, string(data), "Content-Type", "text/calendar; charset=utf-8"); status/100 != 2 {
		t.Fatalf("PUT: %d %s", status, body)
	}
}

// newUID returns a UID that no entry has.
func newUID() string { return strings.ToLower(rand.Text()) }

// want fails unless err is, or is not, what it should be.
func want(t *testing.T, action string, err, is error) {
	t.Helper()
	if !errors.Is(err, is) {
		t.Errorf("%s: %v, want %v", action, err, is)
	}
}

// testConcurrent changes an entry between reading and writing. The change is found, and Sync
// keeps both.
func testConcurrent(t *testing.T, s *server) {
	d := newDesk(t, s)
	d.do(t, "create")(d.client.Send(t.Context(), weekly(newUID(), 3)))
	old := d.entry

	s.edit(t, old.UID, func(e *ical.Event) {
		e.Categories, e.Reminders = []string{"Important"}, []ical.Reminder{{Before: 20 * time.Minute}}
	})
	mine := old
	mine.Data = bytes.Replace(old.Data, []byte("SUMMARY:Review"), []byte("SUMMARY:Overwritten"), 1)
	_, err := d.calendar.Put(t.Context(), mine)
	want(t, "Put after another change", err, organizer.ErrChanged)
	want(t, "Delete after another change", d.calendar.Delete(t.Context(), mine), organizer.ErrChanged)

	after := d.meeting.Event.Clone()
	after.Location = "Room 5"
	d.clock.Advance(time.Hour)
	d.do(t, "update")(d.client.Update(t.Context(), d.meeting, after))
	got, err := d.calendar.Get(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	e := got.Event
	if e.Summary != "Review" || e.Location != "Room 5" || len(e.Categories) != 1 || len(e.Reminders) != 1 {
		t.Errorf("the entry lacks a change: %q at %q, categories %q, reminders %v", e.Summary, e.Location, e.Categories, e.Reminders)
	}
	want(t, "Delete", d.calendar.Delete(t.Context(), got), nil)
	s.mailed(t, 0)
}

// testOtherName makes the entry of a meeting under another name first.
func testOtherName(t *testing.T, s *server) {
	c, uid := s.open(t), newUID()
	s.put(t, s.work+"other-"+uid+".ics", entryText(uid))
	_, err := c.Put(t.Context(), organizer.Object{UID: uid, Data: entryText(uid, carol)})
	want(t, "Put of a new entry", err, organizer.ErrChanged)
	var failed *caldav.Error
	if !errors.As(err, &failed) || !strings.HasSuffix(failed.Href, "other-"+uid+".ics") {
		t.Errorf("the error %v does not have the address of the entry", err)
	}
	got, err := c.Get(t.Context(), organizer.Object{UID: uid, Href: s.work + uid + ".ics"})
	if err != nil || !strings.HasSuffix(got.Href, "other-"+uid+".ics") {
		t.Fatalf("Get: %q, %v", got.Href, err)
	}
	got.Data = entryText(uid, carol, "LOCATION:Room 5")
	if got, err = c.Put(t.Context(), got); err != nil || got.Event.Location != "Room 5" {
		t.Errorf("Put: %q, %v", got.Event.Location, err)
	}
	want(t, "Delete", c.Delete(t.Context(), organizer.Object{UID: uid}), nil)
	s.mailed(t, 0)
}

// testRemovedCalendar removes a calendar with an entry in it.
func testRemovedCalendar(t *testing.T, s *server) {
	path := strings.Replace(s.work, s.work[strings.LastIndex(strings.TrimSuffix(s.work, "/"), "/")+1:], "removed/", 1)
	if status, body, _ := s.do(t, "MKCALENDAR", path, ""); status != http.StatusCreated {
		t.Skipf("not checked: this server makes no calendar: %d %s", status, body)
	}
	uid := newUID()
	o, err := s.openAt(t, s.url+"?calendar=removed").Put(t.Context(), organizer.Object{UID: uid, Data: entryText(uid, carol)})
	if err != nil || !strings.Contains(o.Href, "/removed/") {
		t.Fatalf("Put by the name of the calendar: %q, %v", o.Href, err)
	}
	direct := s.openAt(t, "http://"+host(s.url)+path)
	if _, err := direct.Get(t.Context(), o); err != nil {
		t.Fatalf("Get by the address of the calendar: %v", err)
	}
	if status, body, _ := s.do(t, http.MethodDelete, path, ""); status/100 != 2 {
		t.Fatalf("DELETE: %d %s", status, body)
	}
	for name, c := range map[string]*caldav.Calendar{"known": direct, "unknown": s.openAt(t, "http://"+host(s.url)+path), "another": s.open(t)} {
		_, err := c.Get(t.Context(), o)
		want(t, name+": Get", err, organizer.ErrNoCalendar)
		if name == "another" {
			continue // a calendar that does exist
		}
		_, err = c.Put(t.Context(), o)
		want(t, name+": Put of a change", err, organizer.ErrNoCalendar)
		_, err = c.Put(t.Context(), organizer.Object{UID: uid, Data: o.Data})
		want(t, name+": Put of a new entry", err, organizer.ErrNoCalendar)
		want(t, name+": Delete", c.Delete(t.Context(), o), organizer.ErrNoCalendar)
	}
}

// testOperations changes entries many times. The server mails nobody.
func testOperations(t *testing.T, s *server) {
	const lines = 4 // entries that are changed at the same time
	n := *operations
	if s.sink == nil {
		n = min(n, 60) // it cannot mail
	}
	var wg sync.WaitGroup
	c := s.open(t)
	for range lines {
		wg.Go(func() {
			uid := newUID()
			o := organizer.Object{UID: uid}
			for i := range n / lines {
				var err error
				if i%10 == 9 {
					err = c.Delete(t.Context(), o)
					o = organizer.Object{UID: uid}
				} else {
					partstat := []string{"ACCEPTED", "DECLINED", "TENTATIVE"}[i%3]
					o.Data = entryText(uid, strings.Replace(carol, "ACCEPTED", partstat, 1), "ATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:bob@example.test", fmt.Sprint("SEQUENCE:", i), fmt.Sprint("LOCATION:Room ", i/2))
					o, err = c.Put(t.Context(), o)
				}
				if err != nil {
					t.Errorf("operation %d: %v", i, err)
					return
				}
			}
			if o.Tag != "" {
				want(t, "Delete", c.Delete(t.Context(), o), nil)
			}
		})
	}
	wg.Wait()
	s.mailed(t, 0)
}

// testWouldMail gives an entry an attendee whom the server mails, as the organizer does in the
// server's own pages.
func testWouldMail(t *testing.T, s *server) {
	c, uid := s.open(t), newUID()
	o, err := c.Put(t.Context(), organizer.Object{UID: uid, Data: entryText(uid, carol)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Put(t.Context(), organizer.Object{UID: newUID(), Data: entryText(uid, bob)})
	if err == nil {
		t.Error("Put stored another UID")
	}
	_, err = c.Put(t.Context(), organizer.Object{UID: uid, Href: o.Href, Tag: o.Tag, Data: entryText(uid, carol, bob)})
	want(t, "Put of an attendee without CLIENT", err, organizer.ErrWouldMail)
	s.mailed(t, 0)

	s.put(t, o.Href, bytes.Replace(entryText(uid, carol, bob, "LOCATION:Room 5"), []byte("ORGANIZER:"), []byte("ORGANIZER;SCHEDULE-AGENT=CLIENT:"), 1))
	mails := 0
	if s.name == "Cyrus" {
		mails = 1 // the server invites bob
	}
	s.mailed(t, mails)
	now, err := c.Get(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	now.Data = entryText(uid, carol, strings.Replace(bob, "ATTENDEE", "ATTENDEE;SCHEDULE-AGENT=CLIENT", 1))
	put, err := c.Put(t.Context(), now)
	if s.name == "Cyrus" {
		want(t, "Put that takes bob from the server", err, organizer.ErrWouldMail)
		want(t, "Delete", c.Delete(t.Context(), now), organizer.ErrWouldMail)
		want(t, "Delete without Tag", c.Delete(t.Context(), organizer.Object{UID: uid}), organizer.ErrWouldMail)
	} else {
		want(t, "Put that takes bob from the server", err, nil)
		want(t, "Delete", c.Delete(t.Context(), put), nil)
	}
	s.mailed(t, 0)
}

// testTracking compares two ways of an answer: by mail to ann's mailbox, where the server itself
// writes it into the entry, and to the desk, which takes it in. Cyrus writes an answer to one
// occurrence only if the entry has an override for it, so all answers are to the whole meeting.
func testTracking(t *testing.T, s *server) {
	if s.lmtp == "" {
		t.Skip("not checked: this server takes no mails")
	}
	for _, name := range []string{"series", "single event"} {
		var entries [2]ical.Event
		for i := range entries {
			entries[i] = track(t, s, name == "series", i == 0)
		}
		for i := range 4 {
			native, ours := statusIn(entries[0], guest(i)), statusIn(entries[1], guest(i))
			if none(native) != none(ours) {
				t.Errorf("%s: %s has %q by the server, and %q by the desk", name, guest(i), native, ours)
			}
		}
	}
	s.mailed(t, 0)
}

// track sends a meeting, and lets three of four guests answer: to ann's mailbox and then to the desk,
// or to the desk alone. It returns the entry before the desk knows of an answer to ann's mailbox,
// and otherwise at the end.
func track(t *testing.T, s *server, isSeries, native bool) ical.Event {
	t.Helper()
	d := newDesk(t, s)
	e := weekly(newUID(), 4)
	if !isSeries {
		e.Recurrence = nil
	}
	d.do(t, "create")(d.client.Send(t.Context(), e))
	var mails []string
	for i, partstat := range []string{"ACCEPTED", "TENTATIVE", "DECLINED"} {
		mails = append(mails, d.mail(reply{email: guest(i), partstat: partstat, organizer: "ann@example.test"}))
	}
	var entry ical.Event
	if native {
		for i, mail := range mails {
			deliver(t, s.lmtp, guest(i), mail)
		}
		entry = waitForAnswer(t, d, guest(2), ical.StatusDeclined)
	}
	for _, mail := range mails {
		d.apply(t, mail)
	}
	d.sync(t, "the desk gets the answers, too") // no drift
	if !native {
		entry = waitForAnswer(t, d, guest(2), ical.StatusDeclined)
	}
	want(t, "Delete", d.calendar.Delete(t.Context(), organizer.Object{UID: e.UID}), nil)
	return entry
}

// waitForAnswer waits until the entry has an answer, and returns the entry.
func waitForAnswer(t *testing.T, d *desk, email string, status ical.Status) ical.Event {
	t.Helper()
	for range 100 {
		got, err := d.calendar.Get(t.Context(), d.entry)
		if err != nil {
			t.Fatal(err)
		}
		if statusIn(got.Event, email) == status {
			return got.Event
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the server does not write the answer of %s into the entry", email)
	return ical.Event{}
}
