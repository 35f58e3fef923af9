package mime

import (
	"bytes"
	"slices"
)

// Builder builds mails of which many have the same content, such as one for
// each recipient. What two successive mails have in common below their headers,
// the calendar object or all the rest, is checked and encoded once. The mails
// are those that [Build] makes. The zero value is ready; a Builder is not safe
// for concurrent use.
type Builder struct {
	frame  frame
	object object
	sum    [32]byte
}

// Build does what the function [Build] does.
func (b *Builder) Build(d *Draft) (*Message, error) {
	p := presses.Get().(*press)
	defer p.release()
	m, err := p.build(d, content{&b.frame, &b.object, b.sum})
	if err != nil {
		return nil, err
	}
	if p.content.frame != &b.frame {
		b.frame.keep(p.content.frame)
	}
	if p.content.object != &b.object {
		b.object.keep(p.content.object)
	}
	b.sum = p.content.sum
	return m, nil
}

// content is what stands below the header fields of a mail.
type content struct {
	frame  *frame
	object *object  // without meaning where the frame has no gap for it
	sum    [32]byte // over both
}

// object is a calendar object that has been checked, and as parts hold it.
type object struct {
	raw    []byte
	method string
	text   []byte // in base64
}

// fits reports whether d needs no other object than o.
func (o *object) fits(d *Draft) bool {
	return len(d.Calendar) == 0 || o.method == d.Method && bytes.Equal(o.raw, d.Calendar)
}

// keep makes o a copy of other, in the memory that o has.
func (o *object) keep(other *object) {
	o.raw, o.method, o.text = append(o.raw[:0], other.raw...), other.method, append(o.text[:0], other.text...)
}

// fits reports whether d needs no other frame than f.
func (f *frame) fits(d *Draft) bool {
	return f.data != nil && !f.whole && f.hasCalendar == (len(d.Calendar) > 0) && f.of.Text == d.Text && f.of.HTML == d.HTML &&
		f.of.Method == d.Method && f.of.Filename == d.Filename && f.of.NoAttachment == d.NoAttachment &&
		slices.EqualFunc(f.of.Inline, d.Inline, sameFile) && slices.EqualFunc(f.of.Attachments, d.Attachments, sameFile)
}

func sameFile(a, b File) bool {
	return a.Name == b.Name && a.MediaType == b.MediaType && a.ContentID == b.ContentID && bytes.Equal(a.Data, b.Data)
}

// keep makes f a copy of other, in the memory that f has.
func (f *frame) keep(other *frame) {
	data, gaps, tail := append(f.data[:0], other.data...), append(f.gaps[:0], other.gaps...), append(f.tail[:0], other.tail...)
	*f = *other
	f.data, f.gaps, f.tail = data, gaps, tail
	f.of.Inline, f.of.Attachments = cloneFiles(f.of.Inline), cloneFiles(f.of.Attachments)
}

func cloneFiles(list []File) []File {
	list = slices.Clone(list)
	for i := range list {
		list[i].Data = bytes.Clone(list[i].Data)
	}
	return list
}
