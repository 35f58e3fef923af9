package invitetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/windowszones"
)

// outlook answers as Outlook does through Exchange: without ORGANIZER, in the
// user's language (German), and with Windows names of time zones.
func outlook(r *response) string {
	w := &icsWriter{response: r, zone: "UTC"}
	if name := r.zoneName(); name != "" {
		w.zone = windowsName(name)
	}
	w.addLines("BEGIN:VCALENDAR", "METHOD:"+string(r.method()), "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0")
	if !r.event.AllDay {
		w.addWindowsZone()
	}
	w.addLine("BEGIN:VEVENT")
	w.addAttendee(r.partstatParam(), r.cnParam(strings.Contains(r.name(), " ")))
	w.addLines("COMMENT;LANGUAGE=de-DE:"+escaped(r.Comment)+`\n`, "UID:"+escaped(r.event.UID),
		"SUMMARY;LANGUAGE=de-DE:"+escaped(germanSubject(r)+": "+r.event.Summary))
	w.addTimes()
	if r.proposes() {
		w.addTime("X-MS-OLK-ORIGINALSTART", r.event.Start)
		w.addTime("X-MS-OLK-ORIGINALEND", r.event.End)
	}
	w.addLines("CLASS:PUBLIC", "PRIORITY:5", "DTSTAMP:"+stamp(r.Time), "TRANSP:OPAQUE", "STATUS:CONFIRMED",
		fmt.Sprint("SEQUENCE:", r.event.Sequence), "LOCATION;LANGUAGE=de-DE:"+escaped(r.event.Location),
		fmt.Sprint("X-MICROSOFT-CDO-APPT-SEQUENCE:", r.event.Sequence), "X-MICROSOFT-CDO-OWNERAPPTID:0",
		"X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
		"X-MICROSOFT-CDO-ALLDAYEVENT:"+strings.ToUpper(fmt.Sprint(r.event.AllDay)), "X-MICROSOFT-CDO-IMPORTANCE:1",
		"X-MICROSOFT-CDO-INSTTYPE:0", "X-MICROSOFT-DISALLOW-COUNTER:FALSE", "END:VEVENT", "END:VCALENDAR")
	const boundary = "_000_AM5PR01MB0001_"
	head := lines("From: "+r.from(), "To: "+r.to(), "Subject: "+r.subject(germanSubject(r)),
		"Date: "+r.date(time.UTC), "Message-ID: "+r.id("o%d.AM5PR01MB0001"))
	if id := r.in.Mail.MessageID; id != "" {
		head += "In-Reply-To: " + id + "\r\n"
	}
	return head + lines("Content-Type: multipart/alternative;", "\tboundary=\""+boundary+"\"", "MIME-Version: 1.0", "",
		"--"+boundary, `Content-Type: text/plain; charset="iso-8859-1"`, "Content-Transfer-Encoding: quoted-printable", "", "", "",
		"--"+boundary, `Content-Type: text/html; charset="iso-8859-1"`, "Content-Transfer-Encoding: quoted-printable", "",
		"<html><body><p></p></body></html>", "",
		"--"+boundary, `Content-Type: text/calendar; charset="utf-8"; method=`+string(r.method()),
		"Content-Transfer-Encoding: base64", "", base64Lines(w.text.String()), "--"+boundary+"--")
}

// germanSubject returns the words that Outlook puts in front of the title.
func germanSubject(r *response) string {
	if r.proposes() {
		return "Neue Zeit vorgeschlagen"
	}
	return wordFor(r.status, map[ical.Status]string{
		ical.StatusAccepted: "Zugesagt", ical.StatusDeclined: "Abgelehnt", ical.StatusTentative: "Mit Vorbehalt",
	})
}

// addWindowsZone adds the VTIMEZONE of the request as Exchange writes it: each
// yearly rule begins in 1601.
func (w *icsWriter) addWindowsZone() {
	list := w.response.zoneLines()
	if w.zone == "UTC" {
		list = []string{"BEGIN:VTIMEZONE", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000",
			"END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:16010101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000",
			"END:DAYLIGHT", "END:VTIMEZONE"}
	}
	yearly := strings.Contains(strings.Join(list, "\n"), "RRULE:FREQ=YEARLY")
	for i, line := range list {
		if yearly && strings.HasPrefix(line, "DTSTART:") {
			line = "DTSTART:16010101" + line[strings.LastIndexByte(line, 'T'):]
		}
		w.addLine(strings.Replace(line, "FREQ=YEARLY;", "FREQ=YEARLY;INTERVAL=1;", 1))
		if i == 0 {
			w.addLine("TZID:" + w.zone)
		}
	}
}

// windowsName returns the Windows name of an IANA zone. If Windows does not know
// the zone, Exchange calls it customized and goes by the rules of the VTIMEZONE.
func windowsName(iana string) string {
	if name, ok := windowszones.Windows(iana); ok {
		return name
	}
	return "Customized Time Zone"
}
