package tneftest

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// dictionary is the content of the dictionary at the start (MS-OXRTFCP, section 2.1.2.1).
const dictionary = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// Compress returns RTF in the form LZFu.
func Compress(doc string) []byte {
	text := dictionary + doc
	last := make(map[string]int) // the last place of each three octets
	note := func(from, to int) {
		for i := from; i < to && i+3 <= len(text); i++ {
			last[text[i:i+3]] = i
		}
	}
	note(0, len(dictionary))
	var out tokens
	for at := len(dictionary); at < len(text); {
		n := 0
		from, ok := last[text[at:min(at+3, len(text))]]
		if ok && at-from < 4096-17 {
			for n < 17 && at+n < len(text) && text[from+n] == text[at+n] {
				n++
			}
		}
		if n < 2 {
			out.add(false, text[at])
			n = 1
		} else {
			v := uint16(from%4096)<<4 | uint16(n-2)
			out.add(true, byte(v>>8), byte(v))
		}
		note(at, at+n)
		at += n
	}
	end := uint16(len(text)%4096) << 4
	out.add(true, byte(end>>8), byte(end))
	for out.bit != 0 {
		out.add(false)
	}
	return header(out.body, len(doc), "LZFu", crc(out.body))
}

// tokens are literals and references, in runs of eight.
type tokens struct {
	body, run []byte
	control   byte
	bit       int
}

// add appends a token.
func (t *tokens) add(reference bool, octets ...byte) {
	if reference {
		t.control |= 1 << t.bit
	}
	t.run = append(t.run, octets...)
	if t.bit++; t.bit == 8 {
		t.body = append(append(t.body, t.control), t.run...)
		t.control, t.bit, t.run = 0, 0, t.run[:0]
	}
}

// Store returns RTF in the form MELA, which is not compressed.
func Store(doc string) []byte { return header([]byte(doc), len(doc), "MELA", 0) }

// Bomb returns a value of about n octets that expands as far as the form can.
func Bomb(n int) []byte {
	var body []byte
	body = append(body, 0, 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x')
	for at := len(dictionary) + 8; len(body) < n; {
		body = append(body, 0xFF)
		for range 8 {
			v := uint16((at-1)%4096)<<4 | 15 // the octet before, 17 times
			body = append(body, byte(v>>8), byte(v))
			at += 17
		}
	}
	return header(body, 1<<30, "LZFu", crc(body))
}

// header puts the header before a body (MS-OXRTFCP, section 2.1.3.1.1).
func header(body []byte, size int, kind string, sum uint32) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(body)+12))
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	out = append(out, kind...)
	return append(binary.LittleEndian.AppendUint32(out, sum), body...)
}

// crc returns the checksum, a bit at a time.
func crc(body []byte) (sum uint32) {
	for _, c := range body {
		sum ^= uint32(c)
		for range 8 {
			if sum&1 != 0 {
				sum = sum>>1 ^ 0xEDB88320
			} else {
				sum >>= 1
			}
		}
	}
	return sum
}

// charsets has the numbers of fonts by their code pages.
var charsets = map[int]int{1250: 238, 1251: 204, 1252: 0, 1253: 161, 1254: 162, 1255: 177, 1256: 178, 1257: 186, 874: 222, 932: 128, 936: 134, 949: 129, 950: 136}

// Plain returns RTF with a text in the code page of its font, as Outlook writes it.
// Line ends are LF.
func Plain(page int, text string) string {
	return fmt.Sprintf(`{\rtf1\ansi\ansicpg%d\deff0{\fonttbl{\f0\fswiss\fcharset%d Arial;}{\f1\fnil\fcharset2 Symbol;}}`+"\r\n"+
		`{\colortbl;\red0\green0\blue255;}{\*\generator Riched20 5.50;}\uc1\pard\plain\deftab360 \f0\fs20 %s\par`+"\r\n}", page, charsets[page], octets(page, text))
}

// octets returns text as RTF in a code page.
func octets(page int, text string) string {
	var b strings.Builder
	for _, c := range string(text) {
		switch {
		case c == '\n':
			b.WriteString("\\par\r\n")
		case c == '\\' || c == '{' || c == '}':
			b.WriteString("\\" + string(c))
		case c < 0x80:
			b.WriteRune(c)
		default:
			for _, o := range Narrow(page, string(c))[:len(Narrow(page, string(c)))-1] {
				fmt.Fprintf(&b, `\'%02x`, o)
			}
		}
	}
	return b.String()
}

// Unicode returns RTF with a text in Unicode.
func Unicode(text string) string {
	return `{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}}\pard\plain\f0 ` + unicodes(text) + `\par }`
}

// unicodes returns text as RTF with \u.
func unicodes(text string) string {
	var b strings.Builder
	for _, c := range utf16.Encode([]rune(text)) {
		switch {
		case c == '\n':
			b.WriteString("\\line ")
		case c == '\\' || c == '{' || c == '}':
			b.WriteString("\\" + string(rune(c)))
		case c < 0x80:
			b.WriteByte(byte(c))
		default:
			fmt.Fprintf(&b, `\u%d?`, int16(c))
		}
	}
	return b.String()
}

// HTML returns RTF with a page of HTML inside (MS-OXRTFEX, section 2.1.3.1), whose body
// is a paragraph for each line of the text.
func HTML(text string) string {
	var b strings.Builder
	b.WriteString(`{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\htmltag19 <html>}{\*\htmltag34 <head>}` +
		`{\*\htmltag177 <title>}\htmlrtf {\htmlrtf0 Hidden{\*\htmltag185 </title>}\htmlrtf }\htmlrtf0 {\*\htmltag41 </head>}{\*\htmltag50 <body>}`)
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.ReplaceAll(unicodes(line), "<", `{\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 `)
		b.WriteString(`{\*\htmltag64 <p class=\'22x\'22>}\htmlrtf {\htmlrtf0 ` + line + `\htmlrtf\par}\htmlrtf0 {\*\mhtmltag64 <p>}{\*\htmltag72 </p>}` + "\r\n")
	}
	return b.String() + `{\*\htmltag58 </body>}{\*\htmltag27 </html>}}`
}

// Header returns a value with a body that is ready, and its checksum.
func Header(body []byte, size int, kind string) []byte { return header(body, size, kind, crc(body)) }
