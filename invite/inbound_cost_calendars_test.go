package invite_test

import (
	"fmt"
	"strings"
	"time"
)

const (
	calendarHead = "From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nVERSION:2.0\r\n"
	eventHead    = "BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20270202T090000Z\r\n"
	seriesHead   = eventHead + "DTSTART:20270302T090000Z\r\nRRULE:FREQ=DAILY\r\n"
	calendarTail = "END:VCALENDAR\r\n"
	eventTail    = "END:VEVENT\r\n" + calendarTail
)

// calendarBody returns a calendar object of n octets with one event, in which a line
// is repeated with its number.
func calendarBody(n int, head, format string) string {
	return "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + head + upTo(n, format) + eventTail
}

// inEvent returns a kind in which lines of one event are repeated.
func inEvent(name, part string) costKind {
	return repeated(name, calendarHead+eventHead, part, eventTail)
}

// inCalendar returns a kind in which components with numbers are repeated.
func inCalendar(name, head, format string) costKind {
	return numbered(name, calendarHead+head, format, calendarTail)
}

func peopleKinds() []costKind {
	lists := func(name, param string) costKind {
		return inEvent(name, "ATTENDEE;"+param+"="+strings.Repeat(`"mailto:a@b",`, 99)+`"mailto:a@b":mailto:c@d`+"\r\n")
	}
	return []costKind{
		inEvent("attendees", "ATTENDEE:c@d\r\n"),
		numbered("different attendees", calendarHead+eventHead, "ATTENDEE;CN=\"x\":mailto:c%d@d\r\n", eventTail),
		inEvent("organizers", "ORGANIZER:mailto:c@d\r\n"),
		inEvent("attendees without an address", "ATTENDEE:\r\n"),
		inEvent("attendees of other scripts", "ATTENDEE:mailto:\u00fc@\u00fc.test\r\n"),
		inEvent("attendees with parameters", "ATTENDEE"+strings.Repeat(";X-A=b", 200)+":mailto:c@d\r\n"),
		numbered("different parameters of attendees", calendarHead+eventHead, "ATTENDEE;X-%d=b:mailto:c@d\r\n", eventTail),
		lists("members", "MEMBER"), lists("delegates", "DELEGATED-TO"), lists("delegators", "DELEGATED-FROM"),
		repeated("quotes around an address", calendarHead+eventHead+"ATTENDEE:", `"`, "\r\n"+eventTail),
		repeated("schemes of an address", calendarHead+eventHead+"ATTENDEE:", "mailto:", "\r\n"+eventTail),
		repeated("brackets around an address", calendarHead+eventHead+"ATTENDEE:mailto:", "<", "\r\n"+eventTail),
		repeated("percent signs of an address", calendarHead+eventHead+"ATTENDEE:mailto:", "%41", "\r\n"+eventTail),
		inEvent("escaped comments of attendees", `ATTENDEE;X-RESPONSE-COMMENT="&amp\\;&lt\\;":mailto:c@d`+"\r\n"),
	}
}

