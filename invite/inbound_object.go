package invite

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/mime"
)

// choose selects the calendar object that gives the mail its kind. The same answer
// often comes twice, as a part and as an attachment, and counts once. An object of
// the mail itself comes before an object in a message that it quotes. An object
// with a METHOD comes before a mere file. It reports false if no part has a usable
// object. Reason then says what is wrong with the first part, if there is one.
func (in *Inbound) choose(parts []mime.Part, o *ReadOptions) bool {
	best := unranked
	for i := range parts {
		c, err := ical.Decode(bytes.NewReader(parts[i].Data), o.Calendar)
		switch {
		case err != nil:
			in.explain("has a calendar object that cannot be read: " + err.Error())
			continue
		case len(c.Events) == 0:
			in.explain("has a calendar object without a meeting: " + cmp.Or(strings.Join(c.Skipped, ", "), "it is empty"))
			continue
		}
		if c.Method == "" { // QUIRK: Zimbra and some gateways drop METHOD: testdata/replies/zimbra-no-method.eml
			c.Method = ical.Method(parts[i].Method)
		}
		if r := rank(c, &parts[i]); r < best {
			best, in.Calendar, in.Event = r, c, &c.Events[0]
		}
		if best == 0 {
			break
		}
	}
	return in.Event != nil
}

// rank returns the rank of an object, 0 for the best: objects in the mail itself
// whose METHOD is part of the conversation, then such objects in a quoted
// message, then all others.
func rank(c *ical.Calendar, p *mime.Part) int {
	switch _, known := methodKinds[c.Method]; {
	case known && !p.Embedded:
		return 0
	case known:
		return 1
	}
	return 2
}

// unranked is worse than every rank.
const unranked = 3

// explain sets the reason, unless there is one already.
func (in *Inbound) explain(reason string) { in.Reason = cmp.Or(in.Reason, reason) }

// statement is the content of one component of an answer: about the whole
// meeting, or about one occurrence.
type statement struct {
	event    *ical.Event
	attendee ical.Attendee
}

// mostStatements limits the components of one answer that are read.
const mostStatements = 500

// statements returns all components of an answer. Apple and CalDAV servers answer
// to a series and to some of its occurrences in one object.
func (in *Inbound) statements() []statement {
	out := []statement{{in.Event, in.Attendee}}
	add := func(list []ical.Event) {
		for i := range list {
			if len(out) == mostStatements {
				return
			}
			if a, ok := answeringAttendee(&list[i], in.Mail); ok {
				out = append(out, statement{&list[i], a})
			}
		}
	}
	add(in.Event.Overrides)
	if in.Calendar == nil {
		return out
	}
	for i := range in.Calendar.Events {
		if e := &in.Calendar.Events[i]; e != in.Event && sameUID(e.UID, in.Event.UID) {
			add(in.Calendar.Events[i : i+1])
		}
	}
	return out
}

// sameUID compares identifiers without case.
//
// QUIRK: Exchange writes its hexadecimal identifiers in either case:
// testdata/replies/exchange.eml.
func sameUID(a, b string) bool { return lowered(a) == lowered(b) }

// lowered returns the form of a UID by which it is compared.
func lowered(uid string) string { return strings.ToLower(strings.TrimSpace(uid)) }
