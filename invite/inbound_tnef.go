package invite

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/internal/wallclock"
	"github.com/convene-go/convene/mime"
)

// tnefObject is the origin of a calendar object that was made of a winmail.dat, for
// reasons.
const tnefObject = "a winmail.dat (TNEF)"

// fromTNEF makes the calendar object of a mail of its winmail.dat, if that speaks of a
// meeting, and reports whether it did. A calendar object of the mail itself with a METHOD
// comes first. A message inside another one counts less than the mail itself.
func (in *Inbound) fromTNEF(chosen bool) bool {
	t := meetingMessage(in.Mail.TNEF)
	if t == nil {
		return false
	}
	if chosen {
		_, known := methodKinds[in.Calendar.Method]
		if known && (t.Embedded || !in.Quoted) {
			return false
		}
	}
	in.Calendar = tnefCalendar(t, in.Mail)
	in.Event, in.Quoted = &in.Calendar.Events[0], t.Embedded
	return true
}

// meetingMessage returns the message about a meeting in a winmail.dat: the message
// itself, or the first one that is attached to it. It is nil if there is none.
func meetingMessage(t *mime.TNEF) *mime.TNEF {
	if t == nil || t.Meeting != nil && tnefMethod(t) != "" {
		return t
	}
	for i := range t.Files {
		if inner := meetingMessage(t.Files[i].Message); inner != nil {
			return inner
		}
	}
	return nil
}

// tnefStatuses has the answers by the message class (MS-OXOCAL, section 2.2.7).
var tnefStatuses = []struct {
	class  string
	status ical.Status
}{
	{"ipm.schedule.meeting.resp.pos", ical.StatusAccepted},
	{"ipm.schedule.meeting.resp.neg", ical.StatusDeclined},
	{"ipm.schedule.meeting.resp.tent", ical.StatusTentative},
}

// tnefStatus returns the answer of a message, or "" if it is none.
func tnefStatus(t *mime.TNEF) ical.Status {
	class := address.Lower(t.Class)
	for _, s := range tnefStatuses {
		if isClass(class, s.class) {
			return s.status
		}
	}
	return ""
}

// tnefMethod returns the METHOD that a message class stands for, or "".
func tnefMethod(t *mime.TNEF) ical.Method {
	switch class := address.Lower(t.Class); {
	case tnefStatus(t) != "" && !t.Meeting.ProposedStart.IsZero():
		return ical.MethodCounter
	case tnefStatus(t) != "":
		return ical.MethodReply
	case isClass(class, "ipm.schedule.meeting.request"):
		return ical.MethodRequest
	case isClass(class, "ipm.schedule.meeting.canceled"):
		return ical.MethodCancel
	}
	return ""
}

// isClass reports whether a message class is another one, or derived from it.
func isClass(class, of string) bool { return class == of || strings.HasPrefix(class, of+".") }

// tnefCalendar makes a calendar object of a message about a meeting.
func tnefCalendar(t *mime.TNEF, m *mime.Received) *ical.Calendar {
	c := &ical.Calendar{Method: tnefMethod(t), Stamp: t.Meeting.Stamp, Skipped: append([]string(nil), t.Problems...)}
	e := tnefEvent(t.Meeting)
	e.Summary = t.Subject
	text := withoutDownlevel(t.Text)
	switch c.Method {
	case ical.MethodReply, ical.MethodCounter:
		e.Attendees = []ical.Attendee{tnefAttendee(t, m, text)}
		if c.Method == ical.MethodCounter {
			e.Start, e.End = inZone(t.Meeting.ProposedStart, &e), inZone(t.Meeting.ProposedEnd, &e)
		}
	default:
		from := tnefPerson(t, m)
		e.Organizer = ical.Person{Name: from.Name, Email: from.Email, SentBy: from.SentBy}
		e.Attendees, e.Description = tnefGuests(m), text
		e.Cancelled = c.Method == ical.MethodCancel
		if t.Meeting.Series && e.RecurrenceID.IsZero() {
			c.Skipped = append(c.Skipped, "the rule of the series")
		}
		if t.Meeting.AllDay && !e.AllDay {
			c.Skipped = append(c.Skipped, "that the times are dates, because their zone is not known")
		}
	}
	c.Events = []ical.Event{e}
	return c
}

// tnefEvent returns the meeting of a message, with its times in their zone if that is
// known.
func tnefEvent(t *mime.TNEFMeeting) ical.Event {
	e := ical.Event{UID: t.UID, Sequence: t.Sequence, Location: t.Location}
	if loc, err := ical.LoadLocation(t.TimeZone); err == nil && t.TimeZone != "" {
		e.TimeZone = loc.String()
	}
	e.Start, e.End = inZone(t.Start, &e), inZone(t.End, &e)
	switch {
	case t.OccurrenceIsDate:
		y, m, d := t.Occurrence.Date()
		e.RecurrenceID = time.Date(y, m, d, 0, 0, 0, 0, wallclock.Date)
		if e.TimeZone == "" { // UTC is not the zone in which that day is meant
			e.Start, e.End = time.Time{}, time.Time{}
		}
	case !t.Occurrence.IsZero():
		e.RecurrenceID = t.Occurrence.In(wallclock.Zulu)
	}
	if t.AllDay && beginsDay(e.Start) && (e.End.IsZero() || beginsDay(e.End)) && !e.Start.IsZero() {
		e.AllDay = true
	}
	return e
}

