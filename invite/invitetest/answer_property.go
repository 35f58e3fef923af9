package invitetest

import (
	"strings"
	"time"
)

// partstatParam returns the parameter PARTSTAT, which is the answer, and
// DELEGATED-TO if the attendee delegates.
func (r *response) partstatParam() string {
	s := "PARTSTAT=" + strings.ToUpper(string(r.status))
	if r.DelegateTo != "" {
		s += `;DELEGATED-TO="mailto:` + quoted(r.DelegateTo) + `"`
	}
	return s
}

// cnParam returns the parameter CN with the attendee's name. With always it is
// quoted even if it need not be.
func (r *response) cnParam(always bool) string { return "CN=" + paramValue(r.name(), always) }

// name returns the attendee's name, or the address if there is no name.
func (r *response) name() string {
	if r.attendee.Name != "" {
		return r.attendee.Name
	}
	return r.attendee.Email
}

// organizerLine returns the ORGANIZER line. With always the name is quoted even
// if it need not be.
func (r *response) organizerLine(always bool) string {
	o := r.event.Organizer
	params := ""
	if o.Name != "" {
		params = ";CN=" + paramValue(o.Name, always)
	}
	return "ORGANIZER" + params + ":mailto:" + o.Email
}

// paramValue returns s as a parameter value, in quotation marks if it needs them
// (RFC 5545, section 3.2) or always is true.
func paramValue(s string, always bool) string {
	s = quoted(s)
	if always || strings.ContainsAny(s, ",;:") {
		s = `"` + s + `"`
	}
	return s
}

// zoneLines returns the content lines of the request's VTIMEZONE without TZID,
// or nil if the request has no VTIMEZONE.
func (r *response) zoneLines() []string {
	var out []string
	inside := false
	for _, line := range unfold(r.requestICS) {
		inside = inside || line == "BEGIN:VTIMEZONE"
		if inside && !strings.HasPrefix(line, "TZID") {
			out = append(out, line)
		}
		if line == "END:VTIMEZONE" {
			return out
		}
	}
	return nil
}

// zoneName returns the IANA name of the meeting's zone, or "" if its times are
// dates or in UTC.
func (r *response) zoneName() string {
	if r.event.AllDay || r.zoneLines() == nil {
		return ""
	}
	loc, err := r.event.Zone()
	if err != nil || loc == time.UTC {
		return ""
	}
	return loc.String()
}
