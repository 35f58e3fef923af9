package invitetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/windowszones"
)

// outlook answers as Outlook does through Exchange: without ORGANIZER, in the
// user's language, with time zones under their Windows names.
func outlook(l *response) string {
	o := &object{l: l, zone: "UTC"}
	if name := l.zoneName(); name != "" {
		o.zone = windowsName(name)
	}
	o.lines("BEGIN:VCALENDAR", "METHOD:"+string(l.method()), "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0")
	if !l.event.AllDay {
		o.windowsZone()
	}
	o.add("BEGIN:VEVENT")
	o.attendee(l.partstat(), l.cn(strings.Contains(l.name(), " ")))
	o.lines("COMMENT;LANGUAGE=de-DE:"+escaped(l.Comment)+`\n`, "UID:"+escaped(l.event.UID),
		"SUMMARY;LANGUAGE=de-DE:"+escaped(germanSubject(l)+": "+l.event.Summary))
	o.times()
	if l.proposes() {
		o.time("X-MS-OLK-ORIGINALSTART", l.event.Start)
		o.time("X-MS-OLK-ORIGINALEND", l.event.End)
	}
	o.lines("CLASS:PUBLIC", "PRIORITY:5", "DTSTAMP:"+stamp(l.Time), "TRANSP:OPAQUE", "STATUS:CONFIRMED",
		fmt.Sprint("SEQUENCE:", l.event.Sequence), "LOCATION;LANGUAGE=de-DE:"+escaped(l.event.Location),
		fmt.Sprint("X-MICROSOFT-CDO-APPT-SEQUENCE:", l.event.Sequence), "X-MICROSOFT-CDO-OWNERAPPTID:0",
		"X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
		"X-MICROSOFT-CDO-ALLDAYEVENT:"+strings.ToUpper(fmt.Sprint(l.event.AllDay)), "X-MICROSOFT-CDO-IMPORTANCE:1",
		"X-MICROSOFT-CDO-INSTTYPE:0", "X-MICROSOFT-DISALLOW-COUNTER:FALSE", "END:VEVENT", "END:VCALENDAR")
	const boundary = "_000_AM5PR01MB0001_"
	head := lines("From: "+l.from(), "To: "+l.to(), "Subject: "+l.subject(germanSubject(l)),
		"Date: "+l.date(time.UTC), "Message-ID: "+l.id("o%d.AM5PR01MB0001"))
	if id := l.in.Mail.MessageID; id != "" {
		head += "In-Reply-To: " + id + "\r\n"
	}
	return head + lines("Content-Type: multipart/alternative;", "\tboundary=\""+boundary+"\"", "MIME-Version: 1.0", "",
		"--"+boundary, `Content-Type: text/plain; charset="iso-8859-1"`, "Content-Transfer-Encoding: quoted-printable", "", "", "",
		"--"+boundary, `Content-Type: text/html; charset="iso-8859-1"`, "Content-Transfer-Encoding: quoted-printable", "",
		"<html><body><p></p></body></html>", "",
		"--"+boundary, `Content-Type: text/calendar; charset="utf-8"; method=`+string(l.method()),
		"Content-Transfer-Encoding: base64", "", base64Lines(o.text.String()), "--"+boundary+"--")
}

func germanSubject(l *response) string {
	if l.proposes() {
		return "Neue Zeit vorgeschlagen"
	}
	return said(l.status, map[ical.Status]string{
		ical.StatusAccepted: "Zugesagt", ical.StatusDeclined: "Abgelehnt", ical.StatusTentative: "Mit Vorbehalt",
	})
}

// windowsZone adds the VTIMEZONE of the request as Exchange writes it: each rule
// begins in 1601.
func (o *object) windowsZone() {
	list := o.l.zoneLines()
	if o.zone == "UTC" {
		list = []string{"BEGIN:VTIMEZONE", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000",
			"END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:16010101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000",
			"END:DAYLIGHT", "END:VTIMEZONE"}
	}
	yearly := strings.Contains(strings.Join(list, "\n"), "RRULE:FREQ=YEARLY")
	for i, line := range list {
		if yearly && strings.HasPrefix(line, "DTSTART:") {
			line = "DTSTART:16010101" + line[strings.LastIndexByte(line, 'T'):]
		}
		o.add(strings.Replace(line, "FREQ=YEARLY;", "FREQ=YEARLY;INTERVAL=1;", 1))
		if i == 0 {
			o.add("TZID:" + o.zone)
		}
	}
}

// windowsName is the Windows name of an IANA zone. Exchange calls those that
// Windows does not know customized, and goes by their rules.
func windowsName(iana string) string {
	if name, ok := windowszones.Windows(iana); ok {
		return name
	}
	return "Customized Time Zone"
}
