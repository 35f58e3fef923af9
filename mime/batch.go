package mime

import (
	"bytes"
	"hash"
)

// Batch builds mails of which many have the same content, such as one for
// each recipient. Text, HTML, calendar object and all the rest below their
// headers are each checked and encoded once if successive mails share them.
// The mails are those that [Build] makes. The zero value is ready; a Batch is
// not safe for concurrent use, and not to be copied once it is used.
type Batch struct {
	frame      frame
	text, html prose
	object     object
	head       hash.Cloner
	sum        [32]byte
}

// content is what stands below the header fields of a mail.
type content struct {
	frame      *frame
	text, html *prose
	object     *object
	head       hash.Cloner // over text and html
	sum        [32]byte    // over all
}

// Build does what the function [Build] does.
func (b *Batch) Build(d *Draft) (*Message, error) {
	p := presses.Get().(*press)
	m, err := p.build(d, content{&b.frame, &b.text, &b.html, &b.object, b.head, b.sum})
	if err == nil {
		b.keep(&p.content)
	}
	p.release()
	return m, err
}

// keep copies what c has that b has not.
func (b *Batch) keep(c *content) {
	b.frame.keep(c.frame)
	b.text.keep(c.text)
	b.html.keep(c.html)
	b.object.keep(c.object)
	b.head, b.sum = c.head, c.sum
}

// prose is a text that has been checked, and as a part holds it.
type prose struct {
	raw     string
	encoded []byte // in quoted-printable
}

// fits reports whether raw, which may be empty, needs no other text than t.
func (t *prose) fits(raw string) bool { return t.raw == raw }

// keep makes t a copy of other, in the memory that t has.
func (t *prose) keep(other *prose) {
	if t != other {
		t.raw, t.encoded = other.raw, append(t.encoded[:0], other.encoded...)
	}
}

// object is a calendar object that has been checked, and as parts hold it.
type object struct {
	raw     []byte
	method  string
	uid     string // of its first VEVENT
	encoded []byte // in base64
}

// fits reports whether d needs no other object than o.
func (o *object) fits(d *Draft) bool {
	return len(d.Calendar) == 0 || o.method == d.Method && bytes.Equal(o.raw, d.Calendar)
}

// keep makes o a copy of other, in the memory that o has.
func (o *object) keep(other *object) {
	if o != other {
		o.raw, o.encoded = append(o.raw[:0], other.raw...), append(o.encoded[:0], other.encoded...)
		o.method, o.uid = other.method, other.uid
	}
}
