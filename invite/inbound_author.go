package invite

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// author returns the author of a mail. It is "" if there is none, or if there are
// several.
func author(m *mime.Received) string {
	if len(m.From) != 1 {
		return ""
	}
	return m.From[0].Address
}

// mostAuthors limits the addresses in From that are compared with the attendees.
// A mail with two authors proves neither of them, so a third changes nothing.
const mostAuthors = 2

// authors returns the first authors of a mail, by the keys of their addresses. The
// set is built for each component of an answer, so it must not grow with From.
func authors(m *mime.Received) map[string]bool {
	out := make(map[string]bool, mostAuthors)
	for _, f := range m.From[:min(len(m.From), mostAuthors)] {
		out[address.Key(f.Address)] = true
	}
	return out
}

// answeringAttendee returns the attendee who answers: the only attendee, or the attendee
// who sent the mail, or the delegate, whose answer names the delegator too (RFC
// 5546, section 4.2.5).
func answeringAttendee(e *ical.Event, m *mime.Received) (ical.Attendee, bool) {
	list := e.Attendees
	at := -1
	if len(list) == 1 {
		at = 0
	}
	if at < 0 {
		from := authors(m)
		at = slices.IndexFunc(list, func(a ical.Attendee) bool { return a.Email != "" && from[address.Key(a.Email)] })
	}
	if at < 0 {
		at = slices.IndexFunc(list, func(a ical.Attendee) bool { return a.DelegatedFrom != "" })
	}
	if at < 0 {
		return ical.Attendee{}, false
	}
	a := list[at]
	a.Status = cmp.Or(a.Status, ical.StatusNeedsAction)
	// QUIRK: Exchange writes a COMMENT of an empty line if the attendee wrote
	// nothing: testdata/replies/exchange.eml.
	a.Comment = cut(strings.TrimSpace(cmp.Or(a.Comment, extra(e, "COMMENT"))), mostComment)
	a.DelegatedTo, a.DelegatedFrom = bare(a.DelegatedTo), bare(a.DelegatedFrom)
	return a, true
}

// cut returns the first n octets of s with a mark that something is missing, or a
// few less so that no character is split. It returns s if s is not longer.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + " …"
}

// bare returns the address in "Name <address>", which KDE writes in DELEGATED-TO
// and DELEGATED-FROM.
func bare(addr string) string {
	if at := strings.LastIndexByte(addr, '<'); at >= 0 {
		addr = strings.TrimRight(addr[at+1:], "> ")
	}
	return addr
}

// extra returns the value of a property that [ical.Event] has no field for.
func extra(e *ical.Event, name string) string {
	for _, p := range e.Extra {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}
