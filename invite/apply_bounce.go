package invite

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// bounce marks the deliveries that a report speaks of. They are found by the
// Message-ID of the mail that came back, which is random, or by what stands for it if a
// relay replaced it, see [intake.returnedID]. Otherwise they are found by the UID and the
// SEQUENCE in that mail and by the recipient, see [intake.guessed]. For several
// recipients, see [joinReports].
func (x *intake) bounce() Outcome {
	r := x.in.Mail.Report
	if r == nil {
		return Outcome{Verdict: VerdictNotAnAnswer, Reason: "reports no delivery"}
	}
	x.ownDeliveries()
	var all []Outcome
	sent := x.sentTo(r.Recipients)
	for i := range r.Recipients {
		if reportsFailure(&r.Recipients[i]) {
			all = append(all, outcomeOf("", x.undeliver(&r.Recipients[i], sent)))
		}
	}
	if len(all) > 0 {
		return joinReports(all)
	}
	return Outcome{Verdict: VerdictNotAnAnswer, Reason: "reports no failure: " + foreignLine(x.in.Reason, mostReport)}
}

// joinReports makes one outcome of the outcomes of all recipients. A delivery that is
// marked decides, otherwise a recipient who is held, otherwise a duplicate, otherwise the
// first recipient.
func joinReports(all []Outcome) Outcome {
	out := all[0]
	for _, v := range []Verdict{VerdictDuplicate, VerdictHeld, VerdictUndeliverable} {
		if at := slices.IndexFunc(all, func(o Outcome) bool { return o.Verdict == v }); at >= 0 {
			out = all[at]
		}
	}
	if at := slices.IndexFunc(all, func(o Outcome) bool { return o.Held }); at >= 0 && !out.Held {
		out.Held, out.Reason = true, all[at].Reason+"; "+out.Reason
	}
	return out
}

// reportsFailure tells a failure from a delay and from a confirmation (RFC 3464, section
// 2.3.3). A report without an action has a code at least.
func reportsFailure(d *mime.DeliveryStatus) bool {
	return d.Action == "failed" || d.Action == "" && strings.HasPrefix(d.Status, "5")
}

// undeliver marks the delivery to one recipient, and returns the outcome as an
// error.
func (x *intake) undeliver(d *mime.DeliveryStatus, sent *sentMails) error {
	to := cmp.Or(d.OriginalRecipient, d.FinalRecipient)
	found := sent.find(d)
	if found >= 0 && x.elsewhere(d, sent, found) {
		found = -1
	}
	switch {
	case found < 0 && (sent.event || sent.known):
		return refuse(VerdictUnknownAttendee, "no mail of this meeting to %s can have come back", foreignLine(to, address.Max))
	case found < 0:
		return refuse(VerdictUnknownEvent, "is about a mail that is not of this meeting: %s", cmp.Or(foreignLine(sent.id, mostIdentifier), "no Message-ID came back"))
	}
	l := &x.m.Deliveries[found]
	if doubt := x.doubt(d, l, sent); doubt != "" {
		return refuse(VerdictHeld, "says that the mail to %s did not arrive, but %s", l.To, doubt)
	}
	if sent.shared && l.MessageID == sent.id && (x.p.RequireAuth || !x.recent(l)) {
		return refuse(VerdictHeld, "says that the mail to %s did not arrive, but all recipients of this mail know its Message-ID", l.To)
	}
	return x.mark(l, d.Status+" "+d.DiagnosticCode, sent.answers[address.Key(l.To)])
}

// elsewhere reports whether a letter names somebody else beside the recipient of the mail
// that was found. It may be somebody who can help, so only the recipient counts.
func (x *intake) elsewhere(d *mime.DeliveryStatus, sent *sentMails, found int) bool {
	to := x.m.Deliveries[found].To
	_, named := sent.byID[address.Key(to)]
	return x.in.Mail.Report.Prose && named && !address.Same(d.FinalRecipient, to)
}

// doubt says why a person has to decide about a report in words, or "". Words are less
// clear than a part for programs, so the mail and its recipient must both be named.
// InsecureAnyFrom takes the doubts away, as a person does who looked at the mail.
func (x *intake) doubt(d *mime.DeliveryStatus, l *Delivery, sent *sentMails) string {
	r := x.in.Mail.Report
	switch {
	case !r.Prose || x.p.InsecureAnyFrom:
		return ""
	case r.Doubt != "":
		return "it is a letter, and not sure: " + r.Doubt
	case l.MessageID != sent.id:
		return "it is a letter that does not name the Message-ID"
	case !address.Same(d.FinalRecipient, l.To):
		return "it is a letter that names " + foreignLine(d.FinalRecipient, address.Max)
	}
	return ""
}

