package mime

import (
	"bytes"
	"hash"
	"slices"

	"github.com/jhillyerd/enmime/v2"
)

// frame is what stands below the header fields of a mail, encoded, with gaps
// where two mails of the same text differ: the calendar object, and the
// boundaries, which depend on it.
type frame struct {
	of          Draft // the fields that it is made of, but for the calendar object
	hasCalendar bool
	head        hash.Cloner // over what digest counts ahead of the calendar object
	tail        []byte      // what it counts behind it
	data        []byte      // the Content-* fields of the root part, and the body
	gaps        []gap       // in the order of data
	whole       bool        // there are no gaps, and data is that of one calendar object
}

// gap is a place in a frame that is filled for each mail.
type gap struct {
	start, end int
	calendar   bool // else the digits of a boundary
}

// What the encoder is given in place of a calendar object and of the digits of
// a boundary: as long as these, neither begins anywhere within itself or the
// other, and their first octets are rare in HTML, which makes them cheap to find.
const (
	standInText   = "+calendar/object/stands/here" // in base64
	standInDigits = "?boundary-stands-in-here"
)

// cut finds the gaps of f, and reports whether they are those that the encoder
// made. It always makes that many; where there are more, the draft itself holds
// a stand-in.
func (f *frame) cut(boundaries, calendars int) bool {
	f.gaps = f.gaps[:0]
	f.find(standInText+"\r\n", true)
	if len(f.gaps) != calendars {
		return false
	}
	f.find(standInDigits, false)
	slices.SortFunc(f.gaps, func(a, b gap) int { return a.start - b.start })
	return len(f.gaps) == boundaries+calendars
}

func (f *frame) find(standIn string, calendar bool) {
	for end := 0; ; {
		n := bytes.Index(f.data[end:], []byte(standIn))
		if n < 0 {
			return
		}
		start := end + n
		end = start + len(standIn)
		f.gaps = append(f.gaps, gap{start, end, calendar})
	}
}

// appendFilled appends to list what f consists of once its gaps are filled.
func (f *frame) appendFilled(list [][]byte, digits, calendar []byte) [][]byte {
	at := 0
	for _, g := range f.gaps {
		value := digits
		if g.calendar {
			value = calendar
		}
		list = append(list, f.data[at:g.start], value)
		at = g.end
	}
	return append(list, f.data[at:])
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
