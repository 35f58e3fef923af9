package body

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"sync"
	texttemplate "text/template"

	"github.com/convene-go/convene/internal/address"
)

// builtin is the built-in HTML document, with a block for each part.
//
//go:embed template/body.html
var builtin string

// builtinSet returns the built-in templates, which are parsed once.
var builtinSet = sync.OnceValues(func() (*template.Template, error) {
	return template.New("body.html").Funcs(functions).Parse(builtin)
})

// builtinCopy returns a copy of the built-in templates, to which templates of the
// caller may be added.
func builtinCopy() (*template.Template, error) {
	set, err := builtinSet()
	if err != nil {
		return nil, err
	}
	return set.Clone()
}

// functions are the functions that templates have in addition to those of
// html/template.
var functions = template.FuncMap{"segments": segments}

// templates are the templates of a renderer. A field is nil if the caller has no
// template of that kind. Then Go code writes the text: Page.Subject, page_text.go,
// or page_html.go, which is made from the built-in template.
type templates struct {
	html          *template.Template // the caller's templates over the built-in ones
	text, subject *texttemplate.Template
}

// readTemplates reads the templates in the folder of the caller; nil means that
// there is none.
func readTemplates(callerFS fs.FS) (*templates, error) {
	t := new(templates)
	if callerFS == nil {
		return t, nil
	}
	names, err := fs.Glob(callerFS, "*.html")
	if err != nil {
		return nil, err
	}
	if len(names) > 0 {
		if t.html, err = builtinCopy(); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		if err := t.add(callerFS, name); err != nil {
			return nil, err
		}
	}
	var errText, errSubject error
	t.text, errText = readText(callerFS, "body.txt")
	t.subject, errSubject = readText(callerFS, "subject.txt")
	if err := errors.Join(errText, errSubject); err != nil {
		return nil, err
	}
	if len(names) == 0 && t.text == nil && t.subject == nil {
		return nil, errors.New("the folder holds neither *.html nor body.txt nor subject.txt")
	}
	return t, nil
}

// add parses a file of HTML templates.
func (t *templates) add(callerFS fs.FS, name string) error {
	data, err := fs.ReadFile(callerFS, name)
	if err != nil {
		return err
	}
	if name == t.html.Name() {
		_, err = t.html.Parse(string(data))
		return err
	}
	_, err = t.html.New(name).Parse(string(data))
	return err
}

// readText reads a text template; nil if the folder has no file of that name.
func readText(callerFS fs.FS, name string) (*texttemplate.Template, error) {
	data, err := fs.ReadFile(callerFS, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return texttemplate.New(name).Option("missingkey=error").Parse(string(data))
}

// executor is a template of html/template or text/template.
type executor interface {
	Execute(w io.Writer, data any) error
}

func execute(t executor, data any) (string, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return "", err
	}
	return b.String(), nil
}

// document writes the HTML of a page.
func (t *templates) document(p *Page) (string, error) {
	if t.html != nil {
		return execute(t.html, p)
	}
	w := new(htmlWriter)
	w.Grow(pageSize)
	if writeBody(w, p); w.longer > mostLonger {
		w = &htmlWriter{scripts: true}
		w.Grow(pageSize)
		writeBody(w, p)
	}
	return w.String(), nil
}

// pageSize is a size that most pages do not exceed, in octets.
const pageSize = 10 << 10

// answers writes the block "answers" as HTML, in the characters of its page.
func (t *templates) answers(a *Answers, page string) (string, error) {
	if t.html == nil {
		w := &htmlWriter{scripts: !address.IsASCII(page)}
		writeAnswers(w, a)
		return w.String(), nil
	}
	var b bytes.Buffer
	if err := t.html.ExecuteTemplate(&b, "answers", a); err != nil {
		return "", fmt.Errorf("block answers: %w", err)
	}
	return b.String(), nil
}
