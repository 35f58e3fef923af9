package invite_test

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// costKind is a kind of hostile mail, which can be made in any size.
type costKind struct {
	name string
	mail func(n int) string // of about n octets
}

// costKinds returns all kinds of hostile mails whose cost is tested.
func costKinds() []costKind {
	var all []costKind
	for _, list := range [][]costKind{
		addressKinds(), headerKinds(), wordKinds(), partKinds(), bodyKinds(), reportKinds(),
		peopleKinds(), componentKinds(), lineKinds(), dateKinds(), zoneKinds(), objectKinds(),
	} {
		all = append(all, list...)
	}
	return all
}

// repeated returns a kind of mail that is a text, a part that is repeated, and a text.
func repeated(name, head, part, tail string) costKind {
	return costKind{name, func(n int) string {
		return head + strings.Repeat(part, max(1, (n-len(head)-len(tail))/len(part))) + tail
	}}
}

// numbered is like repeated. Each part has its number, because format has one verb.
func numbered(name, head, format, tail string) costKind {
	return costKind{name, func(n int) string { return head + upTo(n-len(head)-len(tail), format) + tail }}
}

// upTo returns about n octets of numbered parts.
func upTo(n int, format string) string {
	var b strings.Builder
	for i := 0; i == 0 || b.Len() < n; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// fieldsOf returns n octets of header fields of 60,000 octets each, in which a part
// is repeated.
func fieldsOf(name, field, part, tail string) costKind {
	one := field + strings.Repeat(part, 60_000/len(part)) + tail + "\r\n"
	return costKind{name, func(n int) string {
		var b strings.Builder
		b.WriteString("From: a@b\r\n")
		for n -= b.Len(); n > 0; n -= len(one) {
			b.WriteString(field + strings.Repeat(part, min(60_000, n)/len(part)) + tail + "\r\n")
		}
		return b.String() + "\r\nx"
	}}
}

// bigFolds breaks a long list into folded lines.
const bigFolds = ",\r\n "

func addressKinds() []costKind {
	return []costKind{
		{"authors and attendees", func(n int) string {
			from := strings.Repeat(strings.Repeat("a@b,", 199)+"a@b"+bigFolds, max(1, n/4/800/4)) + "a@b\r\n"
			return repeated("", strings.Repeat("From: "+from, 4)+calendarHead+eventHead, "ATTENDEE:c@d\r\n", eventTail).mail(n)
		}},
		fieldsOf("addresses in From", "From: ", "a@b,", "a@b"),
		fieldsOf("addresses in To", "To: ", "Ann <a@b>, ", "a@b"),
		fieldsOf("addresses in Cc, with numbers", "Cc: ", "\"x y\" <a@b>;", "a@b"),
		fieldsOf("groups", "To: ", "g:a@b,c@d;,", "a@b"),
		fieldsOf("nested comments", "From: ", "(", " a@b"),
		fieldsOf("comments between addresses", "To: ", "(x)a@b(y), ", "a@b"),
		fieldsOf("one long comment", "To: (", "x", ") a@b"),
		fieldsOf("quotes that are not closed", "To: ", `"x`, ", a@b"),
		fieldsOf("angle brackets that are not closed", "To: ", "<a@b", ", a@b"),
		fieldsOf("backslashes", `From: "`, `\\`, `" <a@b>`),
		fieldsOf("domain literals", "From: a@[", "1", "]"),
		fieldsOf("words of a name", "From: ", "a ", "<a@b>"),
		fieldsOf("semicolons", "To: ", ";", "a@b"),
		fieldsOf("encoded words in names", "To: ", "=?x?q?a?= <a@b>, ", "a@b"),
		fieldsOf("encoded words in a quoted name", `To: "`, "=?latin1?q?a?= ", `" <a@b>`),
		fieldsOf("delivery addresses", "Delivered-To: ", "a@b,", "a@b"),
		numbered("fields of delivery", "From: a@b\r\n", "Delivered-To: answers+%030d@example.test\r\n", "\r\nx"),
		fieldsOf("senders", "Sender: ", "a@b,", "a@b"),
		fieldsOf("recipients of an old bounce", "X-Failed-Recipients: ", "a@b,", "a@b"),
		repeated("addresses in the words of a server", "Return-Path: <>\nFrom: postmaster@b\n\n", "a@b 550 x\n", ""),
		numbered("recipients in the words of a server", "Return-Path: <>\nFrom: postmaster@b\n\n", "a%d@b\n", "550 x"),
		repeated("equal fields in the words of a server", "Return-Path: <>\nFrom: postmaster@b\n\n", "To: a\n", "550 x"),
		repeated("indented fields in the words of a server", "Return-Path: <>\nFrom: postmaster@b\n\n", "To: a\n To: b\n", "550 x"),
		repeated("labels in the words of a server", "Return-Path: <>\nFrom: postmaster@b\n\n550\n", "x Message-ID", ""),
		repeated("at signs in the words of a server", "Return-Path: <>\nFrom: postmaster@b\n\n550 ", "@a", ""),
		repeated("digits in the words of a server", "Return-Path: <>\nFrom: postmaster@b\n\na@b ", "5.5.", ""),
	}
}

func headerKinds() []costKind {
	return []costKind{
		repeated("fields", "From: a@b\r\n", "Received: x\r\n", "\r\nx"),
		fieldsOf("long fields", "Received: ", "x ", ""),
		repeated("lines that are no fields", "From: a@b\r\n", "x\r\n", "\r\nx"),
		numbered("many problems", "From: a@b\r\n", "%d\r\n", "\r\nx"),
		{"many problems, then one", func(n int) string {
			return repeated("", "From: a@b\r\n"+upTo(378, "%d\r\n"), "x\r\n", "\r\nx").mail(n)
		}},
		repeated("folds", "From: a@b\r\nSubject: ", "\r\n x", "\r\n\r\nx"),
		repeated("tabs", "From: a@b\r\nSubject: ", "\t", "\r\n\r\nx"),
		repeated("NULs in a field", "From: a@b\r\nSubject: ", "\x00", "\r\n\r\nx"),
		repeated("Latin-1 in fields", "From: a@b\r\n", "Subject: \xe4\xf6\r\n", "\r\nx"),
		repeated("one field without an end", "From: a@b\r\nX: ", "x", ""),
		repeated("carriage returns", "From: a@b\r", "\r", "x"),
		repeated("lines of an mbox", "", "From x\n", "From: a@b\n\nx"),
		fieldsOf("References", "References: ", "<a@b>", ""),
		fieldsOf("References without brackets", "References: ", "a@b ", ""),
		fieldsOf("In-Reply-To", "In-Reply-To: ", "<a>", ""),
		fieldsOf("Message-ID with spaces", "Message-ID: <", "a ", "@b>"),
		fieldsOf("dates", "Date: ", "1 ", ""),
		fieldsOf("results", "Authentication-Results: x", "; dkim=pass header.d=b", ""),
		fieldsOf("properties of a result", "Authentication-Results: x; dkim=pass", " a.b=c", ""),
		{"properties of a long domain", func(n int) string {
			var b strings.Builder
			for b.Len() < n {
				fmt.Fprintf(&b, "Authentication-Results: x; dkim=pass header.d=%s%s\r\n", strings.Repeat("B", 12_000), strings.Repeat(";a.b=c", 1500))
			}
			return "From: a@b\r\n" + b.String() + "\r\nx"
		}},
		fieldsOf("comments in results", "Authentication-Results: x; dkim=pass ", "(x)", ""),
		fieldsOf("nested comments in results", "Authentication-Results: x; ", "(", ""),
		fieldsOf("quoted strings in results", "Authentication-Results: x; dkim=", `"a"`, ""),
	}
}

func wordKinds() []costKind {
	return []costKind{
		fieldsOf("encoded words", "Subject: ", "=?utf-8?q?a?= ", ""),
		fieldsOf("encoded words in a known charset", "Subject: ", "=?latin1?b?YQ==?= ", ""),
		fieldsOf("encoded words in an unknown charset", "Subject: ", "=?x?q?a?= ", ""),
		fieldsOf("encoded words that begin only", "Subject: ", "=?x?q?", ""),
		fieldsOf("encoded words that end once", "Subject: ", "=?x?b? ", "?="),
		fieldsOf("question marks", "Subject: ", "=?", ""),
		fieldsOf("one long encoded word", "Subject: =?iso-2022-jp?q?", "=1B$B", "?="),
		repeated("parameters", "From: a@b\r\nContent-Type: text/calendar", "; a=b", "\r\n\r\nx"),
		numbered("different parameters", "From: a@b\r\nContent-Type: text/calendar", "; a%d=b", "\r\n\r\nx"),
		numbered("pieces of a parameter", "From: a@b\r\nContent-Type: text/calendar", "; name*%d*=%%41", "\r\n\r\nx"),
		repeated("one long piece", "From: a@b\r\nContent-Type: text/calendar; name*0*=utf-8''", "%41", "\r\n\r\nx"),
		repeated("comments in Content-Type", "From: a@b\r\nContent-Type: text/calendar", "(x)", "\r\n\r\nx"),
		repeated("comments that are not closed", "From: a@b\r\nContent-Type: text/calendar", "(", "\r\n\r\nx"),
		repeated("equals signs", "From: a@b\r\nContent-Type: text/calendar", "=", "\r\n\r\nx"),
		repeated("a quoted parameter that is not closed", "From: a@b\r\nContent-Type: text/calendar; a=\"", `\x`, "\r\n\r\nx"),
		repeated("parts with parameters", multipartHead, "--b\r\nContent-Type: text/calendar"+strings.Repeat(";a*=''b", 99)+"\r\n\r\nx\r\n", ""),
		repeated("parts with names in encoded words", multipartHead,
			"--b\r\nContent-Disposition: attachment; filename=\""+strings.Repeat("=?x?q?a?= ", 90)+"\"\r\n\r\nx\r\n", ""),
	}
}

const multipartHead = "From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"

func partKinds() []costKind {
	part := func(header, body string) string { return "--b\r\n" + header + "\r\n\r\n" + body + "\r\n" }
	nested := func(format string) func(int) string {
		return func(n int) string { return "From: a@b\r\n" + upTo(n, format) }
	}
	return []costKind{
		repeated("empty parts", multipartHead, "--b\r\n\r\n", ""),
		repeated("delimiters", multipartHead, "--b\r\n", ""),
		repeated("delimiters of another multipart", multipartHead, "--bc\r\n", ""),
		repeated("delimiters in a line", multipartHead, "--b", ""),
		{"a long boundary", func(n int) string {
			long := strings.Repeat("-", min(n/4, 50_000))
			return repeated("", "From: a@b\r\nContent-Type: multipart/mixed; boundary="+long+"\r\n\r\n", "-\n", "").mail(n)
		}},
		{"a long boundary that nearly stands there", func(n int) string {
			long := strings.Repeat("-", min(n/4, 50_000))
			return repeated("", "From: a@b\r\nContent-Type: multipart/mixed; boundary="+long+"x\r\n\r\n", "-", "").mail(n)
		}},
		{"multiparts in multiparts", nested("Content-Type: multipart/mixed; boundary=%[1]d\r\n\r\n--%[1]d\r\n")},
		{"multiparts with one boundary", nested("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: %d\r\n")},
		{"messages in messages", nested("Content-Type: message/rfc822\r\nX: %d\r\n\r\n")},
		{"multiparts without a boundary", nested("Content-Type: multipart/mixed\r\n\r\n--%d\r\n")},
		repeated("messages", multipartHead, part("Content-Type: message/rfc822", "From: a@b\r\n\r\nx"), ""),
		repeated("empty texts", multipartHead, part("Content-Type: text/plain", " "), ""),
		repeated("HTML parts", multipartHead, part("Content-Type: text/html", "<b>x"), ""),
		repeated("parts of unknown charsets", multipartHead, part("Content-Type: text/calendar; charset=x", "\xff"), ""),
		repeated("parts of S/MIME", multipartHead, part("Content-Type: application/pkcs7-mime", "x"), ""),
		repeated("parts of TNEF", multipartHead, part("Content-Type: application/ms-tnef", "x"), ""),
		repeated("calendars in place of headers", multipartHead, "--b\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", ""),
		repeated("calendar parts", multipartHead, part("Content-Type: text/calendar", "BEGIN:VCALENDAR\r\nEND:VCALENDAR"), ""),
		{"twenty large calendar parts", func(n int) string {
			body := calendarBody(n/20, eventHead, "ATTENDEE:mailto:c%d@d\r\n")
			return multipartHead + strings.Repeat(part("Content-Type: text/calendar; method=REPLY", body), 20)
		}},
		{"twenty calendar parts that differ at the end", func(n int) string {
			body := calendarBody(n/20, eventHead, "ATTENDEE:mailto:c%d@d\r\n")
			var b strings.Builder
			for i := range 20 {
				b.WriteString(part("Content-Type: text/calendar; method=REPLY", body+fmt.Sprintf("X:%02d", i)))
			}
			return multipartHead + b.String()
		}},
	}
}

// encodedBody returns a mail whose body has a transfer encoding.
func encodedBody(kind, encoding, body string) string {
	return "From: a@b\r\nContent-Type: " + kind + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body
}

func bodyKinds() []costKind {
	text, page := encodedBody("text/plain", "quoted-printable", ""), encodedBody("text/html", "8bit", "")
	return []costKind{
		repeated("soft breaks", text, "=\r\n", "x"),
		repeated("broken escapes", text, "=x", ""),
		repeated("spaces at the end of lines", text, "   \t", "\r\nx"),
		repeated("equals signs in a body", text, "=", ""),
		repeated("base64 in short lines", encodedBody("text/plain", "base64", ""), "YQ\r\n", ""),
		repeated("damaged base64", encodedBody("text/plain", "base64", ""), "Y!Q", ""),
		repeated("sentences in base64", encodedBody("text/plain", "base64", "YWFh\r\n"), "a b c d\r\n", ""),
		{"a calendar in base64", func(n int) string {
			body := calendarBody(n*3/4, eventHead, "ATTENDEE:mailto:c%d@d\r\n")
			return encodedBody("text/calendar", "base64", base64.StdEncoding.EncodeToString([]byte(body)))
		}},
		{"messages in base64", func(n int) string {
			body := strings.Repeat("x", n/15)
			for range 9 {
				body = encodedBody("message/rfc822", "base64", base64.StdEncoding.EncodeToString([]byte(body)))
			}
			return body
		}},
		repeated("UTF-16", encodedBody("text/plain; charset=utf-16le", "8bit", ""), "a\x00", ""),
		repeated("ISO-2022-JP", encodedBody("text/plain; charset=iso-2022-jp", "8bit", ""), "\x1b$B\x1b(B", ""),
		repeated("tags", page, "<p>", ""),
		repeated("tags that are not closed", page, "<p ", ""),
		repeated("attributes", page+"<p", " a=b", ">x"),
		repeated("ampersands", page, "&a", ""),
		repeated("scripts that are not closed", page, "<script>", ""),
		repeated("markup comments", page, "<!--", ""),
		repeated("less-than signs", page, "<", ""),
		repeated("end tags in a script", page+"<script>", "</scrip", ""),
		repeated("spaces in markup", page, "<b> ", ""),
		repeated("empty lines", text, "\r\n", ""),
	}
}

func reportKinds() []costKind {
	report := "From: a@b\r\nContent-Type: multipart/report; report-type=%s; boundary=b\r\n\r\n--b\r\nContent-Type: message/%[1]s\r\n\r\n"
	bounce, receipt := fmt.Sprintf(report, "delivery-status"), fmt.Sprintf(report, "disposition-notification")
	return []costKind{
		numbered("recipients of a bounce", bounce, "Final-Recipient: rfc822; a%d@b\r\nAction: failed\r\n\r\n", ""),
		repeated("groups of a bounce without a recipient", bounce, "X: y\r\n\r\n", ""),
		repeated("arrival dates", bounce, "Arrival-Date: "+strings.Repeat("1 ", 6000)+"\r\n\r\n", ""),
		repeated("fields of a bounce", bounce, "X: y\r\n", ""),
		repeated("a long diagnosis", bounce+"Final-Recipient: rfc822; a@b\r\nDiagnostic-Code: smtp; ", "x", "\r\n"),
		repeated("fields of a receipt", receipt, "Final-Recipient: rfc822; a@b\r\n", ""),
		repeated("receipts", multipartHead, "--b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: x\r\n", ""),
		repeated("returned messages", bounce+"Action: failed\r\n", "--b\r\nContent-Type: message/rfc822\r\n\r\nTo: a@b\r\n\r\nx\r\n", ""),
		repeated("recipients of a returned message", bounce+"Action: failed\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n",
			"To: "+strings.Repeat("a@b,", 3000)+"\r\n", "\r\nx"),
	}
}