// beginsDay reports whether t is the first instant of a day. Some clocks skip midnight when
// they are set forward.
func beginsDay(t time.Time) bool {
	return wallclock.IsMidnight(t) || t.Add(-time.Second).Day() != t.Day()
}

// inZone returns t on the clock of the zone of e, if that is known.
func inZone(t time.Time, e *ical.Event) time.Time {
	loc, err := ical.LoadLocation(e.TimeZone)
	if err != nil || e.TimeZone == "" || t.IsZero() {
		return t
	}
	return t.In(loc)
}

// tnefPerson returns the person that a message speaks for. If the message has only an
// address of Exchange, it is the author of the mail. SentBy is the person who sent it for
// them, if that is another one.
func tnefPerson(t *mime.TNEF, m *mime.Received) ical.Attendee {
	a := ical.Attendee{Name: t.From.Name, Email: cmp.Or(t.From.Address, author(m))}
	if by := t.Sender.Address; by != "" && !address.Same(by, a.Email) {
		a.SentBy = by
	}
	return a
}

// tnefAttendee returns the attendee who answers.
func tnefAttendee(t *mime.TNEF, m *mime.Received, comment string) ical.Attendee {
	a := tnefPerson(t, m)
	a.Status, a.Comment = tnefStatus(t), comment
	return a
}

// mostTNEFGuests limits the recipients of a request that are taken as its attendees.
const mostTNEFGuests = 1000

// tnefGuests returns the recipients of a request: those in To are needed, and those in Cc
// need not come (MS-OXOCAL, section 3.1.4.7.1).
func tnefGuests(m *mime.Received) (out []ical.Attendee) {
	for _, to := range m.To {
		out = append(out, ical.Attendee{Name: to.Name, Email: to.Address, Role: ical.RoleRequired})
	}
	for _, cc := range m.Cc {
		out = append(out, ical.Attendee{Name: cc.Name, Email: cc.Address, Role: ical.RoleOptional})
	}
	return out[:min(len(out), mostTNEFGuests)]
}

// downlevel are the lines that end the times and the place, which Exchange repeats before
// the text of a meeting (MS-OXOCAL, section 2.2.6.12).
var downlevel = []string{"*~*~*~*~*~*~*~*~*~*", "+=+=+=+=+=+=+=+=+=+"}

// mostDownlevel limits the text before such a line.
const mostDownlevel = 4 << 10

// withoutDownlevel returns the text that a person wrote.
func withoutDownlevel(text string) string {
	for _, line := range downlevel {
		if at := strings.Index(text[:min(len(text), mostDownlevel)], line); at >= 0 && (at == 0 || text[at-1] == '\n') {
			return strings.TrimSpace(text[at+len(line):])
		}
	}
	return text
}

// tnefWord is the meaning of a message class.
type tnefWord struct {
	class string // the class and those derived from it; with * at the start, its end
	kind  Kind
	text  string
}

// tnefWords has the meanings of message classes (MS-OXCMSG, MS-OXOTASK, MS-OXOCNTC,
// MS-OXCMAIL, section 2.1.3.5). The first that matches counts.
var tnefWords = []tnefWord{
	{"*.ipnrn", KindReceipt, "a read receipt"},
	{"*.ipnnrn", KindReceipt, "a notice that the mail was not read"},
	{"*.delayed.dr", KindBounce, "a report that the mail is delayed"},
	{"*.dr", KindReceipt, "a delivery receipt"},
	{"*.ndr", KindBounce, "an undeliverable report"},
	{"report", KindOther, "a report"},
	{"ipm.outlook.recall", KindOther, "a recall of a mail"},
	{"ipm.recall.report", KindOther, "a report about a recall"},
	{"ipm.note.rules", KindAutoReply, "an out-of-office notice"},
	{"ipm.note.smime", KindOther, "a signed or encrypted letter, which was not read"},
	{"ipm.schedule.meeting.notification.forward", KindOther, "a notice that the invitation was forwarded"},
	{"ipm.schedule.meeting", KindOther, "a message that does not name its meeting or occurrence"},
	{"ipm.appointment", KindOther, "a calendar entry"},
	{"ipm.taskrequest", KindOther, "a task"},
	{"ipm.task", KindOther, "a task"},
	{"ipm.contact", KindOther, "a contact"},
	{"ipm.distlist", KindOther, "a contact"},
	{"ipm.stickynote", KindOther, "a sticky note"},
	{"ipm.activity", KindOther, "a journal entry"},
	{"ipm.post", KindOther, "a post"},
	{"ipm.document", KindOther, "a document"},
	{"ipm.sharing", KindOther, "an invitation to a shared folder"},
	{"ipm.note", KindOther, "a letter"},
	{"ipm", KindOther, "a letter"},
}

// byTNEF sets the kind by the class of a message that is about no meeting.
func (in *Inbound) byTNEF(t *mime.TNEF) {
	if t.Class == "" {
		in.explain("has " + tnefObject + " that cannot be read")
		return
	}
	class := address.Lower(t.Class)
	text := "a message that is not known here"
	for _, w := range tnefWords {
		end, isEnd := strings.CutPrefix(w.class, "*")
		if isEnd && strings.HasPrefix(class, "report.") && strings.HasSuffix(class, end) || !isEnd && isClass(class, w.class) {
			text = w.text
			if !t.Embedded {
				in.Kind = w.kind
			}
			break
		}
	}
	in.explain(fmt.Sprintf("has %s with %s (%.80s)", tnefObject, text, t.Class))
}
