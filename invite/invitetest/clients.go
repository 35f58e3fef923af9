package invitetest

import (
	"encoding/base64"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// writers write an answer as each client does. The shapes are those of mails
// under testdata/replies.
var writers = map[Client]func(l *response) string{
	ClientOutlook: outlook, ClientGmail: gmail, ClientApple: apple, ClientThunderbird: thunderbird, ClientEvolution: evolution,
}

// lines joins lines as a mail has them.
func lines(list ...string) string { return strings.Join(list, "\r\n") + "\r\n" }

// trace is what servers put on top.
func (l *response) trace() string {
	if l.AuthServID == "" {
		return ""
	}
	d := domain(l.From)
	return fmt.Sprintf("Authentication-Results: %s;\r\n dkim=pass header.d=%s;\r\n dmarc=pass header.from=%s\r\n",
		oneLine(l.AuthServID), d, d)
}

// from is the author, or the organizer, for a header field.
func (l *response) from() string { return box(l.attendee.Name, l.From) }
func (l *response) to() string {
	for _, a := range l.in.Mail.ReplyTo {
		return box(a.Name, a.Address)
	}
	return box(l.event.Organizer.Name, l.event.Organizer.Email)
}

func box(name, email string) string {
	return fold((&mail.Address{Name: oneLine(name), Address: oneLine(email)}).String())
}

// subject is the title after a word.
func (l *response) subject(word string) string {
	return fold(mime.QEncoding.Encode("utf-8", oneLine(word+": "+l.event.Summary)))
}

// fold breaks a header field between encoded words.
func fold(s string) string { return strings.ReplaceAll(s, "?= =?", "?=\r\n =?") }

func (l *response) id(form string) string {
	return fmt.Sprintf("<"+form+"@%s>", l.number, domain(l.From))
}

func (l *response) date(zone *time.Location) string { return l.Time.In(zone).Format(time.RFC1123Z) }

// eightBit names the transfer encoding of a text that is sent as it is.
func eightBit(text string) string {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return "8bit"
		}
	}
	return "7bit"
}

// base64Lines encodes in lines of 76 octets.
func base64Lines(text string) string {
	var b strings.Builder
	for s := base64.StdEncoding.EncodeToString([]byte(text)); s != ""; {
		n := min(76, len(s))
		b.WriteString(s[:n] + "\r\n")
		s = s[n:]
	}
	return b.String()
}

var english = map[ical.Status]string{
	ical.StatusAccepted: "Accepted", ical.StatusDeclined: "Declined", ical.StatusTentative: "Tentative", ical.StatusDelegated: "Delegated",
}

func gmail(l *response) string {
	o := &object{l: l}
	params := "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;" + l.partstat() + ";" + l.cn(false) + ";X-NUM-GUESTS=0"
	if l.Comment != "" {
		params += `;X-RESPONSE-COMMENT="` + quoted(l.Comment) + `"`
	}
	o.lines("BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0",
		"CALSCALE:GREGORIAN", "METHOD:"+string(l.method()), "BEGIN:VEVENT")
	o.times()
	o.lines("DTSTAMP:"+stamp(l.Time), l.organizer(false), "UID:"+escaped(l.event.UID))
	o.attendee(params)
	o.lines("CREATED:"+stamp(l.Time), "DESCRIPTION:", "LAST-MODIFIED:"+stamp(l.Time),
		"LOCATION:"+escaped(l.event.Location), fmt.Sprint("SEQUENCE:", l.event.Sequence), "STATUS:CONFIRMED",
		"SUMMARY:"+escaped(l.event.Summary), "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR")
	ics, word := o.text.String(), said(l.status, english)
	return lines("MIME-Version: 1.0", "Reply-To: "+l.from(),
		"Sender: Google Calendar <calendar-notification@calendar.example.com>", "Auto-Submitted: auto-generated",
		"Message-ID: "+l.id("calendar-%d"), "Date: "+l.date(time.UTC), "Subject: "+l.subject(word),
		"From: "+l.from(), "To: "+l.to(), `Content-Type: multipart/mixed; boundary="000000000000abcdef"`,
		"", "--000000000000abcdef", `Content-Type: multipart/alternative; boundary="000000000000abcdee"`,
		"", "--000000000000abcdee", `Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes`,
		"Content-Transfer-Encoding: base64", "", strings.TrimSuffix(base64Lines(l.name()+" has answered.\r\n"), "\r\n"),
		// QUIRK: a proposal is declared as an answer, too.
		"--000000000000abcdee", `Content-Type: text/calendar; charset="UTF-8"; method=REPLY`,
		"Content-Transfer-Encoding: "+eightBit(ics), "", ics, "--000000000000abcdee--",
		"--000000000000abcdef", `Content-Type: application/ics; name="invite.ics"`,
		`Content-Disposition: attachment; filename="invite.ics"`, "Content-Transfer-Encoding: base64", "",
		strings.TrimSuffix(base64Lines(ics), "\r\n"), "--000000000000abcdef--")
}