func componentKinds() []costKind {
	answer := "BEGIN:VEVENT\r\nUID:u%d\r\nATTENDEE:mailto:c@d\r\nEND:VEVENT\r\n"
	return []costKind{
		inCalendar("events", "", answer),
		inCalendar("events of one UID", "", "BEGIN:VEVENT\r\nUID:u\r\nX:%d\r\nATTENDEE:mailto:c@d\r\nEND:VEVENT\r\n"),
		inCalendar("events with alarms", "", "BEGIN:VEVENT\r\nUID:u%d\r\nBEGIN:VALARM\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\nEND:VEVENT\r\n"),
		inEvent("alarms", "BEGIN:VALARM\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\n"),
		inCalendar("tasks", "", "BEGIN:VTODO\r\nUID:u%d\r\nEND:VTODO\r\n"),
		inCalendar("components of unknown names", "", "BEGIN:X-%d\r\nEND:X-%[1]d\r\n"),
		repeated("nested components", calendarHead, "BEGIN:VEVENT\r\n", ""),
		repeated("nested calendars", calendarHead, "BEGIN:VCALENDAR\r\n", ""),
		repeated("components that are closed twice", calendarHead, "END:VEVENT\r\n", ""),
		{"a long UID and many others", func(n int) string {
			head := calendarHead + "BEGIN:VEVENT\r\nUID:" + strings.Repeat("U", n/2) + "\r\nEND:VEVENT\r\n"
			return numbered("", head, "BEGIN:VEVENT\r\nUID:u%d\r\nEND:VEVENT\r\n", calendarTail).mail(n)
		}},
		{"a long wrapped UID", func(n int) string {
			return repeated("", calendarHead+"BEGIN:VEVENT\r\nUID:", "040000008200E00074C5B7101A82E0087643616C2D55696401000000", "\r\n"+eventTail).mail(n)
		}},
		{"answers in twenty parts", func(n int) string {
			var b strings.Builder
			for i := range 20 {
				body := "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + daily(n/20, "BEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID:%sT090000Z\r\n"+
					"ATTENDEE:mailto:e@f\r\nATTENDEE;X-RESPONSE-COMMENT=x:mailto:a@b\r\nEND:VEVENT\r\n")
				fmt.Fprintf(&b, "--b\r\nContent-Type: text/calendar\r\nX: %d\r\n\r\n%sX:%[1]d\r\nEND:VCALENDAR\r\n", i, body)
			}
			return multipartHead + b.String()
		}},
		{"one large answer and nineteen small ones", func(n int) string {
			small := "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + eventHead + "COMMENT:%d\r\nATTENDEE:mailto:a@b\r\n" + eventTail
			var b strings.Builder
			b.WriteString("--b\r\nContent-Type: text/calendar\r\n\r\n" + calendarBody(n, eventHead, "ATTENDEE:mailto:c%d@d\r\n"))
			for i := range 19 {
				fmt.Fprintf(&b, "--b\r\nContent-Type: text/calendar\r\n\r\n"+small, i)
			}
			return multipartHead + b.String()
		}},
	}
}

func lineKinds() []costKind {
	value := func(name, property, part string) costKind {
		return repeated(name, calendarHead+eventHead+property, part, "\r\n"+eventTail)
	}
	return []costKind{
		value("one long line", "COMMENT:", "x"),
		value("a long summary", "SUMMARY:", "x"),
		value("folded lines", "COMMENT:", "\r\n x"),
		value("folded lines of a tab", "COMMENT:", "\r\n\t"),
		value("backslashes in a text", "SUMMARY:", `\`),
		value("escapes in a text", "SUMMARY:", `\n`),
		value("commas in CATEGORIES", "CATEGORIES:", ","),
		value("CATEGORIES", "CATEGORIES:", `a\,b,`),
		value("semicolons in a property", "X-A", ";"),
		value("parameters of a property", "X-A", ";P=1"),
		value("values of a parameter", "X-A;P=", "1,"),
		value("a parameter that is not closed", `X-A;P="`, "x"),
		value("a long parameter", `X-A;P="`, "^n"),
		value("NULs in a text", "SUMMARY:", "\x00"),
		value("broken UTF-8", "SUMMARY:", "\xff"),
		value("tabs in a name", `ATTENDEE;CN="`, "\t"),
		inEvent("comments", "COMMENT:x\r\n"),
		numbered("different comments", calendarHead+eventHead, "COMMENT:%d\r\n", eventTail),
		inEvent("attachments", "ATTACH:http://a.test\r\n"),
		inEvent("properties of unknown names", "X-A;B=c:d\r\n"),
		inEvent("short properties", "X:1\r\n"),
		inEvent("lines that are not content lines", "x\r\n"),
		inEvent("empty lines in an object", "\r\n"),
		inEvent("properties that stand twice", "SUMMARY:x\r\n"),
		numbered("properties that stand twice and differ", calendarHead+eventHead, "SUMMARY:%d\r\n", eventTail),
		{"long properties that differ at the end", func(n int) string {
			head := calendarHead + eventHead + "X-A:" + strings.Repeat("x", n/2) + "\r\n"
			return numbered("", head, "X-A:xxxxxxxx%d\r\n", eventTail).mail(n)
		}},
	}
}

// hours returns n octets of dates and times in a list, each a second later.
func hours(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, ",20270302T%02d%02d%02d", i/3600%24, i/60%60, i%60)
	}
	return b.String()[1:]
}

