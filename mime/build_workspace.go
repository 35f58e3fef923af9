package mime

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/jhillyerd/enmime/v2"
)

// workspace is the memory that building one mail takes. It serves one mail
// after the other, from any caller. The ownership of memory:
//
//   - The caller owns a Draft. While a mail is built, the workspace refers to
//     the draft's strings and slices. wipe drops all of these references.
//   - A Message has Data of its own, and shares no octets with the workspace.
//     Its strings come from the Draft, or were made for the Message.
//   - A Batch keeps copies of the content of its last mail. It belongs to one
//     caller. No other Batch, and no call of the function Build, reads it.
//   - A workspace in the pool holds buffers of length 0 in which all octets are
//     zero, and perhaps a frame. The frame stays because a single mail without
//     it takes 1.5 to 3 times as long, and 140 allocations instead of 26. It
//     stays only if it is generic. It then holds one of the eight methods, the
//     name "invite.ics", the structure of the parts and the placeholders. It
//     holds no address, header value, text, calendar object, file or file name
//     from a draft.
//   - A workspace larger than maxWorkspace does not go back into the pool.
//     After a panic, none does, because its state is unknown.
type workspace struct {
	content    content // of the mail that is being built
	frame      frame   // of content if that frame is new; likewise the next three
	text, html encodedText
	calendar   encodedCalendar
	lines      []byte       // a text of the draft with LF line ends
	out        bytes.Buffer // output of the encoder
	writer     *bufio.Writer
	header     headerWriter
	digits     [24]byte // of the boundaries
	segments   [][]byte // of the mail, in order
}

// workspaces is one pool for all Batches, because many of them build one mail
// only.
var workspaces = sync.Pool{New: func() any { return &workspace{writer: bufio.NewWriter(nil)} }}

// maxWorkspace is the size, in octets, up to which a workspace is used again. A
// mail with a large attachment must not occupy memory for long.
const maxWorkspace = 1 << 18

// release returns w to the pool. Callers do not defer it, because a workspace
// must not be used again after a panic.
func (w *workspace) release() {
	if w.out.Cap()+cap(w.calendar.encoded)+cap(w.header.buf) <= maxWorkspace {
		w.wipe()
		workspaces.Put(w)
	}
}

// wipe removes everything that w holds of a draft and of the mail made from it.
// Only the octets in use are overwritten, because all others are zero.
func (w *workspace) wipe() {
	w.content = content{}
	w.text = encodedText{encoded: wiped(w.text.encoded)}
	w.html = encodedText{encoded: wiped(w.html.encoded)}
	w.calendar = encodedCalendar{encoded: wiped(w.calendar.encoded)}
	w.lines = wiped(w.lines)
	w.resetOut()
	w.writer.Reset(nil)
	clear(w.writer.AvailableBuffer()[:w.writer.Available()])
	w.header = headerWriter{buf: wiped(w.header.buf)}
	w.digits = [24]byte{}
	clear(w.segments)
	w.segments = w.segments[:0]
	if !w.frame.isGeneric() {
		w.frame = frame{gaps: w.frame.gaps[:0], digestTail: wiped(w.frame.digestTail)}
	}
}

// wiped returns b, overwritten with zeros, at length 0.
func wiped(b []byte) []byte {
	clear(b)
	return b[:0]
}

// resetOut empties the output of the encoder.
func (w *workspace) resetOut() {
	clear(w.out.Bytes())
	w.out.Reset()
}

// content refers to the pieces of which the part of a mail below its header
// fields consists. They belong to a workspace, or to a Batch if they are the
// same as in its last mail.
type content struct {
	frame      *frame
	text, html *encodedText
	calendar   *encodedCalendar
	digest     digest // over all
}

// changes tells which pieces of a mail's content differ from the last mail, and
// therefore have to be checked and encoded.
type changes struct{ frame, text, html, calendar bool }

// build builds the mail of d. It takes the pieces of its content from last if
// they match d. Afterwards, w.content refers to the pieces of the mail.
func (w *workspace) build(d *Draft, last content) (*Message, error) {
	if d == nil {
		d = new(Draft)
	}
	w.content = last
	changed := w.compare(d)
	cd, err := check(d, changed)
	if err != nil {
		return nil, err
	}
	if changed.frame {
		w.startFrame(cd)
	}
	if changed != (changes{}) || w.content.frame != last.frame {
		w.content.digest = digest{}
	}
	date, rest := w.writeHeader(cd)
	w.encode(cd, changed, last)
	if changed.frame {
		if err := w.encodeFrame(cd); err != nil {
			return nil, fmt.Errorf("mime: Build: %w", err)
		}
	}
	return w.message(cd, date, rest), nil
}

