package invitetest

import (
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
)

// evolution answers as Evolution does: the calendar object is the whole body of
// the mail.
func evolution(r *response) string {
	w := &icsWriter{response: r, zone: r.zoneName()}
	w.addLines("BEGIN:VCALENDAR", "CALSCALE:GREGORIAN", "PRODID:-//Ximian//NONSGML Evolution Calendar//EN", "VERSION:2.0",
		"METHOD:"+string(r.method()))
	w.addZone()
	w.addLines("BEGIN:VEVENT", "UID:"+escaped(r.event.UID), "DTSTAMP:"+stamp(r.Time), fmt.Sprint("SEQUENCE:", r.event.Sequence))
	w.addTimes()
	w.addRule()
	w.addLines("SUMMARY:"+escaped(r.event.Summary), "LOCATION:"+escaped(r.event.Location), r.organizerLine(false))
	w.addAttendee(r.cnParam(false), "CUTYPE=INDIVIDUAL", "ROLE=REQ-PARTICIPANT", "RSVP=TRUE", r.partstatParam())
	w.addLines("STATUS:CONFIRMED", "TRANSP:OPAQUE", "COMMENT:"+escaped(r.Comment), "END:VEVENT", "END:VCALENDAR")
	words := map[ical.Status]string{ical.StatusAccepted: "Accepted", ical.StatusDeclined: "Declined",
		ical.StatusTentative: "Tentatively Accepted", ical.StatusDelegated: "Delegated"}
	return lines("Message-ID: "+r.id("d29bcff3affc2de9da4fcf82a4d74e3b%08x.camel"), "Subject: "+r.subject(wordFor(r.status, words)),
		"From: "+r.from(), "To: "+r.to(), "Date: "+r.date(time.FixedZone("", 3600)),
		`Content-Type: text/calendar; name="calendar.ics"; charset="utf-8"; METHOD="`+string(r.method())+`"`,
		"Content-Transfer-Encoding: "+eightBit(w.text.String()), "User-Agent: Evolution 3.46.4", "MIME-Version: 1.0", "") +
		w.text.String()
}
