package caldav

import (
	"bytes"
	"errors"
	"fmt"
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
	if a := mailed(o.Data, false); a != "" {
		return fmt.Errorf("%w: %s has no SCHEDULE-AGENT=CLIENT", organizer.ErrWouldMail, a)
	}
	return nil
}

// mailed returns the first attendee of an entry whom the server would mail by itself, ""
// if there is none: the attendee lacks SCHEDULE-AGENT=CLIENT (RFC 6638, section 7.1). NONE is
// not enough, because servers on sabre/dav mail then. own passes over attendees who are the
// organizer.
//
// It reads the lines and not an [ical.Event], because an override there need not repeat
// the parameters of its series. Attendees of an alarm are passed over: they are the
// organizer's own.
func mailed(data []byte, own bool) string {
	var organizer string
	var open []string
	var lacking []string
	for line := range contentLines(data) {
		name, params, value := splitLine(line)
		switch within := len(open) > 0 && open[len(open)-1] == "VEVENT"; {
		case name == "BEGIN":
			open = append(open, strings.ToUpper(strings.TrimSpace(value)))
		case name == "END" && len(open) > 0:
			open = open[:len(open)-1]
		case name == "ORGANIZER" && within:
			organizer = address(value)
		case name == "ATTENDEE" && within && !strings.EqualFold(params["SCHEDULE-AGENT"], "CLIENT"):
			lacking = append(lacking, address(value))
		}
	}
	for _, a := range lacking {
		if !own || a != organizer {
			return a
		}
	}
	return ""
}

// address returns a calendar address without its scheme, in lower case, for comparisons.
func address(value string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(value)), "mailto:")
}

// contentLines yields the unfolded lines of an object (RFC 5545, section 3.1).
func contentLines(data []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var line []byte
		for raw := range bytes.Lines(bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))) {
			raw = bytes.TrimRight(raw, "\n")
			switch {
			case len(raw) == 0:
			case raw[0] == ' ' || raw[0] == '\t':
				line = append(line, raw[1:]...)
			default:
				if len(line) > 0 && !yield(string(line)) {
					return
				}
				line = append(line[:0], raw...)
			}
		}
		if len(line) > 0 {
			yield(string(line))
		}
	}
}

// splitLine splits a content line. Names are in upper case. The first value of a
// parameter counts.
func splitLine(line string) (name string, params map[string]string, value string) {
	var parts []string
	quoted, from := false, 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case (c == ';' || c == ':') && !quoted:
			parts = append(parts, line[from:i])
			from = i + 1
		}
		if line[i] == ':' && !quoted {
			value = line[i+1:]
			break
		}
	}
	if len(parts) == 0 {
		return strings.ToUpper(line), nil, ""
	}
	params = make(map[string]string)
	for _, p := range parts[1:] {
		k, v, _ := strings.Cut(p, "=")
		if k = strings.ToUpper(strings.TrimSpace(k)); params[k] == "" {
			params[k] = strings.Trim(strings.TrimSpace(v), `"`)
		}
	}
	return strings.ToUpper(strings.TrimSpace(parts[0])), params, value
}
