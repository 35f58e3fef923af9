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

// ErrTooLarge reports a mail over [ReadOptions.MaxSize]. Nothing of it was kept.
var ErrTooLarge = errors.New("mime: read: mail is over the size limit")

// ErrNoHeader reports input without a single header field, which is no mail:
// empty input, a bare calendar file, a picture.
var ErrNoHeader = errors.New("mime: read: no header field")

// maxProblems is how many remarks on damage [Received.Problems] holds, and how
// many on limits beside them, before the last says that there were more.
const maxProblems = 100

// ReadOptions are the limits of [Read]. A value of zero or less, and a nil
// *ReadOptions, mean the defaults. Only MaxSize makes an error; the others cut
// off what is beyond them and say so in [Received.Problems].
type ReadOptions struct {
	// MaxSize is the size of the whole mail in bytes; 32 MiB by default.
	MaxSize int64
	// MaxParts is the number of parts, multiparts and attached messages
	// included; 1000 by default.
	MaxParts int
	// MaxDepth is how many multiparts and attached messages may stand inside
	// one another; 20 by default.
	MaxDepth int
	// MaxFields is the number of fields in the header of the mail or of a part;
	// 1000 by default.
	MaxFields int
	// MaxFieldSize is the length of one header field in bytes, name and folded
	// lines included, and a quarter of what is read of address lists in the
	// whole mail; 64 KiB by default.
	MaxFieldSize int
	// MaxParams is the number of parameters of one field, of results in one
	// Authentication-Results field, of properties in one result, and of
	// addresses in [Received.DeliveredTo]; 100 by default.
	MaxParams int
	// MaxText is the length of [Received.Text] in bytes; 64 KiB by default.
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

// Read takes a mail apart, in time linear in its size. It reads whatever has a
// header: what is damaged, unknown or over a limit is passed over and named in
// [Received.Problems]. An error is [ErrTooLarge], [ErrNoHeader] or a failure of
// r, and comes with a nil *Received. A nil o means the default limits.
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

// readAll returns the bytes of r, or ErrTooLarge where there are more than max.
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

// mailStart removes what storage put before the first field, and gives a mail
// without any LF the line ends that the rest of the package looks for.
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

// reader is the state of one [Read]: its limits, what was found so far, and
// what may be needed at the end.
type reader struct {
	ReadOptions
	out     *Received
	parts   int
	lists   int     // bytes of address lists
	html    *entity // the first HTML body, decoded only where there is no text
	damages int     // how many problems are no limits
	more    bool    // there were more problems than are listed
}

// problem notes what was odd, once for each text.
func (r *reader) problem(format string, args ...any) {
	if r.damages >= maxProblems {
		r.more = true
		return
	}
	if r.note(fmt.Sprintf(format, args...)) {
		r.damages++
	}
}

// limit notes what was cut off. Damage never crowds it out.
func (r *reader) limit(format string, args ...any) {
	if len(r.out.Problems)-r.damages >= maxProblems {
		r.more = true
		return
	}
	r.note(fmt.Sprintf(format, args...))
}

// note adds a text that is not there yet.
func (r *reader) note(text string) bool {
	if slices.Contains(r.out.Problems, text) {
		return false
	}
	r.out.Problems = append(r.out.Problems, text)
	return true
}

// finishProblems says where the list of problems is cut itself.
func (r *reader) finishProblems() {
	if r.more {
		r.note("further problems are not listed")
	}
}

// excerpt returns the start of s for a problem text, to be quoted with %q.
func excerpt(s string) string {
	return cutText(s, 40)
}

// cutText returns the first n bytes of s, less where a character would be split.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
