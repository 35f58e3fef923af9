package mime

// Build checks d and renders it as a mail: 7-bit, with CRLF line ends, and with
// no line longer than 998 octets. A line is longer than 76 octets only if it
// holds a word that cannot be folded, or if the draft's text has such lines and
// is sent as it is. Equal drafts give equal bytes, and
// therefore equal Message-IDs if the drafts do not bring their own.
//
// The reverse path is the address of Sender if there is one, and otherwise the
// address of From. The forward paths are the addresses of To, then of Cc, each
// once.
//
// The error has a [*FieldError] for each value that cannot be written, in the
// order of the fields of [Draft]. A nil draft counts as an empty one.
func Build(d *Draft) (*Message, error) {
	w := workspaces.Get().(*workspace)
	m, err := w.build(d, content{frame: &w.frame, text: &w.text, html: &w.html, calendar: &w.calendar})
	w.release()
	return m, err
}

// Batch builds mails of which many have the same content, such as one mail for
// each recipient. Text, HTML, calendar object and everything else below the
// header are each checked and encoded once if successive mails share them. The
// mails equal those of [Build]. The zero value is ready for use. A Batch is not
// safe for concurrent use, and must not be copied after its first use.
type Batch struct {
	frame      frame
	text, html encodedText
	calendar   encodedCalendar
	digest     digest
}

// Build does the same as the function [Build].
func (b *Batch) Build(d *Draft) (*Message, error) {
	w := workspaces.Get().(*workspace)
	m, err := w.build(d, content{&b.frame, &b.text, &b.html, &b.calendar, b.digest})
	if err == nil {
		b.copyFrom(&w.content)
	}
	w.release()
	return m, err
}

// copyFrom copies the pieces of c that b does not have yet.
func (b *Batch) copyFrom(c *content) {
	b.frame.copyFrom(c.frame)
	b.text.copyFrom(c.text)
	b.html.copyFrom(c.html)
	b.calendar.copyFrom(c.calendar)
	b.digest = c.digest
}