// dated returns a kind in which components are repeated. Each has a later date, in
// place of the verb of format.
func dated(name, head, format string) costKind {
	return costKind{name, func(n int) string { return calendarHead + head + daily(n, format) + calendarTail }}
}

// daily returns n octets of components, each of a later date.
func daily(n int, format string) string {
	var b strings.Builder
	for day := time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC); b.Len() < n; day = day.AddDate(0, 0, 1) {
		fmt.Fprintf(&b, format, day.Format("20060102"))
	}
	return b.String()
}

func dateKinds() []costKind {
	const begin, end = "BEGIN:VEVENT\r\nUID:u1\r\nRECURRENCE-ID", "\r\nATTENDEE:mailto:c@d\r\nEND:VEVENT\r\n"
	const instant, day = begin + ":%sT090000Z" + end, begin + ";VALUE=DATE:%s" + end
	const never = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"
	whole, series := seriesHead+"END:VEVENT\r\n", calendarHead+seriesHead
	oneDay := fmt.Sprintf(day, "20270302")
	return []costKind{
		{"EXDATE", func(n int) string { return series + "EXDATE:" + hours(n) + "\r\n" + eventTail }},
		{"RDATE", func(n int) string { return series + "RDATE:" + hours(n) + "\r\n" + eventTail }},
		repeated("EXDATE properties", series, "EXDATE:20270302T090000Z\r\n", eventTail),
		repeated("EXDATE days", series, "EXDATE;VALUE=DATE:20270302\r\n", eventTail),
		{"EXDATE days and RDATE", func(n int) string {
			return series + "RDATE:" + hours(n/2) + "\r\n" + daily(n/2, "EXDATE;VALUE=DATE:%s\r\n") + eventTail
		}},
		dated("overrides", whole, instant),
		dated("overrides without a series", "", instant),
		dated("overrides of days", whole, day),
		dated("overrides on the clock of an unknown zone", whole, begin+";TZID=x:%sT090000"+end),
		{"an override of a day with many RDATEs", func(n int) string {
			return series + "RDATE:" + hours(n) + "\r\nEND:VEVENT\r\n" + oneDay + calendarTail
		}},
		{"overrides of a day with many RDATEs", func(n int) string {
			return series + "RDATE:" + hours(n/2) + "\r\nEND:VEVENT\r\n" + strings.Repeat(oneDay, n/2/len(oneDay)) + calendarTail
		}},
		{"overrides, and attendees of the series", func(n int) string {
			return series + upTo(n/2, "ATTENDEE:mailto:c%d@d\r\n") + "END:VEVENT\r\n" + daily(n/2, instant) + calendarTail
		}},
		inCalendar("rules", "", "BEGIN:VEVENT\r\nUID:u%d\r\nDTSTART:20270302T090000Z\r\n"+never+"END:VEVENT\r\n"),
		inCalendar("rules without a day, with overrides", "", "BEGIN:VEVENT\r\nUID:u%d\r\nDTSTART:19000302T090000Z\r\n"+never+"END:VEVENT\r\n"+
			"BEGIN:VEVENT\r\nUID:u%[1]d\r\nRECURRENCE-ID;VALUE=DATE:20270302\r\nEND:VEVENT\r\n"),
		repeated("days of a rule", series[:len(series)-2]+";BYMONTHDAY=1", ",1", "\r\n"+eventTail),
		repeated("parts of a rule", series[:len(series)-2], ";COUNT=1", "\r\n"+eventTail),
		repeated("digits of numbers", calendarHead+eventHead+"SEQUENCE:", "9", "\r\n"+eventTail),
		repeated("a long duration", calendarHead+eventHead+"DTSTART:20270302T090000Z\r\nDURATION:P", "1D", "\r\n"+eventTail),
	}
}

