package invitetest

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/convene-go/convene/invite"
)

// Bounce returns a mail server's report that the last mail to an address did not
// arrive (RFC 3464). If it is applied, the delivery becomes
// [invite.DeliveryUndelivered]. Bounce panics if no mail arrived at the address.
func (r *Recorder) Bounce(email string) []byte {
	mails := r.MessagesTo(email)
	if len(mails) == 0 {
		panic(fmt.Sprintf("invitetest: no mail arrived at %s", email))
	}
	m := mails[len(mails)-1]
	stamp := epoch
	if in, err := invite.Read(bytes.NewReader(m.Data), nil); err == nil && !in.Mail.Date.IsZero() {
		stamp = in.Mail.Date
	}
	n, at := r.next(time.Time{}, stamp)
	const boundary = "4B1C92A0.1/mx.example.com"
	return slices.Concat([]byte(lines("Return-Path: <>", "Date: "+at.Format("Mon, 02 Jan 2006 15:04:05 -0700"),
		"From: MAILER-DAEMON@mx.example.com (Mail Delivery System)", "Subject: Undelivered Mail Returned to Sender",
		"To: "+oneLine(m.From), "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
		"Content-Type: multipart/report; report-type=delivery-status;", "\tboundary=\""+boundary+"\"",
		fmt.Sprintf("Message-Id: <bounce-%d@mx.example.com>", n), "",
		"--"+boundary, "Content-Description: Notification", "Content-Type: text/plain; charset=us-ascii", "",
		"I'm sorry to have to inform you that your message could not be delivered.", "",
		"--"+boundary, "Content-Description: Delivery report", "Content-Type: message/delivery-status", "",
		"Reporting-MTA: dns; mx.example.com", "", "Final-Recipient: rfc822; "+oneLine(email), "Action: failed",
		"Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 user unknown", "",
		"--"+boundary, "Content-Description: Undelivered Message", "Content-Type: message/rfc822", "")),
		m.Data, []byte(lines("", "--"+boundary+"--")))
}
