package mime

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	"github.com/jhillyerd/enmime/v2"
)

// press is the room that building a mail takes. No Message holds a piece of
// it, so one mail after the other is built in it.
type press struct {
	content    content
	frame      frame  // of content, where it is new
	object     object // likewise
	text, html []byte
	out        bytes.Buffer // what the encoder wrote
	writer     *bufio.Writer
	header     header
	digits     [24]byte
	pieces     [][]byte
}

// presses are there for all Builders, since many of them build one mail only.
var presses = sync.Pool{New: func() any { return &press{writer: bufio.NewWriter(nil)} }}

// maxPress is the size of the encoded content up to which a press is used
// again: one mail with a large attachment shall not occupy memory for long.
const maxPress = 1 << 18

// release returns p to the others, without anything of the draft.
func (p *press) release() {
	if p.out.Cap() > maxPress {
		return
	}
	clear(p.pieces)
	p.content = content{}
	p.frame = frame{gaps: p.frame.gaps, tail: p.frame.tail}
	p.object = object{text: p.object.text}
	presses.Put(p)
}

// build builds the mail of d. Of last it takes what fits; p.content says what
// the mail was made of.
func (p *press) build(d *Draft, last content) (*Message, error) {
	if d == nil {
		d = new(Draft)
	}
	newFrame, newObject := !last.frame.fits(d), !last.object.fits(d)
	l, err := check(d, newFrame, newObject)
	if err != nil {
		return nil, err
	}
	p.content = last
	if newObject {
		p.setObject(d)
	}
	if newFrame {
		p.startFrame(l)
	}
	if newObject || newFrame {
		p.content.sum, err = digest(p.content.frame, l.Calendar)
	}
	hex.Encode(p.digits[:], p.content.sum[16:28])
	if newFrame && err == nil {
		err = p.encode(l)
	}
	if err != nil {
		return nil, fmt.Errorf("mime: Build: %w", err)
	}
	return p.message(l), nil
}

// setObject encodes the calendar object, as the encoder encodes a file: in
// lines of 76 characters (RFC 2045, section 6.8).
func (p *press) setObject(d *Draft) {
	text := slices.Grow(p.object.text[:0], base64.StdEncoding.EncodedLen(len(d.Calendar))*78/76+2)
	for line := range slices.Chunk(d.Calendar, 76*3/4) {
		text = append(base64.StdEncoding.AppendEncode(text, line), "\r\n"...)
	}
	p.object = object{raw: d.Calendar, method: d.Method, text: text}
	p.content.object = &p.object
}

// startFrame sets all of the frame but its data.
func (p *press) startFrame(l *letter) {
	p.text, p.html = appendUnixLines(p.text[:0], l.Text), appendUnixLines(p.html[:0], l.HTML)
	l.text, l.html = p.text, p.html
	p.frame.hasCalendar = len(l.Calendar) > 0
	p.frame.of = Draft{
		Text: l.Text, HTML: l.HTML, Method: l.Method, Filename: l.Filename,
		NoAttachment: l.NoAttachment, Inline: l.Inline, Attachments: l.Attachments,
	}
	p.frame.head, p.frame.tail = digestHead(l), appendDigestTail(p.frame.tail[:0], l)
	p.content.frame = &p.frame
}

var standInCalendar, _ = base64.StdEncoding.DecodeString(standInText)

// encode sets the data and the gaps of the frame.
func (p *press) encode(l *letter) error {
	root, calendars := tree(l, standInDigits, standInCalendar), 0
	switch {
	case len(l.Calendar) > 0 && l.NoAttachment:
		calendars = 1
	case len(l.Calendar) > 0:
		calendars = 2
	}
	if err := p.write(root); err != nil || p.frame.cut(boundaries(root), calendars) {
		return err
	}
	p.frame.gaps, p.frame.whole = p.frame.gaps[:0], true
	return p.write(tree(l, string(p.digits[:]), l.Calendar))
}

// write encodes the parts into the frame.
func (p *press) write(root *enmime.Part) error {
	p.out.Reset()
	p.writer.Reset(&p.out) // large enough for the encoder not to make one of its own
	if err := root.Encode(p.writer); err != nil {
		return err
	}
	if !bytes.HasSuffix(p.out.Bytes(), []byte("\r\n")) {
		p.out.WriteString("\r\n")
	}
	p.frame.data = p.out.Bytes()
	return nil
}

// message puts the header in front of the content.
func (p *press) message(l *letter) *Message {
	h := &p.header
	date, rest := l.header(h)
	if l.id == "" {
		l.id = deriveID(h.buf[:date], h.buf[date:], p.content.sum, l.from.addr)
	}
	h.open("Message-ID").word(l.id).close()
	p.pieces = append(p.pieces[:0], h.buf[:date], h.buf[rest:], h.buf[date:rest])
	p.pieces = p.content.frame.appendFilled(p.pieces, p.digits[:], p.content.object.text)
	// Join allocates what is needed, and does not set it to zero beforehand.
	data := bytes.Join(p.pieces, nil)
	return &Message{From: l.reversePath(), To: l.forwardPaths(), ID: l.id, Data: data}
}
