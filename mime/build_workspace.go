package mime

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/jhillyerd/enmime/v2"
)

// workspace is the room that building a mail takes. No Message holds a piece of
// it, so one mail after the other is built in it.
type workspace struct {
	content    content
	frame      frame // of content, if that is new; so are text, html and object
	text, html encodedText
	calendar   encodedCalendar
	texts      []byte       // both texts with LF
	out        bytes.Buffer // what the encoder wrote
	writer     *bufio.Writer
	header     headerWriter
	digits     [24]byte // of the boundaries
	segments   [][]byte // of the mail
}

// workspaces are there for all Batches, since many of them build one mail only.
var workspaces = sync.Pool{New: func() any { return &workspace{writer: bufio.NewWriter(nil)} }}

// maxWorkspace is up to how many octets of content a press is used again: a mail
// with a large attachment shall not occupy memory for long.
const maxWorkspace = 1 << 18

// release returns p to the others. Of the draft nothing remains but a frame
// without files. It is not deferred: what a panic leaves is not used again.
func (w *workspace) release() {
	if w.out.Cap()+cap(w.calendar.encoded) > maxWorkspace {
		return
	}
	clear(w.segments)
	w.content = content{}
	w.text, w.html = encodedText{encoded: w.text.encoded}, encodedText{encoded: w.html.encoded}
	w.calendar = encodedCalendar{encoded: w.calendar.encoded}
	if w.frame.hasFiles() {
		w.frame = frame{gaps: w.frame.gaps, digestTail: w.frame.digestTail}
	}
	workspaces.Put(w)
}

// changes says what of the content of a draft was not in the mail before.
type changes struct{ frame, text, html, calendar bool }

// build builds the mail of d. Of last it takes what fits; w.content says what
// the mail was made of.
func (w *workspace) build(d *Draft, last content) (*Message, error) {
	if d == nil {
		d = new(Draft)
	}
	w.content = last
	n := w.compare(d)
	cd, err := check(d, n)
	if err != nil {
		return nil, err
	}
	if n != (changes{}) || w.content.frame != last.frame {
		if err := w.encode(cd, n, last); err != nil {
			return nil, fmt.Errorf("mime: Build: %w", err)
		}
	}
	return w.message(cd), nil
}

// compare sets those values in w.content that do not fit d to those that will
// be made for it.
func (w *workspace) compare(d *Draft) (n changes) {
	c := &w.content
	if !c.frame.matches(d) {
		c.frame, n.frame = &w.frame, !w.frame.matches(d)
	}
	if n.text = !c.text.matches(d.Text); n.text {
		c.text = &w.text
	}
	if n.html = !c.html.matches(d.HTML); n.html {
		c.html = &w.html
	}
	if n.calendar = !c.calendar.matches(d); n.calendar {
		c.calendar = &w.calendar
	}
	return n
}

// encode makes what is new, as much as it can from the last.
func (w *workspace) encode(cd *checkedDraft, n changes, last content) (err error) {
	c := &w.content
	if n.text || n.html || n.frame {
		w.normalizeTexts(cd)
	}
	if n.text || n.html {
		c.textHash = hashTexts(cd.text, cd.html)
		if err := w.encodeTexts(cd, n, last); err != nil {
			return err
		}
	}
	if n.calendar {
		w.calendar = encodedCalendar{
			raw: cd.Calendar, method: cd.Method, uid: calendarUID(cd.Calendar),
			encoded: appendBase64(w.calendar.encoded[:0], cd.Calendar),
		}
	}
	if n.frame {
		w.startFrame(cd)
	}
	if c.sum, err = contentDigest(c, cd.Calendar); err != nil || !n.frame {
		return err
	}
	return w.encodeFrame(cd)
}

// normalizeTexts sets the texts of l as the encoder has to get them.
func (w *workspace) normalizeTexts(cd *checkedDraft) {
	b := appendLF(w.texts[:0], cd.Text)
	n := len(b)
	w.texts = appendLF(b, cd.HTML)
	cd.text, cd.html = w.texts[:n], w.texts[n:]
}

func (w *workspace) encodeTexts(cd *checkedDraft, n changes, last content) (err error) {
	if n.text {
		w.text.encoded, err = w.quotedPrintableReusing(w.text.encoded[:0], cd.text, last.text)
		w.text.raw = cd.Text
	}
	if n.html && err == nil {
		w.html.encoded, err = w.quotedPrintableReusing(w.html.encoded[:0], cd.html, last.html)
		w.html.raw = cd.HTML
	}
	return err
}

// startFrame sets all that is known of a frame before it is encoded.
func (w *workspace) startFrame(cd *checkedDraft) {
	w.frame = frame{
		of: Draft{
			Method: cd.Method, Filename: cd.Filename, NoAttachment: cd.NoAttachment, Inline: cd.Inline, Attachments: cd.Attachments,
		},
		hasHTML: cd.HTML != "", hasCalendar: len(cd.Calendar) > 0,
		digestTail: appendDigestTail(w.frame.digestTail[:0], cd), gaps: w.frame.gaps,
	}
}

// encodeFrame encodes the frame, or else the whole mail.
func (w *workspace) encodeFrame(cd *checkedDraft) error {
	root, size := partTree(cd, &placeholderContent), 2000+cd.filesSize()
	if err := w.write(root, size); err != nil {
		return err
	}
	w.frame.data = w.out.Bytes()
	if w.frame.findGaps(root) {
		if !w.frame.hasFiles() { // it stays when w.out is used again
			w.frame.data = bytes.Clone(w.frame.data)
		}
		return nil
	}
	w.frame.gaps, w.frame.whole = w.frame.gaps[:0], true
	of := gapValues{gapBoundary: w.boundaryDigits(), gapText: cd.text, gapHTML: cd.html, gapCalendar: cd.Calendar}
	err := w.write(partTree(cd, &of), size)
	w.frame.data = w.out.Bytes()
	return err
}

// write encodes the parts, of about this size, to w.out.
func (w *workspace) write(root *enmime.Part, size int) error {
	w.out.Reset()
	w.out.Grow(size)
	w.writer.Reset(&w.out) // large enough for the encoder not to make one of its own
	return root.Encode(w.writer)
}

// boundaryDigits are what boundaries hold of the digest.
func (w *workspace) boundaryDigits() []byte {
	hex.Encode(w.digits[:], w.content.sum[16:28])
	return w.digits[:]
}

// message puts the header in front of the content.
func (w *workspace) message(cd *checkedDraft) *Message {
	h, c := &w.header, &w.content
	date, rest := cd.header(h)
	if cd.id == "" {
		cd.id = deriveID(h.buf[:date], h.buf[date:], c.sum, cd.from.addr)
	}
	h.open("Message-ID").word(cd.id).close()
	w.segments = append(w.segments[:0], h.buf[:date], h.buf[rest:], h.buf[date:rest])
	w.segments = c.frame.appendFilled(w.segments, &gapValues{
		gapBoundary: w.boundaryDigits(), gapText: c.text.encoded, gapHTML: c.html.encoded, gapCalendar: c.calendar.encoded,
	})
	// Join allocates what is needed, and does not set it to zero beforehand.
	data := bytes.Join(w.segments, nil)
	m := &Message{From: cd.reversePath(), To: cd.forwardPaths(), ID: cd.id, Data: data}
	if len(cd.Calendar) > 0 {
		m.UID, m.Method = c.calendar.uid, cd.Method
	}
	return m
}
