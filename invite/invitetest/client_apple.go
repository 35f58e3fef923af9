package invitetest

import (
	"fmt"
	"strings"
	"time"
)

// apple answers as Apple Mail does: the calendar object is an attachment whose
// Content-Type has no method.
func apple(r *response) string {
	w := &icsWriter{response: r, zone: r.zoneName()}
	w.addLines("BEGIN:VCALENDAR", "PRODID:-//Apple Inc.//macOS 14.5//EN", "VERSION:2.0", "CALSCALE:GREGORIAN",
		"METHOD:"+string(r.method()))
	w.addZone()
	w.addLines("BEGIN:VEVENT", "CREATED:"+stamp(r.Time), "UID:"+escaped(r.event.UID))
	w.addAttendee(r.cnParam(true), "CUTYPE=INDIVIDUAL", r.partstatParam(), "ROLE=REQ-PARTICIPANT", "EMAIL="+r.attendee.Email)
	w.addLines("SUMMARY:"+escaped(r.event.Summary), "LAST-MODIFIED:"+stamp(r.Time), "DTSTAMP:"+stamp(r.Time))
	w.addTimes()
	w.addRule()
	if r.Comment != "" {
		w.addLine("COMMENT:" + escaped(r.Comment))
	}
	w.addLines(fmt.Sprint("SEQUENCE:", r.event.Sequence), r.organizerLine(true), "END:VEVENT", "END:VCALENDAR")
	const outer, inner = "Apple-Mail=_0B1C2D3E-4F50-6172-8394-A5B6C7D8E9F0", "Apple-Mail=_1B1C2D3E-4F50-6172-8394-A5B6C7D8E9F0"
	file := "iCal-" + r.Time.Format("20060102-150405") + ".ics"
	return lines("Return-path: <"+oneLine(r.From)+">", "From: "+r.from(), "Content-Type: multipart/alternative;",
		"\tboundary=\""+outer+"\"", "Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3774.600.62\\))",
		"Subject: "+r.subject(wordFor(r.status, english)), "X-Mail-Calendar-Part: Yes", "Date: "+r.date(time.FixedZone("", 3600)),
		"Message-Id: "+r.id("0B1C2D3E-4F50-6172-8394-%012X"), "To: "+r.to(), "", "",
		"--"+outer, "Content-Transfer-Encoding: 7bit", "Content-Type: text/plain;", "\tcharset=us-ascii", "",
		"Your invitation is answered.", "--"+outer, "Content-Type: multipart/mixed;", "\tboundary=\""+inner+"\"", "", "",
		"--"+inner, "Content-Transfer-Encoding: 7bit", "Content-Type: text/html;", "\tcharset=us-ascii", "",
		"<html><body>Your invitation is answered.</body></html>",
		"--"+inner, "Content-Disposition: attachment;", "\tfilename="+file, "Content-Type: text/calendar;",
		"\tx-unix-mode=0644;", "\tname=\""+file+"\"", "Content-Transfer-Encoding: quoted-printable", "",
		printable(w.text.String()), "--"+inner+"--", "", "--"+outer+"--")
}

// printable returns text in quoted-printable, with its line ends encoded too.
func printable(text string) string {
	var b strings.Builder
	column := 0
	for i := range len(text) {
		s := text[i : i+1]
		if c := s[0]; c == '=' || c < ' ' || c > '~' {
			s = fmt.Sprintf("=%02X", c)
		}
		if column+len(s) > 75 {
			b.WriteString("=\r\n")
			column = 0
		}
		b.WriteString(s)
		if column += len(s); text[i] == '\n' {
			b.WriteString("=\r\n")
			column = 0
		}
	}
	return b.String()
}
