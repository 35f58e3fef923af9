package mime

import "slices"

// dateLayout is the date-time of RFC 5322, section 3.3.
const dateLayout = "Mon, 02 Jan 2006 15:04:05 -0700"

// header renders the fields of the mail in their conventional order, but for
// the Message-ID: what precedes it ends at date, what follows it at rest. It is
// written here, not by enmime, whose builder sorts fields by name, encodes a
// whole address list as one word if a name is not ASCII, and does not fold a
// long word. What enmime does write below it is the Content-* fields of the
// root part.
func (l *letter) header(h *header) (date, rest int) {
	h.buf = h.buf[:0]
	h.open("Date")
	h.buf = l.date.AppendFormat(append(h.buf, ' '), dateLayout)
	h.close()
	date = len(h.buf)
	h.mailboxes("From", l.from)
	if l.sender.addr != "" && !l.sender.same(l.from) {
		h.mailboxes("Sender", l.sender)
	}
	h.mailboxes("To", l.to...)
	h.mailboxes("Cc", l.cc...)
	h.mailboxes("Reply-To", l.replyTo...)
	h.open("Subject").text(l.Subject).close()
	h.words("In-Reply-To", l.inReplyTo)
	h.words("References", l.references...)
	for _, f := range l.Header {
		h.open(f.Name).value(f.Value).close()
	}
	if len(l.Calendar) > 0 {
		// What Exchange writes, and sorts mail by.
		h.words("Content-Class", "urn:content-classes:calendarmessage")
	}
	h.words("MIME-Version", "1.0")
	return date, len(h.buf)
}

// reversePath returns where delivery reports go (RFC 5321, section 4.4).
func (l *letter) reversePath() string {
	if l.sender.addr != "" {
		return l.sender.addr
	}
	return l.from.addr
}

// forwardPaths returns the address of each recipient once, as first written.
func (l *letter) forwardPaths() []string {
	paths := make([]string, 0, len(l.to)+len(l.cc))
	var seen map[string]bool
	if cap(paths) > 16 { // fewer are found faster in the list
		seen = make(map[string]bool, cap(paths))
	}
	for _, list := range [][]mailbox{l.to, l.cc} {
		for _, m := range list {
			if !known(paths, seen, m) {
				paths = append(paths, m.addr)
			}
		}
	}
	return paths
}

// known reports whether m is in paths. If seen is not nil, it looks there, and
// adds m.
func known(paths []string, seen map[string]bool, m mailbox) bool {
	if seen == nil {
		return slices.ContainsFunc(paths, func(addr string) bool { return m.same(mailbox{addr: addr}) })
	}
	k := m.key()
	found := seen[k]
	seen[k] = true
	return found
}
