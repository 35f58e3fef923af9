package mime

// dateLayout is the date-time of RFC 5322, section 3.3.
const dateLayout = "Mon, 02 Jan 2006 15:04:05 -0700"

// header renders the fields of the mail in their conventional order, except the
// Message-ID, which goes between Date and the rest. It returns the offsets in
// h.buf at which Date and the rest end.
//
// The header is written here and not by enmime. enmime's builder sorts the
// fields by name, encodes a whole address list as one word if a name is not
// ASCII, and does not fold long words. enmime does write the Content-* fields
// of the root part, below this header.
func (cd *checkedDraft) header(h *headerWriter) (date, rest int) {
	h.buf = h.buf[:0]
	h.open("Date")
	h.buf = cd.date.AppendFormat(append(h.buf, ' '), dateLayout)
	h.close()
	date = len(h.buf)
	h.mailboxes("From", cd.from)
	if cd.sender.addr != "" && !cd.sender.same(cd.from) {
		h.mailboxes("Sender", cd.sender)
	}
	h.mailboxes("To", cd.to...)
	h.mailboxes("Cc", cd.cc...)
	h.mailboxes("Reply-To", cd.replyTo...)
	h.open("Subject").text(cd.Subject).close()
	h.words("In-Reply-To", cd.inReplyTo)
	h.words("References", cd.references...)
	for _, f := range cd.Header {
		h.open(f.Name).value(f.Value).close()
	}
	if len(cd.Calendar) > 0 {
		// Exchange writes this field, and sorts mail by it.
		h.words("Content-Class", "urn:content-classes:calendarmessage")
	}
	h.words("MIME-Version", "1.0")
	return date, len(h.buf)
}
