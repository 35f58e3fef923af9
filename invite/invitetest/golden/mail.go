package golden

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth is the number of multiparts in each other that are read.
const maxDepth = 20

// readable returns a mail with named boundaries and decoded texts.
func readable(mail []byte) []byte {
	var w writer
	w.entity(mail, 0)
	return w.out.Bytes()
}

// writer writes the readable form of a mail.
type writer struct {
	out        bytes.Buffer
	boundaries int
}

// entity writes a mail, or a part of it. An entity that cannot be read is written as
// it is.
func (w *writer) entity(raw []byte, depth int) {
	header, body := cutHeader(raw)
	fields, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(bytes.Clone(header), "\r\n\r\n"...)))).ReadMIMEHeader()
	if err != nil || depth > maxDepth {
		w.out.Write(raw)
		return
	}
	mediaType, params, _ := mime.ParseMediaType(fields.Get("Content-Type"))
	boundary := params["boundary"]
	if strings.HasPrefix(mediaType, "multipart/") && boundary != "" {
		w.boundaries++
		name := fmt.Sprintf("boundary-%d", w.boundaries)
		parameter := regexp.MustCompile(`(?i)(\bboundary="?)` + regexp.QuoteMeta(boundary))
		w.out.Write(parameter.ReplaceAll(header, []byte("${1}"+name)))
		w.multipart(body, boundary, name, depth)
		return
	}
	if text, ok := decode(body, fields.Get("Content-Transfer-Encoding")); ok {
		header, body = encodingValue.ReplaceAll(header, []byte("${1}8bit")), text
	}
	if mediaType == "text/html" {
		body = reference.ReplaceAllFunc(body, letter)
	}
	w.out.Write(header)
	w.out.Write(body)
}

// encodingValue finds the value of the field that names an encoding.
var encodingValue = regexp.MustCompile(`(?im)^(Content-Transfer-Encoding:[ \t]*)[-a-z0-9]+`)

// reference finds a character of HTML that is written as its number.
var reference = regexp.MustCompile(`&#[0-9]{3,7};`)

// letter returns the character of a reference outside ASCII that a person can read.
func letter(reference []byte) []byte {
	n, _ := strconv.Atoi(string(reference[len("&#") : len(reference)-1]))
	if n < utf8.RuneSelf || !unicode.IsPrint(rune(n)) {
		return reference
	}
	return utf8.AppendRune(nil, rune(n))
}

// cutHeader returns the header with the empty line behind it, and the body.
func cutHeader(raw []byte) (header, body []byte) {
	for rest := raw; ; {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		if !ok {
			return raw, nil
		}
		if len(bytes.TrimRight(line, "\r")) == 0 {
			return raw[:len(raw)-len(after)], after
		}
		rest = after
	}
}

// multipart writes the parts of a body, with the boundary's name in its delimiters (RFC
// 2046, section 5.1.1). The line end before a delimiter belongs to the delimiter.
func (w *writer) multipart(body []byte, boundary, name string, depth int) {
	part, first := body[:0], true
	flush := func() {
		if content := bytes.TrimSuffix(bytes.TrimSuffix(part, []byte("\n")), []byte("\r")); first {
			w.out.Write(part) // the text before the first part
		} else {
			w.entity(content, depth+1)
			w.out.Write(part[len(content):])
		}
	}
	for rest := body; len(rest) > 0; {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line = rest[:i+1]
		}
		rest = rest[len(line):]
		tail, ok := bytes.CutPrefix(line, []byte("--"+boundary))
		end, closes := bytes.CutPrefix(tail, []byte("--"))
		if !ok || len(bytes.TrimSpace(end)) > 0 {
			part = part[:len(part)+len(line)]
			continue
		}
		flush()
		fmt.Fprintf(&w.out, "--%s%s", name, tail)
		if part, first = rest[:0], false; closes {
			w.out.Write(rest)
			return
		}
	}
	flush()
}

// decode returns the text of a body. It returns false if the body is not encoded, or
// holds data.
func decode(body []byte, encoding string) ([]byte, bool) {
	var r io.Reader
	switch in := bytes.NewReader(body); strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, in)
	case "quoted-printable":
		r = quotedprintable.NewReader(in)
	default:
		return nil, false
	}
	text, err := io.ReadAll(r)
	return text, err == nil && utf8.Valid(text) && bytes.IndexFunc(text, isData) < 0
}

// isData reports whether a character does not stand in a text.
func isData(r rune) bool { return unicode.IsControl(r) && r != '\r' && r != '\n' && r != '\t' }
