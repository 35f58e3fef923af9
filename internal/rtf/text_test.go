package rtf_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/internal/rtf"
	"github.com/convene-go/convene/internal/tnef/tneftest"
)

func TestRead(t *testing.T) {
	const head = `{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset128 MS Gothic;}{\f3\fcharset2 Symbol;}{\f4\cpg1253 G;}{\f5\fcharset1 D;}}`
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"text", head + `\pard\plain Yes.\par}`, "Yes.\n"},
		{"text after the end", `{\rtf1 a}b`, "a"},
		{"raw line ends mean nothing", "{\\rtf1 a\r\nb\nc}", "abc"},
		{"escaped line ends", "{\\rtf1 a\\\r\nb\\\nc\\\tx}", "a\nb\nc\tx"},
		{"escapes", `{\rtf1 \\ \{x\} \~\-\_}`, "\\ {x} \u00A0\u2011"},
		{"characters", `{\rtf1 a\emdash b\lquote c\rquote\tab d\line\bullet}`, "a—b‘c’\td\n•"},
		{"one space ends a word", `{\rtf1 a\b  b\b0 c}`, "a bc"},
		{"octets", head + `\f0 \'e4\'F6}`, "äö"},
		{"an octet that is none", head + `\'zz a}`, "zz a"},
		{"an octet that breaks off", head + `a\'e`, "a"},
		{"the page of a font", head + `\f1 \'cf\'f0\'e8\f0 \'e4}`, "Приä"},
		{"the page of a font ends with its group", head + `{\f1 \'cf}\'cf}`, "ПÏ"},
		{"two octets a character", head + `\f2 \'93\'fa\'96{\b\'7b}}`, "日本"},
		{"another way to name a page", head + `\f4 \'e1}`, "α"},
		{"a symbol font", head + `\f3 \'b7}`, "·"},
		{"a font of the document's charset", `{\rtf1\ansicpg1251` + head[len(`{\rtf1\ansi\ansicpg1252`):] + `\f5 \'cf\plain\'cf}`, "ПП"},
		{"an unknown font", head + `\f77 \'e4}`, "ä"},
		{"an unknown page", `{\rtf1\ansicpg99999 \'e4}`, "ä"},
		{"the page of DOS", `{\rtf1\pca \'84}`, "ä"},
		{"Unicode", `{\rtf1 \u1055?\u8364\'80x}`, "П€x"},
		{"no replacement", `{\rtf1\uc0 \u1055\u1056 x}`, "ПРx"},
		{"two replacements", `{\rtf1\uc2 \u1055??x{\uc0\u1056 y}\u1057\'aa\'bbz}`, "ПxРyСz"},
		{"a replacement ends with the group", `{\rtf1{\uc2\u1055 ?}x}`, "Пx"},
		{"a pair", `{\rtf1 \u-10179?\u-8704?}`, "\U0001F600"},
		{"half a pair", `{\rtf1 \u-10179?x\u-8704?\u-10179?}`, "\uFFFDx\uFFFD\uFFFD"},
		{"groups that are no text", `{\rtf1{\info{\title T}}{\stylesheet S}{\*\unknown U{\b V}}{\pict 00ff}{\header H}a{\*\bkmkstart x}}`, "a"},
		{"a field shows its result", `{\rtf1{\field{\*\fldinst{HYPERLINK "x"}}{\fldrslt{link}}}}`, "link"},
		{"binary data", "{\\rtf1 a\\bin3 }}}b{\\pict\\bin2 }}}c}", "abc"},
		{"binary data that breaks off", `{\rtf1 a\bin99 }}}`, "a"},
		{"a number that is too large", `{\rtf1 \u99999999999999999999?a}`, "\uFFFFa"},
		{"a word without an end", `{\rtf1 a\`, "a"},
		{"brackets that are never closed", strings.Repeat("{", 5000) + "a", ""},
		{"brackets, and text after them", `{\rtf1 ` + strings.Repeat("{", 5000) + strings.Repeat("}", 5000) + "a}", "a"},
		{"a plain text inside", `{\rtf1\ansi\fromtext \deff0 a\par b\par}`, "a\nb\n"},
	} {
		got := rtf.Read([]byte(tt.in), 1000)
		if got.Content != tt.want || got.HTML || got.Cut {
			t.Errorf("%s: Read = %+q, HTML %v, cut %v, want %+q", tt.name, got.Content, got.HTML, got.Cut, tt.want)
		}
	}
}

func TestReadHTML(t *testing.T) {
	// The shape of the example in MS-OXRTFEX, section 4.1.
	const in = `{\rtf1\ANSI\ansicpg1251\fromhtml1 \deff0{\fonttbl {\f0\fmodern Courier New;}{\f1\fswiss\fcharset204 Arial;}}` +
		`{\*\htmltag243 <!-- HTML template comment -->}{\*\htmltag64 \par }{\*\htmltag19 <html>}` +
		`{\*\htmltag84 <b>}\htmlrtf {\b \htmlrtf0 {\f1\'cf\'f0}\htmlrtf \b0 }\htmlrtf0 {\*\htmltag92 </b>}` +
		`{\*\htmltag84 &#8211;}\htmlrtf \endash \htmlrtf0 {\*\mhtmltag84 <i>}{\*\htmltag4 \tab\{\}}\par ` +
		`{\htmlrtf x}y\htmlrtf1 z{\htmlrtf0 w}\htmlrtf0 {\*\htmltag27 </html>}}`
	const want = "<!-- HTML template comment -->\n<html><b>Пр</b>&#8211;\t{}\nyw</html>"
	got := rtf.Read([]byte(in), 1000)
	if got.Content != want || !got.HTML {
		t.Errorf("Read = %+q, HTML %v, want %+q", got.Content, got.HTML, want)
	}
	// a document that says so after its first text is not HTML
	if got := rtf.Read([]byte(`{\rtf1 a\fromhtml1{\*\htmltag64 <p>}}`), 1000); got.HTML || got.Content != "a" {
		t.Errorf("fromhtml after the text: %+v", got)
	}
}

func TestReadForms(t *testing.T) {
	for page, text := range texts {
		for name, doc := range map[string]string{"plain": tneftest.Plain(page, text), "Unicode": tneftest.Unicode(text)} {
			if got := rtf.Read([]byte(doc), 1000); got.Content != text+"\n" {
				t.Errorf("%d %s: %q, want %q", page, name, got.Content, text)
			}
		}
	}
}

// texts are texts that their code page has.
var texts = map[int]string{
	1250: "Přijdu později.\nŽádný problém \\ {děkuji}", 1251: "Я приду", 1252: "Ich komme später: 5 €", 1253: "Θα έρθω", 1254: "Geleceğim",
	1255: "אני אבוא", 1256: "سأحضر", 1257: "Ateisiu vėliau", 874: "ฉันจะมา", 932: "出席します。ソ", 936: "我会来", 949: "가겠습니다", 950: "我會來功",
}

func TestReadLimit(t *testing.T) {
	for _, in := range []string{strings.Repeat("a", 500), strings.Repeat(`\'e4`, 500), strings.Repeat(`\u1055?`, 500), strings.Repeat(`{\b a}\par `, 500)} {
		got := rtf.Read([]byte(`{\rtf1 `+in+`}`), 101)
		if !got.Cut || len(got.Content) > 101 || len(got.Content) < 98 || strings.ToValidUTF8(got.Content, "") != got.Content {
			t.Errorf("%.20q: %d octets, cut %v, want about 101", in, len(got.Content), got.Cut)
		}
	}
}

// TestReadLinear checks that eight times the input takes about eight times the time. A
// busy machine may be slow for a while, so a unit fails only if it is slow ten times.
func TestReadLinear(t *testing.T) {
	run := func(unit string, n int) time.Duration {
		doc := []byte(`{\rtf1\fromhtml1 ` + strings.Repeat(unit, n/len(unit)))
		begin := time.Now()
		rtf.Read(doc, 1<<20)
		return time.Since(begin)
	}
	for _, unit := range []string{"{", "{\\b ", "}", "\\", "\\'", "\\'e4", "\\u1055?", "\\u-10179?", "\\bin0", "\\f1\\'e4", "{\\*\\htmltag ", "\\fonttbl", "{\\fonttbl{\\f1", "\\par ", "a\\htmlrtf b\\htmlrtf0 "} {
		small, large := run(unit, 1<<16), run(unit, 1<<19)
		for try := 1; large > 24*small+40*time.Millisecond; try++ {
			if try == 10 {
				t.Errorf("%q: %v for 64 KiB, %v for 512 KiB", unit, small, large)
				break
			}
			small, large = min(small, run(unit, 1<<16)), min(large, run(unit, 1<<19))
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(tneftest.Plain(1251, texts[1251])))
	f.Add([]byte(tneftest.Unicode("\U0001F600 a")))
	f.Add([]byte(tneftest.HTML("a\nb <c>")))
	f.Add(tneftest.Compress(tneftest.HTML("a")))
	f.Fuzz(func(t *testing.T, data []byte) {
		if doc, err := rtf.Decompress(data, 1<<16); err == nil && len(doc) > 1<<16 {
			t.Errorf("Decompress gave %d octets", len(doc))
		}
		if got := rtf.Read(data, 1000); len(got.Content) > 1000 || strings.ToValidUTF8(got.Content, "") != got.Content {
			t.Errorf("Read = %q", got.Content)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for name, unit := range map[string]string{"text": "Yes, I come. ", "octets": `\'e4`, "unicode": `\u1055?`, "words": `\b\par\i0 `, "groups": `{\b x}`} {
		doc := []byte(`{\rtf1 ` + strings.Repeat(unit, (1<<20)/len(unit)) + "}")
		b.Run(fmt.Sprint(name), func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				rtf.Read(doc, 1<<20)
			}
		})
	}
}
