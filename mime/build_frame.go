package mime

import (
	"bytes"
	"encoding/base64"
	"slices"

	"github.com/jhillyerd/enmime/v2"
)

// frame is the part of a mail below its header fields, encoded, with gaps for
// the values that differ between mails of one layout: the texts, the calendar
// object, and the boundaries, which are derived from both.
type frame struct {
	layout
	digestTail []byte // hashed behind the calendar object
	data       []byte // the Content-* fields of the root part, and the body; nil if there is no frame yet
	gaps       []gap  // in the order of data
	whole      bool   // data is the content of one mail and has no gaps
}

// gap is a place in a frame that is filled for each mail.
type gap struct {
	start, end int
	kind       gapKind
}

// gapKind tells which value fills a gap.
type gapKind int

const (
	gapBoundary gapKind = iota // of a boundary
	gapText
	gapHTML
	gapCalendar
	gapTextField // the field that says how the text is encoded
	gapHTMLField
	gapKinds
)

// gapValues holds the values that fill the gaps of a frame, by kind.
type gapValues [gapKinds][]byte

// placeholders are the values, already encoded, from which a frame is made.
// They mark its gaps. No placeholder begins within itself or within another
// one. The boundary's placeholder is as long as the real digits, because fields
// are folded by their length. The fields need no placeholder.
var placeholders = gapValues{
	gapBoundary: []byte("?boundary-stands-in-here"),
	gapText:     []byte("!plain-text-stands-in-here"),
	gapHTML:     []byte("!html-text-stands-in-here"),
	gapCalendar: []byte("+calendar/object/stands/here\r\n"), // base64
}

// placeholderContent holds the same values before they are encoded.
var placeholderContent = func() gapValues {
	f := placeholders
	f[gapCalendar], _ = base64.StdEncoding.DecodeString(string(placeholders[gapCalendar]))
	f[gapTextField], f[gapHTMLField] = quotedField, quotedField
	return f
}()

// layout holds everything in a draft that its frame depends on.
type layout struct {
	method               string
	filename             string
	noAttachment         bool
	hasHTML, hasCalendar bool
	inline, attachments  []File
}

// layoutOf returns the layout of d, which shares its memory.
func layoutOf(d *Draft) layout {
	return layout{
		method: d.Method, filename: d.Filename, noAttachment: d.NoAttachment,
		hasHTML: d.HTML != "", hasCalendar: len(d.Calendar) > 0,
		inline: d.Inline, attachments: d.Attachments,
	}
}

// equal reports whether l and other lead to the same frame.
func (l *layout) equal(other *layout) bool {
	return l.method == other.method && l.filename == other.filename && l.noAttachment == other.noAttachment &&
		l.hasHTML == other.hasHTML && l.hasCalendar == other.hasCalendar &&
		slices.EqualFunc(l.inline, other.inline, sameFile) && slices.EqualFunc(l.attachments, other.attachments, sameFile)
}

func sameFile(a, b File) bool {
	return a.Name == b.Name && a.MediaType == b.MediaType && a.ContentID == b.ContentID && bytes.Equal(a.Data, b.Data)
}

// matches reports whether f is the frame of d.
func (f *frame) matches(d *Draft) bool {
	l := layoutOf(d)
	return f.data != nil && !f.whole && f.layout.equal(&l)
}

// isGeneric reports whether f holds nothing that the author of a draft wrote.
// Such a frame depends on a method and on three yes-or-no choices only.
func (f *frame) isGeneric() bool {
	return !f.whole && f.filename == "" && len(f.inline)+len(f.attachments) == 0
}

// copyFrom makes f a copy of other, in the memory that f has.
func (f *frame) copyFrom(other *frame) {
	if f == other {
		return
	}
	data, gaps, tail := append(f.data[:0], other.data...), append(f.gaps[:0], other.gaps...), append(f.digestTail[:0], other.digestTail...)
	*f = *other
	f.data, f.gaps, f.digestTail = data, gaps, tail
	f.inline, f.attachments = cloneFiles(f.inline), cloneFiles(f.attachments)
}

func cloneFiles(list []File) []File {
	list = slices.Clone(list)
	for i := range list {
		list[i].Data = bytes.Clone(list[i].Data)
	}
	return list
}

// findGaps finds the gaps of f, and reports whether each kind of gap occurs as
// often as root requires. A kind occurs more often if a file or its name holds
// its placeholder.
func (f *frame) findGaps(root *enmime.Part) bool {
	want := [gapKinds]int{gapBoundary: countBoundaries(root), gapText: 1}
	if f.hasHTML {
		want[gapHTML] = 1
	}
	if f.hasCalendar {
		want[gapCalendar] = 2
		if f.noAttachment {
			want[gapCalendar] = 1
		}
	}
	f.gaps = f.gaps[:0]
	for k, placeholder := range placeholders[:gapTextField] {
		before := len(f.gaps)
		f.addGaps(gapKind(k), placeholder)
		if len(f.gaps)-before != want[k] {
			return false
		}
	}
	f.addField(gapText, gapTextField)
	f.addField(gapHTML, gapHTMLField)
	slices.SortFunc(f.gaps, func(a, b gap) int { return a.start - b.start })
	return true
}

func (f *frame) addGaps(k gapKind, placeholder []byte) {
	for end := 0; ; {
		n := bytes.Index(f.data[end:], placeholder)
		if n < 0 {
			return
		}
		start := end + n
		end = start + len(placeholder)
		f.gaps = append(f.gaps, gap{start, end, k})
	}
}

// quotedField is the field of a text in quoted-printable. A text in 7bit has no such
// field (RFC 2045, section 6.1).
var quotedField = []byte("Content-Transfer-Encoding: quoted-printable\r\n")

// addField adds a gap for the field of the part whose content goes into the gap of
// kind k, if there is one.
func (f *frame) addField(k, field gapKind) {
	for _, g := range f.gaps {
		if g.kind == k {
			start := bytes.LastIndex(f.data[:g.start], quotedField)
			f.gaps = append(f.gaps, gap{start, start + len(quotedField), field})
			return
		}
	}
}

// countBoundaries counts how often a boundary occurs in the encoded form of p:
// in the field of each multipart, before each of its children, and after the
// last child.
func countBoundaries(p *enmime.Part) int {
	if p.FirstChild == nil {
		return 0
	}
	n := 2
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		n += 1 + countBoundaries(c)
	}
	return n
}

// appendFilled appends the pieces of a mail's content to list: f with its gaps
// filled, and a CRLF if it would not end with one.
func (f *frame) appendFilled(list [][]byte, with *gapValues) [][]byte {
	at := 0
	for _, g := range f.gaps {
		list = append(list, f.data[at:g.start], with[g.kind])
		at = g.end
	}
	if at < len(f.data) {
		list = append(list, f.data[at:])
	}
	if !bytes.HasSuffix(list[len(list)-1], crlf) {
		list = append(list, crlf)
	}
	return list
}

var crlf = []byte("\r\n")
