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
	tail                 []byte // over which a digest goes last
	data                 []byte // the Content-* fields of the root part, and the body; nil if there is no frame yet
	gaps                 []gap  // in the order of data
	whole                bool   // there are no gaps, and data is that of one mail
}

// gap is a place in a frame that is filled for each mail.
type gap struct {
	start, end int
	kind       kind
}

// kind says what fills a gap.
type kind int

const (
	kindDigits kind = iota // of a boundary
	kindText
	kindHTML
	kindCalendar
	kinds
)

// filling is what fills the gaps, by their kind.
type filling [kinds][]byte

// standIns are what the encoder is given in their place, once it is encoded.
// None begins anywhere within itself or another one, and that of the digits is
// as long as these, since fields are folded by their length.
var standIns = filling{
	kindDigits:   []byte("?boundary-stands-in-here"),
	kindText:     []byte("!plain-text-stands-in-here"),
	kindHTML:     []byte("!html-text-stands-in-here"),
	kindCalendar: []byte("+calendar/object/stands/here\r\n"), // base64
}

// standInParts are the same before they are encoded.
var standInParts = func() filling {
	f := standIns
	f[kindCalendar], _ = base64.StdEncoding.DecodeString(string(standIns[kindCalendar]))
	return f
}()

// fits reports whether d needs no other frame than f.
func (f *frame) fits(d *Draft) bool {
	return f.data != nil && !f.whole && f.hasHTML == (d.HTML != "") && f.hasCalendar == (len(d.Calendar) > 0) &&
		f.of.Method == d.Method && f.of.Filename == d.Filename && f.of.NoAttachment == d.NoAttachment &&
		slices.EqualFunc(f.of.Inline, d.Inline, sameFile) && slices.EqualFunc(f.of.Attachments, d.Attachments, sameFile)
}

func sameFile(a, b File) bool {
	return a.Name == b.Name && a.MediaType == b.MediaType && a.ContentID == b.ContentID && bytes.Equal(a.Data, b.Data)
}

// hasFiles reports whether the frame holds more of a draft than a few words.
func (f *frame) hasFiles() bool { return len(f.of.Inline)+len(f.of.Attachments) > 0 }

// keep makes f a copy of other, in the memory that f has.
func (f *frame) keep(other *frame) {
	if f == other {
		return
	}
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

// cut finds the gaps of f, and reports whether they are those that the encoder
// made of root. It always makes that many; where there are more, a file or its
// name holds a stand-in.
func (f *frame) cut(root *enmime.Part) bool {
	want := [kinds]int{kindDigits: boundaries(root), kindText: 1}
	if f.hasHTML {
		want[kindHTML] = 1
	}
	if f.hasCalendar {
		want[kindCalendar] = 2
		if f.of.NoAttachment {
			want[kindCalendar] = 1
		}
	}
	f.gaps = f.gaps[:0]
	for k, standIn := range standIns {
		before := len(f.gaps)
		f.find(kind(k), standIn)
		if len(f.gaps)-before != want[k] {
			return false
		}
	}
	slices.SortFunc(f.gaps, func(a, b gap) int { return a.start - b.start })
	return true
}

func (f *frame) find(k kind, standIn []byte) {
	for end := 0; ; {
		n := bytes.Index(f.data[end:], standIn)
		if n < 0 {
			return
		}
		start := end + n
		end = start + len(standIn)
		f.gaps = append(f.gaps, gap{start, end, k})
	}
}

// boundaries counts how often boundaries stand in what p becomes: in the field
// of each multipart, ahead of each of its children, and behind the last.
func boundaries(p *enmime.Part) int {
	if p.FirstChild == nil {
		return 0
	}
	n := 2
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		n += 1 + boundaries(c)
	}
	return n
}

// appendFilled appends to list what the content of a mail consists of: f with
// its gaps filled, and CRLF where it would not end with one.
func (f *frame) appendFilled(list [][]byte, with *filling) [][]byte {
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
