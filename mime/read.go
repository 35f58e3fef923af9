package mime

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"
)

// ErrTooLarge reports a mail over [ReadOptions.MaxSize]. Read keeps no part of
// it.
var ErrTooLarge = errors.New("mime: read: mail is over the size limit")

// ErrNoHeader reports input without any header field, which cannot be a mail:
// empty input, a bare calendar file, a picture.
var ErrNoHeader = errors.New("mime: read: no header field")

// maxProblems is the number of remarks on damage that [Received.Problems]
// holds, and also the number of remarks on limits. If there are more, the last
// remark says so.
const maxProblems = 100

// ReadOptions are the limits of [Read]. A value of zero or less, and a nil
// *ReadOptions, mean the defaults. Only MaxSize leads to an error. If another
// limit is exceeded, the excess is cut off, and [Received.Problems] says so.
type ReadOptions struct {
	// MaxSize is the size of the whole mail in bytes, 32 MiB by default.
	MaxSize int64
	// MaxParts is the number of parts, including multiparts and attached
	// messages, and of recipients in a report, 1000 by default.
	MaxParts int
	// MaxDepth is the number of multiparts and attached messages that may stand
	// inside one another, 20 by default.
	MaxDepth int
	// MaxFields is the number of fields in the header of the mail or of a part,
	// 1000 by default.
	MaxFields int
	// MaxFieldSize is the length of one header field in bytes, including its
	// name and folded lines, 64 KiB by default. Of all address lists in the
	// mail together, four times as much is read.
	MaxFieldSize int
	// MaxParams is the number of parameters of one field, of results in one
	// Authentication-Results field, of properties in one result, and of
	// addresses in [Received.DeliveredTo], 100 by default.
	MaxParams int
	// MaxText is the length of [Received.Text] in bytes, 64 KiB by default.
	MaxText int
}

// withDefaults returns a copy in which every limit is set.
func (o *ReadOptions) withDefaults() ReadOptions {
	var c ReadOptions
	if o != nil {
		c = *o
	}
	if c.MaxSize <= 0 {
		c.MaxSize = 32 << 20
	}
	for _, limit := range []struct {
		at    *int
		value int
	}{
		{&c.MaxParts, 1000},
		{&c.MaxDepth, 20},
		{&c.MaxFields, 1000},
		{&c.MaxFieldSize, 64 << 10},
		{&c.MaxParams, 100},
		{&c.MaxText, 64 << 10},
	} {
		if *limit.at <= 0 {
			*limit.at = limit.value
		}
	}
	return c
}

// Read takes a mail apart, in time linear in its size. It reads everything that
// has a header. It passes over anything damaged, unknown or over a limit, and
// names it in [Received.Problems]. An error is [ErrTooLarge], [ErrNoHeader] or
// a failure of r, and comes with a nil *Received. A nil o means the default
// limits.
func Read(r io.Reader, o *ReadOptions) (*Received, error) {
	limits := o.withDefaults()
	data, err := readAll(r, limits.MaxSize)
	if err != nil {
		return nil, err
	}
	rd := &reader{ReadOptions: limits, out: new(Received)}
	root := rd.entity(mailStart(data))
	if len(root.fields) == 0 {
		return nil, ErrNoHeader
	}
	rd.out.Header = root.fields
	rd.fields()
	rd.walk(root, place{})
	rd.finishText()
	rd.finishReport()
	rd.finishProblems()
	return rd.out, nil
}

// readAll returns the bytes of r, or ErrTooLarge if there are more than max.
func readAll(r io.Reader, max int64) ([]byte, error) {
	max = min(max, math.MaxInt64-1)
	size := int64(16 << 10)
	if l, ok := r.(interface{ Len() int }); ok {
		size = min(int64(l.Len()), max)
	}
	buf := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	n, err := buf.ReadFrom(io.LimitReader(r, max+1))
	if err != nil {
		return nil, fmt.Errorf("mime: read: %w", err)
	}
	if n > max {
		return nil, ErrTooLarge
	}
	return buf.Bytes(), nil
}

// mailStart removes octets that storage put before the first field. If a mail
// has no LF at all, mailStart gives it the line ends that the rest of the
// package expects.
func mailStart(data []byte) []byte {
	data = bytes.TrimPrefix(data, utf8BOM)
	data = bytes.TrimLeft(data, "\r\n")
	// QUIRK: classic Mac OS programs end lines with a lone CR:
	// testdata/read/cr-only.eml.
	if bytes.IndexByte(data, '\n') < 0 {
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	// QUIRK: mbox files, and procmail and formail that read from them, leave
	// the separator line, quoted or not: testdata/read/mbox-line.eml.
	for bytes.HasPrefix(data, []byte("From ")) || bytes.HasPrefix(data, []byte(">From ")) {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	return data
}

// reader is the state of one [Read]: its limits, its results so far, and values
// that may be needed at the end.
type reader struct {
	ReadOptions
	out     *Received
	parts   int
	lists   int     // bytes of address lists
	html    *entity // the first HTML body, decoded only if there is no text
	damages int     // number of problems that are not about limits
	more    bool    // there were more problems than the list holds
	hidden  bool    // an author could not be read, see [reader.from]

	attached      []Field // see [reader.attach]
	wholeAttached bool    // the body of that message is attached too
}

// problem notes damage or anything else that is odd. Each text is noted once.
func (r *reader) problem(format string, args ...any) {
	if r.damages >= maxProblems {
		r.more = true
		return
	}
	if r.note(fmt.Sprintf(format, args...)) {
		r.damages++
	}
}

// limit notes that a limit cut something off. Remarks on limits have room of
// their own, so remarks on damage never displace them.
func (r *reader) limit(format string, args ...any) {
	if len(r.out.Problems)-r.damages >= maxProblems {
		r.more = true
		return
	}
	r.note(fmt.Sprintf(format, args...))
}

// note adds text to the problems, and reports whether it is new.
func (r *reader) note(text string) bool {
	if slices.Contains(r.out.Problems, text) {
		return false
	}
	r.out.Problems = append(r.out.Problems, text)
	return true
}

// finishProblems adds a last remark if the list of problems itself was cut.
func (r *reader) finishProblems() {
	if r.more {
		r.note("further problems are not listed")
	}
}

// excerpt returns the start of s for a problem text, to be quoted with %q.
func excerpt(s string) string {
	return cutText(s, 40)
}

// cutText returns the first n bytes of s, or a few less so that no character is
// split.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
