package mime

import (
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
// The reverse path is the address of Sender where there is one, else that of
// From. The forward paths are those of To, then of Cc, each once.
//
// The error joins one [*FieldError] for each value that cannot be written, in
// the order of the fields of [Draft]. A nil draft counts as an empty one.
func Build(d *Draft) (*Message, error) { return new(Builder).Build(d) }

// letter is a checked Draft: what is left can be written without an error.
type letter struct {
	*Draft
	from, sender    mailbox // sender.addr is empty where it is not set
	to, cc, replyTo []mailbox
	date            time.Time
	id, inReplyTo   string // with angle brackets
	references      []string
	text, html      []byte // without lone CR; set once they are encoded
	filename        string
}

// header renders the fields of the mail in their conventional order: the Date
// line, and all that follows the Message-ID. It is written here, not by
// enmime, whose builder sorts fields by name, encodes a whole address list as
// one word where a name is not ASCII, and does not fold a long word. What
// enmime does write below it is the Content-* fields of the root part.
func (l *letter) header() (date, rest []byte) {
	h := new(header)
	h.open("Date").word(l.date.Format(dateLayout)).close()
	n := len(h.buf)
	h.mailboxes("From", l.from)
	if l.sender.addr != "" && l.sender.key() != l.from.key() {
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
	return h.buf[:n:n], h.buf[n:]
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
	seen := make(map[string]bool, cap(paths))
	for _, list := range [][]mailbox{l.to, l.cc} {
		for _, m := range list {
			if k := m.key(); !seen[k] {
				seen[k] = true
				paths = append(paths, m.addr)
			}
		}
	}
	return paths
}

// size estimates the octets of the body.
func (l *letter) size() int {
	raw := 2 * len(l.Calendar)
	for _, list := range [][]File{l.Inline, l.Attachments} {
		for _, f := range list {
			raw += len(f.Data) + 300
		}
	}
	return 1500 + raw*3/2 + (len(l.Text)+len(l.HTML))*5/4
}

// unixLines returns s with LF for every CRLF and every lone CR. The encoder
// makes CRLF of each LF; it would lose the LF in "\ré\n".
func unixLines(s string) []byte {
	if strings.IndexByte(s, '\r') < 0 {
		return []byte(s)
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		switch {
		case s[i] != '\r':
			b = append(b, s[i])
		case i+1 == len(s) || s[i+1] != '\n':
			b = append(b, '\n')
		}
	}
	return b
}
