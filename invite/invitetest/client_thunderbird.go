package invitetest

import (
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
)

// thunderbird answers as Thunderbird does: in 8bit, with a text that says
// "accepted" even if the answer is tentative.
func thunderbird(r *response) string {
	w := &icsWriter{response: r, zone: r.zoneName()}
	w.addLines("BEGIN:VCALENDAR", "PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "VERSION:2.0",
		"METHOD:"+string(r.method()))
	w.addZone()
	w.addLines("BEGIN:VEVENT", "LAST-MODIFIED:"+stamp(r.Time), "DTSTAMP:"+stamp(r.Time), "UID:"+escaped(r.event.UID),
		"SUMMARY:"+escaped(r.event.Summary), "STATUS:CONFIRMED", r.organizerLine(false))
	w.addAttendee(r.cnParam(false), r.partstatParam(), "CUTYPE=INDIVIDUAL", "ROLE=REQ-PARTICIPANT")
	w.addTimes()
	w.addRule()
	if r.Comment != "" {
		w.addLine("COMMENT:" + escaped(r.Comment))
	}
	w.addLines(fmt.Sprint("SEQUENCE:", r.event.Sequence), "LOCATION:"+escaped(r.event.Location), "TRANSP:OPAQUE",
		"END:VEVENT", "END:VCALENDAR")
	const outer, inner = "Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)", "Boundary_(ID_ryU4ZdJoASiZ+Jo21dCbwA)"
	word := "accepted"
	if r.status == ical.StatusDeclined {
		word = "declined"
	}
	return lines("MIME-version: 1.0", "From: "+r.from(), "Message-ID: "+r.id("ad204067-8786-4012-8574-%012x"),
		"To: "+r.to(), "Date: "+r.date(time.FixedZone("", 3600)), "Subject: "+r.subject(wordFor(r.status, english)),
		`Content-type: multipart/mixed; boundary="`+outer+`"`, "", "", "--"+outer,
		"Content-type: multipart/alternative;", ` boundary="`+inner+`"`, "", "", "--"+inner,
		"Content-type: text/plain; charset=UTF-8", "Content-transfer-encoding: 8BIT", "",
		oneLine(r.name())+" <"+r.attendee.Email+"> has "+word+" your event invitation.", "", "", "--"+inner,
		"Content-type: text/calendar; method="+string(r.method())+"; charset=UTF-8", "Content-transfer-encoding: 8BIT",
		"", w.text.String(), "", "--"+inner+"--", "", "--"+outer, "Content-type: application/ics; name=invite.ics",
		"Content-transfer-encoding: 8BIT", "Content-disposition: attachment; filename=invite.ics", "",
		w.text.String(), "", "--"+outer+"--")
}