func zoneKinds() []costKind {
	observance := "BEGIN:STANDARD\r\nDTSTART:%s\r\nTZOFFSETTO:+0100\r\nX:%%d\r\nEND:STANDARD\r\n"
	early, late := fmt.Sprintf(observance, "19700101T000000"), fmt.Sprintf(observance, "90000101T000000")
	yearly := strings.Replace(early, "X:", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\nX:", 1)
	first := fmt.Sprintf(early, 1)
	begin, end := "BEGIN:VTIMEZONE\r\nTZID:Z\r\n", "END:VTIMEZONE\r\n"
	asked := func(n int, format, tail string) string {
		return begin + upTo(n/2, format) + end + seriesHead + "EXDATE;TZID=Z:" + hours(n/2) + "\r\n" + tail
	}
	return []costKind{
		inCalendar("zones", "", "BEGIN:VTIMEZONE\r\nTZID:z%d\r\n"+first+"END:VTIMEZONE\r\n"),
		inCalendar("names of zones", "", "BEGIN:VEVENT\r\nUID:u%d\r\nDTSTART;TZID=a/b/%[1]d:20270302T090000\r\nEND:VEVENT\r\n"),
		{"observances before the dates", func(n int) string { return calendarHead + asked(n, early, eventTail) }},
		{"observances after the dates", func(n int) string { return calendarHead + asked(n, late, eventTail) }},
		{"observances of a yearly rule", func(n int) string { return calendarHead + asked(n, yearly, eventTail) }},
		{"observances of zones in twenty parts", func(n int) string {
			var b strings.Builder
			for i := range 20 {
				fmt.Fprintf(&b, "--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nX:%d\r\n%s", i, asked(n/20, yearly, eventTail))
			}
			return multipartHead + b.String()
		}},
		{"RDATE of an observance", func(n int) string {
			rdate := strings.Replace(first, "X:1", "RDATE:"+hours(n/2), 1)
			return calendarHead + begin + rdate + end + seriesHead + "EXDATE;TZID=Z:" + hours(n/2) + "\r\n" + eventTail
		}},
		{"a long TZID and many dates", func(n int) string {
			return calendarHead + eventHead + "DTSTART;TZID=" + strings.Repeat("z", n/4) + ":20270302T090000\r\nRRULE:FREQ=DAILY\r\nEXDATE;TZID=" +
				strings.Repeat("z", n/4) + ":" + hours(n/2) + "\r\n" + eventTail
		}},
		{"a long TZID that is described, and many dates", func(n int) string {
			name := strings.Repeat("z", n/6)
			return calendarHead + "BEGIN:VTIMEZONE\r\nTZID:" + name + "\r\n" + first + end + eventHead + "DTSTART;TZID=" + name +
				":20270302T090000\r\nRRULE:FREQ=DAILY\r\nEXDATE;TZID=" + name + ":" + hours(n/2) + "\r\n" + eventTail
		}},
		{"a long TZID that is described, and many overrides", func(n int) string {
			name := strings.Repeat("z", n/4)
			head := calendarHead + "BEGIN:VTIMEZONE\r\nTZID:" + name + "\r\n" + first + end + eventHead + "DTSTART;TZID=" + name +
				":20270302T090000\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"
			return head + daily(n/4, "BEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20270302T090000\r\nRECURRENCE-ID:%sT090000\r\nEND:VEVENT\r\n") + calendarTail
		}},
		{"series of different years in one zone", func(n int) string {
			return inCalendar("", begin+strings.Replace(yearly, "%d", "1", 1)+end, "BEGIN:VEVENT\r\nUID:u%d\r\nDTSTART;TZID=Z:%04[1]d0302T090000\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n").mail(n)
		}},
	}
}

func objectKinds() []costKind {
	return []costKind{
		repeated("objects", calendarHead+calendarTail, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", ""),
		numbered("objects with an event", calendarHead+calendarTail, "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:u%d\r\n"+eventTail, ""),
		repeated("overrides in objects", calendarHead+calendarTail,
			"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID:20270302T090000Z\r\n"+eventTail, ""),
		repeated("broken objects", calendarHead+calendarTail, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", ""),
		numbered("objects of other methods", calendarHead+eventHead+eventTail, "BEGIN:VCALENDAR\r\nMETHOD:X%d\r\nEND:VCALENDAR\r\n", ""),
		repeated("text after the object", calendarHead+calendarTail, "x\r\n", ""),
		repeated("begins of a line", calendarHead+calendarTail, "BEGIN:", ""),
	}
}
