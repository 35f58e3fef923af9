package mime

import (
	"bytes"
	"net/textproto"
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// copied is the mail that the text of a letter gives back.
type copied struct {
	text string // the header of the mail, and the text after it; or some fields
	id   string // the Message-ID, if there is no such header
	full bool   // text is a whole header, and the text after it is not of the server
}

// headerNames has the fields that show that lines are a header, and whether mails have
// such a field that was not typed by a person.
var headerNames = map[string]bool{
	"Return-Path": true, "Received": true, "Mime-Version": true, "Content-Type": true, "Dkim-Signature": true,
	"Message-Id": false, "From": false, "To": false, "Cc": false, "Subject": false, "Date": false, "Sent": false, "Reply-To": false, "Sender": false,
}

// leastFields is the number of known fields that make lines a header.
const leastFields = 3

// mostTried limits the lines that are read several times, because each of them may begin a
// header.
const mostTried = 20

// splitCopy divides a letter into the words of the server and the copy of a mail. A list
// of two or three fields, such as To, Subject and Sent, is neither, and is left out.
func splitCopy(lines []string) (own []string, back copied) {
	for i := 0; i < len(lines); i++ {
		b := headerBlock(lines[i:])
		if !b.isHeader() {
			n := 1
			if b.length > mostTried {
				n = b.length
			}
			own = append(own, lines[i:i+n]...)
			i += n - 1
			continue
		}
		if b.typed && len(b.names) >= leastFields {
			back.text, back.full = unquote(lines[i:], b.prefix), true
			return own, back
		}
		if back.text == "" && slices.Contains(b.names, "Message-Id") {
			back.text = unquote(lines[i:i+b.length], b.prefix)
		}
		i += b.length - 1
	}
	if back.text == "" {
		back.id = labelledID(strings.Join(lines, "\n"))
	}
	return own, back
}

// block are lines that look like a header.
type block struct {
	length int
	prefix string   // stands before each line
	names  []string // the known fields, each once
	typed  bool     // there is a field that only programs write
}

// isHeader reports whether the lines are a header: at least two known fields, or a
// Message-ID.
func (b *block) isHeader() bool {
	return len(b.names) >= 2 || slices.Contains(b.names, "Message-Id")
}

// headerBlock returns the fields with which some lines begin.
func headerBlock(lines []string) (b block) {
	b.prefix = lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " \t>|"))]
	for i, line := range lines {
		line, ok := strings.CutPrefix(line, b.prefix)
		name, isField := fieldName(line)
		program, known := headerNames[name]
		switch {
		case !ok || strings.TrimSpace(line) == "" || i == 0 && !known:
		case isField:
			b.length = i + 1
			if known && !slices.Contains(b.names, name) {
				b.names = append(b.names, name)
			}
			b.typed = b.typed || program
			continue
		case i > 0 && strings.TrimLeft(line, " \t") != line:
			b.length = i + 1
			continue
		}
		break
	}
	return b
}

// fieldName returns the name of the field that a line begins, in its canonical form.
func fieldName(line string) (string, bool) {
	name, _, ok := strings.Cut(line, ":")
	if !ok || name == "" || strings.ContainsAny(name, " \t<>@\"'()[],;/") {
		return "", false
	}
	return textproto.CanonicalMIMEHeaderKey(name), true
}

// unquote joins lines without their prefix.
func unquote(lines []string, prefix string) string {
	var b strings.Builder
	bare := strings.TrimRight(prefix, " \t")
	for _, line := range lines {
		rest, ok := strings.CutPrefix(line, prefix)
		if !ok { // an empty line may lack the spaces of the prefix
			rest = strings.TrimPrefix(line, bare)
		}
		b.WriteString(rest)
		b.WriteByte('\n')
	}
	return b.String()
}

// labels stand before a Message-ID in running text.
var labels = []string{"message-id", "message id", "messageid"}

// mostLabelled limits the octets between a label and the end of the Message-ID.
const mostLabelled = 400

// labelledID returns the first Message-ID in running text, or "".
func labelledID(text string) string {
	lower := address.Lower(text)
	for _, label := range labels {
		for from := 0; ; {
			at := strings.Index(lower[from:], label)
			if at < 0 {
				break
			}
			from += at + len(label)
			near := text[from:min(len(text), from+mostLabelled)]
			line, _, _ := strings.Cut(strings.TrimLeft(near, ": \t\r\n"), "\n")
			if id, _, ok := strings.Cut(line, ">"); ok && strings.HasPrefix(id, "<") && strings.Contains(id, "@") && !strings.ContainsAny(id, " \t") {
				return id + ">"
			}
		}
	}
	return ""
}

// giveBack notes the mail that came back: the message that is attached, or the copy in
// the text. Calendar objects in an attached message are of that mail.
func (r *reader) giveBack(back copied) {
	if r.out.Returned != nil {
		return
	}
	switch {
	case r.attached != nil:
		m := r.returned(r.attached, place{})
		m.Complete, m.Calendars = r.wholeAttached, r.out.Calendars
		r.out.Calendars = nil
	case back.full:
		child := r.entity(mailStart([]byte(back.text)))
		at := place{depth: 1, embedded: true}
		at.returned = r.returned(child.fields, place{})
		at.returned.Complete = len(bytes.TrimSpace(child.body)) > 0
		if !r.full() {
			r.walk(child, at)
		}
	case back.text != "":
		r.returned(r.block(back.text, nil), place{})
	case back.id != "":
		r.out.Returned = &Returned{MessageID: back.id}
	}
}
