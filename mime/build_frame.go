package mime

import (
	"bytes"
	"encoding/base64"
	"slices"

	"github.com/jhillyerd/enmime/v2"
)

// frame is what stands below the header fields of a mail, encoded, with gaps
// for what mails of the same kind differ in: texts, calendar object, and the
// boundaries, which depend on these.
type frame struct {
	of                   Draft // the fields that it is made of
	hasHTML, hasCalendar bool
	digestTail           []byte // over which a digest goes last
	data                 []byte // the Content-* fields of the root part, and the body; nil if there is no frame yet
	gaps                 []gap  // in the order of data
	whole                bool   // there are no gaps, and data is that of one mail
}

// gap is a place in a frame that is filled for each mail.
type gap struct {
	start, end int
	kind       gapKind
}

// gapKind says what fills a gap.
type gapKind int

const (
	gapBoundary gapKind = iota // of a boundary
	gapText
	gapHTML
	gapCalendar
	gapKinds
)

// gapValues is what fills the gaps, by their kind.
type gapValues [gapKinds][]byte

// placeholders are what the encoder is given in their place, once it is encoded.
// None begins anywhere within itself or another one, and that of the digits is
// as long as these, since fields are folded by their length.
var placeholders = gapValues{
	gapBoundary: []byte("?boundary-stands-in-here"),
	gapText:     []byte("!plain-text-stands-in-here"),
	gapHTML:     []byte("!html-text-stands-in-here"),
	gapCalendar: []byte("+calendar/object/stands/here\r\n"), // base64
}

// placeholderContent are the same before they are encoded.
var placeholderContent = func() gapValues {
	f := placeholders
	f[gapCalendar], _ = base64.StdEncoding.DecodeString(string(placeholders[gapCalendar]))
	return f
}()

// matches reports whether d needs no other frame than f.
func (f *frame) matches(d *Draft) bool {
	return f.data != nil && !f.whole && f.hasHTML == (d.HTML != "") && f.hasCalendar == (len(d.Calendar) > 0) &&
		f.of.Method == d.Method && f.of.Filename == d.Filename && f.of.NoAttachment == d.NoAttachment &&
		slices.EqualFunc(f.of.Inline, d.Inline, sameFile) && slices.EqualFunc(f.of.Attachments, d.Attachments, sameFile)
}

func sameFile(a, b File) bool {
	return a.Name == b.Name && a.MediaType == b.MediaType && a.ContentID == b.ContentID && bytes.Equal(a.Data, b.Data)
}

// hasFiles reports whether the frame holds more of a draft than a few words.
func (f *frame) hasFiles() bool { return len(f.of.Inline)+len(f.of.Attachments) > 0 }

// copyFrom makes f a copy of other, in the memory that f has.
func (f *frame) copyFrom(other *frame) {
	if f == other {
		return
	}
	data, gaps, tail := append(f.data[:0], other.data...), append(f.gaps[:0], other.gaps...), append(f.digestTail[:0], other.digestTail...)
	*f = *other
	f.data, f.gaps, f.digestTail = data, gaps, tail
	f.of.Inline, f.of.Attachments = cloneFiles(f.of.Inline), cloneFiles(f.of.Attachments)
}

func cloneFiles(list []File) []File {
	list = slices.Clone(list)
	for i := range list {
		list[i].Data = bytes.Clone(list[i].Data)
	}
	return list
}

// findGaps finds the gaps of f, and reports whether they are those that the encoder
// made of root. It always makes that many; where there are more, a file or its
// name holds a stand-in.
func (f *frame) findGaps(root *enmime.Part) bool {
	want := [gapKinds]int{gapBoundary: countBoundaries(root), gapText: 1}
	if f.hasHTML {
		want[gapHTML] = 1
	}
	if f.hasCalendar {
		want[gapCalendar] = 2
		if f.of.NoAttachment {
			want[gapCalendar] = 1
		}
	}
	f.gaps = f.gaps[:0]
	for k, placeholder := range placeholders {
		before := len(f.gaps)
		f.addGaps(gapKind(k), placeholder)
		if len(f.gaps)-before != want[k] {
			return false
		}
	}
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

// countBoundaries counts how often boundaries stand in what p becomes: in the field
// of each multipart, ahead of each of its children, and behind the last.
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

// appendFilled appends to list what the content of a mail consists of: f with
// its gaps filled, and CRLF where it would not end with one.
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
