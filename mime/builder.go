package mime

import (
	"bytes"
	"fmt"
	"slices"
)

// Builder builds mails of which many have the same content, such as one for
// each recipient: what stands below their headers is checked and encoded once.
// The mails are those that [Build] makes. The zero value is ready; a Builder is
// not safe for concurrent use.
type Builder struct{ last *content }

// content is what stands below the header fields of a mail, encoded.
type content struct {
	of   Draft    // the fields that it is made of, copied
	sum  [32]byte // over these fields
	data []byte   // the Content-* fields of the root part, and the body
}

// Build does what the function [Build] does.
func (b *Builder) Build(d *Draft) (*Message, error) {
	if d == nil {
		d = new(Draft)
	}
	shared := b.last
	if shared != nil && !shared.fits(d) {
		shared = nil
	}
	l, err := check(d, shared == nil)
	if err != nil {
		return nil, err
	}
	if shared == nil {
		if shared, err = encode(l); err != nil {
			return nil, err
		}
		b.last = shared
	}
	return l.message(shared), nil
}

// fits reports whether c is the content of d.
func (c *content) fits(d *Draft) bool {
	return c.of.Text == d.Text && c.of.HTML == d.HTML && bytes.Equal(c.of.Calendar, d.Calendar) &&
		c.of.Method == d.Method && c.of.Filename == d.Filename && c.of.NoAttachment == d.NoAttachment &&
		slices.EqualFunc(c.of.Inline, d.Inline, sameFile) && slices.EqualFunc(c.of.Attachments, d.Attachments, sameFile)
}

func sameFile(a, b File) bool {
	return a.Name == b.Name && a.MediaType == b.MediaType && a.ContentID == b.ContentID && bytes.Equal(a.Data, b.Data)
}

// encode writes the content of a checked draft.
func encode(l *letter) (*content, error) {
	c := &content{of: Draft{
		Text: l.Text, HTML: l.HTML, Calendar: bytes.Clone(l.Calendar), Method: l.Method, Filename: l.Filename,
		NoAttachment: l.NoAttachment, Inline: cloneFiles(l.Inline), Attachments: cloneFiles(l.Attachments),
	}}
	l.text, l.html = unixLines(l.Text), unixLines(l.HTML)
	c.sum = digest(l)
	var data bytes.Buffer
	data.Grow(l.size())
	if err := tree(l, c.sum).Encode(&data); err != nil {
		return nil, fmt.Errorf("mime: Build: %w", err)
	}
	if !bytes.HasSuffix(data.Bytes(), []byte("\r\n")) {
		data.WriteString("\r\n")
	}
	c.data = data.Bytes()
	return c, nil
}

func cloneFiles(list []File) []File {
	list = slices.Clone(list)
	for i := range list {
		list[i].Data = bytes.Clone(list[i].Data)
	}
	return list
}

// message puts the header in front of the content.
func (l *letter) message(c *content) *Message {
	date, rest := l.header()
	if l.id == "" {
		l.id = deriveID(date, rest, c.sum, l.from.addr)
	}
	data := make([]byte, 0, len(date)+len("Message-ID: \r\n")+len(l.id)+len(rest)+len(c.data))
	data = append(data, date...)
	id := header{buf: data}
	id.open("Message-ID").word(l.id).close()
	data = append(append(id.buf, rest...), c.data...)
	return &Message{From: l.reversePath(), To: l.forwardPaths(), ID: l.id, Data: data}
}
