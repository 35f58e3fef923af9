package mime

import (
	"bytes"
	"strings"
)

// entity is a mail or a part of one: a decoded header and a body in its
// transfer encoding.
type entity struct {
	number            int // the mail itself has 0
	fields            []Field
	body              []byte
	mediaType         string
	params            parameters
	disposition       string
	dispositionParams parameters
	encoding          string
}

// place is the position of an entity in the mail.
type place struct {
	depth    int
	embedded bool // in an attached or returned message
	report   bool // in a report, next to its status part
	digest   bool // directly in a multipart/digest
	// returned is the message that this place is in, if a report gave that
	// message back
	returned *Returned
}

// entity parses the header of a mail or a part (RFC 2045, section 3).
func (r *reader) entity(data []byte) *entity {
	e := &entity{number: r.parts}
	r.parts++
	e.fields, e.body = r.header(data)
	for _, f := range e.fields {
		if len(f.Name) < 12 || !strings.EqualFold(f.Name[:8], "Content-") {
			continue
		}
		switch strings.ToLower(f.Name[8:]) {
		case "type":
			r.structured(&e.mediaType, &e.params, "Content-Type", f.Value)
		case "disposition":
			r.structured(&e.disposition, &e.dispositionParams, "Content-Disposition", f.Value)
		case "transfer-encoding":
			r.once(&e.encoding, f, keyword(f.Value))
		}
	}
	return e
}

// filename returns the decoded name of a part.
func (e *entity) filename() string {
	name := e.dispositionParams.get("filename")
	if name == "" {
		name = e.params.get("name")
	}
	// QUIRK: Outlook and .NET (System.Net.Mail) encode names as in running
	// text, but RFC 2047, section 5, forbids that in a parameter:
	// testdata/read/encoded-filename.eml.
	return decodeWords(name)
}

// partProblem notes a problem of a part. It does nothing if text is empty.
func (r *reader) partProblem(e *entity, text string) {
	if text != "" {
		r.problem("part %d (%s): %s", e.number, excerpt(e.mediaType), text)
	}
}

// walk reads an entity and the entities inside it.
func (r *reader) walk(e *entity, at place) {
	r.completeType(e, at)
	switch kind, sub, _ := strings.Cut(e.mediaType, "/"); {
	case kind == "multipart":
		r.multipart(e, at)
	case reportParts[e.mediaType] == deliveryStatus:
		r.deliveryStatus(e, at)
	case reportParts[e.mediaType] == dispositionNotification:
		r.dispositionNotification(e, at)
	case sub == "rfc822-headers" || sub == "global-headers":
		r.returnedHeader(e, at)
	case kind == "message" && (sub == "rfc822" || sub == "global" || sub == "news"):
		r.message(e, at)
	default:
		r.leaf(e, at)
	}
}

// completeType gives an entity without a valid type the default one (RFC 2045,
// section 5.2; RFC 2046, section 5.1.5).
func (r *reader) completeType(e *entity, at place) {
	kind, sub, _ := strings.Cut(e.mediaType, "/")
	if kind != "" && sub != "" {
		return
	}
	if e.mediaType != "" {
		r.problem("part %d: content type %q is not valid", e.number, excerpt(e.mediaType))
	}
	e.mediaType = "text/plain"
	if at.digest {
		e.mediaType = "message/rfc822"
	}
}

// descend returns the place inside an entity. ok is false if that place is too
// deep.
func (r *reader) descend(e *entity, at place) (inside place, ok bool) {
	if at.depth >= r.MaxDepth {
		r.limit("parts nested deeper than %d levels are not read", r.MaxDepth)
		return at, false
	}
	at.depth++
	at.report = at.report || e.mediaType == "multipart/report"
	at.digest = e.mediaType == "multipart/digest"
	return at, true
}

