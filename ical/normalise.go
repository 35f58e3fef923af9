package ical

import (
	"bytes"
	"fmt"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// object is one VCALENDAR, balanced, as properties from BEGIN to END.
type object struct {
	line  int // of its BEGIN
	props []*ics.BaseProperty
}

// normalise splits data into objects that golang-ical accepts: without what
// stands before, between and after them, every component closed.
func normalise(data []byte, opts *DecodeOptions) ([]*object, error) {
	n := &normaliser{opts: opts}
	lines := newLines(data)
	for {
		raw, number, ok := lines.next()
		if !ok {
			return n.finish()
		}
		if err := n.line(raw, number); err != nil {
			return nil, &SyntaxError{number, err}
		}
	}
}

type normaliser struct {
	opts    *DecodeOptions
	objects []*object
	open    []string // names of the open components
	count   int      // of properties
}

func (n *normaliser) line(raw string, number int) error {
	if len(n.open) == 0 {
		// QUIRK: mailing lists put a footer after the object, some gateways a
		// header before it.
		raw = strings.TrimLeft(raw, " \t")
		name, value, _ := strings.Cut(raw, ":")
		if !strings.EqualFold(strings.TrimSpace(name), "BEGIN") || componentName(value) != "VCALENDAR" {
			return nil
		}
	}
	p, err := parseLine(raw, n.opts.MaxParams)
	if err != nil {
		if isLimit(err) {
			return err
		}
		n.opts.Skipped(&SyntaxError{number, err})
		return nil
	}
	if n.count++; n.count > n.opts.MaxProperties {
		return fmt.Errorf("%w: more than %d properties", ErrLimit, n.opts.MaxProperties)
	}
	switch p.IANAToken {
	case "BEGIN":
		return n.begin(p, number)
	case "END":
		return n.end(p)
	}
	n.add(p)
	return nil
}

func (n *normaliser) add(p *ics.BaseProperty) {
	o := n.objects[len(n.objects)-1]
	o.props = append(o.props, p)
}

func (n *normaliser) begin(p *ics.BaseProperty, number int) error {
	p.Value = componentName(p.Value)
	switch {
	case p.Value == "VCALENDAR" && len(n.open) > 0:
		return fmt.Errorf("VCALENDAR inside %s: %w", n.open[len(n.open)-1], ErrNotClosed)
	case len(n.open) == n.opts.MaxDepth:
		return fmt.Errorf("%w: components nested deeper than %d", ErrLimit, n.opts.MaxDepth)
	case len(n.open) == 0:
		n.objects = append(n.objects, &object{line: number})
	}
	n.open = append(n.open, p.Value)
	n.add(p)
	return nil
}

func (n *normaliser) end(p *ics.BaseProperty) error {
	p.Value = componentName(p.Value)
	last := n.open[len(n.open)-1]
	if p.Value != last {
		return fmt.Errorf("END:%.40s closes %s: %w", p.Value, last, ErrNotClosed)
	}
	n.open = n.open[:len(n.open)-1]
	n.add(p)
	return nil
}

func (n *normaliser) finish() ([]*object, error) {
	if len(n.open) > 0 {
		return nil, &SyntaxError{0, fmt.Errorf("no END:%.40s: %w", n.open[len(n.open)-1], ErrNotClosed)}
	}
	if len(n.objects) == 0 {
		return nil, &SyntaxError{0, ErrNoCalendar}
	}
	return n.objects, nil
}

func componentName(value string) string { return strings.ToUpper(strings.TrimSpace(value)) }

// lines yields unfolded lines (RFC 5545, section 3.1) with their numbers.
type lines struct {
	rest   []byte
	number int
	// QUIRK: some old Macintosh software ends lines with CR alone; a lone CR
	// among other line ends is noise.
	crOnly bool
}

func newLines(data []byte) *lines {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // QUIRK: Outlook's exports have a byte order mark
	return &lines{rest: data, crOnly: bytes.IndexByte(data, '\n') < 0}
}

// next returns the next line that is not empty, with its continuations.
func (l *lines) next() (string, int, bool) {
	var line []byte
	number := 0
	for len(l.rest) > 0 {
		c := l.rest[0]
		continues := c == ' ' || c == '\t'
		if number > 0 && !continues && !l.blank() {
			break
		}
		piece := l.physical()
		if number == 0 {
			if len(bytes.TrimSpace(piece)) == 0 {
				continue
			}
			number = l.number
		} else if continues {
			piece = piece[1:]
		}
		line = append(line, piece...)
	}
	return cleanLine(line), number, number > 0
}

// blank reports whether the rest starts with an empty line.
//
// QUIRK: a doubled CR, which some gateways make, looks like one.
func (l *lines) blank() bool {
	return l.rest[0] == '\n' || l.rest[0] == '\r' && (l.crOnly || len(l.rest) > 1 && l.rest[1] == '\n')
}

// physical cuts one line off the rest and counts it.
func (l *lines) physical() []byte {
	end := byte('\n')
	if l.crOnly {
		end = '\r'
	}
	line, rest, _ := bytes.Cut(l.rest, []byte{end})
	l.rest = rest
	l.number++
	return bytes.TrimRight(line, "\r")
}

// cleanLine drops control characters, which no line may hold, and makes the
// rest valid UTF-8.
func cleanLine(line []byte) string {
	clean := bytes.IndexFunc(line, isControl) < 0
	if !clean {
		line = bytes.Map(func(r rune) rune {
			if isControl(r) {
				return -1
			}
			return r
		}, line)
	}
	return strings.ToValidUTF8(string(line), "\uFFFD")
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
