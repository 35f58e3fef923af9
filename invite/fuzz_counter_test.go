package invite_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// counterMail is a proposal of Bob with the given properties.
func counterMail(lines ...string) string {
	return "From: bob@example.test\nTo: desk@example.test\nMessage-ID: <c@example.test>\n" +
		"Content-Type: text/calendar; charset=utf-8; method=COUNTER\n\nBEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:COUNTER\n" +
		"BEGIN:VEVENT\nUID:uid-1\nSEQUENCE:0\nDTSTAMP:20270202T090000Z\nORGANIZER:mailto:desk@example.test\n" +
		"ATTENDEE;PARTSTAT=TENTATIVE:mailto:bob@example.test\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

// counterSeeds are proposals of times and places that are hard to keep.
var counterSeeds = []string{
	counterMail("DTSTART:20270303T090000Z", "DTEND:20270303T100000Z"),
	counterMail("DTSTART:20270303T090000Z"),
	counterMail("DTSTART:20270303T090000Z", "DTEND:20270303T080000Z"),
	counterMail("DTSTART:20270303T090000Z", "DTEND:20990303T080000Z"),
	counterMail("DTSTART:00010101T000000Z", "DTEND:99991231T235959Z"),
	counterMail("DTSTART:99991231T235959Z", "DURATION:P9999W"),
	counterMail("DTSTART;VALUE=DATE:20270303", "DTEND;VALUE=DATE:20270304"),
	counterMail("DTSTART;TZID=Nowhere:20270303T090000", "DTEND;TZID=Nowhere:20270303T100000"),
	counterMail("DTSTART:20270303T090000", "DTEND:20270303T100000", "LOCATION:"+strings.Repeat("Roof ", 500)),
	counterMail("DTSTART:20270303T090000Z", "DTEND:20270303T100000Z", "LOCATION:a\\nb\x01\x00\x7f", "COMMENT:\\n.\\nMAIL FROM"),
	counterMail("RECURRENCE-ID:20270309T090000Z", "DTSTART:20270310T090000Z", "DTEND:20270310T100000Z"),
	counterMail("RECURRENCE-ID:20270309T090000Z", "DTSTART:20270316T090000Z", "DTEND:20270316T100000Z"),
	counterMail("RECURRENCE-ID:20270309T090000Z", "DTSTART;VALUE=DATE:20270310"),
	counterMail("RECURRENCE-ID:20270101T000000Z", "DTSTART:20270310T090000Z", "DTEND:20270310T100000Z"),
	counterMail("DTSTART:20270303T090000Z", "DTEND:20270303T100000Z", "RRULE:FREQ=SECONDLY", "STATUS:CANCELLED", "METHOD:CANCEL"),
}

// countered are meetings that proposals are about.
func countered(t testing.TB) []*invite.Meeting {
	var out []*invite.Meeting
	allDay := vary(func(e *ical.Event) {
		e.AllDay, e.Start = true, time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC)
		e.End = e.Start.AddDate(0, 0, 1)
	})
	series := vary(func(e *ical.Event) { e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 8} })
	for _, e := range []ical.Event{review(), allDay, series} {
		out = append(out, must(t)(invite.New(nowhere, fixed()).Send(t.Context(), e)))
	}
	return out
}

// FuzzCounter reads any octets as a mail, applies it, accepts each proposal, and sends
// the change. The result is an error, or mails that can be read and a meeting that can be
// stored.
func FuzzCounter(f *testing.F) {
	for _, seed := range counterSeeds {
		f.Add([]byte(seed))
	}
	for _, name := range []string{"google-counter.eml", "outlook-counter.eml", "outlook-counter-same.eml"} {
		f.Add(readFile(f, repliesDir+name))
	}
	meetings := countered(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		defer guard(data)()
		in, err := invite.Read(bytes.NewReader(data), nil)
		if err != nil {
			return
		}
		for _, m := range meetings {
			acceptAll(t, m, in)
		}
	})
}

// acceptAll applies in to m as its UID demands, and accepts each proposal.
func acceptAll(t *testing.T, m *invite.Meeting, in *invite.Inbound) {
	t.Helper()
	own := *m
	if in.Event != nil && in.Event.UID != "" && len(in.Event.UID) < 200 {
		own.Event.UID = strings.ToLower(in.Event.UID)
	}
	m = &own
	before := storable(t, "the meeting", m)
	got, o := m.Apply(in, invite.InsecureAcceptAny())
	checkCall(t, "Apply", new(recorder), m, got, nil, before)
	stored := storable(t, "Apply", got)
	for _, p := range got.OpenProposals() {
		after, err := p.Accept(got.Event)
		if err != nil {
			if err.Error() == "" {
				t.Errorf("Accept of %+v: an error without text", p)
			}
			continue
		}
		r := new(recorder)
		changed, err := invite.New(r, fixed()).Update(t.Context(), got, after)
		checkCall(t, "Update", r, got, changed, err, stored)
		if err == nil && o.Verdict == invite.VerdictApplied {
			storable(t, "Update", reload(t, changed))
		}
		r = new(recorder)
		declined, err := invite.New(r, fixed()).DeclineProposal(t.Context(), got, p)
		checkCall(t, "DeclineProposal", r, got, declined, err, stored)
	}
}

// TestCounterSeeds checks that the seeds reach the update, so that the fuzz target tests
// what it says.
func TestCounterSeeds(t *testing.T) {
	accepted, sent := 0, 0
	for _, seed := range counterSeeds {
		for _, m := range countered(t) {
			got, _ := m.Apply(readMail(t, []byte(seed)), invite.InsecureAcceptAny())
			for _, p := range got.OpenProposals() {
				after, err := p.Accept(got.Event)
				if err != nil {
					continue
				}
				accepted++
				r := new(recorder)
				if _, err := invite.New(r, fixed()).Update(t.Context(), got, after); err == nil && len(r.mails) == 2 {
					sent++
				} else {
					t.Logf("%v", err)
				}
			}
		}
	}
	if accepted < 10 || sent < 5 {
		t.Errorf("%d proposals are accepted and %d updates sent, want more", accepted, sent)
	}
}
