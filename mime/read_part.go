package mime

import (
	"bytes"
	"path"
	"strings"
)

// calendarTypes are the media types that only calendars have.
var calendarTypes = map[string]bool{
	"text/calendar":        true,
	"application/ics":      true,
	"application/calendar": true,
	"text/x-vcalendar":     true,
}

// leaf reads a part that has no parts inside.
func (r *reader) leaf(e *entity, at place) {
	name := e.filename()
	form := closedForm(e, name)
	switch {
	case form != "":
		r.closed(e, form, at)
	case isCalendar(e, name):
		r.calendar(e, name, at)
	case isTNEF(e.mediaType, name):
		r.tnef(e, at)
	case unread[e.mediaType]:
		r.partProblem(e, "not read")
	case e.mediaType == "text/plain" || e.mediaType == "text/html":
		r.body(e, at)
	}
}

// unread are media types that may hide a calendar in a form that is not read
// here, apart from the forms of [Closed].
var unread = map[string]bool{
	"message/partial":       true, // RFC 2046, sections 5.2.2 and 5.2.3
	"message/external-body": true,
}

// isCalendar tells whether a part holds a calendar. It decides by the type, by
// the file name, and by the first octets if the type is a general one.
func isCalendar(e *entity, name string) bool {
	if calendarTypes[e.mediaType] {
		return true
	}
	// QUIRK: Outlook to Gmail, and programs that do not know the extension,
	// send the calendar as application/octet-stream or text/plain:
	// testdata/read/octet-stream.eml, testdata/read/text-plain-ics.eml.
	switch strings.ToLower(path.Ext(name)) {
	case ".ics", ".ical", ".vcs":
		return true
	}
	if e.mediaType != "application/octet-stream" && e.mediaType != "text/plain" {
		return false
	}
	start, _ := decode(e.body[:min(len(e.body), 128)], e.encoding)
	start = bytes.TrimLeft(bytes.TrimPrefix(start, utf8BOM), " \t\r\n")
	return len(start) >= len(beginCalendar) && bytes.EqualFold(start[:len(beginCalendar)], beginCalendar)
}

// calendar adds a calendar part.
func (r *reader) calendar(e *entity, name string, at place) {
	data, problem := decode(e.body, e.encoding)
	r.partProblem(e, problem)
	text, problem := toUTF8(data, e.params.get("charset"))
	r.partProblem(e, problem)
	p := Part{
		MediaType:   e.mediaType,
		Method:      strings.ToUpper(strings.TrimSpace(e.params.get("method"))),
		Charset:     strings.ToLower(e.params.get("charset")),
		Filename:    name,
		Disposition: e.disposition,
		Params:      e.params.asMap(),
		Data:        bytes.Clone(text),
		Embedded:    at.embedded,
	}
	if at.returned != nil {
		at.returned.Calendars = append(at.returned.Calendars, p)
		return
	}
	r.out.Calendars = append(r.out.Calendars, p)
}