// multipart reads the parts of a multipart.
func (r *reader) multipart(e *entity, at place) {
	inside, ok := r.descend(e, at)
	if !ok {
		return
	}
	if e.mediaType == "multipart/report" {
		r.reportType(e.params.get("report-type"), at)
	}
	if !isIdentity(e.encoding) {
		r.partProblem(e, "transfer encoding of a multipart ignored")
	}
	split := newSplitter(e.body, r.boundary(e))
	for n := 0; ; n++ {
		data, ok := split.next()
		if !ok {
			if n == 0 {
				r.partProblem(e, "no parts found")
			} else if !split.closed {
				r.partProblem(e, "closing boundary missing")
			}
			return
		}
		if r.full() {
			return
		}
		child := r.entity(data)
		// QUIRK: filters that add a footer turn a report into a
		// multipart/mixed. The part after the status is the returned message in
		// such a mail, too: testdata/read/bounce-mixed.eml.
		if kind := reportParts[child.mediaType]; kind != "" {
			inside.report = true
			r.reportType(kind, at)
		}
		r.walk(child, inside)
	}
}

// full tells whether the limit of parts is reached, and notes it.
func (r *reader) full() bool {
	if r.parts <= r.MaxParts {
		return false
	}
	r.limit("more than %d parts: the rest is not read", r.MaxParts)
	return true
}

// boundary returns the boundary of a multipart. If the parameter is missing,
// the boundary is taken from the body.
func (r *reader) boundary(e *entity) string {
	boundary := e.params.get("boundary")
	if boundary != "" {
		return boundary
	}
	if at := lineIndex(e.body, []byte("--")); at >= 0 {
		line, _, _ := bytes.Cut(e.body[at+2:], []byte("\n"))
		boundary = string(bytes.TrimRight(line, " \t\r"))
	}
	r.partProblem(e, "boundary parameter missing: taken from the body")
	return boundary
}

// splitter cuts the body of a multipart at its delimiter lines (RFC 2046,
// section 5.1.1). Each byte of it is looked at once.
type splitter struct {
	delimiter []byte
	rest      []byte
	closed    bool
}

// newSplitter returns a splitter that stands after the preamble.
func newSplitter(body []byte, boundary string) *splitter {
	s := &splitter{delimiter: []byte("--" + boundary), rest: body, closed: boundary == ""}
	if !s.closed {
		s.cut()
	}
	return s
}

// next returns the next part. ok is false after the last part. If no delimiter
// ends a part, it extends to the end of the body.
func (s *splitter) next() (part []byte, ok bool) {
	if s.closed || len(s.rest) == 0 {
		return nil, false
	}
	return s.cut(), true
}

// cut removes and returns everything before the next delimiter line, and
// removes that line. If there is no such line, it returns all, and rest becomes
// nil.
func (s *splitter) cut() (before []byte) {
	for from := 0; ; {
		at := bytes.Index(s.rest[from:], s.delimiter)
		if at < 0 {
			before, s.rest = s.rest, nil
			return before
		}
		at += from
		from = at + len(s.delimiter)
		if at > 0 && s.rest[at-1] != '\n' {
			continue
		}
		end, closes, ok := delimiterEnd(s.rest, from)
		if !ok {
			continue
		}
		before = trimLineEnd(s.rest[:at])
		s.rest, s.closed = s.rest[end:], closes
		return before
	}
}

// delimiterEnd returns the end of a delimiter line whose boundary ends at the
// offset at. closes tells whether the line is the closing delimiter. ok is
// false if other characters follow, so that the line is another delimiter or
// none.
func delimiterEnd(data []byte, at int) (end int, closes, ok bool) {
	line := data[at:]
	end = len(data)
	if eol := bytes.IndexByte(line, '\n'); eol >= 0 {
		line, end = line[:eol], at+eol+1
	}
	line, closes = bytes.CutPrefix(line, []byte("--"))
	return end, closes, len(bytes.TrimRight(line, " \t\r")) == 0
}

// trimLineEnd removes the line end that belongs to the delimiter below.
func trimLineEnd(data []byte) []byte {
	data = bytes.TrimSuffix(data, []byte("\n"))
	return bytes.TrimSuffix(data, []byte("\r"))
}
