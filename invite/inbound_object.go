package invite

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/mime"
)

// object is a calendar object of a mail.
type object struct {
	*ical.Calendar
	part *mime.Part
	rank int
}

// mostObjects limits the calendar objects of one mail that are read.
const mostObjects = 20

// objects reads the calendar objects that have a meeting. The same object often comes
// twice, as a part and as an attachment, and is read once. If a part cannot be used,
// Reason says what is wrong with the first such part.
func (in *Inbound) objects(parts []mime.Part, o *ReadOptions) []object {
	var list []object
	for i := range parts[:min(len(parts), mostObjects)] {
		if slices.ContainsFunc(list, func(x object) bool { return bytes.Equal(x.part.Data, parts[i].Data) && x.rank == 0 }) {
			continue
		}
		c, err := ical.Decode(bytes.NewReader(parts[i].Data), o.Calendar)
		switch {
		case err != nil:
			in.explain("has a calendar object that cannot be read: " + err.Error())
			continue
		case len(c.Events) == 0:
			in.explain(withoutMeeting(c))
			continue
		}
		if c.Method == "" { // QUIRK: Zimbra and some gateways drop METHOD: testdata/replies/zimbra-no-method.eml
			c.Method = ical.Method(parts[i].Method)
		}
		list = append(list, object{c, &parts[i], rank(c, &parts[i])})
	}
	return list
}

// componentWords names components that are not meetings.
var componentWords = map[string]string{"VTODO": "a task", "VJOURNAL": "a journal entry", "VFREEBUSY": "free times"}

// withoutMeeting describes a calendar object that has no event.
func withoutMeeting(c *ical.Calendar) string {
	text := "has a calendar object without a meeting: " + cmp.Or(listed(c.Skipped, "; "), "it is empty")
	if len(c.Skipped) == 0 {
		return text
	}
	name, _, _ := strings.Cut(c.Skipped[0], " ")
	if word := componentWords[name]; word != "" {
		text += ": " + word
	}
	if c.Method != "" {
		text += fmt.Sprintf(", with METHOD %.40s", c.Method)
	}
	return text
}

// choose selects the calendar object that gives the mail its kind. An object of the
// mail itself comes before an object in a message that it quotes. An object with a
// METHOD comes before a mere file. It reports false if no part has a usable object.
func (in *Inbound) choose(parts []mime.Part, o *ReadOptions) bool {
	list := in.objects(parts, o)
	best := -1
	for i := range list {
		if best < 0 || list[i].rank < list[best].rank {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	in.Calendar, in.Event = list[best].Calendar, &list[best].Events[0]
	in.Quoted = list[best].part.Embedded
	if n := len(parts); n > mostObjects {
		in.Calendar.Skipped = append(in.Calendar.Skipped, fmt.Sprintf("%d of %d calendar objects", n-mostObjects, n))
	}
	for i := range list {
		if i != best && list[i].rank == list[best].rank {
			in.complete(list[i].Calendar)
		}
	}
	return true
}

// complete takes from another calendar object of the mail what the chosen one does
// not have: the comments of its answers. If the object is about another meeting, it
// is passed over.
func (in *Inbound) complete(more *ical.Calendar) {
	counts := lowered(in.Event.UID) // converted once, because it may be as long as the mail
	for i := range more.Events {
		if uid := more.Events[i].UID; lowered(uid) != counts {
			text := fmt.Sprintf("another calendar object, which is about the meeting %.80s", uid)
			in.Calendar.Skipped = with(in.Calendar.Skipped, text)
		}
	}
	if kind := methodKinds[in.Calendar.Method]; more.Method != in.Calendar.Method || kind != KindReply && kind != KindCounter {
		return
	}
	type place struct {
		uid   string
		start int64
	}
	said := make(map[place]ical.Attendee)
	for _, e := range statementsOf(more) {
		if a, ok := answeringAttendee(e, in.Mail); ok && a.Comment != "" {
			said[place{lowered(e.UID), e.RecurrenceID.Unix()}] = a
		}
	}
	for _, e := range statementsOf(in.Calendar) {
		from, ok := said[place{lowered(e.UID), e.RecurrenceID.Unix()}]
		if !ok {
			continue
		}
		a, ok := answeringAttendee(e, in.Mail)
		if ok && a.Comment == "" && a.Status == from.Status && address.Same(a.Email, from.Email) {
			e.Attendees[roster.IndexOf(e.Attendees, a.Email)].Comment = from.Comment
		}
	}
}

// statementsOf returns the components of an answer, as far as they are read.
func statementsOf(c *ical.Calendar) []*ical.Event {
	var out []*ical.Event
	for i := range c.Events {
		out = append(out, &c.Events[i])
		for j := range c.Events[i].Overrides {
			out = append(out, &c.Events[i].Overrides[j])
		}
		if len(out) >= mostStatements {
			return out[:mostStatements]
		}
	}
	return out
}

// notes says, for the end of a reason, which other meetings the mail is about, and
// what was passed over in its object. It is "" if there is nothing to say.
func (in *Inbound) notes() string {
	if in.Event == nil || in.Calendar == nil {
		return ""
	}
	var text string
	if in.Event.UID == "" {
		text = "; it has no UID"
	}
	if _, known := methodKinds[in.Calendar.Method]; known {
		var others []string
		counts := lowered(in.Event.UID)
		for i := range in.Calendar.Events {
			if uid := in.Calendar.Events[i].UID; lowered(uid) != counts {
				others = with(others, uid)
			}
		}
		if len(others) > 0 {
			text += fmt.Sprintf("; it is about %d meetings, of which %.80s counts, and not %s", len(others)+1, in.Event.UID, listed(others, ", "))
		}
	}
	if len(in.Calendar.Skipped) > 0 {
		text += "; passed over: " + listed(in.Calendar.Skipped, "; ")
	}
	return text
}

// listed joins the first ten texts, each cut to 200 octets.
func listed(list []string, separator string) string {
	const most = 10
	var short []string
	for _, s := range list[:min(len(list), most)] {
		short = append(short, fmt.Sprintf("%.200s", s))
	}
	if n := len(list) - most; n > 0 {
		short = append(short, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(short, separator)
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
	counts := lowered(in.Event.UID)
	for i := range in.Calendar.Events {
		if e := &in.Calendar.Events[i]; e != in.Event && lowered(e.UID) == counts {
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

// lowered returns the form of a UID by which it is compared. Only ASCII letters are
// folded, because a UID with a Kelvin sign is another UID.
func lowered(uid string) string { return address.Lower(strings.TrimSpace(uid)) }
