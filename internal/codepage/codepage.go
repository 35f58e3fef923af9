// Package codepage decodes text in the code pages of Windows, which TNEF and RTF
// name by number.
package codepage

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// The code pages that have a meaning of their own here.
const (
	UTF16 = 1200  // UTF-16, little endian
	Latin = 1252  // Windows Latin 1, which is read if a page is not known
	ASCII = 20127 // US-ASCII, which is read as Latin
	UTF8  = 65001
)

// names has the names of code pages as browsers know them.
var names = map[int]string{
	866: "ibm866", 874: "windows-874", 932: "shift_jis", 936: "gbk", 949: "euc-kr", 950: "big5",
	1250: "windows-1250", 1251: "windows-1251", 1252: "windows-1252", 1253: "windows-1253", 1254: "windows-1254",
	1255: "windows-1255", 1256: "windows-1256", 1257: "windows-1257", 1258: "windows-1258",
	10000: "macintosh", 10007: "x-mac-cyrillic", 20866: "koi8-r", 21866: "koi8-u", 20932: "euc-jp",
	28591: "windows-1252", 28592: "iso-8859-2", 28593: "iso-8859-3", 28594: "iso-8859-4", 28595: "iso-8859-5",
	28596: "iso-8859-6", 28597: "iso-8859-7", 28598: "iso-8859-8", 28599: "windows-1254", 28603: "iso-8859-13", 28605: "iso-8859-15",
	50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 51932: "euc-jp", 51949: "euc-kr", 54936: "gb18030",
	ASCII: "windows-1252",
}

// pages has the code pages of DOS, which browsers do not know.
var pages = map[int]encoding.Encoding{
	437: charmap.CodePage437, 850: charmap.CodePage850, 852: charmap.CodePage852, 855: charmap.CodePage855,
	858: charmap.CodePage858, 860: charmap.CodePage860, 862: charmap.CodePage862, 863: charmap.CodePage863, 865: charmap.CodePage865,
	UTF16: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), UTF8: unicode.UTF8,
}

// Find returns the encoding of a code page, and nil if it is not known.
func Find(page int) encoding.Encoding {
	if enc := pages[page]; enc != nil {
		return enc
	}
	return known()[page]
}

// known returns the encodings of names, which are looked up once.
var known = sync.OnceValue(func() map[int]encoding.Encoding {
	out := make(map[int]encoding.Encoding, len(names))
	for page, name := range names {
		if enc, err := htmlindex.Get(name); err == nil {
			out[page] = enc
		}
	}
	return out
})

// First returns the first page that is known, and Latin if none is.
func First(list ...int) int {
	for _, page := range list {
		if Find(page) != nil {
			return page
		}
	}
	return Latin
}

// Decode returns text of a code page in UTF-8. A page that is not known is read as
// Latin. Damaged characters become U+FFFD.
func Decode(page int, data []byte) string {
	if page != UTF16 && isASCII(data) && !isShifted(page) {
		return string(data)
	}
	enc := Find(First(page))
	if enc == unicode.UTF8 {
		return string(bytes.ToValidUTF8(data, []byte(string(utf8.RuneError))))
	}
	if single, ok := enc.(*charmap.Charmap); ok { // without the cost of a decoder
		out := make([]byte, 0, 2*len(data))
		for _, c := range data {
			out = utf8.AppendRune(out, single.DecodeByte(c))
		}
		return string(out)
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), string(utf8.RuneError))
	}
	return string(out)
}

// isShifted reports whether octets of ASCII can stand for other characters.
func isShifted(page int) bool { return page >= 50220 && page <= 50222 }

// isASCII reports whether all octets are ASCII.
func isASCII(data []byte) bool {
	for _, c := range data {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
