package mime

import (
	"slices"
	"strings"
	"time"
)

// dateLayout is the date-time of RFC 5322, section 3.3.
const dateLayout = "Mon, 02 Jan 2006 15:04:05 -0700"

// Build checks d and renders it as a mail: 7-bit, CRLF line ends, no line
// longer than 998 octets, and no longer than 76 but for single words that
// cannot be folded. Equal drafts give equal bytes, and so equal Message-IDs
// unless the draft brings its own.
//
// The reverse path is the address of Sender if there is one, and otherwise the
// address of From. The forward paths are those of To, then of Cc, each once.
//
// The error has a [*FieldError] for each value that cannot be written, in the
// order of the fields of [Draft]. A nil draft counts as an empty one.
func Build(d *Draft) (*Message, error) {
	p := presses.Get().(*press)
	m, err := p.build(d, content{frame: &p.frame, text: &p.text, html: &p.html, object: &p.object})
	p.release()
	return m, err
}

// letter is a checked Draft: what is left can be written without an error.
type letter struct {
	*Draft
	from, sender    mailbox // sender.addr is empty if it is not set
	to, cc, replyTo []mailbox
	date            time.Time
	id, inReplyTo   string // with angle brackets
	references      []string
	text, html      []byte // without lone CR; set once they are encoded
}

// attachedName is the name of the attached copy of the calendar object, "" if
// there is none.
func (l *letter) attachedName() string {
	switch {
	case l.NoAttachment:
		return ""
	case l.Filename == "":
		return "invite.ics"
	}
	return l.Filename
}

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

// filesSize estimates the octets of the parts that hold files.
func (l *letter) filesSize() int {
	n := 0
	for _, list := range [][]File{l.Inline, l.Attachments} {
		for _, f := range list {
			n += len(f.Data)*3/2 + 300
		}
	}
	return n
}

// appendUnixLines appends s to b, with LF for every CRLF and every lone CR. The
// encoder makes CRLF of each LF; it would lose the LF in "\ré\n".
func appendUnixLines(b []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '\r')
		if i < 0 {
			return append(b, s...)
		}
		b = append(append(b, s[:i]...), '\n')
		s = strings.TrimPrefix(s[i+1:], "\n")
	}
}