// apple puts the object into an attachment, and does not say there what it is for.
func apple(l *response) string {
	o := &object{l: l, zone: l.zoneName()}
	o.lines("BEGIN:VCALENDAR", "PRODID:-//Apple Inc.//macOS 14.5//EN", "VERSION:2.0", "CALSCALE:GREGORIAN",
		"METHOD:"+string(l.method()))
	o.ownZone()
	o.lines("BEGIN:VEVENT", "CREATED:"+stamp(l.Time), "UID:"+escaped(l.event.UID))
	o.attendee(l.cn(true), "CUTYPE=INDIVIDUAL", l.partstat(), "ROLE=REQ-PARTICIPANT", "EMAIL="+l.attendee.Email)
	o.lines("SUMMARY:"+escaped(l.event.Summary), "LAST-MODIFIED:"+stamp(l.Time), "DTSTAMP:"+stamp(l.Time))
	o.times()
	o.rule()
	if l.Comment != "" {
		o.add("COMMENT:" + escaped(l.Comment))
	}
	o.lines(fmt.Sprint("SEQUENCE:", l.event.Sequence), l.organizer(true), "END:VEVENT", "END:VCALENDAR")
	const outer, inner = "Apple-Mail=_0B1C2D3E-4F50-6172-8394-A5B6C7D8E9F0", "Apple-Mail=_1B1C2D3E-4F50-6172-8394-A5B6C7D8E9F0"
	file := "iCal-" + l.Time.Format("20060102-150405") + ".ics"
	return lines("Return-path: <"+oneLine(l.From)+">", "From: "+l.from(), "Content-Type: multipart/alternative;",
		"\tboundary=\""+outer+"\"", "Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3774.600.62\\))",
		"Subject: "+l.subject(said(l.status, english)), "X-Mail-Calendar-Part: Yes", "Date: "+l.date(time.FixedZone("", 3600)),
		"Message-Id: "+l.id("0B1C2D3E-4F50-6172-8394-%012X"), "To: "+l.to(), "", "",
		"--"+outer, "Content-Transfer-Encoding: 7bit", "Content-Type: text/plain;", "\tcharset=us-ascii", "",
		"Your invitation is answered.", "--"+outer, "Content-Type: multipart/mixed;", "\tboundary=\""+inner+"\"", "", "",
		"--"+inner, "Content-Transfer-Encoding: 7bit", "Content-Type: text/html;", "\tcharset=us-ascii", "",
		"<html><body>Your invitation is answered.</body></html>",
		"--"+inner, "Content-Disposition: attachment;", "\tfilename="+file, "Content-Type: text/calendar;",
		"\tx-unix-mode=0644;", "\tname=\""+file+"\"", "Content-Transfer-Encoding: quoted-printable", "",
		printable(o.text.String()), "--"+inner+"--", "", "--"+outer+"--")
}

// printable is quoted-printable with its line ends encoded too.
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

