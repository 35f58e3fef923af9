package mime

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHTML is how much of an HTML body is looked at for its text, in bytes.
const maxHTML = 1 << 20

// body reads a text part: the first plain one now, the first HTML one at the
// end, if it is needed.
func (r *reader) body(e *entity, at place) {
	switch {
	case at.embedded || e.disposition == "attachment" || r.out.Text != "":
	case e.mediaType == "text/plain":
		r.out.Text = r.cutText(tidyText(string(r.utf8Body(e))))
	case r.html == nil:
		r.html = e
	}
}

// finishText takes the text of the HTML body where there is no other.
func (r *reader) finishText() {
	if r.out.Text == "" && r.html != nil {
		r.out.Text = r.cutText(tidyText(htmlText(r.utf8Body(r.html))))
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

// cutText cuts text at the limit, and says so.
func (r *reader) cutText(s string) string {
	if len(s) > r.MaxText {
		r.limit("text is longer than %d bytes: cut", r.MaxText)
	}
	return cutText(s, r.MaxText)
}

// tidyText gives text LF line ends, and none before and after it.
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

// isHidden are the elements whose content nobody sees.
var isHidden = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Title: true, atom.Template: true,
}

// isBlock are the elements that start and end a line.
var isBlock = map[atom.Atom]bool{
	atom.P: true, atom.Br: true, atom.Div: true, atom.Tr: true, atom.Li: true, atom.Hr: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.Table: true,
	atom.Blockquote: true, atom.Pre: true,
}

// writeWords writes the words of s, with single spaces where it has white space.
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

// writeBreak ends the line where an element starts or ends one.
func writeBreak(b *strings.Builder, tag atom.Atom) {
	if isBlock[tag] && !strings.HasSuffix(b.String(), "\n") {
		b.WriteByte('\n')
	}
}

// writeSpace writes a space where the line needs one.
func writeSpace(b *strings.Builder) {
	if s := b.String(); s != "" && s[len(s)-1] != ' ' && s[len(s)-1] != '\n' {
		b.WriteByte(' ')
	}
}
