package smtpsend

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Limits of a reply. RFC 5321, section 4.5.3.1.5 allows 512 octets a line, but
// servers exceed that.
const (
	maxReplyLine  = 4096
	maxReplyLines = 128
)

// errProtocol is the cause if the peer does not speak SMTP.
var errProtocol = errors.New("malformed reply")

// reply is one reply of the server (RFC 5321, section 4.2).
type reply struct {
	code     int
	enhanced EnhancedCode
	lines    []string // texts, without codes
}

// readReply reads one reply, which has one line or several.
func readReply(br *bufio.Reader) (reply, error) {
	var r reply
	for len(r.lines) < maxReplyLines {
		line, err := readReplyLine(br)
		if err != nil {
			return reply{}, err
		}
		more, err := r.add(line)
		if err != nil {
			return reply{}, err
		}
		if !more {
			return r, nil
		}
	}
	return reply{}, fmt.Errorf("%w: more than %d lines", errProtocol, maxReplyLines)
}

// readReplyLine returns the next line without its end. The line is valid until
// the next read.
func readReplyLine(br *bufio.Reader) ([]byte, error) {
	line, err := br.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) || len(line) > maxReplyLine {
		return nil, fmt.Errorf("%w: line longer than %d octets", errProtocol, maxReplyLine)
	}
	if err != nil {
		return nil, err
	}
	// QUIRK: small servers, made for net/textproto or by hand, end lines in a
	// bare LF (testdata/barelf.txt).
	return bytes.TrimSuffix(line[:len(line)-1], []byte{'\r'}), nil
}

// add adds one line to r and reports whether another follows.
func (r *reply) add(line []byte) (more bool, err error) {
	code, rest, ok := splitCode(line)
	if !ok || len(r.lines) > 0 && code != r.code {
		return false, fmt.Errorf("%w: %.60q", errProtocol, line)
	}
	more = rest != "" && rest[0] == '-'
	if rest != "" {
		rest = rest[1:]
	}
	if enhanced, text, ok := cutEnhanced(rest, code/100); ok {
		r.enhanced, rest = enhanced, text
	}
	r.code, r.lines = code, append(r.lines, rest)
	return more, nil
}

// splitCode cuts the three digits from the front of a reply line. rest is empty,
// or starts with the separator, which is a space or a hyphen.
func splitCode(line []byte) (code int, rest string, ok bool) {
	if len(line) < 3 || line[0] < '2' || line[0] > '5' {
		return 0, "", false
	}
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return 0, "", false
		}
		code = code*10 + int(c-'0')
	}
	rest = string(line[3:])
	return code, rest, rest == "" || rest[0] == ' ' || rest[0] == '-'
}

// cutEnhanced cuts an enhanced status code of the given class from the front
// of a reply's text (RFC 2034, section 4). ok is false if there is none.
func cutEnhanced(s string, class int) (code EnhancedCode, text string, ok bool) {
	first, text, _ := strings.Cut(s, " ")
	if strings.Count(first, ".") != len(code)-1 {
		return EnhancedCode{}, s, false
	}
	for i, p := range strings.Split(first, ".") {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n > 999 {
			return EnhancedCode{}, s, false
		}
		code[i] = int(n)
	}
	if code[0] != class {
		return EnhancedCode{}, s, false
	}
	return code, text, true
}

// maxReplyText limits the text of a reply in an error. There is one error for each
// recipient, and programs log and store them.
const maxReplyText = 2000

// text returns the text of the reply in one line that is fit for a log. A long text is
// cut with a mark.
func (r reply) text() string {
	text := strings.Join(strings.Fields(printable(strings.Join(r.lines, " "))), " ")
	if len(text) <= maxReplyText {
		return text
	}
	return strings.ToValidUTF8(text[:maxReplyText], "") + " …"
}

// printable replaces the characters that must not reach a log or a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r != unicode.ReplacementChar && unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}

// ok reports whether the reply is positive (2yz).
func (r reply) ok() bool { return r.code/100 == 2 }

// refuses reports whether the server refuses, for now (4yz) or for good (5yz).
func (r reply) refuses() bool { return r.code/100 == 4 || r.code/100 == 5 }