// compare compares last with d, and returns the pieces that have to be made for
// d. In w.content, it replaces each piece of last that does not match with the
// same piece of w. The frame of w may match already, because it can outlive a
// mail.
func (w *workspace) compare(d *Draft) (changed changes) {
	c := &w.content
	if !c.frame.matches(d) {
		c.frame, changed.frame = &w.frame, !w.frame.matches(d)
	}
	if changed.text = !c.text.matches(d.Text); changed.text {
		c.text = &w.text
	}
	if changed.html = !c.html.matches(d.HTML); changed.html {
		c.html = &w.html
	}
	if changed.calendar = !c.calendar.matches(d); changed.calendar {
		c.calendar = &w.calendar
	}
	return changed
}

// writeHeader writes the header, and the boundaries' digits, which depend on the
// Message-ID. It returns the offsets at which Date and the fields below the
// Message-ID end. The Message-ID follows them.
func (w *workspace) writeHeader(cd *checkedDraft) (date, rest int) {
	h, c := &w.header, &w.content
	date, rest = cd.header(h)
	if cd.id == "" {
		if !c.digest.made {
			c.digest = contentDigest(cd, c.frame)
		}
		cd.id = deriveID(h.buf[:date], h.buf[date:], c.digest.sum, cd.from.addr)
	}
	h.open("Message-ID").word(cd.id).close()
	w.digits = boundaryDigits(cd.id)
	return date, rest
}

// encode encodes the texts and the calendar object if they changed.
func (w *workspace) encode(cd *checkedDraft, changed changes, last content) {
	if changed.text {
		w.encodeText(&w.text, cd.Text, cd.text7bit, last.text)
	}
	if changed.html {
		w.encodeText(&w.html, cd.HTML, cd.html7bit, last.html)
	}
	if changed.calendar {
		w.calendar = encodedCalendar{
			raw: cd.Calendar, method: cd.Method, uid: calendarUID(cd.Calendar),
			encoded: appendBase64(w.calendar.encoded[:0], cd.Calendar),
		}
	}
}

// startFrame sets all that is known of a frame before it is encoded.
func (w *workspace) startFrame(cd *checkedDraft) {
	w.frame = frame{layout: layoutOf(cd.Draft), digestTail: appendDigestTail(w.frame.digestTail[:0], cd), gaps: w.frame.gaps}
	if i := slices.Index(methods, cd.Method); i >= 0 {
		w.frame.method = methods[i] // a frame can outlive the draft, whose string may be part of a long one
	}
}

// encodeFrame encodes the frame. If its gaps cannot be told from other content,
// it encodes the whole mail.
func (w *workspace) encodeFrame(cd *checkedDraft) error {
	root, size := partTree(cd, &placeholderContent), 2000+cd.filesSize()
	if err := w.write(root, size); err != nil {
		return err
	}
	w.frame.data = w.out.Bytes()
	if w.frame.findGaps(root) {
		if w.frame.isGeneric() { // the frame outlives the content of w.out
			w.frame.data = bytes.Clone(w.frame.data)
		}
		return nil
	}
	w.frame.gaps, w.frame.whole = w.frame.gaps[:0], true
	err := w.write(partTree(cd, w.wholeContent(cd)), size)
	w.frame.data = w.out.Bytes()
	return err
}

// wholeContent returns the content of a mail as the encoder needs it.
func (w *workspace) wholeContent(cd *checkedDraft) *gapValues {
	c := &w.content
	of := &gapValues{gapBoundary: w.digits[:], gapCalendar: cd.Calendar}
	content := func(t *encodedText) []byte {
		if t.quoted {
			return appendLF(nil, t.raw)
		}
		return t.encoded
	}
	of[gapText], of[gapTextField] = content(c.text), c.text.field()
	of[gapHTML], of[gapHTMLField] = content(c.html), c.html.field()
	return of
}

// write encodes root and its children to w.out. size is an estimate, in octets.
func (w *workspace) write(root *enmime.Part, size int) error {
	w.resetOut()
	w.out.Grow(size)
	w.writer.Reset(&w.out) // its buffer is large enough, so that the encoder does not make another
	return root.Encode(w.writer)
}

// message joins header and content to the finished mail.
func (w *workspace) message(cd *checkedDraft, date, rest int) *Message {
	h, c := &w.header, &w.content
	w.segments = append(w.segments[:0], h.buf[:date], h.buf[rest:], h.buf[date:rest])
	w.segments = c.frame.appendFilled(w.segments, &gapValues{
		gapBoundary: w.digits[:], gapText: c.text.encoded, gapHTML: c.html.encoded, gapCalendar: c.calendar.encoded,
		gapTextField: c.text.field(), gapHTMLField: c.html.field(),
	})
	// Join allocates as much as is needed, and does not fill it with zeros
	// first.
	data := bytes.Join(w.segments, nil)
	m := &Message{From: cd.reversePath(), To: cd.forwardPaths(), ID: cd.id, Data: data}
	if len(cd.Calendar) > 0 {
		m.UID, m.Method = c.calendar.uid, cd.Method
	}
	return m
}
