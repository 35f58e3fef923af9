package invite

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/convene-go/convene/mime"
)

// bounce marks the deliveries that a report speaks of. They are found by the
// Message-ID of the mail that came back. If a relay replaced the Message-ID, they
// are found by the UID and the SEQUENCE in that mail and by the recipient. A
// policy with RequireAuth does not believe these. If a report names several
// recipients, a delivery that it marks decides the outcome.
func (x *intake) bounce() Outcome {
	r := x.in.Mail.Report
	if r == nil {
		return Outcome{Verdict: VerdictNotAnAnswer, Reason: "reports no delivery"}
	}
	x.own()
	all, sent := []Outcome(nil), x.sentTo(r.Recipients)
	for i := range r.Recipients {
		if reportsFailure(&r.Recipients[i]) {
			all = append(all, outcomeOf("", x.undeliver(&r.Recipients[i], sent)))
		}
	}
	for _, v := range []Verdict{VerdictUndeliverable, VerdictDuplicate} {
		for _, o := range all {
			if o.Verdict == v {
				return o
			}
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return Outcome{Verdict: VerdictNotAnAnswer, Reason: "reports no failure: " + x.in.Reason}
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
	id, event := x.returned()
	found := sent.find(d)
	switch {
	case found < 0 && (event || sent.known):
		return refuse(VerdictUnknownAttendee, "no mail of this meeting went to %s", to)
	case found < 0:
		return refuse(VerdictUnknownEvent, "is about a mail that is not of this meeting: %s", cmp.Or(id, "no Message-ID came back"))
	}
	return x.mark(&x.m.Deliveries[found], strings.TrimSpace(d.Status+" "+d.DiagnosticCode))
}

// returned returns the Message-ID of the mail that came back, and reports whether
// its calendar object is of this meeting.
func (x *intake) returned() (id string, ours bool) {
	if r := x.in.Mail.Returned; r != nil {
		id = r.MessageID
	}
	return id, x.in.Event != nil && sameUID(x.in.Event.UID, x.m.Event.UID)
}

// alone reports whether a mail went to one recipient. If it did, this recipient
// is meant even if the report names another address, because theirs may forward
// to it.
func (x *intake) alone(id string) bool {
	n := 0
	for i := range x.m.Deliveries {
		if x.m.Deliveries[i].MessageID == id {
			n++
		}
	}
	return n == 1
}

// mark makes a delivery undelivered. It returns the outcome as an error.
func (x *intake) mark(l *Delivery, text string) error {
	if l.State == DeliveryUndelivered {
		return refuse(VerdictDuplicate, "is known already: the mail to %s did not arrive", l.To)
	}
	l.State, l.Time, l.Reply = DeliveryUndelivered, x.p.Now().UTC(), text
	return refuse(VerdictUndeliverable, "%s", fmt.Sprintf("the mail to %s did not arrive: %s", l.To, text))
}
