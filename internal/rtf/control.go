package rtf

import (
	"math"

	"github.com/convene-go/convene/internal/codepage"
)

// control reads a control word or symbol, after its backslash.
func (r *reader) control() {
	if r.pos == len(r.doc) {
		return
	}
	if c := r.doc[r.pos]; !isLetter(c) {
		r.pos++
		r.symbol(c)
		return
	}
	name, n, given := r.scanWord()
	r.stand = 0
	if r.deep > 0 {
		if string(name) == "bin" {
			r.skip(n)
		}
		return
	}
	first := r.first
	r.first = false
	switch {
	case first && r.destination(name):
	case r.dest == destFonts:
		r.fontWord(name, n)
	default:
		r.word(name, n, given)
	}
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// maxWord is the length of the longest control word.
const maxWord = 32

// scanWord returns a control word and its number. given is false if it has none.
func (r *reader) scanWord() (name []byte, n int, given bool) {
	start := r.pos
	for r.pos < len(r.doc) && isLetter(r.doc[r.pos]) && r.pos-start < maxWord {
		r.pos++
	}
	name = r.doc[start:r.pos]
	negative := r.pos+1 < len(r.doc) && r.doc[r.pos] == '-' && isDigit(r.doc[r.pos+1])
	if negative {
		r.pos++
	}
	for ; r.pos < len(r.doc) && isDigit(r.doc[r.pos]); r.pos++ {
		n, given = min(10*n+int(r.doc[r.pos]-'0'), math.MaxInt32), true
	}
	if r.pos < len(r.doc) && r.doc[r.pos] == ' ' {
		r.pos++
	}
	if negative {
		n = -n
	}
	return name, n, given
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// skip passes over the octets of \bin.
func (r *reader) skip(n int) { r.pos += min(max(n, 0), len(r.doc)-r.pos) }

// symbol acts on a control symbol.
func (r *reader) symbol(c byte) {
	switch c {
	case '*':
		r.starred = r.first
		return
	case '\'':
		if r.pos+1 >= len(r.doc) {
			r.pos = len(r.doc)
			return
		}
		if v, ok := unhex(r.doc[r.pos], r.doc[r.pos+1]); ok {
			r.pos += 2
			r.octets([]byte{v})
		}
		return
	case '\\', '{', '}':
		r.octets([]byte{c})
		return
	case '~':
		r.char('\u00A0')
	case '_':
		r.char('\u2011')
	case '\r', '\n':
		r.char('\n')
	case '\t':
		r.char('\t')
	}
	r.stand = 0
}

// unhex returns the octet with two hexadecimal digits.
func unhex(a, b byte) (byte, bool) {
	x, y := hexDigit(a), hexDigit(b)
	return x<<4 | y, x < 16 && y < 16
}

func hexDigit(c byte) byte {
	switch {
	case isDigit(c):
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}

// skipped lists the groups that hold no text of the document.
var skipped = map[string]bool{
	"colortbl": true, "stylesheet": true, "info": true, "pict": true, "object": true, "nonshppict": true, "filetbl": true,
	"header": true, "headerl": true, "headerr": true, "headerf": true, "footer": true, "footerl": true, "footerr": true, "footerf": true,
	"footnote": true, "fldinst": true, "xe": true, "tc": true, "mhtmltag": true, "listtable": true, "rxe": true, "private": true,
}

// destination acts on the first control word of a group, and reports whether it says
// what the text of the group is.
func (r *reader) destination(name []byte) bool {
	switch {
	case string(name) == "htmltag" && r.starred:
		if r.dest == destText {
			r.dest = destTag
		}
	case string(name) == "fonttbl":
		r.dest = destFonts
	case r.starred || skipped[string(name)]:
		r.dest = destSkip
	default:
		return false
	}
	return true
}

// fontWord acts on a control word in the font table.
func (r *reader) fontWord(name []byte, n int) {
	switch string(name) {
	case "f":
		r.font = n
	case "fcharset", "cpg":
		page := n
		if string(name) == "fcharset" {
			page = charsets[n]
		}
		if len(r.fonts) < maxFonts && codepage.Find(page) != nil {
			r.fonts[r.font] = page
		}
	case "bin":
		r.skip(n)
	}
}

// charsets has the code pages by the numbers of \fcharset. A charset of 1 is that of
// the document. A symbol font (2) is read as Latin, which has its bullet.
var charsets = map[int]int{
	0: 1252, 2: 1252, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
	177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}

// characters has the control words that stand for a character.
var characters = map[string]rune{
	"par": '\n', "line": '\n', "sect": '\n', "page": '\n', "row": '\n', "tab": '\t', "cell": '\t',
	"emdash": '—', "endash": '–', "lquote": '‘', "rquote": '’', "ldblquote": '“', "rdblquote": '”', "bullet": '•',
	"emspace": '\u2003', "enspace": '\u2002', "qmspace": '\u2005', "zwj": '\u200D', "zwnj": '\u200C', "ltrmark": '\u200E', "rtlmark": '\u200F',
}

// word acts on a control word in the text.
func (r *reader) word(name []byte, n int, given bool) {
	switch string(name) {
	case "u":
		r.char(rune(uint16(n)))
		r.stand = r.uc
	case "uc":
		r.uc = min(max(n, 0), 16)
	case "f":
		r.state.page = r.fonts[n]
	case "plain":
		r.state.page = r.fonts[r.plain]
	case "deff":
		r.plain = n
	case "ansicpg":
		if codepage.Find(n) != nil {
			r.page = n
		}
	case "pc":
		r.page = 437
	case "pca":
		r.page = 850
	case "mac":
		r.page = 10000
	case "fromhtml", "fromtext":
		r.encapsulated(string(name))
	case "htmlrtf":
		r.htmlrtf = !given || n != 0
	case "bin":
		r.skip(n)
	default:
		if c := characters[string(name)]; c != 0 {
			r.char(c)
		}
	}
}

// encapsulated notes the origin of the document, which its header says.
func (r *reader) encapsulated(name string) {
	switch {
	case len(r.out) > 0 || len(r.raw) > 0:
	case name == "fromhtml":
		r.form = formHTML
	default:
		r.form = formText
	}
}
