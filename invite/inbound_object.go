package invite

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/mime"
)

// choose takes the object that decides what the mail is. The same answer often
// comes twice, as a part and as an attachment, and is one. An object of the mail
// itself comes before one in a message that it quotes, and one with a METHOD
// before a mere file. Where there is none, Reason says why.
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

// rank says how good an object is, 0 for the best: those that some METHOD makes
// part of the conversation, in the mail itself or quoted in it, then others.
func rank(c *ical.Calendar, p *mime.Part) int {
	switch _, known := methodKinds[c.Method]; {
	case known && !p.Embedded:
		return 0
	case known:
		return 1
	}
	return 2
}

const unranked = 3

// explain keeps the first reason.
func (in *Inbound) explain(reason string) { in.Reason = cmp.Or(in.Reason, reason) }

// statement is what an answer says of one component: the whole meeting, or one
// occurrence of it.
type statement struct {
	event    *ical.Event
	attendee ical.Attendee
}

// maxStatements is how many components of one answer are read.
const maxStatements = 500

// statements are all that an answer says. Apple and CalDAV servers answer to a
// series and to some of its occurrences in one object.
func (in *Inbound) statements() []statement {
	out := []statement{{in.Event, in.Attendee}}
	add := func(list []ical.Event) {
		for i := range list {
			if len(out) == maxStatements {
				return
			}
			if a, ok := speaker(&list[i], in.Mail); ok {
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

// lowered is the form of a UID by which it is compared.
func lowered(uid string) string { return strings.ToLower(strings.TrimSpace(uid)) }