// mostGuessed is the time for which a report without a Message-ID of ours can be
// about a delivery. Servers try for at least four to five days (RFC 5321, section
// 4.5.4.1).
const mostGuessed = 7 * 24 * time.Hour

// guessed reports whether a report that has the UID of the meeting, but no Message-ID
// of ours, can be about l. Every attendee knows the UID, the SEQUENCE and often the
// guests, so every attendee can forge such a report. A policy with RequireAuth does not
// believe it. Otherwise it must be about a mail that was handed over in the last days,
// and the report does no lasting harm: the next answer of the attendee undoes it.
func (x *intake) guessed(l *Delivery) bool {
	return !x.p.RequireAuth && x.recent(l) && l.Sequence == x.in.Event.Sequence
}

// recent reports whether a mail was handed over in the last days.
func (x *intake) recent(l *Delivery) bool {
	handedOver := l.State == DeliveryDelivered || l.State == DeliveryUnknown || l.State == DeliveryUndelivered
	return handedOver && x.p.Now().Sub(l.Time) <= mostGuessed
}

// isNamed reports whether id is the Message-ID of the mail, or its receipt. Some APIs write
// these without their angle brackets.
func (d *Delivery) isNamed(id string) bool {
	id = strings.Trim(id, "<>")
	return id != "" && (strings.Trim(d.MessageID, "<>") == id || strings.Trim(d.Receipt, "<>") == id && !strings.Contains(id, " "))
}

// alone reports whether one recipient has a mail with that Message-ID or receipt.
func (x *intake) alone(id string) bool {
	n := 0
	for i := range x.m.Deliveries {
		if x.m.Deliveries[i].isNamed(id) {
			n++
		}
	}
	return n == 1
}

// mark makes a delivery undelivered, unless one of the answers of its recipient shows
// that it arrived. It returns the outcome as an error.
func (x *intake) mark(l *Delivery, text string, answers []*Answer) error {
	if l.State == DeliveryUndelivered {
		return refuse(VerdictDuplicate, "is known already: the mail to %s did not arrive", l.To)
	}
	for _, a := range answers {
		if a.proves(l) {
			return refuse(VerdictStale, "says that the mail to %s did not arrive, but %s has answered it", l.To, a.Email)
		}
	}
	l.State, l.Time, l.Reply = DeliveryUndelivered, x.p.Now().UTC(), quoteReport(text)
	return refuse(VerdictUndeliverable, "the mail to %s did not arrive: %s", l.To, l.Reply)
}

// proves reports whether a shows that the mail of l arrived: a came by mail from the
// attendee, and is about the same version or a later one, and was written after l.
func (a *Answer) proves(l *Delivery) bool {
	return a.Via == "" && a.Sequence >= l.Sequence && !a.Stamp.Before(l.Stamp) && address.Same(a.Email, l.To)
}

// arrived marks the mails as delivered that a report called undelivered, if a shows
// that they arrived. The deliveries are read once for all answers of a mail.
func (x *intake) arrived(a *Answer) {
	if x.undelivered == nil {
		x.undelivered = []int{}
		for i := range x.m.Deliveries {
			if x.m.Deliveries[i].State == DeliveryUndelivered {
				x.undelivered = append(x.undelivered, i)
			}
		}
	}
	for _, i := range x.undelivered {
		if l := &x.m.Deliveries[i]; l.State == DeliveryUndelivered && a.proves(l) {
			x.ownDeliveries()
			l = &x.m.Deliveries[i]
			l.State, l.Time, l.Reply = DeliveryDelivered, x.p.Now().UTC(), ""
		}
	}
}

// mostReport limits the text of a report that is kept, in octets.
const mostReport = 500

// quoteReport returns the text of a report in quotation marks, because nobody has
// checked it. Quotation marks in the text become apostrophes, so that the text cannot
// end the quotation.
func quoteReport(text string) string {
	text = strings.ReplaceAll(strings.Join(strings.Fields(foreignLine(text, mostReport)), " "), `"`, "'")
	if text == "" {
		return "a report without text"
	}
	return `a report says "` + text + `"`
}
