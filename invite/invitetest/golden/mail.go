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
		w.out.Write(renamed(header, boundary, name))
		w.multipart(body, boundary, name, depth)
		return
	}
	if text, ok := decode(body, fields.Get("Content-Transfer-Encoding")); ok {
		header, body = encodingValue.ReplaceAll(header, []byte("${1}8bit")), text
	}
	if mediaType == "text/html" {
		body = reference.ReplaceAllFunc(body, character)
	}
	w.out.Write(header)
	w.out.Write(body)
}

// reference finds references to characters in HTML.
var reference = regexp.MustCompile(`&#[0-9]{3,7};`)

// character returns the character of a reference if it can be seen and is not in ASCII,
// and ref otherwise.
func character(ref []byte) []byte {
	n, err := strconv.Atoi(string(ref[len("&#") : len(ref)-len(";")]))
	if err != nil || n <= unicode.MaxASCII || n > unicode.MaxRune || !unicode.IsPrint(rune(n)) {
		return ref
	}
	return utf8.AppendRune(nil, rune(n))
}

// boundaryValue finds the places at which a boundary may stand in a header.
var boundaryValue = regexp.MustCompile(`(?i)\bboundary="?`)

// renamed returns a header in which the boundary has another name.
func renamed(header []byte, boundary, name string) (out []byte) {
	at := 0
	for _, found := range boundaryValue.FindAllIndex(header, -1) {
		if start := found[1]; start >= at && bytes.HasPrefix(header[start:], []byte(boundary)) {
			out = append(append(out, header[at:start]...), name...)
			at = start + len(boundary)
		}
	}
	return append(out, header[at:]...)
}

// encodingValue finds the value of the field that names an encoding.
var encodingValue = regexp.MustCompile(`(?im)^(Content-Transfer-Encoding:[ \t]*)[-a-z0-9]+`)

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