// thunderbird speaks of acceptance also where the answer is tentative.
func thunderbird(l *response) string {
	o := &object{l: l, zone: l.zoneName()}
	o.lines("BEGIN:VCALENDAR", "PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "VERSION:2.0",
		"METHOD:"+string(l.method()))
	o.ownZone()
	o.lines("BEGIN:VEVENT", "LAST-MODIFIED:"+stamp(l.Time), "DTSTAMP:"+stamp(l.Time), "UID:"+escaped(l.event.UID),
		"SUMMARY:"+escaped(l.event.Summary), "STATUS:CONFIRMED", l.organizer(false))
	o.attendee(l.cn(false), l.partstat(), "CUTYPE=INDIVIDUAL", "ROLE=REQ-PARTICIPANT")
	o.times()
	o.rule()
	if l.Comment != "" {
		o.add("COMMENT:" + escaped(l.Comment))
	}
	o.lines(fmt.Sprint("SEQUENCE:", l.event.Sequence), "LOCATION:"+escaped(l.event.Location), "TRANSP:OPAQUE",
		"END:VEVENT", "END:VCALENDAR")
	const outer, inner = "Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)", "Boundary_(ID_ryU4ZdJoASiZ+Jo21dCbwA)"
	word := "accepted"
	if l.status == ical.StatusDeclined {
		word = "declined"
	}
	return lines("MIME-version: 1.0", "From: "+l.from(), "Message-ID: "+l.id("ad204067-8786-4012-8574-%012x"),
		"To: "+l.to(), "Date: "+l.date(time.FixedZone("", 3600)), "Subject: "+l.subject(said(l.status, english)),
		`Content-type: multipart/mixed; boundary="`+outer+`"`, "", "", "--"+outer,
		"Content-type: multipart/alternative;", ` boundary="`+inner+`"`, "", "", "--"+inner,
		"Content-type: text/plain; charset=UTF-8", "Content-transfer-encoding: 8BIT", "",
		oneLine(l.name())+" <"+l.attendee.Email+"> has "+word+" your event invitation.", "", "", "--"+inner,
		"Content-type: text/calendar; method="+string(l.method())+"; charset=UTF-8", "Content-transfer-encoding: 8BIT",
		"", o.text.String(), "", "--"+inner+"--", "", "--"+outer, "Content-type: application/ics; name=invite.ics",
		"Content-transfer-encoding: 8BIT", "Content-disposition: attachment; filename=invite.ics", "",
		o.text.String(), "", "--"+outer+"--")
}

func evolution(l *response) string {
	o := &object{l: l, zone: l.zoneName()}
	o.lines("BEGIN:VCALENDAR", "CALSCALE:GREGORIAN", "PRODID:-//Ximian//NONSGML Evolution Calendar//EN", "VERSION:2.0",
		"METHOD:"+string(l.method()))
	o.ownZone()
	o.lines("BEGIN:VEVENT", "UID:"+escaped(l.event.UID), "DTSTAMP:"+stamp(l.Time), fmt.Sprint("SEQUENCE:", l.event.Sequence))
	o.times()
	o.rule()
	o.lines("SUMMARY:"+escaped(l.event.Summary), "LOCATION:"+escaped(l.event.Location), l.organizer(false))
	o.attendee(l.cn(false), "CUTYPE=INDIVIDUAL", "ROLE=REQ-PARTICIPANT", "RSVP=TRUE", l.partstat())
	o.lines("STATUS:CONFIRMED", "TRANSP:OPAQUE", "COMMENT:"+escaped(l.Comment), "END:VEVENT", "END:VCALENDAR")
	words := map[ical.Status]string{ical.StatusAccepted: "Accepted", ical.StatusDeclined: "Declined",
		ical.StatusTentative: "Tentatively Accepted", ical.StatusDelegated: "Delegated"}
	return lines("Message-ID: "+l.id("d29bcff3affc2de9da4fcf82a4d74e3b%08x.camel"), "Subject: "+l.subject(said(l.status, words)),
		"From: "+l.from(), "To: "+l.to(), "Date: "+l.date(time.FixedZone("", 3600)),
		`Content-Type: text/calendar; name="calendar.ics"; charset="utf-8"; METHOD="`+string(l.method())+`"`,
		"Content-Transfer-Encoding: "+eightBit(o.text.String()), "User-Agent: Evolution 3.46.4", "MIME-Version: 1.0", "") +
		o.text.String()
}
