package invite

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// report sets the kind and the reason if the mail is a report, and tells whether it
// is one.
func (in *Inbound) report() bool {
	m := in.Mail
	switch {
	case m.Report != nil:
		in.Kind, in.Reason = deliveryKind(m.Report)
	case m.ReportType == "disposition-notification":
		in.Kind, in.Reason = KindReceipt, receiptReason(m.Disposition)
	case m.ReportType != "":
		in.Reason = "is a report: " + foreignLine(m.ReportType, mostName)
	default:
		return false
	}
	return true
}

// deliveryKind tells a bounce from a receipt, and describes the recipient that
// decides: the first that the mail did not reach, otherwise the first whom it has not
// reached yet, otherwise the first.
func deliveryKind(r *mime.DeliveryReport) (Kind, string) {
	if len(r.Recipients) == 0 {
		return KindBounce, "is a delivery report that names no recipient"
	}
	at := slices.IndexFunc(r.Recipients, func(d mime.DeliveryStatus) bool { return reportsFailure(&d) })
	if at < 0 {
		at = slices.IndexFunc(r.Recipients, func(d mime.DeliveryStatus) bool { return !reportsArrival(&d) })
	}
	d := &r.Recipients[max(at, 0)]
	text := describeStatus(d)
	switch {
	case at < 0:
		text = "is a delivery receipt: " + text + "; it changes nothing"
	case !reportsFailure(d):
		text += "; it changes nothing, because it reports no failure"
	}
	if r.Prose {
		text += "; this was read from the words of a letter without a part for programs"
	}
	if r.Doubt != "" {
		text += ", and it is not sure: " + r.Doubt
	}
	if at < 0 {
		return KindReceipt, text
	}
	return KindBounce, text
}

// mostStatus limits an action and a status, which have at most nine characters (RFC
// 3464, sections 2.3.3 and 2.3.4).
const mostStatus = 20

// describeStatus puts the report about one recipient into words. The words of the
// server are cut and quoted.
func describeStatus(d *mime.DeliveryStatus) string {
	to := cmp.Or(d.OriginalRecipient, d.FinalRecipient)
	text := cmp.Or(foreignLine(d.Action, mostStatus), "a report") + " for " + cmp.Or(foreignLine(to, address.Max), "a recipient who is not named")
	if status := foreignLine(d.Status, mostStatus); status != "" {
		text += ": " + status
	}
	if d.DiagnosticCode != "" {
		text += ": " + quoteReport(d.DiagnosticCode)
	}
	return text
}

// reportsArrival reports whether a mail arrived at one recipient, or went on to a
// server or a list that reports no more (RFC 3464, section 2.3.3).
func reportsArrival(d *mime.DeliveryStatus) bool {
	return d.Action == "delivered" || d.Action == "relayed" || d.Action == "expanded"
}

// receiptReason describes a read receipt, which may lack its part for programs.
func receiptReason(d *mime.Disposition) string {
	if d == nil {
		return "is a read receipt that names nothing"
	}
	return fmt.Sprintf("is a read receipt: %.40s by %.80s", cmp.Or(d.Type, "received"),
		cmp.Or(d.OriginalRecipient, d.FinalRecipient, "an unnamed recipient"))
}

// closedReasons says why the content of a mail was not read.
var closedReasons = map[mime.Closed]string{
	mime.ClosedSMIMESigned:    "is signed as a whole (S/MIME) and was not read",
	mime.ClosedSMIMEEncrypted: "is encrypted (S/MIME) and was not read",
	mime.ClosedSMIME:          "is closed by S/MIME and was not read",
	mime.ClosedPGP:            "is encrypted (OpenPGP) and was not read",
}
