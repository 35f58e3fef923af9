package mime

import "hash"

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
	w := workspaces.Get().(*workspace)
	m, err := w.build(d, content{frame: &w.frame, text: &w.text, html: &w.html, calendar: &w.calendar})
	w.release()
	return m, err
}

// Batch builds mails of which many have the same content, such as one for
// each recipient. Text, HTML, calendar object and all the rest below their
// headers are each checked and encoded once if successive mails share them.
// The mails are those that [Build] makes. The zero value is ready; a Batch is
// not safe for concurrent use, and not to be copied once it is used.
type Batch struct {
	frame      frame
	text, html encodedText
	calendar   encodedCalendar
	textHash   hash.Cloner
	sum        [32]byte
}

// content is what stands below the header fields of a mail.
type content struct {
	frame      *frame
	text, html *encodedText
	calendar   *encodedCalendar
	textHash   hash.Cloner // over text and html
	sum        [32]byte    // over all
}

// Build does what the function [Build] does.
func (b *Batch) Build(d *Draft) (*Message, error) {
	w := workspaces.Get().(*workspace)
	m, err := w.build(d, content{&b.frame, &b.text, &b.html, &b.calendar, b.textHash, b.sum})
	if err == nil {
		b.copyFrom(&w.content)
	}
	w.release()
	return m, err
}

// copyFrom copies what c has that b has not.
func (b *Batch) copyFrom(c *content) {
	b.frame.copyFrom(c.frame)
	b.text.copyFrom(c.text)
	b.html.copyFrom(c.html)
	b.calendar.copyFrom(c.calendar)
	b.textHash, b.sum = c.textHash, c.sum
}
