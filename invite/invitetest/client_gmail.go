package invitetest

import (
	"fmt"
	"strings"
	"time"
)

// gmail answers as Gmail does: the mail has the calendar object twice, with times
// in UTC, and the comment in a parameter of the attendee.
func gmail(r *response) string {
	w := &icsWriter{response: r}
	params := "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;" + r.partstatParam() + ";" + r.cnParam(false) + ";X-NUM-GUESTS=0"
	if r.Comment != "" {
		params += `;X-RESPONSE-COMMENT="` + quoted(r.Comment) + `"`
	}
	w.addLines("BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0",
		"CALSCALE:GREGORIAN", "METHOD:"+string(r.method()), "BEGIN:VEVENT")
	w.addTimes()
	w.addLines("DTSTAMP:"+stamp(r.Time), r.organizerLine(false), "UID:"+escaped(r.event.UID))
	w.addAttendee(params)
	w.addLines("CREATED:"+stamp(r.Time), "DESCRIPTION:", "LAST-MODIFIED:"+stamp(r.Time),
		"LOCATION:"+escaped(r.event.Location), fmt.Sprint("SEQUENCE:", r.event.Sequence), "STATUS:CONFIRMED",
		"SUMMARY:"+escaped(r.event.Summary), "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR")
	ics, word := w.text.String(), wordFor(r.status, english)
	return lines("MIME-Version: 1.0", "Reply-To: "+r.from(),
		"Sender: Google Calendar <calendar-notification@calendar.example.com>", "Auto-Submitted: auto-generated",
		"Message-ID: "+r.id("calendar-%d"), "Date: "+r.date(time.UTC), "Subject: "+r.subject(word),
		"From: "+r.from(), "To: "+r.to(), `Content-Type: multipart/mixed; boundary="000000000000abcdef"`,
		"", "--000000000000abcdef", `Content-Type: multipart/alternative; boundary="000000000000abcdee"`,
		"", "--000000000000abcdee", `Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes`,
		"Content-Transfer-Encoding: base64", "", strings.TrimSuffix(base64Lines(r.name()+" has answered.\r\n"), "\r\n"),
		// QUIRK: Gmail writes method=REPLY for a proposal too.
		"--000000000000abcdee", `Content-Type: text/calendar; charset="UTF-8"; method=REPLY`,
		"Content-Transfer-Encoding: "+eightBit(ics), "", ics, "--000000000000abcdee--",
		"--000000000000abcdef", `Content-Type: application/ics; name="invite.ics"`,
		`Content-Disposition: attachment; filename="invite.ics"`, "Content-Transfer-Encoding: base64", "",
		strings.TrimSuffix(base64Lines(ics), "\r\n"), "--000000000000abcdef--")
}
