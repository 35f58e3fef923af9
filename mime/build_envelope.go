package mime

import "slices"

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

// reversePath returns the address to which delivery reports go (RFC 5321,
// section 4.4).
func (cd *checkedDraft) reversePath() string {
	if cd.sender.addr != "" {
		return cd.sender.addr
	}
	return cd.from.addr
}

// forwardPaths returns the address of each recipient once, in the spelling that
// comes first.
func (cd *checkedDraft) forwardPaths() []string {
	paths := make([]string, 0, len(cd.to)+len(cd.cc))
	var seen map[string]bool
	if cap(paths) > 16 { // fewer are found faster in the list
		seen = make(map[string]bool, cap(paths))
	}
	for _, list := range [][]mailbox{cd.to, cd.cc} {
		for _, m := range list {
			if !known(paths, seen, m) {
				paths = append(paths, m.addr)
			}
		}
	}
	return paths
}

// known reports whether m is in paths. If seen is not nil, known looks there
// instead, and adds m.
func known(paths []string, seen map[string]bool, m mailbox) bool {
	if seen == nil {
		return slices.ContainsFunc(paths, func(addr string) bool { return m.same(mailbox{addr: addr}) })
	}
	k := m.key()
	found := seen[k]
	seen[k] = true
	return found
}
