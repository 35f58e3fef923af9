package rtf

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/convene-go/convene/internal/codepage"
)

// Text is the content of a document.
type Text struct {
	// Content is the text in UTF-8, with LF as line end.
	Content string
	// HTML says that Content is HTML, which was encapsulated in the RTF
	// (MS-OXRTFEX, section 2.1.3).
	HTML bool
	// Cut says that the document has more text than the limit allows.
	Cut bool
}

// Read returns the text of an RTF document, up to about limit octets. It takes time
// linear in the size of doc, and passes over anything that it does not know.
func Read(doc []byte, limit int) Text {
	r := &reader{doc: doc, limit: limit, page: codepage.Latin, fonts: make(map[int]int), state: state{uc: 1}}
	for r.pos < len(r.doc) && !r.cut {
		r.token()
	}
	r.flush()
	return Text{Content: string(r.out), HTML: r.form == formHTML, Cut: r.cut}
}

// form is the origin of a document (MS-OXRTFEX, section 2.1.3.1).
type form int

const (
	formRTF form = iota
	formText
	formHTML
)

// destination is the kind of the text of a group.
type destination int

const (
	destText  destination = iota // text of the document
	destSkip                     // anything that is no text
	destFonts                    // the font table
	destTag                      // a piece of HTML (MS-OXRTFEX, section 2.1.3.1.4)
)

// state is the part of the reader's state that a group ends.
type state struct {
	dest    destination
	uc      int  // the number of characters that stand for a Unicode character
	page    int  // the code page of the font, 0 for that of the document
	htmlrtf bool // the text is RTF's own, and no HTML (MS-OXRTFEX, section 2.1.3.1.5)
	first   bool // nothing but \* has been read in the group
	starred bool // the group begins with \*
}

// maxGroups limits the groups inside one another whose text is read, and maxFonts the
// fonts of a document.
const (
	maxGroups = 100
	maxFonts  = 1000
)

// maxRun limits the octets of text that are taken at once, so that one long run does not
// pass the limit by far.
const maxRun = 64 << 10

// reader is the state of one [Read].
type reader struct {
	doc   []byte
	pos   int
	out   []byte
	limit int
	cut   bool

	state
	stack []state
	deep  int // the open groups beyond maxGroups

	form  form
	page  int         // \ansicpg
	plain int         // \deff
	font  int         // the font of the table that is being read
	fonts map[int]int // the code pages of the fonts

	raw     []byte // octets that are not decoded yet
	rawPage int
	high    rune // the first half of a surrogate pair
	stand   int  // the characters to come that stand for a Unicode character
}

// token reads one token: a group's border, a control word or symbol, or a run of text.
func (r *reader) token() {
	switch c := r.doc[r.pos]; c {
	case '{':
		r.pos++
		r.open()
	case '}':
		r.pos++
		r.close()
	case '\\':
		r.pos++
		r.control()
	case '\r', '\n', 0:
		r.pos++
	default:
		start, end := r.pos, min(r.pos+maxRun, len(r.doc))
		for r.pos < end && !isSpecial[r.doc[r.pos]] {
			r.pos++
		}
		r.octets(r.doc[start:r.pos])
	}
}

// isSpecial lists the octets that end a run of text.
var isSpecial = [256]bool{'{': true, '}': true, '\\': true, '\r': true, '\n': true, 0: true}

// open begins a group.
func (r *reader) open() {
	r.stand = 0
	if len(r.stack) == maxGroups {
		r.deep++
		return
	}
	r.stack = append(r.stack, r.state)
	r.first, r.starred = true, false
}

// close ends a group. Text after the end of the document is not read.
func (r *reader) close() {
	r.stand = 0
	switch n := len(r.stack); {
	case r.deep > 0:
		r.deep--
	case n == 0:
		r.pos = len(r.doc)
	default:
		r.state, r.stack = r.stack[n-1], r.stack[:n-1]
		if n == 1 {
			r.pos = len(r.doc)
		}
	}
}

// visible reports whether text at this place belongs to the content.
func (r *reader) visible() bool {
	switch {
	case r.deep > 0:
		return false
	case r.dest == destTag:
		return r.form == formHTML
	}
	return r.dest == destText && !(r.form == formHTML && r.htmlrtf)
}

// octets takes text in the code page of the font.
func (r *reader) octets(text []byte) {
	r.first = false
	n := min(r.stand, len(text))
	r.stand -= n
	if text = text[n:]; len(text) == 0 || !r.visible() {
		return
	}
	page := r.state.page
	if page == 0 || r.dest == destTag {
		page = r.page
	}
	if page != r.rawPage || r.high != 0 {
		r.flush()
		r.rawPage = page
	}
	r.raw = append(r.raw, text...)
	if len(r.raw) > r.limit {
		r.flush()
	}
}

// char takes a character that does not depend on a code page.
func (r *reader) char(c rune) {
	r.first = false
	if !r.visible() {
		return
	}
	switch {
	case utf16.IsSurrogate(c) && c < 0xDC00:
		r.flush()
		r.high = c
		return
	case r.high != 0:
		high := r.high
		r.high = 0
		if pair := utf16.DecodeRune(high, c); pair != utf8.RuneError {
			c = pair
		} else {
			r.rune(utf8.RuneError)
		}
	default:
		r.flush()
	}
	r.rune(c)
}

// rune writes a character.
func (r *reader) rune(c rune) {
	var buf [utf8.UTFMax]byte
	r.write(buf[:utf8.EncodeRune(buf[:], c)])
}

// flush decodes the octets that were taken.
func (r *reader) flush() {
	if r.high != 0 {
		r.high = 0
		r.rune(utf8.RuneError)
	}
	if len(r.raw) > 0 {
		r.write([]byte(codepage.Decode(r.rawPage, r.raw)))
		r.raw = r.raw[:0]
	}
}

// write adds to the content, within the limit.
func (r *reader) write(text []byte) {
	if len(r.out)+len(text) > r.limit {
		r.cut = true
		for n := r.limit - len(r.out); ; n-- {
			if n <= 0 || utf8.RuneStart(text[n]) {
				text = text[:max(n, 0)]
				break
			}
		}
	}
	r.out = append(r.out, text...)
}
