package caldav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// checkData returns an error if the data of an entry must not be stored: it would make the
// server mail somebody, or no server would take it.
func checkData(o organizer.Object) error {
	cal, err := ical.Decode(bytes.NewReader(o.Data), nil)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	if cal.Method != "" {
		return fmt.Errorf("data has METHOD %q, which an entry must not have (RFC 4791, section 4.1)", cal.Method)
	}
	if len(cal.Events) == 0 {
		return errors.New("data has no event")
	}
	for _, e := range cal.Events {
		if e.UID != o.UID {
			return errors.New("data has another UID")
		}
	}
	if a := readAgents(o.Data); len(a.served) > 0 {
		return fmt.Errorf("%w: %s has no SCHEDULE-AGENT=CLIENT", organizer.ErrWouldMail, a.served[0])
	}
	return nil
}

// agents are the parties that send the mails about an entry (RFC 6638, section 7.1).
type agents struct {
	organizer string
	silent    bool     // the ORGANIZER has SCHEDULE-AGENT=CLIENT
	served    []string // the attendees without it, whom the server mails by itself
}

// readAgents reads the agents of an entry. SCHEDULE-AGENT=NONE counts as none, because servers
// on sabre/dav mail then.
//
// It reads the lines and not an [ical.Event], because an override there need not repeat
// the parameters of its series. Attendees of an alarm are passed over: they are the
// organizer's own.
func readAgents(data []byte) agents {
	var out agents
	walk(data, func(line string, within bool) {
		name, params, value := splitLine(line)
		client := strings.EqualFold(params["SCHEDULE-AGENT"], "CLIENT")
		switch {
		case !within:
		case name == "ORGANIZER":
			out.organizer, out.silent = address(value), client
		case name == "ATTENDEE" && !client:
			out.served = append(out.served, address(value))
		}
	})
	return out
}

// others returns the attendees whom the server mails, except the organizer.
func (a agents) others() []string {
	return slices.DeleteFunc(slices.Clone(a.served), func(s string) bool { return s == a.organizer })
}

// withAgent returns data with SCHEDULE-AGENT=CLIENT on every ORGANIZER. SOGo looks there
// and not at the attendees. If the owner of the calendar is an attendee of the meeting, it
// keeps other servers from mailing answers to the organizer (RFC 6638, section 7.1).
func withAgent(data []byte) []byte {
	if a := readAgents(data); a.silent || a.organizer == "" {
		return data
	}
	var out bytes.Buffer
	walk(data, func(line string, within bool) {
		if name, params, _ := splitLine(line); within && name == "ORGANIZER" && params["SCHEDULE-AGENT"] == "" {
			line = "ORGANIZER;SCHEDULE-AGENT=CLIENT" + line[len("ORGANIZER"):]
		}
		fold(&out, line)
	})
	return out.Bytes()
}

// fold writes a line in pieces of at most 75 octets, without dividing a character.
func fold(out *bytes.Buffer, line string) {
	room := 75
	for len(line) > room {
		n := room
		for n > room-4 && line[n]&0xc0 == 0x80 {
			n--
		}
		out.WriteString(line[:n] + "\r\n ")
		line, room = line[n:], 74
	}
	out.WriteString(line + "\r\n")
}

// walk calls f for each unfolded line. within says that the line belongs directly to an event.
func walk(data []byte, f func(line string, within bool)) {
	var open []string
	for line := range contentLines(data) {
		f(line, len(open) > 0 && open[len(open)-1] == "VEVENT")
		switch name, _, value := splitLine(line); {
		case name == "BEGIN":
			open = append(open, strings.ToUpper(strings.TrimSpace(value)))
		case name == "END" && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
}

// mayReplace returns an error if the server would mail somebody because the entry that it has now is
// replaced by an entry in which every attendee has SCHEDULE-AGENT=CLIENT. Cyrus sends
// a cancellation to an attendee whom it has invited before, if the parameter is added.
func (c *Calendar) mayReplace(ctx context.Context, col *Collection, now organizer.Object) error {
	if isSOGo(col.url) { // looks at the new ORGANIZER only
		return nil
	}
	if list := readAgents(now.Data).others(); len(list) > 0 && c.schedules(ctx, col) {
		return fmt.Errorf("%w: it has invited %s itself", organizer.ErrWouldMail, list[0])
	}
	return nil
}

// mayDelete returns an error if the server would mail somebody because the entry is deleted.
func (c *Calendar) mayDelete(ctx context.Context, col *Collection, now organizer.Object) error {
	a := readAgents(now.Data)
	list := a.others()
	switch {
	case isSOGo(col.url) && a.silent || len(list) == 0 && !isSOGo(col.url) || a.organizer == "":
		return nil
	case !c.schedules(ctx, col):
		return nil
	case len(list) == 0:
		return fmt.Errorf("%w: the ORGANIZER has no SCHEDULE-AGENT=CLIENT", organizer.ErrWouldMail)
	}
	return fmt.Errorf("%w: %s has no SCHEDULE-AGENT=CLIENT", organizer.ErrWouldMail, list[0])
}

// isSOGo reports whether an address is on SOGo. QUIRK: it ignores SCHEDULE-AGENT on
// ATTENDEE, and only the path tells it from other servers.
func isSOGo(u *url.URL) bool { return strings.Contains(u.Path, "/SOGo/dav/") }

// schedules reports whether the server may mail attendees by itself. Such a server says
// calendar-auto-schedule (RFC 6638, section 2) or calendar-schedule, its name in drafts.
// A server that does not answer counts as one.
func (c *Calendar) schedules(ctx context.Context, col *Collection) bool {
	r, err := c.do(ctx, request{method: http.MethodOptions, url: col.url})
	if err != nil || !r.ok() || len(r.header.Values("DAV")) == 0 {
		return true
	}
	return strings.Contains(strings.ToLower(strings.Join(r.header.Values("DAV"), ",")), "schedule")
}

// address returns a calendar address without its scheme, in lower case, for comparisons.
func address(value string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(value)), "mailto:")
}
