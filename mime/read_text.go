package mime

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHTML is the number of bytes of an HTML body that are searched for text.
const maxHTML = 1 << 20

// body reads a text part. The first plain one is read at once. The first HTML
// one is read at the end, if it is needed.
func (r *reader) body(e *entity, at place) {
	switch {
	case at.embedded || e.disposition == "attachment" || r.out.Text != "":
	case e.mediaType == "text/plain":
		r.out.Text = r.cutText(tidyText(string(r.utf8Body(e))))
	case r.html == nil:
		r.html = e
	}
}

// finishText takes the text from the HTML body, or from TNEF, if there is no other
// text.
func (r *reader) finishText() {
	if r.out.Text == "" && r.html != nil {
		r.out.Text = r.cutText(tidyText(htmlText(r.utf8Body(r.html))))
	}
	if t := r.out.TNEF; r.out.Text == "" && t != nil && !t.Embedded {
		r.out.Text = t.Text
	}
}

// utf8Body returns the decoded body of a text part.
func (r *reader) utf8Body(e *entity) []byte {
	data, problem := decode(e.body, e.encoding)
	r.partProblem(e, problem)
	data, problem = toUTF8(data, e.params.get("charset"))
	r.partProblem(e, problem)
	return data
}

// cutText cuts s at the limit, and notes it.
func (r *reader) cutText(s string) string {
	if len(s) > r.MaxText {
		r.limit("text is longer than %d bytes: cut", r.MaxText)
	}
	return cutText(s, r.MaxText)
}

// tidyText converts line ends to LF, and removes white space at both ends.
func tidyText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(strings.ReplaceAll(s, "\r", "\n"))
}

// htmlText returns the text of an HTML page, a line for each block.
func htmlText(page []byte) string {
	z := html.NewTokenizer(bytes.NewReader(page[:min(len(page), maxHTML)]))
	var b strings.Builder
	var hidden atom.Atom
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == 0 {
				writeWords(&b, string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if hidden == 0 && isHidden[tag] {
				hidden = tag
			}
			writeBreak(&b, tag)
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if tag == hidden {
				hidden = 0
			}
			writeBreak(&b, tag)
		}
	}
}

// isHidden lists the elements whose content browsers do not show.
var isHidden = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Title: true, atom.Template: true,
}

// isBlock lists the elements that start and end a line.
var isBlock = map[atom.Atom]bool{
	atom.P: true, atom.Br: true, atom.Div: true, atom.Tr: true, atom.Li: true, atom.Hr: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.Table: true,
	atom.Blockquote: true, atom.Pre: true,
}

// writeWords writes s with each run of white space replaced by a single space.
func writeWords(b *strings.Builder, s string) {
	words := strings.Fields(s)
	if len(words) == 0 || strings.TrimLeft(s[:1], " \t\r\n") == "" {
		writeSpace(b)
	}
	b.WriteString(strings.Join(words, " "))
	if len(words) > 0 && strings.TrimRight(s[len(s)-1:], " \t\r\n") == "" {
		b.WriteByte(' ')
	}
}

// writeBreak ends the line if tag starts or ends a block.
func writeBreak(b *strings.Builder, tag atom.Atom) {
	if isBlock[tag] && !strings.HasSuffix(b.String(), "\n") {
		b.WriteByte('\n')
	}
}

// writeSpace writes a space if the line needs one.
func writeSpace(b *strings.Builder) {
	if s := b.String(); s != "" && s[len(s)-1] != ' ' && s[len(s)-1] != '\n' {
		b.WriteByte(' ')
	}
}
