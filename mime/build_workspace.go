package mime

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/jhillyerd/enmime/v2"
)

// press is the room that building a mail takes. No Message holds a piece of
// it, so one mail after the other is built in it.
type press struct {
	content    content
	frame      frame // of content, if that is new; so are text, html and object
	text, html prose
	object     object
	unix       []byte       // both texts with LF
	out        bytes.Buffer // what the encoder wrote
	writer     *bufio.Writer
	header     header
	digits     [24]byte // of the boundaries
	pieces     [][]byte // of the mail
}

// presses are there for all Batches, since many of them build one mail only.
var presses = sync.Pool{New: func() any { return &press{writer: bufio.NewWriter(nil)} }}

// maxPress is up to how many octets of content a press is used again: a mail
// with a large attachment shall not occupy memory for long.
const maxPress = 1 << 18

// release returns p to the others. Of the draft nothing remains but a frame
// without files. It is not deferred: what a panic leaves is not used again.
func (p *press) release() {
	if p.out.Cap()+cap(p.object.encoded) > maxPress {
		return
	}
	clear(p.pieces)
	p.content = content{}
	p.text, p.html = prose{encoded: p.text.encoded}, prose{encoded: p.html.encoded}
	p.object = object{encoded: p.object.encoded}
	if p.frame.hasFiles() {
		p.frame = frame{gaps: p.frame.gaps, tail: p.frame.tail}
	}
	presses.Put(p)
}

// news says what of the content of a draft was not in the mail before.
type news struct{ frame, text, html, object bool }

// build builds the mail of d. Of last it takes what fits; p.content says what
// the mail was made of.
func (p *press) build(d *Draft, last content) (*Message, error) {
	if d == nil {
		d = new(Draft)
	}
	p.content = last
	n := p.compare(d)
	l, err := check(d, n)
	if err != nil {
		return nil, err
	}
	if n != (news{}) || p.content.frame != last.frame {
		if err := p.encode(l, n, last); err != nil {
			return nil, fmt.Errorf("mime: Build: %w", err)
		}
	}
	return p.message(l), nil
}

// compare sets those values in p.content that do not fit d to those that will
// be made for it.
func (p *press) compare(d *Draft) (n news) {
	c := &p.content
	if !c.frame.fits(d) {
		c.frame, n.frame = &p.frame, !p.frame.fits(d)
	}
	if n.text = !c.text.fits(d.Text); n.text {
		c.text = &p.text
	}
	if n.html = !c.html.fits(d.HTML); n.html {
		c.html = &p.html
	}
	if n.object = !c.object.fits(d); n.object {
		c.object = &p.object
	}
	return n
}

// encode makes what is new, as much as it can from the last.
func (p *press) encode(l *letter, n news, last content) (err error) {
	c := &p.content
	if n.text || n.html || n.frame {
		p.unixLines(l)
	}
	if n.text || n.html {
		c.head = digestHead(l.text, l.html)
		if err := p.encodeTexts(l, n, last); err != nil {
			return err
		}
	}
	if n.object {
		p.object = object{
			raw: l.Calendar, method: l.Method, uid: calendarUID(l.Calendar),
			encoded: appendBase64(p.object.encoded[:0], l.Calendar),
		}
	}
	if n.frame {
		p.startFrame(l)
	}
	if c.sum, err = digest(c, l.Calendar); err != nil || !n.frame {
		return err
	}
	return p.encodeFrame(l)
}

// unixLines sets the texts of l as the encoder has to get them.
func (p *press) unixLines(l *letter) {
	b := appendUnixLines(p.unix[:0], l.Text)
	n := len(b)
	p.unix = appendUnixLines(b, l.HTML)
	l.text, l.html = p.unix[:n], p.unix[n:]
}

func (p *press) encodeTexts(l *letter, n news, last content) (err error) {
	if n.text {
		p.text.encoded, err = p.quotedAlike(p.text.encoded[:0], l.text, last.text)
		p.text.raw = l.Text
	}
	if n.html && err == nil {
		p.html.encoded, err = p.quotedAlike(p.html.encoded[:0], l.html, last.html)
		p.html.raw = l.HTML
	}
	return err
}

// startFrame sets all that is known of a frame before it is encoded.
func (p *press) startFrame(l *letter) {
	p.frame = frame{
		of: Draft{
			Method: l.Method, Filename: l.Filename, NoAttachment: l.NoAttachment, Inline: l.Inline, Attachments: l.Attachments,
		},
		hasHTML: l.HTML != "", hasCalendar: len(l.Calendar) > 0,
		tail: appendDigestTail(p.frame.tail[:0], l), gaps: p.frame.gaps,
	}
}

// encodeFrame encodes the frame, or else the whole mail.
func (p *press) encodeFrame(l *letter) error {
	root, size := tree(l, &standInParts), 2000+l.filesSize()
	if err := p.write(root, size); err != nil {
		return err
	}
	p.frame.data = p.out.Bytes()
	if p.frame.cut(root) {
		if !p.frame.hasFiles() { // it stays when p.out is used again
			p.frame.data = bytes.Clone(p.frame.data)
		}
		return nil
	}
	p.frame.gaps, p.frame.whole = p.frame.gaps[:0], true
	of := filling{kindDigits: p.boundaryDigits(), kindText: l.text, kindHTML: l.html, kindCalendar: l.Calendar}
	err := p.write(tree(l, &of), size)
	p.frame.data = p.out.Bytes()
	return err
}

// write encodes the parts, of about this size, to p.out.
func (p *press) write(root *enmime.Part, size int) error {
	p.out.Reset()
	p.out.Grow(size)
	p.writer.Reset(&p.out) // large enough for the encoder not to make one of its own
	return root.Encode(p.writer)
}

// boundaryDigits are what boundaries hold of the digest.
func (p *press) boundaryDigits() []byte {
	hex.Encode(p.digits[:], p.content.sum[16:28])
	return p.digits[:]
}

// message puts the header in front of the content.
func (p *press) message(l *letter) *Message {
	h, c := &p.header, &p.content
	date, rest := l.header(h)
	if l.id == "" {
		l.id = deriveID(h.buf[:date], h.buf[date:], c.sum, l.from.addr)
	}
	h.open("Message-ID").word(l.id).close()
	p.pieces = append(p.pieces[:0], h.buf[:date], h.buf[rest:], h.buf[date:rest])
	p.pieces = c.frame.appendFilled(p.pieces, &filling{
		kindDigits: p.boundaryDigits(), kindText: c.text.encoded, kindHTML: c.html.encoded, kindCalendar: c.object.encoded,
	})
	// Join allocates what is needed, and does not set it to zero beforehand.
	data := bytes.Join(p.pieces, nil)
	m := &Message{From: l.reversePath(), To: l.forwardPaths(), ID: l.id, Data: data}
	if len(l.Calendar) > 0 {
		m.UID, m.Method = c.object.uid, l.Method
	}
	return m
}
