package mime

import (
	"bytes"
	"io"
	stdmime "mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

var utf8BOM = []byte("\xEF\xBB\xBF")

// wordDecoder decodes encoded words (RFC 2047) of any character set known here.
var wordDecoder = &stdmime.WordDecoder{CharsetReader: charsetReader}

// charsetReader lets [wordDecoder] read character sets other than UTF-8. It
// fails only if reading from in fails. Text in an unknown character set is read
// as UTF-8, with damaged characters replaced.
func charsetReader(charset string, in io.Reader) (io.Reader, error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	out, _ := toUTF8(data, charset)
	return bytes.NewReader(out), nil
}

// decodeWords returns s with its encoded words decoded, on one line.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	if decoded, err := wordDecoder.DecodeHeader(s); err == nil {
		s = decoded
	}
	return oneLine(s)
}

// toUTF8 converts data from a character set, "" if none is declared, and
// removes a byte order mark. Data that is UTF-8 already is not copied. problem
// tells if something was guessed or lost.
func toUTF8(data []byte, charset string) (out []byte, problem string) {
	charset = strings.ToLower(charset)
	switch charset {
	case "", "us-ascii", "ascii":
		return guessUTF8(data)
	case "utf-8", "utf8":
		return validUTF8(data, "bytes that are not UTF-8: replaced")
	}
	enc := findEncoding(charset)
	if enc == nil {
		out, _ = validUTF8(data, "")
		return out, "unknown charset \"" + excerpt(charset) + "\": read as UTF-8"
	}
	out, _, err := transform.Bytes(unicode.BOMOverride(enc.NewDecoder()), data)
	if err != nil {
		problem = "charset " + charset + ": " + err.Error()
	}
	return bytes.TrimPrefix(out, utf8BOM), problem
}

// guessUTF8 converts text for which no character set is declared. It is read as
// UTF-8 if it is valid, which is the default of RFC 5545, section 3.1.4, for
// calendars.
func guessUTF8(data []byte) (out []byte, problem string) {
	if utf8.Valid(data) {
		return bytes.TrimPrefix(data, utf8BOM), ""
	}
	// QUIRK: scripts on PHP's mail function send Latin-1 and do not say so; it
	// is read as its Windows superset: testdata/read/latin1-undeclared.eml.
	out, _ = charmap.Windows1252.NewDecoder().Bytes(data)
	return out, "no charset and not UTF-8: read as windows-1252"
}

// validUTF8 returns data with U+FFFD in place of invalid UTF-8, and in that
// case the problem.
func validUTF8(data []byte, problem string) ([]byte, string) {
	data = bytes.TrimPrefix(data, utf8BOM)
	if utf8.Valid(data) {
		return data, ""
	}
	return bytes.ToValidUTF8(data, []byte("\uFFFD")), problem
}

// findEncoding returns the encoding of that name, or nil. Browsers' meanings of
// the names come first, because mail programs mean the same by them.
func findEncoding(charset string) encoding.Encoding {
	enc, err := htmlindex.Get(charset)
	if err == nil && enc != encoding.Replacement {
		return enc
	}
	enc, err = ianaindex.MIME.Encoding(charset)
	if err != nil {
		return nil
	}
	return enc
}
